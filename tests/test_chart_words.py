"""Every chart in words: a finding, words for who cannot see it, a table that has all of it, and few enough marks."""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
import vl_convert

from explorer.app.parts import readable
from explorer.charts.picture import LONGEST_ALT, Picture
from explorer.wording import half_up
from tests.pictures import Seen, families, kinds, layers, rows_of, seen

KINDS = ("chart", "Dots", "lines", "Map of tiles", "Heat map", "Figures with ranges")
UNITS = r"percent|%|10,000|number|points"
PERIOD = r"\b(19|20)\d\d\b|before and after the start|in that mix|the effect in|by how far"
MOST_MARKS = 2_000  # of one picture: above it Streamlit 1.67 draws a bitmap that has nothing to read in it
_MARK = re.compile(r"<(?:path|text|line|rect|use)[ >]")


def picture(table: pl.DataFrame, title: str = "A finding", subtitle: str = "Re-plans, percent, 2018") -> Picture:
    return Picture("x", title, subtitle, "Source: x", {"layer": []}, pl.DataFrame(), table)


@pytest.mark.parametrize("one", range(3))
def test_what_is_heard_is_as_long_as_a_listener_bears(one: int) -> None:
    for found in seen()[one::3]:
        told = found.picture
        assert told.title in told.alt, found.label
        assert told.subtitle.split(". ")[-1].removesuffix(".") in told.alt, found.label
        assert any(kind in told.alt for kind in KINDS), found.label
        assert re.search(UNITS, told.alt), found.label
        assert re.search(PERIOD, told.alt), (found.label, told.alt)
        assert len(told.alt) <= LONGEST_ALT, (found.label, len(told.alt))
        assert told.alt.endswith("."), found.label
        assert not re.search(r"\.\.|;\.|  |None|\bnan\b", told.alt), (found.label, told.alt)


def test_what_is_hidden_is_said_wherever_it_is() -> None:
    hidden = 0
    for found in seen():
        told = found.picture
        cells = [str(cell) for row in told.table.iter_rows() for cell in row]
        if any(cell.startswith(("hidden", "suppressed", "withheld")) and "DfE" not in cell for cell in cells):
            hidden += 1
            assert re.search(r"hidden figure: \d+ of \d+", told.alt), found.label
    assert hidden > 10


def test_every_picture_has_a_finding_a_measure_a_source_and_a_table() -> None:
    for found in seen():
        told = found.picture
        assert all((told.title, told.subtitle, told.source.startswith("Source: "))), found.label
        assert told.title != told.subtitle, found.label
        assert told.table.height >= 1, found.label
        assert told.table.width >= 2, found.label
    assert {family for family in families() if not any(one.picture.name.startswith(family) for one in seen())} == set()


def test_hidden_rows_are_counted_and_long_words_are_cut_at_a_sentence() -> None:
    table = pl.DataFrame({"Figure": ["hidden: 1% to 2%", "3%", None], "Status": ["suppressed", "published", None]})
    told = picture(table).told("Bar chart", " ".join(f"Sentence {number} says something." for number in range(60)))
    assert told.alt.startswith(
        "Bar chart. A finding. Re-plans, percent, 2018. Rows of its table with a hidden figure: 1 of 3."
    )
    assert told.alt.endswith("says something. The rest is in the table.")
    assert len(told.alt) <= LONGEST_ALT
    whole = picture(pl.DataFrame({"A": [1]})).told("Bar chart", "At St. Helens: 3; elsewhere: 4.")
    assert whole.alt == "Bar chart. A finding. Re-plans, percent, 2018. At St. Helens: 3; elsewhere: 4."


def test_of_a_course_the_newest_figures_are_heard() -> None:
    years = [f"{year}: {year - 2000}.0%" for year in range(2001, 2026)]
    told = picture(pl.DataFrame({"A": [1]})).told("Line chart", course=years).alt
    assert told.endswith("The last 12: " + "; ".join(years[-12:]) + ".")
    assert (
        picture(pl.DataFrame({"A": [1]}))
        .told("Line chart", course=years[:2])
        .alt.endswith("The figures: 2001: 1.0%; 2002: 2.0%.")
    )
    long = [f"{one} {'x' * 150}" for one in years]
    assert picture(pl.DataFrame({"A": [1]})).told("Line chart", course=long).alt.count("x" * 150) == 2


# --- Marks -------------------------------------------------------------------------------------------------------


def marks(found: Seen) -> int:
    """How many marks a picture is drawn with, counted in the drawing itself."""
    spec = {**found.picture.spec, "width": 800, "data": {"values": found.picture.data.to_dicts()}}
    spec = {key: value for key, value in spec.items() if key != "autosize"}
    drawn = vl_convert.vegalite_to_svg(_plain(spec))
    return len(_MARK.findall(drawn))


def _plain(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _plain(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_plain(value) for value in part]
    return part.isoformat() if hasattr(part, "isoformat") else part


def test_no_picture_has_so_many_marks_that_it_becomes_a_bitmap() -> None:
    most = max(kinds(), key=lambda one: one.picture.data.height)
    assert most.picture.data.height > 1_000
    for found in (one for one in kinds() if one.picture.data.height > 150):
        assert 0 < marks(found) <= MOST_MARKS, (found.label, marks(found))
    for found in seen():  # as Streamlit counts: rows for each layer that takes them unfiltered
        unfiltered = sum("transform" not in layer for layer in found.picture.spec["layer"])
        assert unfiltered * found.picture.data.height <= MOST_MARKS, found.label


def test_nothing_moves() -> None:
    """No chart has a timer or a transition."""
    for found in kinds():
        drawn = str(vl_convert.vegalite_to_vega({**found.picture.spec, "data": {"values": []}}))
        assert not re.search(r"'(timer|transition|duration)'", drawn), found.label


# Smooth lines from month to month, of which the table has every sixth or twelfth: nobody misses the steps between.
BY_STEPS = ("fan", "compared", "expected-path")


# --- What a pointer tells ----------------------------------------------------------------------------------------


def tips(found: Seen) -> Iterator[str]:
    """Everything that a pointer over the picture could bring up."""
    for _, layer in layers(found.picture):
        said = layer.get("encoding", {}).get("tooltip", [])
        taken = rows_of(layer, found.picture.data)
        for field in {one["field"] for one in (said if isinstance(said, list) else [said])}:
            yield from (str(cell) for cell in taken[field].drop_nulls().unique() if str(cell))


def numbers(words: str) -> set[str]:
    """The figures in words, without what separates thousands; 2016-17 is a year's name."""
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"\b20\d\d-\d\d\b(?!-)", "", words.replace(",", ""))))


def rounded(found: set[str]) -> set[str]:
    """The same figures, and as they are where fewer places are shown."""
    return found | {str(half_up(float(one), places)) for one in found for places in (0, 1)}


def test_no_figure_is_told_by_a_pointer_alone() -> None:
    """What a pointer brings up stands in the table or in the words beside the picture: who has none misses nothing."""
    missing: dict[str, set[str]] = {}
    for found in (one for one in kinds() if not one.picture.name.startswith(BY_STEPS)):
        told = found.picture
        shown = readable(told.table)
        cells = " ".join(str(cell) for table in (shown, told.table) for row in table.iter_rows() for cell in row)
        said = rounded(numbers(" ".join((cells, told.title, told.subtitle, told.key, told.note, told.alt))))
        gone = {number for tip in tips(found) for number in numbers(tip)} - said
        if gone:
            missing[found.label] = gone
    assert not missing, missing
