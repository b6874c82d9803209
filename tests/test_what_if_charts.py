"""Pictures of a what-if: drawn from their tables, told in words, and told apart without colour."""

import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from explorer.charts import theme
from explorer.charts.compared import compared, compared_title
from explorer.charts.expected_path import path_spec
from explorer.charts.fan import ROOM, fan, year_at
from explorer.charts.picture import Picture
from explorer.charts.skill import skill
from explorer.charts.tornado import tornado
from explorer.charts.waterfall import waterfall
from explorer.config import load_config
from tests.reading_age import grade

INDICATORS = load_config(Path(__file__).resolve().parents[1] / "config").indicators
REPEAT, LONG, REPLANS = "repeat_plan_percent", "plans_open_2y_plus", "plans_started_repeat"
AS_AT, WHEN = date(2018, 3, 31), "in the year to March 2021"
MEDIAN = "Neighbours' median"
SOURCE = "Source: DfE tables"
TIMES = {"p2_5": 0.6, "p10": 0.75, "p25": 0.88, "p50": 0.99, "p75": 1.12, "p90": 1.25, "p97_5": 1.5}


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def paths(indicator: str, ends: dict[str, float], months: int = 36, times: dict[str, float] = TIMES) -> pl.DataFrame:
    """PATHS on a straight way from 20 to each line's end, with quantiles at fixed times of the mean."""
    rows = []
    for which, end in ends.items():
        for month in range(1, months + 1):
            years, rest = divmod(AS_AT.month - 1 + month, 12)
            mean = 20 + (end - 20) * month / months
            at = {"month": month, "month_end": _last(AS_AT.year + years, rest + 1), "mean": mean}
            quantiles = {name: mean * time for name, time in times.items()}
            rows.append({"indicator": indicator, "which": which, **at, **quantiles})
    return pl.DataFrame(rows)


def history(indicator: str, *values: float | tuple[float, float] | None) -> pl.DataFrame:
    """HISTORY to 31 March 2020: a pair is the range of a hidden figure, None one without a range."""
    rows = [
        {
            "indicator": indicator,
            "month_end": date(2021 - len(values) + number, 3, 31),
            "value": value if isinstance(value, float) else None,
            "least": value[0] if isinstance(value, tuple) else None,
            "most": value[1] if isinstance(value, tuple) else None,
            "after": 2021 - len(values) + number > AS_AT.year,
        }
        for number, value in enumerate(values)
    ]
    numbers = dict.fromkeys(("value", "least", "most"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides=numbers)


def fanned(
    indicator: str = REPEAT,
    in_use: bool = True,
    median: float | None = 21.5,
    lines: pl.DataFrame | None = None,
    past: pl.DataFrame | None = None,
) -> Picture:
    drawn = paths(indicator, {"baseline": 26.0, "scenario": 24.1}) if lines is None else lines
    before = history(indicator, 15.2, (18.0, 22.0), 29.1, 24.5, (19.0, 23.0)) if past is None else past
    entry = INDICATORS[indicator]
    return fan(drawn, before, entry, indicator, "Trafford", median, MEDIAN, AS_AT, 36, SOURCE, in_use, 0.64)


def stepped(indicator: str = REPEAT) -> Picture:
    rows = [
        (0, "As now", "baseline", 0.0, 26.0),
        (1, "Restorative conferences", "intervention", 26.0, 24.8),
        (2, "SMARTER plans", "intervention", 24.8, 25.1),
        (3, "Working together", "together", 25.1, 25.3),
        (4, "What if", "scenario", 0.0, 25.3),
    ]
    table = pl.DataFrame(rows, schema=["order", "label", "kind", "start", "end"], orient="row")
    return waterfall(table, INDICATORS[indicator], WHEN, "Trafford", SOURCE)


def leaning(*bars: tuple[float, float], indicator: str = REPEAT, in_use: bool = True) -> Picture:
    rows = [
        (number, f"Assumption {number + 1}", "effect", "0.65", "1.10", low, high, -1.9)
        for number, (low, high) in enumerate(bars)
    ]
    columns = ["order", "label", "kind", "low_words", "high_words", "low", "high", "centre"]
    table = pl.DataFrame(rows, schema=columns, orient="row")
    return tornado(table, INDICATORS[indicator], WHEN, "Trafford", SOURCE, in_use)


def side_by_side(*ends: float) -> Picture:
    lines = {"baseline": 26.0, **{f"Idea {number + 1}": end for number, end in enumerate(ends)}}
    return compared(paths(REPEAT, lines), INDICATORS[REPEAT], REPEAT, "Trafford", AS_AT, 36, SOURCE)


def backtest(*gains: float) -> Picture:
    rows = [
        (REPEAT, horizon + 1, model, gain - less, 1000, 78.6, 94.8)
        for horizon, gain in enumerate(gains)
        for model, less in (("plan flow", 0.0), ("panel regression", 3.0))
    ]
    columns = ["indicator", "horizon", "model", "gain", "n", "cover_80", "cover_95"]
    return skill(pl.DataFrame(rows, schema=columns, orient="row"), INDICATORS, 151, "31 March 2016 to 2024", SOURCE)


def pictures() -> Iterator[Picture]:
    for indicator in (REPEAT, LONG, REPLANS):
        yield fanned(indicator)
        yield fanned(indicator, in_use=False, median=None)
    yield from (stepped(), stepped(REPLANS), leaning((-4.1, 1.2), (-3.0, -0.8)), leaning((-4.1, 1.2), indicator=LONG))
    yield leaning((23.2, 28.4), (25.0, 26.0), in_use=False)
    yield from (side_by_side(), side_by_side(24.1, 22.3, 21.9, 26.8), backtest(20, 21, 22), backtest(20, -1, 22))


@pytest.fixture(scope="module", params=list(pictures()), ids=lambda picture: f"{picture.name}-{picture.title[:20]}")
def picture(request: pytest.FixtureRequest) -> Picture:
    drawn: Picture = request.param
    return drawn


def _walk(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _walk(inner)


def _drawn(picture: Picture) -> dict[str, Any]:
    return {**json.loads(json.dumps(picture.spec)), "data": {"values": json.loads(picture.data.write_json())}}


# --- All of them ---------------------------------------------------------------------------------------------------


def test_every_picture_is_told_in_words(picture: Picture) -> None:
    for words in (picture.name, picture.title, picture.subtitle, picture.source, picture.alt, picture.key):
        assert words.strip()
        assert not re.search(r"None|\bnan\b|[{}]|  |\.\.", words), words
    assert picture.title in picture.alt
    assert not picture.title.endswith(".")
    assert picture.table.width >= 3
    assert not picture.table.is_empty()


def test_the_words_beside_a_picture_can_be_read_at_fourteen(picture: Picture) -> None:
    words = f"{picture.title}. {picture.key} {picture.note}"
    assert grade([words]) <= 9, (grade([words]), words)


def test_a_specification_holds_no_data_and_names_only_columns_of_its_table(picture: Picture) -> None:
    assert not any({"data", "datasets"} & part.keys() for part in _walk(picture.spec))
    text = str(picture.spec).replace("datum.label + '%'", "").replace("split(datum.value", "")
    fields = {part["field"] for part in _walk(picture.spec) if isinstance(part.get("field"), str)}
    fields |= set(re.findall(r"datum\.(\w+)", text)) - ({"value", "label"} if picture.name == "tornado" else set())
    made = {part["as"] for part in _walk(picture.spec) if "calculate" in part}
    assert fields
    assert fields <= {*picture.data.columns, *made}


def test_a_specification_keeps_the_rules_of_vega_lite_and_draws(picture: Picture) -> None:
    alt.LayerChart.from_dict(_drawn(picture))  # raises where the schema is broken
    for width in (330, 1060):
        assert vl_convert.vegalite_to_svg({**_drawn(picture), "width": width}).startswith("<svg")


def test_a_picture_has_only_the_colours_of_the_theme(picture: Picture) -> None:
    allowed = {value for value in vars(theme).values() if isinstance(value, str) and value.startswith("#")}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", str(picture.spec))) <= allowed
    texts = [layer["mark"] for layer in picture.spec["layer"] if layer["mark"].get("type") == "text"]
    assert {mark["color"] for mark in texts} == {"currentColor"}


@pytest.mark.parametrize(
    "draw",
    [
        lambda more: fanned(in_use=more),
        lambda more: leaning((-4.0, 1.0), *([(-1.0, -0.5)] if more else [])),
        lambda more: side_by_side(*([24.0] if more else [])),
        lambda more: backtest(20.0, *([10.0] if more else [])),
    ],
    ids=["fan", "tornado", "compared", "skill"],
)
def test_a_specification_is_built_once(draw: Callable[[bool], Picture]) -> None:
    assert draw(True).spec is draw(False).spec


# --- The fan -------------------------------------------------------------------------------------------------------


def test_the_fan_says_both_figures_and_how_sure() -> None:
    assert fanned().title == (
        "Re-plans would be 24.1% in the year to March 2021 instead of 26.0%. Lower is more likely than not (64 in 100)"
    )
    assert fanned(in_use=False).title == (
        "Nothing is changed yet: Trafford's re-plans would most likely be between 19.5% and 32.5% in the year to "
        "March 2021"
    )


def test_the_fan_draws_one_band_behind_a_what_if_and_three_without() -> None:
    kinds = {in_use: set(fanned(in_use=in_use).data["kind"]) for in_use in (True, False)}
    assert kinds[True] - kinds[False] == {"baseline", "scenario"}
    assert kinds[False] - kinds[True] == {"alone"}
    assert "What if" not in fanned(in_use=False).table.columns
    assert "orange" not in fanned(in_use=False).key


def test_what_happened_next_is_apart_from_the_history_and_hidden_figures_are_ranges() -> None:
    data = fanned().data
    after = data.filter(kind="next").sort("x")
    assert after["x"].to_list() == [2019, 2020]
    assert after["value"].to_list() == [24.5, None]
    assert after.select("least", "most").row(1) == (19.0, 23.0)
    assert data.filter(kind="own").sort("x")["value"].to_list() == [15.2, None, 29.1]
    assert "hidden: 19.0% to 23.0%" in fanned().alt
    assert "hatched" in fanned().note


def test_a_figure_without_a_range_is_said_to_be_missing() -> None:
    assert "No figure is published for March 2019." in fanned(past=history(REPEAT, 29.1, None, 24.0)).note


def test_a_published_figure_has_no_range_and_a_hidden_one_no_value() -> None:
    for row in fanned().data.filter(pl.col("kind").is_in(["own", "next"])).iter_rows(named=True):
        assert (row["value"] is None) == (row["least"] is not None)


def test_a_wide_band_does_not_press_the_rest_to_the_floor() -> None:
    wide = paths(LONG, {"baseline": 3.0}, times={**TIMES, "p97_5": 9.0})
    picture = fanned(LONG, in_use=False, median=None, lines=wide, past=history(LONG, 4.0, 5.0, 4.0))
    top = picture.data.filter(kind="room")["value"][0]
    assert top == pytest.approx(ROOM * wide["p90"].max())  # type: ignore[operator]
    assert picture.data["high_95"].max() == top
    assert "above the top of the picture" in picture.note
    assert fanned().data.filter(kind="room")["value"][0] == pytest.approx(26 * 1.5, rel=0.02)


def test_an_authority_with_nothing_can_still_be_drawn() -> None:
    none = paths(LONG, {"baseline": 0.0}).with_columns(pl.col(*TIMES, "mean") * 0)
    picture = fanned(LONG, in_use=False, median=None, lines=none, past=history(LONG, 0.0).clear())
    assert picture.data.filter(kind="room")["value"][0] == 1
    assert "between 0 and 0" in picture.title


def test_names_stand_to_the_right_of_all_that_is_drawn_and_none_over_another() -> None:
    for median, ends in ((23.0, (26.0, 24.1)), (26.0, (26.0, 26.0)), (0.2, (0.1, 0.0)), (None, (26.0, 25.9))):
        drawn = paths(REPEAT, dict(zip(("baseline", "scenario"), ends, strict=True)))
        data = fanned(median=median, lines=drawn).data
        names, top = data.filter(kind="name"), data.filter(kind="room")["value"][0]
        assert names["label"].to_list()[:2] == [f"What if {ends[1]}%", f"As now {ends[0]}%"]
        assert names["label"].to_list()[2:] == ([] if median is None else [f"Median {median}%"])
        last = data.filter(pl.col("kind").is_in(["own", "next", "baseline", "scenario"]))["x"].max()
        assert set(names["x"]) == {last}
        assert data["until"].drop_nulls().to_list() in ([], [last])
        assert (names["value"].sort().diff().drop_nulls() >= 0.999 * top * 18 / 320).all()
    (text,) = (layer["mark"] for layer in fanned().spec["layer"] if layer["mark"]["type"] == "text")
    assert (text["align"], text["dx"]) == ("left", 14)  # half of the diamond is 8 pixels


def test_the_fan_has_few_layers_and_two_edges_a_line() -> None:
    """Everything is drawn anew with each movement of a slider: it had 32 layers and nine thin lines."""
    layers = fanned().spec["layer"]
    assert len(layers) <= 18
    edged = [layer["encoding"]["y"]["field"] for layer in layers if "stroke" in layer["mark"] and _band(layer)]
    assert edged == ["low_80"] * 3
    assert sum(map(_band, layers)) == 7


def _band(layer: dict[str, Any]) -> bool:
    return bool(layer["mark"]["type"] == "area")


def test_hollow_is_filled_with_nothing() -> None:
    """White is hollow on a white page alone."""
    (diamond,) = (layer["mark"] for layer in fanned().spec["layer"] if layer["mark"].get("shape") == "diamond")
    assert diamond["fill"] == "transparent"
    marks = [layer["mark"] for layer in path_spec()["layer"] if layer["mark"].get("shape") == "circle"]
    assert [mark["fill"] for mark in marks] == ["transparent"]


def test_the_table_of_the_fan_has_published_figures_and_every_sixth_month() -> None:
    table = fanned().table
    assert table["Twelve months to"].to_list()[2:] == [
        "March 2018", "September 2018", "March 2019", "September 2019", "March 2020", "September 2020", "March 2021",
    ]  # fmt: skip
    last = table.row(-1, named=True)
    assert (last["As now"], last["What if"]) == (26.0, 24.1)
    assert (last["What if, 80% range, low"], last["What if, 80% range, high"]) == (18.1, 30.1)


def test_a_month_end_stands_between_the_years() -> None:
    assert year_at(date(2018, 3, 31)) == 2018
    assert year_at(date(2018, 9, 30)) == 2018.5
    assert year_at(date(2019, 1, 31)) == pytest.approx(2018 + 10 / 12)


# --- The others ----------------------------------------------------------------------------------------------------


def test_the_waterfall_says_what_does_most_and_what_all_come_to() -> None:
    assert stepped().title == (
        "Re-plans: restorative conferences would do most (1.2 points lower). All together, 0.7 points lower "
        "in the year to March 2021"
    )
    rows = stepped().data.filter(pl.col("kind") != "room")
    assert rows["figure"].to_list() == ["26.0%", "1.2 lower", "0.3 higher", "0.2 higher", "25.3%"]
    assert rows["next"].to_list() == [1, 2, 3, 4, None]


def test_a_step_of_children_is_whole() -> None:
    figures = stepped(REPLANS).data["figure"].drop_nulls().to_list()
    assert figures == ["26", "1 fewer", "less than 1 more", "less than 1 more", "25"]


def test_the_direction_of_a_step_is_a_shape() -> None:
    shapes = {layer["mark"].get("shape") for layer in stepped().spec["layer"]}
    assert {"triangle-left", "triangle-right", "square", "diamond"} <= shapes


@pytest.mark.parametrize(
    ("bars", "said"),
    [
        (((-4.1, 1.2), (-3.0, -1.0)), "assumption 1. It decides if re-plans would be lower or higher"),
        (((-4.1, -1.2), (-3.0, -1.0)), "assumption 1. In every case tried, re-plans would be lower"),
        (((-4.1, -1.2), (-2.0, 0.5)), "But another decides if re-plans would be lower or higher: assumption 2"),
        (((-4.1, -1.2), (-2.0, 0.5), (0.2, -1.9)), "2 others decide if re-plans would be lower or higher"),
        (((0.0, 0.0),), "Nothing is changed yet, so no assumption matters yet"),
    ],
)
def test_the_tornado_says_what_the_direction_hangs_on(bars: tuple[tuple[float, float], ...], said: str) -> None:
    assert leaning(*bars).title.endswith(said)


def test_without_a_what_if_the_tornado_is_of_the_forecast_itself() -> None:
    picture = leaning((23.2, 28.4), (25.0, 26.0), in_use=False)
    assert picture.title == "Nothing is changed yet. Re-plans hang most on this: assumption 1 (23.2% to 28.4%)"
    assert picture.data["zero"].null_count() == picture.data.height
    assert picture.data["left"].min() > 20  # type: ignore[operator]
    assert picture.table["Figure at its high end"].to_list() == [28.4, 26.0]


def test_the_ends_of_a_bar_keep_their_words() -> None:
    turned = leaning((1.2, -4.1)).data.filter(kind="effect").row(0, named=True)
    assert (turned["left"], turned["left_words"], turned["right"], turned["right_words"]) == (-4.1, "1.10", 1.2, "0.65")
    assert turned["figure"] == "4.1 lower to 1.2 higher"


def test_compared_lines_differ_in_dash_shape_and_letter() -> None:
    picture = side_by_side(24.1, 22.3, 21.9, 26.8)
    marks = [layer["mark"] for layer in picture.spec["layer"]]
    dashes = [tuple(mark["strokeDash"]) for mark in marks if mark.get("type") == "line"]
    shapes = [mark["shape"] for mark in marks if mark.get("type") == "point" and "shape" in mark]
    assert len(dashes) == len(set(dashes)) == len(set(shapes)) == 5
    labels = picture.data["short"].drop_nulls().to_list()
    assert labels == ["26.0%", "A 24.1%", "B 22.3%", "C 21.9%", "D 26.8%"]
    assert picture.title == "Re-plans would be lowest with Idea 3: 21.9% in the year to March 2021, not 26.0%"


def test_compared_names_do_not_cover_each_other() -> None:
    for ends in ((24.1, 22.3, 21.9, 26.8), (26.0, 26.0, 26.0, 26.0), (0.1, 0.0, 0.2, 0.1)):
        data = side_by_side(*ends).data
        low, high = data.filter(number=-1)["value"].to_list()
        places = data["place"].drop_nulls().sort()
        assert (places.diff().drop_nulls() >= 0.999 * (high - low) * 18 / 320).all()
        assert places[0] >= low


def test_too_many_lines_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="5 what-ifs; at most 4"):
        side_by_side(1.0, 2.0, 3.0, 4.0, 5.0)


def test_compared_says_when_none_is_better() -> None:
    entry = INDICATORS[REPEAT]
    assert (
        compared_title([("As now", 26.0), ("A", 27.0)], entry, WHEN) == f"Re-plans would be lowest as now: 26.0% {WHEN}"
    )
    assert compared_title([("As now", 26.0), ("A", 26.01)], entry, WHEN).endswith("with any of these")
    assert compared_title([("As now", 26.0), ("A", 24.0), ("B", 24.01)], entry, WHEN).startswith(
        "Re-plans would be lowest with A and B: 24.0%"
    )


def test_each_what_if_has_its_years_and_ranges_in_the_table() -> None:
    table = side_by_side(24.1, 22.3).table
    assert table.height == 9
    assert table.row(-1) == ("Idea 2", WHEN, 22.3, 16.7, 27.9)


def test_the_test_of_the_forecasts_says_what_it_found() -> None:
    picture = backtest(20, 21, 36)
    assert picture.title == (
        "Tested on 151 authorities: forecasts came 20% to 36% nearer than carrying the last figure forward"
    )
    assert "The 80% range held what happened in 79% of cases." in picture.note
    assert backtest(20, -2, 36).title == (
        "Tested on 151 authorities: forecasts beat the last figure in 2 of 3 tests. At best they came 36% nearer, "
        "at worst 2% further off"
    )
    rows = picture.data.filter(kind="row")
    assert rows.select("own", "other", "own_words").row(0) == (20.0, 17.0, "20% nearer")
