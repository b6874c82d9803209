"""The What if page as a reader meets it: nothing changed at first, what ideas and links change, and every question."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.choices import CLOSER
from explorer.models.outcome import DRAWN
from explorer.models.scenario_code import read_code
from explorer.models.scenarios import Change, Scenario
from tests.fixtures import CITY_OF_LONDON, GROUP, ISLES_OF_SCILLY, ROOT, TRAFFORD, shipped_world
from tests.test_app import NEVER, text

WORLD = shipped_world()
WHAT_IF = WORLD.models.what_if
RUTLAND = "857"
IDEAS = tuple(WHAT_IF.interventions)
SLIDER = "restorative_conferences return"
MINE = "1~O0.3~C0.25~M36~rc_r0.9_S1_U12_R1~NMine"
OTHER = "1~O0.3~C0.25~M36~cs_r0.8_S1_U0_R1~NOther"
START = "start from"


def opened(area: str = TRAFFORD, year: int = 2018, ideas: str | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in {"area": area, "year": str(year), "group": GROUP, "if": ideas, **link}.items():
        if value is not None:
            app.query_params[name] = value
    app.switch_page("explorer/app/pages/what_if.py")
    return read(app.run())


def read(app: AppTest) -> AppTest:
    """The page, when it has come without an exception and without a figure that is not one."""
    assert not app.exception, app.exception
    seen = text(app)
    for wrong in NEVER:
        assert wrong not in seen, f"the page shows '{wrong}'"
    return app


def answer(app: AppTest) -> str:
    return re.sub(r"\\(.)", r"\1", str(app.markdown[0].value))


def warnings(app: AppTest) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", str(one.value)) for one in app.warning]


def on(app: AppTest) -> list[str]:
    """The ideas that are switched on."""
    return [name for name in IDEAS if app.toggle(key=f"use {name}").value]


def linked(app: AppTest, name: str = "if") -> str:
    found = app.query_params[name]
    return str(found[0] if isinstance(found, list) else found)


def in_link(app: AppTest) -> Scenario:
    found = read_code(linked(app), WHAT_IF)
    assert found.ignored == ()
    return found.scenario


# The opening view, and what a reader does


def test_the_opening_view_says_that_nothing_is_changed() -> None:
    app = opened()
    assert answer(app).startswith("**Nothing is changed yet: switch an idea on. If things go on as they are, Trafford")
    assert on(app) == []
    assert warnings(app) == []
    assert app.button(key="none").disabled
    assert in_link(app).changes == ()
    assert any("Nothing is changed yet" in str(one.value) for one in app.header)  # the chart's finding too


@pytest.mark.parametrize("preset", list(WORLD.models.scenarios))
def test_a_preset_switches_its_ideas_on(preset: str) -> None:
    app = opened()
    read(app.selectbox(key=START).set_value(preset).run())
    shipped = WORLD.models.scenarios[preset]
    assert set(on(app)) == {change.intervention for change in shipped.changes}
    assert in_link(app).changes == shipped.changes
    assert (in_link(app).name, in_link(app).coupling) == (shipped.name, shipped.coupling)
    assert answer(app).startswith("**With ")
    assert "Nothing is changed yet" not in text(app)


def test_back_to_no_effect_is_the_opening_view_again() -> None:
    first = opened()
    app = opened(ideas=MINE)
    assert on(app) == ["restorative_conferences"]
    assert answer(app) != answer(first)
    read(app.button(key="none").click().run())
    assert (on(app), answer(app)) == ([], answer(first))
    assert linked(app) == linked(first)


def test_an_idea_switched_on_and_off_again() -> None:
    app = opened()
    before = answer(app)
    read(app.toggle(key="use peer_learning").set_value(True).run())
    assert in_link(app).changes == (Change("peer_learning"),)
    assert "With learning from other authorities, Trafford" in answer(app)
    assert in_link(app).name == "Your own"
    read(app.toggle(key="use peer_learning").set_value(False).run())
    assert (on(app), answer(app)) == ([], before)


def test_a_slider_changes_the_answer_and_the_link() -> None:
    app = opened(ideas=MINE)
    before, code = answer(app), linked(app)
    read(app.slider(key=SLIDER).set_value(0.75).run())
    assert answer(app) != before
    assert linked(app) != code
    assert in_link(app).changes == (Change("restorative_conferences", (("return", 0.75),)),)
    assert app.number_input(key=f"{SLIDER} box").value == 0.75  # the box beside it holds the same
    number, stronger = (int(re.findall(r"about (\d+) fewer re-plans", said)[0]) for said in (before, answer(app)))
    assert stronger > number


def test_the_box_beside_a_slider_moves_it() -> None:
    app = opened(ideas=MINE)
    read(app.number_input(key=f"{SLIDER} box").set_value(0.83).run())
    assert app.slider(key=SLIDER).value == 0.83
    assert in_link(app).changes[0].ratios == (("return", 0.83),)


def test_how_far_ahead_moves_the_answer() -> None:
    app = opened()
    read(app.slider(key="months").set_value(12).run())
    assert "in the year to March 2019" in answer(app)
    assert in_link(app).months == 12


def test_what_is_drawn_goes_into_the_link() -> None:
    app = opened()
    read(app.button_group(key="figure").set_value("plans_open").run())
    assert linked(app, "figure") == "plans_open"
    assert "children on a plan" in answer(app)


# Links


def test_an_unknown_idea_in_a_link_is_told_and_the_rest_is_kept() -> None:
    app = opened(ideas="1~M24~rc_r0.9~zz_r0.5~NMine")
    (said,) = warnings(app)
    assert said.startswith("The link's piece 'zz_r0.5' was ignored: it is unknown")
    assert on(app) == ["restorative_conferences"]
    assert app.slider(key=SLIDER).value == 0.9
    assert (in_link(app).name, in_link(app).months) == ("Mine", 24)
    assert "zz" not in linked(app)


def test_the_warning_goes_when_something_is_moved() -> None:
    app = opened(ideas="1~rc_r0.9~zz_r0.5")
    assert warnings(app)
    read(app.selectbox(key="year").set_value(2017).run())
    assert warnings(app) == []
    assert app.slider(key=SLIDER).value == 0.9  # the what-if stays for another year


def test_a_link_made_with_other_data_says_so() -> None:
    app = opened(ideas=f"{MINE}~V0ther")
    (said,) = warnings(app)
    assert said == (
        f"This what-if was made with other figures (version 0ther; now {WORLD.version}), so its results may differ."
    )
    assert on(app) == ["restorative_conferences"]
    assert linked(app).endswith(f"~V{WORLD.version}")


def test_a_link_made_with_these_data_says_nothing() -> None:
    app = opened(ideas=f"{MINE}~V{WORLD.version}")
    assert warnings(app) == []
    again = opened(ideas=linked(app))
    assert (linked(again), answer(again)) == (linked(app), answer(app))


@pytest.mark.parametrize(
    "code", ["", "0", "2~rc_r0.9", "<script>alert(1)</script>", "1~" + "x" * 9000, "~~~", "1~rc_r99_S-1"]
)
def test_no_link_breaks_the_page(code: str) -> None:
    app = opened(ideas=code or "1", figure="nothing", closer=code or "nothing")
    assert "<script>" not in text(app)  # every sign of it is escaped
    assert any("is not known, so it was ignored" in said for said in warnings(app))
    assert linked(app, "figure") == DRAWN[0]


# Who it cannot be shown for


@pytest.mark.parametrize(("area", "year"), [(CITY_OF_LONDON, 2018), (CITY_OF_LONDON, 2025), (ISLES_OF_SCILLY, 2025)])
def test_the_smallest_are_told_why_and_who_instead(area: str, year: int) -> None:
    app = opened(area, year)
    said = re.sub(r"\\(.)", r"\1", str(app.info[-1].value))
    assert said.startswith(
        f"{WORLD.areas.label(area)} has no figures for plans started and open in the year to March {year}"
    )
    named = re.search(r"It can be shown for (.+), for example\.$", said)
    assert named, said
    members = {WORLD.areas.label(code) for code in WORLD.comparators(area, year, GROUP, ()).members}
    others = re.split(r", | or ", named[1])
    assert 1 <= len(others) <= 3
    assert set(others) <= members
    code = next(one.code for one in WORLD.areas.authorities if one.label == others[0])
    assert answer(opened(code, year)).startswith("**Nothing is changed yet")
    assert not app.toggle


# Every question and every figure


EVERY = [
    *[(TRAFFORD, 2018, closer, figure) for closer in CLOSER for figure in DRAWN],
    *[(RUTLAND, 2025, closer, figure) for closer, figure in zip(CLOSER, DRAWN, strict=True)],
]


@pytest.mark.parametrize(("area", "year", "closer", "figure"), EVERY)
def test_every_question_of_every_figure_opens(area: str, year: int, closer: str, figure: str) -> None:
    app = opened(area, year, closer=closer, figure=figure, ideas=f"{MINE}~cs_r0.8")
    assert (linked(app, "closer"), linked(app, "figure")) == (closer, figure)
    assert answer(app).startswith("**With restorative conferences and ")
    assert app.button_group(key="closer").value == closer


@pytest.mark.parametrize(("area", "year", "figure"), [(TRAFFORD, 2018, DRAWN[0]), (RUTLAND, 2025, DRAWN[3])])
def test_every_question_opens_with_nothing_in_use(area: str, year: int, figure: str) -> None:
    app = opened(area, year, figure=figure)
    for closer in CLOSER:
        read(app.button_group(key="closer").set_value(closer).run())
        assert answer(app).startswith("**Nothing is changed yet")
        assert linked(app, "closer") == closer
        assert any("Nothing is in use yet" in str(one.value) for one in app.info) == (closer == "parts")


def test_what_it_would_take_is_worked_out_anew_for_another_figure() -> None:
    app = opened(closer="takes")
    said = [str(one.value) for one in app.markdown]
    goal = next(one for one in app.number_input if one.label == "Reach this figure (percent)")
    read(goal.set_value(100.0).run())
    told = [str(one.value) for one in app.markdown]
    assert told != said
    assert any("No change is needed" in one for one in told)
    goal = next(one for one in app.number_input if one.label == "Reach this figure (percent)")
    read(goal.set_value(0.0).run())
    assert any(" cannot bring Trafford's re-plans to a figure of 0" in str(one.value) for one in app.markdown)


# Comparing


def test_what_ifs_of_a_link_stand_beside_the_one_at_hand() -> None:
    app = opened(closer="compare", beside=OTHER, ideas=MINE)
    assert app.multiselect(key="compare with").value == ["Other"]
    assert linked(app, "beside") == OTHER
    lines = " ".join(str(one.value) for one in (*app.header, *app.caption)) + text(app)
    for name in ("Mine", "Other"):
        assert name in lines


def test_a_shipped_what_if_is_put_beside_and_taken_away() -> None:
    app = opened(closer="compare", ideas=MINE)
    assert "beside" not in app.query_params
    read(app.multiselect(key="compare with").set_value(["All six ideas"]).run())
    assert read_code(linked(app, "beside"), WHAT_IF).scenario.changes == WORLD.models.scenarios["all_six_ideas"].changes
    assert "All six ideas" in text(app)
    read(app.multiselect(key="compare with").set_value([]).run())
    assert "beside" not in app.query_params


def test_the_one_at_hand_is_kept_and_stays_when_the_page_goes_on() -> None:
    app = opened(closer="compare", ideas=MINE)
    (keep,) = (one for one in app.button if one.label.startswith("Keep the one at hand"))
    read(keep.click().run())
    assert app.multiselect(key="compare with").value == ["Mine"]
    read(app.selectbox(key=START).set_value("all_six_ideas").run())
    assert app.multiselect(key="compare with").value == ["Mine"]
    assert "All six ideas" in text(app)
    assert read_code(linked(app, "beside"), WHAT_IF).scenario.changes == read_code(MINE, WHAT_IF).scenario.changes


def test_no_more_than_three_stand_beside() -> None:
    app = opened(closer="compare", beside=",".join(f"1~rc_r0.{n}~NW{n}" for n in (9, 8, 7, 6)))
    assert app.multiselect(key="compare with").value == ["W9", "W8", "W7"]


YOUR_OWN = MINE.replace("NMine", "NYour-own")


def drawn(app: AppTest) -> list[str]:
    """The names of the lines in the picture that compares."""
    (table,) = (one.value for one in app.table if "What if" in one.value and "When" in one.value)
    return list(dict.fromkeys(table["What if"]))


def test_what_is_kept_and_what_it_is_changed_to_are_both_drawn() -> None:
    """Both are called 'Your own'."""
    app = opened(closer="compare", ideas=YOUR_OWN)
    (keep,) = (one for one in app.button if one.label.startswith("Keep the one at hand"))
    read(keep.click().run())
    assert drawn(app) == ["As now", "Your own"]
    read(app.slider(key=SLIDER).set_value(0.7).run())
    assert drawn(app) == ["As now", "Your own (at hand)", "Your own"]
    (keep,) = (one for one in app.button if one.label.startswith("Keep the one at hand"))
    read(keep.click().run())
    assert app.multiselect(key="compare with").value == ["Your own", "Your own (2)"]
    (keep,) = (one for one in app.button if one.label.startswith("Keep the one at hand"))
    assert keep.disabled  # it is there
    again = opened(closer="compare", beside=linked(app, "beside"))
    assert drawn(again) == ["As now", "Your own", "Your own (2)"]


@pytest.mark.parametrize("name", ["baseline", "As-now"])
def test_no_what_if_takes_the_name_of_how_things_are(name: str) -> None:
    plain = opened(closer="compare")
    (line,) = (one.value for one in plain.table if "What if" in one.value and "When" in one.value)
    called, code = name.replace("-", " "), MINE.replace("Mine", name)
    at_hand, kept = opened(closer="compare", ideas=code), opened(closer="compare", beside=code)
    for app, other in ((at_hand, f"{called} (at hand)"), (kept, f"{called} (2)")):
        assert drawn(app) == ["As now", other]
        (table,) = (one.value for one in app.table if "What if" in one.value and "When" in one.value)
        assert table[table["What if"] == "As now"].equals(line)


@pytest.mark.parametrize("beside", ["junk", "junk,junk", f"{OTHER},junk", f"{OTHER}~zz_r0.5", f"{OTHER}," * 4])
def test_what_cannot_be_read_of_those_to_compare_is_told(beside: str) -> None:
    app = opened(closer="compare", beside=beside)
    (said,) = warnings(app)
    assert said.startswith("Some of the what-ifs to compare in the link could not be understood")
    kept = app.multiselect(key="compare with").value
    assert kept[:1] == (["Other"] if OTHER in beside else [])
    assert len(set(kept)) == len(kept) <= 3
