"""What is kept between visits: nothing is lost, half there or overwritten, in a file and on a server."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from explorer import __version__
from explorer.errors import StoreError, StoreUnavailable
from explorer.store import ChangedMeanwhile, SavedView, Store, open_store
from explorer.store.database import checked_url, make_engine, make_file, reading, writing
from explorer.store.migrate import bring_up_to_date
from explorer.store.tables import metadata
from tests.databases import missing, postgresql
from tests.fixtures import ROOT, faults
from tests.store_writers import LINK, NOW, RULES, row

Make = Callable[[], str]
STEPS = [
    step.revision for step in reversed(list(ScriptDirectory(str(ROOT / "explorer/store/migrations")).walk_revisions()))
]
DAMAGED = "The database of saved views is damaged. Everything else works without it."
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Make]:
    """A server, and how a new database on it is made."""
    if missing():
        pytest.skip(missing())
    with postgresql() as address:
        numbers = count()

        def make() -> str:
            engine = make_engine(checked_url(address.format("postgres")))
            name = f"kept{next(numbers)}"
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT", reading=True) as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            engine.dispose()
            return address.format(name)

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind; the file and its folder are not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/kept.db"
    make: Make = request.getfixturevalue("server")
    return make()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    kept = open_store(address, RULES)
    yield kept
    kept.close()


def small(tmp_path: Path, **rules: object) -> Store:
    return open_store(f"sqlite:///{tmp_path}/kept.db", replace(RULES, **rules))  # type: ignore[arg-type]


def keep(store: Store, name: str = "Re-plans", notes: str = "", **when: object) -> SavedView:
    return store.save(name, notes, "neighbours", LINK, when.get("now", NOW), "abc")  # type: ignore[arg-type]


# What is kept, and what is given back


def test_a_view_is_given_back_as_it_was_saved(store: Store) -> None:
    link = {"v": "1", "area": "358", "if": "1~O0.3~NWhat-if", "rebase": "é“漢"}
    kept = store.save("  Our  re-plans ", "line one \nline “two”\n\n", "what_if", link, NOW, "abc+def")
    assert store.views() == (kept,)
    assert (kept.name, kept.notes, kept.page, dict(kept.link)) == (
        "Our re-plans",
        "line one\nline “two”",
        "what_if",
        link,
    )
    assert list(kept.link) == list(link)
    assert (kept.data_version, kept.program_version) == ("abc+def", __version__)
    assert (kept.made, kept.changed, kept.version, kept.owner) == (NOW, NOW, 1, None)


def test_the_view_changed_last_comes_first(store: Store) -> None:
    first, second, third = (keep(store, name, now=NOW + number * HOUR) for number, name in enumerate("abc"))
    changed = store.change(first.id, "a", "new", 1, NOW + DAY)
    assert store.views() == (changed, third, second)
    assert (changed.version, changed.made, changed.changed) == (2, NOW, NOW + DAY)


def test_a_change_of_what_was_not_seen_is_refused_and_told(store: Store) -> None:
    kept = keep(store, "Ours")
    theirs = store.change(kept.id, "Theirs", "for Monday", 1, NOW + HOUR)
    with pytest.raises(ChangedMeanwhile) as caught:
        store.change(kept.id, "Mine", "for Tuesday", 1, NOW + DAY)
    assert store.views() == (theirs,)
    assert caught.value.theirs == theirs
    assert "“Theirs”" in caught.value.faults[0]
    assert "“for Monday”" in caught.value.faults[0]
    assert store.change(kept.id, "Mine", "for Tuesday", theirs.version, NOW + DAY).version == 3


def test_a_deleted_view_is_brought_back_as_it_was(store: Store) -> None:
    kept = keep(store)
    store.delete(kept.id, NOW + HOUR)
    assert (store.views(), store.lately_deleted(NOW + HOUR)) == ((), (kept,))
    assert store.restore(kept.id, NOW + DAY) == kept
    assert (store.views(), store.lately_deleted(NOW + HOUR)) == ((kept,), ())
    assert store.restore(kept.id, NOW + DAY) == kept  # a second press changes nothing


def test_what_was_deleted_long_ago_goes_for_good(store: Store) -> None:
    old, newer, last = keep(store, "old"), keep(store, "newer"), keep(store, "last")
    store.delete(old.id, NOW)
    store.delete(newer.id, NOW + HOUR)
    assert store.lately_deleted(NOW + RULES.keep_deleted) == (newer,)
    store.delete(last.id, NOW + RULES.keep_deleted)
    assert store.restore(newer.id, NOW + RULES.keep_deleted) == newer
    assert "too long ago" in faults(lambda: store.restore(old.id, NOW + RULES.keep_deleted), StoreError)[0]
    assert keep(store).id > last.id  # a number is never another's


def test_what_was_deleted_too_long_ago_is_not_brought_back(store: Store) -> None:
    kept = keep(store)
    store.delete(kept.id, NOW)
    late = NOW + RULES.keep_deleted
    assert "too long ago" in faults(lambda: store.restore(kept.id, late), StoreError)[0]
    assert store.views() == ()


def deleted_rows(address: str) -> int:
    """How many deleted views a database still holds."""
    engine = make_engine(checked_url(address))
    with reading(engine) as connection:
        count = connection.execute(text("SELECT count(*) FROM views WHERE deleted IS NOT NULL")).scalar_one()
    engine.dispose()
    return int(count)


def test_what_was_deleted_long_ago_is_dropped_with_its_notes_when_asked(address: str) -> None:
    store = open_store(address, RULES)
    store.delete(keep(store, notes="for Monday").id, NOW)
    store.drop_long_deleted(NOW + RULES.keep_deleted - HOUR)
    assert deleted_rows(address) == 1
    store.drop_long_deleted(NOW + RULES.keep_deleted)
    assert deleted_rows(address) == 0
    store.close()


@pytest.mark.parametrize("link", [{"v": "\ud800"}, {"\udfff": "1"}, {"if": "a\0b"}])
def test_a_link_that_is_no_text_is_kept_nowhere(store: Store, link: dict[str, str]) -> None:
    for write in (
        lambda: store.save("x", "", "neighbours", link, NOW, "abc"),
        lambda: store.start_meeting("neighbours", link, NOW),
        lambda: store.start_meeting("\ud800", LINK, NOW),
    ):
        assert "signs that no text can have" in faults(write, StoreError)[0]
    assert store.views() == ()


def test_what_is_gone_cannot_be_changed_or_deleted(store: Store) -> None:
    kept = keep(store)
    store.delete(kept.id, NOW)
    for number in (kept.id, 999):
        assert "not there any more" in faults(lambda n=number: store.change(n, "x", "", 1, NOW), StoreError)[0]  # type: ignore[misc]
        assert "not there any more" in faults(lambda n=number: store.delete(n, NOW), StoreError)[0]  # type: ignore[misc]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "two\x00parts", "right\u202eleft", "bell\x07"])
def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    store = small(tmp_path)
    assert "Give the view a name" in faults(lambda: keep(store, name), StoreError)[0]
    kept = keep(store)
    assert "Give the view a name" in faults(lambda: store.change(kept.id, name, "", 1, NOW), StoreError)[0]
    assert store.views() == (kept,)


@pytest.mark.parametrize("notes", ["x" * 5001, "a\x00b", "\u202e"])
def test_notes_that_cannot_be_shown_are_refused(tmp_path: Path, notes: str) -> None:
    store = small(tmp_path)
    assert "Notes have up to" in faults(lambda: keep(store, notes=notes), StoreError)[0]


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE views; --", "%(name)s :name ? {}", "<script>alert(1)</script>", "=1+1"]
)
def test_strangers_words_are_only_words(store: Store, words: str) -> None:
    kept = keep(store, words, words)
    assert (kept.name, kept.notes) == (words, words)
    assert store.views() == (kept,)


def test_there_are_only_so_many_views(tmp_path: Path) -> None:
    store = small(tmp_path, most_views=2)
    first, _ = keep(store), keep(store)
    assert "already 2" in faults(lambda: keep(store), StoreError)[0]
    store.delete(first.id, NOW)
    keep(store)
    assert "already 2" in faults(lambda: store.restore(first.id, NOW), StoreError)[0]


def test_saving_and_deleting_again_and_again_fills_nothing(tmp_path: Path) -> None:
    store = small(tmp_path, most_views=3)
    for number in range(12):
        store.delete(keep(store, f"{number}").id, NOW + number * HOUR)
    keep(store)
    assert [view.name for view in store.lately_deleted(NOW + DAY)] == ["11", "10", "9"]


def test_a_link_that_is_too_long_is_not_kept(tmp_path: Path) -> None:
    store = small(tmp_path, longest_link=500)
    long = {"v": "1", "if": "x" * 500}
    assert "up to 500" in faults(lambda: store.save("x", "", "what_if", long, NOW, "abc"), StoreError)[0]


# Many at once, and killed on the way


def written(*arguments: object) -> list[str]:
    """What a program of ``tests.store_writers`` says was acknowledged."""
    program = [sys.executable, "-m", "tests.store_writers", *map(str, arguments)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    said: list[str] = json.loads(done.stdout)
    return said


def whole(view: SavedView) -> bool:
    parts = (view.notes == (f"{view.name} " * 300).strip(), view.link == {**LINK, "if": view.name})
    return all(parts) and view.data_version == view.name


def test_eight_programs_that_begin_and_write_at_once_lose_nothing(address: str) -> None:
    said = written("together", address, 8, 4)
    assert sorted(said) == sorted(f"{writer}-{number}" for writer in range(8) for number in range(4))
    views = open_store(address, RULES).views()
    assert sorted(view.name for view in views) == sorted(said)
    assert all(map(whole, views))


def test_a_program_killed_while_it_writes_leaves_all_that_it_said_was_saved(address: str) -> None:
    said = written("killed", address, 15, 20261123)
    views = open_store(address, RULES).views()
    names = {view.name for view in views}
    assert len({name.split("-")[0] for name in said}) == 15  # each of them had begun to write
    assert set(said) <= names
    assert len(names) == len(views) <= len(said) + 15  # one each may be saved and not said
    assert all(map(whole, views))
    assert row(open_store(address, RULES), 99, 0) == "99-0"  # and it can be written to


def test_one_of_many_who_change_the_same_view_at_once_is_heard(store: Store) -> None:
    kept = keep(store)

    def change(number: int) -> bool:
        try:
            store.change(kept.id, f"by {number}", "", kept.version, NOW)
        except ChangedMeanwhile as problem:
            return problem.theirs.version != 2
        return True

    with ThreadPoolExecutor(8) as threads:
        heard = [number for number, won in enumerate(threads.map(change, range(8))) if won]
    assert [(view.name, view.version) for view in store.views()] == [(f"by {heard[0]}", 2)]
    assert len(heard) == 1


# From every earlier shape to the newest


def at_step(address: str, step: str) -> None:
    url = checked_url(address)
    make_file(url)
    engine = make_engine(url)
    bring_up_to_date(engine, step)
    engine.dispose()


@pytest.mark.parametrize("step", STEPS)
def test_every_earlier_shape_becomes_the_newest_with_its_rows(address: str, step: str) -> None:
    at_step(address, step)
    engine = make_engine(checked_url(address))
    with writing(engine) as connection:
        kept = {"code": "KKKTTT", "page": "trends", "link": '{"v":"1"}', "until": (NOW + DAY).replace(tzinfo=None)}
        connection.execute(text("INSERT INTO meetings VALUES (:code, :page, :link, :until)"), kept)
    store = open_store(address, RULES)
    found = store.meeting("KKK-TTT", NOW)
    assert found is not None
    assert (found.page, dict(found.link)) == ("trends", {"v": "1"})
    assert keep(store) in store.views()
    with reading(engine) as connection:
        assert MigrationContext.configure(connection).get_current_revision() == STEPS[-1]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone(address: str) -> None:
    store = open_store(address, RULES)
    kept = keep(store)
    engine = make_engine(checked_url(address))
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer version" in faults(lambda: open_store(address, RULES), StoreUnavailable)[0]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT name FROM views")).scalars().all() == [kept.name]
    engine.dispose()


# What is not there, or not as it should be


def test_a_file_that_goes_away_is_told_and_made_anew_when_opened_again(tmp_path: Path) -> None:
    store = small(tmp_path)
    keep(store)
    (tmp_path / "kept.db").unlink()
    assert "cannot be reached" in faults(store.views, StoreUnavailable)[0]
    assert not (tmp_path / "kept.db").exists()
    assert small(tmp_path).views() == ()


@pytest.mark.parametrize("content", [b"not a database " * 400, b"SQLite format 3\x00" + b"\x07" * 8000])
def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept.db").write_bytes(content)
    assert faults(lambda: small(tmp_path), StoreUnavailable) == (DAMAGED,)
    assert (tmp_path / "kept.db").read_bytes() == content


def test_a_file_damaged_in_the_middle_is_told(tmp_path: Path) -> None:
    store = small(tmp_path)
    for number in range(8):
        keep(store, f"{number}", "words " * 800)
    file = tmp_path / "kept.db"
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(bytes(content))
    assert faults(store.views, StoreUnavailable) == (DAMAGED,)


def test_a_file_that_cannot_be_written_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = small(tmp_path)
    kept = keep(store)
    store.delete(keep(store, "gone").id, NOW - RULES.keep_deleted)

    def opened(file: Path) -> sqlite3.Connection:  # as for somebody who may only read; root may always write
        return sqlite3.connect(f"file:{file}?mode=ro", isolation_level=None, check_same_thread=False, uri=True)

    monkeypatch.setattr("explorer.store.database._opened", opened)
    store = small(tmp_path)
    assert store.views() == (kept,)
    store.drop_long_deleted(NOW)
    for write in (lambda: keep(store), lambda: store.delete(kept.id, NOW), lambda: store.start_meeting("", LINK, NOW)):
        assert "can be read and not written" in faults(write, StoreUnavailable)[0]
    assert store.views() == (kept,)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = faults(lambda: open_store(f"sqlite:///{tmp_path}/file/kept.db", RULES), StoreUnavailable)
    assert "The file kept.db for saved views cannot be made in file/." in said[0]


def test_a_file_held_by_somebody_else_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.store.database._PATIENCE", 0.05)
    store = small(tmp_path)
    with closing(sqlite3.connect(tmp_path / "kept.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "people are saving just now" in faults(lambda: keep(store), StoreUnavailable)[0]
        other.execute("ROLLBACK")
    keep(store)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    address = "postgresql://somebody:s3cret@127.0.0.1:1/kept"
    said = faults(lambda: open_store(address, RULES), StoreUnavailable)
    assert "cannot be reached" in said[0]
    assert "s3cret" not in said[0]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "somewhere",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://u:s3cret@host/x",
        "postgresql://u:s3cret@host:port/x",
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(address: str) -> None:
    said = faults(lambda: open_store(address, RULES), StoreError)
    assert "allowed: sqlite:///" in said[0]
    assert "s3cret" not in said[0]
