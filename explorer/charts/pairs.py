"""Two measures of every authority, one against the other, with the group's middle on both."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import middle
from explorer.charts.key import hidden_note
from explorer.charts.names import NAME_SIZE, OWN_SIDES, OWN_SIZE, PLACED_ON, SIDES, placed
from explorer.charts.picture import Picture
from explorer.charts.theme import (
    AUTHORITY,
    HATCH,
    INK,
    LABEL_SIZE,
    MEDIAN,
    NEIGHBOUR,
    UNIT_TITLES,
    band_look,
    dot_look,
    specification,
)
from explorer.charts.whose import WHOSE_WORDS, drawn_as, group_key, whose
from explorer.config import Config, Indicator
from explorer.sentences.figures import counts, shown
from explorer.sentences.groups import members
from explorer.sentences.pairs import pair_caveats, pair_title
from explorer.wording import in_range, lowered, period, plural

NAMED_FROM = 600  # pixels of drawing; narrower, members have no names
MOST_NAMES = 20  # members with a name each
HIGHEST_SHARE = 103  # percent: dots at 100 are seen whole
BESIDE = 1.4  # how much further than all figures the own likely range may push the picture
ROOM = 1.08  # how much further than the highest figures the picture goes
_LOOKS = (  # whose, colour, size and shape of the point, width of hatching
    ("other", NEIGHBOUR, 24, "circle", 1),
    ("member", NEIGHBOUR, 95, "circle", 8),
    ("authority", AUTHORITY, 300, "diamond", 13),
)


def pairs(x: Position, y: Position, england_x: Position, england_y: Position, config: Config, areas: Areas) -> Picture:
    """The picture of one authority, year and group in two measures.

    Args:
        x, y: its position in the measure across and in the one upwards.
        england_x, england_y: the same among all of England.
    """
    across, upwards = config.indicators[x.indicator], config.indicators[y.indicator]
    name, heading = areas.label(x.area), pair_title(x, y, config, areas)
    both = _both(england_x, england_y)
    spans = _spans(x, both, (across, upwards))
    drawn = [pair for pair in both if _inside(pair, spans)]
    subtitle = ", against ".join(
        f"{label}, {UNIT_TITLES[entry.unit]}, {period(entry.period, x.year)}"
        for label, entry in ((across.label, across), (lowered(upwards.label), upwards))
    )
    hidden = hidden_note((figure for pair in drawn for figure in pair), config)
    return Picture(
        name=f"pair-{y.indicator.replace('_', '-')}",
        title=heading,
        subtitle=subtitle,
        source=f"Source: {'; '.join(dict.fromkeys((across.reference, upwards.reference)))}",
        spec=pairs_spec(_axis_title(across), _axis_title(upwards)),
        data=_data(x, y, both, config, areas),
        table=_table(x, both, (across, upwards), areas),
        key=_key(x, y, england_x, config, name),
        note=" ".join(part for part in (pair_caveats(x, y, config), hidden, _left_out(both, drawn)) if part),
    ).told("Dots, one measure across and one upwards", _in_words(x, y, drawn, config, name))


def _axis_title(entry: Indicator) -> str:
    good = " (high is good)" if entry.polarity == "high" else ""
    return f"{lowered(entry.label)}, {UNIT_TITLES[entry.unit]}{good}"


def _both(england_x: Position, england_y: Position) -> list[tuple[Figure, Figure]]:
    """The two figures of every authority that has a row in both."""
    upwards = {figure.area: figure for figure in (england_y.figure, *england_y.members)}
    return [
        (figure, upwards[figure.area]) for figure in (england_x.figure, *england_x.members) if figure.area in upwards
    ]


@lru_cache(maxsize=16)
def pairs_spec(x_title: str, y_title: str) -> dict[str, Any]:
    """The drawing rules of the pair."""
    scale = alt.Scale(zero=False, nice=False)
    axis: dict[str, Any] = {"tickCount": 5, "gridOpacity": 0.3, "domain": False, "ticks": False}
    x = alt.X("x:Q", title=x_title, scale=scale, axis=alt.Axis(grid=True, **axis))
    y = alt.Y("y:Q", title=y_title, scale=scale, axis=alt.Axis(grid=True, **axis))
    layers = (*_middles(x, y), *_figures(x, y), *_labels(x, y))
    return specification(alt.layer(*layers).properties(height=PLACED_ON[1]))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _middles(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The group's median on both axes, with what hidden members make of it."""
    doubt = band_look(MEDIAN)
    yield _only("middle x range").mark_rect(**doubt).encode(x=alt.X("x_least:Q"), x2="x_most:Q")
    yield _only("middle y range").mark_rect(**doubt).encode(y=alt.Y("y_least:Q"), y2="y_most:Q")
    yield _only("middle x").mark_rule(color=INK, strokeWidth=2).encode(x=x)
    yield _only("middle y").mark_rule(color=INK, strokeWidth=2).encode(y=y)
    quiet: dict[str, Any] = {"fontSize": LABEL_SIZE, "color": INK}
    yield (_only("middle x").mark_text(align="left", dx=5, dy=9, **quiet).encode(x=x, y=alt.value(0), text="label:N"))
    yield (
        _only("middle y")
        .mark_text(align="right", dx=-2, dy=-8, **quiet)
        .encode(x=alt.value("width"), y=y, text="label:N")
    )


def _figures(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("name:N", title="Authority"),
        alt.Tooltip("x_words:N", title="Across"),
        alt.Tooltip("y_words:N", title="Upwards"),
    ]
    x_ends, y_ends = {"x": alt.X("x_least:Q"), "x2": "x_most:Q"}, {"y": alt.Y("y_least:Q"), "y2": "y_most:Q"}
    for role, colour, size, shape, thick in _LOOKS:
        hatch: dict[str, Any] = {"color": colour, "strokeDash": HATCH}
        area = _only(f"{role} box").mark_rect(fillOpacity=0.12, stroke=colour, strokeWidth=1.5, **hatch)
        yield area.encode(**x_ends, **y_ends, tooltip=tips)
        for kind, ends, other in ((f"{role} level", x_ends, {"y": y}), (f"{role} upright", y_ends, {"x": x})):
            rule = _only(kind).mark_rule(strokeWidth=thick, strokeCap="butt", **hatch)
            yield rule.encode(**ends, **other, tooltip=tips)
        if role == "authority":
            for kind, ends, other in (("likely x", x_ends, {"y": y}), ("likely y", y_ends, {"x": x})):
                yield _only(kind).mark_rule(color=AUTHORITY, strokeWidth=1.6).encode(**ends, **other)
        point = _only(role).mark_point(size=size, shape=shape, **dot_look(colour, hollow=role == "other"))
        yield point.encode(x=x, y=y, tooltip=tips)
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)


def _labels(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    room = alt.ExprRef(f"width >= {NAMED_FROM} ? 1 : 0")
    for side, (align, dx, dy) in SIDES.items():
        text = _only(f"name {side}").mark_text(align=align, dx=dx, dy=dy, fontSize=NAME_SIZE, color=INK, opacity=room)
        yield text.encode(x=x, y=y, text="label:N")
    for side, (align, dx, dy) in OWN_SIDES.items():
        style: dict[str, Any] = {"fontSize": OWN_SIZE, "fontWeight": "bold", "color": INK}
        own = _only(f"own name {side}").mark_text(align=align, dx=dx, dy=dy, **style)
        yield own.encode(x=x, y=y, text="label:N")


def _data(
    x: Position, y: Position, both: Sequence[tuple[Figure, Figure]], config: Config, areas: Areas
) -> pl.DataFrame:
    entries = config.indicators[x.indicator], config.indicators[y.indicator]
    spans = _spans(x, both, entries)
    drawn = [pair for pair in both if _inside(pair, spans)]
    rows = [row for pair in drawn for row in _figure_rows(pair, x, entries, spans, areas)]
    for axis, found, entry in (("x", x, entries[0]), ("y", y, entries[1])):
        if found.median is None and found.median_bounds is None:
            continue
        at = middle(found)
        ends = found.median_bounds or (at, at)
        rows.append({"kind": f"middle {axis}", axis: at, "label": f"Median {in_range(*ends, entry.unit)}"})
        if ends[0] < ends[1]:
            rows.append({"kind": f"middle {axis} range", f"{axis}_least": ends[0], f"{axis}_most": ends[1]})
    rows += [{"kind": "room", "x": spans[0][end], "y": spans[1][end]} for end in (0, 1)]
    return pl.DataFrame([*rows, *_names(x, drawn, spans, areas)], schema=_SCHEMA)


def _spans(
    x: Position, both: Sequence[tuple[Figure, Figure]], entries: tuple[Indicator, Indicator]
) -> tuple[Bounds, Bounds]:
    """From where to where the two scales go.

    Up to above the highest figure, and from zero; where high is good, from below the group's lowest, because all but a
    few lie near the top.
    """
    drawn = [pair for pair in both if all(figure.bounds for figure in pair)]
    crossed = [pair for pair in drawn if pair[0].area == x.area and all(figure.value is not None for figure in pair)]
    near = [pair for pair in drawn if pair[0].area == x.area or pair[0].area in x.group.members] or drawn

    def span(number: int) -> Bounds:
        top = max((end for pair in drawn for end in pair[number].bounds or ()), default=1.0)
        likely = max((pair[number].upper or 0.0 for pair in crossed), default=0.0)
        low = min((end for pair in near for end in pair[number].bounds or ()), default=0.0)
        start = low / ROOM if entries[number].polarity == "high" else 0.0
        end = ROOM * max(top, min(likely, BESIDE * top)) or 1.0
        return start, min(end, HIGHEST_SHARE) if entries[number].unit == "percent" else end

    return span(0), span(1)


def _inside(pair: tuple[Figure, Figure], spans: Sequence[Bounds]) -> bool:
    """Whether an authority with both figures lies in the picture: below its foot some of England may."""
    return all(
        figure.bounds is not None and figure.bounds[0] >= start for figure, (start, _) in zip(pair, spans, strict=True)
    )


def _figure_rows(
    pair: tuple[Figure, Figure],
    x: Position,
    entries: tuple[Indicator, Indicator],
    spans: tuple[Bounds, Bounds],
    areas: Areas,
) -> Iterator[dict[str, Any]]:
    """One authority: a point, or a hatched range where one of the two is hidden, or a box where both are."""
    across, upwards = pair
    role = drawn_as(across.area, x)
    shape = {(False, False): "", (True, False): " level", (False, True): " upright", (True, True): " box"}
    row: dict[str, Any] = {
        "kind": role + shape[across.value is None, upwards.value is None],
        "name": areas.label(across.area),
        **{f"{axis}_words": _words(figure, entry) for axis, figure, entry in zip("xy", pair, entries, strict=True)},
    }
    for axis, figure in zip("xy", pair, strict=True):
        row |= {axis: figure.value, f"{axis}_least": None, f"{axis}_most": None}
        if figure.value is None:
            row |= {f"{axis}_least": figure.least, f"{axis}_most": figure.most}
    yield row
    if role != "authority" or across.value is None or upwards.value is None:
        return
    for axis, figure, (_, top) in zip("xy", pair, spans, strict=True):
        if figure.lower is not None and figure.upper is not None:
            ends = {f"{axis}_least": figure.lower, f"{axis}_most": min(figure.upper, top)}
            yield {"kind": f"likely {axis}", "x": across.value, "y": upwards.value, **ends}


def _words(figure: Figure, entry: Indicator) -> str:
    behind = counts(figure, entry)
    return f"{entry.label}: {shown(figure, entry)}" + (f" ({behind})" if behind else "")


def _names(
    x: Position, drawn: Sequence[tuple[Figure, Figure]], spans: tuple[Bounds, Bounds], areas: Areas
) -> Iterator[dict[str, Any]]:
    """The names of the authority and, where there are few, of its group."""
    known = [pair for pair in drawn if whose(pair[0].area, x) != "other"]
    if len(known) > MOST_NAMES:
        known = [pair for pair in known if pair[0].area == x.area]
    places = {pair[0].area: (_end(pair[0]), _centre(pair[1])) for pair in known}
    own = places.pop(x.area, None)
    named = placed({areas.label(code): at for code, at in places.items()}, own and (areas.label(x.area), own), spans)
    for name in named:
        yield {"kind": name.kind, "x": name.at[0], "y": name.at[1], "label": name.label}


def _end(figure: Figure) -> float:
    return figure.bounds[1] if figure.bounds else 0.0


def _centre(figure: Figure) -> float:
    return sum(figure.bounds or (0.0, 0.0)) / 2


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "name": pl.String,
    **dict.fromkeys(("x", "y", "x_least", "x_most", "y_least", "y_most"), pl.Float64),
    **dict.fromkeys(("label", "x_words", "y_words"), pl.String),
}


def _table(
    x: Position, both: Sequence[tuple[Figure, Figure]], entries: tuple[Indicator, Indicator], areas: Areas
) -> pl.DataFrame:
    """Every authority by name with both measures."""
    rows = []
    for pair in both:
        row: dict[str, Any] = {
            "Authority": areas.label(pair[0].area),
            "Group": WHOSE_WORDS[whose(pair[0].area, x)],
            "Year ending 31 March": x.year,
        }
        for figure, entry in zip(pair, entries, strict=True):
            hidden = figure.value is None
            row |= {
                entry.label: figure.value,
                f"{entry.label}: if hidden, least": figure.least if hidden else None,
                f"{entry.label}: if hidden, most": figure.most if hidden else None,
                f"{entry.label}: count": figure.numerator,
                f"{entry.label}: out of": figure.base,
                f"{entry.label}: status": figure.status,
            }
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None).sort("Authority")


def _in_words(x: Position, y: Position, drawn: Sequence[tuple[Figure, Figure]], config: Config, name: str) -> str:
    """The two figures, and where the group stands, for someone who cannot see it."""
    said = "; ".join(_words(one.figure, config.indicators[one.indicator]) for one in (x, y))
    group = ""
    if x.members:
        number = sum(pair[0].area in x.group.members for pair in drawn)
        group = f"Drawn are {number} of {members(x.group_size, x.group.member_label)} of its group. "
    parts = (
        f"{name}: {said}.",
        _medians(x, y, config),
        f"{group}In all {len(drawn)} authorities of England are drawn.",
    )
    return " ".join(part for part in parts if part)


def _medians(x: Position, y: Position, config: Config) -> str:
    """The group's median in both measures, as a sentence; empty where it has none."""
    said = [
        f"{lowered(config.indicators[one.indicator].label)} {in_range(*ends, config.indicators[one.indicator].unit)}"
        for one in (x, y)
        if one.median is not None or one.median_bounds is not None
        for ends in (one.median_bounds or (one.median or 0.0, one.median or 0.0),)
    ]
    return f"The group's medians: {', '.join(said)}." if said else ""


def _left_out(both: Sequence[tuple[Figure, Figure]], drawn: Sequence[tuple[Figure, Figure]]) -> str:
    """How many authorities with both figures lie below the picture; empty where none does."""
    number = sum(all(figure.bounds for figure in pair) for pair in both) - len(drawn)
    if not number:
        return ""
    lies = plural(number, "authority lies", "authorities lie")
    return f"{lies} below the picture; the table has {'it' if number == 1 else 'them'}."


def _key(x: Position, y: Position, england: Position, config: Config, name: str) -> str:
    parts = [f"Blue diamond or hatching: {name}."] if x.figure.bounds and y.figure.bounds else []
    if any(one.figure.value is not None and one.figure.lower is not None for one in (x, y)) and parts:
        parts.append("Thin blue lines: its likely range, cut off where it leaves the picture.")
    parts.append(group_key(x, england))
    if x.members:
        parts.append("Solid lines: the group's medians.")
    high = [lowered(entry.label) for entry in _entries(x, y, config) if entry.polarity == "high"]
    if high:
        parts.append(f"The scale of {high[0]} does not start from zero.")
    return " ".join(parts)


def _entries(x: Position, y: Position, config: Config) -> tuple[Indicator, Indicator]:
    return config.indicators[x.indicator], config.indicators[y.indicator]
