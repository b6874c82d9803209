"""How much room words need on a slide: against the font itself, by hand, and pages that hold what they are given."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from explorer.export.slide_text import LINE, SPARE, Box, height, largest, lines, shared, width

FONTS = Path("/usr/share/fonts/truetype/liberation2")  # Liberation Sans has the widths of Arial
SAID = (
    "Child protection plans in Bournemouth, Christchurch and Poole at 30 September 2018",
    "Re-plans: 26.4%, 70 of 265 (hidden: 0.6% to 3.2%) – “per 10,000”; £1 & St Helens' * ?",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 !#$%+-/:=@[]_{|}~",
)


@pytest.mark.skipif(not FONTS.is_dir(), reason="Liberation Sans is not on this machine")
@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(("face", "bold"), [("Regular", False), ("Bold", True)])
def test_widths_are_those_of_the_font(said: str, face: str, bold: bool) -> None:
    font = ImageFont.truetype(str(FONTS / f"LiberationSans-{face}.ttf"), 1000)
    font_width = sum(font.getlength(sign) for sign in said)  # letter by letter: kerning only makes it narrower
    assert width(said, 1000, bold=bold) == pytest.approx(font_width, rel=0.005)


def test_a_letter_of_another_alphabet_is_taken_for_a_wide_one() -> None:
    assert width("漢", 10) == 10
    assert width("ő", 10) == pytest.approx(5.56)


def test_lines_by_hand() -> None:
    """At 10 points a figure is 5.56 wide and a space 2.78; four figures with the spare width are 23.1."""
    one = 4 * 5.56 * SPARE
    assert lines("1234 1234", 10, 2 * one + 2.8) == 2 - 1
    assert lines("1234 1234", 10, 2 * one + 2.7) == 2
    assert lines("1234", 10, one + 0.1) == 1
    assert lines("", 10, 100) == 1
    assert lines("1" * 40, 10, 40 * 5.56 * SPARE / 4 + 0.1) == 4  # a word that is too wide is broken


def test_height_by_hand() -> None:
    assert height(["1234", "1234"], 10, 100, gap=5) == pytest.approx(2 * 10 * LINE + 5)
    assert height([], 10, 100) == 0


def test_the_largest_that_fits_is_taken_and_none_where_none_does() -> None:
    assert largest(["1234"], Box(0, 0, 100, 24), (30, 20, 10)) == 20
    assert largest(["1234"], Box(0, 0, 100, 5), (30, 20, 10)) is None


def test_shared_by_hand() -> None:
    assert shared([10, 10, 10], 30) == [slice(0, 3)]
    assert shared([10] * 4, 30) == [slice(0, 2), slice(2, 4)]  # two and two, not three and one
    assert shared([50, 10], 30) == [slice(0, 1), slice(1, 2)]
    assert shared([], 30) == [slice(0, 0)]


@given(st.lists(st.floats(1, 100), max_size=30), st.floats(20, 200))
def test_pages_hold_everything_in_order_and_nothing_runs_over(heights: list[float], room: float) -> None:
    pages = shared(heights, room)
    assert [place for page in pages for place in range(page.start, page.stop)] == list(range(len(heights)))
    for page in pages:
        assert sum(heights[page]) <= room or page.stop - page.start == 1
