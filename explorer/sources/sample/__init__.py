"""The sample: invented plan records for one authority that give its published figures and those of the slides."""

from explorer.sources.sample.make import PLANS_FILE, make_sample
from explorer.sources.sample.read import read_sample
from explorer.sources.sample.settings import SampleSettings, load_sample_settings

__all__ = ["PLANS_FILE", "SampleSettings", "load_sample_settings", "make_sample", "read_sample"]
