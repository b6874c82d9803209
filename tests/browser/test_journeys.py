"""What people do, in a real browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import download, file_box, open_page, pick, settled

TRAFFORD_2018 = "?v=1&area=358&year=2018&group=neighbours-2025"
PAGES = ("", "neighbours", "trends", "what_if", "did_it_work", "data", "about")


def test_a_view_travels_in_its_link(page: Page, browser: Browser, address: str) -> None:
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}")
    pick(page, "Authority", "Stockport")
    expect(page.locator("h1")).to_have_text("Neighbours: Stockport, year to March 2018")
    expect(page.get_by_text("85 of 437 plans started were second or later plans (19.5%)")).to_be_visible()
    pick(page, "Measure", "Open plans of two years or more")
    expect(page).to_have_url(re.compile("indicator=open_2y_plus_percent"))
    heading = page.locator("h2").first
    expect(heading).to_contain_text("Open plans of two years or more: Stockport")
    link, seen = page.url, heading.inner_text()

    other = browser.new_context().new_page()
    open_page(other, link)
    expect(other.locator("h1")).to_have_text("Neighbours: Stockport, year to March 2018")
    expect(other.locator("h2").first).to_have_text(seen)
    other.context.close()


def test_choices_survive_a_change_of_page(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours?area=356&year=2019&group=region&indicator=ended_2y_plus_percent")
    page.get_by_role("link", name="Briefing").click()
    expect(page.locator("h1")).to_have_text("Child protection plans in Stockport at 31 March 2019")
    expect(page).to_have_url(re.compile("area=356&year=2019&group=region"))
    page.get_by_role("link", name="Neighbours").click()
    expect(page.locator("h2").first).to_contain_text("Ended plans of two years or more: Stockport")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Child protection plans in Stockport at 31 March 2019")


def test_the_opening_view_is_trafford_in_the_latest_year(page: Page, address: str) -> None:
    open_page(page, address)
    expect(page.locator("h1")).to_have_text("Child protection plans in Trafford at 31 March 2025")
    expect(page.get_by_text("0.6% to 3.2%").first).to_be_visible()
    assert "c%" not in page.locator("main, section").first.inner_text()


def test_an_edited_link_opens_on_the_defaults_and_says_so(page: Page, address: str) -> None:
    open_page(page, f"{address}/?area=999&year=1066&group=friends&indicator=<img src=x>&zebra=1")
    expect(page.locator("h1")).to_have_text("Child protection plans in Trafford at 31 March 2025")
    for said in (
        "The authority in the link (“999”) is not known",
        "The year in the link (“1066”) is not known",
        "The group in the link (“friends”) is not known",
        "The measure in the link",
        "The link has a part that is not known here (“zebra”)",
    ):
        expect(page.get_by_text(said)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    pick(page, "Authority", "Stockport")
    expect(page.get_by_text("is not known, so it was ignored")).to_have_count(0)


CONFERENCES = "Chance of coming back after a restorative conference"


def test_the_slider_moves_the_figures_and_the_link(page: Page, browser: Browser, address: str) -> None:
    open_page(page, f"{address}/what_if{TRAFFORD_2018}")
    expect(page.get_by_text("Nothing is changed yet: switch an idea on")).to_be_visible()
    page.get_by_text("Restorative conferences", exact=True).click()
    expect(page.get_by_text("With restorative conferences, Trafford would have")).to_be_visible()
    slider = page.get_by_role("slider", name=CONFERENCES)
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_label(f"{CONFERENCES}, exact")).to_have_value("0.85")
    expect(page).to_have_url(re.compile(r"if=1~[^&]*rc_r0\.85"))
    answer = page.get_by_text("With restorative conferences, Trafford would have").first.inner_text()
    other = browser.new_context().new_page()
    open_page(other, page.url)
    expect(other.get_by_text(answer)).to_be_visible()
    other.context.close()
    page.get_by_role("button", name="Back to no effect").click()
    expect(page.get_by_text("Nothing is changed yet: switch an idea on")).to_be_visible()
    expect(page).not_to_have_url(re.compile("rc_r"))


def test_a_what_if_is_kept_over_pages_and_authorities(page: Page, address: str) -> None:
    open_page(page, f"{address}/what_if{TRAFFORD_2018}")
    pick(page, "Start from", "What Trafford planned in 2018")
    box = page.get_by_label(f"{CONFERENCES}, exact")
    box.fill("0.80")
    box.press("Enter")
    slider = page.get_by_role("slider", name=CONFERENCES)
    expect(slider).to_have_value("0.8")
    settled(page)
    for away in ("Briefing", "Neighbours"):
        page.get_by_role("link", name=away).click()
        expect(page).not_to_have_url(re.compile("what_if"))
        settled(page)
        page.get_by_role("link", name="What if").click()
        expect(slider).to_have_value("0.8")
        expect(box).to_have_value("0.80")
    pick(page, "Authority", "City of London")  # too small for a what-if: the sliders go
    expect(slider).to_have_count(0)
    expect(page.get_by_text("Pick a larger authority nearby")).to_be_visible()
    pick(page, "Authority", "Surrey")
    expect(slider).to_have_value("0.8")
    expect(page).to_have_url(re.compile(r"rc_r0\.8_.*ov_g0\.97"))
    box.fill("")
    box.press("Enter")
    expect(box).to_have_value("0.80")
    expect(slider).to_have_value("0.8")


def test_every_question_below_the_chart_is_answered(page: Page, address: str) -> None:
    open_page(page, f"{address}/what_if{TRAFFORD_2018}")
    pick(page, "Start from", "What Trafford planned in 2018")
    for question, answer in (
        ("What matters most?", "What matters most is this"),
        ("What would it take?", "the evidence is"),
        ("What does it ask of us?", "first conferences"),
        ("Compare what-ifs", "as now"),
        ("What makes the difference?", "would do most"),
    ):
        page.get_by_role("radio", name=question).click()
        expect(page.get_by_text(answer).first).to_be_visible()
    page.get_by_role("radio", name="Plans open").click()
    expect(page.locator("h2").first).to_contain_text("children on a plan")


def test_a_what_if_goes_into_a_file_and_comes_back(page: Page, address: str, tmp_path: Path) -> None:
    open_page(page, f"{address}/what_if{TRAFFORD_2018}")
    pick(page, "Start from", "Support for one family in four")
    page.get_by_text("Keep it, or load one").click()
    path = tmp_path / "mine.yaml"
    download(page, "Download this what-if (YAML)").save_as(path)
    assert "commissioned_support" in path.read_text(encoding="utf-8")
    page.get_by_role("button", name="Back to no effect").click()
    expect(page.get_by_text("Nothing is changed yet: switch an idea on")).to_be_visible()
    file_box(page).set_input_files(path)
    expect(page.get_by_text("With support bought for the right families")).to_be_visible()
    settled(page)
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: Bad\ninterventions:\n  magic: {}\n", encoding="utf-8")
    file_box(page).set_input_files(bad)
    expect(page.get_by_text("The what-if from before is still here")).to_be_visible()
    expect(page.get_by_text("With support bought for the right families")).to_be_visible()


def test_a_hand_picked_group_is_kept_in_the_link(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}".replace("neighbours-2025", "custom") + "&areas=356,352")
    expect(page.locator("h2").first).to_contain_text("2 authorities")
    pick(page, "Authority", "Stockport")  # now one of the picked ones is the authority itself
    expect(page.locator("h2").first).to_contain_text("the one authority")


def test_a_table_downloads_as_csv(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}")
    page.get_by_text("Table and download").first.click()
    file = download(page, "Download this table (CSV)")
    assert file.suggested_filename == "trafford-2018-repeat-plan-percent-ranked.csv"
    content = file.path().read_text("utf-8-sig")
    assert "Trafford,2018,29.1," in content
    assert content.splitlines()[0].startswith("Authority,Year ending 31 March,Re-plans")


def _of_the_upload_box(violation: dict[str, Any]) -> bool:
    """Streamlit's own box for files has a name beside role=presentation (axe: minor)."""
    places = [node["html"] for node in violation["nodes"]]
    return violation["id"] == "presentation-role-conflict" and all("stFileUploaderDropzone" in one for one in places)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_pass_axe_and_draw_their_charts(
    browser: Browser, address: str, name: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    records = "&data=sample" if name == "data" else ""
    area = "358" if name == "what_if" else "201"
    idea = "&if=1~rc_r0.9~ov_g0.95" if name == "what_if" else ""
    year = 2025 if name == "did_it_work" else 2018
    open_page(page, f"{address}/{name}?area={area}&year={year}&group=region{records}{idea}")
    charts = {"": 9, "neighbours": 1, "trends": 2, "data": 1, "what_if": 2, "did_it_work": 3}.get(name, 0)
    if charts:
        expect(page.locator("[data-testid=stVegaLiteChart] svg")).to_have_count(charts)
    # on a phone the side panel slides shut; half-way it is neither open nor gone
    settled = "() => document.getAnimations().every((one) => one.playState !== 'running')"
    page.wait_for_function(settled)
    found = Axe().run(page)
    ours = [one for one in found.response["violations"] if not _of_the_upload_box(one)]
    assert not ours, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
