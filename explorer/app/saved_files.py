"""Saved views as files that leave: all of them as lines or a table, and one what-if as a scenario."""

import json
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from explorer.app.address import address_of
from explorer.app.choice import WHAT_IF_PAGE
from explorer.errors import DataError
from explorer.export.csv_file import csv_bytes
from explorer.models.scenario_code import read_code
from explorer.models.scenario_file import write_scenario
from explorer.models.scenario_words import clean_area, clean_name, clean_notes, clean_version
from explorer.provenance import Provenance
from explorer.store import SavedView
from explorer.world import World

Listed = tuple[SavedView, str]  # a view with its whole address


def listed(views: Sequence[SavedView]) -> tuple[Listed, ...]:
    """Views with their addresses on the machine where the reader has the app open, which only the page knows."""
    return tuple((view, address_of(view.page, view.link)) for view in views)


def json_lines(views: Sequence[Listed], held: Provenance) -> bytes:
    """One view a line, as JSON in UTF-8, with its choices as its link holds them, and where the file comes from."""
    origin = {"provenance": dict(held.lines)}
    lines = ({**_fields(view), "address": whole, **origin} for view, whole in views)
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()


def table_file(views: Sequence[Listed], held: Provenance) -> bytes:
    """One view a row, as CSV; names and notes that a spreadsheet would run are led by an apostrophe."""
    names = ("name", "notes", "page", "address", "data_version", "program_version", "saved", "changed", "version")
    rows = [{**_fields(view), "address": whole} for view, whole in views]
    columns = {name: [row[name] for row in rows] for name in names}
    types = {name: pl.String for name in names if name != "version"}
    return csv_bytes(pl.DataFrame(columns, schema_overrides=types), held)


def _fields(view: SavedView) -> dict[str, object]:
    return {
        "name": view.name,
        "notes": view.notes,
        "page": view.page,
        "link": dict(view.link),
        "data_version": view.data_version,
        "program_version": view.program_version,
        "saved": view.made.isoformat(timespec="seconds"),
        "changed": view.changed.isoformat(timespec="seconds"),
        "version": view.version,
    }


def is_what_if(view: SavedView) -> bool:
    """Whether a view can leave as a scenario file."""
    return view.page == WHAT_IF_PAGE and "if" in view.link


def scenario_text(view: SavedView, world: World, held: Provenance) -> str:
    """The what-if of a view as the YAML file that the What if page reads, under the view's name and notes.

    Where it comes from stands above it, in comments.

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
    origin = "".join(f"# {' '.join(f'{heading}: {words}'.split())}\n" for heading, words in held.lines)
    return origin + write_scenario(changed, settings)
