"""All measures at once: a row each with its course, figure, change, median, gap, place and verdict."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.benchmarks.summary import Row
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, INK, LABEL_SIZE, NEIGHBOUR, UNIT_TITLES, specification
from explorer.config import Config
from explorer.sentences.summary import HEADINGS, Cells, cells, row_sentence
from explorer.sentences.verdicts import VERDICT_SIGNS, reason_words, summary_title, verdict_word

STEP = 48  # pixels a row
WIDE = 760  # pixels; narrower, a row has its name on a line of its own and fewer columns
SMALL = 11  # pixels of a cell's second line
COLUMNS = {  # where each begins, as a share of the width: in full, and on a phone (None: left out)
    "course": (0.178, 0.0),
    "figure": (0.285, 0.265),
    "change": (0.41, None),
    "median": (0.53, None),
    "gap": (0.638, 0.46),
    "place": (0.795, None),
    "verdict": (0.89, 0.73),
}
_OUT_OF_THE_WAY = ("higher", "lower", "cannot_tell", "similar", "not_tested")
COURSE_WIDTH = (0.085, 0.22)  # of the little line, in full and on a phone
COURSE_FOOT, COURSE_HEIGHT = (0.82, 0.9), (0.64, 0.4)  # in rows


def summary(rows: Sequence[Row], config: Config, name: str) -> Picture:
    """The picture of all measures of one authority, year and group.

    Args:
        rows: one a measure, in the order to be shown.
        name: the authority's.
    """
    heading = summary_title((row.standing for row in rows), name)
    found = rows[0].standing.position if rows else None
    group = f" beside {found.group.short_label}" if found else ""
    words = [cells(row, config) for row in rows]
    # what differs first: a listener who stops has heard it
    first = sorted(zip(rows, words, strict=True), key=lambda one: _OUT_OF_THE_WAY.index(one[0].standing.verdict))
    said = " ".join(row_sentence(row, one) for row, one in first)
    return Picture(
        name="summary",
        title=heading,
        subtitle=f"{name}{group}, year to March {found.year}" if found else name,
        source=_source(rows, config),
        spec=summary_spec(len(rows)),
        data=_data(rows, words),
        table=_table(rows, config),
        key=_key(),
        note=" ".join(part for part in (_hidden(rows, config), _without(rows, config)) if part),
    ).told("Table with small line charts", said)


@lru_cache(maxsize=32)
def summary_spec(number: int) -> dict[str, Any]:
    """The drawing rules of so many rows."""
    layers = [*_rules(number), *_courses(number), *_texts(number)]
    return specification(alt.layer(*layers).properties(height=STEP * (number + 1)))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _y(field: str, number: int) -> alt.Y:
    scale = alt.Scale(domain=[0, number + 1], reverse=True, nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _at(wide: float, narrow: float) -> alt.ExprRef:
    """A place as a share of the width, another one on a phone."""
    return alt.ExprRef(f"width * (width >= {WIDE} ? {wide} : {narrow})")


def _rules(number: int) -> Iterator[alt.Chart]:
    rule = _only("row").mark_rule(color=INK, opacity=0.22, strokeWidth=1)
    yield rule.encode(x=alt.value(0), x2=alt.value("width"), y=_y("row", number))


def _courses(number: int) -> Iterator[alt.Chart]:
    """The little lines: the median thin and grey, the authority's own strong, with its chosen year marked."""
    (wide, narrow), (long, short) = COLUMNS["course"], COURSE_WIDTH
    ends = [_at(wide, narrow or 0.0), _at(wide + long, (narrow or 0.0) + short)]
    x = alt.X("year:Q", axis=None, scale=alt.Scale(range=ends, nice=False, zero=False))
    for field, room in (("high", ">="), ("low", "<")):
        shown = alt.ExprRef(f"width {room} {WIDE} ? 1 : 0")
        y = _y(field, number)
        for kind, colour, thick in (("median", NEIGHBOUR, 1.3), ("own", AUTHORITY, 2.2)):
            line = _only(kind).mark_line(
                color=colour, strokeWidth=thick, opacity=shown, invalid="break-paths-show-domains"
            )
            yield line.encode(x=x, y=y, detail="indicator:N")
        dot = _only("own").transform_filter("datum.alone || datum.chosen")
        point = dot.mark_point(color=AUTHORITY, filled=True, opacity=shown)
        size = alt.condition("datum.chosen", alt.value(48), alt.value(12))
        yield point.encode(x=x, y=y, size=size)


def _texts(number: int) -> Iterator[alt.Chart]:
    """Two lines a cell where there is room; on a phone one line of cells below the measure's name."""
    upper, lower, below = -8, 9, 12  # pixels from the middle of a row
    yield from (_text("measure", 0, upper, number), _text("measure_more", 0, lower, number))
    yield _text("course_more", COLUMNS["course"][0], lower, number, fontSize=SMALL)
    yield _text("measure_whole", 0, -13, number, wide=False)
    yield _text("course_more", 0, below, number, wide=False, fontSize=SMALL)
    for column, (wide, narrow) in COLUMNS.items():
        if column == "course":
            continue
        weight = "bold" if column in ("figure", "verdict") else "normal"
        yield _text(column, wide, upper, number, fontWeight=weight)
        yield _text(f"{column}_more", wide, lower, number, fontSize=SMALL)
        if narrow is not None:
            yield _text(f"{column}_short", narrow, below, number, wide=False)


def _text(field: str, start: float, down: int, number: int, wide: bool = True, **look: str | int) -> alt.Chart:
    """One line of a column's cells, in one of the two layouts."""
    style: dict[str, Any] = {"align": "left", "fontSize": LABEL_SIZE, "color": INK, **look}
    shown = alt.ExprRef(f"width {'>=' if wide else '<'} {WIDE} ? 1 : 0")
    text: alt.Chart = _only("row").mark_text(dy=down, opacity=shown, **style)
    return text.encode(x=alt.value(alt.ExprRef(f"width * {start}")), y=_y("middle", number), text=f"{field}:N")


def _data(rows: Sequence[Row], words: Sequence[Cells]) -> pl.DataFrame:
    years = [one.year for row in rows for one in row.course]
    heading: dict[str, Any] = {"kind": "row", "row": None, "middle": 0.5}
    heading |= {f"{column}_more": said for column, said in HEADINGS.items()}
    heading |= {f"{column}_short": said.split()[0] for column, said in HEADINGS.items() if COLUMNS[column][1]}
    heading["course_more"] = f"{min(years)} to {max(years)}" if years else ""
    drawn = [heading]
    for place, (row, said) in enumerate(zip(rows, words, strict=True), 1):
        drawn.append({"kind": "row", "row": float(place), "middle": place + 0.5, **said.fields()})
        drawn += _course(row, place)
    texts = [column for column, kind in _SCHEMA.items() if kind == pl.String]
    return pl.DataFrame(drawn, schema=_SCHEMA).with_columns(pl.col(texts).fill_null(""))  # a null is written out


def _course(row: Row, place: int) -> Iterator[dict[str, Any]]:
    """The little line of a row: every one from zero to its own highest figure."""
    own = [one.figure.value for one in row.course]
    top = max((value for value in (*own, *row.middles) if value is not None), default=0.0) or 1.0
    for kind, values in (("median", row.middles), ("own", tuple(own))):
        for number, (one, value) in enumerate(zip(row.course, values, strict=True)):
            beside = (*values[max(number - 1, 0) : number], *values[number + 1 : number + 2])
            high, low = (
                None if value is None else place + foot - height * value / top
                for foot, height in zip(COURSE_FOOT, COURSE_HEIGHT, strict=True)
            )
            yield {
                "kind": kind,
                "indicator": row.indicator,
                "year": one.year,
                "high": high,
                "low": low,
                "chosen": one.year == row.standing.position.year,
                "alone": all(other is None for other in beside),  # a line of one year is not seen
            }


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "indicator": pl.String,
    **dict.fromkeys(("row", "middle", "year", "high", "low"), pl.Float64),
    **dict.fromkeys(("chosen", "alone"), pl.Boolean),
    **dict.fromkeys(("measure", "measure_more", "measure_whole", "course_more"), pl.String),
    **{
        f"{column}{line}": pl.String
        for column, (_, narrow) in COLUMNS.items()
        if column != "course"
        for line in ("", "_more", *(("_short",) if narrow is not None else ()))
    },
}


def _table(rows: Sequence[Row], config: Config) -> pl.DataFrame:
    return pl.DataFrame([_table_row(row, config) for row in rows], infer_schema_length=None)


def _table_row(row: Row, config: Config) -> dict[str, Any]:
    entry, found = config.indicators[row.indicator], row.standing.position
    own, moved, gap, place = found.figure, row.change, row.standing.gap, row.place
    return {
        "Measure": entry.label,
        "Unit": UNIT_TITLES[entry.unit],
        "Year ending 31 March": found.year,
        "Figure": own.value,
        "Likely range, low": own.lower,
        "Likely range, high": own.upper,
        "If hidden, least": own.least if own.value is None else None,
        "If hidden, most": own.most if own.value is None else None,
        "Count": own.numerator,
        "Out of": own.base,
        "Change on the year before": moved.difference if moved else None,
        "Change, likely range, low": moved.low if moved else None,
        "Change, likely range, high": moved.high if moved else None,
        "Median of the group, least": row.median[0] if row.median else None,
        "Median of the group, most": row.median[1] if row.median else None,
        "Members published": found.contributing,
        "Members": found.group_size,
        "Gap in number, least": gap.number[0] if gap else None,
        "Gap in number, most": gap.number[1] if gap else None,
        "Gap with chance, low": gap.low if gap else None,
        "Gap with chance, high": gap.high if gap else None,
        "Place from the highest, first": place.best if place else None,
        "Place from the highest, last": place.worst if place else None,
        "Places": place.of if place else None,
        "Place allows for chance": ("yes" if place.chance else "no") if place else None,
        "Verdict": verdict_word(row.standing),
        "Why": reason_words(row.standing),
        "Status": own.status,
        "Source": own.source,
    }


def _source(rows: Sequence[Row], config: Config) -> str:
    named = {row.standing.position.figure.source or config.indicators[row.indicator].reference for row in rows}
    return f"Source: {', '.join(sorted(named)) or 'none'}"


def _key() -> str:
    signs = VERDICT_SIGNS
    return (
        f"{signs['higher']} higher or {signs['lower']} lower than is usual for its size, which says nothing of good or "
        f"bad; {signs['similar']} similar; {signs['cannot_tell']} cannot be told; {signs['not_tested']} published "
        "without its counts, so chance cannot be allowed for. Below a gap stands its range with chance allowed for. "
        "Places count from the highest, and allow for chance where there are counts. Each little line starts from "
        "zero and has a scale of its own: blue the authority, with a dot at the chosen year, grey the group's median. "
        "Where the picture is narrow, the columns left out are in the table below it."
    )


def _hidden(rows: Sequence[Row], config: Config) -> str:
    """What ranges in the place of a figure or a median are; empty where there are none."""
    rule = config.benchmarks.suppression
    own = any(row.standing.position.figure.status == "suppressed" for row in rows)
    medians = any(row.median is not None and row.median[0] < row.median[1] for row in rows)
    what = " or a ".join(word for word, there in (("figure", own), ("median", medians)) if there)
    if not what:
        return ""
    return (
        f"A {what} given as a range is what it is if every hidden count is {rule.lowest} to {rule.highest}; a larger "
        "count is at times hidden to protect a small one."
    )


def _without(rows: Sequence[Row], config: Config) -> str:
    """Which measures have no figures at all in the year."""
    shown = {row.indicator for row in rows}
    gone = [
        entry.label
        for name, entry in config.indicators.items()
        if entry.unit != "count" and not entry.only_records and name not in shown
    ]
    return f"No figures for this year at all: {'; '.join(gone)}." if gone and rows else ""
