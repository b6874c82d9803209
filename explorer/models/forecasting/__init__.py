"""Forecasts of a series: several ways to make them, a test on its own past, and a fan where one of them helps."""

from explorer.models.forecasting.annual import POINTS, Pooled, learn_pooled
from explorer.models.forecasting.annual_fan import annual_fan, annual_usual_movement
from explorer.models.forecasting.fan import Fan, Score, Tested
from explorer.models.forecasting.series_flow import FLOW_SERIES, flow_paths, monthly_means
from explorer.models.forecasting.series_models import Observed
from explorer.models.forecasting.series_test import Rolled, judged, roll, series_fan, usual_movement
from explorer.models.forecasting.shipped import YearlyTest, annual_tested, load_yearly_test
from explorer.models.forecasting.yearly import Yearly, load_yearly
from explorer.models.forecasting.yearly_flow import FLOW_INDICATORS, flow_of

__all__ = [
    "FLOW_INDICATORS",
    "FLOW_SERIES",
    "POINTS",
    "Fan",
    "Observed",
    "Pooled",
    "Rolled",
    "Score",
    "Tested",
    "Yearly",
    "YearlyTest",
    "annual_fan",
    "annual_tested",
    "annual_usual_movement",
    "flow_of",
    "flow_paths",
    "judged",
    "learn_pooled",
    "load_yearly",
    "load_yearly_test",
    "monthly_means",
    "roll",
    "series_fan",
    "usual_movement",
]
