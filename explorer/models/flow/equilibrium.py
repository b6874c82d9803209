"""Where steady rates lead in the long run, in closed form: the same months and bands as the engine, summed to the end.

Started = first / (1 - R); the re-plan share is R = 1 - exp(-level); open = started times the mean months on a plan; the
share of endings after two years is that of plans that reach them. Source: ``shared/methods.md``, "Plan flow".
"""

from dataclasses import dataclass

import numpy as np

from explorer.models.flow.inputs import BAND_STARTS, OPEN_ROWS, Array


@dataclass(frozen=True)
class LongRun:
    """Figures that no longer change, each (draws); children are a month's, shares are from 0 to 1.

    Args:
        started: Plans started a month, and as many ended.
        repeats: Those of them that are re-plans.
        repeat_share: Re-plans of plans started.
        mean_months: Mean months on a plan, counted at month ends.
        open: Plans open.
        open_long: Those of them that have lasted two years or more.
        open_long_share: The same as a share.
        ended_long_share: Plans that had lasted two years or more, of plans ended.
    """

    started: Array
    repeats: Array
    repeat_share: Array
    mean_months: Array
    open: Array
    open_long: Array
    open_long_share: Array
    ended_long_share: Array


def equilibrium(first_starts: Array, ending: Array, return_level: Array, ending_shape: Array | None = None) -> LongRun:
    """The long run of rates that hold for ever.

    Args:
        first_starts: (draws|1) first plans a month.
        ending: (5, draws|1) monthly hazard of a plan's ending by duration band; the last one above 0.
        return_level: (draws|1) hazard of ever coming back, added up over ten years.
        ending_shape: (25,) as in ``Rates``; None: 1 at every age.

    Raises:
        ValueError: where long plans never end, so that there is no long run.
    """
    if not (ending[-1] > 0).all():
        raise ValueError("Plans of two years or more never end, so that the long run is never reached.")
    widths = np.diff([*BAND_STARTS, OPEN_ROWS])
    shape = np.ones(OPEN_ROWS) if ending_shape is None else ending_shape
    hazard = ending.repeat(widths, axis=0) * shape[:, None]
    reached = np.exp(-np.concatenate([np.zeros_like(hazard[:1]), np.cumsum(hazard[:-1], axis=0)]))
    long_months = reached[-1] / -np.expm1(-hazard[-1])
    mean_months = reached[:-1].sum(axis=0) + long_months
    share = -np.expm1(-return_level)
    started = first_starts * np.exp(return_level)
    return LongRun(
        started=started,
        repeats=started * share,
        repeat_share=share,
        mean_months=mean_months,
        open=started * mean_months,
        open_long=started * long_months,
        open_long_share=long_months / mean_months,
        ended_long_share=reached[-1],
    )
