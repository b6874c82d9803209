"""Every chart that the pages draw of real authorities, caught on its way to the screen."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
from streamlit.testing.v1 import AppTest

from explorer.app import parts
from explorer.charts.picture import Picture
from tests.fixtures import CITY_OF_LONDON, GROUP, ISLES_OF_SCILLY, ROOT, TRAFFORD

CHARTS = ROOT / "explorer/charts"
IDEA = {"if": "1~rc_r0.9~ts_r0.8"}
RECORDS = {"data": "sample"}
MONTHS = {**RECORDS, "upto": "2018-09-30"}
# page, authority, year and the rest of the link: each family of charts, and the smallest with most figures hidden
VISITS: tuple[tuple[str, str, int, Mapping[str, str]], ...] = (
    ("briefing", TRAFFORD, 2025, {}),
    ("briefing", ISLES_OF_SCILLY, 2025, {}),
    *(("neighbours", TRAFFORD, 2018, {"view": view}) for view in ("bars", "funnel", "all", "pairs", "map")),
    *(
        ("neighbours", CITY_OF_LONDON, 2018, {"view": view})
        for view in ("bars", "funnel", "years", "all", "pairs", "map")
    ),
    ("neighbours", TRAFFORD, 2025, {"view": "years", "lines": "356,204", "indicator": "open_2y_plus_percent"}),
    ("neighbours", TRAFFORD, 2025, {"view": "bars", "indicator": "open_2y_plus_percent"}),
    ("trends", TRAFFORD, 2025, {}),
    ("trends", ISLES_OF_SCILLY, 2025, {}),
    ("trends", TRAFFORD, 2018, {"trend": "plans_open"}),
    ("trends", TRAFFORD, 2018, {**MONTHS, "every": "rolling_12m"}),
    ("trends", TRAFFORD, 2018, {**MONTHS, "every": "year_to_date"}),
    ("what_if", TRAFFORD, 2018, {}),
    *(("what_if", TRAFFORD, 2018, {**IDEA, "closer": part}) for part in ("parts", "matters", "compare")),
    *(("did_it_work", TRAFFORD, 2025, {"look": part}) for part in ("ways", "others", "before", "when")),
    ("did_it_work", TRAFFORD, 2025, {**RECORDS, "look": "children"}),
    ("did_it_work", CITY_OF_LONDON, 2018, {}),
    ("data", TRAFFORD, 2018, RECORDS),
    ("sweep", TRAFFORD, 2018, {"moved": "plans_open"}),
    ("sweep", TRAFFORD, 2018, {"moved": "plans_open", "scenario": "if-it-goes-wrong"}),
    ("sweep", ISLES_OF_SCILLY, 2025, {}),
)


@dataclass(frozen=True)
class Seen:
    """A chart and where it stood."""

    where: str
    picture: Picture

    @property
    def label(self) -> str:
        return f"{self.picture.name} of {self.where}"


@lru_cache(maxsize=1)
def seen() -> tuple[Seen, ...]:
    """All charts of the visits, in their order."""
    found: list[Seen] = []
    draw = parts.chart
    for page, area, year, more in VISITS:
        where = f"{page} {area} {year} {' '.join(more.values())}".strip()

        def caught(picture: Picture, where: str = where, **how: Any) -> None:
            found.append(Seen(where, picture))
            draw(picture, **how)

        with patch.object(parts, "chart", caught):
            app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
            for name, value in {"area": area, "year": str(year), "group": GROUP, **more}.items():
                app.query_params[name] = value
            app.switch_page(f"explorer/app/pages/{page}.py").run()
        assert not app.exception, (where, app.exception)
    return tuple(found)


@lru_cache(maxsize=1)
def kinds() -> tuple[Seen, ...]:
    """One chart of each way of drawing: of each specification the one with most rows."""
    fullest: dict[str, Seen] = {}
    for one in sorted(seen(), key=lambda one: one.picture.data.height):
        fullest[str(one.picture.spec["layer"])] = one
    return tuple(fullest.values())


def families() -> set[str]:
    """How the names of pictures begin, as the charts' sources have them."""
    sources = (path.read_text(encoding="utf-8") for path in sorted(Path(CHARTS).glob("*.py")))
    name = re.compile(r'^\s+name=f?"([a-z-]+)[^\n]*\n\s+(?:title|spec)=', re.M)
    return {one.strip("-") for text in sources for one in name.findall(text)}


def rows_of(layer: Mapping[str, Any], data: pl.DataFrame) -> pl.DataFrame:
    """The rows that a layer takes, by the kinds that its filters name."""
    for one in layer.get("transform", ()):
        said = re.fullmatch(r"\(?datum\.(\w+) === '([^']*)'\)?", str(one.get("filter", "")))
        if said:
            data = data.filter(pl.col(said[1]) == said[2])
    return data


def layers(picture: Picture) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The layers that draw something of the picture's own table, by their number."""
    for number, layer in enumerate(picture.spec["layer"]):
        if rows_of(layer, picture.data).height:
            yield number, layer
