"""The back-test that ships: as good as was asked for, and told by size."""

import polars as pl
import pytest

from bench.backtest import ASKED
from explorer.models.backtest_table import load_back_test
from explorer.sentences.tested import size_sentence, size_words, sizes_table
from explorer.wording import percent
from tests.fixtures import BROKEN, ROOT, shipped_world

RESULT = load_back_test(ROOT / "data")


@pytest.mark.parametrize("indicator", ASKED)
def test_the_shipped_forecasts_are_as_good_as_was_asked_for(indicator: str) -> None:
    own = RESULT.summary.filter(indicator=indicator, model="plan_flow").sort("horizon")
    panel = RESULT.summary.filter(indicator=indicator, model="panel_regression").sort("horizon")
    for place, asked in enumerate(ASKED[indicator]):
        row = own.row(place, named=True)
        assert row["gain"] >= asked
        assert row["gain"] >= panel["gain"][place]
        assert 77 <= row["in_80"] <= 83
        assert 93 <= row["in_95"] <= 97


def test_every_size_is_told() -> None:
    table = sizes_table(RESULT, shipped_world().config.indicators)
    assert table.height == RESULT.by_size.filter(pl.col("model") != "last_value").height
    assert table["Size"].n_unique() == 4
    for words in table.select(pl.col(pl.String)).unpivot()["value"]:
        assert not words or not BROKEN.search(words)


def test_an_authority_reads_how_often_ranges_held_for_its_size() -> None:
    said = size_sentence(RESULT, 60)
    held = RESULT.by_size.filter(pl.col("model") == "plan_flow", pl.col("least_open") == 0)["in_80"].to_list()
    assert f"{percent(min(held))} to {percent(max(held))}" in said
    assert "too narrow" in said
    assert size_sentence(RESULT, float("nan")) == ""
    assert size_words(500, 100_000) == "500 or more plans open"
