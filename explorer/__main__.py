"""The command line: ``python -m explorer COMMAND``. Figures go to standard output, faults to standard error."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path

from explorer import model_commands, pack_commands, record_commands, serving_command, sweep_commands
from explorer.benchmarks.position import Position, Rank
from explorer.errors import ExplorerError
from explorer.sentences.groups import position_sentence
from explorer.wording import half_up
from explorer.world import CONFIG_FOLDER, World, load_world


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a fault that was told in a sentence, 2 a wrong call, 130 stopped by hand."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int | None] = options.run
    try:
        return run(options) or 0
    except ExplorerError as problem:
        print("\n".join(problem.faults), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped by hand, before the end.", file=sys.stderr)
        return sweep_commands.STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer", description=__doc__)
    parser.add_argument("--config", type=Path, default=CONFIG_FOLDER, help="folder with the YAML files")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check-config", help="check config/ and the data that it names")
    check.set_defaults(run=_check_config)

    place = commands.add_parser("position", help="one authority's figure beside a group's")
    place.add_argument("--area", required=True, help="DfE number of an authority, such as 358")
    place.add_argument("--indicator", required=True, help="a name of config/indicators.yaml")
    place.add_argument("--year", type=int, required=True, help="the year ending 31 March")
    place.add_argument("--group", default=None, help="a group of config/benchmarks.yaml")
    place.add_argument("--areas", default="", help="for the group 'custom': DfE numbers, with commas")
    place.add_argument("--json", action="store_true", help="print one JSON object")
    place.set_defaults(run=_position)
    today = date.today()
    record_commands.add_to(commands, today)
    model_commands.add_to(commands)
    pack_commands.add_to(commands, today)
    sweep_commands.add_to(commands)
    serving_command.add_to(commands)
    return parser


def _check_config(options: argparse.Namespace) -> None:
    load_world(options.config)
    print("ok")


def _position(options: argparse.Namespace) -> None:
    world = load_world(options.config)
    chosen = tuple(code.strip() for code in options.areas.split(",") if code.strip())
    group = options.group or world.config.app.default_group
    found = world.position(options.area, options.indicator, options.year, group, chosen)
    if options.json:
        print(json.dumps(_as_json(found, world), indent=2))
    else:
        print(position_sentence(found, world.config, world.areas))
        for note in found.group.notes:
            print(note)


def _as_json(found: Position, world: World) -> dict[str, object]:
    """A position as one flat object; null where a value is not published."""
    mean, middle = found.mean_bounds or (None, None), found.median_bounds or (None, None)
    own, estimated = found.figure, found.figure.denominator is None
    return {
        "area": found.area,
        "name": world.areas.label(found.area),
        "indicator": found.indicator,
        "unit": world.config.indicators[found.indicator].unit,
        "year": found.year,
        "group": found.group.group,
        "status": own.status,
        "value": _number(own.value),
        "numerator": _number(own.numerator),
        "denominator": _number(own.denominator),
        "denominator_estimate": _number(own.base) if estimated else None,
        "value_low": _number(own.least),
        "value_high": _number(own.most),
        "group_mean": _number(found.mean),
        "group_mean_low": _number(mean[0]),
        "group_mean_high": _number(mean[1]),
        "group_median": _number(found.median),
        "group_median_low": _number(middle[0]),
        "group_median_high": _number(middle[1]),
        "group_pooled": _number(found.pooled),
        "contributing": found.contributing,
        "group_size": found.group_size,
        **_rank("rank", found.rank),
        "england": _number(found.england.value),
        **_rank("england_rank", found.england_rank),
        "notes": list(found.group.notes),
    }


def _rank(name: str, rank: Rank) -> dict[str, int | None]:
    return {
        name: rank.place,
        f"{name}_of": rank.of,
        f"{name}_best": rank.best,
        f"{name}_worst": rank.worst,
        f"{name}_of_bounded": rank.of_bounded,
    }


def _number(value: float | None) -> float | int | None:
    """A number without binary noise: 4 decimal places, whole numbers as such."""
    if value is None:
        return None
    rounded = float(half_up(value, 4))
    return int(rounded) if rounded.is_integer() else rounded


def _from_shell() -> int:
    """As ``main``, for a terminal that knows few letters and for a reader that stops listening."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # "| head" has what it wants; nothing more is written, not even at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_from_shell())
