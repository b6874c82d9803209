"""Saving a view and finding it again, in a real browser: by keyboard, on a phone, in both themes."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.steps import download, open_page
from tests.browser.test_neighbours_and_trends import no_wider_than_the_screen, settled

TRENDS = "v=1&data=published&area=358&year=2018&group=neighbours-2025&trend=plans_open&every=year&came=no"
WHAT_IF = "v=1&area=358&year=2018&group=neighbours-2025&if=1~O0.3~C0.25~M48~rc_r0.9_S1_U12_R1~NMine"
PHONE = 390


def save(page: Page, name: str, notes: str = "") -> None:
    """Save the page at hand from the keyboard alone."""
    page.get_by_role("button", name="Share this view").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Name of the view")
    expect(field).to_be_visible()
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(notes)
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Save this view")
    button.focus()  # the next Tab leads there too, but not while the page is being drawn anew
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Saved as “{name}”")).to_be_visible()


def card(page: Page, name: str) -> Locator:
    """One saved view on the page."""
    return page.locator("[class*=st-key-view-]").filter(has=page.get_by_role("heading", name=name, exact=True))


def press(card: Locator, name: str) -> None:
    button = card.get_by_role("button", name=name)
    button.focus()
    button.press("Enter")


def test_a_view_is_saved_opened_changed_deleted_and_brought_back(page: Page, address: str) -> None:
    open_page(page, f"{address}/trends?{TRENDS}")
    expect(page).to_have_url(re.compile("trend=plans_open"))
    shown = page.url
    save(page, "For the <b>committee</b>", "on *Monday*")
    link = page.get_by_role("link", name="Open “For the <b>committee</b>”")
    assert str(link.get_attribute("href")).partition("?")[2] == shown.partition("?")[2]
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Saved views").click()

    ours = card(page, "For the <b>committee</b>")
    expect(ours.get_by_text("on *Monday*")).to_be_visible()
    ours.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trafford")
    expect(page).to_have_url(shown)

    page.get_by_role("link", name="Saved views").click()
    press(ours, "Edit")
    field = page.get_by_label("Name of the view")
    field.fill("For leaders")
    page.get_by_role("button", name="Save the change").press("Enter")
    ours = card(page, "For leaders")
    expect(ours.get_by_text("changed on")).to_be_visible()

    press(ours, "Delete")
    expect(page.get_by_text("“For leaders” was deleted.")).to_be_visible()
    expect(ours).to_have_count(0)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(ours).to_have_count(1)


def test_views_can_be_taken_away(page: Page, address: str) -> None:
    open_page(page, f"{address}/what_if?{WHAT_IF}")
    save(page, "=Our what-if")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Saved views").click()
    expect(card(page, "=Our what-if")).to_be_visible()
    assert "restorative_conferences" in download(page, "Scenario file (YAML)").path().read_text()
    assert "'=Our what-if" in download(page, "All views (CSV)").path().read_text()
    lines = download(page, "All views (JSON Lines)").path().read_text().splitlines()
    assert "=Our what-if" in [json.loads(line)["name"] for line in lines]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", PHONE)])
def test_list_and_form_pass_axe_and_fit_the_screen(browser: Browser, address: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    open_page(page, f"{address}/about")
    name = f"A view with a rather long name that has to break in two on a phone, {scheme}"
    save(page, name, "Notes on\ntwo lines")
    expect_no_violation(page)
    open_page(page, f"{address}/saved")
    press(card(page, name), "Edit")
    expect(page.get_by_label("Name of the view")).to_be_visible()
    other = page.get_by_role("button", name="Delete")
    if other.count():
        other.first.press("Enter")
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        page.get_by_text("Deleted in the last 30 days").click()
        expect(page.get_by_role("button", name="Bring back").first).to_be_visible()
    settled(page)
    no_wider_than_the_screen(page)
    expect_no_violation(page)
    context.close()


def expect_no_violation(page: Page) -> None:
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
