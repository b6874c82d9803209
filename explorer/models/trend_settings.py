"""The numbers of policy behind the Trends page: trends.yaml."""

from datetime import date
from math import log
from pathlib import Path
from typing import Annotated, Literal, Self, cast, get_args

from pydantic import Field, model_validator

from explorer.entries import Amount, Entry, Text, Whole, read_entry

Rule = Literal["outside", "trend", "two_of_three", "shift"]
Charted = Literal["month", "quarter", "year"]  # the kinds of period that can have a control chart
Tried = Literal["xmr", "p_prime", "share"]
_Share = Annotated[float, Field(ge=0, le=1)]
_FILE = "trends.yaml"


class RuleEntry(Entry):
    """One rule of a control chart: its name, the word for it in a picture, and how many figures it takes."""

    label: Text
    short: Text
    unit: Text
    points: Annotated[int, Field(ge=1)]
    description: Text
    reference: Text


class RuleEntries(Entry):
    """The rules by name."""

    outside: RuleEntry
    trend: RuleEntry
    two_of_three: RuleEntry
    shift: RuleEntry

    def __getitem__(self, rule: Rule) -> RuleEntry:
        return cast(RuleEntry, getattr(self, rule))


class Screening(Entry):
    """Whether freak moving ranges are left out of the limits."""

    label: Text
    on: bool
    description: Text
    reference: Text


class ControlRules(Entry):
    """How limits are made and read."""

    signs: RuleEntries
    screening: Screening
    fewest: Amount
    firm: Amount
    most_hidden: Amount
    most_level: Amount
    fewest_counted: Amount
    fewest_expected: Amount
    few_expected: Amount
    room: Amount

    @model_validator(mode="after")
    def _as_the_rules_are(self) -> Self:
        if (self.signs.outside.points, self.signs.two_of_three.points) != (1, 3):
            raise ValueError("'outside' takes 1 figure and 'two_of_three' takes 3")
        if min(self.signs.shift.points, self.signs.trend.points) < 4:
            raise ValueError("'shift' and 'trend' take 4 figures or more")
        return self

    @property
    def fewest_points(self) -> int:
        """Figures under which no limits are made."""
        return int(self.fewest.value)

    @property
    def firm_points(self) -> int:
        """Figures under which limits are on trial."""
        return int(self.firm.value)


class Alarm(Entry):
    """When a change is called real: by kind of period the rules that are enough alone, and signs that are together.

    Of the kinds in ``of_shares_only`` a rule is enough alone for shares with their counts, and for nothing else.
    """

    label: Text
    unit: Text
    description: Text
    reference: Text
    signs_together: Whole
    enough_alone: dict[Charted, list[Rule]]
    of_shares_only: list[Charted]

    @model_validator(mode="after")
    def _every_kind(self) -> Self:
        missing = set(get_args(Charted)) - set(self.enough_alone)
        if missing:
            raise ValueError(f"'enough_alone' has no {', '.join(sorted(missing))}")
        return self


class Measured(Entry):
    """Of a trial in which nothing changes: the shares of years in which its charts are flagged.

    Attributes:
        chart: "xmr" of counts, "p_prime" of shares, "share" of shares near 100% whose counts are not known.
        kind: of period.
        plans: started in a period on average; of shares what they are out of.
        any_sign, alarm: shares of authorities with any sign, and with what is called a real change, in a year.
    """

    chart: Tried
    kind: Charted
    plans: Whole
    any_sign: _Share
    alarm: _Share


class FalseAlarms(Entry):
    """What bench/false_alarms.py measured, for the words on the page."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    measured: list[Measured]

    @model_validator(mode="after")
    def _every_chart(self) -> Self:
        for kind in get_args(Charted):
            if not self.tried("xmr", kind) or not self.tried("p_prime", kind):
                raise ValueError(f"'measured' has not both xmr and p_prime by {kind}")
        return self

    def tried(self, chart: Tried, kind: Charted) -> list[Measured]:
        """The trials of one kind of chart and period, the smallest first."""
        return sorted(
            (one for one in self.measured if (one.chart, one.kind) == (chart, kind)), key=lambda one: one.plans
        )

    def like(self, chart: Tried, kind: Charted, plans: float | None) -> Measured | None:
        """The trial that comes nearest to a size by its ratio; the largest where the size is not known."""
        mine = self.tried(chart, kind)
        if plans is None or not mine:
            return mine[-1] if mine else None
        return min(mine, key=lambda one: abs(log(one.plans / plans)))

    @property
    def month(self) -> Measured:
        """Counts by month, of the middle one of the sizes that were tried."""
        mine = self.tried("xmr", "month")
        return mine[len(mine) // 2]


class Band(Entry):
    """A range that somebody set for one figure of one authority: drawn as a reference and judged by nobody here.

    ``told_on`` is the day as at which a committee was told of it; a briefing says it in that reporting year alone.
    """

    label: Text
    unit: Text
    area: Text
    indicator: Text
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    told_on: date | None = None
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError("'low' must be below 'high'")
        return self


class TrendSettings(Entry):
    """trends.yaml."""

    rules: ControlRules
    alarm: Alarm
    false_alarms: FalseAlarms
    labelled_events: Amount
    bands: dict[str, Band]

    def band(self, area: str, indicator: str) -> Band | None:
        """The reference range of a figure of an authority, where there is one."""
        return next((one for one in self.bands.values() if (one.area, one.indicator) == (area, indicator)), None)


def load_trend_settings(folder: Path) -> TrendSettings:
    """Read trends.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return read_entry(folder / _FILE, TrendSettings)
