"""CIN census returns: every year's spelling and wrapping, places in the file, headers, damage, and hostile XML."""

import random
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import DataError
from explorer.schema import FINDINGS, PLANS
from explorer.sources import cin_census
from explorer.sources.encoding import WINDOWS_NOTE
from explorer.sources.plan_file import ANNUAL, NO_PLANS, PlanFile
from explorer.sources.plans import read_plans
from tests.plan_samples import LIMITS, cells, census, child, day, plan, read, refusal

REVIEW = "<CPPreviewDate>2018-08-01</CPPreviewDate>"
BORN = "<PersonBirthDate>2010-01-02</PersonBirthDate>"


def test_a_plan_keeps_every_value_and_its_place() -> None:
    about = f"<UPN>A123</UPN>{BORN}<PersonDeathDate>2018-12-01</PersonDeathDate><GenderCurrent>1</GenderCurrent>"
    episode = "<CINreferralDate>2018-04-20</CINreferralDate>" + plan(
        "2018-05-01", "2018-11-30", f"<Reviews>{REVIEW}</Reviews>", previous="2", category="EMO"
    )
    found = read(census(child("C1", more=about), child("C2", plan()), child("C3", plan(), episode, more=about)))
    assert found.kind == "cin_census"
    assert found.plans.schema == PLANS
    assert found.plans.row(2, named=True) == {
        "child_id": "C3",
        "plan_id": "3-2-1",
        "start_date": day("2018-05-01"),
        "end_date": day("2018-11-30"),
        "previous_plans": 2,
        "initial_category": "EMO",
        "latest_category": "EMO",
        "family_id": None,
        "birth_date": day("2010-01-02"),
        "expected_birth_date": None,
        "death_date": day("2018-12-01"),
        "referral_date": day("2018-04-20"),
        "upn": "A123",
        "review_dates": [day("2018-08-01")],
        "position": "child 3, episode 2, plan 1",
    }
    assert (found.children, found.year, found.reference_date) == (3, 2019, day("2019-03-31"))
    assert found.capabilities == {ANNUAL}
    assert found.notes == ()
    assert found.unreadable.schema == FINDINGS
    assert found.unreadable.is_empty()


def test_plans_are_told_apart_by_child_episode_and_place() -> None:
    found = read(census(child("A", plan() + plan("2019-01-01"), plan("2019-02-01")), child("A", plan())))
    assert found.plans["plan_id"].to_list() == ["1-1-1", "1-1-2", "1-2-1", "2-1-1"]
    assert found.plans["position"].to_list()[1] == "child 1, episode 1, plan 2"


@pytest.mark.parametrize("year", range(2017, 2027))
def test_the_return_of_every_year_is_read(year: int) -> None:
    sex = "<Sex>F</Sex>" if year >= 2025 else "<GenderCurrent>2</GenderCurrent>"
    found = read(
        census(child("A", plan(f"{year - 1}-05-01"), more=BORN + sex), year=str(year), reference=f"{year}-03-31")
    )
    assert found.year == year
    assert found.plans["start_date"].to_list() == [day(f"{year - 1}-05-01")]


def _tags(text: str, change: Callable[[str], str]) -> str:
    """A return with the name of every element changed."""
    return re.sub(r"(?<=<)(/?)(\w+)", lambda found: found[1] + change(found[2]), text)


PLAIN = census(child("A", plan(more=f"<Reviews>{REVIEW}</Reviews>")), child("B"))
SPELLINGS = {
    "no declaration": PLAIN.partition("\n")[2],
    "a namespace": PLAIN.replace("<Message>", '<Message xmlns="http://example.org/cin">'),
    "a prefix": _tags(PLAIN, "c:{}".format).replace("<c:Message>", '<c:Message xmlns:c="http://example.org/cin">'),
    "capitals": _tags(PLAIN, str.upper),
    "small letters": _tags(PLAIN, str.lower),
    "mixed letters": _tags(PLAIN, str.swapcase),
    "blanks before it": "\r\n  " + PLAIN,
    "a byte-order mark": "\ufeff" + PLAIN,
    "a mark and blanks": "\ufeff\n" + PLAIN,
    "comments and instructions": PLAIN.replace("<Children>", "<!-- <Child> --><?x y?><Children>").replace(
        "NEG<", "NE<!-- x -->G<"
    ),
    "a comment first": PLAIN.replace("<Message>", "<!-- made by hand --><Message>"),
    "stray text": PLAIN.replace("<Child>", "stray <Child>").replace("</LAchildID>", "</LAchildID>PersonBirthDate"),
    "character data": PLAIN.replace(">A<", "><![CDATA[A]]><"),
    "spaces in values": PLAIN.replace(">2018-05-01<", ">\n  2018-05-01 \n<"),
    "Windows line ends": PLAIN.replace("><", ">\r\n<"),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_reads_the_same(text: str) -> None:
    expected, found = read(PLAIN), read(text)
    assert found.plans.equals(expected.plans)
    assert (found.children, found.year, found.reference_date) == (2, 2019, day("2019-03-31"))


ENCODED = {
    "utf-8": PLAIN.encode(),
    "utf-16 with a mark": PLAIN.encode("utf-16"),
    "utf-16 little": PLAIN.encode("utf-16-le"),
    "utf-16 big": PLAIN.encode("utf-16-be"),
    "utf-16 declared": PLAIN.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
    "utf-16 that says utf-8": PLAIN.replace('"1.0"', '"1.0" encoding="utf-8"').encode("utf-16"),
    "utf-8 that says utf-16": PLAIN.replace('"1.0"', '"1.0" encoding="UTF-16"').encode(),
    "Windows declared": PLAIN.replace('"1.0"', '"1.0" encoding="windows-1252"').encode("cp1252"),
    "Latin declared": PLAIN.replace('"1.0"', "'1.0' encoding='ISO-8859-1'").encode("latin-1"),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_every_encoding_reads_the_same(content: bytes) -> None:
    assert read(content).plans.equals(read(PLAIN).plans)


def test_letters_outside_ascii_are_kept_in_each_encoding() -> None:
    text = census(child("Zoë", plan()))
    for content in (text.encode(), text.encode("utf-16"), text.encode("cp1252")):
        assert read(content).plans["child_id"].to_list() == ["Zoë"]


def test_windows_text_that_says_nothing_is_read_with_a_note() -> None:
    assert read(census(child("Zoë", plan())).encode("cp1252")).notes == (WINDOWS_NOTE,)
    assert read(census(child("Zoë", plan()))).notes == ()


def test_text_that_could_be_read_in_two_ways_is_refused() -> None:
    mixed = census(child("Zo\xeb", plan()), child("Ann\xe9e", plan())).encode("cp1252").replace(b"\xeb", "ë".encode())
    assert "not certain which characters" in refusal(mixed)


@pytest.mark.parametrize(
    ("reviews", "dates"),
    [
        ("", []),
        (f"<Reviews>{REVIEW}</Reviews>", ["2018-08-01"]),
        (f"<Reviews>{REVIEW}<CPPreviewDate>2018-11-01</CPPreviewDate></Reviews>", ["2018-08-01", "2018-11-01"]),
        (f"<Reviews>{REVIEW}</Reviews><Reviews>{REVIEW}</Reviews>", ["2018-08-01", "2018-08-01"]),
        (f"<CPPreviews>{REVIEW}</CPPreviews>", ["2018-08-01"]),
        (f"<Reviews><CPPreviews>{REVIEW}</CPPreviews></Reviews>", ["2018-08-01"]),
        (REVIEW, ["2018-08-01"]),
        ("<Reviews/>", [None]),
        ("<Reviews><CPPreviewDate/></Reviews>", [None]),
        (f"<Reviews>{REVIEW}<CPPreviewDate> </CPPreviewDate></Reviews>", ["2018-08-01", None]),
    ],
)
def test_reviews_are_collected_however_they_are_wrapped(reviews: str, dates: list[str | None]) -> None:
    found = read(census(child("A", plan(more=reviews))))
    assert found.plans["review_dates"].to_list() == [[None if text is None else day(text) for text in dates]]
    assert found.unreadable.is_empty()


def test_a_return_without_plans_says_so() -> None:
    found = read(census(child("A"), child("B", "<ReferralNFA>0</ReferralNFA>")))
    assert (found.plans.height, found.children, found.notes) == (0, 2, (NO_PLANS,))
    assert found.plans.schema == PLANS
    assert NO_PLANS == "no child protection plans in this file"
    assert read(census()).notes == (NO_PLANS,)


def test_unborn_children_and_nil_counts_are_read() -> None:
    unborn = "<ExpectedPersonBirthDate>2019-06-01</ExpectedPersonBirthDate>"
    found = read(census(child("A", plan(previous="0"), more=unborn)))
    assert cells(found, "birth_date", "expected_birth_date", "previous_plans") == [(None, day("2019-06-01"), 0)]


def unreadable(found: PlanFile) -> list[tuple[str, str | None, str, str]]:
    assert set(found.unreadable["rule"]) <= {"unreadable"}
    return found.unreadable.select("severity", "child_id", "position", "value").rows()


def test_cells_that_are_no_date_or_number_become_null_and_are_listed() -> None:
    bad = plan("1900-01-01", "2090-01-01", "<Reviews><CPPreviewDate>soon</CPPreviewDate></Reviews>", previous="two")
    found = read(census(child("A", plan()), child("B", bad, more="<PersonBirthDate>2010-02-30</PersonBirthDate>")))
    assert cells(found, "start_date", "end_date", "previous_plans", "birth_date", "review_dates")[1] == (
        *(None, None, None, None, [None]),
    )
    place = "child 2, episode 1, plan 1"
    assert sorted(unreadable(found)) == [
        ("error", "B", place, "1900-01-01"),
        ("error", "B", place, "2090-01-01"),
        ("error", "B", place, "two"),
        ("query", "B", place, "2010-02-30"),
        ("query", "B", place, "soon"),
    ]
    expected = dict(found.unreadable.select("value", "expected").rows())
    assert expected["1900-01-01"] == ("plan start date: a date like 2019-04-01 or 01/04/2019, from 1990 to 2030")
    assert expected["two"] == "number of previous plans: a whole number"


def test_an_element_that_stands_twice_with_other_content_is_listed_and_the_first_counts() -> None:
    found = read(census(child("A", plan(more="<CPPstartDate>2018-09-09</CPPstartDate>"))))
    assert found.plans["start_date"].to_list() == [day("2018-05-01")]
    assert unreadable(found) == [("error", "A", "child 1, episode 1, plan 1", "2018-09-09")]
    assert read(census(child("A", plan(more="<CPPstartDate>2018-05-01</CPPstartDate>")))).unreadable.is_empty()


@pytest.mark.parametrize(
    ("year", "reference", "read_year", "read_reference", "values"),
    [
        ("2019", "2019-03-31", 2019, "2019-03-31", []),
        ("2023", "2024-03-31", 2023, "2024-03-31", []),
        ("", "", None, None, ["missing"]),
        ("", "2019-03-31", 2019, "2019-03-31", []),
        ("twenty", "2019-03-31", 2019, "2019-03-31", ["twenty"]),
        ("2019", "2019-13-31", 2019, None, ["2019-13-31"]),
        ("9999999999999", "2090-03-31", None, None, ["9999999999999", "2090-03-31", "missing"]),
    ],
)
def test_the_year_and_reference_date_of_the_return_are_kept(
    year: str, reference: str, read_year: int | None, read_reference: str | None, values: list[str]
) -> None:
    found = read(census(child("A", plan()), year=year, reference=reference))
    assert found.year == read_year
    assert found.reference_date == (None if read_reference is None else day(read_reference))
    assert unreadable(found) == [("error", None, "header", value) for value in values]


def test_a_return_without_a_header_is_read() -> None:
    found = read(f"<Message><Children>{child('A', plan())}</Children></Message>")
    assert (found.plans.height, found.year, found.reference_date) == (1, None, None)
    assert found.notes[-1].startswith("The return says neither its year nor its reference date")


def test_identifiers_that_look_like_formulas_stay_text() -> None:
    found = read(census(child("=1+1", plan()), child("@SUM(A1)", plan())))
    assert found.plans["child_id"].to_list() == ["=1+1", "@SUM(A1)"]


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.8, 0.95, 0.999])
def test_a_return_that_is_cut_short_is_refused(cut: float) -> None:
    text = census(*(child(f"C{number}", plan()) for number in range(50)))
    assert "cut short" in refusal(text[: int(len(text) * cut)])
    assert "cut short" in refusal(text[: int(len(text) * cut)].encode("utf-16"))


def test_xml_that_is_not_well_formed_is_refused_with_its_line() -> None:
    assert "not well formed at line 3" in refusal(PLAIN.replace("<Children>", "\n<Children></Wrong>"))
    assert "not well formed" in refusal(PLAIN + "<More/>")
    assert "not well formed" in refusal(PLAIN.replace("A</LAchildID>", "A & B</LAchildID>"))
    assert "not well formed" in refusal(PLAIN.replace("A</LAchildID>", "A\x01</LAchildID>"))
    assert "not well formed" in refusal(PLAIN.replace("A</LAchildID>", "&unknown;</LAchildID>"))


LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE Message [<!ENTITY l0 "ha">{LAUGHS}]>',
    "a file of the server": '<!DOCTYPE Message [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
    "a page of the network": '<!DOCTYPE Message SYSTEM "http://localhost:9/x.dtd">',
    "an entity for the declaration": "<!DOCTYPE Message [<!ENTITY % p \"<!ENTITY l9 'x'>\">%p;]>",
    "a harmless declaration": "<!DOCTYPE Message>",
    "behind comments": "<!-- x --><?a b?><!DOCTYPE Message>",
}


@pytest.mark.parametrize("prolog", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_unread(prolog: str, encoding: str) -> None:
    text = f"{prolog}<Message><Children>{child('&l9;', plan())}</Children></Message>"
    assert "document type declaration" in refusal(text.encode(encoding))


def test_a_document_type_behind_a_long_comment_is_refused() -> None:
    text = f"<!--{'x' * 100_000}--><!DOCTYPE Message [<!ENTITY a 'b'>]>{PLAIN.partition('?>')[2]}"
    refusal(text)


def test_an_element_inside_an_element_without_end_is_refused() -> None:
    refusal(f"<Message><Children>{'<a>' * 1000}{'</a>' * 1000}</Children></Message>")


def test_a_child_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.sources.census_stream._MOST_BYTES", 100_000)
    attributes = " ".join(f'b{number}=""' for number in range(20_000))
    assert "longer than any" in refusal(census(child("A", "<a/>" * 50_000)))
    assert "longer than any" in refusal(census(child("A", f"<a {attributes}/>")))
    assert "longer than any" in refusal(f"<Message>{'<a/>' * 50_000}<Children/></Message>")
    assert "longer than any" in refusal(f"<Message><Children>{'<x><Child/></x>' * 20_000}</Children></Message>")
    assert read(census(*(child(f"C{number}", plan()) for number in range(300)))).plans.height == 300


def test_xml_of_another_kind_is_refused() -> None:
    assert "<ssda903>" in refusal("<SSDA903><Children/></SSDA903>")
    assert "no part <Children>" in refusal("<Message><Header/><Pupils/></Message>")
    assert "no part <Children>" in refusal("<Message><Other><Children/></Other></Message>")
    assert "says it is in 'banana'" in refusal('<?xml version="1.0" encoding="banana"?><Message/>')
    assert "no element" in refusal("< not xml")


def test_more_plans_than_the_limit_are_refused() -> None:
    limits = LIMITS.model_copy(update={"max_rows": 3})
    assert "more than 3 plans" in refusal(census(child("A", plan() * 4)), limits=limits)
    assert read(census(child("A", plan() * 3)), limits=limits).plans.height == 3


def test_columns_are_built_in_chunks_and_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = census(*(child(f"C{number}", plan(previous="x" if number % 3 else "1")) for number in range(20)))
    whole = read(text)
    monkeypatch.setattr(cin_census, "_CHUNK", 3)
    parts = read(text)
    assert parts.plans.equals(whole.plans)
    assert parts.unreadable.equals(whole.unreadable)


def test_the_memory_does_not_grow_with_the_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cin_census, "_CHUNK", 500)
    peaks = []
    for size in (1_000, 4_000):
        path = tmp_path / f"{size}.xml"
        path.write_text(census(*(child(f"C{number}", plan()) for number in range(size))), encoding="utf-8")
        tracemalloc.start()
        read_plans("return.xml", path, LIMITS)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_progress_rises_to_the_end() -> None:
    told: list[float] = []
    text = census(*(child(f"C{number}", plan()) for number in range(2_000)))
    read_plans("return.xml", text.encode(), LIMITS, told.append)
    assert told == sorted(set(told))
    assert told[-1] == 1.0
    assert len(told) > 5


VALUES = [name for name in PLANS if name not in ("plan_id", "position")]
PLANS_DRAWN = st.builds(
    plan,
    st.dates(day("2015-01-01"), day("2019-03-31")).map(str),
    st.sampled_from(["", "2019-02-01", "never"]),
    st.sampled_from(["", "<Reviews/>", f"<Reviews>{REVIEW}</Reviews>"]),
    previous=st.sampled_from(["0", "1", "x"]),
    category=st.sampled_from(["NEG", "EMO", "odd"]),
)
CHILDREN_DRAWN = st.lists(
    st.builds(
        lambda identifier, episodes: child(identifier, *episodes),
        st.sampled_from(["A", "B", "C", ""]),
        st.lists(st.lists(PLANS_DRAWN, max_size=2).map("".join), max_size=2),
    ),
    max_size=6,
)


def rows(*found: PlanFile) -> list[tuple[str, ...]]:
    """The plans of some files without their places, in one order."""
    return sorted(tuple(map(str, row)) for part in found for row in part.plans.select(VALUES).rows())


def listed(*found: PlanFile) -> list[tuple[str, ...]]:
    """What could not be read in some files, without its places."""
    return sorted(tuple(map(str, row)) for part in found for row in part.unreadable.drop("position").rows())


@settings(deadline=None, max_examples=60)
@given(CHILDREN_DRAWN, st.randoms(use_true_random=False))
def test_shuffling_the_children_changes_no_plan(children: list[str], chance: random.Random) -> None:
    whole = read(census(*children))
    chance.shuffle(children)
    shuffled = read(census(*children))
    assert rows(whole) == rows(shuffled)
    assert listed(whole) == listed(shuffled)
    assert whole.children == shuffled.children


@settings(deadline=None, max_examples=60)
@given(CHILDREN_DRAWN, st.integers(0, 6))
def test_splitting_a_return_changes_no_plan(children: list[str], at: int) -> None:
    whole = read(census(*children))
    first, second = read(census(*children[:at])), read(census(*children[at:]))
    assert rows(whole) == rows(first, second)
    assert listed(whole) == listed(first, second)
    assert whole.children == first.children + second.children


@settings(deadline=None, max_examples=60)
@given(CHILDREN_DRAWN)
def test_a_return_that_holds_everything_twice_gives_every_plan_twice(children: list[str]) -> None:
    once, twice = read(census(*children)), read(census(*children, *children))
    assert rows(twice) == rows(once, once)
    assert twice.plans["plan_id"].is_unique().all()
    assert twice.plans["position"].is_unique().all()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=30), st.integers(0, len(PLAIN)), st.integers(0, 20))
def test_damage_anywhere_is_read_or_refused_and_never_crashes(junk: bytes, at: int, lost: int) -> None:
    content = PLAIN.encode()[:at] + junk + PLAIN.encode()[at + lost :]
    try:
        assert read(content).plans.schema == PLANS
    except DataError as problem:
        (sentence,) = problem.faults
        assert sentence.startswith("plans")
