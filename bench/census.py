"""How long a census return takes to read, and how much memory.

Run with ``python -m bench.census``. The returns are invented and made in a temporary folder. Each reading is
a process of its own, so that its peak of memory is its own. Prints a table and writes it, with the machine,
to bench/results/census.json.
"""

import json
import multiprocessing
import os
import platform
import random
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
MEGABYTES = 100
MILLION = 1_000_000
TARGET_SECONDS, TARGET_MEGABYTES = 30, 1000  # for the 100 MB return, read and checked
CATEGORIES = ("NEG", "PHY", "SAB", "EMO", "MUL")
HEADER = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Message>\n  <Header>\n    <CollectionDetails>\n'
    "      <Collection>CIN</Collection>\n      <Year>2025</Year>\n      <ReferenceDate>2025-03-31</ReferenceDate>\n"
    "    </CollectionDetails>\n  </Header>\n  <Children>\n"
)
FOOTER = "  </Children>\n</Message>\n"
FULL = """    <Child>
      <ChildIdentifiers>
        <LAchildID>INV{number:07d}</LAchildID>
        <UPN>A{number:012d}</UPN>
        <PersonBirthDate>{born}</PersonBirthDate>
        <Sex>F</Sex>
      </ChildIdentifiers>
      <ChildCharacteristics>
        <Ethnicity>WBRI</Ethnicity>
        <Disabilities>
          <Disability>NONE</Disability>
        </Disabilities>
      </ChildCharacteristics>
      <CINdetails>
        <CINreferralDate>{referred}</CINreferralDate>
        <ReferralSource>1A</ReferralSource>
        <PrimaryNeedCode>N1</PrimaryNeedCode>
        <Assessments>
          <AssessmentActualStartDate>{referred}</AssessmentActualStartDate>
          <FactorsIdentifiedAtAssessment>
            <AssessmentFactors>3B</AssessmentFactors>
          </FactorsIdentifiedAtAssessment>
        </Assessments>
        <ReferralNFA>0</ReferralNFA>
        <ChildProtectionPlans>
          <CPPstartDate>{started}</CPPstartDate>
          <CPPendDate>{ended}</CPPendDate>
          <InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse>
          <LatestCategoryOfAbuse>{category}</LatestCategoryOfAbuse>
          <NumberOfPreviousCPP>{previous}</NumberOfPreviousCPP>
          <Reviews>
            <CPPreviewDate>{reviewed}</CPPreviewDate>
          </Reviews>
        </ChildProtectionPlans>
      </CINdetails>
    </Child>
"""
LEAN = (
    "<Child><ChildIdentifiers><LAchildID>INV{number:07d}</LAchildID><PersonBirthDate>{born}</PersonBirthDate>"
    "</ChildIdentifiers><CINdetails><ChildProtectionPlans><CPPstartDate>{started}</CPPstartDate>"
    "<CPPendDate>{ended}</CPPendDate><InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse>"
    "<LatestCategoryOfAbuse>{category}</LatestCategoryOfAbuse><NumberOfPreviousCPP>{previous}</NumberOfPreviousCPP>"
    "</ChildProtectionPlans></CINdetails></Child>\n"
)


def make(target: Path, template: str, *, plans: int = 0, megabytes: int = 0, seed: int = 1) -> int:
    """Write an invented return of so many plans, or of so many megabytes; returns the number of plans."""
    chance, number = random.Random(seed), 0  # noqa: S311
    with target.open("w", encoding="utf-8") as stream:
        stream.write(HEADER)
        while number < plans or stream.tell() < megabytes * 1_000_000:
            block = []
            for _ in range(min(1000, plans - number) if plans else 1000):
                number += 1
                started = date(2024, 4, 1) - timedelta(days=chance.randrange(600))
                block.append(
                    template.format(
                        number=number,
                        born=date(2015, 1, 1) + timedelta(days=chance.randrange(3000)),
                        referred=started - timedelta(days=30),
                        started=started,
                        ended=date(2024, 4, 2) + timedelta(days=chance.randrange(360)),
                        reviewed=started + timedelta(days=90),
                        category=chance.choice(CATEGORIES),
                        previous=chance.choice((0, 0, 0, 1)),
                    )
                )
            stream.writelines(block)
        stream.write(FOOTER)
    return number


def reading(path: str, held: bool, queue: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Read, check, count and control a return, and report what it took; ``held`` as an upload is, in memory."""
    from explorer.config import Limits, load_config  # noqa: PLC0415 - the parent stays small
    from explorer.records import check_plans, load_record_rules, safe_records  # noqa: PLC0415
    from explorer.sources.plans import read_plans  # noqa: PLC0415

    limits = Limits(
        max_bytes=2_000_000_000,
        max_upload_bytes=2_000_000_000,
        max_rows=2 * MILLION,
        max_columns=200,
        max_expansion_ratio=100,
        earliest_year=1990,
        latest_year=2030,
    )
    config = load_config(ROOT / "config")
    rules = load_record_rules(ROOT / "config", config)
    before = peak()
    start, busy = time.perf_counter(), time.process_time()
    found = read_plans("return.xml", Path(path).read_bytes() if held else Path(path), limits)
    read = time.perf_counter() - start
    checked = check_plans(found, rules)
    safe_records(checked, rules, "return.xml", "upload", "358")
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    queue.put(
        {
            "plans": found.plans.height,
            "seconds": seconds,
            "reading_seconds": read,
            "processor_seconds": busy,  # what it takes where nothing else runs
            "peak_mb": peak(),
            "peak_before_mb": before,
        }
    )


def peak() -> float:
    """The most memory this process has had, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / 1e6


def measured(path: Path, *, held: bool) -> dict[str, float]:
    """What a reading takes in a fresh process."""
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    process = context.Process(target=reading, args=(str(path), held, queue))
    process.start()
    figures: dict[str, float] = queue.get()
    process.join()
    return {"megabytes": path.stat().st_size / 1e6, **figures}


def main() -> None:
    """Make, measure, print and record."""
    results = {}
    with TemporaryDirectory() as folder:
        hundred, million = Path(folder) / "hundred.xml", Path(folder) / "million.xml"
        make(hundred, FULL, megabytes=MEGABYTES)
        results["100 MB, uploaded"] = measured(hundred, held=True)
        results["100 MB, from a folder"] = measured(hundred, held=False)
        make(million, LEAN, plans=MILLION)
        results["1,000,000 plans, from a folder"] = measured(million, held=False)
    print(f"{'what':32}{'MB':>8}{'plans':>11}{'seconds':>9}{'of CPU':>8}{'peak MB':>9}{'of it before':>14}")
    for what, figures in results.items():
        print(
            f"{what:32}{figures['megabytes']:8.0f}{figures['plans']:11,.0f}{figures['seconds']:9.1f}"
            f"{figures['processor_seconds']:8.1f}{figures['peak_mb']:9.0f}{figures['peak_before_mb']:14.0f}"
        )
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "target": {"seconds": TARGET_SECONDS, "peak_mb": TARGET_MEGABYTES},
        "results": results,
    }
    target = ROOT / "bench" / "results" / "census.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
