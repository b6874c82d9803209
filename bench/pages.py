"""How long a page takes on the server once its data are cached, beside a bare page with one slider in the same run.

Run with ``make bench``. Prints a table, and which pages take longer than ``BAR``; writes it, with the machine, to
bench/results/pages.json.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.app.choices import VIEWS
from explorer.app.evaluation_choices import LOOKS
from explorer.models.calibration import calibrate
from explorer.models.england import learn
from explorer.models.outcome import changes, outcome
from explorer.models.what_if import noise_of
from explorer.world import load_world

ROOT = Path(__file__).parents[1]
RUNS = 15
BAR = 150  # milliseconds: what a page may take
RERUN = ", a rerun"  # of a page
VISITOR = "356"  # Stockport, beside the authority that a page opens with
BARE = "import streamlit as st\nst.title('Bare')\nst.write(st.slider('One', 0.0, 2.0, 1.0))\n"


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Median and range of ``RUNS`` runs after one that warms up, in milliseconds.

    ``processor`` is the median of the time on a processor: what the runs would take were nothing else running.
    """
    work()
    figures, processor = [], []
    for _ in range(RUNS):
        start, busy = time.perf_counter(), time.process_time()
        work()
        figures.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - busy))
    return {
        "median": statistics.median(figures),
        "least": min(figures),
        "most": max(figures),
        "processor": statistics.median(processor),
    }


def pages() -> dict[str, tuple[str, dict[str, str]]]:
    """Every page and view that is timed: its file, and what its link chooses."""
    found: dict[str, tuple[str, dict[str, str]]] = {"briefing": ("briefing", {})}
    for view, words in VIEWS.items():
        found[f"neighbours, {words.lower()}"] = ("neighbours", {"view": view})
        found[f"neighbours, {words.lower()}, two beside"] = ("neighbours", {"view": view, "visitor": VISITOR})
    for measure in ("repeat_plan_percent", "plans_started", "plans_open"):
        found[f"trends, {measure}, years"] = ("trends", {"trend": measure})
        found[f"trends, {measure}, months of the sample"] = (
            "trends",
            {"trend": measure, "data": "sample", "every": "month"},
        )
    so_far = {"trend": "plans_started", "data": "sample", "every": "year_to_date"}
    found["trends, plans_started, the year so far of the sample"] = ("trends", so_far)
    for look, words in LOOKS.items():
        found[f"did it work, {words.lower()}"] = ("did_it_work", {"look": look})
        found[f"did it work, {words.lower()}, of the sample"] = ("did_it_work", {"look": look, "data": "sample"})
    return {**found, "what_if": ("what_if", {}), "about": ("about", {})}


def opened(page: str, link: dict[str, str]) -> AppTest:
    """A page as its link opens it, run once so that its data are cached."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    if page != "briefing":
        app.switch_page(f"explorer/app/pages/{page}.py").run()
    if app.exception:
        raise RuntimeError(f"{page} {link}: {app.exception[0].message}")
    return app


def main() -> None:
    """Measure, print and record."""
    load = os.getloadavg()[0]  # programs that wanted a processor in the last minute; above 1, times are too long
    world = load_world()
    area = world.config.app.default_area
    name = world.areas.label(area)
    models, known = world.models, world.history.up_to(2018)
    england = learn(known, models.fit, models.return_shape)
    start = calibrate(known, england, area, name, models.draws, models.seed, models.fewest)
    noise, planned = noise_of(start, 36, models.seed), models.scenarios["what_trafford_planned_2018"]
    polarity = {key: entry.polarity for key, entry in world.config.indicators.items()}

    def what_if() -> object:
        now, then = (outcome(start, one, models.what_if, noise, models.seed) for one in (None, planned))
        return changes(now, then, polarity)

    work: dict[str, Callable[[], object]] = {
        "load and check config and data": load_world,
        "one position": lambda: world.position(area, "repeat_plan_percent", 2018, "neighbours-2025"),
        "learn from every authority": lambda: learn(known, models.fit, models.return_shape),
        "calibrate one authority": lambda: calibrate(
            known, england, area, name, models.draws, models.seed, models.fewest
        ),
        "one what-if beside as now, 36 months": what_if,
    }
    bare = AppTest.from_string(BARE, default_timeout=60)
    work[f"bare page{RERUN}"] = bare.run
    results = {what: timed(call) for what, call in work.items()}
    for what, (page, link) in pages().items():
        results[f"{what}{RERUN}"] = timed(opened(page, link).run)
    base = results[f"bare page{RERUN}"]["median"]
    print(f"{'what':64}{'median ms':>10}{'least':>9}{'most':>9}{'processor':>11}{'to bare':>9}")
    for what, figures in results.items():
        figures["ratio_to_bare_page"] = figures["median"] / base
        print(
            f"{what:64}{figures['median']:10.1f}{figures['least']:9.1f}{figures['most']:9.1f}"
            f"{figures['processor']:11.1f}{figures['ratio_to_bare_page']:9.2f}"
        )
    slow = [what for what, figures in results.items() if what.endswith(RERUN) and figures["median"] > BAR]
    print(f"Over {BAR} ms: {', '.join(slow) or 'none'}")
    record = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "runs": RUNS,
        "others_running": load,
        "bar": BAR,
        "over_the_bar": slow,
        "milliseconds": results,
    }
    target = ROOT / "bench" / "results" / "pages.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
