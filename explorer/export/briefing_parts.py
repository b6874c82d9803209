"""What the page and the document of a briefing have in common: their pictures, the tables behind them and the terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from explorer.areas import Areas
from explorer.briefing.briefing import Action, Briefing, Line, Told
from explorer.charts.briefing_course import Row, briefing_course, course_of
from explorer.charts.picture import Picture
from explorer.charts.strip import strip
from explorer.config import Config, Term
from explorer.export.image_file import Drawing, drawings
from explorer.provenance import once
from explorer.sentences.median import median_in_unit
from explorer.wording import count, number_in_unit

Drawings = Mapping[str, tuple[Drawing, ...]]  # by the indicator of the line
Rows = list[tuple[str, ...]]

# The words of the glossary that every briefing uses.
_TERMS = (
    "child_protection_plan",
    "repeat_plan",
    "plan_started",
    "plan_ended",
    "plan_open",
    "long_plan",
    "statistical_neighbours",
    "median",
    "likely_range",
    "suppressed",
)
ACTIONS = ("What", "More", "Since", "How it stands")
TOLD = ("What was told", "Here", "The same?")
COURSE = ("Year ending 31 March", "Figure", "Count", "Likely range", "Median of the group", "England")
OTHERS = ("Who", "Figure")
_ON_PAPER = 240  # pixels of a picture over the years: two measures fit on a sheet


def briefing_drawings(briefing: Briefing, config: Config, areas: Areas) -> Drawings:
    """The pictures of every measure, all drawn in one run: over the years, and among the group where there is one.

    Raises:
        ImageError: they could not be drawn.
    """
    wanted = [
        (line, [_marked(picture, briefing) for picture in _pictures(line, briefing, config, areas)])
        for line in briefing.lines
    ]
    drawn = iter(drawings([picture for _, pictures in wanted for picture in pictures]))
    return {line.indicator: tuple(next(drawn) for _ in pictures) for line, pictures in wanted}


def _pictures(line: Line, briefing: Briefing, config: Config, areas: Areas) -> Iterator[Picture]:
    if not line.course.is_empty():
        picture = briefing_course(line, briefing)
        yield replace(picture, spec={**picture.spec, "height": _ON_PAPER})
    if line.position is not None:
        yield strip(line.position, config, areas)


def _marked(picture: Picture, briefing: Briefing) -> Picture:
    """The picture, saying so where something has to be known of its figures, such as that records are invented."""
    if not briefing.notice:
        return picture
    known = briefing.provenance.figures
    return replace(picture, subtitle=f"{known}. {picture.subtitle}", alt=f"{known}. {picture.alt}")


def terms(config: Config) -> Sequence[Term]:
    """The words that a reader may not know, with their meaning."""
    return [config.glossary[name] for name in _TERMS if name in config.glossary]


def course_rows(line: Line) -> Rows:
    """The measure over the years, in words, as ``COURSE`` heads it."""
    return [_year(row, line.compared_unit) for row in course_of(line)]


def _year(row: Row, unit: str) -> tuple[str, ...]:
    numerator, denominator, england = (row[name] for name in ("numerator", "denominator", "england"))
    median = median_in_unit(row["median_least"], row["median_most"], unit)
    likely = [number_in_unit(row[end], unit) for end in ("lower", "upper") if row[end] is not None]
    return (
        str(row["year"]),
        str(row["shown"]),
        "" if numerator is None or denominator is None else f"{count(numerator)} of {count(denominator)}",
        " to ".join(likely),
        f"{median} (from {row['members']})" if median else "",
        "" if england is None else number_in_unit(england, unit),
    )


def other_rows(line: Line) -> Rows:
    """The measure of the authority and of those it is compared with, in words, as ``OTHERS`` heads it."""
    return line.others.select(pl.col("name", "shown").fill_null("")).rows()


def action_rows(actions: Sequence[Action]) -> Rows:
    """What is being done, as ``ACTIONS`` heads it."""
    return [(one.what, one.detail, one.since, one.status) for one in actions]


def told_rows(told: Sequence[Told]) -> Rows:
    """What was told before, as ``TOLD`` heads it."""
    return [(one.said, one.here, "No" if one.differs else "Yes") for one in told]


def sources(entries: Sequence[Action] | Sequence[Told]) -> str:
    """Who said so, each once."""
    return f"Source: {'; '.join(once(one.reference for one in entries))}."


def link(words: str) -> str:
    """The words where they are the address of a page, else nothing: what else they are starts nothing."""
    return words if words.startswith(("http://", "https://")) else ""
