"""Work out the months ahead, as they are and under a what-if."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from explorer.errors import DataError, SelectionError
from explorer.model_commands.arguments import MOST_DRAWS, number, whole
from explorer.models.calibration import Calibration, calibrate
from explorer.models.effects import mean_effects
from explorer.models.england import learn
from explorer.models.flow import BAND_STARTS, INDICATORS, indicators, run
from explorer.models.given_rates import Given, emptied, long_run, with_given
from explorer.models.rates import FIRST, RETURNS
from explorer.models.record_hazards import PlanRecords, calibrate_records
from explorer.models.scenario_file import read_scenario
from explorer.models.scenarios import NO_EFFECT, Scenario
from explorer.models.what_if import BASELINE, SCENARIO, noise_of, paths, run_scenario
from explorer.record_commands import UNSUPPRESSED, calendar_day
from explorer.records import check_plans, faults_of
from explorer.sources.plans import read_plans
from explorer.wording import day, in_range, in_unit
from explorer.world import World, load_world

if TYPE_CHECKING:
    from explorer.model_commands.arguments import Commands

PRINTED = ("mean", "p2_5", "p10", "p50", "p90", "p97_5")
LONGEST = 600  # months, where rates are given: nobody believes calibrated ones for so long
MOST_WORK = 1_200_000  # draws times months: about two gigabytes of memory
_PLACES = 4
_UNITS = {FIRST: "first plans a child and year", RETURNS: "share of children who leave a plan that comes back"}
_GIVEN_FIRST = "first plans a month"
_RATE = "a month (rate)"


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    ahead = commands.add_parser(
        "simulate",
        help="the months ahead as they are and under a what-if",
        description="Plans month by month: the mean and spread of every figure, as things are (baseline) and under a "
        "what-if (scenario). Without --scenario nothing is in use, so that both are equal.",
    )
    ahead.add_argument("--area", required=True, help="DfE number of an authority, such as 358")
    ahead.add_argument("--as-at", type=calendar_day, required=True, help="a 31 March with published figures")
    ahead.add_argument(
        "--months", type=whole(1, LONGEST), help="how far ahead; else as the what-if or interventions.yaml says"
    )
    ahead.add_argument("--scenario", type=Path, help="a what-if, such as config/scenarios/all_six_ideas.yaml")
    ahead.add_argument("--draws", type=whole(1, MOST_DRAWS), default=1000, help="possible futures")
    ahead.add_argument("--seed", type=whole(0, 2**32 - 1), default=1, help="start of the random numbers")
    ahead.add_argument("--json", action="store_true", help="print one JSON object")
    ahead.add_argument("--exact", action="store_true", help="also the exact mean at the central rates, without chance")
    ahead.add_argument(
        "--records", type=Path, help="plan records, on your own machine only: any month end that they cover"
    )
    given = ahead.add_argument_group(
        "rates given by hand, to check the engine against theory; each is the same in every year and draw"
    )
    given.add_argument("--first-starts", type=number(0, 10_000), help="first plans a month")
    given.add_argument(
        "--hazards",
        type=number(0, 10),
        nargs="+",
        metavar="RATE",
        help="monthly rate of ending, one for all plans or five for those of under 3, 3 to 5, 6 to 11, 12 to 23 and 24 "
        "or more completed months; the chance within a month is 1 - exp(-rate), from the month after the start on",
    )
    given.add_argument("--repeat-share", type=number(0, 1, below=True), help="share that comes back, 0 to below 1")
    given.add_argument("--empty", action="store_true", help="start with nobody on a plan and nobody who left one")
    ahead.set_defaults(run=_simulate)


def _simulate(options: argparse.Namespace) -> None:
    given = _given(options)
    world = load_world(options.config)
    scenario = _scenario(options, world)
    months = _months(options, scenario, given, world)
    start = _records(options, world) if options.records else _published(options, world)
    start = with_given(start, given)
    if options.empty:
        start = emptied(start)
    rows = _rows(start, scenario, world, months, options)
    answer = {
        "area": options.area,
        "name": world.areas.label(options.area),
        "as_at": start.as_at.isoformat(),
        "months_ahead": months,
        "draws": options.draws,
        "seed": options.seed,
        "data_version": world.version,
        "scenario": scenario.name,
        "notes": list(_notes(scenario, options, world)),
        "sources": list(start.sources),
        "hidden": list(start.hidden),
        "basis": _basis(start, given),
        "long_run": _long_run(start, given),
        "months": rows,
    }
    if options.json:
        print(json.dumps(answer, indent=2, allow_nan=False))
    else:
        _print(answer, world, scenario)


def _given(options: argparse.Namespace) -> Given:
    hazards = options.hazards
    if hazards is not None:
        if len(hazards) not in (1, len(BAND_STARTS)):
            raise SelectionError(f"--hazards takes one number or {len(BAND_STARTS)}; there are {len(hazards)}.")
        hazards = tuple(hazards) * (len(BAND_STARTS) // len(hazards))
    return Given(options.first_starts, hazards, options.repeat_share)


def _scenario(options: argparse.Namespace, world: World) -> Scenario:
    path: Path | None = options.scenario
    if path is None:
        return NO_EFFECT
    try:
        most = int(world.models.what_if.files.max_bytes.value)
        with path.open("rb") as file:
            content = file.read(most + 1)  # a longer one is refused, so the rest need not be read
    except OSError as problem:
        raise DataError(f"{path.name}: the file cannot be read ({problem.strerror}).") from None
    return read_scenario(content, world.models.what_if, path.name)


def _months(options: argparse.Namespace, scenario: Scenario, given: Given, world: World) -> int:
    allowed = world.models.what_if.settings.months
    months = int(options.months or scenario.months or allowed.value)
    if months > allowed.highest and not given.any:
        raise SelectionError(
            f"{months} months are too far ahead; up to {allowed.highest:g} are allowed, or {LONGEST} where "
            "--first-starts, --hazards or --repeat-share is given."
        )
    if months * options.draws > MOST_WORK:
        raise SelectionError(
            f"{options.draws:,} draws of {months} months need too much memory; up to {MOST_WORK // months:,} draws are "
            "allowed."
        )
    return months


def _published(options: argparse.Namespace, world: World) -> Calibration:
    """Calibrated on published figures."""
    year = _year(options.as_at, world)
    if options.as_at != date(year, 3, 31):
        raise SelectionError(
            f"Published figures are those of 31 March, and {day(options.as_at)} is none. The next one before it is "
            f"31 March {year}. With --records, plan records allow any month end that they cover."
        )
    name = _authority(options.area, world, year)
    known, models = world.history.up_to(year), world.models
    england = learn(known, models.fit, models.return_shape)
    return calibrate(known, england, options.area, name, options.draws, options.seed, models.fewest)


def _year(as_at: date, world: World) -> int:
    """The last published 31 March on or before a date; a first one is needed before it, to know how rates move."""
    first, last = world.history.years[1], world.history.years[-1]
    year = as_at.year - (as_at < date(as_at.year, 3, 31))
    if year < first:
        raise SelectionError(
            f"There are too few published figures before {day(as_at)}; a what-if can start from 31 March {first} on."
        )
    if as_at == date(year, 3, 31) and year > last:
        raise SelectionError(f"There are no published figures at {day(as_at)}; the last ones are at 31 March {last}.")
    return min(year, last)


def _authority(area: str, world: World, year: int) -> str:
    found = world.areas[area]
    if found.level != "local_authority":
        raise SelectionError(f"{found.label} is not an authority; pick an authority to look ahead for.")
    if not found.existed(year):
        raise SelectionError(f"{found.label} did not exist in {year}. {world.areas.history(area)}".strip())
    return found.label


def _records(options: argparse.Namespace, world: World) -> Calibration:
    """Calibrated on plan records, which are not controlled."""
    rules, models, path = world.rules, world.models, options.records
    name = _authority(options.area, world, min(options.as_at.year, world.history.years[-1]))
    checked = check_plans(read_plans(path.name, path, rules.limits), rules)
    print(UNSUPPRESSED, faults_of(checked, rules).sentence, *checked.file.notes, sep="\n", file=sys.stderr)
    if checked.file.authority not in (None, options.area):
        raise SelectionError(f"{path.name}: the plan records are of authority {checked.file.authority}.")
    if checked.first is None or checked.last is None:
        raise SelectionError(f"{path.name}: no plan in it can be counted, so no what-if is shown.")
    days = rules.plans.long_plan_days
    records = PlanRecords(checked.split.kept, checked.first, checked.last, days)
    known = world.history.up_to(_year_of_records(options.as_at, world))
    england = learn(known, models.fit, models.return_shape)
    return calibrate_records(
        records, options.as_at, known, england, options.area, name, options.draws, options.seed, models.fewest
    )


def _year_of_records(as_at: date, world: World) -> int:
    last = world.history.years[-1]
    return last if as_at.year > last else _year(as_at, world)


def _rows(
    start: Calibration, scenario: Scenario, world: World, months: int, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """One object a month, indicator and run."""
    settings = world.models.what_if
    noise = noise_of(start, months, options.seed)
    parts = []
    for which, one in ((BASELINE, None), (SCENARIO, scenario)):
        table = paths(run_scenario(start, one, settings, noise, options.seed), which, INDICATORS)
        if options.exact:
            exact = _exact(start, one, world, months)
            values = np.concatenate([exact[name][:, 0] for name in INDICATORS])
            table = table.with_columns(exact=pl.Series(values).fill_nan(None))
        parts.append(table)
    order = pl.Series(INDICATORS).to_frame("indicator").with_row_index("order")
    whole = pl.concat(parts).join(order, on="indicator").sort("month", "order", "which")
    numbers = (*PRINTED, "exact") if options.exact else PRINTED
    chosen = whole.select(
        "month", pl.col("month_end").cast(pl.String), "indicator", "which", pl.col(*numbers).round(_PLACES)
    )
    return chosen.to_dicts()


def _exact(start: Calibration, scenario: Scenario | None, world: World, months: int) -> Mapping[str, Any]:
    ratios = None
    if scenario is not None and scenario.changes:
        ratios = mean_effects(scenario, world.models.what_if, months, start.leaving_mix)
    flows = run(start.central_state, start.central_rates, ratios, months, None)
    return indicators(flows, start.central_state.year)


def _notes(scenario: Scenario, options: argparse.Namespace, world: World) -> list[str]:
    """What should be known of the what-if's file."""
    notes = []
    if options.scenario is None:
        notes.append("No what-if was given, so the scenario is equal to the baseline.")
    if scenario.data_version not in (None, world.version):
        notes.append(f"The what-if was made with data version {scenario.data_version}; these are {world.version}.")
    if scenario.area not in (None, options.area):
        other = world.areas.by_code.get(str(scenario.area))
        notes.append(f"The what-if was made for {other.label if other else 'another authority'}.")
    if scenario.year not in (None, options.as_at.year):
        notes.append(f"The what-if was made for 31 March {scenario.year}.")
    return notes


def _basis(start: Calibration, given: Given) -> list[dict[str, object]]:
    """What each rate rests on, rates to six significant digits."""
    rows = []
    for name, one in start.basis.items():
        unit = _GIVEN_FIRST if name == FIRST and given.first_starts is not None else _UNITS.get(name, _RATE)
        row = {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in asdict(one).items()}
        rows.append({"rate": row.pop("name"), "unit": unit, **row})
    return rows


def _long_run(start: Calibration, given: Given) -> dict[str, float] | None:
    """Where the given rates lead, in closed form; null where a rate is calibrated or long plans never end."""
    found = long_run(start.central_rates) if given.all else None
    if found is None:
        return None
    yearly = {"plans_started": found.started, "plans_started_repeat": found.repeats, "plans_ended": found.started}
    figures = {
        "repeat_plan_percent": 100 * found.repeat_share,
        "open_2y_plus_percent": 100 * found.open_long_share,
        "ended_2y_plus_percent": 100 * found.ended_long_share,
        "plans_open": found.open,
        "plans_open_2y_plus": found.open_long,
        **{name: 12 * flow for name, flow in yearly.items()},
        "plans_ended_2y_plus": 12 * found.started * found.ended_long_share,
        "mean_months_on_a_plan": found.mean_months,
    }
    return {name: round(float(value[0]), _PLACES) for name, value in figures.items()}


def _print(answer: Mapping[str, Any], world: World, scenario: Scenario) -> None:
    """A table at the end of each year ahead, and of the last month."""
    start = date.fromisoformat(answer["as_at"])
    print(f"{answer['name']}, {answer['months_ahead']} months from {day(start)}, {answer['draws']:,} possible futures")
    shown = (BASELINE, SCENARIO) if scenario.changes else (BASELINE,)
    months = {*range(12, answer["months_ahead"] + 1, 12), answer["months_ahead"]}
    last = 0
    for row in answer["months"]:
        if row["month"] not in months or row["which"] not in shown:
            continue
        if row["month"] != last:
            last = row["month"]
            print(f"\n{day(date.fromisoformat(row['month_end']))}")
        entry = world.config.indicators[row["indicator"]]
        print(f"  {entry.label:45} {row['which']:9} {_in_words(row, entry.unit)}")
    print()
    for note in (*answer["notes"], *answer["sources"]):
        print(note)


def _in_words(row: Mapping[str, Any], unit: str) -> str:
    if row["mean"] is None:
        return "nothing to count"
    wide = in_range(row["p2_5"], row["p97_5"], unit)
    exact = f", exact mean {in_unit(row['exact'], unit)}" if row.get("exact") is not None else ""
    return f"{in_unit(row['mean'], unit):>6}  80%: {in_range(row['p10'], row['p90'], unit)}; 95%: {wide}{exact}"
