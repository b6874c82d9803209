"""Forecasts of a series: several ways to make them, a test on its own past, and a fan where one of them helps."""

from explorer.models.forecasting.annual import POINTS, Pooled, learn_pooled
from explorer.models.forecasting.annual_fan import annual_fan
from explorer.models.forecasting.fan import Fan, Score, Tested
from explorer.models.forecasting.yearly import Yearly, load_yearly

__all__ = ["POINTS", "Fan", "Pooled", "Score", "Tested", "Yearly", "annual_fan", "learn_pooled", "load_yearly"]
