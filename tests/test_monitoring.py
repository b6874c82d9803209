"""The monitoring plan: figures of success and failing by hand, the day of the decision, the page for the committee."""

from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.evaluation.impact import Size
from explorer.evaluation.monitoring import Base, Checkpoint, MonitoringPlan, monitoring_plan
from explorer.evaluation.power import Noticeable
from explorer.export.plan_page import plan_page
from explorer.sentences import monitoring as words
from tests.fixtures import BROKEN, REPEAT
from tests.test_impact_words import ASKED, DAYS, ENTRY, EVALUATION, FOUND, IDEA, NEVER, STATED
from tests.test_what_if_sentences import grade

BASE = Base(28.0, 336, 1200, 2014, 2018)
SIZE = Size(DAYS[2], -0.5, -2.0, 0.9)


def plan(found: tuple[Noticeable, ...] = FOUND, base: Base = BASE) -> MonitoringPlan:
    return monitoring_plan(
        IDEA, STATED, base, EVALUATION.outcomes[REPEAT], found, [SIZE], ASKED, 10, EVALUATION.monitoring
    )


def test_success_and_failing_by_hand() -> None:
    # Margin 3 points; of 6 points there should be 1.8 by 2020, 2.4 by 2021 and 3.0 by 2022
    _, second, third, fourth = plan().checkpoints
    assert [point.success_at for point in (second, third, fourth)] == [25.0, 25.0, 25.0]
    assert [point.failing_at for point in (second, third, fourth)] == pytest.approx([29.2, 28.6, 28.0])
    assert (third.size, fourth.size) == (SIZE, None)


def test_a_large_change_is_no_success_while_no_effect_could_be_noticed() -> None:
    first = plan().checkpoints[0]
    assert first.success_at is None
    assert first.failing_at == pytest.approx(28 - 0.6 + 3)


def test_the_decision_is_on_the_day_when_an_effect_worth_noticing_would_be_noticed() -> None:
    found = plan()
    assert found.decide_on == DAYS[3]
    assert [point.kind for point in found.checkpoints] == ["look", "look", "look", "decide"]
    assert plan(NEVER).decide_on is None
    assert {point.kind for point in plan(NEVER).checkpoints} == {"look"}


def test_a_late_decision_is_added_to_the_first_years() -> None:
    years = tuple(Noticeable(date(2018 + n, 3, 31), 0.9, 12.0 - n, 10 - n, 5.0) for n in range(1, 10))
    found = plan(years)
    assert [point.end.year for point in found.checkpoints] == [2019, 2020, 2021, 2022, 2023, 2024]
    assert found.checkpoints[-1].kind == "decide"


@settings(max_examples=50)
@given(st.floats(0.05, 1), st.floats(0.5, 10), st.floats(10, 60))
def test_on_the_day_of_the_decision_success_lies_beyond_failing(share: float, error: float, base: float) -> None:
    full = ASKED.multiple * error
    one = Noticeable(DAYS[0], share, full, full * share, ASKED.half_width * error * share)
    (point,) = plan((one,), Base(base, None, None, 2018, 2018)).checkpoints
    if point.kind == "decide" and None not in (point.success_at, point.failing_at):
        assert point.success_at <= point.failing_at  # type: ignore[operator]
        assert point.failing_at < base  # type: ignore[operator]


def test_figures_that_cannot_be_are_not_given() -> None:
    low = plan(base=Base(2.0, 24, 1200, 2014, 2018)).checkpoints[1]
    assert low.success_at is None
    assert words.success_words(low, plan()) == "cannot be told"


def test_the_words_of_a_checkpoint() -> None:
    found = plan()
    third = found.checkpoints[2]
    assert words.there_words(third) == "about two fifths"
    assert words.smallest_words(third) == "3.2 points"
    assert words.success_words(third, found) == "25.0% or lower"
    assert words.failing_words(third, found) == "28.6% or higher"
    assert words.smallest_words(found.checkpoints[0]) == "none, however large"
    assert words.action_words(found.checkpoints[3]).startswith("Decide")


def test_the_base_is_said_with_its_counts_where_they_are_known() -> None:
    assert words.base_sentence(BASE, ENTRY) == "Re-plans were 336 of 1,200, or 28.0%, from 2014 to 2018."
    assert words.base_sentence(Base(28.0, None, None, 2018, 2018), ENTRY) == (
        "Re-plans were 28.0% in the year to March 2018. The numbers behind are hidden or not published."
    )


def test_the_finding_is_a_day_or_that_there_is_none() -> None:
    assert words.finding(plan(), ENTRY) == (
        "Expect an answer by 31 March 2022: a fall of 6 points in re-plans would be noticed by then in 80 of 100 cases."
    )
    assert words.finding(plan(NEVER), ENTRY).startswith("Do not expect an answer from this figure alone")
    assert words.no_decision(plan()) == ""
    assert words.no_decision(plan(NEVER))


def test_what_is_watched_beside_it_is_what_the_methods_name() -> None:
    beside = plan().beside
    assert list(beside) == ["re_referrals", "section_47", "care_entries", "reviews_on_time"]
    assert beside["care_entries"].indicator is None
    assert {one.worry for one in beside.values()} == {"higher", "lower"}


# The page


class Tags(HTMLParser):
    """The tags of a page in their order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.said = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)
        assert tag != "script"
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def page(found: MonitoringPlan, name: str = "Trafford", notice: str = "") -> str:
    now = {"re_referral_percent": "25.9%"}
    return plan_page(found, ENTRY, name, now, ["If so, then so."], date(2018, 3, 31), "Source: DfE", notice)


def test_the_page_stands_alone_and_is_well_formed() -> None:
    tags = Tags(page(plan()))
    assert tags.open == []
    assert (tags.tags.count("h1"), tags.tags.count("table"), tags.tags.count("caption")) == (1, 2, 2)
    assert tags.tags.count("tr") == 1 + 4 + 1 + 4
    assert tags.tags.count("th") == 6 + 4 + 5 + 4
    assert "url(" not in page(plan())
    assert "Monitoring plan: restorative conferences and Trafford's re-plans" in tags.said
    assert "Not in this program: ask the authority" in tags.said


def test_every_name_is_made_safe() -> None:
    said = page(plan(), "<b>Bad & Co</b>", "<i>first</i>")
    assert "<b>" not in said
    assert "<i>" not in said
    assert "&lt;b&gt;Bad &amp; Co&lt;/b&gt;" in said


def test_a_notice_stands_before_everything() -> None:
    said = page(plan(), notice="Invented plan records: a demonstration.")
    assert said.index("Invented plan records") < said.index("<h1>")
    assert 'role="note"' not in page(plan())


def test_the_decision_is_told_by_words_and_not_by_weight_alone() -> None:
    said = page(plan())
    assert said.count('<tr class="decide">') == 1
    assert "Decide: carry on, change it, or stop." in said


def test_its_sentences_can_be_read_at_fourteen() -> None:
    for found in (plan(), plan(NEVER)):
        said = [words.finding(found, ENTRY), words.base_sentence(BASE, ENTRY), *words.how_to_read(found)]
        for one in (*said, words.no_decision(found)):
            assert not BROKEN.search(one), one
            assert not one or grade(one) <= 14, one


def test_a_checkpoint_is_known_by_its_day() -> None:
    assert [Checkpoint(one, None, None, "look", None).end for one in FOUND] == DAYS
