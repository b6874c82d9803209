"""Briefings made by hand from published figures, for tests of what shows one: words are plain, figures are real."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

import polars as pl

from explorer.benchmarks.position import Figure, Position
from explorer.briefing.briefing import COURSE, HEADINGS, OTHERS, Action, Briefing, Line, LineNumbers
from explorer.provenance import Provenance, hidden_rule
from explorer.schema import HIDDEN
from explorer.wording import count, in_range, in_unit, possessive
from tests.fixtures import GROUP, shipped_world

# measure of the briefing, and the one by which it is compared
MEASURES = {
    "plans_open": "plans_open_per_10k",
    "repeat_plan_percent": "repeat_plan_percent",
    "open_2y_plus_percent": "open_2y_plus_percent",
    "ended_2y_plus_percent": "ended_2y_plus_percent",
    "reviews_on_time_percent": "reviews_on_time_percent",
}
LONGEST = "Bournemouth, Christchurch and Poole"


def shown(figure: Figure, unit: str) -> str:
    """A figure in words, hidden ones by their range where there is one."""
    if figure.value is not None:
        return in_unit(figure.value, unit)
    if figure.status not in HIDDEN:
        return "no figure"
    if figure.least is None or figure.most is None:
        return "hidden"
    return f"hidden: {in_range(figure.least, figure.most, unit)}"


def by_hand(area: str = "358", year: int = 2018, name: str = "") -> Briefing:
    """A briefing of published figures at the end of a reporting year; ``name`` is put in the place of the real one."""
    return _by_hand(area, year, name)


@lru_cache
def _by_hand(area: str, year: int, name: str) -> Briefing:
    world, called = shipped_world(), name or shipped_world().areas.label(area)
    group = "its ten statistical neighbours"
    notice = "Invented plan records: these are not real children."
    return Briefing(
        area=area,
        name=called,
        as_at=date(year, 9, 30),
        year=year,
        group=group,
        title=f"Child protection plans in {called} at 30 September {year}",
        answer=(
            f"{possessive(called)} re-plans were above those of most of {group}.",
            "Other figures were near what is usual.",
        ),
        notice=notice,
        lines=tuple(_line(area, year, called, group, *pair) for pair in MEASURES.items()),
        actions=(
            Action(
                what="Restorative conferences",
                since="since 1 September 2018",
                status="In place for one month",
                detail="Too early to tell what they do to re-plans.",
                reference="Scrutiny committee, October 2018",
            ),
            Action("SMARTER plans", "from October 2018", "Planned", "Not begun on this day.", "The same slides"),
        ),
        actions_note="This is what the committee was told; nothing is known of how far each has come.",
        questions=(
            "What share of re-plans came within a year of the last plan?",
            "Which plans have been open for two years, and what would let them end?",
            "What did families say of the new conferences?",
        ),
        limits=(
            "These figures cannot say why a figure moved.",
            "A re-plan may be the right decision for a child.",
        ),
        provenance=Provenance(
            figures=f"Invented plan records for {called}, and published figures",
            sources=("DfE CIN D3", "DfE CIN D5", "DfE CIN D7", "DfE Local Authority Interactive Tool (LAIT)"),
            version=world.version,
            as_at=date(year, 9, 30),
            made=date(2026, 1, 31),
            suppression=hidden_rule(world.config.benchmarks.suppression, from_records=True),
            link=f"http://localhost:8501/?area={area}&as_at={year}-09-30&v=1",
            notice=notice,
        ),
    )


def with_name(briefing: Briefing, name: str) -> Briefing:
    """The same briefing of an authority of another name: wherever the first name stands, the second does."""

    def renamed(said: str) -> str:
        return said.replace(briefing.name, name)

    lines = tuple(
        replace(
            line,
            finding=renamed(line.finding),
            sentences=tuple(map(renamed, line.sentences)),
            others=line.others.with_columns(
                name=pl.when(pl.col("kind") == "authority").then(pl.lit(name)).otherwise("name")
            ),
        )
        for line in briefing.lines
    )
    answer = tuple(map(renamed, briefing.answer))
    return replace(briefing, name=name, title=renamed(briefing.title), answer=answer, lines=lines)


def _line(area: str, year: int, name: str, group: str, indicator: str, compared: str) -> Line:
    world = shipped_world()
    _, entry = world.indicator(indicator)
    _, other = world.indicator(compared)
    own = world.position(area, indicator, year, GROUP)
    place = world.position(area, compared, year, GROUP)
    figure = own.figure
    value = "Hidden" if figure.status in HIDDEN else shown(figure, entry.unit).capitalize()
    whole = figure.numerator is not None and figure.denominator is not None
    behind = f"{count(figure.numerator or 0)} of {count(figure.denominator or 0)}" if whole else ""
    least, most, _ = _median(place)
    median = "not known" if least is None or most is None else in_range(least, most, other.unit)
    england = shown(place.england, other.unit)
    cells = (value, behind, "no figure", "not known", "not known", f"median {median}", england)
    return Line(
        indicator=indicator,
        label=entry.label,
        unit=entry.unit,
        period=f"at 31 March {year}" if entry.period == "day" else f"in the year to March {year}",
        value=value,
        count=behind,
        finding=f"{entry.label} in {name}: {value.lower()}, beside {median} in the middle of {group}",
        sentences=(
            f"The figure for {name} was {shown(figure, entry.unit)}.",
            f"The middle of {group} was {median}.",
            f"England's figure was {england}.",
        ),
        cells=dict(zip(HEADINGS, cells, strict=True)),
        compared=compared,
        compared_label=other.label,
        compared_unit=other.unit,
        compared_period=f"at 31 March {year}" if other.period == "day" else f"in the year to March {year}",
        course=_course(area, year, compared, other.unit),
        others=_others(place, name, other.unit),
        position=place,
        source=figure.source or "DfE",
        meaning=entry.description,
        numbers=_numbers(figure, place),
    )


def _numbers(own: Figure, place: Position) -> LineNumbers:
    """The numbers of a hand-made measure: of the year alone."""
    hidden = own.value is None
    return LineNumbers(
        value=own.value,
        numerator=None if hidden else own.numerator,
        denominator=None if hidden else own.base,
        lower=own.lower,
        upper=own.upper,
        least=own.least if hidden else None,
        most=own.most if hidden else None,
        median_low=place.median_bounds and place.median_bounds[0],
        median_high=place.median_bounds and place.median_bounds[1],
        contributing=place.contributing,
        members=place.group_size,
        england=place.england.value,
    )


def _median(place: Position) -> tuple[float | None, float | None, float | None]:
    """The least and most that the median of the group can be, and the middle between them."""
    ends = place.median_bounds
    return (None, None, None) if ends is None else (*ends, sum(ends) / 2)


def _course(area: str, last: int, indicator: str, unit: str) -> pl.DataFrame:
    world, rows = shipped_world(), []
    for year in (each for each in world.years if each <= last and world.has(indicator, each)):
        place = world.position(area, indicator, year, GROUP)
        figure = place.figure
        rows.append(
            {
                **{name: getattr(figure, name) for name in ("value", "numerator", "denominator", "lower", "upper")},
                **{name: getattr(figure, name) for name in ("least", "most", "status")},
                "year": year,
                "shown": shown(figure, unit),
                **dict(zip(("median_least", "median_most", "median"), _median(place), strict=True)),
                "members": place.contributing,
                "england": place.england.value,
            }
        )
    return pl.DataFrame(rows, schema=COURSE)


def _others(place: Position, name: str, unit: str) -> pl.DataFrame:
    areas = shipped_world().areas
    found = [("authority", name, place.figure), ("england", "England", place.england)]
    found += [("member", areas.label(member.area), member) for member in place.members]
    least, most, middle = _median(place)
    if middle is not None:
        found.append(("median", "Median of the group", Figure("", "published", middle, least=least, most=most)))
    found.sort(key=lambda row: (row[2].value is None, -(row[2].value or 0), row[1]))
    rows = [
        {
            "area": figure.area,
            "name": called,
            "kind": kind,
            "value": figure.value,
            "least": figure.least,
            "most": figure.most,
            "status": figure.status,
            "shown": in_range(least or 0, most or 0, unit) if kind == "median" else shown(figure, unit),
        }
        for kind, called, figure in found
    ]
    return pl.DataFrame(rows, schema=OTHERS)
