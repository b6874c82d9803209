"""How far the forecasts can be trusted, by size of authority, in words and as a table."""

from collections.abc import Mapping
from math import isnan

import polars as pl

from explorer.config import Indicator
from explorer.models.backtest_table import BackTest
from explorer.wording import count, percent

_OWN = "plan_flow"
_TOO_FEW, _TOO_MANY = 77.0, 83.0  # percent of truths that an 80% range should hold
HOW_TESTED = (
    "Rates and their movement were learnt from nothing later than each starting date. A few numbers of how wide the "
    "ranges are (config/plan_flow.yaml) were chosen once, so that they hold over all of these years: that they hold "
    "is no test of the model, while how near its forecasts came is. Hidden figures count as the range they can be in."
)


def size_words(least: int, most: int) -> str:
    """A class of size: '100 to 249 plans open'."""
    return f"{count(least)} or more plans open" if most > 10_000 else f"{count(least)} to {count(most - 1)} plans open"


def size_sentence(result: BackTest, opened: float) -> str:
    """How often the ranges held for authorities as large as one.

    Args:
        opened: its open plans at the start; NaN where they are not known.
    """
    rows = result.by_size.filter(pl.col("model") == _OWN, pl.col("least_open") <= opened, pl.col("most_open") > opened)
    if isnan(opened) or rows.is_empty():
        return ""
    held, row = rows["in_80"], rows.row(0, named=True)
    said = (
        f"For authorities of this size ({size_words(row['least_open'], row['most_open'])}) the 80% range held what "
        f"happened in {percent(held.min())} to {percent(held.max())} of cases."  # type: ignore[arg-type]
    )
    if (held < _TOO_FEW).any():
        said += " Where that is under 80%, read the ranges as somewhat too narrow."
    if (held > _TOO_MANY).any():
        said += " Where that is over 80%, they are wider than they need be."
    return said


def sizes_table(result: BackTest, entries: Mapping[str, Indicator]) -> pl.DataFrame:
    """The back-test by size, for reading: the model beside the panel regression."""
    rows = result.by_size.filter(pl.col("model") != "last_value").sort("indicator", "horizon", "least_open", "model")
    return pl.DataFrame(
        [
            {
                "Measure": entries[row["indicator"]].label,
                "Years ahead": str(row["horizon"]),
                "Size": size_words(row["least_open"], row["most_open"]),
                "Forecast": "This page" if row["model"] == _OWN else "Panel regression",
                "Cases": row["n"],
                "Nearer than the last figure": percent(row["gain"]),
                "80% range held": percent(row["in_80"]),
                "95% range held": percent(row["in_95"]),
                "80% range held, published only": "" if row["in_80_known"] is None else percent(row["in_80_known"]),
            }
            for row in rows.iter_rows(named=True)
        ]
    )
