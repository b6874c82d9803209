"""Links are kept by others: each that was ever written opens on the same view, and what is ignored is always told."""

import re
from dataclasses import fields, is_dataclass
from datetime import date
from math import isinf
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
import segno
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from explorer.app import share
from explorer.app.address import address_of
from explorer.app.choices import CHOICES, LISTS, PUBLISHED, UPLOAD, Beside
from explorer.app.link_reading import said_twice, take
from explorer.app.meeting_choices import path_of
from explorer.app.selection import link_to
from explorer.models.scenario_code import UNNAMED, FromLink, read_code, scenario_code
from explorer.models.scenarios import Change, Scenario
from explorer.yaml_reader import read_yaml
from tests.fixtures import HACKNEY, ROOT, STOCKPORT, TRAFFORD, shipped_world
from tests.test_choices import link_of, opened

WORLD = shipped_world()
KEPT_LINKS: list[dict[str, Any]] = read_yaml(ROOT / "tests" / "links.yaml").content["links"]
OTHER_FIGURES = "made with other figures"  # said of an old what-if once the data are newer, and rightly


def in_yaml(value: object) -> object:
    """A choice as tests/links.yaml says it."""
    if is_dataclass(value):
        held = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
        return {name: in_yaml(one) for name, (one, usual) in held.items() if one != usual}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [in_yaml(one) for one in value]
    return "lasts" if isinstance(value, float) and isinf(value) else value


def defaults() -> dict[str, Any]:
    return {name: choice.default(WORLD) for name, choice in CHOICES.items()}


def parts_of(link: str) -> dict[str, str]:
    return dict(parse_qsl(link, keep_blank_values=True))


@pytest.mark.parametrize("entry", KEPT_LINKS, ids=lambda entry: f"{entry['page']} {entry['link'][-40:]}")
def test_every_link_that_was_ever_written_leads_to_the_same_view(entry: dict[str, Any]) -> None:
    kept = defaults()
    told = take(parts_of(entry["link"]), kept, WORLD, path_of(entry["page"]), own_file=False)
    assert [said for said in told if OTHER_FIGURES not in said] == []
    assert {name: in_yaml(kept[name]) for name in entry["leads"]} == entry["leads"]
    others = kept.keys() - entry["leads"].keys()
    assert {name: kept[name] for name in others} == {name: defaults()[name] for name in others}


def test_links_of_every_page_are_kept() -> None:
    pages = {path.stem for path in (ROOT / "explorer/app/pages").glob("*.py")} - {"saved", "accessibility"}  # not views
    assert {entry["page"] for entry in KEPT_LINKS} >= pages
    assert {name for entry in KEPT_LINKS for name in parts_of(entry["link"])} >= CHOICES.keys() - {"v"}


@pytest.mark.parametrize("entry", [one for one in KEPT_LINKS if one["form"] == 2], ids=lambda entry: entry["page"])
def test_a_link_is_written_today_as_it_is_kept(entry: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, link = defaults(), parts_of(entry["link"])
    take(link, kept, WORLD, path_of(entry["page"]), own_file=False)
    monkeypatch.setattr(st, "session_state", {"choices": kept})
    written = link_to(WORLD, path_of(entry["page"]))
    assert {name: written.get(name) for name in link} == link


def test_the_two_ways_of_writing_give_the_same_page() -> None:
    shared = {"v": "1", "area": TRAFFORD, "year": "2018", "view": "years"}
    old = opened("neighbours", **shared, group="custom", areas="356,204", without="204", lines="356,204")
    new = opened("neighbours", **shared, group="custom", areas="356.204", without="204", lines="356.204")
    assert list(old.warning) == list(new.warning) == []
    assert [one.value for one in old.markdown] == [one.value for one in new.markdown]
    assert link_of(old) == link_of(new)
    assert link_of(old)["lines"] == "356.204"


def test_a_list_takes_a_third_less_than_it_did() -> None:
    every = [area.code for area in WORLD.areas.authorities][:30]
    written = urlencode({"areas": CHOICES["areas"].write(every, WORLD)})
    assert len(written) == len("areas=") + 30 * 3 + 29
    assert len(urlencode({"areas": ",".join(every)})) == len(written) + 2 * 29


def test_a_what_if_is_without_the_name_that_it_would_be_given_anyway() -> None:
    ideas = WORLD.models.what_if
    unnamed = Scenario(UNNAMED, changes=(Change("restorative_conferences", reach=0.5),))
    code = scenario_code(unnamed, ideas)
    assert "~N" not in code
    assert read_code(code, ideas).scenario == unnamed
    assert "~NMine" in scenario_code(Scenario("Mine", changes=unnamed.changes), ideas)


# Links that somebody edited

EDITED = some.one_of(
    some.text(max_size=30),
    some.text("0123456789.,~-_abcrovUSR|%&<>\"'", max_size=60),
    some.sampled_from(("", UPLOAD, PUBLISHED, "yes", "358", "neighbours", "2018-02-30", "1~" * 40, "9" * 5000)),
)


@some.composite
def edited_links(draw: some.DrawFn) -> tuple[str, dict[str, str]]:
    """A page, and a real link with parts changed, taken out, put in and exchanged."""
    entry = draw(some.sampled_from(KEPT_LINKS))
    link = parts_of(entry["link"])
    for name in draw(some.lists(some.sampled_from(sorted(link)), max_size=4)):
        text = link.pop(name, "")
        match draw(some.sampled_from(("take out", "other", "cut", "swap"))):
            case "other":
                link[name] = draw(EDITED)
            case "cut":
                link[name] = text[: draw(some.integers(0, len(text)))] + draw(some.sampled_from(("", "x", "~", ".")))
            case "swap":
                link[name] = draw(some.sampled_from(sorted(link.values()) or [""]))
    link |= draw(some.dictionaries(some.sampled_from((*CHOICES, "zebra", "<b>", "V")), EDITED, max_size=3))
    return path_of(entry["page"]), link


@given(edited_links())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_edited_link_opens_and_everything_that_was_ignored_is_told(case: tuple[str, dict[str, str]]) -> None:
    page, link = case
    kept = defaults()
    told = take(link, kept, WORLD, page, own_file=False)
    for name, choice in CHOICES.items():
        choice.show(kept[name], WORLD)
        if name not in link:
            assert kept[name] == choice.default(WORLD)
            continue
        read = choice.read(link[name], WORLD)
        if isinstance(read, FromLink):
            assert set(read.ignored) <= set(told)
        elif isinstance(read, Beside):
            assert read.whole or any("what-ifs to compare" in said for said in told)
        elif name == "data" and link[name] == UPLOAD:
            assert kept[name] == PUBLISHED
            assert any("used a file of plan records that is not here" in said for said in told)
        elif read is None:
            assert kept[name] == choice.default(WORLD)
            assert any(said.startswith(f"The {choice.what} in the link") for said in told)
        else:
            assert kept[name] == read
            if name in LISTS and len(read) < len(link[name].replace(",", ".").split(".")):
                assert any("Some of the authorities" in said for said in told)
    unknown = link.keys() - CHOICES.keys() - {"v"}
    assert any("not known here" in said for said in told) == bool(unknown)
    assert any("another version" in said for said in told) == (link.get("v", "1") != "1")
    assert all(said and said.isprintable() and "<" not in said for said in told if "piece" not in said)


def test_a_file_is_named_by_the_choice_of_data_alone() -> None:
    """'upload' in the place of an authority once became a choice that no page could show."""
    for own_file in (False, True):
        kept = defaults()
        (told,) = take({"area": UPLOAD}, kept, WORLD, "", own_file=own_file)
        assert told.startswith("The authority in the link (“upload”) is not known")
        assert kept["area"] == TRAFFORD
    assert take({"data": UPLOAD}, kept, WORLD, "", own_file=True) == []
    assert kept["data"] == UPLOAD


def test_all_unknown_parts_are_counted_and_the_first_are_named() -> None:
    told = take(dict.fromkeys(("a1", "b2", "c3", "d4", "e5"), "1"), defaults(), WORLD, "", own_file=False)
    assert told == ["The link has 5 parts that are not known here (“a1”, “b2”, “c3” and 2 more); they were ignored."]
    assert said_twice(["area"]) == ("The link says something twice (“area”); the last time counts.",)
    assert said_twice([]) == ()


# The whole address and its square code


class Here:
    """A browser that has opened a page."""

    def __init__(self, url: str | None) -> None:
        self.url = url


@pytest.mark.parametrize(
    ("here", "page", "to", "whole"),
    [
        ("http://localhost:8501", "", "", "http://localhost:8501/?v=1"),
        ("http://localhost:8501/", "", "join", "http://localhost:8501/join?v=1"),
        ("https://a.gov.uk/cpp/neighbours", "neighbours", "neighbours", "https://a.gov.uk/cpp/neighbours?v=1"),
        ("https://a.gov.uk/data/data", "data", "", "https://a.gov.uk/data/?v=1"),
        ("https://a.gov.uk/data", "", "join", "https://a.gov.uk/data/join?v=1"),
    ],
)
def test_the_whole_address_begins_where_the_browser_is(
    monkeypatch: pytest.MonkeyPatch, here: str, page: str, to: str, whole: str
) -> None:
    monkeypatch.setattr(st, "context", Here(here))
    monkeypatch.setattr(st, "session_state", {"page": page})
    assert address_of(to, {"v": "1"}) == whole


@pytest.mark.parametrize("entry", KEPT_LINKS[-8:], ids=lambda entry: entry["page"])
def test_an_address_reads_back_as_the_link(monkeypatch: pytest.MonkeyPatch, entry: dict[str, Any]) -> None:
    monkeypatch.setattr(st, "context", Here("http://localhost:8501"))
    monkeypatch.setattr(st, "session_state", {"page": ""})
    link = {**parts_of(entry["link"]), "rebase": "x~1~Why & “how”, 100%+"}
    assert parts_of(address_of("trends", link).partition("?")[2]) == link


def test_the_square_code_is_black_on_white_with_its_margin_and_says_the_address() -> None:
    address = f"https://explorer.example.gov.uk/neighbours?{KEPT_LINKS[4]['link']}"
    drawn = ElementTree.fromstring(share.square_code(address))
    expected = segno.make_qr(address, error="m")
    assert expected.error in ("M", "Q", "H")
    side = len(expected.matrix)
    assert modules(drawn, side) == [[bool(dark) for dark in row] for row in expected.matrix]
    assert share.square_code(address) is share.square_code(address)  # made once


def modules(drawn: ElementTree.Element, side: int) -> list[list[bool]]:
    """The dark squares of a drawn code: horizontal strokes one square high on a white ground, read as a scanner would.

    The strokes have to leave the quiet zone white.
    """
    name = "{http://www.w3.org/2000/svg}path"
    ground, strokes = drawn.iter(name)
    assert ground.get("fill") == "#fff"
    assert strokes.get("stroke") == "#000"
    whole = int(drawn.get("width", "0")) // share.SCALE
    assert whole == side + 2 * share.QUIET
    assert ground.get("d") == f"M0 0h{whole}v{whole}h-{whole}z"
    found = [[False] * whole for _ in range(whole)]
    x = y = 0.0
    for kind, numbers in re.findall("([Mmh])([-0-9. ]+)", strokes.get("d", "")):
        across, *down = (float(number) for number in numbers.split())
        match kind:
            case "M":
                x, y = across, down[0]
            case "m":
                x, y = x + across, y + down[0]
            case _:
                for column in range(int(x), int(x + across)):
                    found[int(y)][column] = True
                x += across
    inside = slice(share.QUIET, share.QUIET + side)
    outside = [row for number, row in enumerate(found) if not share.QUIET <= number < share.QUIET + side]
    assert not any(map(any, outside))
    assert not any(any(row[: share.QUIET] + row[share.QUIET + side :]) for row in found)
    return [row[inside] for row in found[inside]]


def test_authorities_of_a_stranger_are_never_more_than_codes() -> None:
    kept = defaults()
    take({"areas": f"{STOCKPORT}.<b>.{HACKNEY}"}, kept, WORLD, "", own_file=False)
    assert kept["areas"] == [STOCKPORT, HACKNEY]
