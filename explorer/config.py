"""The YAML of config/ as frozen, checked objects; every fault names file, key and what was allowed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from explorer.benchmark_entries import Benchmarks
from explorer.entries import Amount, Entry, Text, Whole, checked
from explorer.errors import ConfigError
from explorer.serving_entries import Serving
from explorer.sharing_entries import Meeting, SavedViews
from explorer.yaml_reader import Document, read_yaml

Unit = Literal["percent", "per_10k", "count"]


class Indicator(Entry):
    """One measure: what it is called, made of and how it is said.

    ``only_records``: nothing is published, so only plan records can give it.
    """

    label: Text
    unit: Unit
    polarity: Literal["low", "high", "none"]
    period: Literal["year", "day"]
    numerator: str | None = None
    denominator: str | None = None
    denominator_rate: str | None = None
    rate: str | None = None
    only_records: bool = False
    sentence: Text
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _counts_come_in_pairs(self) -> Self:
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError("'numerator' and 'denominator' come together: give both or neither")
        if self.unit == "count" and self.numerator is not None:
            raise ValueError("a count has no 'numerator' or 'denominator'")
        if self.denominator_rate is not None and self.denominator is None:
            raise ValueError("'denominator_rate' needs a 'denominator'")
        if self.rate is not None and self.unit != "count":
            raise ValueError("'rate' belongs to a count, which is compared by it")
        self._check_sentence()
        return self

    def _check_sentence(self) -> None:
        """A sentence holds the plain fields that its indicator can fill."""
        try:
            parsed = [
                (field, spec, turn) for _, field, spec, turn in Formatter().parse(self.sentence) if field is not None
            ]
        except ValueError as problem:
            raise ValueError(f"'sentence' has a stray brace: {problem}") from None
        allowed = ("value", "numerator", "denominator") if self.numerator else ("value",)
        for field, spec, turn in parsed:
            if field not in allowed or spec or turn:
                raise ValueError(f"'sentence' uses {{{field}}}; allowed, and without a format: {', '.join(allowed)}")
        needed = {"numerator", "denominator"} if self.numerator else {"value"}
        if needed - {field for field, _, _ in parsed}:
            raise ValueError(f"'sentence' must say {', '.join(sorted(needed))}")

    @property
    def scale(self) -> float:
        """What a share is multiplied by: 100 for a percentage, 10,000 for a rate, 1 for a count."""
        return {"percent": 100.0, "per_10k": 10_000.0, "count": 1.0}[self.unit]


PUBLISHED_KINDS = ("measures", "areas", "area_changes", "neighbours", "tiles")


class Source(Entry):
    """One data file: where it is, what it holds and whose it is. Plan records are those of one ``area``."""

    label: Text
    kind: Literal["measures", "areas", "area_changes", "neighbours", "tiles", "sample", "plan_records"]
    area: str | None = None
    path: Text
    unit: Text
    publisher: Text
    licence: Text
    description: Text
    reference: Text
    url: Text | None = None

    @model_validator(mode="after")
    def _area_of_records(self) -> Self:
        if (self.area is None) != (self.kind in PUBLISHED_KINDS):
            raise ValueError("'area' (a DfE number) belongs to the kinds 'sample' and 'plan_records', and only there")
        return self


class Limits(Entry):
    """How large a file of plan records may be, and between which years a date in it is believed.

    ``max_bytes`` counts what the file takes as it came and, where it is packed, also once unpacked;
    ``max_upload_bytes`` is the same for a file that comes through the browser and lies in memory whole.
    ``max_expansion_ratio`` is unpacked bytes for each packed byte. Years are inclusive.
    """

    label: str = ""
    description: str = ""
    reference: str = ""
    max_bytes: Whole
    max_upload_bytes: Whole
    max_rows: Whole
    max_columns: Whole
    max_expansion_ratio: Annotated[float, Field(gt=1)]
    earliest_year: Annotated[int, Field(ge=1900)]
    latest_year: Annotated[int, Field(le=2999)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.earliest_year > self.latest_year:
            raise ValueError("'earliest_year' must not be after 'latest_year'")
        return self

    def allow(self, day: date) -> bool:
        """Is the day one that is believed."""
        return self.earliest_year <= day.year <= self.latest_year


class Pair(Entry):
    """Two measures that are drawn one against the other, because one alone misleads."""

    across: str
    upwards: str


class FinishedSweep(Entry):
    """Results of ``python -m explorer sweep`` that the app shows: a folder, from the one that holds config/."""

    label: Text
    folder: Text
    description: Text
    reference: Text


def web_address(text: str) -> str:
    """An address that files may lead to, without a slash at its end.

    Raises:
        ValueError: it is none, holds a password, or has choices of its own.
    """
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?", text):
        raise ValueError(f"is '{text[:80]}'; allowed: a web address such as https://plans.example.org")
    return text.rstrip("/")


class Address(Entry):
    """Where a deployment is found."""

    label: Text
    unit: Text
    value: Annotated[Text, AfterValidator(web_address)]
    description: Text
    reference: Text


class App(Entry):
    """app.yaml: what the app opens on."""

    default_area: Text
    default_group: Text
    default_year: int | Literal["latest"]
    link_version: int
    opening_indicator: Text
    paired_measures: Annotated[tuple[Pair, ...], Field(min_length=1, strict=False)]
    custom_group_limit: Annotated[int, Field(ge=1)]
    uploads: Limits
    records_history: Amount
    address: Address
    reading_age: Amount
    meeting: Meeting
    saved_views: SavedViews
    sweeps: Mapping[str, FinishedSweep] = Field(default_factory=dict)

    @field_validator("default_year", mode="before")
    @classmethod
    def _a_year_or_latest(cls, value: object) -> object:
        if value != "latest" and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValueError(f"is '{value}'; allowed: latest, or a year such as 2025")
        return value


class Term(Entry):
    """One word of the glossary."""

    label: Text
    description: Text
    reference: Text


@dataclass(frozen=True)
class Config:
    """Everything in config/, checked, and the folder that its paths start from."""

    root: Path
    app: App
    serving: Serving
    benchmarks: Benchmarks
    indicators: Mapping[str, Indicator]
    sources: Mapping[str, Source]
    glossary: Mapping[str, Term]

    def source(self, kind: str) -> Source:
        """The one source of a kind (``load_config`` made sure that there is exactly one)."""
        return next(source for source in self.sources.values() if source.kind == kind)

    def path(self, source: Source) -> Path:
        """Where a source is: its path, from the folder that holds config/ unless it is absolute."""
        return self.root / source.path

    @property
    def standing_records(self) -> Source | None:
        """The folder of plan records that a deployment keeps; None where there is none."""
        return next((source for source in self.sources.values() if source.kind == "plan_records"), None)


def load_config(folder: Path) -> Config:
    """Read and check every file of ``folder``.

    Raises:
        ConfigError: with one sentence for every fault in every file.
    """
    faults: list[str] = []
    documents: dict[str, Document] = {}
    for name in ("app", "serving", "benchmarks", "indicators", "sources", "glossary"):
        try:
            documents[name] = read_yaml(folder / f"{name}.yaml")
        except ConfigError as problem:
            faults += problem.faults
    parsed: dict[str, Any] = {}
    for name, document in documents.items():
        match name:
            case "app":
                parsed[name] = checked(App, document, document.content, (), faults)
            case "serving":
                parsed[name] = checked(Serving, document, document.content, (), faults)
            case "benchmarks":
                parsed[name] = checked(Benchmarks, document, document.content, (), faults)
            case _:
                parsed[name] = _entries(name, document, faults)
    if not faults:
        faults += list(_bad_references(parsed, documents))
    if faults:
        raise ConfigError(*faults)
    tables = {name: MappingProxyType(parsed[name]) for name in ("indicators", "sources", "glossary")}
    return Config(folder.resolve().parent, parsed["app"], parsed["serving"], parsed["benchmarks"], **tables)


def _entries(name: str, document: Document, faults: list[str]) -> dict[str, Any]:
    models: dict[str, type[Entry]] = {"indicators": Indicator, "sources": Source, "glossary": Term}
    model = models[name]
    return {key: checked(model, document, content, (key,), faults) for key, content in document.content.items()}


def _bad_references(parsed: dict[str, Any], documents: dict[str, Document]) -> Iterable[str]:
    """Sentences for names that point at nothing."""
    indicators: dict[str, Indicator] = parsed["indicators"]
    counts = [name for name, entry in indicators.items() if entry.unit == "count"]
    rates = [name for name, entry in indicators.items() if entry.unit == "per_10k"]
    for name, entry in indicators.items():
        for key, allowed in (
            ("numerator", counts),
            ("denominator", counts),
            ("denominator_rate", rates),
            ("rate", rates),
        ):
            target = getattr(entry, key)
            if target is not None and target not in allowed:
                place = documents["indicators"].at((name, key))
                yield f"{place}: '{name}.{key}' is '{target}'; allowed: {', '.join(allowed)}."
    app: App = parsed["app"]
    groups = parsed["benchmarks"].groups
    if app.default_group not in groups:
        place = documents["app"].at(("default_group",))
        yield f"{place}: 'default_group' is '{app.default_group}'; allowed: {', '.join(groups)}."
    yield from _unknown_measures(app, indicators, documents["app"])
    for file, entries in (("indicators", indicators), ("benchmarks", groups)):
        labels: dict[str, str] = {}
        for name, entry in entries.items():
            first = labels.setdefault(entry.label, name)
            if first != name:
                yield f"{file}.yaml: '{first}' and '{name}' have the same label '{entry.label}'."
    yield from _wrong_kinds([source.kind for source in parsed["sources"].values()])


def _unknown_measures(app: App, indicators: Mapping[str, Indicator], document: Document) -> Iterable[str]:
    """Sentences for measures of app.yaml that do not exist."""
    allowed = ", ".join(indicators)
    if app.opening_indicator not in indicators:
        place = document.at(("opening_indicator",))
        yield f"{place}: 'opening_indicator' is '{app.opening_indicator}'; allowed: {allowed}."
    for number, pair in enumerate(app.paired_measures):
        for name in (pair.across, pair.upwards):
            if name not in indicators:
                place = document.at(("paired_measures", number))
                yield f"{place}: 'paired_measures' names '{name}'; allowed: {allowed}."


def _wrong_kinds(kinds: list[str]) -> Iterable[str]:
    """Sentences for sources that are missing, or stand there more than once."""
    for kind in (*PUBLISHED_KINDS, "sample"):
        if kinds.count(kind) != 1:
            yield f"sources.yaml: expected one source of kind '{kind}', found {kinds.count(kind)}."
    if kinds.count("plan_records") > 1:
        yield f"sources.yaml: expected at most one source of kind 'plan_records', found {kinds.count('plan_records')}."
