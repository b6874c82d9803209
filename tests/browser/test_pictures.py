"""Every page as a phone shows it (two screens of it) and as a room sees it, beside the pictures of it that are kept.

``make pictures`` takes them anew; look at them before they are committed.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.compared import difference, kept_form
from tests.browser.steps import open_page
from tests.browser.test_accessibility import QUIET
from tests.browser.views import CLOSER, PAGES

FOLDER = Path(__file__).parent / "pictures"
ANEW = os.environ.get("EXPLORER_PICTURES") == "anew"
PHONE, ROOM = 390, 1920
SIZES = {PHONE: (390, 1688), ROOM: (1920, 1080)}
KEPT = {PHONE: 390, ROOM: 960}  # points across, of the picture that is kept
# Levels of 255 that the worst window may differ by. Measured in Chromium: with letters smoothed in another way 0.9;
# with full hinting, which moves letters by whole points, 10.6 on the phone and 4.1 in the room; with a heading moved by
# a line or a picture gone 100 and more, and in the room 11 with one small button gone.
MOST = {PHONE: 16.0, ROOM: 8.0}
VIEWS = {**PAGES, **{name: link for name, link in CLOSER.items() if name.startswith("neighbours-")}}
# What no two runs share: the address, its square code, the short code and its day
COVERED = """
.st-key-square img { filter: brightness(0); }
.st-key-square ~ *, [data-testid=stHorizontalBlock]:has(.st-key-square) :is(p, small) {
  color: transparent !important; background: #777;
}
"""
ABOVE = {"saved": 0.2}  # the part of a page that is the same whatever others have saved


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme="light", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def taken(page: Page, address: str, name: str, width: int) -> Image.Image:
    """The page as it is drawn now, in the form in which pictures are kept."""
    page.set_viewport_size({"width": SIZES[width][0], "height": SIZES[width][1]})
    open_page(page, f"{address}/{VIEWS[name]}{'&meet=yes' if width == ROOM else ''}")
    page.add_style_tag(content=COVERED)
    page.wait_for_function(QUIET)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    last, same = b"", 0
    for _ in range(40):  # until two looks are the same: charts are drawn a moment after the page
        drawn = page.screenshot()
        same = same + 1 if drawn == last else 0
        if same == 2:
            break
        last = drawn
        page.wait_for_timeout(150)
    whole = Image.open(BytesIO(drawn))
    part = whole.crop((0, 0, whole.width, round(whole.height * ABOVE.get(name, 1.0))))
    return kept_form(part, KEPT[width])


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", VIEWS)
def test_a_page_looks_as_it_did(visitor: Page, address: str, name: str, width: int) -> None:
    now, file = taken(visitor, address, name, width), FOLDER / f"{name}-{width}.png"
    if ANEW:
        FOLDER.mkdir(exist_ok=True)
        now.save(file, optimize=True)
        return
    apart, where = difference(Image.open(file), now)
    if apart > MOST[width]:
        now.save(Path(f"{file.stem}-now.png"))
    assert apart <= MOST[width], f"it differs at {where} by {apart:.0f}; 'make pictures' takes them anew"


@pytest.mark.parametrize(
    ("width", "change"),
    [
        (PHONE, "document.querySelector('h1').style.marginTop = '24px'"),
        (PHONE, "document.querySelector('[data-testid=stVegaLiteChart]').style.visibility = 'hidden'"),
        (ROOM, "document.querySelector('.st-key-meeting button').remove()"),
        (ROOM, "document.querySelector('h2').style.marginLeft = '40px'"),
    ],
)
def test_a_page_that_has_changed_is_told(visitor: Page, address: str, width: int, change: str) -> None:
    before = taken(visitor, address, "neighbours", width)
    visitor.evaluate(change)
    visitor.wait_for_timeout(200)
    after = kept_form(Image.open(BytesIO(visitor.screenshot())), KEPT[width])
    assert difference(before, after)[0] > MOST[width]


def test_the_pictures_are_small_and_of_pages_that_there_are() -> None:
    kept = sorted(FOLDER.glob("*.png"))
    assert {file.stem for file in kept} == {f"{name}-{width}" for name in VIEWS for width in SIZES}
    assert sum(file.stat().st_size for file in kept) < 3_000_000
