"""Did it work? in a real browser: from question to answer to the plan for the committee, on a desk and on a phone."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from explorer.app.evaluation_choices import LOOKS
from tests.browser.steps import download, open_page, pick
from tests.browser.test_neighbours_and_trends import PHONE, drawn, named, no_wider_than_the_screen, settled

TRAFFORD_2025 = "v=1&area=358&year=2025&group=neighbours-2025"
OF_PUBLISHED = {"ways": 3, "others": 4, "children": 2, "before": 3, "when": 3, "beside": 2}  # pictures


def test_from_a_question_to_an_answer_and_the_plan_for_the_committee(
    page: Page, browser: Browser, address: str
) -> None:
    open_page(page, f"{address}/did_it_work?{TRAFFORD_2025}")
    expect(page.get_by_text("A finding from published figures.").first).to_be_visible()
    assert [one.inner_text().split(":")[0] for one in page.locator("h2").all()][:3:2] == [
        "What was expected",
        "What was found",
    ]
    pick(page, "What was tried", "SMARTER plans")
    expect(page.locator("h1")).to_have_text("Did it work? SMARTER plans, Trafford")
    expect(page.get_by_text("When this began in Trafford is not known here, or whether it did.")).to_be_visible()
    pick(page, "What it should change", "Re-plans")
    expect(page).to_have_url(re.compile("tried=sp.*outcome=repeat_plan_percent"))
    pick(page, "Began in", "April 2019")
    expect(page).to_have_url(re.compile("began=2019-04"))
    pick(page, "How the change should arrive", "All at once, from the start")
    expect(page).to_have_url(re.compile("path=step"))
    page.get_by_role("radio", name=LOOKS["when"], exact=True).click()
    expect(page).to_have_url(re.compile("look=when"))
    expect(page.get_by_text("A plan for looking again")).to_be_visible()
    drawn(page, OF_PUBLISHED["when"])
    link, answer, shown = page.url, page.locator("h2").nth(2).inner_text(), named(page)

    other = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    open_page(other, link)
    expect(other.locator("h2").nth(2)).to_have_text(answer)
    drawn(other, len(shown))
    assert named(other) == shown
    other.context.close()

    plan = download(page, "Download the plan (HTML page)")
    assert plan.suggested_filename == "trafford-2025-monitoring-plan-smarter_plans.html"
    written = browser.new_context(viewport={"width": PHONE, "height": 900}).new_page()
    written.set_content(plan.path().read_text(encoding="utf-8"))
    expect(written.locator("h1")).to_contain_text("Trafford")
    assert written.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(written)
    assert not found.response["violations"], found.generate_report()
    written.context.close()

    page.get_by_text("Table and download").first.click()
    picture = download(page, "Download the picture (PNG)").path().read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) > 10_000

    page.go_back()
    expect(page).not_to_have_url(re.compile("look=when"))
    expect(page.get_by_text("A plan for looking again")).to_have_count(0)


def test_every_part_passes_axe_and_fits_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    for data, looks in (("published", OF_PUBLISHED), ("sample", {"ways": 3, "children": 7})):
        for look, pictures in looks.items():
            open_page(page, f"{address}/did_it_work?{TRAFFORD_2025}&data={data}&look={look}")
            drawn(page, pictures)
            settled(page)
            no_wider_than_the_screen(page)
            assert all(len(words) > 60 for words in named(page))
            found = Axe().run(page)
            assert not found.response["violations"], (data, look, found.generate_report())
    context.close()
