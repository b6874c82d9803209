"""What a briefing says of one authority at one date: every page and every file is made from this object alone.

``briefing.make.brief`` makes it. Whoever draws or writes it works nothing out: a figure that stands in a chart, a
sentence and a sheet is the same text or number in all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from explorer.benchmarks.position import Position
from explorer.provenance import Provenance

# One row a year of one measure: the authority's figure, the median of its group and England's. A figure that is not
# there is null beside its status. `least` and `most` bound a hidden one; `lower` and `upper` are the likely range.
# Where hidden members leave the median open it is the middle of what it can be, between its own least and most.
COURSE: Mapping[str, type[pl.DataType]] = {
    "year": pl.Int64,
    "value": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "status": pl.String,
    "shown": pl.String,  # the figure in words: '29.1%', 'hidden: 0.6% to 3.2%'
    "median": pl.Float64,
    "median_least": pl.Float64,
    "median_most": pl.Float64,
    "members": pl.Int64,  # of the group with a published figure
    "england": pl.Float64,
}
# One row an authority in the newest year, highest first and those without a figure last.
# `kind`: authority, member, median, england. That of the median has its `least` and `most`, and `shown` says both.
OTHERS: Mapping[str, type[pl.DataType]] = {
    "area": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "status": pl.String,
    "shown": pl.String,
}


@dataclass(frozen=True)
class LineNumbers:
    """The figures of a measure before they are rounded, for a sheet or a chart: None where one is not known.

    Those of a hidden figure are None but for the ``least`` and ``most`` that it can be.

    Attributes:
        value, numerator, denominator, lower, upper: The figure, its counts and its likely range, in the unit of the
            measure.
        before, before_numerator, before_denominator: The same of a year before.
        change, change_low, change_high: From then to now, with its likely range; points of a percentage.
        usual_low, usual_high: Between which figures it usually lies.
        median_low, median_high: Of ``compared``: the median of the group; two ends where hidden members leave it open.
        contributing, members: How many of the group have a published figure, and how many there are.
        england: England's figure of ``compared``.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    upper: float | None = None
    least: float | None = None
    most: float | None = None
    before: float | None = None
    before_numerator: float | None = None
    before_denominator: float | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    median_low: float | None = None
    median_high: float | None = None
    contributing: int | None = None
    members: int | None = None
    england: float | None = None


@dataclass(frozen=True)
class Line:
    """One measure of the briefing.

    Attributes:
        indicator: Its name in indicators.yaml; ``label`` is what readers call it, ``unit`` percent, per_10k or count.
        period: Over which days it is counted: 'in the twelve months to 30 September 2018', 'at 30 September 2018'.
        value: The figure at its shortest: '26.4%', 'Hidden', 'No figure'.
        count: What is behind it: '70 of 265'; empty where that is not known.
        finding: The title: one sentence.
        sentences: What is said below it, in order, from the templates of briefing.yaml.
        cells: The same figures for a table: heading to words. The headings are the same for every measure:
            Figure, Count, Year before, Change, Usual range, Neighbours, England.
        compared: The measure that is compared with others: a count is compared by its rate. ``compared_label``,
            ``compared_unit`` and ``compared_period`` ('in the year to March 2018') belong to it and to the two tables.
        course: ``COURSE``, of ``compared``.
        others: ``OTHERS``, of ``compared``.
        position: The place among the group behind ``others``; None where the year has no figures.
        source: Where its figures come from.
        meaning: What the measure counts, in words.
        numbers: What ``value``, ``count``, ``sentences`` and ``cells`` say, as numbers.
    """

    indicator: str
    label: str
    unit: str
    period: str
    value: str
    count: str
    finding: str
    sentences: tuple[str, ...]
    cells: Mapping[str, str]
    compared: str
    compared_label: str
    compared_unit: str
    compared_period: str
    course: pl.DataFrame
    others: pl.DataFrame
    position: Position | None
    source: str
    meaning: str
    numbers: LineNumbers = LineNumbers()


@dataclass(frozen=True)
class Action:
    """Something that is being done: what, since or from when, how it stands on the day, and who said so."""

    what: str
    since: str
    status: str
    detail: str
    reference: str


@dataclass(frozen=True)
class Told:
    """A figure that a committee was told, and what the figures here say of it.

    Attributes:
        said: What it was told, with its figure.
        here: The same figure here, with its counts; or why there is none.
        differs: Whether the two are not the same, to the place that was told.
        reference: Who was told where and when, and up to which day the figures went.
    """

    said: str
    here: str
    differs: bool
    reference: str


@dataclass(frozen=True)
class Briefing:
    """One authority at one date.

    Attributes:
        area, name: DfE number, and what it is called.
        as_at: No figure of a later time is used. ``figures_to`` is the last day of the newest figures where it is an
            earlier one.
        year: The newest reporting year that was complete by then: others are compared in it.
        group: Whom it is compared with: 'its statistical neighbours'.
        title: 'Child protection plans in Trafford at 30 September 2018'.
        answer: What a reader with one minute should know: one to five parts.
        notice: What has to stand before everything, such as that the records are invented; empty where nothing has to.
        lines: The measures.
        actions: What is being done; ``actions_note`` says what to know of the list, or that nothing is known.
        told: What the committee was told before, beside the figures here; empty where nothing is known of it.
        questions: For the committee.
        limits: What cannot be said.
        provenance: Where all this comes from.
    """

    area: str
    name: str
    as_at: date
    year: int
    group: str
    title: str
    answer: tuple[str, ...]
    notice: str
    lines: tuple[Line, ...]
    actions: tuple[Action, ...]
    actions_note: str
    questions: tuple[str, ...]
    limits: tuple[str, ...]
    provenance: Provenance
    told: tuple[Told, ...] = ()
    figures_to: date | None = None

    @property
    def stem(self) -> str:
        """What its files are named after: 'trafford-2018-09-30', 'trafford-2018-03-31-as-at-2018-09-30'."""
        plain = "".join(sign if sign.isalnum() else "-" for sign in self.name.lower())
        days = f"{self.as_at}" if self.figures_to is None else f"{self.figures_to}-as-at-{self.as_at}"
        return f"{'-'.join(filter(None, plain.split('-')))}-{days}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence that was generated, in order."""
        lines = [said for line in self.lines for said in (line.finding, *line.sentences)]
        return (*self.answer, *lines, *self.questions, *self.limits)


HEADINGS = ("Figure", "Count", "Year before", "Change", "Usual range", "Neighbours", "England")
