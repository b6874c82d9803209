"""How well the forecasts did on every authority's past years, with the numbers of draws that the pages use.

Run with ``python -m bench.backtest``. Prints the table and writes it, with the machine and the time that it took, to
bench/results/backtest.json. ``python -m explorer backtest --save`` writes the table that ships for the page.
"""

import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from explorer.model_commands.back_test import as_object, print_result, run_all, settings_of
from explorer.world import load_world

ROOT = Path(__file__).parents[1]
# What was asked of the forecasts: percent better than the last value, 1, 2 and 3 years ahead, and percent of truths
# within the two ranges.
ASKED = {
    "repeat_plan_percent": (20, 20, 20),
    "ended_2y_plus_percent": (36, 20, 17),
    "open_2y_plus_percent": (21, 17, 17),
    "plans_open": (8, 11, 11),
}
ASKED_80, ASKED_95 = (77, 83), (93, 97)


def main() -> None:
    """Run, print and record."""
    world = load_world()
    begun = time.perf_counter()
    result = run_all(world)
    seconds = time.perf_counter() - begun
    print_result(result)
    print(f"\nBeside what was asked{'':13}{'gain':>8}{'asked':>8}   80%: {ASKED_80}   95%: {ASKED_95}")
    own = result.summary.filter(model="plan_flow")
    for row in own.iter_rows(named=True):
        asked = ASKED[row["indicator"]][row["horizon"] - 1]
        held = (
            f"{row[name]:6.1f} {'yes' if least <= row[name] <= most else 'no':4}"
            for name, (least, most) in (("in_80", ASKED_80), ("in_95", ASKED_95))
        )
        print(f"{row['indicator']:28}{row['horizon']:6}{row['gain']:8.1f}{asked:8}   {'  '.join(held)}")
    record = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "cores": os.cpu_count(),
        "seconds": round(seconds, 1),
        "draws": settings_of(world).draws,
        "seed": settings_of(world).seed,
        "asked": {"gain": ASKED, "in_80": ASKED_80, "in_95": ASKED_95},
        **as_object(result),
    }
    target = ROOT / "bench" / "results" / "backtest.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
