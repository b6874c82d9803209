"""Contrast, by WCAG 2.2: text 4.5:1, marks that mean something 3:1, on both pages and on the bands that they lie on.

Computed from the compiled specifications of the pictures that the pages draw, with every opacity mixed in.
"""

import tomllib
from collections.abc import Iterator

import pytest

from explorer.charts.theme import INK
from tests.fixtures import ROOT
from tests.painted import RGB, Paint, axis_colours, contrast, over, paints, rgb
from tests.pictures import Seen, families, kinds, layers, seen

TEXT, MARK = 4.5, 3.0
LARGE, LARGE_BOLD = 24, 18.66  # pixels: 18 and 14 points
PAGES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
QUIET = {  # marks, by picture and layer, that may be as quiet as gridlines are, and why
    ("summary", 0): "lines between the rows of a table: they say nothing",
    ("gaps", 1): "the lines of about 140 others: none is to be read by itself; how many lie further out is in words",
}


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = PAGES[request.param]
    return found


def drawn(one: Seen) -> list[Paint]:
    """What is seen of the picture's own table."""
    present = {number for number, _ in layers(one.picture)}
    return [paint for paint in paints(one.picture.spec) if paint.layer in present]


def seen_best(paint: Paint, page: dict[str, str], ground: RGB) -> float:
    """How well a mark can be seen: by what it is filled with or by its outline, whichever is the stronger.

    Where a role decides the colour the weakest of them counts.
    """
    filled = [
        contrast(over(rgb(one, page), ground, cover), ground) for one in paint.fills for cover in paint.fill_cover
    ]
    edged = [contrast(over(rgb(one, page), ground, paint.stroke_cover), ground) for one in paint.strokes]
    return max(min(filled, default=0.0), min(edged, default=0.0))


def kind_of(one: Seen, number: int) -> str:
    return str(one.picture.spec["layer"][number].get("transform", ""))


def grounds(one: Seen, page: dict[str, str]) -> Iterator[tuple[Paint, RGB]]:
    """Every mark with the darkest or lightest that it may lie on: the page and all bands drawn before it."""
    ground = rgb(page["backgroundColor"], page)
    for paint in drawn(one):
        yield paint, ground
        if paint.is_band:
            ground = over(rgb(paint.fills[0], page), ground, max(paint.fill_cover))


def test_every_family_of_charts_is_tested() -> None:
    names = {one.picture.name for one in seen()}
    assert {family for family in families() if not any(name.startswith(family) for name in names)} == set()
    assert len(kinds()) >= len(families())


def test_contrast_and_mixing_are_as_published() -> None:
    """WCAG 2.2: black on white 21:1; #767676 is the lightest grey with 4.5:1 on white, #949494 with 3:1."""
    white, black = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(rgb("#767676", {"textColor": ""}), white) == pytest.approx(4.54, abs=0.01)
    assert contrast(rgb("#949494", {"textColor": ""}), white) == pytest.approx(3.03, abs=0.01)
    assert over(black, white, 0.4) == pytest.approx((153, 153, 153))


def test_a_picture_that_is_too_pale_would_be_found(page: dict[str, str]) -> None:
    pale = Paint("rule", 0, (), ("#767c85",), (0.0,), 0.35, 1, 11, False, (), "")
    assert seen_best(pale, page, rgb(page["backgroundColor"], page)) < MARK


def test_marks_can_be_seen_on_the_page(page: dict[str, str]) -> None:
    ground, faults = rgb(page["backgroundColor"], page), []
    for one in kinds():
        every = [paint for paint in drawn(one) if paint.kind != "text"]
        strong = [paint for paint in every if seen_best(paint, page, ground) >= MARK]
        assert strong, one.label
        # Lines of the same rows are a band's edges. Of several ranges of the same rows the one that words and table
        # tell has an edge, and the wider and narrower ones shade it: without them nothing that is told is missed.
        edging = (paint for paint in strong if paint.kind in ("line", "rule") or paint.is_band)
        edges = {kind_of(one, paint.layer) for paint in edging}
        for paint in every:
            edged = paint.is_band and kind_of(one, paint.layer) in edges
            if paint not in strong and not edged and (one.picture.name, paint.layer) not in QUIET:
                faults.append((one.label, paint, round(seen_best(paint, page, ground), 2)))
    assert not faults, faults


def test_marks_can_be_seen_on_the_bands_below_them(page: dict[str, str]) -> None:
    faults = []
    for one in kinds():
        for paint, ground in grounds(one, page):
            found = seen_best(paint, page, ground)
            quiet = (one.picture.name, paint.layer) in QUIET
            if paint.kind in ("line", "symbol") and found < MARK and not quiet:
                faults.append((one.label, paint, round(found, 2)))
    assert not faults, faults


def test_text_can_be_read_where_it_stands(page: dict[str, str]) -> None:
    faults, texts = [], 0
    for one in kinds():
        for paint, ground in grounds(one, page):
            if paint.kind == "text":
                texts += 1
                large = paint.size >= LARGE or (paint.bold and paint.size >= LARGE_BOLD)
                if seen_best(paint, page, ground) < (MARK if large else TEXT):
                    faults.append((one.label, paint, ground))
    assert texts > len(kinds())
    assert not faults, faults


def test_axes_are_written_in_the_colour_of_the_page_and_drawn_well_enough() -> None:
    for one in kinds():
        axis = axis_colours(one.picture.spec)
        assert (axis["labelColor"], axis["titleColor"]) == (INK, INK)


# --- What Streamlit draws from the theme -------------------------------------------------------------------------

CAPTION = 0.6  # of the text's colour: captions and small labels of Streamlit 1.67 (theme.colors.fadedText60)
TINT = 0.1  # of the primary colour: the ground of a chosen segment


def test_words_links_and_chosen_controls_of_the_pages_can_be_read(page: dict[str, str]) -> None:
    for name in ("backgroundColor", "secondaryBackgroundColor"):
        ground = rgb(page[name], page)
        for colour in ("textColor", "linkColor", "primaryColor"):
            assert contrast(rgb(page[colour], page), ground) >= TEXT, (name, colour)
        caption = over(rgb(page["textColor"], page), ground, CAPTION)
        assert contrast(caption, ground) >= TEXT, name
        tinted = over(rgb(page["primaryColor"], page), ground, TINT)
        assert contrast(rgb(page["primaryColor"], page), tinted) >= TEXT, name
