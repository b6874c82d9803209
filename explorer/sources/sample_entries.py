"""Entries of a YAML file, checked one by one: each has a label, a unit, a value, a description and a reference."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from explorer.yaml_reader import Document, KeyPath

WORDS = ("label", "unit", "description", "reference")
T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a value may be: in words, as a test, and how it is frozen."""

    words: str
    fits: Callable[[Any], bool]
    frozen: Callable[[Any], T]


class EntryReader:
    """One pass through a document that collects faults instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[str] = []

    def keys(self, path: KeyPath, allowed: Collection[str]) -> dict[str, Any]:
        """What stands at ``path``, with a fault for each key that is missing or unknown."""
        content: object = self.document.content
        for part in path:
            content = content.get(part) if isinstance(content, dict) else None
        if not isinstance(content, dict):
            self.faults.append(f"{self.document.at(path)}: '{_dotted(path)}' holds no keys.")
            return {}
        for key in content:
            if key not in allowed:
                place = self.document.at((*path, key))
                self.faults.append(f"{place}: unknown key '{key}'; allowed: {', '.join(allowed)}.")
        for key in allowed:
            if key not in content:
                self.faults.append(f"{self.document.at(path)}: the key '{_dotted((*path, key))}' is missing.")
        return content

    def value(self, path: KeyPath, kind: Kind[T]) -> T | None:
        """The ``value`` of the entry at ``path``; None beside a fault."""
        entry = self.keys(path, (*WORDS, "value"))
        self.words(path, entry)
        return self.cell((*path, "value"), entry.get("value"), kind)

    def words(self, path: KeyPath, entry: Mapping[str, object]) -> dict[str, str]:
        """The texts of an entry."""
        return {word: self.cell((*path, word), entry.get(word), TEXT) or "" for word in WORDS}

    def cell(self, path: KeyPath, content: object, kind: Kind[T]) -> T | None:
        """One value as its kind; None beside a fault."""
        if kind.fits(content):
            return kind.frozen(content)
        if content is not None:  # a missing key has been told of already
            place = self.document.at(path)
            self.faults.append(f"{place}: '{_dotted(path)}' is '{content}'; expected {kind.words}.")
        return None


def _dotted(path: KeyPath) -> str:
    return ".".join(map(str, path))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_date(value: object) -> bool:
    return isinstance(value, date)


def _numbers(values: Any) -> tuple[float, ...]:  # noqa: ANN401  (what YAML gave; ``fits`` has looked at it)
    return tuple(map(float, values))


def _in_order(value: object, one: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(one, value)) and value[0] <= value[1]


def _are_shares(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_number, value)) and sum(value) > 0


def _is_mix(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values())) and sum(value.values()) > 0


TEXT = Kind[str]("some text", lambda value: isinstance(value, str) and value.strip() != "", str.strip)
WHOLE = Kind[int]("a whole number of 1 or more", _is_whole, int)
NUMBER = Kind[float]("a number of 0 or more", _is_number, float)
DAY = Kind[date]("a date like 2018-03-31", _is_date, lambda value: value)
PAIR = Kind[tuple[float, ...]]("[least, most]", lambda value: _in_order(value, _is_number), _numbers)
DAYS = Kind[tuple[date, ...]]("[first day, last day]", lambda value: _in_order(value, _is_date), tuple)
SHARES = Kind[tuple[float, ...]]("a list of numbers that are not all 0", _are_shares, _numbers)
MIX = Kind[Mapping[str, float]]("names with numbers that are not all 0", _is_mix, MappingProxyType)
