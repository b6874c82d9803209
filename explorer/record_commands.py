"""The commands for plan records: check a file, count it, make the invented sample."""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from explorer import nation_commands
from explorer.config import load_config
from explorer.errors import DataError, SelectionError
from explorer.export.csv_file import csv_bytes
from explorer.export.workbook import workbook_bytes
from explorer.plan_indicators import PeriodKind, why_refused
from explorer.plan_indicators.periods import period_at
from explorer.provenance import Provenance
from explorer.records import Asked, Checked, RecordRules, all_figures, check_plans, load_record_rules, safe_records
from explorer.records.figures import of_period
from explorer.records.safe import faults_of
from explorer.sentences.records import value_words
from explorer.sources.plans import read_plans
from explorer.sources.sample import make_sample
from explorer.wording import day

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

UNSUPPRESSED = (
    "These figures are not controlled: small numbers in them can identify a child. They are for your own machine "
    "and must not be shared."
)
_WRITERS: Mapping[str, Callable[[pl.DataFrame, Provenance], bytes]] = {
    ".csv": csv_bytes,
    ".xlsx": lambda table, held: workbook_bytes({"findings": table}, held),
}


def add_to(commands: "Commands", today: date) -> None:
    """Add the commands to the command line.

    Args:
        today: The day that goes with a file as the one on which it was made.
    """
    check = commands.add_parser("check", help="every fault in a file of plan records; exit 1 if one is an error")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true", help="print a list of findings")
    check.add_argument("--output", type=Path, help="also write the findings to a .csv or .xlsx file")
    check.set_defaults(run=lambda options: _check(options, today))

    count = commands.add_parser(
        "indicators", help="the indicators of plan records, of a file or a folder of authorities"
    )
    count.add_argument("file", type=Path, help="a file of one authority, or with --by a folder of many")
    count.add_argument(
        "--as-at", type=calendar_day, required=True, help="a date such as 2022-03-31; nothing later is used"
    )
    count.add_argument("--period", choices=get_args(PeriodKind), required=True)
    count.add_argument("--json", action="store_true", help="print a list of objects")
    count.add_argument("--unsuppressed", action="store_true", help="exact figures, for your own machine only")
    nation_commands.add_options(count, calendar_day)
    count.set_defaults(run=lambda options: _indicators(options, today))

    sample = commands.add_parser("make-sample", help="invent the plan records of data/sample/ again")
    sample.set_defaults(run=_make_sample)


def calendar_day(text: str) -> date:
    """A date as it is written in a call.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write it like 2022-03-31") from None


def _read(options: argparse.Namespace) -> tuple[Checked, RecordRules]:
    rules = load_record_rules(options.config, load_config(options.config))
    return check_plans(read_plans(options.file.name, options.file, rules.limits), rules), rules


def _check(options: argparse.Namespace, today: date) -> int:
    checked, rules = _read(options)
    if options.output is not None:
        if options.output.resolve() == options.file.resolve():
            raise DataError(f"{options.output.name}: the findings would take the place of the records themselves.")
        _write(options.output, checked.findings, _origin(options, checked, today))
    if options.json:
        print(json.dumps(checked.findings.to_dicts(), indent=2))
    else:
        for row in checked.findings.iter_rows(named=True):
            whose = "" if row["child_id"] is None else f", child {row['child_id']}"  # some faults are of the file
            print(
                _printable(
                    f"{row['severity']} {row['rule']}, {row['position']}{whose}: "
                    f"found {row['value']}, expected {row['expected']}"
                )
            )
    print(faults_of(checked, rules).sentence, file=sys.stderr)
    for note in checked.file.notes:
        print(note, file=sys.stderr)
    return int((checked.findings["severity"] == "error").any())


def _printable(line: str) -> str:
    """A line in which no cell of a file can break the line or command the terminal."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)


def _origin(options: argparse.Namespace, checked: Checked, today: date) -> Provenance:
    """Where the findings come from: a file of whose content the version tells, and nothing published."""
    with options.file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()[:8]
    return Provenance(
        figures=f"Findings in the plan records of {options.file.name}",
        sources=(options.file.name,),
        version=digest,
        as_at=checked.last or today,
        made=today,
        suppression="Nothing in this list is hidden: it names children and is for you alone.",
        link=f"{load_config(options.config).app.address.value}/data",
    )


def _write(path: Path, findings: pl.DataFrame, origin: Provenance) -> None:
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise DataError(f"{path.name}: the findings can be written to a .csv or an .xlsx file.")
    try:
        path.write_bytes(writer(findings, origin))
    except OSError as problem:
        raise DataError(f"{path.name}: the file cannot be written ({problem.strerror}).") from None


def _indicators(options: argparse.Namespace, today: date) -> int:
    rules = load_record_rules(options.config, load_config(options.config))
    years = rules.limits.earliest_year, rules.limits.latest_year
    if not years[0] <= options.as_at.year <= years[1]:
        raise SelectionError(f"There are no figures for {options.as_at.year}; years are {years[0]} to {years[1]}.")
    if options.by is not None:
        if options.unsuppressed:
            print(UNSUPPRESSED, file=sys.stderr)
        return nation_commands.nation_indicators(options, rules, today)
    _check_single(options)
    _one_authority(options, *_read(options))
    return 0


def _check_single(options: argparse.Namespace) -> None:
    """Refuse what is for many authorities alone."""
    if options.file.is_dir():
        raise SelectionError(
            f"{options.file.name} is a folder; add --by authority, or name one file with the records of one authority."
        )
    for name in ("since", "out", "faults", "workers"):
        if getattr(options, name) is not None:
            raise SelectionError(f"--{name} goes with --by authority.")


def _one_authority(options: argparse.Namespace, checked: Checked, rules: RecordRules) -> None:
    asked = Asked(options.as_at, options.period)
    if options.unsuppressed:
        print(UNSUPPRESSED, file=sys.stderr)
        figures = all_figures(checked, rules, asked)
    else:
        figures = safe_records(checked, rules, checked.file.name, "upload", "", asked).figures
    rows = figures.filter(of_period(asked)).to_dicts()
    _print_remarks(checked, rules, asked, rows, exact=options.unsuppressed)
    if options.json:
        print(json.dumps(rows, indent=2, default=str))
        return
    config = load_config(options.config)
    for row in rows:
        entry = config.indicators[row["indicator"]]
        known = row["numerator"] is not None and row["denominator"] is not None
        counts = f" ({row['numerator']} of {row['denominator']})" if known else ""
        when = f"{options.period.replace('_', ' ')} to {day(asked.end)}"
        print(f"{entry.label}, {when}: {value_words(row, entry)}{counts}")


def _print_remarks(
    checked: Checked, rules: RecordRules, asked: Asked, rows: Sequence[dict[str, Any]], *, exact: bool
) -> None:
    """What should be known beside the figures: rows left out, refusals, a period that the file may not cover."""
    period = period_at(asked.as_at, asked.kind)
    found = faults_of(checked, rules)
    remarks = [found.sentence if exact else found.outline, *checked.file.notes]
    if not exact and (period.end + timedelta(1)).day != 1:
        remarks.append(
            "Days within a month are hidden: two days next to each other would tell single plans apart. Take a month "
            "end, or --unsuppressed on your own machine."
        )
    remarks += dict.fromkeys(
        reason for row in rows if (reason := why_refused(row["indicator"], period, checked.scope)) is not None
    )
    if checked.first_guessed and checked.first is not None and period.first < checked.first:
        remarks.append(
            f"The file holds no plan that ended before {_month(checked.first)}. If plans are missing from before then, "
            "these figures are too low."
        )
    if checked.last_guessed and checked.last is not None and period.end > checked.last:
        remarks.append(
            f"Nothing in the file is later than {_month(checked.last)}. If the file ends before {day(period.end)}, "
            "these figures are wrong: plans that started or ended since are missing."
        )
    for remark in remarks:
        print(remark, file=sys.stderr)


def _month(one: date) -> str:
    """A month in words: the very day would be that of one plan."""
    return f"{one:%B %Y}"


def _make_sample(options: argparse.Namespace) -> None:
    config = load_config(options.config)
    print(make_sample(config.root / "data", options.config))
