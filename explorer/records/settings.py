"""Everything in config/ that says how plan records are read, checked, counted and shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from explorer.benchmark_entries import Benchmarks
from explorer.config import Config, Limits
from explorer.disclosure import ReleaseRules, load_release
from explorer.errors import ConfigError
from explorer.plan_indicators import PlanRules, load_plan_rules
from explorer.sources.checks import CheckSettings, load_checks
from explorer.sources.sample import load_sample_settings

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class RecordRules:
    """The rules of plan records, from six files of config/; ``sample_window`` is what the sample covers."""

    limits: Limits
    history_years: int
    checks: CheckSettings
    plans: PlanRules
    release: ReleaseRules
    benchmarks: Benchmarks
    sample_window: tuple[date, date]


def load_record_rules(folder: Path, config: Config) -> RecordRules:
    """Read checks.yaml, plans.yaml, release.yaml and sample.yaml of ``folder``.

    Raises:
        ConfigError: with one sentence for every fault in all of them.
    """
    faults: list[str] = []
    checks = _loaded(load_checks, folder, faults)
    plans = _loaded(load_plan_rules, folder, faults)
    release = _loaded(load_release, folder, faults)
    sample = _loaded(load_sample_settings, folder, faults)
    if checks is None or plans is None or release is None or sample is None:
        raise ConfigError(*faults)
    return RecordRules(
        config.app.uploads,
        int(config.app.records_history.value),
        checks,
        plans,
        release,
        config.benchmarks,
        (sample.first, sample.last),
    )


def _loaded(read: Callable[[Path], Loaded], folder: Path, faults: list[str]) -> Loaded | None:
    try:
        return read(folder)
    except ConfigError as problem:
        faults += problem.faults
        return None
