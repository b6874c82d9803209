"""Saved views as a reader meets them: saved, opened, changed, deleted, brought back, taken away, or not there."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app import saved, saved_files
from explorer.app.meeting_choices import TITLES
from explorer.app.saved_files import json_lines, scenario_text, table_file
from explorer.config import load_config
from explorer.errors import ConfigError, DataError
from explorer.models.scenario_file import read_scenario
from explorer.models.scenarios import Change
from explorer.records import check_plans, safe_records
from explorer.store import SavedView, Store, open_store
from tests.fixtures import GROUP, ROOT, TRAFFORD, copied_project, faults, shipped_world
from tests.plan_samples import comma_separated, read
from tests.store_writers import NOW, RULES
from tests.test_provenance_of_files import HELD, HERE, files, missing  # noqa: F401 - files is a fixture

WORLD = shipped_world()
SAVE = "Save this view"
IDEA = "1~O0.3~C0.25~M48~rc_r0.9_S1_U12_R1~NMine"
NEIGHBOURS = {"v": "1", "data": "published", "area": TRAFFORD, "year": "2018", "group": GROUP, "view": "bars"}
VIEW = SavedView(
    id=7,
    name="Our re-plans",
    notes="for Monday",
    page="neighbours",
    link=MappingProxyType({**NEIGHBOURS, "indicator": "repeat_plan_percent"}),
    data_version="abc",
    program_version="0.1.0",
    made=NOW,
    changed=NOW,
    version=1,
)
WHAT_IF = replace(VIEW, page="what_if", link=MappingProxyType({**NEIGHBOURS, "if": IDEA}))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where views are kept for one test."""
    file = tmp_path / "var" / "kept.db"
    monkeypatch.setenv(saved.ADDRESS, f"sqlite:///{file}")
    return file


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    kept = open_store(f"sqlite:///{file}", RULES)
    yield kept
    kept.close()


def keep(store: Store, name: str = "Our re-plans", notes: str = "for Monday", page: str = "neighbours") -> SavedView:
    return store.save(name, notes, page, dict(VIEW.link), NOW, WORLD.version)


def opened(name: str = "saved", with_state: dict[str, object] | None = None, /, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for key, value in (with_state or {}).items():
        app.session_state[key] = value
    for choice, value in link.items():
        app.query_params[choice] = value
    app.switch_page(f"explorer/app/pages/{name}.py")
    return whole(app.run())


def whole(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def seen(app: AppTest) -> str:
    every = (*app.markdown, *app.header, *app.caption, *app.success, *app.info, *app.error)
    return "\n".join(str(one.value).replace("\\", "") for one in every)


def filled(name: str = "about", /, **link: str) -> AppTest:
    """A page with what stands behind "Share this view" opened."""
    return opened(name, {"share": True}, **link)


# The form


def test_a_view_is_saved_with_exactly_the_choices_of_its_link(store: Store) -> None:
    app = filled("neighbours", **VIEW.link)
    assert app.text_input[0].label == "Name of the view"
    assert app.text_input[0].value == "Neighbours: Trafford, year to March 2018"
    assert saved.SHARED in seen(app)
    app.text_input[0].set_value("Our *re-plans*")
    app.text_area[0].set_value("for Monday")
    whole(labelled(app, SAVE).click().run())
    (kept,) = store.views()
    assert (kept.name, kept.notes, kept.page) == ("Our *re-plans*", "for Monday", "neighbours")
    assert dict(kept.link) == dict(VIEW.link)
    assert kept.data_version == WORLD.version
    assert "Saved as “Our *re-plans*”" in seen(app)
    (link,) = (one for one in app.main if one.type == "page_link" and "Our" in one.proto.label)
    assert dict(parse_qsl(link.proto.query_string)) == dict(VIEW.link)


def test_a_name_that_is_none_is_refused_in_a_sentence(store: Store) -> None:
    app = filled()
    app.text_input[0].set_value(" ")
    whole(labelled(app, SAVE).click().run())
    assert "Give the view a name" in app.error[0].value
    assert store.views() == ()


def test_a_view_of_a_loaded_file_says_that_it_does_not_keep_the_file(store: Store) -> None:
    rows = (("a", "2017-05-01", ""), ("b", "2017-06-01", ""))
    file = read(comma_separated(("child_id", "start_date", "end_date"), *rows))
    records = safe_records(check_plans(file, WORLD.rules), WORLD.rules, "ours", "upload", TRAFFORD)
    loaded = WORLD.with_records(records)
    own = {**VIEW.link, "data": "upload"}
    app = opened("neighbours", {"share": True, "loaded plan records": loaded}, **own)
    assert "keeps your choices and not the file" in seen(app)
    whole(labelled(app, SAVE).click().run())
    (kept,) = store.views()
    assert dict(kept.link) == own
    assert kept.data_version == WORLD.version  # nothing of the file, its version neither
    assert "a file that somebody loaded" in seen(opened())
    assert "used a file of plan records that is not here" in opened("neighbours", **kept.link).warning[0].value


def test_every_page_that_a_meeting_can_show_has_a_file_to_open() -> None:
    assert all((ROOT / f"explorer/app/pages/{name}.py").exists() for name in TITLES)


def test_a_page_touches_no_database_and_the_form_none_until_it_is_sent(file: Path) -> None:
    opened("neighbours", **VIEW.link)
    app = filled()
    assert not file.parent.exists()
    whole(labelled(app, SAVE).click().run())
    assert file.exists()


def test_the_app_starts_without_what_reaches_a_database() -> None:
    rooms = "from explorer.app import cached, controls, joining, meeting, parts, saved, selection, share"
    told = "import sys; print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
    program = [sys.executable, "-c", f"{rooms}; {told}"]
    assert subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_few_modules_know_what_is_kept() -> None:
    users = {path.stem for path in (ROOT / "explorer/app").rglob("*.py") if "explorer.store" in path.read_text()}
    assert users == {"saved", "saved_list", "saved_files"}


# The page


def test_an_empty_list_says_what_to_do(file: Path) -> None:
    app = opened()
    assert "Nothing is saved yet." in seen(app)
    assert saved.SHARED in seen(app)
    assert not app.button


def test_a_saved_view_is_listed_in_words_and_opens_on_the_same_view(store: Store) -> None:
    kept = keep(store, "<b>Our</b> [re-plans](http://x)", "one\n# two")
    app = opened()
    assert names(app)[0] == r"\<b\>Our\</b\> \[re-plans\](http\://x)"
    assert "Neighbours: Trafford, year to March 2018. Re-plans" in seen(app)
    assert "\n# two" in seen(app)
    assert r"\# two" in "".join(str(one.value) for one in app.markdown)
    assert "Saved on 23 November 2026 at 09:30." in seen(app)
    again = opened(kept.page, **kept.link)
    assert not again.warning
    assert {name: linked(again, name) for name in kept.link} == dict(kept.link)


def linked(app: AppTest, name: str) -> str:
    found = app.query_params[name]
    return str(found[0] if isinstance(found, list) else found)


def test_figures_that_have_come_since_are_told(store: Store) -> None:
    store.save("Old", "", "neighbours", dict(VIEW.link), NOW, "another+file")
    assert "Since then the figures of this program have changed." in seen(opened())


def test_an_old_link_opens_with_a_sentence(store: Store) -> None:
    link = {**VIEW.link, "area": "000", "page": "x"}
    assert len(opened("neighbours", **link).warning) == 2
    kept = store.save("Old", "", "gone", link, NOW, "abc")
    app = opened()
    assert "A page that is not there any more: authority not known, year to March 2018" in seen(app)
    assert "The page of this view is not there any more." in seen(app)
    assert kept.name in seen(app)


def test_a_view_gets_another_name_and_notes(store: Store) -> None:
    kept = keep(store)
    app = whole(opened().button(key=f"edit {kept.id}").click().run())
    assert (app.text_input(key=f"name {kept.id}").value, app.text_area(key=f"notes {kept.id}").value) == (
        kept.name,
        kept.notes,
    )
    app.text_input(key=f"name {kept.id}").set_value("Theirs")
    app.text_area(key=f"notes {kept.id}").set_value("")
    whole(labelled(app, "Save the change").click().run())
    assert [(view.name, view.notes, view.version) for view in store.views()] == [("Theirs", "", 2)]
    assert names(app)[0] == "Theirs"
    assert not app.text_input


def names(app: AppTest) -> list[str]:
    """What the views on the page are called."""
    return [str(one.value) for one in app.header if one.value != "Download"]


def labelled(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def test_editing_can_be_left(store: Store) -> None:
    kept = keep(store)
    app = whole(opened().button(key=f"edit {kept.id}").click().run())
    app.text_input(key=f"name {kept.id}").set_value("Theirs")
    whole(labelled(app, "Leave it as it was").click().run())
    assert store.views() == (kept,)
    assert not app.text_input


def test_a_change_that_crossed_anothers_is_told_and_can_be_saved_again(store: Store) -> None:
    kept = keep(store)
    app = whole(opened().button(key=f"edit {kept.id}").click().run())
    store.change(kept.id, "Theirs", "for Tuesday", 1, NOW)
    app.text_input(key=f"name {kept.id}").set_value("Mine")
    whole(labelled(app, "Save the change").click().run())
    assert "“Theirs”" in app.error[0].value
    assert "“for Tuesday”" in app.error[0].value
    assert store.views()[0].name == "Theirs"
    assert app.text_input(key=f"name {kept.id}").value == "Mine"  # what was typed is not lost
    whole(labelled(app, "Save the change").click().run())
    assert store.views()[0].name == "Mine"


def test_deleting_can_be_undone_at_once_and_later(store: Store) -> None:
    kept = keep(store)
    app = whole(opened().button(key=f"delete {kept.id}").click().run())
    assert "“Our re-plans” was deleted." in seen(app)
    assert store.views() == ()
    whole(labelled(app, "Undo").click().run())
    assert store.views() == (kept,)
    assert "was deleted" not in seen(app)
    whole(app.button(key=f"delete {kept.id}").click().run())
    another = opened()  # somebody else, who has no undo
    assert not [one for one in another.button if one.label == "Undo"]
    whole(another.button(key=f"restore {kept.id}").click().run())
    assert store.views() == (kept,)


@pytest.mark.parametrize("look", [lambda: saved.store(WORLD), opened], ids=["opened", "listed"])
def test_what_was_deleted_long_ago_goes_by_itself(store: Store, look: Callable[[], object]) -> None:
    if look is opened:
        saved.store(WORLD)
    store.delete(keep(store, notes="a secret").id, saved.now() - timedelta(days=91))
    look()
    store.rules = replace(RULES, keep_deleted=timedelta(days=3650))  # it would be listed if it were there
    assert store.lately_deleted(saved.now()) == ()


def test_deleting_what_somebody_else_has_deleted_is_told(store: Store) -> None:
    kept = keep(store)
    app = opened()
    store.delete(kept.id, NOW)
    whole(app.button(key=f"delete {kept.id}").click().run())
    assert "not there any more" in app.error[0].value
    assert not [one for one in app.button if one.label == "Undo"]


def test_many_views_are_shown_some_at_a_time_and_found(store: Store) -> None:
    for number in range(23):
        keep(store, f"View {number:02}", notes="committee" if number == 3 else "")
    app = opened()
    assert len(names(app)) == WORLD.config.app.saved_views.shown_at_once == 20
    app.text_input(key="seek views").set_value("COMMITTEE trafford")
    assert names(whole(app.run())) == ["View 03"]
    app.text_input(key="seek views").set_value("nothing like it")
    assert "No saved view has these letters." in seen(whole(app.run()))
    app.text_input(key="seek views").set_value("")
    whole(labelled(whole(app.run()), "Show more (3 left)").click().run())
    assert len(names(app)) == 23


# Without a database, and switched off


def test_without_a_database_everything_else_works(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database " * 400)
    app = opened()
    assert [one.value for one in app.error] == [
        "The database of saved views is damaged. Everything else works without it."
    ]
    assert not opened("neighbours", **VIEW.link).error
    pressed = whole(labelled(filled(), SAVE).click().run())
    assert "damaged" in pressed.error[0].value


def test_what_is_mended_is_there_at_the_next_press(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database " * 400)
    app = filled()
    whole(labelled(app, SAVE).click().run())
    file.unlink()
    whole(labelled(app, SAVE).click().run())
    assert not app.error
    file.unlink()  # one that goes away while it is in use is made anew
    whole(labelled(app, SAVE).click().run())
    assert not app.error
    file.write_bytes(b"")  # and so is one that somebody has emptied, once that was told
    assert "not complete" in whole(labelled(app, SAVE).click().run()).error[0].value
    assert not whole(labelled(app, SAVE).click().run()).error


def test_a_wrong_address_is_told_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(saved.ADDRESS, "mysql://somebody:s3cret@host/x")
    app = opened()
    assert "allowed" in app.error[0].value
    assert "s3cret" not in app.error[0].value


def test_switched_off_there_is_neither_page_nor_form(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store)
    monkeypatch.setattr(saved, "switched_on", lambda world: False)
    app = opened()
    assert "Saved views are switched off here." in seen(app)
    assert not app.header
    assert not [one for one in app.main if one.type == "page_link" and one.proto.label == "Saved views"]
    assert not [one for one in filled().button if one.label == SAVE]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("who: everyone", "who: us", "'saved_views.who' is 'us'; allowed: 'everyone' or 'nobody'"),
        (
            "database: sqlite:///var/explorer.db",
            "database: postgresql://me:s3cret@host/x",
            "EXPLORER_DATABASE_URL",
        ),
    ],
)
def test_a_fault_in_the_configuration_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    project = copied_project(tmp_path)
    project.edit("config/app.yaml", old, new)
    told = faults(lambda: load_config(project.config), ConfigError)
    assert said in " ".join(told)


def test_the_file_of_the_configuration_is_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(saved.ADDRESS, raising=False)
    assert saved._address(WORLD) == f"sqlite:///{ROOT.resolve()}/var/explorer.db"
    assert "var/" in (ROOT / ".gitignore").read_text().splitlines()


# Files


def test_no_cell_of_the_table_is_a_formula() -> None:
    views = [replace(VIEW, name=sign + "1+1", notes=f"{sign}HYPERLINK(x)") for sign in "=+-@"]
    rows = list(csv.DictReader(io.StringIO(table_file(whole_addresses(views), HELD).decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == [f"'{view.name}" for view in views]
    assert all(row["notes"].startswith("'") for row in rows)
    assert rows[0]["address"] == (
        f"{HERE}/neighbours?v=1&data=published&area=358&year=2018&group={GROUP}&view=bars&indicator=repeat_plan_percent"
    )
    assert (rows[0]["version"], rows[0]["saved"]) == ("1", "2026-11-23T09:30:00+00:00")
    assert {heading: rows[0][heading] for heading, _ in HELD.lines} == dict(HELD.lines)


def whole_addresses(views: list[SavedView]) -> tuple[tuple[SavedView, str], ...]:
    return tuple((view, f"{HERE}/{view.page}?{urlencode(view.link)}") for view in views)


def test_every_line_is_one_whole_view() -> None:
    views = [replace(VIEW, notes="two\nlines"), WHAT_IF]
    lines = [json.loads(line) for line in json_lines(whole_addresses(views), HELD).decode().splitlines()]
    assert [(line["notes"], line["link"]) for line in lines] == [(view.notes, dict(view.link)) for view in views]
    assert [line["address"] for line in lines] == [one for _, one in whole_addresses(views)]
    assert all(line["provenance"] == dict(HELD.lines) for line in lines)
    assert json_lines([], HELD) == b""
    assert table_file([], HELD).startswith(b"\xef\xbb\xbfname,notes")


def test_a_what_if_leaves_as_a_scenario_that_can_be_loaded() -> None:
    view = replace(WHAT_IF, name='His "own": #1', notes="- a\n- b", data_version=WORLD.version)
    written = scenario_text(view, WORLD, HELD)
    assert written.startswith(f"# Figures: {HELD.figures}\n")
    found = read_scenario(written, WORLD.models.what_if)
    assert (found.name, found.notes, found.area, found.year) == (view.name, view.notes, TRAFFORD, 2018)
    assert found.changes == (Change("restorative_conferences", (("return", 0.9),)),)
    assert (found.months, found.data_version) == (48, WORLD.version.partition("+")[0])


def test_every_download_of_the_page_says_all_seven(
    store: Store,
    files: dict[str, Callable[[], bytes]],  # noqa: F811
) -> None:
    keep(store)
    own = store.save("Mine", "", "what_if", dict(WHAT_IF.link), NOW, WORLD.version)
    opened(**NEIGHBOURS)
    assert set(files) == {"saved-views.csv", "saved-views.jsonl", f"what-if-{own.id}.yaml"}
    for name, make in files.items():
        content, page = make(), "what_if" if name.endswith("yaml") else "saved"
        assert missing(name, content if isinstance(content, bytes) else content.encode(), f"{HERE}/{page}?v=1") == []


def test_what_is_no_what_if_is_no_scenario() -> None:
    assert not saved_files.is_what_if(VIEW)
    assert "is not a what-if" in faults(lambda: scenario_text(VIEW, WORLD, HELD), DataError)[0]


def test_a_view_in_words_names_date_and_data() -> None:
    link = {**NEIGHBOURS, "data": "sample", "trend": "plans_open", "upto": "2018-09-30"}
    said = saved.in_words("trends", link, WORLD)
    assert said == "Trends: Trafford, year to March 2018, to 30 September 2018, sample (invented plan records)"
    assert saved.in_words("", NEIGHBOURS, WORLD) == "Briefing: Trafford, year to March 2018"
    assert saved.measure({**VIEW.link, "view": "all"}, WORLD) == ""
    assert saved.measure(link, WORLD) == WORLD.config.indicators["plans_open"].label
