"""What an analyst does with a file of plan records, in a real browser."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.steps import download, file_box, open_page, pick
from tests.test_nothing_leaks import tiny

DATA = "/data?v=1&area=358&year=2025&group=neighbours-2025"
FROM_FILE = "are from the file that you loaded. Nobody else can see them."


def drop(page: Page, name: str, content: bytes, *, of: str = "Trafford") -> None:
    if page.get_by_label("These records are of", exact=True).input_value() != of:
        pick(page, "These records are of", of)
    kind = "application/octet-stream"
    file_box(page).set_input_files([FilePayload(name=name, mimeType=kind, buffer=content)])


def word_document() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


def test_a_file_is_checked_shown_on_every_page_and_seen_by_nobody_else(
    page: Page, browser: Browser, address: str
) -> None:
    open_page(page, address + DATA)
    drop(page, "extract.csv", tiny(1, faults=True).encode())
    expect(page.get_by_text("extract.csv: a plain table of plans for Trafford, hundreds of plans.")).to_be_visible()
    expect(page.get_by_text("Rows with an error were found; they are left out of every figure.")).to_be_visible()
    assert "c900" not in page.locator("body").inner_text()
    page.get_by_text("Show the findings with their numbers and identifiers").click()
    expect(page.get_by_text("1 row has an error and was left out of every figure")).to_be_visible()
    expect(page.get_by_role("cell", name="8925").first).to_be_visible()
    assert "c900" in download(page, "Download the findings (CSV)").path().read_text(encoding="utf-8")

    expect(page).to_have_url(re.compile("data=upload"))
    link = page.url
    page.get_by_role("link", name="Briefing").click()
    expect(page.get_by_text(FROM_FILE)).to_be_visible()

    other = browser.new_context().new_page()
    open_page(other, link)
    expect(other.get_by_text("used a file of plan records that is not here")).to_be_visible()
    expect(other.get_by_text("Every page shows published figures.")).to_be_visible()
    expect(other.get_by_text("The file that I loaded")).to_have_count(0)
    other.context.close()

    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Forget the file").click()
    expect(page.get_by_text("Every page shows published figures.")).to_be_visible()
    expect(page.get_by_text("extract.csv")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("letter.xlsx", word_document(), "letter.xlsx"),
        ("return.xml", b"<Message><Children><Child>", "the return is cut short"),
        ("empty.csv", b"", "the file is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", "picture.csv"),
    ],
)
def test_a_bad_file_is_told_and_what_was_loaded_stays(
    page: Page, address: str, name: str, content: bytes, said: str
) -> None:
    open_page(page, address + DATA)
    drop(page, "extract.csv", tiny(1).encode())
    expect(page.get_by_text("extract.csv: a plain table of plans")).to_be_visible()
    drop(page, name, content)
    expect(page.get_by_role("alert").filter(has_text=said).first).to_be_visible()
    expect(page.get_by_text("What was loaded before is still here.")).to_be_visible()
    expect(page.get_by_text("extract.csv: a plain table of plans")).to_be_visible()


def test_the_sample_says_that_it_is_invented_wherever_it_shows(page: Page, address: str) -> None:
    for name in ("", "neighbours", "trends", "what_if", "data"):
        open_page(page, f"{address}/{name}?v=1&data=sample&area=358&year=2018&group=neighbours-2025")
        charts = page.locator("[data-testid=stVegaLiteChart]")
        expect(charts.first).to_be_visible()
        for number in range(charts.count()):
            words = charts.nth(number).locator("text", has_text="Invented plan records for Trafford")
            expect(words.first).to_be_attached()
        page.get_by_text("Table and download").first.click()
        file = download(page, "Download this table (CSV)")
        assert "invented" in file.suggested_filename
        assert "Invented plan records" in file.path().read_text(encoding="utf-8")
