"""A view on its way into a room: the link copied, the keys of a clicker, and visitors who join with their authority."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import open_page, pick

TRAFFORD_2018 = "?v=1&area=358&year=2018&group=neighbours-2025"
SETTLED = "() => document.getAnimations().every((one) => one.playState !== 'running')"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A visitor's telephone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def share(page: Page) -> None:
    page.get_by_role("button", name="Share this view").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of the link to this view")).to_be_visible()


def has_no_violation(page: Page) -> None:
    page.wait_for_function(SETTLED)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_is_copied_and_opens_the_same_view(page: Page, browser: Browser, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}&view=map")
    share(page)
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Link copied.")).to_be_attached()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url == page.get_by_label("Link to this view").input_value()
    other = browser.new_context().new_page()
    open_page(other, copied)
    expect(other.locator("h2").first).to_have_text(page.locator("h2").first.inner_text())
    other.context.close()


def test_where_nothing_can_be_copied_the_link_is_selected(page: Page, address: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.add_init_script("document.execCommand = () => false")
    open_page(page, f"{address}/about{TRAFFORD_2018}")
    share(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="The link is selected")).to_be_attached()
    field = page.get_by_label("Link to this view")
    expect(field).to_be_focused()
    assert field.evaluate("(one) => one.selectionEnd - one.selectionStart === one.value.length")


def test_a_meeting_goes_by_keys_through_its_steps_and_back(page: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}&view=map")
    share(page)
    page.get_by_role("button", name="Start meeting mode").click()
    spoken = page.get_by_role("status").filter(has_text=re.compile(r"^\d of 5: "))
    expect(spoken).to_have_text("2 of 5: Neighbours")
    expect(page.locator("[data-testid=stSidebar]")).to_be_hidden()
    expect(page).to_have_url(re.compile("view=map.*meet=yes"))
    for key, step, where in (
        ("ArrowLeft", "1 of 5: Briefing", "/?v=1"),
        ("ArrowLeft", "1 of 5: Briefing", "/?v=1"),  # there is nothing before the first
        ("PageDown", "2 of 5: Neighbours", "/neighbours"),
        ("ArrowRight", "3 of 5: Trends", "/trends"),
        ("PageUp", "2 of 5: Neighbours", "/neighbours"),
    ):
        page.keyboard.press(key)
        expect(spoken).to_have_text(step)
        expect(page).to_have_url(re.compile(re.escape(where)))
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    page.go_back()
    expect(spoken).to_have_text("3 of 5: Trends")
    page.get_by_role("link", name="Previous").click()
    expect(spoken).to_have_text("2 of 5: Neighbours")
    expect(page.locator("h1")).to_have_text("Neighbours: Trafford, year to March 2018")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share this view")).to_be_visible()
    expect(page).not_to_have_url(re.compile("meet="))
    expect(page.get_by_label("Authority", exact=True)).to_be_visible()


def test_keys_stay_with_the_field_slider_and_menu_that_use_them(page: Page, address: str) -> None:
    open_page(page, f"{address}/what_if{TRAFFORD_2018}&if=1~rc_r0.9&meet=yes")
    step = page.get_by_role("status").filter(has_text="4 of 5: What if")
    slider = page.get_by_role("slider", name="Chance of coming back after a restorative conference")
    slider.focus()
    before = float(slider.get_attribute("aria-valuenow") or slider.input_value())
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"rc_r0\.8"))
    assert float(slider.get_attribute("aria-valuenow") or slider.input_value()) < before
    box = page.get_by_label("Chance of coming back after a restorative conference, exact")
    box.focus()
    for key in ("ArrowRight", "PageDown"):
        page.keyboard.press(key)
    page.get_by_role("radio", name="Plans open").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Choose").click()
    expect(page.get_by_label("Authority", exact=True)).to_be_visible()
    page.keyboard.press("Escape")  # closes what is open, and not the meeting
    expect(page.get_by_label("Authority", exact=True)).to_have_count(0)
    expect(step).to_be_attached()
    expect(page).to_have_url(re.compile("what_if.*meet=yes"))
    page.get_by_role("button", name="Choose").click()
    pick(page, "Authority", "Stockport")
    expect(page.locator("h1")).to_have_text("What if: Stockport")
    expect(page).to_have_url(re.compile("area=356.*meet=yes"))


def test_visitors_join_by_square_code_or_short_code(page: Page, phone: Page, address: str) -> None:
    open_page(page, f"{address}/neighbours{TRAFFORD_2018}&view=funnel&visitor=204&meet=yes")
    page.get_by_role("link", name="Let others join").click()
    expect(page.get_by_role("img", name="QR code of the link to join this meeting")).to_be_visible()
    expect(page.get_by_text(f"{address}/join", exact=True)).to_be_visible()
    code = page.get_by_text(re.compile(r"^\w{3}-\w{3}$")).inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").filter(has_text="2 of 5: Neighbours")).to_be_attached()

    open_page(phone, f"{address}/join")
    box = phone.get_by_label("Code of the meeting")
    box.fill("AAA-AAA")
    box.press("Enter")
    expect(phone.get_by_text("No meeting has this code.")).to_be_visible()
    box.fill(code.lower().replace("-", " "))
    box.press("Enter")
    expect(
        phone.get_by_text("This meeting looks at Trafford, year to March 2018, on the page “Neighbours”.")
    ).to_be_visible()
    linked = phone.url  # what the square code holds
    pick(phone, "Your authority", "Surrey")
    has_no_violation(phone)
    phone.get_by_role("link", name="Open Neighbours for Surrey").click()
    expect(phone.locator("h1")).to_have_text("Neighbours: Surrey beside Trafford, year to March 2018")
    expect(phone).to_have_url(re.compile("area=936.*view=funnel.*visitor=358"))
    expect(phone).not_to_have_url(re.compile("meet=|to="))

    open_page(phone, linked)
    expect(phone.get_by_text("This meeting looks at Trafford, year to March 2018")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1920), ("dark", 390)])
def test_sharing_meeting_and_joining_pass_axe(browser: Browser, address: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 1080}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    open_page(page, f"{address}/about{TRAFFORD_2018}")
    share(page)
    has_no_violation(page)
    for where in ("neighbours", "invite", "join"):
        open_page(page, f"{address}/{where}{TRAFFORD_2018}&meet=yes&to=neighbours")
        has_no_violation(page)
    context.close()


def test_a_room_sees_the_first_picture_whole_and_numbers_uncut(browser: Browser, address: str) -> None:
    room = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    for path in ("neighbours?view=map", "neighbours?view=bars", "neighbours?view=funnel", "what_if?year=2018"):
        open_page(room, f"{address}/{path}&area=358&meet=yes")
        chart = room.locator("[data-testid=stVegaLiteChart]").first
        expect(chart.locator("svg")).to_be_visible()
        box = chart.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 1080, path
    room.get_by_text("Restorative conferences", exact=True).click()
    number = room.locator("[data-testid=stNumberInput] input").first
    expect(number).to_be_visible()
    assert number.evaluate(_WORDS_FIT), "a number is cut"
    assert room.locator("button[aria-label^='Download as PNG']:visible").count() == 0
    room.context.close()


_WORDS_FIT = """box => {
  const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d")
  pen.font = style.font
  const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
  return pen.measureText(box.value).width <= room
}"""


def test_every_button_of_a_choice_can_be_seen_on_a_phone(browser: Browser, address: str) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    open_page(phone, f"{address}/what_if?area=358&year=2018")
    group = phone.get_by_role("radiogroup", name="Figure")
    expect(group.get_by_role("radio")).to_have_count(5)
    for one in group.get_by_role("radio").all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    phone.context.close()
