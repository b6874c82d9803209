"""The one visual language: who has which colour, shape and line, on every page.

Every colour has a contrast of 3:1 or more against both the light and the dark page (tests/test_charts.py),
so a chart does not need to know which one it is on. Text is drawn in the page's own colour (CSS
currentColor). Each role also has a shape or line of its own, so that none is told by colour alone.
"""

from typing import Any

import altair as alt

AUTHORITY = "#2f6fd0"  # the chosen authority: strong blue, filled
NEIGHBOUR = "#858b94"  # the others: grey
MEDIAN = "#858b94"  # the group's middle: solid rule
ENGLAND = "#a8729a"  # England: dotted rule
SCENARIO = "#d4600c"  # the what-if: strong orange

SOLID: list[int] = [1, 0]
DOTTED: list[int] = [2, 3]
HATCH: list[int] = [2, 3]  # a thick rule cut into slivers reads as hatching
UNIT_TITLES = {"percent": "percent", "per_10k": "for every 10,000 children", "count": "number"}
BAND_OPACITY = 0.22
LABEL_SIZE = 13
INK = "currentColor"
WIDE = 420  # pixels of drawing; narrower, labels are short


def by_order(field: str) -> alt.Y:
    """Categories down the page in the order that the table gives.

    The ``min`` lets layers share the order; without it Vega-Lite falls back to the alphabet.
    """
    order = alt.EncodingSortField("order", op="min", order="ascending")
    return alt.Y(f"{field}:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=200))


def end_labels(chart: alt.Chart, y: alt.Y, offset: alt.YOffset | None = None) -> list[alt.Chart]:
    """Figures in a column at the right: in full where there is room, short on a phone."""
    encoded = chart.encode(y=y, yOffset=offset) if offset else chart.encode(y=y)
    return [
        encoded.mark_text(
            align="right",
            fontSize=LABEL_SIZE,
            color=INK,
            opacity=alt.ExprRef(f"width {test} {WIDE} ? 1 : 0"),
        ).encode(x=alt.value("width"), text=f"{field}:N")
        for field, test in (("label", ">="), ("short", "<"))
    ]


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """A chart as a Vega-Lite dictionary without data, to be kept and drawn with a fresh table.

    Altair builds and validates it once (about 20 ms); drawing it again costs next to nothing.
    """
    spec: dict[str, Any] = _without_data(chart.to_dict())
    for key in ("datasets", "$schema", "config"):
        spec.pop(key, None)
    spec["config"] = {
        "axis": {
            "labelFontSize": LABEL_SIZE,
            "titleFontSize": LABEL_SIZE,
            "labelColor": INK,
            "titleColor": INK,
            "labelLimit": 220,
        },
        "text": {"fill": INK},
        "mark": {"aria": False},  # the chart has its words and its table; marks one by one are noise
        "view": {"stroke": None},
        "font": "Source Sans, sans-serif",
    }
    spec["background"] = "transparent"
    return spec


def _without_data(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification with no data in it or its layers: all draw from the one table."""
    kept = {key: value for key, value in spec.items() if key != "data"}
    if "layer" in kept:
        kept["layer"] = [_without_data(layer) for layer in kept["layer"]]
    return kept
