"""The CIN census return: XML of any year, read child by child so that a large return takes little memory."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from lxml import etree

from explorer.config import Limits
from explorer.errors import DataError
from explorer.schema import FINDINGS, PLANS
from explorer.sources.cells import read_date
from explorer.sources.census_child import Values, child_plans, local_name
from explorer.sources.census_stream import finished
from explorer.sources.plan_file import ANNUAL, NO_PLANS, PlanFile
from explorer.sources.typed import expected_date, finding, typed_plans
from explorer.sources.upload import Upload
from explorer.sources.xml_start import XmlStart

NO_YEAR = "The return does not say which year it is for, so the year was taken from its reference date."
NO_YEAR_AT_ALL = (
    "The return says neither its year nor its reference date, so nobody can tell from when and up to when it is "
    "complete: its figures are only right for the year that it is for."
)
_MARCH = 3
_CHUNK = 50_000  # plans that are held as Python text before they become columns
_RAW = {name: pl.List(pl.String()) if name == "review_dates" else pl.String() for name in PLANS if name != "family_id"}
_YEARS = (1990, 2100)
_NUMBER = re.compile(r"[0-9]{3}")


@dataclass
class _Return:
    """What has been read so far."""

    name: str
    limits: Limits
    notes: tuple[str, ...]
    children: int = 0
    plans: int = 0
    year: int | None = None
    authority: str | None = None
    reference_date: date | None = None
    waiting: list[Values] = field(default_factory=list)
    tables: list[pl.DataFrame] = field(default_factory=list)
    unreadable: list[pl.DataFrame] = field(default_factory=list)
    doubled: list[dict[str, str | None]] = field(default_factory=list)

    def add_child(self, child: etree._Element) -> None:
        """Keep the plans of one child."""
        self.children += 1
        plans, doubled = child_plans(child, self.children)
        self.waiting += plans
        self.doubled += doubled
        self.plans += len(plans)
        if self.plans > self.limits.max_rows:
            raise DataError(
                f"{self.name}: there are more than {self.limits.max_rows:,} plans; load one year at a time."
            )
        if len(self.waiting) >= _CHUNK:
            self.settle()

    def add_header(self, header: etree._Element) -> None:
        """Keep the year and reference date of the return."""
        for element in header:
            text = (element.text or "").strip()
            match local_name(element):
                case "year" if text:
                    self.year = int(text) if text.isdecimal() and _YEARS[0] <= int(text[:9]) <= _YEARS[1] else None
                    if self.year is None:
                        self._fault(text, "Year of the return: a year like 2019")
                case "referencedate" if text:
                    day = read_date(text)
                    self.reference_date = day if day is not None and self.limits.allow(day) else None
                    if self.reference_date is None:
                        self._fault(text, f"ReferenceDate of the return: {expected_date(self.limits)}")

    def add_source(self, source: etree._Element) -> None:
        """Keep the number of the authority that made the return."""
        for element in source:
            number = (element.text or "").strip()
            if local_name(element) == "lea" and _NUMBER.fullmatch(number):
                self.authority = number

    def _fault(self, text: str, expected: str) -> None:
        self.doubled.append(finding("error", None, "header", text, expected))

    def settle(self) -> None:
        """Turn what is waiting into columns."""
        columns = {name: [plan.get(name) for plan in self.waiting] for name in _RAW}
        raw = pl.DataFrame(columns, schema=_RAW)
        self.waiting = []
        plans, unreadable = typed_plans(self.name, raw, self.limits)
        self.tables.append(plans)
        self.unreadable.append(unreadable)


def read_census(
    upload: Upload, start: XmlStart, limits: Limits, progress: Callable[[float], None] | None = None
) -> PlanFile:
    """Read a return.

    Args:
        progress: told now and then which share of the file has been read, from 0 to 1.

    Raises:
        DataError: the XML is cut short, damaged or hostile, is no CIN census, or holds too many plans.
    """
    found = _Return(upload.name, limits, start.notes)
    seen_children = False
    for name, element in finished(upload, start, progress):
        match name:
            case "child":
                found.add_child(element)
            case "collectiondetails":
                found.add_header(element)
            case "source":
                found.add_source(element)
            case "children":
                seen_children = True
    if not seen_children:
        raise DataError(f"{upload.name}: this XML has no part <Children>, so it is no CIN census return.")
    found.settle()
    return _plan_file(found)


def _plan_file(found: _Return) -> PlanFile:
    plans = pl.concat(found.tables)
    day = found.reference_date
    if found.year is None and day is not None:
        found.year = day.year + (day.month > _MARCH)
        found.notes = (*found.notes, NO_YEAR)
    if found.year is None:
        found.notes = (*found.notes, NO_YEAR_AT_ALL)
        found.doubled.append(finding("error", None, "header", "missing", "Year and ReferenceDate of the return"))
    return PlanFile(
        name=found.name,
        kind="cin_census",
        plans=plans,
        unreadable=pl.concat([pl.DataFrame(found.doubled, schema=FINDINGS), *found.unreadable]),
        children=found.children,
        reference_date=found.reference_date,
        year=found.year,
        notes=found.notes if plans.height else (*found.notes, NO_PLANS),
        capabilities=frozenset({ANNUAL}),
        columns=frozenset(_RAW),
        authority=found.authority,
    )
