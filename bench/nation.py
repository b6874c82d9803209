"""How long a nation's plan records take to yearly figures of 150 authorities, and how much memory, as rows grow.

Run with ``python -m bench.nation``; writes bench/results/nation.json and nation.svg. ``--quick`` does a million rows
and writes nothing. The records are invented, block by block, into a temporary folder: as many rows to each
authority as it has of England's plans, from April 2013 to March 2025, a fifth of the children with more than one plan,
and a row in fifty with a fault. What is measured is the whole command, from its start to the table on disk, every check
and the hiding of small numbers in it. Memory is that of all its programs together, 20 times a second: pages that two of
them share count twice, and so do those of files that the system could take back.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import altair as alt
import numpy as np
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import vl_convert

from bench.recorded import RESULTS, Bar, at_most, bars_met, record, table
from explorer.charts.theme import AUTHORITY, NEIGHBOUR, SCENARIO
from explorer.config import load_config
from explorer.sources.published import load_published

ROOT = Path(__file__).parents[1]
Form = Literal["parquet", "csv"]
FIRST, DAYS, SEED = 15_796, 4_383, 2018  # 1 April 2013 in days since 1970, and the days to 31 March 2025
AUTHORITIES, YEAR = 150, 2024
MILLION = 1_000_000
FULL: tuple[tuple[int, Form], ...] = ((1, "parquet"), (3, "parquet"), (10, "parquet"), (30, "parquet"), (10, "csv"))
SECONDS, GIGABYTES = 20.0, 4.0
TURNS = 3  # of each size; one turn may fall on a moment in which the disk or another program is busy
_EVERY = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """What one run of the command took."""

    rows: int
    form: Form
    seconds: float
    processor_seconds: float
    gigabytes: float
    largest_program_gigabytes: float
    file_gigabytes: float
    load_before: float
    figures: int


def shares() -> tuple[list[str], Any]:
    """The authorities with most plans open on 31 March, and their shares of all."""
    open_plans = load_published(load_config(ROOT / "config")).measures.filter(measure="plans_open", year_ending=YEAR)
    known = open_plans.filter(pl.col("area").str.len_chars() == 3, pl.col("value") > 0).top_k(AUTHORITIES, by="value")
    weights = known["value"].to_numpy()
    return known["area"].to_list(), weights / weights.sum()


def invented(rows: int, number: int, areas: list[str], weights: Any) -> pl.DataFrame:  # noqa: ANN401 - an array
    """One block of plans in random order; no child of it is in another block."""
    rng = np.random.default_rng((SEED, number))
    plans = np.minimum(rng.geometric(0.8, rows), 5)  # of each child, one after the other
    child = np.repeat(np.arange(rows), plans)[:rows]
    children = int(child[-1]) + 1
    before = np.arange(rows) - np.searchsorted(child, child)
    area = rng.choice(len(areas), children, p=weights)
    length = rng.gamma(1.6, 200, rows).astype(np.int64) + 2
    gap = rng.gamma(1.2, 400, rows).astype(np.int64) + 1
    run = np.cumsum(length + gap) - length - gap
    start = FIRST + (rng.integers(0, DAYS, children)[child] + run - run[np.searchsorted(child, child)]) % DAYS
    end = start + length
    fault = rng.random(rows)
    end = np.where(fault < 0.005, start, np.where(fault < 0.01, start - 30, end))
    frame = pl.DataFrame({"child": child, "before": before, "start": start, "end": end, "fault": fault})
    return (
        frame.with_columns(authority=pl.Series(np.array(areas)[area[child]]))
        .select(
            "authority",
            child_id=pl.format(f"N{number}-{{}}", "child"),
            start_date=pl.col("start").cast(pl.Int32).cast(pl.Date),
            end_date=pl.when(pl.col("end") < FIRST + DAYS).then("end").cast(pl.Int32).cast(pl.Date),
            previous_plans=pl.col("before").cast(pl.Int8),
            initial_category=pl.when(pl.col("fault") > 0.99).then(pl.lit("unknown")).otherwise(pl.lit("NEG")),
            latest_category=pl.lit("EMO"),
        )
        .sample(fraction=1, shuffle=True, seed=number)
    )


def blocks(millions: int) -> Iterator[pl.DataFrame]:
    """So many million plans, a million at a time."""
    areas, weights = shares()
    for number in range(millions):
        yield invented(MILLION, number, areas, weights)


def made(folder: Path, millions: int, form: Form) -> Path:
    """A folder with one file of the whole nation."""
    folder.mkdir()
    path = folder / f"plans.{form}"
    if form == "csv":
        with path.open("wb") as file:
            for number, block in enumerate(blocks(millions)):
                block.write_csv(file, include_header=number == 0)
        return folder
    writer = None
    for block in blocks(millions):
        held = block.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, held.schema)
        writer.write_table(held, row_group_size=250_000)
    assert writer is not None
    writer.close()
    return folder


def measured(folder: Path, millions: int, form: Form) -> Run:
    """Run the command once."""
    out = folder.parent / "figures.csv"
    command = [sys.executable, "-m", "explorer", "indicators", str(folder), "--by", "authority"]
    command += ["--as-at", "2025-03-31", "--period", "year", "--out", str(out)]
    load, used = os.getloadavg()[0], resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603 - this very program
    looked = _Memory(process.pid)
    looked.start()
    code = process.wait()
    seconds = time.perf_counter() - begun
    looked.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise RuntimeError(f"the command ended with {code}")
    return Run(
        millions * MILLION,
        form,
        seconds,
        after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime,
        looked.most / 1e6,
        looked.largest / 1e6,
        sum(path.stat().st_size for path in folder.iterdir()) / 1e9,
        load,
        pl.scan_csv(out).select(pl.len()).collect().item(),
    )


class _Memory(threading.Thread):
    """Looks at the memory of a program and of all that it began, until it has ended."""

    def __init__(self, program: int) -> None:
        super().__init__(daemon=True)
        self.program, self.most, self.largest = program, 0, 0

    def run(self) -> None:
        while Path(f"/proc/{self.program}").exists():
            each = [_kilobytes(one) for one in (self.program, *_begun_by(self.program))]
            self.most, self.largest = max(self.most, sum(each)), max(self.largest, *each)
            if not each[0]:  # it has ended and waits to be asked how
                return
            time.sleep(_EVERY)


def _begun_by(program: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{program}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield int(child)
                yield from _begun_by(int(child))


def _kilobytes(program: int) -> int:
    with suppress(OSError):
        lines = Path(f"/proc/{program}/status").read_text(encoding="utf-8").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
    return 0


def bars(runs: list[Run]) -> list[Bar]:
    """What has to be shown, of the middle turn of each size."""
    found = {(run.rows // MILLION, run.form): run for run in middle(runs)}
    ten, thirty, text = found[10, "parquet"], found[30, "parquet"], found[10, "csv"]
    return [
        at_most("10,000,000 plans in Parquet to yearly figures of 150 authorities, seconds", ten.seconds, SECONDS),
        at_most("their memory, gigabytes", ten.gigabytes, GIGABYTES),
        at_most("memory with 30,000,000 plans, gigabytes", thirty.gigabytes, GIGABYTES),
        at_most("memory with 10,000,000 plans in CSV, gigabytes", text.gigabytes, GIGABYTES),
    ]


def middle(runs: list[Run]) -> list[Run]:
    """Of the turns of each size the one in the middle by its seconds, with the most memory of any of them."""
    turns: dict[tuple[int, Form], list[Run]] = {}
    for run in runs:
        turns.setdefault((run.rows, run.form), []).append(run)
    return [
        replace(sorted(size, key=lambda run: run.seconds)[len(size) // 2], gigabytes=max(run.gigabytes for run in size))
        for size in turns.values()
    ]


def picture(runs: list[Run]) -> str:
    """Seconds and gigabytes against rows, as SVG; of each size the turn in the middle."""
    rows = pl.DataFrame([
        {"plans": run.rows / MILLION, "form": run.form.replace("parquet", "Parquet").replace("csv", "CSV"),
         "what": what, "found": round(found, 2), "most": most}
        for run in middle(runs)
        for what, found, most in (("Seconds", run.seconds, SECONDS), ("Gigabytes", run.gigabytes, GIGABYTES))
    ])  # fmt: skip
    panels = []
    for what, bar in (("Seconds", SECONDS), ("Gigabytes", GIGABYTES)):
        base = alt.Chart(rows.filter(what=what)).encode(
            x=alt.X("plans:Q", title="Plans, millions", scale=alt.Scale(domain=[0, 32])),
            y=alt.Y("found:Q", title=what, scale=alt.Scale(zero=True)),
        )
        lines = base.transform_filter("datum.form == 'Parquet'").mark_line(color=AUTHORITY)
        points = base.mark_point(filled=True, size=80).encode(
            shape=alt.Shape("form:N", title=None),
            color=alt.Color("form:N", title=None, scale=alt.Scale(range=[SCENARIO, AUTHORITY])),
        )
        words = base.mark_text(dy=-12).encode(text=alt.Text("found:Q", format=".1f"))
        rule = alt.Chart(pl.DataFrame({"bar": [bar]})).mark_rule(strokeDash=[4, 4], color=NEIGHBOUR).encode(y="bar:Q")
        panels.append((lines + points + words + rule).properties(width=300, height=240))
    title = "Plan records of a nation to yearly figures of 150 authorities (dashed: the bar, for 10 million in Parquet)"
    chart = alt.hconcat(*panels).properties(title=title)
    return str(vl_convert.vegalite_to_svg(chart.to_json(), allowed_base_urls=[]))


def shown(run: Run) -> dict[str, float]:
    """A run as a row of a table."""
    return {
        "seconds": run.seconds,
        "of processors": run.processor_seconds,
        "gigabytes": run.gigabytes,
        "largest program": run.largest_program_gigabytes,
        "load before": run.load_before,
    }


def main() -> None:
    """Measure, print and record."""
    quick = "--quick" in sys.argv[1:]
    runs = []
    for millions, form in FULL[:1] if quick else FULL:
        with tempfile.TemporaryDirectory() as place:
            folder = made(Path(place) / "nation", millions, form)
            for _ in range(1 if quick else TURNS):
                runs.append(measured(folder, millions, form))
                table({f"{millions:>3} million, {form:8}": shown(runs[-1])})
    if quick:
        return
    bars_met(found := bars(runs))
    record("nation", {"authorities": AUTHORITIES, "runs": [vars(run) for run in runs]}, found)
    (RESULTS / "nation.svg").write_text(picture(runs) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
