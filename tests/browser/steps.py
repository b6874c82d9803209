"""Steps that several journeys take."""

from playwright.sync_api import Page, expect

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()
    # Streamlit marks the app while a run is under way
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()


def pick(page: Page, label: str, choice: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.click()
    box.fill(choice)
    page.get_by_role("option", name=choice, exact=True).click()
