"""Published measures as indicators: value, counts, likely range, and the range a hidden figure can be in."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import TypeVar

import polars as pl

from explorer.areas import Areas
from explorer.benchmark_entries import Benchmarks, Suppression
from explorer.config import Config, Indicator
from explorer.schema import INDICATORS
from explorer.sources.published import Published

_KEY = ["area", "period"]
Number = TypeVar("Number", float, pl.Expr)


def indicator_table(config: Config, published: Published, areas: Areas) -> pl.DataFrame:
    """Every indicator of config/indicators.yaml for every area and year in the published files.

    Returns:
        The columns of ``schema.INDICATORS``, sorted by indicator, area and period. An area's row in a year
        when it did not exist has the status ``no_authority``, whatever symbol the file has.
    """
    measures = published.measures.rename({"year_ending": "period", "measure": "indicator"})
    spans = pl.DataFrame(
        [(area.code, area.first_year, area.last_year) for area in areas.by_code.values()],
        schema={"area": pl.String, "first": pl.Int64, "last": pl.Int64},
        orient="row",
    )
    measures = (
        measures.join(spans, on="area")
        .with_columns(
            status=pl.when(pl.col("period").is_between("first", "last"))
            .then("status")
            .otherwise(pl.lit("no_authority"))
        )
        .drop("first", "last")
    )
    tables = measures.partition_by("indicator", as_dict=True)
    by_name = {str(key[0]): table for key, table in tables.items()}
    frames = [
        _one(name, entry, config.benchmarks, by_name) for name, entry in config.indicators.items() if name in by_name
    ]
    # the counts of England and the regions are rounded, so no interval is worked out from them
    authorities = [area.code for area in areas.authorities]
    exact = pl.col("area").is_in(authorities)
    table = pl.concat(frames).with_columns(lower=pl.when(exact).then("lower"), upper=pl.when(exact).then("upper"))
    return table.sort("indicator", "area", "period")


def _one(name: str, entry: Indicator, benchmarks: Benchmarks, measures: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One indicator with the counts it is made of."""
    frame = _with_worked_out_rates(measures[name], entry, measures)
    for column, measure in (
        ("numerator", entry.numerator),
        ("denominator", entry.denominator),
        ("rate", entry.denominator_rate),
    ):
        frame = _with_measure(frame, measures, measure, column)
    frame = _with_measure(frame, measures, "children_0_17", "children")
    # A denominator that is not published follows from its rate and the number of children, within 0.2%
    # of the published count wherever both are known (tests/test_indicators.py).
    estimate = (pl.col("rate") * pl.col("children") / 10_000).round()
    # A rate that is published alone is one of children, all the same: so its chance is known.
    children = pl.col("children") if entry.unit == "per_10k" else pl.lit(None)
    frame = frame.with_columns(base=pl.coalesce("denominator", estimate, children))
    # LAIT writes a dash for every symbol; the status of the count behind the dash is the true one
    doubted = (pl.col("status") == "suppressed") & pl.col("numerator_status").is_not_null()
    frame = frame.with_columns(
        status=pl.when(doubted & (pl.col("numerator_status") == "published"))
        .then(pl.when(pl.col("base").is_null()).then("status").otherwise(pl.lit("not_published")))
        .when(doubted)
        .then("numerator_status")
        .otherwise("status")
    )
    least, most = _bounds(entry, benchmarks.suppression)
    hidden = pl.col("status") == "suppressed"
    frame = frame.with_columns(
        least=pl.when(hidden).then(least), most=pl.when(hidden).then(most), period_kind=pl.lit("year")
    )
    lower, upper = _likely_range(entry, benchmarks)
    return frame.with_columns(lower=lower, upper=upper).select(
        pl.col(column).cast(dtype) for column, dtype in INDICATORS.items()
    )


def _with_worked_out_rates(frame: pl.DataFrame, entry: Indicator, measures: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Add the rates of years before the first published one, from their published counts."""
    part, whole = entry.numerator or "", entry.denominator or ""
    if entry.unit != "per_10k" or part not in measures or whole not in measures:
        return frame
    children = measures[whole].select(*_KEY, children="value")
    earlier = (
        measures[part]
        .filter(pl.col("period") < frame["period"].min())
        .join(children.drop_nulls(), on=_KEY)
        .with_columns(value=(entry.scale * pl.col("value") / pl.col("children")).round(1, mode="half_away_from_zero"))
        .with_columns(indicator=pl.lit(frame["indicator"][0]))
        .with_columns(source=pl.lit("worked out here from ") + pl.col("source") + " and ONS mid-year estimates")
        .select(frame.columns)
    )
    return pl.concat([frame, earlier])


def _with_measure(
    frame: pl.DataFrame, measures: Mapping[str, pl.DataFrame], measure: str | None, column: str
) -> pl.DataFrame:
    """Add the value and status of another measure of the same area and year."""
    if measure is None or measure not in measures:
        nothing = pl.lit(None)
        return frame.with_columns(
            nothing.cast(pl.Float64).alias(column), nothing.cast(pl.String).alias(f"{column}_status")
        )
    other = measures[measure].select(*_KEY, pl.col("value").alias(column), pl.col("status").alias(f"{column}_status"))
    return frame.join(other, on=_KEY, how="left")


def _bounds(entry: Indicator, suppression: Suppression) -> tuple[pl.Expr, pl.Expr]:
    """The least and most that a hidden value can be, given the range of a hidden count.

    Null where the count it is out of is not known either (a hidden whole can be large), or where its own
    count is missing for another reason: then nothing can be said. Rates of a rounded count keep the count's own range.
    """
    lowest, highest = float(suppression.lowest), float(suppression.highest)
    if entry.unit == "count":
        return pl.lit(lowest), pl.lit(highest)
    if entry.numerator is None:
        return pl.lit(None, pl.Float64), pl.lit(None, pl.Float64)
    least_share = lowest / pl.col("base")
    most_share = pl.min_horizontal(pl.lit(highest), pl.col("base")) / pl.col("base")
    counted = pl.col("numerator_status") == "suppressed"
    return (
        pl.when(counted).then(entry.scale * least_share),
        pl.when(counted).then(entry.scale * most_share),
    )


def wilson_interval(numerator: Number, base: Number, benchmarks: Benchmarks) -> tuple[Number, Number]:
    """The Wilson interval of a share, 0 to 1, for numbers or whole columns.

    n is ``base`` divided by the configured design effect, because brothers and sisters come together.
    Source: Wilson 1927; validation values in tests/test_indicators.py.
    """
    z = NormalDist().inv_cdf(0.5 + benchmarks.uncertainty.confidence / 2)
    n = base / benchmarks.uncertainty.design_effect
    p = numerator / base
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5 * z / (1 + z**2 / n)
    return centre - half, centre + half


def _likely_range(entry: Indicator, benchmarks: Benchmarks) -> tuple[pl.Expr, pl.Expr]:
    """The Wilson interval of a published percentage or rate with counts, in its unit; null for all else.

    Of a rate too, as of a very small share: its upper end is that of a Poisson count (Brown, Cai and DasGupta 2001).
    """
    if entry.unit == "count" or entry.numerator is None:
        return pl.lit(None, pl.Float64), pl.lit(None, pl.Float64)
    known = pl.col("value").is_not_null() & (pl.col("base") > 0)
    lower, upper = wilson_interval(pl.col("numerator"), pl.col("base"), benchmarks)
    return (
        pl.when(known).then((entry.scale * lower).clip(0, entry.scale)),
        pl.when(known).then((entry.scale * upper).clip(0, entry.scale)),
    )
