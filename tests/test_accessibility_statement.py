"""The accessibility statement: whole, easy to read, and of this deployment."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from explorer.sentences import accessibility as words
from explorer.serving_entries import Accessibility
from tests.fixtures import shipped_world
from tests.reading_age import grade

ROOT = Path(__file__).parents[1]
ENTRY = shipped_world().config.serving.accessibility
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def plainly(text: str) -> str:
    return LINK.sub(r"\1", text).replace("**", "")


def test_it_can_be_read_at_fourteen() -> None:
    said = [words.FIRST, *words.WORKS, *words.NOT_YET, *words.TESTS, words.whom(ENTRY), words.status()]
    assert grade([plainly(one) for one in (*said, words.written(ENTRY))]) < 9


def test_it_says_whom_to_ask_and_when_it_was_made() -> None:
    entry = ENTRY.model_copy(
        update={"contact": "the team on 0161 496 0000", "reply_days": 5, "prepared": date(2026, 11, 1)}
    )
    assert words.whom(entry) == "Ask the team on 0161 496 0000. They should reply within 5 working days."
    assert "written on 1 November 2026" in words.written(entry)


@pytest.mark.parametrize("wrong", [{"contact": ""}, {"reply_days": 0}, {"tested": "soon"}])
def test_what_makes_no_statement_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Accessibility.model_validate(ENTRY.model_dump() | wrong)


def test_the_page_shows_all_of_it() -> None:
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    page.switch_page("explorer/app/pages/accessibility.py").run()
    shown = " ".join(one.value for one in page.markdown)
    assert page.title[0].value == words.TITLE
    assert all(one in shown for one in (*words.WORKS, *words.NOT_YET, *words.TESTS, words.LAW, words.status()))
    assert ENTRY.contact in shown
