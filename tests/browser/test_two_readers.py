"""Two readers load files of one shape at the same time, and neither ever sees a figure of the other."""

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from explorer.records import Records
from explorer.records.loaded import Sent, loaded_records
from tests.browser.steps import download, file_box, open_page, pick
from tests.browser.test_plan_records import DATA, FROM_FILE
from tests.fixtures import TRAFFORD, shipped_world

ROUND = ("Briefing", "Neighbours", "Trends", "What if", "Did it work?", "Data")


def two_files() -> tuple[str, str]:
    """Files of 1,080 plans that differ in one cell of the middle: whether a plan is a re-plan.

    How many are differs from month to month, so that sums of one file are not by chance those of the other.
    """
    lines = ["child_id,start_date,end_date,previous_plans,initial_category,latest_category"]
    for number in range(36 * 30):
        month, place = divmod(number, 30)
        start = date(2022 + (month + 3) // 12, (month + 3) % 12 + 1, 1 + place % 28)
        end = start + timedelta(days=(95, 200, 300, 420, 800)[number % 5])
        until = end.isoformat() if end <= date(2025, 3, 31) else ""
        lines.append(f"b{number},{start},{until},{int(place < 9 + month * month * 7 % 13)},NEG,NEG")
    middle = next(number for number, line in enumerate(lines) if number > 540 and ",0,NEG,NEG" in line)
    other = [*lines[:middle], lines[middle].replace(",0,NEG,NEG", ",1,NEG,NEG"), *lines[middle + 1 :]]
    return "\n".join(lines), "\n".join(other)


def records_of(content: str) -> Records:
    world = shipped_world()
    known = frozenset(one.code for one in world.areas.authorities)
    return loaded_records(content.encode(), Sent("plans.csv", TRAFFORD), world.rules, known, lambda *_: None)


def own_words(records: Records) -> set[str]:
    """Counts of re-plans that this file has somewhere: '145 of 360'."""
    rows = records.figures.filter(indicator="repeat_plan_percent", status="published")
    return {f"{row['numerator']:,} of {row['denominator']:,}" for row in rows.iter_rows(named=True)}


@pytest.fixture
def readers(browser: Browser) -> Iterator[list[Page]]:
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1000}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(60_000)
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def figures_in(page: Page) -> set[str]:
    """Every 'so many of so many' that a page says, in words or beside a picture."""
    said = page.locator("body").inner_text() + " ".join(
        one or "" for one in page.locator("[role=img], img, svg").evaluate_all("all => all.map(one => one.ariaLabel)")
    )
    return set(re.findall(r"\d[\d,]* of \d[\d,]*", said))


def test_two_files_of_one_shape_never_meet(readers: list[Page], address: str) -> None:
    files = two_files()
    records = [records_of(content) for content in files]
    words = [own_words(one) for one in records]
    mine = [words[0] - words[1], words[1] - words[0]]
    assert all(mine)

    for page in readers:
        open_page(page, address + DATA)
        pick(page, "These records are of", "Trafford")
    for page, content in zip(readers, files, strict=True):  # both on their way before either is read
        file_box(page).set_input_files([FilePayload(name="plans.csv", mimeType="text/csv", buffer=content.encode())])
    for page in readers:
        expect(page.get_by_text("plans.csv: a plain table of plans for Trafford")).to_be_visible()

    seen: list[set[str]] = [set(), set()]
    for name in ROUND:
        for number, page in enumerate(readers):
            page.get_by_role("link", name=name, exact=True).first.click()
            expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
            if name != "Data":
                expect(page.get_by_text(FROM_FILE).first).to_be_visible()
            found = figures_in(page)
            assert not found & mine[1 - number], (name, number)
            seen[number] |= found & mine[number]
    assert all(seen)

    for number, page in enumerate(readers):
        content = download(page, "Download these figures, every period (CSV)").path().read_text(encoding="utf-8-sig")
        rows = [row for row in csv.DictReader(StringIO(content)) if row["indicator"] == "repeat_plan_percent"]
        given = {f"{int(row['numerator']):,} of {int(row['denominator']):,}" for row in rows if row["numerator"]}
        assert given & mine[number]
        assert not given & mine[1 - number]
