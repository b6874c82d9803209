"""How long a page takes on the server, beside a bare page with one slider in the same run.

Run with ``make bench``. Prints a table and writes it, with the machine, to bench/results/pages.json.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.models.calibration import calibrate
from explorer.models.scenario import what_if
from explorer.world import load_world

ROOT = Path(__file__).parents[1]
RUNS = 15
BARE = "import streamlit as st\nst.title('Bare')\nst.write(st.slider('One', 0.0, 2.0, 1.0))\n"


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Median and range of ``RUNS`` runs after one that warms up, in milliseconds."""
    work()
    figures = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        figures.append(1000 * (time.perf_counter() - start))
    return {"median": statistics.median(figures), "least": min(figures), "most": max(figures)}


def main() -> None:
    """Measure, print and record."""
    world = load_world()
    area = world.config.app.default_area
    name = world.areas.label(area)
    calibration = calibrate(world.table, world.config, area, name, 2018)
    work: dict[str, Callable[[], object]] = {
        "load and check config and data": load_world,
        "one position": lambda: world.position(area, "repeat_plan_percent", 2018, "neighbours-2025"),
        "one what-if": lambda: what_if(calibration, 0.8, 1.2),
    }
    bare = AppTest.from_string(BARE, default_timeout=60)
    work["bare page, a rerun"] = bare.run
    for page in ("briefing", "neighbours", "what_if", "about"):
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
        if page != "briefing":
            app.switch_page(f"explorer/app/pages/{page}.py").run()
        work[f"{page}, a rerun"] = app.run
    results = {what: timed(call) for what, call in work.items()}
    base = results["bare page, a rerun"]["median"]
    print(f"{'what':36}{'median ms':>10}{'least':>9}{'most':>9}{'to bare':>9}")
    for what, figures in results.items():
        figures["ratio_to_bare_page"] = figures["median"] / base
        print(
            f"{what:36}{figures['median']:10.1f}{figures['least']:9.1f}{figures['most']:9.1f}"
            f"{figures['ratio_to_bare_page']:9.2f}"
        )
    record = {"python": platform.python_version(), "cores": os.cpu_count(), "runs": RUNS, "milliseconds": results}
    target = ROOT / "bench" / "results" / "pages.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
