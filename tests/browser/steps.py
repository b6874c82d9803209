"""Steps that several journeys take."""

from playwright.sync_api import Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page stands: an answer comes before the controls that it is drawn with."""
    # Streamlit marks the app while a run is under way
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()


def pick(page: Page, label: str, choice: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.click()
    box.fill(choice)
    page.get_by_role("option", name=choice, exact=True).click()


def download(page: Page, name: str) -> Download:
    """Press the first button of a name and wait for its file; once more where a busy machine let the press pass."""
    button = page.get_by_role("button", name=name).first
    expect(button).to_be_visible()
    for patience in (15_000, 15_000, 30_000):
        try:
            with page.expect_download(timeout=patience) as started:
                button.click()
        except Late:
            continue
        return started.value
    raise AssertionError(f"'{name}' gave no file")


def file_box(page: Page) -> Locator:
    """The page's box for files, once it is alone: while a page is drawn anew the old one may still be there."""
    box = page.locator("input[type=file]")
    expect(box).to_have_count(1)
    return box
