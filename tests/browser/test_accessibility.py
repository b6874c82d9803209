"""Every page can be used by everybody: WCAG 2.2 AA as far as programs can tell, and by keyboard alone.

The quick run holds every view to axe's rules twice, in light at 320 px and in dark at 1440 px, which are the two that
differ most; with EXPLORER_AXE=all (``make axe``) in both themes at all three widths.
"""

import os
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as Late

from tests.browser.steps import open_page
from tests.browser.views import EVERY, PAGES

WIDTHS, THEMES = (320, 390, 1440), ("light", "dark")
TRIED = [(width, theme) for theme in THEMES for width in WIDTHS]
if os.environ.get("EXPLORER_AXE") != "all":
    TRIED = [(320, "light"), (1440, "dark")]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_STOPS = 300  # of the Tab key on a page; more is a trap
SMALLEST = 24  # px, WCAG 2.2, 2.5.8
UNFOLD = "() => document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click())"
QUIET = """() => document.getAnimations().every((one) => one.playState !== 'running')
  && !document.querySelector('[data-testid=stSkeleton]')
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"""
# every box in which a table scrolls: whether the keyboard can get there
REACHED = """() => [...document.querySelectorAll('[data-testid=stTable], [data-testid=stTable] div')].every((box) =>
  !/auto|scroll/.test(getComputedStyle(box).overflowX) || box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"""
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map((one) => one.scrollWidth - one.clientWidth).filter((more) => more > 0)"""
# text that its own box cuts off; what is only for screen readers is one pixel, and fields scroll by themselves
CUT = """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter((one) => {
  if (one.closest('svg, input, textarea, [data-testid=stIconMaterial]') || one.clientWidth < 2) return false
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  const style = getComputedStyle(one)
  if (!own || style.visibility === 'hidden') return false
  const sideways = /hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1
  const down = /hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 2
  return sideways || down
}).map((one) => one.textContent.trim().slice(0, 60))"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""  # WCAG 2.1, 1.4.12
# where the focus is, through the roots of components
STOP = """() => {
  let one = document.activeElement
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  if (one === document.body) return null
  window.stops = window.stops ?? []
  if (window.stops.includes(one)) return null
  window.stops.push(one)
  const labelled = (one.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean)
    .map((id) => one.getRootNode().getElementById(id)?.textContent).join(' ')
  const own = [...(one.labels ?? [])].map((label) => label.textContent).join(' ')
  const inside = one.matches('input, textarea') ? '' : one.textContent
  const name = [one.getAttribute('aria-label'), labelled, own, inside, one.title].find((words) => words?.trim()) ?? ''
  const around = [one.type === 'range' ? one.parentElement.parentElement : one]  // a slider's own box is not seen
  while (around.length < 4 && around.at(-1).parentElement) around.push(around.at(-1).parentElement)
  const ringed = around.some((box) => {
    const style = getComputedStyle(box)
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.getBoundingClientRect().width > 8
  })
  const place = one.getBoundingClientRect()
  const [x, y] = [place.x + place.width / 2, Math.min(place.y + place.height / 2, innerHeight - 2)]
  const above = document.elementFromPoint(x, y)
  const hidden = place.width < 3 || getComputedStyle(one).opacity === '0'
  const seen = hidden || above === null || around.some((box) => box === above || box.contains(above)) ||
    one.getRootNode() !== document
  return {
    name: name.trim(), role: one.getAttribute('role') ?? one.tagName.toLowerCase(), ringed, seen,
    order: one.tabIndex, html: one.outerHTML.slice(0, 160), main: one.tagName === 'MAIN',
  }
}"""
MISSED = """() => [...document.querySelectorAll(
  'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), textarea, summary, [role=slider]')]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((one) => one.type !== 'radio' && one.getAttribute('role') !== 'radio' && one.getClientRects().length)
  .filter((one) => !window.stops.includes(one)).map((one) => one.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    """One page for all views, so that the browser loads the program once."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def opened(page: Page, url: str, width: int = 1440, theme: str = "light") -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    open_page(page, url)
    page.wait_for_function(QUIET)


def unfold(page: Page) -> None:
    """Open all that is folded away; what was in it may have more of it."""
    page.evaluate(UNFOLD)
    page.wait_for_timeout(300)
    page.wait_for_function(QUIET)


def fits(page: Page) -> None:
    """Nothing has to be moved sideways, once charts have taken the width that there is."""
    try:
        page.wait_for_function(f"() => !({TOO_WIDE})().length", timeout=10_000)
    except Late:
        pytest.fail(f"wider than the screen by {page.evaluate(TOO_WIDE)} px")


def violations(page: Page, width: int, theme: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.wait_for_timeout(250)
    page.wait_for_function(QUIET)
    page.wait_for_function(REACHED)
    found: dict[str, Any] = page.evaluate(
        "(options) => axe.run(document, options)", {"runOnly": TAGS, "resultTypes": ["violations"]}
    )
    return [
        f"{width} px, {theme}, {one['id']}: {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("name", EVERY)
def test_no_rule_of_axe_is_broken_and_nothing_is_wider_than_the_screen(desk: Page, address: str, name: str) -> None:
    opened(desk, f"{address}/{EVERY[name]}", TRIED[0][0], TRIED[0][1])
    unfold(desk)
    desk.evaluate(AXE)
    found = [fault for width, theme in TRIED for fault in violations(desk, width, theme)]
    desk.set_viewport_size({"width": 320, "height": 900})
    fits(desk)
    assert not found, "\n".join(found)


def test_axe_finds_a_fault_where_there_is_one(desk: Page, address: str) -> None:
    opened(desk, f"{address}/{PAGES['join']}")
    desk.evaluate(AXE)
    desk.evaluate("document.querySelector('h1').innerHTML = '<img src=data:,><span style=color:#ccc>faint</span>'")
    assert {fault.split(", ")[2].split(":")[0] for fault in violations(desk, 1440, "light")} >= {
        "image-alt",
        "color-contrast",
    }


@pytest.mark.parametrize("name", ["what-if", "neighbours"])
def test_what_stands_behind_a_button_breaks_no_rule(desk: Page, address: str, name: str) -> None:
    opened(desk, f"{address}/{PAGES[name]}")
    desk.get_by_role("button", name="Share this view").click()
    expect(desk.get_by_role("button", name="Copy link")).to_be_visible()
    desk.evaluate(AXE)
    assert not [fault for width, theme in TRIED for fault in violations(desk, width, theme)]


@pytest.mark.parametrize("name", [*PAGES, "what-if-on", "meeting"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(desk: Page, address: str, name: str) -> None:
    opened(desk, f"{address}/{EVERY[name]}")
    stops = []
    for _ in range(MOST_STOPS):
        desk.keyboard.press("Tab")
        stop = desk.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) < MOST_STOPS, "the keyboard is caught"
    assert not [one["html"] for one in stops if not one["name"]], "without a name"
    assert not [one["html"] for one in stops if not one["ringed"]], "the focus is not seen"
    assert not [one["html"] for one in stops if not one["seen"] and not one["main"]], "something lies on the focus"
    assert all(one["order"] == 0 for one in stops), "out of the order of reading"
    assert not desk.evaluate(MISSED), "not reached"
    assert stops[0]["name"] == "Skip to main content"
    assert not [one for one in stops if one["role"] == "slider" and not one["html"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_is(desk: Page, address: str, name: str) -> None:
    opened(desk, f"{address}/{PAGES[name]}", 390)
    heading = desk.locator("h1").inner_text()
    expect(desk).to_have_title(f"{heading} - Child Protection Planning Explorer")
    levels = desk.evaluate("[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map((one) => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    expect(desk.locator("html")).to_have_attribute("lang", "en-GB")
    expect(desk.locator("main")).to_have_count(1)
    expect(desk.get_by_role("link", name="Accessibility, and how to ask for help")).to_be_visible()
    current = desk.locator(".st-key-pages [aria-current=page]")
    expect(current).to_have_count(0 if name in ("accessibility", "invite", "join") else 1)
    small = desk.evaluate(
        f"""() => [...document.querySelectorAll('a[href], button, summary')].filter((one) => {{
          const place = one.getBoundingClientRect()
          return place.width > 1 && one.tabIndex >= 0 && !one.closest('p, li, [data-testid=stSkipLink]')
            && (place.width < {SMALLEST} || place.height < {SMALLEST})
        }}).map((one) => one.outerHTML.slice(0, 160))"""
    )
    assert not small


@pytest.mark.parametrize("name", [*PAGES, "meeting"])
def test_larger_text_and_wider_spaces_cut_nothing(desk: Page, address: str, name: str) -> None:
    opened(desk, f"{address}/{EVERY[name]}", 1280)
    before = desk.evaluate(CUT)
    spaced = desk.add_style_tag(content=SPACED)
    desk.wait_for_timeout(200)
    assert [one for one in desk.evaluate(CUT) if one not in before] == []
    fits(desk)
    spaced.evaluate("(one) => { one.textContent = ':root { font-size: 34px !important; }' }")  # twice as large
    desk.wait_for_timeout(200)
    assert [one for one in desk.evaluate(CUT) if one not in before] == []
    fits(desk)


def test_nothing_moves_where_motion_is_not_wanted(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    page = context.new_page()
    moving = """() => document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime > 1)
      .map((one) => one.effect.target?.outerHTML.slice(0, 100))"""
    opened(page, f"{address}/{PAGES['neighbours']}", 390)
    page.evaluate(f"window.moved = []; setInterval(() => {{ window.moved.push(...({moving})()) }}, 8)")
    page.get_by_role("radio", name="By size").press("Space")
    page.get_by_role("radio", name="By size").click()
    page.locator("summary").first.click()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Share this view").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    assert not page.evaluate("window.moved")
    context.close()


def test_strong_colours_of_the_device_keep_switches_and_choices_apart(browser: Browser, address: str) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    opened(page, f"{address}/{EVERY['what-if-on']}")
    on, off = page.get_by_role("switch", checked=True).first, page.get_by_role("switch", checked=False).first
    shapes = [one.locator("xpath=ancestor::label[1]/div[1]").screenshot() for one in (on, off)]
    assert shapes[0] != shapes[1]
    thumb = page.locator("[data-testid=stSlider] div:has(> div > input[type=range])").first
    edge = thumb.evaluate("(one) => [getComputedStyle(one).outlineStyle, getComputedStyle(one).backgroundColor]")
    assert edge[0] == "solid"
    assert edge[1] not in ("rgba(0, 0, 0, 0)", page.evaluate("getComputedStyle(document.body).backgroundColor"))
    context.close()


@pytest.mark.parametrize(("path", "name"), [("", "Share this view"), ("&meet=yes", "Choose")])
def test_who_opens_a_part_by_keyboard_is_taken_into_it_and_back(page: Page, address: str, path: str, name: str) -> None:
    open_page(page, f"{address}/about?area=358{path}")
    button = page.get_by_role("button", name=name)
    for key in ("Enter", "Space"):
        button.focus()
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_focused()
        page.wait_for_timeout(300)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[data-testid=stPopoverBody]') !== null")
        page.keyboard.press("Escape")
        expect(button).to_be_focused()
