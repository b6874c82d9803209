"""Who is who is seen by everybody: with red-green or blue-yellow blindness, in grey, and without any colour at all."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest

from explorer.charts.theme import AUTHORITY, ENGLAND, INK, NEIGHBOUR, SCENARIO
from tests.colour_vision import VISIONS, ciede2000, lab, seen
from tests.fixtures import ROOT
from tests.painted import Paint, paints, rgb
from tests.pictures import Seen, kinds, layers

PAGES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
ROLES = {"authority": AUTHORITY, "neighbour": NEIGHBOUR, "England": ENGLAND, "what-if": SCENARIO}
# One step of CIEDE2000 is about what is noticed between two large patches side by side. Marks are small and apart, for
# which Stone, Szafir and Setlur (2014) found that several times as much is needed: ten and more is plain.
PLAIN = 10.0


def apart(one: str, other: str, vision: str, page: Mapping[str, str]) -> float:
    first, second = (lab(seen(rgb(colour, page), vision)) for colour in (one, other))
    return ciede2000(first, second)


# --- The formulas, by published values ---------------------------------------------------------------------------

SHARMA = (  # Sharma, Wu and Dalal (2005), table 1
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "far"), SHARMA)
def test_ciede2000_gives_the_published_values(
    one: tuple[float, float, float], other: tuple[float, float, float], far: float
) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(far, abs=1e-4)
    assert ciede2000(np.array(other), np.array(one)) == pytest.approx(far, abs=1e-4)


def test_lab_and_simulation_keep_what_everybody_sees() -> None:
    assert lab(seen((255, 255, 255), "all colours")) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(seen((255, 0, 0), "all colours")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    for vision in VISIONS:  # grey stays grey
        assert seen((119, 119, 119), vision) == pytest.approx(seen((119, 119, 119), "all colours"), abs=1e-4)
    white = {"textColor": "#000000"}
    assert apart("#d00000", "#4c7a00", "deuteranopia", white) < apart("#d00000", "#4c7a00", "all colours", white) / 2


# --- The palette -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vision", ["all colours", "protanopia", "deuteranopia", "tritanopia"])
def test_roles_differ_by_colour_for_nearly_all(vision: str) -> None:
    """All but England from the others: mauve is near to grey for some, and is dotted with diamonds for everybody."""
    for one, other in combinations(ROLES, 2):
        if (one, other) != ("neighbour", "England"):
            assert apart(ROLES[one], ROLES[other], vision, PAGES["light"]) >= PLAIN, (one, other, vision)


def test_in_grey_no_role_can_be_told_so_that_each_needs_another_channel() -> None:
    """Colours with one contrast to a white and to a nearly black page are about equally dark; see the test below."""
    for one, other in combinations(ROLES, 2):
        assert apart(ROLES[one], ROLES[other], "grey", PAGES["light"]) < PLAIN


# --- Every chart without its colours -----------------------------------------------------------------------------


def look(paint: Paint) -> tuple[object, ...]:
    """All of a mark but its colour: line or dot, dash, width, shape, full or hollow."""
    hollow = not paint.fills or paint.fills == ("white",) or max(paint.fill_cover) < 0.5
    return paint.kind, paint.dash, round(paint.stroke_width, 1), paint.shape, round(paint.size), hollow


def names_itself(found: Seen, number: int) -> bool:
    """Whether rows stand by name in the picture: on an axis of names, or with words of their own beside them."""
    layer = found.picture.spec["layer"][number]
    down = layer.get("encoding", {}).get("y", {})
    return down.get("type") in ("nominal", "ordinal") or re.search(r"heading|row|tile|key", str(layer)) is not None


def test_no_role_is_told_by_colour_alone() -> None:
    """Two layers of a picture that differ in colour differ in something else too, or their rows have names."""
    faults = []
    for found in kinds():
        present = {number for number, _ in layers(found.picture)}
        by_look: dict[tuple[object, ...], set[tuple[str, ...]]] = defaultdict(set)
        for paint in paints(found.picture.spec):
            drawn = paint.layer in present and paint.kind != "text" and not paint.is_band
            if drawn and not names_itself(found, paint.layer):
                by_look[look(paint)].add(tuple(dict.fromkeys((*paint.strokes, *paint.fills))))
        faults += [(found.label, alike, colours) for alike, colours in by_look.items() if len(colours) > 1]
    assert not faults, faults


def test_pictures_without_colour_would_be_found_out() -> None:
    one = Paint("line", 0, (), (AUTHORITY,), (0.0,), 1.0, 3.0, 11, False, (), "")
    other = Paint("line", 1, (), (INK,), (0.0,), 1.0, 3.0, 11, False, (), "")
    dotted = Paint("line", 2, (), (INK,), (0.0,), 1.0, 3.0, 11, False, (2, 3), "")
    assert look(one) == look(other) != look(dotted)
