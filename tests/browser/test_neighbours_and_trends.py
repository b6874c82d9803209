"""What people do on Neighbours and Trends, in a real browser: views, two authorities, files, links, small screens."""

import re
from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from explorer.app.choices import VIEWS
from tests.browser.steps import download, open_page, pick

TRAFFORD_2018 = "v=1&area=358&year=2018&group=neighbours-2025"
SAMPLE = f"{TRAFFORD_2018}&data=sample&trend=plans_open&every=month&upto=2018-09-30"
CHARTS: Mapping[str, int] = {"pairs": 2}  # pictures of a view, where not one
KINDS: Mapping[str, str] = {  # how the words for who cannot see a picture begin
    "bars": "Bar chart. Re-plans: Trafford was higher than 9 of 10 neighbours.",
    "funnel": "Dots by size. Re-plans: Trafford lies within the range that is usual for its size.",
    "years": "Line chart. Re-plans: Trafford's lowest was 18.0% (2013)",
    "all": "Table with small line charts. Of 13 measures Trafford is",
    "pairs": "Dots, one measure across and one upwards.",
    "map": "Map of tiles. Re-plans: Trafford",
}
PHONE = 390
DRAWN = "[data-testid=stVegaLiteChart] svg"


def drawn(page: Page, number: int) -> None:
    expect(page.locator(DRAWN)).to_have_count(number)


def named(page: Page) -> list[str]:
    """What each picture is called for who cannot see it."""
    charts = page.locator("[data-testid=stVegaLiteChart]")  # asked all at once: a chart may go meanwhile
    return [str(one) for one in charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")]


def settled(page: Page) -> None:
    """On a phone the side panel slides shut; half-way it is neither open nor gone."""
    page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")


def no_wider_than_the_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    main = "[data-testid=stMain]"
    assert page.evaluate(f"(main => main.scrollWidth <= main.clientWidth)(document.querySelector('{main}'))")


def test_every_view_is_reached_by_its_button_and_drawn(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours?{TRAFFORD_2018}")
    for view, label in VIEWS.items():
        page.get_by_role("radio", name=label, exact=True).click()
        expect(page).to_have_url(re.compile(f"view={view}(&|$)"))
        drawn(page, CHARTS.get(view, 1))
        expect(page.locator("[data-testid=stVegaLiteChart]").first).to_have_attribute(
            "aria-label", re.compile("^" + re.escape(KINDS[view]))
        )
        assert all(len(words) > 60 for words in named(page))
        assert page.locator("h2").count() >= CHARTS.get(view, 1)


def test_the_keyboard_alone_goes_from_view_to_view(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours?{TRAFFORD_2018}")
    first, second = (page.get_by_role("radio", name=label, exact=True) for label in list(VIEWS.values())[:2])
    for _ in range(40):
        if first.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("Space")
    expect(second).to_be_checked()
    expect(page).to_have_url(re.compile("view=funnel"))
    drawn(page, 1)


def test_a_visitor_stands_beside_on_the_same_scale(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours?{TRAFFORD_2018}&view=years")
    drawn(page, 1)
    pick(page, "Another authority beside it", "Stockport")
    expect(page.locator("h1")).to_have_text("Neighbours: Trafford beside Stockport, year to March 2018")
    expect(page.get_by_text("Trafford's figure is 9.6 points above that of Stockport")).to_be_visible()
    drawn(page, 2)
    boxes = [page.locator("[data-testid=stVegaLiteChart]").nth(number).bounding_box() for number in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]  # side by side and not one below the other
    scales = [
        page.locator(f'{DRAWN} [aria-label*="Y-axis"]').nth(number).get_attribute("aria-label") for number in (0, 1)
    ]
    assert scales[0] == scales[1]
    page.go_back()
    expect(page.locator("h1")).to_have_text("Neighbours: Trafford, year to March 2018")
    drawn(page, 1)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (f"neighbours?{TRAFFORD_2018}&view=funnel", "trafford-2018-repeat-plan-percent-funnel"),
        (f"neighbours?{TRAFFORD_2018}&view=map", "trafford-2018-"),
        (f"trends?{TRAFFORD_2018}", "trafford-2018-repeat-plan-percent-year-2018-03-31-trend"),
    ],
)
def test_a_picture_comes_down_as_png_and_svg(page: Page, address: str, place: str, name: str) -> None:
    open_page(page, f"{address}/{place}")
    page.get_by_text("Table and download").first.click()
    for form, start in (("PNG", b"\x89PNG\r\n\x1a\n"), ("SVG", b"<svg")):
        file = download(page, f"Download the picture ({form})")
        assert file.suggested_filename.startswith(name)
        assert file.suggested_filename.endswith(f".{form.lower()}")
        content = file.path().read_bytes()
        assert content.startswith(start)
        assert len(content) > 10_000
        if form == "SVG":
            said = content.decode()
            assert "Trafford" in said
            assert "Source: DfE" in said
    table = download(page, "Download this table (CSV)").path().read_text("utf-8-sig")
    assert len(table.splitlines()) > 5


def test_trends_go_from_choice_to_choice_and_back(page: Page, browser: Browser, address: str) -> None:
    open_page(page, f"{address}/trends?{TRAFFORD_2018}&data=sample")
    expect(page.get_by_text("Trafford's re-plans, in the year to March 2018: 29.1% (76 of 261)")).to_be_visible()
    pick(page, "Measure", "Plans started")
    expect(page).to_have_url(re.compile("trend=plans_started"))
    expect(page.get_by_text("Trafford's plans started, in the year to March 2018: 261")).to_be_visible()
    pick(page, "Period", "Quarters")
    expect(page).to_have_url(re.compile("every=quarter"))
    pick(page, "As it stood on", "30 September 2018")
    expect(page).to_have_url(re.compile("upto=2018-09-30"))
    answer = page.get_by_text("Trafford's plans started, in the quarter to September 2018:")
    expect(answer).to_be_visible()
    heading = page.locator("h2").first
    expect(heading).to_contain_text("the quarter to September 2018")
    link, seen, said = page.url, heading.inner_text(), answer.inner_text()
    shown = named(page)

    other = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    open_page(other, link)
    expect(other.locator("h2").first).to_have_text(seen)
    expect(other.get_by_text(said)).to_be_visible()
    drawn(other, len(shown))
    assert named(other) == shown
    other.context.close()

    page.go_back()
    expect(page).to_have_url(re.compile("every=quarter"))
    expect(page.get_by_text("in the quarter to March 2018:").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("every=year"))
    expect(page.get_by_text("Trafford's plans started, in the year to March 2018: 261")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Trafford's re-plans, in the year to March 2018: 29.1% (76 of 261)")).to_be_visible()


def test_new_limits_are_begun_with_a_reason_and_kept_in_the_link(page: Page, browser: Browser, address: str) -> None:
    open_page(page, f"{address}/trends?{TRAFFORD_2018}".replace("2018", "2025"))
    page.get_by_text("Begin a new average and limits").click()
    page.get_by_role("button", name="Begin anew").click()
    expect(page.get_by_text("Choose the period and say the reason")).to_be_visible()
    pick(page, "The first period of the new stretch", "in the year to March 2019")
    page.get_by_label("The reason (it is kept in the link)").fill("New threshold document")
    page.get_by_role("button", name="Begin anew").click()
    told = "Average and limits begin anew with the figure in the year to March 2019. That was done by hand"
    expect(page.get_by_text(told)).to_be_visible()
    expect(page).to_have_url(re.compile("rebase=repeat_plan_percent~358~2019-03-31~New"))
    other = browser.new_context().new_page()
    open_page(other, page.url)
    expect(other.get_by_text(f"{told}: New threshold document.")).to_be_visible()
    other.context.close()
    page.go_back()
    expect(page.get_by_text(told)).to_have_count(0)


PLACES = {
    **{f"neighbours {view}": (f"neighbours?{TRAFFORD_2018}&view={view}", CHARTS.get(view, 1)) for view in VIEWS},
    "neighbours beside": (f"neighbours?{TRAFFORD_2018}&view=bars&visitor=201", 2),
    "trends": (f"trends?{TRAFFORD_2018}", 3),
    "trends of months": (f"trends?{SAMPLE}", 3),
    "trends of hidden figures": ("trends?v=1&area=201&year=2018&group=region", 2),
}


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *((name, PHONE, "light") for name in PLACES),
        *((name, 1440, "dark") for name in list(PLACES)[::3]),  # the same parts in the other theme: some stand for all
    ],
)
def test_each_view_passes_axe_and_fits_the_screen(
    browser: Browser, address: str, name: str, width: int, scheme: str
) -> None:
    place, charts = PLACES[name]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    open_page(page, f"{address}/{place}")
    drawn(page, charts)
    settled(page)
    no_wider_than_the_screen(page)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    context.close()
