"""What-ifs as files and links: out and in again to the last digit, and what a stranger's file or link may not do."""

from contextlib import suppress
from math import inf
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import ConfigError, DataError
from explorer.models.interventions import load_interventions
from explorer.models.scenario_code import UNNAMED, read_code, scenario_code
from explorer.models.scenario_file import load_scenarios, read_scenario, write_scenario
from explorer.models.scenarios import (
    NO_EFFECT,
    Change,
    Scenario,
    assumption,
    in_use,
    only_differences,
    ranges,
)
from tests.fixtures import ROOT, faults

WHAT_IF = load_interventions(ROOT / "config")
SHIPPED = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "config" / "scenarios").glob("*.yaml")}
FEW = settings(max_examples=150, deadline=None)


def told(content: str | bytes) -> tuple[str, ...]:
    return faults(lambda: read_scenario(content, WHAT_IF, "mine.yaml"), DataError)


def of(changes: str) -> str:
    return f"name: A\ninterventions:\n{changes}\n"


# --- any what-if that can be said


def _within(lowest: float, highest: float, whole: bool) -> st.SearchStrategy[Any]:
    return st.integers(int(lowest), int(highest)) if whole else st.floats(lowest, highest)


@st.composite
def _changes(draw: st.DrawFn, name: str) -> Change:
    entry = WHAT_IF.interventions[name]
    values: dict[str, Any] = {}
    for key, limits in ranges(entry, WHAT_IF).items():
        one = _within(limits.lowest, limits.highest, limits.whole)
        values[key] = draw(st.none() | one | st.just(inf) if key.startswith("fade") else st.none() | one)
    effects = draw(st.lists(st.sampled_from([effect.name for effect in entry.effects]), unique=True))
    return Change(name, tuple((effect, draw(st.floats(0.1, 10))) for effect in effects), **values)


VISIBLE = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
NAMES = st.text(VISIBLE, max_size=80).map(str.strip).filter(lambda text: text and text.isprintable())
NOTES = st.lists(st.text(VISIBLE, max_size=60).filter(str.isprintable), max_size=8).map("\n".join)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    names = draw(st.lists(st.sampled_from(list(WHAT_IF.interventions)), unique=True))
    return Scenario(
        draw(NAMES),
        draw(NOTES),
        tuple(draw(_changes(name)) for name in names),
        draw(st.none() | st.floats(0, 1)),
        draw(st.none() | st.floats(0, 1)),
        draw(st.none() | st.integers(12, 120)),
        draw(st.none() | st.text(ascii_letters + digits + ".-", min_size=1, max_size=64)),
        draw(st.none() | st.text(ascii_letters + digits, min_size=1, max_size=9)),
        draw(st.none() | st.integers(1990, 2999)),
    )


def tidied(scenario: Scenario) -> Scenario:
    """As a file keeps it: single spaces in the name, no spaces at the ends of lines."""
    plain = only_differences(scenario, WHAT_IF)
    notes = "\n".join(line.rstrip() for line in plain.notes.split("\n")).strip()
    return Scenario(**{**vars(plain), "name": " ".join(plain.name.split()), "notes": notes})


@given(scenarios())
@FEW
def test_a_file_gives_back_what_was_written(scenario: Scenario) -> None:
    text = write_scenario(scenario, WHAT_IF)
    found = read_scenario(text, WHAT_IF)
    assert found == tidied(scenario)
    assert hash(found) == hash(tidied(scenario))
    assert write_scenario(found, WHAT_IF) == text
    assert read_scenario(text.encode("utf-8-sig").replace(b"\n", b"\r\n"), WHAT_IF) == found


@given(scenarios())
@FEW
def test_a_link_gives_back_everything_but_the_notes_and_a_long_name(scenario: Scenario) -> None:
    code = scenario_code(scenario, WHAT_IF)
    assert set(code) <= set(ascii_letters + digits + "-._~")
    found, plain = read_code(code, WHAT_IF), tidied(scenario)
    assert found.ignored == ()
    assert {**vars(found.scenario), "name": "", "notes": ""} == {**vars(plain), "name": "", "notes": ""}
    assert found.scenario.name == " ".join(scenario.name[:40].split())


@given(scenarios())
@FEW
def test_only_differences_means_the_same(scenario: Scenario) -> None:
    plain = only_differences(scenario, WHAT_IF)
    assert only_differences(plain, WHAT_IF) == plain
    assert in_use(plain, WHAT_IF) == in_use(scenario, WHAT_IF)
    for key in ("overlap_discount", "coupling", "months"):
        assert assumption(plain, WHAT_IF, key) == assumption(scenario, WHAT_IF, key)


# --- what ships


def test_five_what_ifs_ship_as_they_would_be_downloaded() -> None:
    assert len(SHIPPED) == 5
    for name, text in SHIPPED.items():
        found = read_scenario(text, WHAT_IF, f"{name}.yaml")
        assert write_scenario(found, WHAT_IF) == text
        assert found.changes
        assert found.notes.endswith(".")
        assert read_code(scenario_code(found, WHAT_IF), WHAT_IF).ignored == ()
    assert len({read_scenario(text, WHAT_IF).name for text in SHIPPED.values()}) == 5


def test_what_ships_is_loaded_by_name_and_every_fault_is_told(tmp_path: Path) -> None:
    assert list(load_scenarios(ROOT / "config", WHAT_IF)) == sorted(SHIPPED)
    (tmp_path / "scenarios").mkdir()
    for name in ("a", "b"):
        (tmp_path / "scenarios" / f"{name}.yaml").write_text("name: A\nmonths: 1\n")
    found = faults(lambda: load_scenarios(tmp_path, WHAT_IF), ConfigError)
    assert [fault.split(":")[0] for fault in found] == ["a.yaml line 2", "b.yaml line 2"]


def test_harm_is_the_bad_end_of_every_interval() -> None:
    for use in in_use(read_scenario(SHIPPED["it_does_harm"], WHAT_IF), WHAT_IF):
        for effect in use.entry.effects:
            assert use.ratios[effect.name] == (effect.low if effect.acts_on == "ending" else effect.high)
    assert len(read_scenario(SHIPPED["it_does_harm"], WHAT_IF).changes) == 6


def test_a_file_holds_only_what_differs() -> None:
    usual = Change("commissioned_support", (("return", 0.82),), 7, 6, 0.4, inf)
    scenario = Scenario("Two in five", changes=(usual,), coupling=0.25, months=36, data_version="ab12", year=2018)
    assert write_scenario(scenario, WHAT_IF).splitlines()[2:] == [
        'name: "Two in five"',
        'data_version: "ab12"',
        "year: 2018",
        "interventions:",
        "  commissioned_support:",
        "    reach: 0.4",
    ]
    assert write_scenario(NO_EFFECT, WHAT_IF).endswith('name: "No change"\ninterventions: {}\n')


def test_a_link_reads_like_this() -> None:
    scenario = Scenario("Two in 5: a “test”", changes=(Change("replan_oversight", reach=0.5),), months=48, area="358")
    code = "1~O0.3~C0.25~M48~ov_g0.97_S1_U3_R0.5_B0.3_D6~NTwo-in-5.3a.-a-.201c.test.201d.~A358"
    assert scenario_code(scenario, WHAT_IF) == code
    assert read_code(code, WHAT_IF).scenario == scenario


def test_usual_values_are_filled_in() -> None:
    (use,) = in_use(Scenario("A", changes=(Change("replan_oversight", (("let_through", 0.8),), reach=0.5),)), WHAT_IF)
    assert (use.ratios, use.reach, use.ramp_months, use.fade_half_life_months) == ({"let_through": 0.8}, 0.5, 3, inf)
    assert (use.comes_back, use.delay_months) == (0.3, 6)


@pytest.mark.parametrize("change", [Change("magic"), Change("smarter_plans", (("wonder", 0.9),))])
def test_an_idea_or_effect_that_is_not_there(change: Change) -> None:
    (fault,) = faults(lambda: in_use(Scenario("A", changes=(change,)), WHAT_IF), DataError)
    assert "There is no" in fault
    assert "allowed: re" in fault


@pytest.mark.parametrize("name", ["", "a\x00b", "x" * 81, "\ud800"])
def test_a_name_that_no_file_could_hold_is_not_written(name: str) -> None:
    (fault,) = faults(lambda: write_scenario(Scenario(name), WHAT_IF), DataError)
    assert "one line of up to 80 letters" in fault


# --- a stranger's file

WRONG = {
    of(
        "  magic: {}"
    ): "mine.yaml line 3: unknown key 'magic' in 'interventions'; allowed: restorative_conferences, rep",
    of(
        "  smarter_plans:\n    ratios:\n      return: 11"
    ): "line 5: 'interventions.smarter_plans.ratios.return' is '11'; allowed: a number from 0.1 to 10 (",
    of("  smarter_plans:\n    ratios:\n      return: 0.09"): "is '0.09'; allowed: a number from 0.1 to 10",
    of("  smarter_plans:\n    ratios:\n      return: .nan"): "is not a number; allowed: a number from 0.1 to 10",
    of("  smarter_plans:\n    ratios:\n      return: .inf"): "is infinite; allowed: a number from 0.1 to 10",
    of("  smarter_plans:\n    ratios:\n      return: yes"): "is 'True'; allowed: a number from 0.1",
    of("  smarter_plans:\n    ratios:\n      return: much"): "is 'much'; allowed: a number from 0.1",
    of("  smarter_plans:\n    ratios:\n      return: 2018-01-01"): "is '2018-01-01'; allowed: a number",
    of("  smarter_plans:\n    ratios:\n      return: [1]"): "is a list; allowed: a number",
    of("  smarter_plans:\n    ratios:\n      return:"): "is empty; allowed: a number",
    of(
        "  smarter_plans:\n    ratios:\n      wonder: 1"
    ): "'wonder' in 'interventions.smarter_plans.ratios'; allowed: return, ending_second_year.",
    of(
        "  smarter_plans:\n    ratios: 0.9"
    ): "'interventions.smarter_plans.ratios' is '0.9'; allowed: a group of these keys: return, end",
    of(
        "  smarter_plans:\n    start_month: 0"
    ): "start_month' is '0'; allowed: a whole number from 1 to 120 (month of the what-if, 1 is the first).",
    of("  smarter_plans:\n    start_month: 1.5"): "is '1.5'; allowed: a whole number from 1",
    of("  smarter_plans:\n    ramp_months: -1"): "is '-1'; allowed: a whole number from 0 to 60",
    of("  smarter_plans:\n    reach: 1.01"): "is '1.01'; allowed: a number from 0 to 1",
    of(
        "  smarter_plans:\n    fade_half_life_months: 0"
    ): "is '0'; allowed: a whole number from 1 to 240 (months after it works in full), or lasts.",
    of(
        "  smarter_plans:\n    comes_back: 0.5"
    ): "unknown key 'comes_back' in 'interventions.smarter_plans'; allowed: ratios, start_month,",
    of(
        "  smarter_plans: on"
    ): "'interventions.smarter_plans' is 'True'; allowed: {}, or a group of these keys: ratios,",
    "name: A\ninterventions: [smarter_plans]": "'interventions' is a list; allowed: a group of these keys: rest",
    "interventions: {}": "mine.yaml line 1: 'name' is missing; allowed: text on one line, up to 80 letters.",
    "name: ''": "'name' is ''; allowed: text on one line",
    "name: 2018": "'name' is '2018'; allowed: text",
    "name: {a: 1}": "'name' is a group of keys; allowed: text",
    'name: "a\\u202eb"': "'name' is 'a b'; allowed: text",
    "name: A\nnotes: [1]": "line 2: 'notes' is a list; allowed: text, up to 4000 letters.",
    "name: A\nmonths: 6": "'months' is '6'; allowed: a whole number from 12 to 120",
    "name: A\nmonths: " + "9" * 4000: "'months' is a number with very many digits; allowed",
    "name: A\nmonths: 0x" + "f" * 9000: "'months' is a number with very many digits; allowed",
    "name: A\ncoupling: -0.1": "'coupling' is '-0.1'; allowed: a number from 0 to 1",
    "name: A\noverlap_discount: 1e400": "'overlap_discount' is '1e400'; allowed",
    "name: A\narea: '../etc'": "'area' is '../etc'; allowed: an authority's number",
    "name: A\nyear: 18": "'year' is '18'; allowed: a year such as 2025.",
    "name: A\ndata_version: 'a b'": "'data_version' is 'a b'; allowed: up to 64",
    "name: A\ncolour: red": "unknown key 'colour'; allowed: name, notes, data_version",
    "name: A\nname: B": "line 2: the key 'name' stands twice (first on line 1); keep one.",
    "name: A\n1: 2": "line 2: the key '1' is not text",
    "": "expected keys at the top level",
    "- a": "expected keys at the top level",
    "name: A\n---\nname: B": "not valid YAML",
    "name: [": "not valid YAML",
    "name: !!python/object/apply:os.system ['ls']": "not valid YAML",
    "name: A\x00": "not valid YAML",
    "a: &a [x, x]\nb: &b [*a, *a]\nname: A": "anchors used twice are not allowed",
    "name: A\ninterventions: &i\n  smarter_plans: *i": "anchors used twice are not allowed",
    "name: A\ninterventions:\n  <<: {smarter_plans: {}}": "the key '<<' is not text",
    "name: " + "[" * 9000: "mine.yaml",
    "name: A\n" + "{" * 9000: "mine.yaml",
    "name: A\nnotes: '" + "x" * 30_000 + "'": "mine.yaml: the file has 30,017 bytes; allowed: up to 20,000.",
}


@pytest.mark.parametrize("content", WRONG, ids=lambda text: text[-40:].encode("unicode_escape").decode())
def test_a_fault_of_a_file_is_one_sentence_with_what_was_allowed(content: str) -> None:
    found = told(content)
    assert any(WRONG[content] in fault for fault in found), found
    assert all(fault.startswith("mine.yaml") and fault.isprintable() and len(fault) <= 401 for fault in found)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name: \xe9", bytes(range(256)) * 10])
def test_bytes_that_are_no_text(content: bytes) -> None:
    assert told(content) == ("mine.yaml: the file is not UTF-8 text; allowed: a text file such as the download.",)


def test_every_fault_is_told_and_very_many_are_counted() -> None:
    assert len(told(of("  magic: {}\n  smarter_plans:\n    reach: 2\n    ramp_months: x") + "colour: red")) == 4
    many = told("name: A\n" + "".join(f"k{number}: 1\n" for number in range(1000)))
    assert len(many) == 21
    assert many[-1] == "... and 980 more faults."


def test_the_name_of_a_file_is_a_strangers_too() -> None:
    (fault,) = faults(lambda: read_scenario("name: 1", WHAT_IF, "\x1b[31m\n" + "x" * 500), DataError)
    assert fault.isprintable()
    assert len(fault) < 150


def test_a_file_may_be_written_by_hand() -> None:
    written = (
        "interventions:\n  smarter_plans:\n  iro_thinking_time: {fade_half_life_months: lasts}\n"
        "  peer_learning: {fade_half_life_months: 12, ratios: {return: 1}}\n"
        'area: 358\nname: "  By\\thand "\nnotes: "one  \\n\\ttwo\\n\\n"\n'
    )
    assert read_scenario(written, WHAT_IF) == Scenario(
        "By hand",
        "one\n two",
        (Change("smarter_plans"), Change("iro_thinking_time"), Change("peer_learning", fade_half_life_months=12)),
        area="358",
    )


@given(st.text(max_size=300) | st.binary(max_size=300))
@FEW
def test_no_text_does_anything_but_refuse_or_read(content: str | bytes) -> None:
    with suppress(DataError):
        assert read_scenario(content, WHAT_IF)


# --- a stranger's link


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1~zz_r1", "The link's piece 'zz_r1' was ignored: it is unknown; allowed: O, C, M, N, V, A, Y, rc, ov, sp,"),
        ("1~rc_r11", "'r11' was ignored: it is not what 'return' can be; allowed: a number from 0.1 to 10 (times)."),
        ("1~rc_S0", "'S0' was ignored: it is not what 'start_month' can be; allowed: a whole number from 1 to 120"),
        ("1~rc_U-3", "not what 'ramp_months' can be"),
        ("1~rc_Rnan", "not what 'reach' can be"),
        ("1~rc_R1e400", "not what 'reach' can be"),
        ("1~rc_B0.5", "'B0.5' was ignored: it is unknown for 'restorative_conferences'; allowed: r, S, U, R, F and a"),
        ("1~rc_r0.9_r0.8", "'r0.8' was ignored: it is a second value for 'restorative_conferences'"),
        ("1~rc_r0.9~rc_r0.8", "an idea that the link names twice"),
        ("1~M6", "not what 'months' can be; allowed: a whole number from 12 to 120"),
        ("1~M24~M48", "a second value"),
        ("1~N.0.", "not readable; allowed: a name of up to 40 letters"),
        ("1~N.110000..ffffff.", ""),
        ("1~Y18", "a year such as 2025"),
        ("1~A../", "an authority's number"),
        ("1~V<b>", "up to 64 letters"),
        ("1~", "is unknown"),
        ("1~rc_", "'' was ignored"),
        ("2~rc_r0.9", "The link's what-if begins with '2'; allowed: 1"),
        ("", "begins with ''"),
        ("1" * 5000, "has 5,000 letters; allowed: 2,000."),
    ],
)
def test_what_a_link_says_wrongly_is_ignored_with_a_sentence(code: str, said: str) -> None:
    found = read_code(code, WHAT_IF)
    assert not said or any(said in sentence for sentence in found.ignored), found.ignored
    assert all(sentence.isprintable() for sentence in found.ignored)


def test_the_rest_of_a_partly_bad_link_is_kept() -> None:
    found = read_code("1~O0.5~Cx~rc_r99_R0.5~magic~sp_e1.2", WHAT_IF)
    assert len(found.ignored) == 3
    assert found.scenario == Scenario(
        UNNAMED,
        changes=(Change("restorative_conferences", reach=0.5), Change("smarter_plans", (("ending_second_year", 1.2),))),
        overlap_discount=0.5,
    )


def test_very_many_pieces_that_mean_nothing_are_counted() -> None:
    found = read_code("1" + "~x" * 500, WHAT_IF).ignored
    assert len(found) == 11
    assert found[-1] == "... and 490 more pieces of the link were ignored."


@given(st.text(max_size=200) | st.text("1~_rcovspSUR0.9-", max_size=60).map("1~".__add__))
@FEW
def test_no_link_is_too_strange(code: str) -> None:
    found = read_code(code, WHAT_IF)
    again = read_code(scenario_code(found.scenario, WHAT_IF), WHAT_IF)
    assert again.scenario == found.scenario
    assert again.ignored == ()
    assert write_scenario(found.scenario, WHAT_IF)
