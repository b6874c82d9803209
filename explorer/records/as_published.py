"""Plan records in the place of an authority's published figures, so that every page can be drawn from them."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from explorer.config import Config
from explorer.plan_indicators import COUNTS, PERCENTAGES
from explorer.records.safe import Records
from explorer.sources.published import Published

CHILDREN = "children_0_17"
_KEY = ["measure", "area", "year_ending"]


def with_records(published: Published, config: Config, records: Records) -> Published:
    """The published tables with one authority's years taken from its plan records.

    Every figure of the authority that plan records are there to give is theirs, in every year: never is one year
    of a line theirs and the next one DfE's. What no plan records hold (conferences, say) stays as published.

    Returns:
        The tables, with a version of their own. A figure that disclosure control hid has the status ``withheld``:
        unlike one that DfE hid, nothing is said of how large it can be. One that the records cannot give has the
        status ``not_in_records``.
    """
    years = published.measures["year_ending"].unique()
    known = published.measures["measure"].unique()
    given = records.figures.filter(
        pl.col("period_kind") == "year",
        pl.col("status") != "refused",
        pl.col("period_end").dt.year().is_in(years.implode()),
    ).select(
        measure="indicator",
        area=pl.lit(records.area),
        year_ending=pl.col("period_end").dt.year().cast(pl.Int64),
        value="value",
        status=pl.col("status").replace({"suppressed": "withheld"}),
        source=pl.lit(records.label),
    )
    given = pl.concat([given, *_rates(given, published.measures, config)])
    given = given.filter(pl.col("measure").is_in(known.implode())).select(published.measures.columns)
    theirs = (pl.col("area") == records.area) & pl.col("measure").is_in([*COUNTS, *PERCENTAGES, *_rate_names(config)])
    missing = published.measures.filter(theirs).join(given.select(_KEY), on=_KEY, how="anti", maintain_order="left")
    missing = missing.with_columns(
        value=pl.lit(None, pl.Float64), status=pl.lit("not_in_records"), source=pl.lit(records.label)
    )
    kept, given = published.measures.filter(~theirs), pl.concat([given, missing])
    return replace(published, measures=pl.concat([kept, given]), version=f"{published.version}+{records.version}")


def _rate_names(config: Config) -> list[str]:
    """The rates that are worked out from counts of plans."""
    return [
        name
        for name, entry in config.indicators.items()
        if entry.unit == "per_10k" and entry.denominator == CHILDREN and entry.numerator in COUNTS
    ]


def _rates(counts: pl.DataFrame, measures: pl.DataFrame, config: Config) -> Iterator[pl.DataFrame]:
    """Rates per 10,000 children from the counts, half-up to one place as published ones are.

    There is none where the number of children is not known.
    """
    children = measures.filter(measure=CHILDREN).filter(pl.col("value") > 0)
    children = children.select("area", "year_ending", children="value")
    for name in _rate_names(config):
        entry = config.indicators[name]
        rate = (entry.scale * pl.col("value") / pl.col("children")).round(1, mode="half_away_from_zero")
        yield (
            counts.filter(pl.col("measure") == entry.numerator)
            .join(children, on=["area", "year_ending"])
            .with_columns(measure=pl.lit(name), value=rate)
            .select(counts.columns)
        )
