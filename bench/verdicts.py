"""Which verdict every English authority would get for a start at which most of them began nothing.

Run with ``python -m bench.verdicts``; writes bench/results/verdicts.json. The published re-plan shares of all
authorities, asked as if something had begun everywhere on 1 September 2018. Some will have begun something and changed,
so the share that is told an effect is more than that of false ones. Also of those that were highest before: they are
the ones that are asked about. And how often the range of before-and-after holds what came.
"""

import json
import platform
from collections import Counter
from datetime import date
from pathlib import Path as File
from typing import get_args

from explorer.evaluation.alike import alike
from explorer.evaluation.before_after import BeforeAfter, before_after
from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.gathered import of_comparison
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import Path, ramp, step
from explorer.evaluation.variants import variants
from explorer.evaluation.verdict import Inquiry, Verdict, decide
from explorer.evaluation.verdict_settings import Answer
from explorer.world import World, load_world

ROOT = File(__file__).parents[1]
MEASURE, START, BEFORE = "repeat_plan_percent", date(2018, 9, 1), 2018
LASTS = (2020, 2023, 2025)
PATHS = (step(START), ramp(START, 6, 36, "rising for three years after half a year"))
_STOOD, _HIGHEST = 30, 5  # authorities that stood alike; one in so many is among the highest


def moved(world: World, area: str, last: int) -> BeforeAfter:
    """Before and after for one authority."""
    codes = tuple(one.code for one in world.areas.authorities)
    then, now = (world.figures(MEASURE, year) for year in (BEFORE, last))
    return before_after(area, (BEFORE, last), then, now, codes, world.config.benchmarks)


def verdict_of(world: World, figures: Panel, area: str, path: Path, last: int) -> Verdict:
    """The verdict as the page would give it."""
    question = Question(area, path, last, world.evaluation.main.published)
    found = compare(figures, question, world.evaluation)
    names = {one.code: one.label for one in world.areas.authorities}
    ways = variants(figures, found, world.evaluation, names) if isinstance(found, Controlled) else ()
    asked = Inquiry(area, MEASURE, "nothing", START, date(last, 3, 31), "published")
    stood = alike(figures, area, START, last, _STOOD)
    return decide(of_comparison(asked, found, ways, stood, moved(world, area, last)), world.evaluation)


def counted(verdicts: list[Verdict]) -> dict[str, float]:
    """How many, and of those that could be asked the percent with each answer."""
    asked = [one for one in verdicts if one.evidence.estimate is not None]
    answers = Counter(one.answer for one in asked)
    shares = {answer: 100 * answers[answer] / len(asked) for answer in get_args(Answer) if answer != "not_asked"}
    return {"authorities": len(verdicts), "asked": len(asked)} | shares


def main() -> None:
    """Run, print and record."""
    world = load_world()
    codes = tuple(one.code for one in world.areas.authorities if one.existed(BEFORE))
    figures = panel(world.table, MEASURE, codes, stock=False)
    before = {code: one.value for code, one in world.figures(MEASURE, BEFORE).items() if code in codes and one.value}
    highest = set(sorted(before, key=lambda code: -before[code])[: len(before) // _HIGHEST])
    results: dict[str, dict[str, float]] = {}
    for path in PATHS:
        for last in LASTS:
            verdicts = [verdict_of(world, figures, area, path, last) for area in codes]
            title = f"{path.label}, to March {last}"
            results[title] = counted(verdicts)
            results[f"{title}, highest fifth before"] = counted(
                [one for one in verdicts if one.evidence.asked.area in highest]
            )
            print(title, results[title], results[f"{title}, highest fifth before"], flush=True)
    inside = {}
    for last in LASTS:
        lefts = [one.left for area in codes if (one := moved(world, area, last)).left is not None]
        held = [one.low <= 0 <= one.high for one in lefts if one.low is not None and one.high is not None]
        inside[str(last)] = 100 * sum(held) / len(held)
    record = {
        "python": platform.python_version(),
        "measure": MEASURE,
        "start": START.isoformat(),
        "answers_percent": results,
        "before_and_after_within_95_percent_range": inside,
    }
    target = ROOT / "bench" / "results" / "verdicts.json"
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
