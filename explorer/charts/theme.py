"""The one visual language: who has which colour, shape and line, on every page.

Every colour has a contrast of 3:1 or more against both the light and the dark page (tests/test_charts.py),
so a chart does not need to know which one it is on. Text takes the page's own colour. Each role also has a
shape or line of its own, so that none is told by colour alone.
"""

from typing import Any

import altair as alt

AUTHORITY = "#2f6fd0"  # the chosen authority: strong blue, filled
NEIGHBOUR = "#858b94"  # the others: grey
MEDIAN = "#858b94"  # the group's middle: solid rule
ENGLAND = "#a8729a"  # England: dotted rule
SCENARIO = "#d4600c"  # the what-if: strong orange

# What the authors of the charts call the lines; the direct labels say the same.
SOLID: list[int] = [1, 0]
DOTTED: list[int] = [2, 3]
HATCH: list[int] = [2, 3]  # a thick rule cut into slivers reads as hatching
UNIT_TITLES = {"percent": "percent", "per_10k": "for every 10,000 children", "count": "number"}
BAND_OPACITY = 0.22
LABEL_SIZE = 13


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """A chart as a Vega-Lite dictionary without data, to be kept and drawn with a fresh table.

    Altair builds and validates it once (about 20 ms); drawing it again costs next to nothing.
    """
    spec: dict[str, Any] = chart.to_dict()
    for key in ("data", "datasets", "$schema", "config"):
        spec.pop(key, None)
    spec["config"] = {
        "axis": {"labelFontSize": LABEL_SIZE, "titleFontSize": LABEL_SIZE, "labelLimit": 220},
        "view": {"stroke": None},
        "font": "Source Sans, sans-serif",
    }
    spec["background"] = "transparent"
    return spec
