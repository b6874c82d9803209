"""Quotation marks out of their place: no row is lost without a word, and texts that are well formed are let be."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import DataError
from explorer.nation import blocks
from explorer.sources.csv_table import csv_table
from explorer.sources.quotation import all_in_place, costs_rows
from explorer.sources.upload import received
from tests.test_nation import places, rules

HEADING = "authority,child_id,start_date,end_date,note"
CELLS = st.sampled_from(["", "x", '"a, b"', '"say ""hi"""', '""', 'the "big" one', '"first\nsecond"'])
ROWS = st.lists(CELLS, min_size=1, max_size=8).map(
    lambda notes: "\n".join(f"358,C{number},2019-01-01,2019-05-05,{note}" for number, note in enumerate(notes)) + "\n"
)


@st.composite
def marked(draw: st.DrawFn) -> str:
    """Rows with one to three lone marks anywhere, or just before or after a separator."""
    text = draw(ROWS)
    for _ in range(draw(st.integers(1, 3))):
        beside = [place for place, letter in enumerate(text) if letter in ",\n"]
        place = draw(st.one_of(st.integers(0, len(text)), st.sampled_from([*beside, *(one + 1 for one in beside)])))
        text = text[:place] + '"' + text[place:]
    return text


def strictly(text: str) -> list[list[str]] | None:
    """The rows as the csv module reads them, mark by mark; None where they do not pair up."""
    try:
        return list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None


@given(marked())
def test_no_row_of_a_single_file_is_lost_without_a_word(text: str) -> None:
    content = f"{HEADING}\n{text}".encode()
    table = csv_table(received("a.csv", content, rules().limits), frozenset({"childid"}), rules().limits)
    expected = strictly(text)
    try:
        found = table.take({"child_id": 1, "note": 4})
    except DataError:
        return
    assert expected is not None
    taken = [(row + [""] * 5)[1:5:3] for row in expected]  # a row that is blank in what is taken is none
    written = [row for row in taken if any(cell.strip() for cell in row)]
    assert found.select("child_id", "note").fill_null("").rows() == [tuple(row) for row in written]


@given(marked())
def test_no_row_of_a_nation_is_lost_without_a_word(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path: Path = tmp_path_factory.mktemp("marks") / "a.csv"
    path.write_text(f"{HEADING}\n{text}", encoding="utf-8")
    try:
        found = sum(block.height for block in blocks.opened(path, rules().limits).blocks(places()))
    except DataError:  # an Unreadable one is read whole, by the reader above
        return
    outside = "".join(text.split('"')[::2])  # a line end between two marks is one within a cell
    assert found >= sum(1 for line in outside.split("\n") if line.strip())


@given(ROWS)
def test_a_text_that_is_well_formed_costs_nothing(text: str) -> None:
    assert not costs_rows(text.encode(), ",")
    assert all_in_place(text.encode(), ",") == ('the "big" one' not in text)


@pytest.mark.parametrize(
    ("text", "costs"),
    [
        ('x",y\nz,1\n', True),  # before a separator
        ('1,x"\nz,1\n', True),  # before the end of a line
        ('1,O"Brien\n', True),
        ('"a"b",1\n', True),
        ('1,2\n1,"x\n1,"say ""hi"""\n', True),  # opened on one line and met amid the next
        ('6",4"\n', False),  # two on one line leave its end where it is
        ('"a\nb",1\r\n"",2\r\n', False),
        ('a;"b";c\n', False),  # another separator: amid a cell, and in pairs
        ('a;"b;c\n', True),
        ("", False),
        ('"', False),  # left open: there is no next line
    ],
)
def test_which_marks_cost_rows(text: str, costs: bool) -> None:
    assert costs_rows(text.encode(), ",") == costs


def test_marks_in_any_number_are_looked_at_once() -> None:
    """Amid one long cell: a search for the line of each would take the square of them."""
    assert not costs_rows(b'x"' * 1_000_000, ",")
