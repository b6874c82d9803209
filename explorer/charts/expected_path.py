"""How much of an effect is expected to be there when: drawn before any result is seen."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import DOTTED, INK, LABEL_SIZE, NEIGHBOUR, SCENARIO, SOLID, WIDE, specification
from explorer.config import Indicator
from explorer.evaluation.impact import Stated
from explorer.evaluation.path import Path, month_after
from explorer.sentences.impact import path_title
from explorer.wording import half_up, lowered

HEIGHT = 300  # pixels
MARKED = (12, 24, 36)  # months after the start
_DASHED = [7, 4]
_NAMED = 0.95  # the share at which a path that can be chosen has its name beside it
_KINDS = ("stated", "first", "second")  # the stated path and up to two that can be chosen in its place
_LINES = (("second", NEIGHBOUR, DOTTED, 1.5), ("first", NEIGHBOUR, _DASHED, 1.5), ("stated", SCENARIO, SOLID, 3.0))
_WORDS = {"stated": "Thick orange line", "first": "Thin dashed line", "second": "Thin dotted line"}


def expected_path(
    stated: Stated, others: Sequence[Path], label: str, entry: Indicator, by: date, years: int, source: str
) -> Picture:
    """The picture of one idea's effect on one indicator.

    Args:
        stated: The path that was stated.
        others: Up to two that a reader may choose in its place.
        label: What the idea is called.
        entry: The indicator's.
        by: The end of the period that the title speaks of.
        years: How far after the start is drawn.
    """
    paths = dict(zip(_KINDS, (stated.path, *others), strict=False))
    heading = path_title(stated, entry, by)
    marks = "; ".join(f"after {month} months, {_percent(_after(stated.path, month))}" for month in MARKED)
    return Picture(
        name="expected-path",
        title=heading,
        subtitle=f"{label}: share of the full effect on {lowered(entry.label)} that is there, percent, month by month",
        source=source,
        spec=path_spec(),
        data=_data(paths, 12 * years),
        table=_table(paths, years),
        key=f"{'. '.join(f'{_WORDS[kind]}: {path.label}' for kind, path in paths.items())}. Circles: 12, 24 and 36 "
        "months after the start.",
        note="This was worked out before any result was looked at.",
    ).told("Line chart of what is expected", f"{_capital(stated.path.label)}: {marks}.")


@lru_cache(maxsize=1)
def path_spec() -> dict[str, Any]:
    """The drawing rules: the stated path over the thin ones, with its three marks."""
    x = alt.X(
        "x:T",
        title=None,
        scale=alt.Scale(type="utc", nice=False),
        axis=alt.Axis(
            grid=False, format="%Y", tickCount={"interval": "year", "step": 1}, labelOverlap=True, labelSeparation=8
        ),
    )
    axis = alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False)
    y = alt.Y("value:Q", title="percent of the full effect", scale=alt.Scale(domain=[0, 100]), axis=axis)
    tips = [
        alt.Tooltip("when:N", title="Month"),
        alt.Tooltip("path:N", title="Path"),
        alt.Tooltip("label:N", title="There"),
    ]
    layers: list[alt.Chart] = []
    for kind, colour, dash, width in _LINES:
        rows = alt.Chart().transform_filter(f"datum.kind === '{kind}'")
        line = rows.mark_line(color=colour, strokeDash=dash, strokeWidth=width, clip=True)
        layers += [line.encode(x=x, y=y), rows.mark_point(opacity=0, size=120).encode(x=x, y=y, tooltip=tips)]
    marks = alt.Chart().transform_filter("datum.kind === 'mark'")
    layers.append(
        marks.mark_point(
            shape="circle", size=90, fill="transparent", stroke=SCENARIO, strokeWidth=2.5, opacity=1
        ).encode(x=x, y=y, tooltip=tips)
    )
    style: dict[str, Any] = {"fontSize": LABEL_SIZE, "color": INK}
    wide, narrow = (alt.ExprRef(f"width {test} {WIDE} ? 1 : 0") for test in (">=", "<"))
    for text in (
        marks.mark_text(align="right", dx=-9, dy=-9, opacity=wide, **style),
        marks.mark_text(align="left", dx=11, dy=10, opacity=narrow, **style),  # on a phone the axis is too near
    ):
        layers.append(text.encode(x=x, y=y, text="label:N"))
    names = alt.Chart().transform_filter("datum.kind === 'name'")
    shown: dict[str, Any] = {"opacity": wide, "limit": alt.ExprRef("width * 0.75")}
    layers.append(names.mark_text(align="left", dx=8, dy=13, **style, **shown).encode(x=x, y=y, text="path:N"))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _after(path: Path, months: int) -> float:
    """The share that is there when so many months have passed."""
    return float(path.at(np.array([months - 1]))[0])


def _percent(share: float) -> str:
    return f"{half_up(100 * share, 0)}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _data(paths: dict[str, Path], months: int) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for kind, path in paths.items():
        for month, share in enumerate(path.at(np.arange(-1, months)).tolist(), start=-1):
            rows.append(_row(kind, path, month, share))
    stated = paths["stated"]
    for month in MARKED:
        rows.append(_row("mark", stated, month - 1, _after(stated, month)))
    for path in list(paths.values())[1:]:
        named = int(np.argmax(path.at(np.arange(months)) >= _NAMED))
        rows.append(_row("name", path, named, _after(path, named + 1)))
    return pl.DataFrame(rows, schema=_SCHEMA)


def _row(kind: str, path: Path, month: int, share: float) -> dict[str, object]:
    when = month_after(path.start, month)
    return {
        "kind": kind,
        "x": when,
        "value": 100 * share,
        "when": f"{when:%B %Y}",
        "path": _capital(path.label),
        "label": _percent(share),
    }


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "x": pl.Date,
    "value": pl.Float64,
    "when": pl.String,
    "path": pl.String,
    "label": pl.String,
}


def _table(paths: dict[str, Path], years: int) -> pl.DataFrame:
    """The shares at the end of every half of a year."""
    rows = []
    for month in range(6, 12 * years + 1, 6):
        when = month_after(paths["stated"].start, month - 1)
        shares = {_capital(path.label): float(half_up(100 * _after(path, month))) for path in paths.values()}
        rows.append({"Month": f"{when:%B %Y}", "Months after the start": month, **shares})
    return pl.DataFrame(rows)
