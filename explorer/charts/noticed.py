"""The smallest effect that could be noticed by each date, beside the smallest that is worth noticing."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import altair as alt
import numpy as np
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, DOTTED, INK, LABEL_SIZE, MEDIAN, NEIGHBOUR, SOLID, WIDE, specification
from explorer.config import Indicator
from explorer.evaluation.power import Noticeable, noticed_by
from explorer.evaluation.settings import Certainty, Outcome
from explorer.sentences.impact import noticed_title
from explorer.wording import day, half_up, listed, lowered

HEIGHT = 320  # pixels
_DASHED = [7, 4]
_KINDS = ("main", "first", "second")  # the way of asking that gives the verdict, and up to two beside it
_LINES = (("second", NEIGHBOUR, DOTTED, 2.0), ("first", NEIGHBOUR, _DASHED, 2.0), ("main", AUTHORITY, SOLID, 3.0))
_WORDS = {"main": "Thick blue line", "first": "Dashed grey line", "second": "Dotted grey line"}
_ROOM = 1.25  # the scale reaches so far above the effect worth noticing, or to the lines
_ABOVE = 1.08  # and so far above the highest line
# Names are placed for drawings so wide, in pixels; what is drawn may be wider or narrower.
_PLACED_ON = {"name": 800.0, "short name": 260.0}
_LETTER, _LINE = 0.56, 1.3  # of a letter's height: its width, and the height of a line of text
_STEP = 4  # pixels between the places that are tried for a name
_NEAR = 4.0  # pixels that a name keeps from lines and other names
_FAR = 42.0  # pixels that a name may be from the end of its line; further, it would seem to be another's

_Span: TypeAlias = tuple[float, float]  # from a height to a lower one, in pixels from the top


def noticed(
    ways: Mapping[str, Sequence[Noticeable]],
    entry: Indicator,
    outcome: Outcome,
    certainty: Certainty,
    label: str,
    source: str,
    wanting: Collection[str] = (),
) -> Picture:
    """The picture of one idea's effect on one indicator.

    Args:
        ways: What each way of asking could notice, by its name; the one that gives the verdict first, up to three.
        entry: The indicator's.
        outcome: With the change worth noticing.
        certainty: How sure, and how far ahead was looked.
        label: What the idea is called.
        wanting: Which of the ways need plan records that are not here.
    """
    kinds = dict(zip(_KINDS, ways.items(), strict=False))
    main = next(iter(ways.values()))
    by = noticed_by(outcome.worth_noticing, main)
    heading = noticed_title(entry, outcome.worth_noticing, outcome.better, by, certainty.horizon.value)
    often = f"{half_up(100 * certainty.power.value, 0)} of 100 cases"
    lines = ". ".join(f"{_WORDS[kind]}: {name[:1].lower()}{name[1:]}" for kind, (name, _) in kinds.items())
    return Picture(
        name="noticed",
        title=heading,
        subtitle=f"{label}: smallest full effect on {lowered(entry.label)} that would be noticed in {often}, "
        "percentage points, by how far the figures go",
        source=source,
        spec=noticed_spec(),
        data=_data(kinds, outcome.worth_noticing),
        table=_table(ways),
        key=f"{lines}. Level grey line: the change worth noticing. Diamond: where it would be noticed. The full "
        "effect is what there is in the end; by each date only a part of it is there.",
        note=_note(ways, wanting),
    ).told("Line chart", "; ".join(_in_words(name, found) for name, found in ways.items()) + ".")


@lru_cache(maxsize=1)
def noticed_spec() -> dict[str, Any]:
    """The drawing rules."""
    x = alt.X(
        "x:T",
        title="Figures up to",
        scale=alt.Scale(type="utc", nice=False, padding=8),
        axis=alt.Axis(
            grid=False, format="%Y", tickCount={"interval": "year", "step": 1}, labelOverlap=True, labelSeparation=8
        ),
    )
    axis = alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False)
    y = alt.Y("value:Q", title="percentage points", scale=alt.Scale(zero=True, nice=False), axis=axis)
    tips = [
        alt.Tooltip("when:N", title="Figures up to"),
        alt.Tooltip("way:N", title="How"),
        alt.Tooltip("label:N", title="Smallest"),
    ]

    def only(kind: str) -> alt.Chart:
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'")

    layers: list[alt.Chart] = [
        only("worth").mark_rule(color=MEDIAN, strokeWidth=2).encode(y=y),
        only("room").mark_point(opacity=0).encode(x=x, y=y),
    ]
    for kind, colour, dash, width in _LINES:
        style: dict[str, Any] = {"color": colour, "strokeDash": dash, "strokeWidth": width}
        layers.append(only(kind).mark_line(**style, invalid="break-paths-show-domains").encode(x=x, y=y))
        layers.append(only(kind).mark_point(opacity=0, size=120).encode(x=x, y=y, tooltip=tips))
    crossing = only("crossing")
    layers.append(
        crossing.mark_point(
            shape="diamond", size=150, fill="transparent", stroke=AUTHORITY, strokeWidth=2.5, opacity=1
        ).encode(x=x, y=y, tooltip=tips)
    )
    for field, test in (("label", ">="), ("short", "<")):
        style = {"fontSize": LABEL_SIZE, "color": INK, "opacity": alt.ExprRef(f"width {test} {WIDE} ? 1 : 0")}
        layers.append(
            only("worth").mark_text(align="left", dx=4, dy=-10, **style).encode(x=alt.value(0), y=y, text=f"{field}:N")
        )
        layers.append(crossing.mark_text(align="center", dy=-16, **style).encode(x=x, y=y, text=f"{field}:N"))
    for kind, test in (("name", ">="), ("short name", "<")):
        shown = alt.ExprRef(f"width {test} {WIDE} ? 1 : 0")
        text = only(kind).mark_text(align="right", baseline="middle", fontSize=LABEL_SIZE, color=INK, opacity=shown)
        layers.append(text.encode(x=x, y=y, text="way:N"))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _data(kinds: Mapping[str, tuple[str, Sequence[Noticeable]]], worth: float) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for kind, (name, found) in kinds.items():
        rows += [_row(kind, name, one) for one in found]
    _, main = kinds["main"]
    words = {"label": f"{_number(worth)} points, worth noticing", "short": "worth noticing"}
    rows.append({"kind": "worth", "value": worth, **words})
    by = noticed_by(worth, main)
    for one in main:
        if one.end == by:
            rows.append({**_row("crossing", "", one), "label": f"{one.end:%B %Y}", "short": f"{one.end:%b %Y}"})
    known = [one.full for _, found in kinds.values() for one in found if one.full is not None]
    top = _ABOVE * max([_ROOM * worth, *known])
    rows.append({"kind": "room", "x": main[0].end if main else None, "value": top})
    rows += _names(kinds, worth, top)
    return pl.DataFrame(rows, schema=_SCHEMA)


def _row(kind: str, name: str, one: Noticeable) -> dict[str, object]:
    said = "not even the largest effect" if one.full is None else f"{half_up(one.full)} points"
    return {"kind": kind, "x": one.end, "value": one.full, "when": day(one.end), "way": name, "label": said}


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "x": pl.Date,
    "value": pl.Float64,
    "when": pl.String,
    "way": pl.String,
    "label": pl.String,
    "short": pl.String,
}


def _names(kinds: Mapping[str, tuple[str, Sequence[Noticeable]]], worth: float, top: float) -> list[dict[str, object]]:
    """A name at the right end of each line that has room for one; the key says by its look what every line is."""
    lines = [[(one.end, one.full) for one in found if one.full is not None] for _, found in kinds.values()]
    days = [one.end for _, found in kinds.values() for one in found]
    rows: list[dict[str, object]] = []
    for kind, wide in _PLACED_ON.items():
        first, span = min(days), max((max(days) - min(days)).days, 1)
        drawn = [
            [(wide * (end - first).days / span, HEIGHT * (1 - full / top)) for end, full in line] for line in lines
        ]
        taken = [*drawn, [(0.0, HEIGHT * (1 - worth / top)), (wide, HEIGHT * (1 - worth / top))]]
        used: list[tuple[float, float]] = []
        for (name, _), line, own in zip(kinds.values(), lines, drawn, strict=True):
            at = _clear(own[-1], _LETTER * LABEL_SIZE * len(name), taken, used) if line else None
            if at is not None:
                used.append((at - _LINE * LABEL_SIZE / 2, at + _LINE * LABEL_SIZE / 2))
                rows.append({"kind": kind, "x": line[-1][0], "value": top * (1 - at / HEIGHT), "way": name})
    return rows


def _clear(
    end: tuple[float, float], wide: float, lines: Sequence[Sequence[tuple[float, float]]], used: Sequence[_Span]
) -> float | None:
    """The height nearest to a line's end at which its name is clear of everything; None where it is too far away."""
    across, down = end
    half = _LINE * LABEL_SIZE / 2
    taken = [*used, *(_reach(line, across - wide, across) for line in lines)]
    ends = [line[-1][1] for line in lines if line and line[-1][1] != down]
    places = [place for place in range(0, HEIGHT, _STEP) if abs(place - down) <= _FAR]
    for place in sorted(places, key=lambda place: abs(place - down)):
        if any(min(place, down) <= other <= max(place, down) for other in ends):
            continue
        top, foot = place - half, place + half
        inside = top >= 0 and foot <= HEIGHT
        if inside and all(foot + _NEAR <= high or top - _NEAR >= low for high, low in taken):
            return float(place)
    return None


def _reach(line: Sequence[tuple[float, float]], left: float, right: float) -> _Span:
    """From where to where a line goes, downwards, between two places across."""
    if not line:
        return (-np.inf, -np.inf)
    across, down = np.array(line).T
    inside = (across >= left) & (across <= right)
    heights = np.array([*np.interp([left, right], across, down), *down[inside]])
    return float(heights.min()), float(heights.max())


def _table(ways: Mapping[str, Sequence[Noticeable]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "How": name,
                "Figures up to": day(one.end),
                "Share of the full effect that is there": float(half_up(100 * one.share)),
                "Smallest full effect, points": _rounded(one.full),
                "Smallest effect that is there by then, points": _rounded(one.there),
            }
            for name, found in ways.items()
            for one in found
        ],
        schema={
            "How": pl.String,
            "Figures up to": pl.String,
            "Share of the full effect that is there": pl.Float64,
            "Smallest full effect, points": pl.Float64,
            "Smallest effect that is there by then, points": pl.Float64,
        },
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(half_up(value))


def _number(value: float) -> str:
    return str(half_up(value)).removesuffix(".0")


def _in_words(name: str, found: Sequence[Noticeable]) -> str:
    known = [one for one in found if one.full is not None]
    if not known:
        return f"{name}: no effect would be noticed"
    first, last = known[0], known[-1]
    assert first.full is not None
    assert last.full is not None
    return (
        f"{name}: {half_up(first.full)} points with the figures up to {day(first.end)}, {half_up(last.full)} points up "
        f"to {day(last.end)}"
    )


def _note(ways: Mapping[str, Sequence[Noticeable]], wanting: Collection[str]) -> str:
    said = []
    if any(one.full is None for found in ways.values() for one in found):
        said.append(
            "A line begins where an effect could be noticed at all. Before, not even the largest that there can be "
            "would be sure enough."
        )
    if wanting:
        names = listed([f"{name[:1].lower()}{name[1:]}" for name in wanting])
        said.append(f"Of these, {names} can only be asked with plan records, which an authority has of itself.")
    return " ".join(said)
