"""The command for plan records of a nation: a folder of files to one table of every authority."""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn

import polars as pl
from tqdm import tqdm

from explorer.benchmark_entries import Suppression
from explorer.config import load_config
from explorer.errors import DataError, SelectionError
from explorer.export.csv_file import csv_bytes
from explorer.nation.authority import Question
from explorer.nation.count import Nation, Progress, count_nation, remarks
from explorer.nation.places import places_of
from explorer.provenance import Provenance, hidden_rule
from explorer.records import RecordRules
from explorer.sources.published import load_published
from explorer.sources.upload import shown_name
from explorer.wording import plural

_FORMS = (".csv", ".parquet")
_EXACT = (
    "Nothing is hidden: small numbers in it can identify a child. It is for your own machine and must not be shared."
)
_NO_TOTAL = " There is no total of authorities, because beside the others it would give a hidden figure away."


def add_options(count: argparse.ArgumentParser, calendar_day: Callable[[str], date]) -> None:
    """What the command ``indicators`` takes for a folder beside what it takes for a file.

    Args:
        calendar_day: Reads a date as it is written in a call.
    """
    nation = count.add_argument_group("a folder of many authorities")
    nation.add_argument(
        "--by", choices=["authority"], help="each authority by itself; a column of the files says whose a row is"
    )
    nation.add_argument(
        "--since", type=calendar_day, help="the day from which the files hold every plan, such as 2014-04-01"
    )
    nation.add_argument("--out", type=Path, help="write the table to a .csv or .parquet file")
    nation.add_argument("--faults", type=Path, help="also write rows left out, by authority and rule, for yourself")
    nation.add_argument(
        "--workers", type=int, help="programs that count at once, at most and else one for each processor"
    )


def nation_indicators(options: argparse.Namespace, rules: RecordRules, today: date) -> int:
    """Count a folder by authority; 1 where a file or an authority is missing from the figures.

    Raises:
        SelectionError: options that do not go together.
        DataError: nothing can be counted, or a file cannot be written.
    """
    _check(options)
    config = load_config(options.config)
    places = places_of(load_published(config))
    question = Question(options.period, options.as_at, options.since, options.unsuppressed)
    processors = os.cpu_count() or 1
    programs = processors if options.workers is None else min(options.workers, processors)
    with _bars() as progress:
        nation = count_nation(options.file, places, rules, question, programs, progress)
    for missing in nation.missing:
        print(missing, file=sys.stderr)
    for remark in remarks(nation, places, question):
        print(remark, file=sys.stderr)
    if options.unsuppressed:
        print(_left_out(nation), file=sys.stderr)
    if options.faults is not None:
        _write(options.faults, csv_bytes(nation.faults))
    if options.json:
        print(json.dumps(nation.figures.to_dicts(), indent=2, default=str))
    elif options.out is None:
        sys.stdout.write(csv_bytes(nation.figures).decode("utf-8-sig"))
    if options.out is not None:
        origin = _origin(options, nation, config.benchmarks.suppression, today)
        _write(options.out, _content(options.out, nation.figures, origin))
    return int(bool(nation.missing))


def _check(options: argparse.Namespace) -> None:
    """Refuse what cannot work before hours of it are done."""
    if options.workers is not None and options.workers < 0:
        raise SelectionError("--workers is a number of programs: 0 (everything in this one), 1, 2 and so on.")
    if options.since is not None and options.since > options.as_at:
        raise SelectionError("--since is after --as-at, so there is no day to count.")
    for path, forms in ((options.out, _FORMS), (options.faults, (".csv",))):
        if path is None:
            continue
        if path.suffix.lower() not in forms:
            raise DataError(f"{path.name}: the table can be written to a {' or '.join(forms)} file.")
        if not path.resolve().parent.is_dir():
            raise DataError(f"{path.name}: the folder that it is to stand in is not there.")
        source = options.file.resolve()
        if source in (path.resolve(), path.resolve().parent):
            raise DataError(f"{path.name}: it would stand among the plan records; write it to another folder.")
    if options.out is not None and options.faults is not None and options.out.resolve() == options.faults.resolve():
        raise DataError(f"{options.out.name}: --out and --faults are the same file.")


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar for each thing that is done, with the time left; none where nobody is at a terminal."""
    bars: dict[str, tqdm[NoReturn]] = {}
    with ExitStack() as open_bars:

        def progress(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = open_bars.enter_context(
                    tqdm(total=of, desc=what, unit="", unit_scale=True, disable=None, file=sys.stderr)
                )
            bars[what].update(done - bars[what].n)

        yield progress


def _left_out(nation: Nation) -> str:
    """How many rows are in no figure: for the analyst alone, like the figures beside it."""
    left_out = sum(one.faults.left_out for one in nation.found.values())
    return (
        f"{plural(nation.rows, 'row', 'rows')} read; {plural(left_out, 'row has', 'rows have')} an error and "
        f"{'was' if left_out == 1 else 'were'} left out of every figure."
    )


def _origin(options: argparse.Namespace, nation: Nation, rule: Suppression, today: date) -> Provenance:
    """Where the table comes from; its version tells of nothing that is hidden."""
    whose = "Invented plan records" if nation.invented else "Plan records"
    digest = hashlib.sha256(nation.figures.write_csv().encode()).hexdigest()[:8]
    return Provenance(
        figures=f"{whose} of {plural(len(nation.found), 'authority', 'authorities')}, counted by authority",
        sources=(shown_name(options.file.name),),
        version=digest,
        as_at=options.as_at,
        made=today,
        suppression=_EXACT if options.unsuppressed else hidden_rule(rule, from_records=True) + _NO_TOTAL,
    )


def _content(path: Path, figures: pl.DataFrame, origin: Provenance) -> bytes:
    if path.suffix.lower() == ".csv":
        return csv_bytes(figures, origin)
    content = BytesIO()
    figures.write_parquet(content, metadata=dict(origin.lines))
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what stood there before stays until the new one is complete.

    The new one has a name that nobody can foresee, so that no link waits there to lead the content elsewhere.
    """
    beside = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
        beside.replace(path)
    except OSError as problem:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise DataError(f"{path.name}: the file cannot be written ({problem.strerror}).") from None
