"""The command for a committee pack: a briefing as slides, page, document and workbook, or all of them in a folder."""

import argparse
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from explorer.briefing.briefing import Briefing
from explorer.briefing.held import full_year
from explorer.briefing.make import Ask, brief
from explorer.config import web_address
from explorer.errors import DataError, SelectionError
from explorer.export.pack import FORMS, whole_pack
from explorer.record_commands import calendar_day
from explorer.records import check_plans, safe_records
from explorer.records.shipped import load_sample, load_standing
from explorer.sources.plans import read_plans
from explorer.wording import day
from explorer.world import World, load_world

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_ONE_MACHINE = "://localhost"
_ELSEWHERE = "Say with --address, or in config/app.yaml, where others find the app."
PACK, SAMPLE, PUBLISHED = "pack", "sample", "published"
_DATA = {"sample": SAMPLE, "plan_records": "records"}  # as the app's links call what is shown; a file is in no link
_MARCH = 3
_ONLY_YEARS = "Published figures are of whole years, so the newest in the file are of the year to"


def add_to(commands: "Commands", today: date) -> None:
    """Add the command to the command line.

    Args:
        today: The day that goes with every file as the one on which it was made.
    """
    names = ", ".join(f"{form.name} (.{form.ending})" for form in FORMS)
    export = commands.add_parser("export", help="a briefing for a committee as a file, or all of them in a folder")
    export.add_argument("what", choices=[*(form.name for form in FORMS), PACK], help=f"{names}; {PACK}: all of them")
    export.add_argument("--area", required=True, help="DfE number of an authority, such as 358")
    export.add_argument("--as-at", type=calendar_day, required=True, help="such as 2018-09-30; nothing later is used")
    export.add_argument("--out", type=Path, required=True, help=f"the file; of a {PACK} the folder")
    export.add_argument("--group", default=None, help="a group of config/benchmarks.yaml")
    export.add_argument("--areas", default="", help="for the group 'custom': DfE numbers, with commas")
    export.add_argument(
        "--records",
        default=None,
        help=f"'{SAMPLE}', '{PUBLISHED}' or a file of plan records; without it, those that the deployment keeps of the "
        "area, else published figures",
    )
    export.add_argument("--address", default=None, help="where the app is found; else config/app.yaml says so")
    export.set_defaults(run=lambda options: _export(options, today))


def _export(options: argparse.Namespace, today: date) -> None:
    published = load_world(options.config)
    world = _with_records(published, options)
    chosen = tuple(code.strip() for code in options.areas.split(",") if code.strip())
    ask = Ask(options.area, options.as_at, options.group or world.config.app.default_group, chosen)
    if ask.group == world.config.benchmarks.picked and not chosen:
        raise SelectionError(f"The group '{ask.group}' needs --areas with DfE numbers, such as --areas 356,936.")
    address = _address(options.address, world)
    briefing = brief(world, ask, today, address + _link(world, ask))
    briefing = replace(briefing, provenance=replace(briefing.provenance, file_needed=world.private))
    year = full_year(options.as_at)
    if world.records is None and options.as_at != date(year, _MARCH, 31):
        print(f"{_ONLY_YEARS} {day(date(year, _MARCH, 31))}. {_later(world, ask)}", file=sys.stderr)
    if options.what == PACK:
        made = whole_pack(briefing, world)  # all of it before anything is written
        _make_folder(options.out)
    else:
        made = tuple((form, form.make(briefing, world)) for form in FORMS if form.name == options.what)
    for form, content in made:
        path = options.out / f"{briefing.stem}.{form.ending}" if options.what == PACK else options.out
        write_whole(path, content)
        print(f"{path}: {form.label}, {len(content):,} bytes. {_what(briefing)}")
    if options.address is None and _ONE_MACHINE in address:
        print(f"The link in it leads to {address}, which opens on this machine alone. {_ELSEWHERE}")


def _later(world: World, ask: Ask) -> str:
    """With which plan records the figures can be as at the day that was asked for."""
    first, last = world.rules.sample_window
    if world.config.source("sample").area == ask.area and first <= ask.as_at <= last:
        return (
            f"--records {SAMPLE} gives invented plan records as at {day(ask.as_at)}; --records FILE gives those of a "
            "file."
        )
    return "With --records FILE they can be later."


def _what(briefing: Briefing) -> str:
    return f"{briefing.title}. {briefing.notice or briefing.provenance.figures + '.'}"


def _with_records(world: World, options: argparse.Namespace) -> World:
    """The figures that the briefing is made from.

    Raises:
        SelectionError: the plan records are another authority's.
        DataError: they cannot be read.
    """
    if options.records is None:
        kept = world.config.standing_records
        standing = load_standing(world.config, world.rules) if kept and kept.area == options.area else None
        return world if standing is None else world.with_records(standing)
    if options.records == PUBLISHED:
        return world
    if options.records == SAMPLE:
        whose = str(world.config.source("sample").area)
        _check_whose(world, options.area, whose, "The sample")
        return world.with_records(load_sample(world.config, world.rules))
    path = Path(options.records)
    file = read_plans(path.name, path, world.rules.limits)
    if file.authority is not None:
        _check_whose(world, options.area, file.authority, path.name)
    checked = check_plans(file, world.rules)
    return world.with_records(safe_records(checked, world.rules, path.name, "upload", world.areas[options.area].code))


def _check_whose(world: World, area: str, whose: str, what: str) -> None:
    if world.areas[area].code != whose:
        raise SelectionError(
            f"{what} holds plan records of {world.areas.label(whose)} ({whose}), and the area asked for is {area}."
        )


def _address(given: str | None, world: World) -> str:
    if given is None:
        return world.config.app.address.value
    try:
        return web_address(given)
    except ValueError as problem:
        raise SelectionError(f"--address {problem}.") from None


def _link(world: World, ask: Ask) -> str:
    """The choices as the app's first page has them in its address; of a file of plan records it knows nothing."""
    year = full_year(ask.as_at)
    choices = {"v": str(world.config.app.link_version), "area": ask.area, "year": str(year), "group": ask.group}
    if ask.chosen:
        choices["areas"] = ".".join(ask.chosen)
    choices["data"] = _DATA.get(world.records.origin, PUBLISHED) if world.records else PUBLISHED
    if choices["data"] != PUBLISHED and ask.as_at != date(year, _MARCH, 31):
        choices["on"] = ask.as_at.isoformat()
    return f"/?{urlencode(choices)}"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise DataError(f"{folder}: the folder cannot be made ({problem.strerror}).") from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: under another name first, which then takes the place of the file.

    Raises:
        DataError: it cannot be written; what was there before is as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise DataError(f"{path}: this is a folder; name the file that should be written.")
        try:
            with part.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise DataError(f"{path}: the file cannot be written ({problem.strerror}).") from None
