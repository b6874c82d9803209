"""A whole what-if in a link: short, readable, safe in any address, and the same in years to come.

``1~O0.3~C0.25~M60~rc_r0.9_S1_U12_R1~NMy-idea``: the version of this way of writing, then pieces with '~' between.
Capitals are the what-if's own (Overlap, Coupling, Months, Name, data Version, Area, Year); small letters are the code
of an idea, followed by its effects and by Start, Up (ramp), Reach, Fade, Back (comes back) and Delay. Every value is
written, also the usual ones, so that a later change to them does not change what somebody sent; an effect without F
lasts. Notes are left out, and the name where it is that of a link without one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from explorer.models.scenario_words import clean_area, clean_name, clean_version, clean_year
from explorer.models.scenarios import (
    GLOBALS,
    Change,
    InUse,
    Scenario,
    assumption,
    global_range,
    in_use,
    lasts,
    number,
    only_differences,
    ranges,
    shown,
)
from explorer.models.what_if_entries import Intervention, Range, WhatIfSettings

VERSION = "1"
UNNAMED = "What-if from a link"
_BETWEEN, _WITHIN = "~", "_"
_SENTENCES_SHOWN = 10
_GLOBAL_LETTERS = {"O": "overlap_discount", "C": "coupling", "M": "months"}
_WORD_LETTERS = {"N": "name", "V": "data_version", "A": "area", "Y": "year"}
_LETTERS = {
    "S": "start_month",
    "U": "ramp_months",
    "R": "reach",
    "F": "fade_half_life_months",
    "B": "comes_back",
    "D": "delay_months",
}
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,25})?(e-[0-9]{1,3})?")
_VALUE = re.compile(r"([A-Z]|[a-z]+)(.*)")
_ESCAPED = re.compile(r"\.([0-9a-f]{1,6})\.")


@dataclass(frozen=True)
class FromLink:
    """What could be understood of a link, and a sentence for each piece that was ignored."""

    scenario: Scenario
    ignored: tuple[str, ...]


def scenario_code(scenario: Scenario, settings: WhatIfSettings) -> str:
    """A what-if as text for a link, of letters, digits and ``.-_~`` alone.

    Raises:
        DataError: it names an idea or an effect that is not there.
    """
    pieces = [VERSION]
    pieces += [f"{sign}{_short(assumption(scenario, settings, key))}" for sign, key in _GLOBAL_LETTERS.items()]
    pieces += [_piece(use) for use in in_use(scenario, settings)]
    for sign, key in _WORD_LETTERS.items():
        value = getattr(scenario, key)
        if key == "name":
            if value == UNNAMED:  # what a link without a name is read as
                continue
            value = _escaped(value[: int(settings.files.longest_name_in_link.value)].strip())
        if value is not None:
            pieces.append(f"{sign}{value}")
    return _BETWEEN.join(pieces)


def _piece(use: InUse) -> str:
    parts = [use.entry.code, *(f"{effect.code}{_short(use.ratios[effect.name])}" for effect in use.entry.effects)]
    for sign, key in _LETTERS.items():
        value = getattr(use, key)
        if value is not None and not lasts(value):
            parts.append(f"{sign}{_short(value)}")
    return _WITHIN.join(parts)


def _short(value: float) -> str:
    """A number in as few letters as give the same one back."""
    return repr(value).removesuffix(".0")


def _escaped(text: str) -> str:
    """Letters and digits stay, a space is '-', anything else is its number between points."""
    return "".join(
        sign if sign.isascii() and sign.isalnum() else "-" if sign == " " else f".{ord(sign):x}." for sign in text
    )


def _unescaped(text: str) -> str:
    def sign(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return chr(code) if code <= 0x10FFFF else "?"

    return _ESCAPED.sub(sign, text.replace("-", " "))


def read_code(text: str, settings: WhatIfSettings) -> FromLink:
    """Understand the text of a link as far as possible; it never fails.

    Returns:
        The what-if without values that are the usual ones (nothing in use where nothing was understood), and a
        sentence for each piece that was ignored.
    """
    longest = int(settings.files.longest_link.value)
    if len(text) > longest:
        return FromLink(Scenario(UNNAMED), (f"The link's what-if has {len(text):,} letters; allowed: {longest:,}.",))
    version, *pieces = text.split(_BETWEEN)
    if version != VERSION:
        said = f"The link's what-if begins with {shown(version)}; allowed: {VERSION}, as this program writes it."
        return FromLink(Scenario(UNNAMED), (said,))
    reading = _Reading(settings)
    for piece in pieces:
        reading.piece(piece)
    scenario = Scenario(**{"name": UNNAMED, **reading.found}, changes=tuple(reading.changes.values()))
    rest = len(reading.ignored) - _SENTENCES_SHOWN
    more = (f"... and {rest} more pieces of the link were ignored.",) if rest > 0 else ()
    return FromLink(only_differences(scenario, settings), (*reading.ignored[:_SENTENCES_SHOWN], *more))


class _Reading:
    """Goes through the pieces of one link."""

    def __init__(self, settings: WhatIfSettings) -> None:
        self.settings = settings
        self.found: dict[str, Any] = {}
        self.changes: dict[str, Change] = {}
        self.ignored: list[str] = []
        self._codes = {entry.code: name for name, entry in settings.interventions.items()}

    def piece(self, piece: str) -> None:
        """One piece between two '~'."""
        first, *values = piece.split(_WITHIN)
        if first in self._codes:
            name = self._codes[first]
            if name in self.changes:
                self._ignore(piece, "an idea that the link names twice", "each idea once")
            else:
                self.changes[name] = self._change(name, self.settings.interventions[name], values)
            return
        sign, rest = piece[:1], piece[1:]
        key = _GLOBAL_LETTERS.get(sign) or _WORD_LETTERS.get(sign)
        if key is None or not rest:
            self._ignore(piece, "unknown", f"{', '.join((*_GLOBAL_LETTERS, *_WORD_LETTERS, *self._codes))} and a value")
        elif key in self.found:
            self._ignore(piece, "a second value", "each value once")
        elif key in GLOBALS:
            self._number(piece, rest, global_range(self.settings, key), key, self.found)
        else:
            clean, words = self._words(key)
            value = clean(rest)
            if value is None:
                self._ignore(piece, "not readable", words)
            else:
                self.found[key] = value

    def _words(self, key: str) -> tuple[Callable[[str], object], str]:
        longest = int(self.settings.files.longest_name_in_link.value)
        match key:
            case "name":
                return lambda text: clean_name(_unescaped(text), longest), f"a name of up to {longest} letters"
            case "data_version":
                return clean_version, "up to 64 letters, digits, '.' and '-'"
            case "area":
                return clean_area, "an authority's number such as 358"
        digits = re.compile("[0-9]{4}")
        return lambda text: clean_year(int(text) if digits.fullmatch(text) else None), "a year such as 2025"

    def _change(self, name: str, entry: Intervention, values: list[str]) -> Change:
        allowed = ranges(entry, self.settings)
        effects = {effect.code: effect.name for effect in entry.effects}
        ratios: dict[str, float] = {}
        found: dict[str, Any] = {}
        for piece in values:
            split = _VALUE.fullmatch(piece)
            sign, rest = split.groups() if split else ("", piece)
            key = _LETTERS.get(sign)
            if (sign in effects and effects[sign] in ratios) or (key is not None and key in found):
                self._ignore(piece, f"a second value for '{name}'", "each value once")
            elif sign in effects:
                self._number(piece, rest, self.settings.settings.ratio, effects[sign], ratios)
            elif key is not None and key in allowed:
                self._number(piece, rest, allowed[key], key, found)
            else:
                letters = (*effects, *(letter for letter, key in _LETTERS.items() if key in allowed))
                self._ignore(piece, f"unknown for '{name}'", f"{', '.join(letters)} and a number")
        found.setdefault("fade_half_life_months", inf)
        return Change(name, tuple(ratios.items()), **found)

    def _number(self, piece: str, text: str, limits: Range, key: str, into: dict[str, Any]) -> None:
        value = number(float(text), limits) if _NUMBER.fullmatch(text) else None
        if value is None:
            self._ignore(piece, f"not what '{key}' can be", limits.allowed)
        else:
            into[key] = value

    def _ignore(self, piece: str, what: str, allowed: str) -> None:
        self.ignored.append(f"The link's piece {shown(piece)} was ignored: it is {what}; allowed: {allowed}.")
