"""A chart with everything that belongs beside it: finding, measure, table, source and words for a listener."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Picture:
    """What a page or a file needs to show one chart.

    Attributes:
        name: A short name for files and keys, unique on a page.
        title: The finding.
        subtitle: Measure, unit and period.
        source: Where the figures come from.
        spec: The Vega-Lite specification, without data.
        data: What the chart draws.
        table: The same figures for reading and for the CSV file, with headings in words.
        alt: What the picture shows, for someone who cannot see it.
        key: What its lines mean, in words; empty where all are labelled in the picture.
        note: A caveat that applies; empty where none does.
    """

    name: str
    title: str
    subtitle: str
    source: str
    spec: dict[str, Any]
    data: pl.DataFrame
    table: pl.DataFrame
    alt: str
    key: str = ""
    note: str = ""

    def of_records(self, words: str) -> "Picture":
        """The same, saying in the picture, its words and its table which plan records it is drawn from.

        Args:
            words: 'Invented plan records for Trafford'.
        """
        heading = {"text": words, "anchor": "end", "fontSize": 12, "fontWeight": "normal", "color": "currentColor"}
        return replace(
            self,
            subtitle=f"{words}. {self.subtitle}",
            alt=f"{words}. {self.alt}",
            spec={**self.spec, "title": heading},
            table=_as_shown(self.table).with_columns(Data=pl.lit(words)),
        )


def _as_shown(table: pl.DataFrame) -> pl.DataFrame:
    """Figures of plan records are shown here and published nowhere."""
    if "Status" not in table.columns:
        return table
    return table.with_columns(pl.col("Status").replace({"published": "shown"}))
