"""The monitoring plan: figures of success and failing by hand, the day of the decision, the page for the committee."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.benchmarks.position import Figure
from explorer.evaluation.monitoring import Base, Checkpoint, MonitoringPlan, monitoring_plan
from explorer.evaluation.power import Noticeable
from explorer.export.plan_page import plan_page
from explorer.sentences import monitoring as words
from tests.fixtures import BROKEN, REPEAT
from tests.test_impact_words import ASKED, DAYS, ENTRY, EVALUATION, FOUND, IDEA, NEVER, STATED

BASE = Base(28.0, 336, 1200, 2014, 2018)
BEFORE = date(2018, 3, 31)
NOTHING: Mapping[date, Figure] = {}
SIX = tuple(Noticeable(date(2018 + n, 3, 31), 0.9, 12.0 - n, 10 - n, 5.0) for n in range(1, 10))


def plan(
    found: tuple[Noticeable, ...] = FOUND,
    base: Base = BASE,
    came: Mapping[date, Figure] = NOTHING,
    made_for: date = BEFORE,
) -> MonitoringPlan:
    return monitoring_plan(
        IDEA, STATED, base, EVALUATION.outcomes[REPEAT], found, came, made_for, ASKED, 10, EVALUATION.monitoring
    )


def figure(percent: float) -> Figure:
    return Figure("358", "published", percent, 2 * percent, 200, 200)


def test_success_and_failing_by_hand() -> None:
    # Margin 3 points; of 6 points there should be 1.8 by 2020, 2.4 by 2021 and 3.0 by 2022
    _, second, third, fourth = plan().checkpoints
    assert [point.success_at for point in (second, third, fourth)] == [25.0, 25.0, 25.0]
    assert [point.failing_at for point in (second, third, fourth)] == pytest.approx([29.2, 28.6, 28.0])
    assert (second.came, second.sign) == (None, None)


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
    found = plan(SIX)
    assert [point.end.year for point in found.checkpoints] == [2019, 2020, 2021, 2022, 2023, 2024]
    assert found.checkpoints[-1].kind == "decide"


@pytest.mark.parametrize(
    ("year", "past", "ahead"),
    [
        (2017, [], [2019, 2020, 2021, 2022, 2023, 2024]),
        (2019, [2019], [2020, 2021, 2022, 2023, 2024]),
        (2022, [2019, 2020, 2021, 2022], [2023, 2024, 2025, 2026, 2027]),
        (2025, [2019, 2020, 2021, 2022, 2023, 2024, 2025], [2026, 2027]),
        (2030, [2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027], []),
    ],
)
def test_what_is_over_and_what_is_ahead(year: int, past: list[int], ahead: list[int]) -> None:
    found = plan(SIX, made_for=date(year, 3, 31))
    assert [point.end.year for point in found.past] == past
    assert [point.end.year for point in found.ahead] == ahead
    assert all(point.sign == "no_figure" for point in found.past)
    assert (words.nothing_ahead(found) == "") is bool(ahead)
    assert words.finding(found, ENTRY).startswith(
        "Expect" if year < 2024 else "An answer could be had by 31 March 2024"
    )


@pytest.mark.parametrize(
    ("percent", "sign"),
    [
        (20.0, "success"),
        (25.04, "success"),
        (25.06, "neither"),
        (28.54, "neither"),
        (28.56, "failing"),
        (40, "failing"),
    ],
)
def test_what_came_is_told_by_the_figures_of_its_own_day(percent: float, sign: str) -> None:
    # By March 2021 a figure of 25.0% or lower is a sign of success, one of 28.6% or higher of failing
    found = plan(came={DAYS[2]: figure(percent)}, made_for=DAYS[2])
    assert [point.sign for point in found.past] == ["no_figure", "no_figure", sign]
    assert found.ahead[0].came is None


def test_a_rise_that_is_hoped_for_is_read_the_other_way() -> None:
    hoped = replace(STATED, impact=STATED.impact.model_copy(update={"expected": "higher"}))
    outcome = EVALUATION.outcomes[REPEAT].model_copy(update={"better": "higher"})
    given = DAYS[2], ASKED, 10, EVALUATION.monitoring
    signs = [
        monitoring_plan(IDEA, hoped, BASE, outcome, FOUND[2:], {DAYS[2]: figure(one)}, *given).past[0].sign
        for one in (31.0, 30.9, 27.5, 27.4)
    ]
    assert signs == ["success", "neither", "neither", "failing"]


@pytest.mark.parametrize("status", ["suppressed", "withheld"])
def test_a_hidden_figure_is_no_sign_whatever_it_could_be(status: str) -> None:
    least, most = (0.5, 2.5) if status == "suppressed" else (None, None)
    hidden = Figure("358", status, base=200, least=least, most=most)
    (point,) = plan(FOUND[2:], came={DAYS[2]: hidden}, made_for=DAYS[2]).past
    assert point.sign == "hidden"
    assert words.came_words(point, ENTRY) == ("hidden: 0.5% to 2.5%" if least else "hidden")
    assert words.sign_words(point) == "It cannot be told: the figure is hidden."


def test_what_came_is_said_with_its_counts() -> None:
    found = plan(came={DAYS[2]: figure(28.0), DAYS[3]: figure(20.0)}, made_for=DAYS[3])
    assert [words.came_words(point, ENTRY) for point in found.past] == [
        "no figure", "no figure", "56 of 200, or 28.0%", "40 of 200, or 20.0%",
    ]  # fmt: skip
    assert words.sign_words(found.past[2]) == "Neither: it cannot be told."
    assert words.sign_words(found.past[3]) == "A sign of success. This was the day to decide."
    neither = plan((Noticeable(DAYS[0], 0.0, None, None, None),), came={DAYS[0]: figure(1)}, made_for=DAYS[0]).past[0]
    assert (neither.sign, words.smallest_words(neither)) == ("not_known", "too early for any")


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
    assert words.smallest_words(found.checkpoints[0]) == "not even the largest"
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
    return plan_page(found, ENTRY, name, now, ["If so, then so."], "Source: DfE", notice)


def test_the_page_stands_alone_and_is_well_formed() -> None:
    tags = Tags(page(plan()))
    assert tags.open == []
    assert (tags.tags.count("h1"), tags.tags.count("table"), tags.tags.count("caption")) == (1, 2, 2)
    assert tags.tags.count("tr") == 1 + 4 + 1 + 4
    assert tags.tags.count("th") == 6 + 4 + 5 + 4
    assert "url(" not in page(plan())
    assert "Monitoring plan: restorative conferences and Trafford's re-plans" in tags.said
    assert "Not in this program: ask the authority" in tags.said
    assert "not published for this year" in tags.said
    assert "Newest figure, year to March 2018" in tags.said
    assert "This plan was made with the figures up to 31 March 2018. Nothing later was used." in tags.said


def test_the_page_shows_what_came_and_what_is_ahead() -> None:
    said = page(plan(came={DAYS[0]: figure(26.5)}, made_for=DAYS[1]))
    tags = Tags(said)
    assert tags.tags.count("table") == 3
    assert (
        said.index("What came up to 31 March 2020") < said.index("53 of 200, or 26.5%") < said.index("Checkpoints ah")
    )
    over = page(plan(came={DAYS[0]: figure(26.5)}, made_for=DAYS[3]))
    assert "Checkpoints ahead" not in over
    assert "All of its checkpoints are over." in over


def test_every_cell_says_its_heading_and_stays_a_table_where_it_is_drawn_as_blocks() -> None:
    said = page(plan(came={DAYS[0]: figure(26.5)}, made_for=DAYS[1]))
    rows = 2 + 2 + 4  # what came, ahead, beside
    assert said.count('role="row"') == rows + 3
    assert said.count('role="cell"') == said.count("<td") == said.count('<td role="cell" data-label=')
    assert said.count('role="rowheader" data-label=') == rows
    assert said.count('role="columnheader"') == 6 + 6 + 5
    assert (said.count('role="table"'), said.count('role="rowgroup"')) == (3, 6)
    assert '<td role="cell" data-label="What came">53 of 200, or 26.5%</td>' in said


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
    assert said.count('<tr class="decide"') == 1
    assert "Decide: carry on, change it, or stop." in said


def test_its_sentences_are_whole() -> None:
    for found in (plan(), plan(NEVER), plan(made_for=DAYS[3])):
        said = [
            words.made_sentence(found),
            words.nothing_ahead(found),
            words.finding(found, ENTRY),
            words.base_sentence(BASE, ENTRY),
            *words.how_to_read(found),
        ]
        for one in (*said, words.no_decision(found)):
            assert not one or not BROKEN.search(one), one


def test_a_checkpoint_is_known_by_its_day() -> None:
    assert [Checkpoint(one, None, None, "look").end for one in FOUND] == DAYS
