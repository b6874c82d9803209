"""No two readers' files meet: what is kept for all is keyed on plain values, and never holds what one reader loaded."""

import gc
import importlib
import inspect
import weakref
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import polars as pl
import pytest
import streamlit as st
from streamlit.runtime.caching.cache_utils import CachedFunc
from streamlit.testing.v1 import AppTest

from tests.fixtures import TRAFFORD
from tests.test_architecture import FILES
from tests.test_nothing_leaks import ROOT, loaded, tiny

APART = ("explorer.app.pages", "explorer.app.serving.server")  # they run where they are imported
SCALARS = (str, int, float, bool, date, NoneType)


def cached_functions() -> dict[str, Callable[..., object]]:
    """Everything in the app that is kept for all readers, by its name."""
    found = {}
    for name in FILES:
        if name.startswith("explorer.app") and not name.startswith(
            ("explorer.app.pages", "explorer.app.serving.server")
        ):
            for label, thing in vars(importlib.import_module(name)).items():
                if isinstance(thing, CachedFunc) and thing.__module__ == name:
                    found[f"{name}.{label}"] = inspect.unwrap(thing)
    return found


def is_plain(kind: Any) -> bool:
    """Whether Streamlit's hash of a value of this type is one of all of it: no frame, no array, no open object."""
    if get_origin(kind) in (Union, UnionType, tuple, frozenset):
        return all(is_plain(part) for part in get_args(kind) if part is not ...)
    if get_origin(kind) is Literal:
        return True
    if isinstance(kind, type) and is_dataclass(kind):
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        hints = get_type_hints(kind)
        return all(is_plain(hints[one.name]) for one in fields(kind))
    return kind in SCALARS or kind is object


CACHED = cached_functions()


def test_the_walk_finds_what_is_kept() -> None:
    assert {"explorer.app.cached.world", "explorer.app.cached_trends._kept_series"} <= set(CACHED)
    assert not is_plain(pl.DataFrame)
    assert not is_plain(tuple[pl.DataFrame, ...])
    assert is_plain(tuple[str, ...])


@pytest.mark.parametrize("name", CACHED)
def test_what_is_kept_for_all_is_keyed_on_plain_values(name: str) -> None:
    hints = get_type_hints(CACHED[name]) if "Rules" not in str(inspect.signature(CACHED[name])) else {}
    for label in inspect.signature(CACHED[name]).parameters:
        if label.startswith("_"):
            continue
        kind = hints.get(label, str)
        assert kind == tuple[object, ...] or is_plain(kind), (name, label, kind)


def test_why_a_frame_is_never_a_key() -> None:
    """Streamlit looks at a frame's first and last rows alone, and would give one reader's answer to another."""

    @st.cache_data
    def total(frame: pl.DataFrame) -> int:
        return int(frame["n"].sum())

    one = pl.DataFrame({"n": [0] * 1_000})
    other = one.with_columns(n=pl.when(pl.int_range(pl.len()) == 500).then(7).otherwise("n"))
    answers = total(one), total(other)
    total.clear()
    assert answers[0] == 0
    assert answers[1] in (0, 7)  # 0 is the wrong one, and it is what 1.67 gives; the rule above holds either way


@pytest.mark.parametrize("page", ["briefing", "neighbours", "trends", "what_if", "did_it_work", "data"])
def test_nothing_of_a_loaded_file_stays_when_its_reader_has_gone(page: str) -> None:
    """Whatever had kept a part of it, a shared cache or a name in a module, would keep it alive."""
    world = loaded(tiny(1))
    assert world.records is not None
    parts = (world, world.records, world.records.checked)
    kept: list[Callable[[], object]] = [weakref.ref(part) for part in parts]
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["loaded plan records"] = world
    app.session_state["choices"] = {"data": "upload", "area": TRAFFORD, "year": 2025}
    if page != "briefing":
        app.switch_page(f"explorer/app/pages/{page}.py")
    app.run()
    assert not app.exception
    del app.session_state["loaded plan records"]
    del app, world, parts
    gc.collect()
    assert [one() for one in kept] == [None, None, None]
