"""The tests mirror the package; those in browser/ use a real browser."""

from hypothesis import settings

# The same examples on every run, and no test fails because the machine is busy.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
