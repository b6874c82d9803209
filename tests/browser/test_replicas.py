"""Two replicas behind the proxy of deploy/: readers of one that ends, is told to stop, or comes back, notice little."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import nginx
from tests.browser.reconnecting import back, states, watch
from tests.browser.steps import download, open_page
from tests.browser.test_journeys import CONFERENCES, TRAFFORD_2018
from tests.browser.test_plan_records import drop
from tests.browser.test_saved import card, save
from tests.deployed import NAMES, Deployment, deployment
from tests.test_nothing_leaks import tiny

ANSWER = "With restorative conferences, Trafford would have"
GRACE = 3.0  # seconds
PATIENCE = 20  # seconds on a busy machine; bench/replicas.py measures, and tests/test_deploy.py holds its record to 2


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    assert nginx.find(), nginx.MISSING
    with deployment(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'kept.db'}", GRACE) as there:
        yield there


def serving(page: Page) -> str:
    """The replica that a reader's cookie names."""
    cookies = {cookie.get("name"): cookie.get("value", "") for cookie in page.context.cookies()}
    return cookies["explorer_replica"]


def other_of(name: str) -> str:
    return next(other for other in NAMES if other != name)


def what_if(page: Page, address: str) -> str:
    """A what-if with a slider moved; its answer."""
    open_page(page, f"{address}/what_if{TRAFFORD_2018}")
    page.get_by_text("Restorative conferences", exact=True).click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    slider = page.get_by_role("slider", name=CONFERENCES)
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"rc_r0\.85"))
    expect(page.get_by_label(f"{CONFERENCES}, exact")).to_have_value("0.85")
    return page.get_by_text(ANSWER).first.inner_text()


def same_view(page: Page, answer: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("What if: Trafford")
    expect(page.get_by_role("slider", name=CONFERENCES)).to_have_value("0.85")
    expect(page.get_by_text(ANSWER).first).to_have_text(answer)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    assert "rc_r0.85" in page.url


def test_a_replica_is_killed_in_the_middle_and_comes_back(page: Page, deployed: Deployment) -> None:
    answer = what_if(page, deployed.address)
    save(page, "Before the end")
    page.keyboard.press("Escape")
    first = serving(page)
    watch(page)
    ended = time.time()
    deployed.kill(first)
    away = back(page)
    assert away.whole - ended < PATIENCE, states(page)
    same_view(page, answer)

    # the reader goes on with the other, also when the first is back and the cookie still names it
    deployed.start(first)
    deployed.wait(first)
    page.get_by_label(f"{CONFERENCES}, exact").fill("0.80")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"rc_r0\.8(&|~|_|$)"))
    page.get_by_role("link", name="Saved views").click()
    expect(card(page, "Before the end")).to_be_visible()
    assert "Before the end" in download(page, "All views (CSV)").path().read_text(encoding="utf-8")
    assert serving(page) == first
    page.get_by_role("link", name="Data", exact=True).click()
    drop(page, "extract.csv", tiny(1).encode())
    expect(page.get_by_text("extract.csv: a plain table of plans for Trafford")).to_be_visible()


def test_a_page_whose_program_began_anew_gives_files_and_says_that_a_loaded_one_is_gone(
    page: Page, deployed: Deployment
) -> None:
    open_page(page, f"{deployed.address}/data{TRAFFORD_2018}")
    drop(page, "extract.csv", tiny(1).encode())
    expect(page.get_by_text("extract.csv: a plain table of plans for Trafford")).to_be_visible()
    page.get_by_role("link", name="Neighbours").click()  # all of a page: Streamlit would not ask for it again
    expect(page.get_by_text("are from the file that you loaded")).to_be_visible()
    page.get_by_text("Table and download").first.click()
    expect(page.get_by_role("button", name="Download this table (CSV)")).to_be_visible()
    first = serving(page)
    watch(page)
    deployed.kill(first)
    back(page)
    expect(page.get_by_text("This view used a file of plan records that is not here")).to_be_visible()
    expect(page.get_by_text("are from the file that you loaded")).to_have_count(0)
    assert download(page, "Download this table (CSV)").path().stat().st_size > 0
    deployed.start(first)
    deployed.wait(first)


def test_a_replica_is_told_to_stop_and_nobody_sees_a_fault(page: Page, browser: Browser, deployed: Deployment) -> None:
    answer = what_if(page, deployed.address)
    first = serving(page)
    watch(page)
    told = time.time()
    deployed.stop(first)
    expect_not_ready(deployed, first)
    other = browser.new_context().new_page()  # who comes meanwhile is served by the other
    other.context.add_cookies([{"name": "explorer_replica", "value": first, "url": deployed.address}])
    open_page(other, page.url)
    same_view(other, answer)
    assert back(page).noticed - told >= GRACE, "it was cut off before its time"
    same_view(page, answer)
    assert deployed.ended(first, PATIENCE) == 0
    same_view(other, answer)
    other.context.close()


def expect_not_ready(deployed: Deployment, name: str) -> None:
    until = time.monotonic() + PATIENCE
    while deployed.ready(name):
        assert time.monotonic() < until, "told to stop, it still says that it is ready"
        time.sleep(0.05)
