"""Saved views as files that leave: all of them as lines or a table, and one what-if as a scenario."""

import json
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import polars as pl

from explorer.app.choice import WHAT_IF_PAGE
from explorer.errors import DataError
from explorer.export.csv_file import csv_bytes
from explorer.models.scenario_code import read_code
from explorer.models.scenario_file import write_scenario
from explorer.models.scenario_words import clean_area, clean_name, clean_notes, clean_version
from explorer.store import SavedView
from explorer.world import World

_SAFE = "~.,:/"  # signs that an address may hold as they are


def json_lines(views: Sequence[SavedView]) -> bytes:
    """One view a line, as JSON in UTF-8, with the choices as its link holds them."""
    return "".join(f"{json.dumps(_fields(view), ensure_ascii=False)}\n" for view in views).encode()


def table_file(views: Sequence[SavedView]) -> bytes:
    """One view a row, as CSV; names and notes that a spreadsheet would run are led by an apostrophe."""
    names = ("name", "notes", "page", "address", "data_version", "program_version", "made", "changed", "version")
    rows = [{**_fields(view), "address": address(view)} for view in views]
    columns = {name: [row[name] for row in rows] for name in names}
    return csv_bytes(pl.DataFrame(columns, schema_overrides={name: pl.String for name in names if name != "version"}))


def address(view: SavedView) -> str:
    """The end of a view's address: '/neighbours?v=1&area=358'."""
    return f"/{view.page}?{urlencode(view.link, safe=_SAFE)}"


def _fields(view: SavedView) -> dict[str, object]:
    return {
        "name": view.name,
        "notes": view.notes,
        "page": view.page,
        "link": dict(view.link),
        "data_version": view.data_version,
        "program_version": view.program_version,
        "made": view.made.isoformat(timespec="seconds"),
        "changed": view.changed.isoformat(timespec="seconds"),
        "version": view.version,
    }


def is_what_if(view: SavedView) -> bool:
    """Whether a view can leave as a scenario file."""
    return view.page == WHAT_IF_PAGE and "if" in view.link


def scenario_text(view: SavedView, world: World) -> str:
    """The what-if of a view as the YAML file that the What if page reads, under the view's name and notes.

    Raises:
        DataError: its link holds no what-if that can be written.
    """
    if not is_what_if(view):
        raise DataError(f"“{view.name}” is not a what-if, so there is no scenario in it.")
    settings = world.models.what_if
    found = read_code(view.link["if"], settings).scenario
    name = clean_name(view.name, int(settings.files.longest_name.value)) or found.name
    notes = clean_notes(view.notes, int(settings.files.longest_notes.value)) or ""
    year = view.link.get("year", "")
    changed = replace(
        found,
        name=name,
        notes=notes,
        data_version=clean_version(view.data_version.partition("+")[0]),
        area=clean_area(view.link.get("area")),
        year=int(year) if year.isdecimal() else None,
    )
    return write_scenario(changed, settings)
