"""A chart with everything that belongs beside it: finding, measure, table, source and words for a listener."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from explorer.schema import HIDDEN

# Letters of the words for a listener, who cannot skim them: about 40 seconds of speech. The table has everything.
LONGEST_ALT = 600
_KEPT_FREE = 60  # letters, for whose plan records a picture is drawn from
HEARD = 13  # figures of a course that ``told`` is given: one more than it says, so that it knows of earlier ones
_REST = "The rest is in the table."
# After a sentence, or a part of a list; not within the name of a saint's town.
_BREAK = re.compile(r"(?<=[.;])(?<!St\.) ")


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
        alt: What the picture shows, for someone who cannot see it; ``told`` writes it.
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
    key: str = ""
    note: str = ""
    alt: str = ""

    def told(self, kind: str, said: str = "", course: Sequence[str] = ()) -> "Picture":
        """The same with words for who cannot see it: kind, finding, measure, what is hidden, and then as much as fits.

        Args:
            kind: 'Line chart'.
            said: More, the most telling first; what is too long for a listener is cut off at a sentence.
            course: Figures over time, oldest first; the newest are kept.
        """
        whole = f"{kind}. {self.title.removesuffix('.')}. {self.subtitle.removesuffix('.')}."
        whole = " ".join(filter(None, (whole, _hidden(self.table))))
        room = LONGEST_ALT - _KEPT_FREE - len(whole)
        more = _newest(course, room - len(said)) if course else ""
        return replace(self, alt=" ".join(filter(None, (whole, _cut(said, room - len(more)), more))))

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


def _hidden(table: pl.DataFrame) -> str:
    """How many rows of a table have a hidden figure; empty where none has."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    if not texts:
        return ""
    words = "|".join(("(a )?hidden", *HIDDEN))
    number = table.select(pl.any_horizontal(pl.col(texts).str.contains(f"(?i)^({words})")).sum()).item()
    return f"Rows of its table with a hidden figure: {number} of {table.height}." if number else ""


def _cut(said: str, room: int) -> str:
    """As many sentences and parts of lists as there is room for, and that there are more."""
    if len(said) <= room:
        return said
    kept = ""
    for part in _BREAK.split(said):
        longer = f"{kept} {part}".lstrip()
        if len(longer) + len(_REST) >= room:
            break
        kept = longer
    return f"{kept.removesuffix(';').removesuffix('.')}. {_REST}" if kept else _REST


def _newest(course: Sequence[str], room: int) -> str:
    """The last figures of a course that there is room for."""
    for number in range(min(len(course), HEARD - 1), 0, -1):
        last = "The figures" if number == len(course) else f"The last {number}" if number > 1 else "The last"
        said = f"{last}: {'; '.join(course[-number:])}."
        if len(said) <= room or number == 1:
            return said
    return ""


def _as_shown(table: pl.DataFrame) -> pl.DataFrame:
    """Figures of plan records are shown here and published nowhere."""
    if "Status" not in table.columns:
        return table
    return table.with_columns(pl.col("Status").replace({"published": "shown"}))
