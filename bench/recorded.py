"""What a measurement comes to: middle and tail, a table, bars that were met or missed, and the machine it was on."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
_LIBRARIES = ("streamlit", "uvicorn", "polars", "altair", "numpy", "pandas")


@dataclass(frozen=True)
class Bar:
    """Something that should be shown: what, what was found, the most that it may be, and whether it is met."""

    what: str
    found: float
    most: float
    met: bool


def at_most(what: str, found: float, most: float) -> Bar:
    """A bar that is met by a figure no larger than it."""
    return Bar(what, float(found), most, bool(found <= most))


def quantile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that at least a share of all do not exceed; nan of none."""
    return float(np.quantile(figures, share, method="inverted_cdf")) if len(figures) else float("nan")


def spread(figures: Sequence[float]) -> dict[str, float]:
    """Median, 95th of 100, least and most."""
    return {
        "median": quantile(figures, 0.5),
        "p95": quantile(figures, 0.95),
        "least": min(figures, default=float("nan")),
        "most": max(figures, default=float("nan")),
    }


def table(rows: Mapping[str, Mapping[str, float]]) -> None:
    """Print figures by row, each with its name."""
    wide = max(map(len, rows))
    for name, figures in rows.items():
        print(f"{name:{wide}}  " + "  ".join(f"{what} {value:.2f}" for what, value in figures.items()))


def bars_met(bars: Sequence[Bar]) -> None:
    """Print which bars are met."""
    for bar in bars:
        print(f"{'met   ' if bar.met else 'MISSED'}  {bar.what}: {bar.found:.2f}, at most {bar.most:g}")


def machine() -> dict[str, Any]:
    """The machine, how busy it was, and the versions of what was measured."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def record(name: str, found: Mapping[str, Any], bars: Sequence[Bar], browser: str = "") -> None:
    """Write a measurement to bench/results."""
    told = machine() | ({"chromium": browser} if browser else {})
    held = {"machine": told, **found, "bars": [asdict(bar) for bar in bars]}
    (RESULTS / f"{name}.json").write_text(json.dumps(_rounded(held), indent=2) + "\n", encoding="utf-8")


def _rounded(held: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
    """Figures to four places: more would be noise in the file's history."""
    match held:
        case float():
            return round(held, 4)
        case Mapping():
            return {key: _rounded(value) for key, value in held.items()}
        case list() | tuple():
            return [_rounded(value) for value in held]
        case _:
            return held
