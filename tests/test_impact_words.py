"""What was expected, in pictures and words: the finding in the title, the two figures kept apart, plain sentences."""

import json
from datetime import date

import pytest

from explorer.charts.expected_path import expected_path as picture_of
from explorer.charts.noticed import noticed
from explorer.evaluation.ground import of_authority
from explorer.evaluation.impact import Size, Stated, direct_paths, expected_path
from explorer.evaluation.path import Path, step
from explorer.evaluation.power import Asked, Noticeable
from explorer.sentences import impact as words
from tests.fixtures import BROKEN, OPEN_LONG, REPEAT, TRAFFORD, shipped_world, start_of

WORLD = shipped_world()
WHAT_IF, EVALUATION = WORLD.models.what_if, WORLD.evaluation
IDEA, ENTRY = WHAT_IF.interventions["restorative_conferences"], WORLD.config.indicators[REPEAT]
BEGAN = date(2018, 9, 1)
STATED = expected_path("restorative_conferences", REPEAT, BEGAN, of_authority(start_of(TRAFFORD, 2018)), WHAT_IF)
ASKED = Asked(0.95, 0.8)
DAYS = [date(year, 3, 31) for year in (2019, 2020, 2021, 2022)]
SHARES = (0.1, 0.3, 0.4, 0.5)
FULL = (None, 12.0, 8.0, 5.0)
FOUND = tuple(
    Noticeable(day, share, full, None if full is None else full * share, 3.0)
    for day, share, full in zip(DAYS, SHARES, FULL, strict=True)
)
NEVER = tuple(Noticeable(day, 0.1, None, None, 9.0) for day in DAYS)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "next to nothing"),
        (0.04, "next to nothing"),
        (0.21, "about a fifth"),
        (0.38, "about two fifths"),
        (0.49, "about half"),
        (0.91, "about nine tenths"),
        (0.97, "nearly all"),
        (1.0, "all"),
    ],
)
def test_a_share_is_said_as_a_part(share: float, said: str) -> None:
    assert words.part_words(share) == said


def test_the_title_is_the_finding() -> None:
    assert words.path_title(STATED, ENTRY, DAYS[2]) == (
        "In the year to March 2021 about two fifths of the effect on re-plans would be there"
    )
    stock = Stated(step(BEGAN), STATED.impact, "configured")
    assert words.path_title(stock, WORLD.config.indicators[OPEN_LONG], DAYS[0]).startswith(
        "At the end of March 2019 all "
    )


def test_how_it_is_expected_to_arrive_is_said_with_its_reason() -> None:
    said = words.path_sentence(STATED, ENTRY, IDEA, [DAYS[0], DAYS[2]])
    assert said.startswith("Restorative conferences, from 1 September 2018, should make re-plans lower.")
    assert "next to nothing in the year to March 2019 and about two fifths in the year to March 2021" in said
    assert said.endswith(STATED.impact.reason)


@pytest.mark.parametrize("source", ["authority", "england", "settled", "configured"])
def test_what_the_path_rests_on_is_said(source: str) -> None:
    stated = Stated(STATED.path, STATED.impact, source, uneven=source == "england")  # type: ignore[arg-type]
    said = words.source_sentence(stated, "Rutland")
    assert ("Rutland has too few of its own" in said) == (source == "england")
    assert ("which only rises" in said) == (source == "england")


def test_the_size_is_said_beside_what_can_be_noticed() -> None:
    small, large = Size(DAYS[2], -0.5, -2.0, 0.9), Size(DAYS[2], -3.5, -5.0, -2.0)
    assert words.size_sentence(small, ENTRY, IDEA, STATED) == (
        "If what is believed is right (judgement: children it reaches come back 5% less often), re-plans would be 0.5 "
        "points lower in the year to March 2021 (8 of 10 cases: 2.0 lower to 0.9 higher)."
    )
    assert words.size_beside_noticeable(small, FOUND[2]) == (
        "To be noticed it would have to be 3.2 points by then. Nothing in that range is so large, so it cannot be told "
        "by then."
    )
    assert words.size_beside_noticeable(large, FOUND[2]).endswith("3.2 points by then, so one of that size would be.")
    middling = Size(DAYS[2], -3.0, -5.0, 1.0)
    assert words.size_beside_noticeable(middling, FOUND[2]).endswith("would not be. Some of the range would.")
    assert words.size_beside_noticeable(small, FOUND[0]) == (
        "By 31 March 2019 not even the largest effect that there can be would be noticed, so it cannot be told by then."
    )


def test_evidence_is_not_called_judgement() -> None:
    support = WHAT_IF.interventions["commissioned_support"]
    stated = Stated(STATED.path, support.impact[0], "authority")
    assert words.size_sentence(Size(DAYS[0], 0.0, -1, 1), ENTRY, support, stated).startswith(
        "If what is believed is right (evidence: children it reaches come back 18% less often), re-plans would be no "
    )


def test_when_a_change_worth_noticing_would_be_noticed() -> None:
    assert words.noticed_sentence(240, 12, 28, -6, date(2031, 3, 31), ASKED, 15) == (
        "With about 20 plans a month, a fall from 28% to 22% in the end would be noticed in 80 of 100 cases by 31 "
        "March 2031."
    )
    assert words.noticed_sentence(60, 3, 28.5, -6, None, ASKED, 10) == (
        "With about 20 plans a month, a fall from 28.5% to 22.5% in the end would not be noticed in 80 of 100 cases "
        "within 10 years of the start."
    )


def test_the_two_figures_of_a_day_have_their_names() -> None:
    assert words.smallest_sentence(FOUND[2]) == (
        "With the figures up to 31 March 2021, the smallest full effect that would be noticed is 8.0 points. By then "
        "about two fifths of it would be there: 3.2 points."
    )
    largest = words.largest_words(ENTRY, "lower")
    assert words.smallest_sentence(FOUND[0], largest).endswith(
        "no effect would be noticed: not even if re-plans fell to nearly 0% in the end."
    )
    assert words.largest_words(ENTRY, "higher") == "not even if re-plans rose to nearly 100% in the end"
    assert words.smallest_sentence(FOUND[0]).endswith("noticed: not even the largest effect that there can be.")
    early = Noticeable(DAYS[0], 0.0, None, None, None)
    assert words.smallest_sentence(early, largest).endswith("it is too early for any effect to be noticed.")


@pytest.mark.parametrize(
    ("acts_on", "ratio", "said"),
    [
        ("return_after_leaving", 1.1, "children it reaches come back 10% more often"),
        ("return_in_pool", 1.0, "children it reaches come back as often as before"),
        ("first_starts", 0.97, "first plans 3% below today's"),
        ("ending", 1.05, "first plans 5% above today's"),
        ("gate", 1.0, "first plans as today"),
    ],
)
def test_what_is_believed_is_said_without_a_bare_ratio(acts_on: str, ratio: float, said: str) -> None:
    effect = IDEA.effects[0].model_copy(update={"acts_on": acts_on, "ratio": ratio, "label": "First plans"})
    assert words.believed_words(effect) == said


def every_sentence() -> list[str]:
    return [
        words.path_sentence(STATED, ENTRY, IDEA, [DAYS[0], DAYS[2]]),
        words.source_sentence(STATED, "Trafford"),
        words.why_no_step(ENTRY),
        words.size_sentence(Size(DAYS[2], -0.5, -2.0, 0.9), ENTRY, IDEA, STATED),
        words.size_beside_noticeable(Size(DAYS[2], -0.5, -2.0, 0.9), FOUND[2]),
        words.noticed_sentence(240, 12, 28, -6, None, ASKED, 10),
        words.smallest_sentence(FOUND[2]),
        words.smallest_sentence(FOUND[0], words.largest_words(ENTRY, "lower")),
        words.size_beside_noticeable(Size(DAYS[2], -0.5, -2.0, 0.9), FOUND[0]),
        words.FULL_EFFECT,
        *(impact.reason for entry in WHAT_IF.interventions.values() for impact in entry.impact),
    ]


def test_sentences_are_whole() -> None:
    for said in every_sentence():
        assert not BROKEN.search(said), said


# Pictures


def test_the_picture_of_the_path() -> None:
    others = direct_paths(STATED, EVALUATION.impact)[1:]
    picture = picture_of(STATED, others, IDEA.label, ENTRY, DAYS[2], 10, "Source: x")
    assert picture.title == words.path_title(STATED, ENTRY, DAYS[2])
    assert picture.table.columns == [
        "Month",
        "Months after the start",
        "As the plan model says",
        "Rising evenly over 12 months after 12 months with nothing",
        "All at once",
    ]
    assert picture.table.height == 20
    marks = picture.data.filter(kind="mark")
    assert marks["x"].to_list() == [date(2019, 8, 1), date(2020, 8, 1), date(2021, 8, 1)]
    months = picture.table.filter(picture.table["Months after the start"].is_in([12, 24, 36]))
    assert marks["value"].round(1).to_list() == pytest.approx(months["As the plan model says"].to_list(), abs=0.051)
    assert "after 12 months, 20%" in picture.alt
    assert picture.data.filter(kind="stated")["value"].is_between(0, 100).all()
    assert "Thin dotted line: all at once" in picture.key
    assert "data" not in picture.spec
    json.dumps(picture.spec)


def test_a_path_alone_has_a_picture() -> None:
    alone = Stated(Path("all at once", BEGAN, (1.0,)), STATED.impact, "configured")
    picture = picture_of(alone, (), IDEA.label, ENTRY, DAYS[2], 5, "Source: x")
    assert picture.data["kind"].unique().sort().to_list() == ["mark", "stated"]
    assert picture.table["All at once"].to_list() == [100.0] * 10


def test_the_picture_of_what_can_be_noticed_marks_where_the_lines_cross() -> None:
    outcome = EVALUATION.outcomes[REPEAT]
    ways = {"Difference in differences": FOUND, "Interrupted time series": NEVER}
    picture = noticed(ways, ENTRY, outcome, EVALUATION.certainty, IDEA.label, "Source: x")
    assert picture.title == "A fall of 6 points in re-plans would be noticed by March 2022"
    assert picture.data.filter(kind="crossing")["x"].to_list() == [DAYS[3]]
    assert picture.data.filter(kind="worth")["value"].to_list() == [6]
    assert picture.data.filter(kind="main")["value"].to_list() == [None, 12.0, 8.0, 5.0]
    row = picture.table.row(3, named=True)
    assert row["Smallest full effect, points"] == 5.0
    assert row["Smallest effect that is there by then, points"] == 2.5
    assert picture.table.height == 8
    assert "Interrupted time series: no effect would be noticed" in picture.alt
    assert picture.note


def test_what_is_never_noticed_has_no_crossing_and_says_so() -> None:
    outcome = EVALUATION.outcomes[REPEAT]
    picture = noticed({"One": NEVER}, ENTRY, outcome, EVALUATION.certainty, IDEA.label, "Source: x")
    assert picture.title == "A fall of 6 points in re-plans would not be noticed within 10 years"
    assert picture.data.filter(kind="crossing").is_empty()
    shown = noticed({"One": FOUND[1:]}, ENTRY, outcome, EVALUATION.certainty, IDEA.label, "Source: x")
    assert shown.note == ""
    wanted = noticed({"One": FOUND[1:]}, ENTRY, outcome, EVALUATION.certainty, IDEA.label, "Source: x", ["One"])
    assert wanted.note == "Of these, one can only be asked with plan records, which an authority has of itself."


def course(*full: float) -> tuple[Noticeable, ...]:
    return tuple(Noticeable(day, 0.5, one, one / 2, 1.0) for day, one in zip(DAYS, full, strict=True))


@pytest.mark.parametrize(
    "lower", [(9.5, 9.2, 9.0, 8.9), (13.0, 9.0, 8.0, 7.0), (6.5, 6.4, 6.3, 6.2), (20.0, 19.5, 19, 9.1)]
)
def test_names_stand_at_their_own_line_clear_of_each_other(lower: tuple[float, ...]) -> None:
    """In pixels of a drawing 320 high: letters are 11 to 14 high, so names 14 apart do not touch."""
    outcome = EVALUATION.outcomes[REPEAT]
    ways = {"Difference in differences": course(9.9, 9.6, 9.4, 9.3), "Interrupted time series": course(*lower)}
    data = noticed(ways, ENTRY, outcome, EVALUATION.certainty, IDEA.label, "Source: x").data
    top = data.filter(kind="room")["value"].item()
    for kind in ("name", "short name"):
        rows = data.filter(kind=kind)
        at = [320 * value / top for value in rows["value"]]
        assert all(abs(one - other) >= 14 for n, one in enumerate(at) for other in at[:n])
        for name, place in zip(rows["way"], at, strict=True):
            ends = {way: 320 * (found[-1].full or 0) / top for way, found in ways.items()}
            assert 7 <= abs(place - ends[name]) <= 42
            assert name == min(ends, key=lambda way: abs(ends[way] - place))
    assert data.filter(kind="name").height >= 1
