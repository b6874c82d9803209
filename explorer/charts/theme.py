"""The one visual language: who has which colour, shape and line, on every page.

Every colour has a contrast of about 4:1 against both the light and the dark page, so a chart does not need to know
which one it is on, and 3:1 against the pale bands that it may lie on (tests/test_contrast.py). Such colours are about
equally dark: in grey they are alike, so each role also has a shape or line of its own and none is told by colour
alone. Text is drawn in the page's own colour (CSS currentColor).
"""

from typing import Any

import altair as alt

AUTHORITY = "#3574d6"  # the chosen authority: strong blue, filled
NEIGHBOUR = "#767c85"  # the others: grey
MEDIAN = "#767c85"  # the group's middle: solid rule
ENGLAND = "#a5648f"  # England: dotted rule
SCENARIO = "#cb5b0b"  # the what-if: strong orange
AS_NOW = "#5a78a8"  # the bands of as now where no what-if is drawn: blue-grey

SOLID: list[int] = [1, 0]
DOTTED: list[int] = [2, 3]
HATCH: list[int] = [2, 3]  # a thick rule cut into slivers reads as hatching
UNIT_TITLES = {"percent": "percent", "per_10k": "for every 10,000 children", "count": "number"}
BAND_OPACITY = 0.1  # of the page below a band; lighter ones lie over each other
# The ranges of a forecast, over each other: 95, 80 and 50 of 100, how much each covers, and whether it has an edge.
# Edges on all of them were nine thin lines of which nobody read any; the words and the table tell the 80. Together they
# cover as much as lines of 4:1 bear below them.
FAN: tuple[tuple[str, str, float, bool], ...] = (
    ("low_95", "high_95", 0.05, False),
    ("low_80", "high_80", 0.07, True),
    ("low_50", "high_50", 0.08, False),
)
LABEL_SIZE = 13
INK = "currentColor"
WIDE = 420  # pixels of drawing; narrower, labels are short


def band_look(colour: str, opacity: float = BAND_OPACITY, *, edged: bool = True) -> dict[str, Any]:
    """The look of a range: a pale filling that lines can be seen on, and an edge that can be seen by itself.

    Nearly the whole meaning of a range is where it ends, and a filling pale enough to draw on is too pale for that
    (WCAG 2.2, 1.4.11: 3:1 against the page). Of several ranges of one figure the one that words tell has the edge.
    """
    edge = {"stroke": colour, "strokeWidth": 1} if edged else {"strokeWidth": 0}
    return {"fill": colour, "fillOpacity": opacity, "opacity": 1, **edge}


def dot_look(colour: str, *, hollow: bool = False) -> dict[str, Any]:
    """The look of a dot among many: full with a white rim, or hollow for those that are in the background."""
    if hollow:
        return {"stroke": colour, "filled": False, "strokeWidth": 1.5, "opacity": 1}
    return {"fill": colour, "filled": True, "stroke": "white", "strokeWidth": 0.6, "opacity": 1}


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
