"""What is said round the charts of a slide, in alternative texts and in speaker notes: from the briefing alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from explorer.briefing.briefing import Briefing, Line
from explorer.schema import HIDDEN
from explorer.sentences.median import is_open
from explorer.wording import day, in_range, listed, plural

MEDIAN = "Median"
_MOST_BARS = 13  # ten neighbours, the authority, their median and England: more could not be read
_ENDS, _NEAR = 3, 2
_SAID = 4  # a finding and three sentences


def category(row: Mapping[str, Any], unit: str) -> str:
    """The name of a bar; who has no figure is named with the reason, and a median that is open with its range."""
    if row["kind"] == "median":
        shown = row["shown"].replace(" per 10,000", "")  # what stands above the chart says it
        return f"{MEDIAN} ({shown})" if is_open(row["least"], row["most"], unit) else MEDIAN
    if row["value"] is not None:
        return str(row["name"])
    return f"{row['name']} (hidden)" if row["status"] in HIDDEN else f"{row['name']} (no figure)"


def picked(others: pl.DataFrame) -> pl.DataFrame:
    """The rows that are drawn: all of a small group; of a large one the ends and those next to the authority.

    In a large group the median and England are drawn too; who has no figure is left to the words below.
    """
    if others.height <= _MOST_BARS:
        return others
    kinds, known = others["kind"].to_list(), others["value"].is_not_null().to_list()
    own = kinds.index("authority")
    members = [place for place, kind in enumerate(kinds) if kind == "member" and known[place]]
    above, below = ([place for place in members if (place < own) == before] for before in (True, False))
    wanted = {place for place, kind in enumerate(kinds) if kind != "member"} | {*members[:_ENDS], *members[-_ENDS:]}
    near = {*above[-_NEAR:], *below[:_NEAR]} if known[own] else set()
    return others[sorted(wanted | near)]


def over_years(line: Line) -> str:
    """What stands above the chart over the years."""
    return f"{line.compared_label} year by year (thick line), beside the median of the group and England"


def among(line: Line, group: str) -> str:
    """What stands above the bars."""
    return f"{line.compared_label} {line.compared_period}: {group}"


def below(line: Line) -> list[str]:
    """What the charts cannot show, at full length and then shorter: the first that has room is written."""
    gone = line.course.filter(pl.col("value").is_null())
    years = _by_words(gone, "year")
    missing = line.others.filter(pl.col("value").is_null())
    names = _by_words(missing, "name")
    total, drawn = line.others.height, picked(line.others).height
    part = f"{drawn} of {total} bars are drawn: the ends, and those next to the authority." if drawn < total else ""
    bare_years = _bare("Year without a shown figure", "Years without a shown figure", gone["year"].to_list())
    bare_names = _bare("Authority without a shown figure", "Without a shown figure", missing["name"].to_list())
    counted = [
        plural(gone.height, "year has", "years have") + " no shown figure" if gone.height else "",
        plural(missing.height, "bar has", "bars have") + " no shown figure" if missing.height else "",
    ]
    short = "; ".join(said for said in counted if said)
    full = [_listed("Not in the line", years), _listed("No bar", names)]
    last = _joined(_middle(line), part)
    return [
        _joined(*full, last),
        _joined(bare_years, full[1], last),
        _joined(bare_years, bare_names, last),
        _joined(f"{short}: the notes name them." if short else "", last),
    ]


def _middle(line: Line) -> str:
    """Of a median that hidden members leave open."""
    drawn = "Hidden figures leave the median open in some years: the middle of its range is drawn."
    return drawn if open_medians(line) else ""


def open_medians(line: Line) -> list[str]:
    """Years in which hidden members leave the median open, with its range: '2016 (1.7% to 2.1%)'."""
    unit = line.compared_unit
    return [
        f"{year} ({in_range(least, most, unit)})"
        for year, least, most in line.course.select("year", "median_least", "median_most").iter_rows()
        if is_open(least, most, unit)
    ]


def years_alt(line: Line, name: str) -> str:
    """The finding and every figure of the chart over the years."""
    known = line.course.filter(pl.col("value").is_not_null())
    own = "; ".join(f"{row['year']} {row['shown']}" for row in known.iter_rows(named=True))
    gone = _by_words(line.course.filter(pl.col("value").is_null()), "year")
    figures = f"{line.compared_label}, {name}: {own}." if own else ""
    open_ones = _listed("The median is open, and its middle is drawn", open_medians(line))
    return _joined("Line chart.", ended(line.finding), figures, _listed("No figure", gone), open_ones, _ends(line))


def others_alt(line: Line) -> str:
    """The finding and every figure of the bars."""
    rows = "; ".join(f"{row['name']} {row['shown']}" for row in picked(line.others).iter_rows(named=True))
    about = f"{line.compared_label} {line.compared_period}, highest first: {rows}."
    return _joined("Bar chart.", ended(line.finding), about)


def table_alt(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What a table holds, in words."""
    told = "; ".join(" ".join((*row[:1], "-", *row[1:2])) for row in rows)
    return f"Table: {title}. {', '.join(headings)}. {told}."


def notes(briefing: Briefing, said: Sequence[str], *details: tuple[str, str]) -> str:
    """Speaker notes: what to say, details of the slide, and where all of it comes from."""
    parts = [*_to_say(briefing, said), *(f"{heading}: {words}" for heading, words in details if words)]
    return "\n".join([*parts, *(f"{heading}: {words}" for heading, words in briefing.provenance.lines)])


def measure_notes(briefing: Briefing, line: Line) -> str:
    """Speaker notes of one measure, with every figure that is hidden or not drawn."""
    gone = line.course.filter(pl.col("value").is_null())
    missing = line.others.filter(pl.col("value").is_null())
    years, names = "; ".join(_by_words(gone, "year")), "; ".join(_by_words(missing, "name"))
    everyone = "; ".join(f"{row['name']} {row['shown']}" for row in line.others.iter_rows(named=True))
    drawn = picked(line.others).height
    return notes(
        briefing,
        (line.finding, *line.sentences),
        ("What it counts", line.meaning),
        ("Figure", ", ".join(part for part in (line.value, line.count, line.period) if part)),
        ("Source of this figure", line.source),
        ("Years without a shown figure", years),
        ("Years whose median hidden figures leave open, with its range", "; ".join(open_medians(line))),
        ("Authorities without a shown figure", names if drawn == line.others.height else ""),
        ("All that are compared", everyone if drawn < line.others.height else ""),
    )


def foot(briefing: Briefing) -> str:
    """What stands at the foot of every slide."""
    return " ".join(part for part in (f"{briefing.name} at {day(briefing.as_at)}.", briefing.notice) if part)


def ended(said: str) -> str:
    """A title as a sentence among others."""
    return said if said.endswith((".", "?", "!")) else f"{said}."


def _to_say(briefing: Briefing, said: Sequence[str]) -> Iterator[str]:
    """The notice, what to say, and what to say if asked."""
    if briefing.notice:
        yield briefing.notice
    if said:
        yield f"To say: {' '.join(map(ended, said[:_SAID]))}"
    if said[_SAID:]:
        yield f"If asked: {' '.join(map(ended, said[_SAID:]))}"


def _ends(line: Line) -> str:
    """The newest figures beside it."""
    last = line.others.filter(pl.col("kind").is_in(["median", "england"]))
    return " ".join(f"{row['name']} {line.compared_period}: {row['shown']}." for row in last.iter_rows(named=True))


def _by_words(rows: pl.DataFrame, column: str) -> list[str]:
    """Years or names with what is said in the place of their figures: '2016 and 2018 (hidden)'."""
    said: dict[str, list[str]] = {}
    for row in rows.iter_rows(named=True):
        said.setdefault(row["shown"], []).append(str(row[column]))
    return [f"{listed(items)} ({shown})" for shown, items in said.items()]


def _listed(start: str, items: Sequence[str]) -> str:
    return f"{start}: {'; '.join(items)}." if items else ""


def _bare(one: str, many: str, items: Sequence[object]) -> str:
    return f"{one if len(items) == 1 else many}: {listed(map(str, items))}." if items else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
