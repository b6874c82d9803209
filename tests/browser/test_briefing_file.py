"""The briefing as a file in a browser: readable for everybody, on a desk, on a phone and on paper."""

from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request
from pypdf import PdfReader

from explorer.briefing.briefing import Briefing
from explorer.export.briefing_page import briefing_page
from tests.briefings import LONGEST, by_hand, with_name
from tests.fixtures import CITY_OF_LONDON, shipped_world
from tests.test_briefing_page import told

SIZES = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a long name, hidden figures and every part that a briefing can have."""
    path = tmp_path_factory.mktemp("briefing") / "briefing.html"
    path.write_text(_page(told(with_name(by_hand(CITY_OF_LONDON), LONGEST))), encoding="utf-8")
    return path


def _page(briefing: Briefing) -> str:
    world = shipped_world()
    return briefing_page(briefing, world.config, world.areas)


def _opened(browser: Browser, file: Path, width: int, scheme: str) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page, asked = context.new_page(), []

    def noted(request: Request) -> None:
        asked.append(request.url)

    page.on("request", noted)
    page.goto(file.as_uri())
    return page, asked


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_file_passes_axe_fits_the_screen_and_fetches_nothing(
    browser: Browser, file: Path, width: int, scheme: str
) -> None:
    page, asked = _opened(browser, file, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide = page.evaluate("[...document.querySelectorAll('svg')].filter(one => one.getBoundingClientRect().width < 250)")
    assert wide == []
    assert asked == [file.as_uri()]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.context.close()


def test_text_in_pictures_can_be_read_on_a_phone_and_follows_the_page(browser: Browser, file: Path) -> None:
    page, _ = _opened(browser, file, 390, "dark")
    sizes = page.evaluate("[...document.querySelectorAll('svg text')].map(one => one.getBoundingClientRect().height)")
    assert min(sizes) > 10
    inks = page.evaluate(
        "[...new Set([...document.querySelectorAll('svg text')].map(one => getComputedStyle(one).fill))]"
    )
    assert inks == [page.evaluate("getComputedStyle(document.body).color")]
    page.context.close()


def test_on_paper_it_is_a4_and_no_measure_is_broken(browser: Browser, file: Path) -> None:
    page, _ = _opened(browser, file, 1440, "dark")
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    page.context.close()
    assert [round(float(side) / 72 * 25.4) for side in paper[0].mediabox[2:]] == [210, 297]
    said = [" ".join(one.extract_text().split()) for one in paper]
    briefing = told(with_name(by_hand(CITY_OF_LONDON), LONGEST))
    for line in briefing.lines:
        start = next(number for number, words in enumerate(said) if line.finding in words)
        assert f"What is counted: {line.meaning}" in said[start]
    assert len(said) < 14
    assert any(briefing.provenance.link in words for words in said)
