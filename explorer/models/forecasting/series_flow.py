"""The plan flow as one of the ways to forecast months or quarters: its mean path from the last 31 March."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.models.calibration import Calibration
from explorer.models.flow import Noise, run
from explorer.models.forecasting.series_models import Observed

Array = NDArray[Any]
_YEAR = 12
FLOW_SERIES = (
    "plans_open",
    "plans_started",
    "plans_ended",
    "plans_started_repeat",
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
)
_STOCKS = ("plans_open", "open_2y_plus_percent")  # as on a day; the others are counted over a period


def monthly_means(start: Calibration, noise: Noise, season: int = _YEAR) -> dict[str, Array]:
    """The means of the plan flow after its start, by ``FLOW_SERIES``: of each month, or with ``season`` 4 each quarter.

    Args:
        start: where the authority stands on a 31 March.
        noise: of as many months as are wanted.
        season: periods a year, 12 or 4.
    """
    flows = run(start.state, start.rates, None, noise.places.shape[0], noise)
    months = _YEAR // season
    day = {
        name: one.mean(axis=1)[months - 1 :: months] for name, one in (("open", flows.open), ("long", flows.open_long))
    }
    over = {
        name: getattr(flows, name).mean(axis=1).reshape(-1, months).sum(axis=1)
        for name in ("started", "repeats", "ended", "ended_long")
    }
    return {
        "plans_open": day["open"],
        "plans_started": over["started"],
        "plans_ended": over["ended"],
        "plans_started_repeat": over["repeats"],
        "repeat_plan_percent": 100 * over["repeats"] / over["started"],
        "open_2y_plus_percent": 100 * day["long"] / day["open"],
        "ended_2y_plus_percent": 100 * over["ended_long"] / over["ended"],
    }


def flow_paths(
    name: str, paths: Mapping[date, Array], ends: Sequence[date], values: Array, season: int, ahead: int
) -> Array:
    """(times, ahead) what the plan flow expected after each period, as ``test_series`` takes it.

    From each period on it is the path of the last 31 March by then. One of plans open is moved to start at the last
    figure, for what is open on a day stays; a number or share of a single month or quarter is mostly chance, and stays
    where the path has it.

    Args:
        name: of ``FLOW_SERIES``.
        paths: by the 31 March that each starts from, its means of the periods after it (``monthly_means``).
        ends: the last day of each period.
        values: the figures.
        season: periods a year.
        ahead: periods.
    """
    carried = Observed(values, season).carried
    found = np.full((len(values), ahead), np.nan)
    for time, end in enumerate(ends):
        begun = [start for start in paths if start <= end]
        if not begun:
            continue
        start = max(begun)
        gone = ((end.year - start.year) * _YEAR + end.month - start.month) * season // _YEAR
        path = paths[start]
        reach = path[gone : gone + ahead]
        shift = carried[time] - path[gone - 1] if name in _STOCKS and 0 < gone <= len(path) else 0.0
        found[time, : len(reach)] = np.maximum(reach + shift, 0.0)
    return found
