"""The command for a committee pack: which files it makes, what it says, and that it writes whole files or none."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from explorer import __main__, pack_commands
from explorer.briefing.briefing import Briefing
from explorer.config import web_address
from explorer.errors import DataError
from explorer.export import briefing_parts, pack
from explorer.export.pack import FORMS, Form, whole_pack
from explorer.pack_commands import write_whole
from explorer.records import Records
from explorer.records.shipped import load_sample
from explorer.world import World
from tests.briefings import by_hand
from tests.fixtures import ROOT, TRAFFORD, shipped_world
from tests.plan_samples import comma_separated

NAMES = [form.name for form in FORMS]
Told = Callable[..., tuple[int, str, str]]


@lru_cache(maxsize=1)
def sample() -> Records:
    """The sample, read once."""
    return load_sample(shipped_world().config, shipped_world().rules)


def sketched(briefing: Briefing, world: World, drawn: object = None) -> bytes:
    """What a form would be made from, in the place of the form itself, which takes seconds."""
    held = briefing.provenance
    records = None if world.records is None else world.records.label
    said = {
        "title": briefing.title,
        "link": held.link,
        "made": held.made,
        "source": held.lines,
        "records": records,
        "group": briefing.group,
    }
    return json.dumps({**said, "figures": [line.value for line in briefing.lines]}, default=str).encode()


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """Run the command in this process, with what ships from the memory and forms that take no time."""
    forms = [Form(one.name, one.label, one.ending, one.mime, sketched) for one in FORMS]
    monkeypatch.setattr(pack_commands, "FORMS", forms)
    monkeypatch.setattr(pack_commands, "whole_pack", lambda *asked: [(one, one.make(*asked)) for one in forms])
    monkeypatch.setattr(pack_commands, "load_world", lambda folder: shipped_world())
    monkeypatch.setattr(pack_commands, "load_sample", lambda config, rules: sample())

    def run(what: str, *more: object, area: str = TRAFFORD, on: str = "2018-09-30") -> tuple[int, str, str]:
        code = __main__.main(["export", what, "--area", area, "--as-at", on, *map(str, more)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("what", NAMES)
def test_each_form_is_written_to_the_file_that_is_named(export: Told, tmp_path: Path, what: str) -> None:
    out = tmp_path / "it"
    code, said, err = export(what, "--out", out, "--records", "sample")
    assert (code, err) == (0, "")
    assert said.startswith(f"{out}: ")
    assert "Child protection plans in Trafford at 30 September 2018" in said
    assert "invented" in said
    assert read(out)["figures"][:3] == ["248", "26.4%", "6.5%"]
    assert read(out)["made"] == str(date.today())
    assert os.listdir(tmp_path) == ["it"]


def test_a_pack_is_all_of_them_in_a_folder_of_its_own(export: Told, tmp_path: Path) -> None:
    folder = tmp_path / "for" / "committee"
    code, said, _ = export("pack", "--out", folder, on="2018-03-31")
    assert code == 0
    assert sorted(os.listdir(folder)) == [f"trafford-2018-03-31.{end}" for end in ("docx", "html", "pptx", "xlsx")]
    assert said.count("\n") == len(FORMS) + 1  # and where their link leads


def test_published_figures_are_of_whole_years_and_it_says_so(export: Told, tmp_path: Path) -> None:
    code, said, err = export("slides", "--out", tmp_path / "it")
    assert code == 0
    assert "Published figures." in said
    assert err.startswith("Published figures are of whole years, so the newest in the file are of the year to 31 March")
    assert export("slides", "--out", tmp_path / "it", on="2018-03-31")[2] == ""
    assert "--records sample gives invented plan records as at 30 September 2018" in err
    for area, on in (("356", "2018-09-30"), (TRAFFORD, "2012-09-30")):  # of which the sample knows nothing
        assert "sample" not in export("slides", "--out", tmp_path / "it", area=area, on=on)[2]


def test_a_file_of_plan_records_is_counted(export: Told, tmp_path: Path) -> None:
    rows = [(f"c{number}", f"2018-0{1 + number % 9}-01", "") for number in range(60)]
    records = tmp_path / "plans.csv"
    records.write_text(comma_separated(("child_id", "start_date", "end_date"), *rows), encoding="utf-8")
    code, _, _ = export("workbook", "--out", tmp_path / "it", "--records", records)
    assert code == 0
    assert read(tmp_path / "it")["records"] == "plans.csv"
    assert "data=published" in read(tmp_path / "it")["link"]  # the file is its owner's alone


def test_an_address_that_shows_other_figures_says_so(export: Told, tmp_path: Path) -> None:
    """A file of plan records is in no address: it leads to published figures, and every form says that."""
    records = tmp_path / "plans.csv"
    records.write_text(comma_separated(("child_id", "start_date", "end_date"), ("c", "2018-01-01", "")), "utf-8")
    export("workbook", "--out", tmp_path / "it", "--records", records)
    told = dict(read(tmp_path / "it")["source"])
    assert "data=published" in told["On screen, with published figures"]
    assert told["These figures on screen"].startswith("Only with the file of plan records")
    assert "The same on screen" not in told
    for more in (("--records", "sample"), ("--records", "published")):
        export("workbook", "--out", tmp_path / "it", *more)
        told = dict(read(tmp_path / "it")["source"])
        assert f"data={more[1]}" in told["The same on screen"]
        assert "These figures on screen" not in told


def test_plan_records_of_the_deployment_are_taken_where_nothing_else_is_asked_for(
    export: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = shipped_world()
    kept = world.config.source("sample").model_copy(update={"kind": "plan_records"})
    config = replace(world.config, sources={**world.config.sources, "own": kept})
    monkeypatch.setattr(pack_commands, "load_world", lambda folder: replace(world, config=config))
    standing = replace(sample(), origin="plan_records", label="Our plan records")
    monkeypatch.setattr(pack_commands, "load_standing", lambda config, rules: standing)
    code, _, err = export("slides", "--out", tmp_path / "it")
    assert (code, err) == (0, "")
    made = read(tmp_path / "it")
    assert (made["records"], made["figures"][0]) == ("Our plan records", "248")
    assert dict(parse_qsl(urlsplit(made["link"]).query)).items() >= {("data", "records"), ("on", "2018-09-30")}
    export("slides", "--out", tmp_path / "it", area="356")
    assert read(tmp_path / "it")["records"] is None
    _, _, err = export("slides", "--out", tmp_path / "it", "--records", "published")
    assert read(tmp_path / "it")["records"] is None
    assert err


@pytest.mark.parametrize(
    ("more", "area", "on", "sentence"),
    [
        ((), "999", "2018-09-30", "There is no authority '999'"),
        ((), "E92000001", "2018-09-30", "There is no authority 'E92000001'"),
        ((), TRAFFORD, "2001-09-30", "There are no figures for"),
        (("--group", "friends"), TRAFFORD, "2018-09-30", "There is no group 'friends'; allowed: "),
        (("--group", "custom", "--areas", "356,999"), TRAFFORD, "2018-09-30", "There is no area '999'"),
        (("--records", "sample"), "356", "2018-09-30", "The sample holds plan records of Trafford (358)"),
        (("--records", "nowhere.csv"), TRAFFORD, "2018-09-30", "nowhere.csv: the file is not there"),
        (("--address", "javascript:alert(1)"), TRAFFORD, "2018-09-30", "--address is 'javascript:alert(1)'; allowed: "),
    ],
)
def test_what_cannot_be_made_is_told_in_one_sentence(
    export: Told, tmp_path: Path, more: tuple[str, ...], area: str, on: str, sentence: str
) -> None:
    out = tmp_path / "it"
    out.write_bytes(b"before")
    code, said, err = export("workbook", "--out", out, *more, area=area, on=on)
    told = [line for line in err.splitlines() if not line.startswith("Published figures are of whole years")]
    assert (code, said, len(told)) == (1, "", 1)
    assert told[0].startswith(sentence)
    assert out.read_bytes() == b"before"


def test_a_file_that_cannot_be_written_is_told(export: Told, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "it"
    code, _, err = export("slides", "--out", out, on="2018-03-31")
    assert (code, err) == (1, f"{out}: the file cannot be written (No such file or directory).\n")
    code, _, err = export("slides", "--out", tmp_path, on="2018-03-31")
    assert (code, err) == (1, f"{tmp_path}: this is a folder; name the file that should be written.\n")
    (tmp_path / "file").write_bytes(b"")
    code, _, err = export("pack", "--out", tmp_path / "file", on="2018-03-31")
    assert (code, err) == (1, f"{tmp_path / 'file'}: the folder cannot be made (File exists).\n")


def test_a_form_that_cannot_be_made_leaves_nothing_of_a_pack(
    export: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(briefing: Briefing, world: World) -> bytes:
        raise DataError("The pictures could not be drawn.")

    monkeypatch.setattr(pack_commands, "whole_pack", broken)
    code, _, err = export("pack", "--out", tmp_path / "pack", on="2018-03-31")
    assert (code, err) == (1, "The pictures could not be drawn.\n")
    assert not (tmp_path / "pack").exists()


def test_a_write_that_breaks_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "it"
    out.write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        write_whole(out, b"after")
    assert out.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["it"]


def test_the_link_leads_to_the_same_briefing(export: Told, tmp_path: Path) -> None:
    export("slides", "--out", tmp_path / "it", "--records", "sample", "--address", "https://a.example.org/plans/")
    address = urlsplit(read(tmp_path / "it")["link"])
    assert (address.scheme, address.netloc, address.path) == ("https", "a.example.org", "/plans/")
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name, value in parse_qsl(address.query):
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.warning
    assert [title.value for title in app.title] == [read(tmp_path / "it")["title"]]
    assert [metric.value for metric in app.metric] == read(tmp_path / "it")["figures"]


def test_the_link_holds_a_list_picked_by_hand(export: Told, tmp_path: Path) -> None:
    picked = ("--group", "custom", "--areas", "356, 204")
    export("slides", "--out", tmp_path / "it", *picked, on="2018-03-31")
    choices = dict(parse_qsl(urlsplit(read(tmp_path / "it")["link"]).query))
    own = {"area": "358", "year": "2018", "group": "custom", "areas": "356.204", "data": "published"}
    assert choices == {"v": "1", **own}


def test_a_whole_workbook_from_the_shell(tmp_path: Path) -> None:
    out = tmp_path / "figures.xlsx"
    assert __main__.main(["export", "workbook", "--area", "857", "--as-at", "2024-03-31", "--out", str(out)]) == 0
    book = load_workbook(out)
    assert book["Cover_sheet"]["A1"].value == "Child protection plans in Rutland at 31 March 2024"


def test_the_pictures_of_a_pack_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []

    def draw(*_: object) -> object:
        drawn.append(object())
        return drawn[-1]

    monkeypatch.setattr(briefing_parts, "briefing_drawings", draw)
    given: list[object] = []

    def make(briefing: Briefing, world: World, drawn: object = None) -> bytes:
        given.append(drawn)
        return b""

    forms = [Form(one.name, one.label, one.ending, one.mime, make) for one in FORMS]
    assert [form.name for form, _ in whole_pack(by_hand(), shipped_world(), forms)] == NAMES
    assert given == drawn * len(FORMS)
    assert len(drawn) == 1


def test_the_whole_pack_is_one_file_with_all_forms_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(briefing_parts, "briefing_drawings", lambda *_: {})
    forms = [Form(one.name, one.label, one.ending, one.mime, sketched) for one in FORMS]
    monkeypatch.setattr(pack, "whole_pack", lambda briefing, world: whole_pack(briefing, world, forms))
    monkeypatch.setattr("time.time", lambda: 0.0)
    content = pack.pack_zip(by_hand(), shipped_world())
    monkeypatch.setattr("time.time", lambda: 1e9)
    assert pack.pack_zip(by_hand(), shipped_world()) == content
    with ZipFile(BytesIO(content)) as file:
        assert file.testzip() is None
        assert file.namelist() == [f"{by_hand().stem}.{form.ending}" for form in FORMS]
        assert all(file.read(name) == sketched(by_hand(), shipped_world()) for name in file.namelist())


@pytest.mark.parametrize("text", ["http://localhost:8501", "https://a.gov.uk/plans/", "http://[::1]:80"])
def test_an_address_is_taken_without_its_last_slash(text: str) -> None:
    assert web_address(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    ["", "a.gov.uk", "ftp://a", "https://u:p@a.uk", "https://a.uk/?x=1", "https://a.uk/#x", "https://a b", "https://"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: a web address"):
        web_address(text)


def test_the_button_of_a_warm_app_keeps_to_five_seconds_and_the_command_is_measured() -> None:
    """The command begins with nothing: it is recorded as it is, also where it takes longer than the bar."""
    record = json.loads((ROOT / "bench" / "results" / "pack.json").read_text(encoding="utf-8"))
    took = {what: figures["median"] for what, figures in record["seconds"].items() if "whole pack" in what}
    button = [seconds for what, seconds in took.items() if what.endswith("from the button of a warm app")]
    command = [what for what in took if what.endswith("by the command from nothing")]
    assert (len(button), len(command)) == (2, 2)
    assert max(button) < record["bar_seconds"] == 5
    assert {what for what, seconds in took.items() if seconds > 5} == set(record["over_the_bar"])


def test_a_list_of_ones_own_needs_authorities(export: Told, tmp_path: Path) -> None:
    code, _, told = export("workbook", "--group", "custom", "--out", tmp_path / "a.xlsx", on="2018-03-31")
    assert code == 1
    assert "needs --areas" in told


def test_a_link_back_to_one_machine_is_told(export: Told, tmp_path: Path) -> None:
    given = "workbook", "--out", tmp_path / "a.xlsx"
    assert "opens on this machine alone" in export(*given, on="2018-03-31")[1]
    assert "this machine" not in export(*given, "--address", "https://plans.example.org", on="2018-03-31")[1]
