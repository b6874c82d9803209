"""Forecasts of a series: several ways to make them, a test on its own past, and a fan where one of them helps."""

from explorer.models.forecasting.annual import POINTS, Pooled, learn_pooled
from explorer.models.forecasting.annual_fan import annual_fan
from explorer.models.forecasting.fan import Fan, Score, Tested
from explorer.models.forecasting.series_flow import FLOW_SERIES, flow_paths, monthly_means
from explorer.models.forecasting.series_test import series_fan, test_series
from explorer.models.forecasting.shipped import YearlyTest, annual_tested, load_yearly_test
from explorer.models.forecasting.yearly import Yearly, load_yearly
from explorer.models.forecasting.yearly_flow import FLOW_INDICATORS, flow_of

__all__ = [
    "FLOW_INDICATORS",
    "FLOW_SERIES",
    "POINTS",
    "Fan",
    "Pooled",
    "Score",
    "Tested",
    "Yearly",
    "YearlyTest",
    "annual_fan",
    "annual_tested",
    "flow_of",
    "flow_paths",
    "learn_pooled",
    "load_yearly",
    "load_yearly_test",
    "monthly_means",
    "series_fan",
    "test_series",
]
