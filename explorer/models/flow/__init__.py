"""How many children are on a plan, month by month: plans start, last, end, and some children come back."""

from explorer.models.flow.engine import Flows, run
from explorer.models.flow.equilibrium import LongRun, equilibrium
from explorer.models.flow.inputs import (
    BAND_STARTS,
    LEFT_ROWS,
    OPEN_ROWS,
    SINCE_STARTS,
    Array,
    Effects,
    Rates,
    State,
    YearBefore,
    no_effect,
    return_shape,
)
from explorer.models.flow.noise import Dispersion, Noise, make_noise
from explorer.models.flow.shares import INDICATORS, SUMMARY, indicators, summaries, summary

__all__ = [
    "BAND_STARTS",
    "INDICATORS",
    "LEFT_ROWS",
    "OPEN_ROWS",
    "SINCE_STARTS",
    "SUMMARY",
    "Array",
    "Dispersion",
    "Effects",
    "Flows",
    "LongRun",
    "Noise",
    "Rates",
    "State",
    "YearBefore",
    "equilibrium",
    "indicators",
    "make_noise",
    "no_effect",
    "return_shape",
    "run",
    "summaries",
    "summary",
]
