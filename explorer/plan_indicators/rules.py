"""How long a plan lasted, in words and numbers: config/plans.yaml as one frozen object."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.entries import Amount, Entry, checked
from explorer.errors import ConfigError
from explorer.yaml_reader import Document, read_yaml

FILE = "plans.yaml"
BAND_NAMES = ("up_to_3m", "3m_to_6m", "6m_to_1y")  # shortest first; the published measures end in these
LAST_BAND, LONG = "1y_to_2y", "2y_plus"
_LONGEST_YEAR = 366  # days; a shorter long plan would begin inside the bands that are counted in months


@dataclass(frozen=True)
class Band:
    """Plans that have lasted up to a number of calendar months, and longer than the band before it."""

    name: str
    months: int
    includes_limit: bool  # True: a plan of exactly so many months is in the band


@dataclass(frozen=True)
class PlanRules:
    """The policy numbers behind the indicators. The defaults are those of config/plans.yaml.

    Months are calendar months: three months after 30 November is the last day of February.
    """

    long_plan_days: int = 730
    repeat_window_months: int = 24
    bands: tuple[Band, ...] = (Band("up_to_3m", 3, True), Band("3m_to_6m", 6, True), Band("6m_to_1y", 12, False))


class BandEntry(Amount):
    """One duration band of plans.yaml."""

    includes_limit: bool


class PlanEntries(Entry):
    """plans.yaml."""

    long_plan_days: Amount
    repeat_window_months: Amount
    bands: dict[str, BandEntry]


def load_plan_rules(folder: Path) -> PlanRules:
    """Read and check ``folder``/plans.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    faults: list[str] = []
    entries = checked(PlanEntries, document, document.content, (), faults)
    if isinstance(entries, PlanEntries):
        faults += _wrong_numbers(entries, document)
        if not faults:
            bands = (Band(name, int(band.value), band.includes_limit) for name, band in entries.bands.items())
            return PlanRules(int(entries.long_plan_days.value), int(entries.repeat_window_months.value), tuple(bands))
    raise ConfigError(*faults)


def _wrong_numbers(entries: PlanEntries, document: Document) -> Iterator[str]:
    if tuple(entries.bands) != BAND_NAMES:
        yield f"{document.at(('bands',))}: 'bands' are {', '.join(entries.bands)}; allowed: {', '.join(BAND_NAMES)}."
    whole: list[tuple[tuple[str, ...], Amount]] = [
        (("long_plan_days",), entries.long_plan_days),
        (("repeat_window_months",), entries.repeat_window_months),
        *((("bands", name), band) for name, band in entries.bands.items()),
    ]
    for path, amount in whole:
        if not amount.value.is_integer():
            place = document.at((*path, "value"))
            yield f"{place}: '{'.'.join(path)}' is {amount.value:g}; allowed: a whole number."
    months = [band.value for band in entries.bands.values()]
    if sorted(set(months)) != months or max(months, default=0) > 12:
        yield f"{document.at(('bands',))}: 'bands' must rise and end at 12 months or earlier."
    if entries.long_plan_days.value <= _LONGEST_YEAR:
        place = document.at(("long_plan_days", "value"))
        yield f"{place}: 'long_plan_days' is {entries.long_plan_days.value:g}; it must be above {_LONGEST_YEAR}."
