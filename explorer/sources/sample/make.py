"""Making the sample: families are invented and chosen, and written with the page that says how near they come."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from explorer.config import load_config
from explorer.errors import DataError
from explorer.schema import TABLES
from explorer.sources.sample.draws import Draws
from explorer.sources.sample.families import Family, invent_families
from explorer.sources.sample.figures import PublishedCounts, family_spells, figures
from explorer.sources.sample.records import csv_text, plan_table
from explorer.sources.sample.report import END_MARK, START_MARK, section
from explorer.sources.sample.rules import Rule, figure_rules, slide_rules
from explorer.sources.sample.settings import SampleSettings, load_sample_settings
from explorer.sources.sample.shape import shape_rules
from explorer.sources.table import read_table

PLANS_FILE = Path("sample") / "invented_plans.csv"
README_FILE = "README.md"


def make_sample(data_folder: Path, config_folder: Path) -> Path:
    """Invent the sample, write it, and write its section in the README of the data.

    The same configuration and published figures give the same bytes. Nothing is written unless both can be made.

    Args:
        data_folder: The folder data/: the records go to sample/, the section between two marks of README.md.
        config_folder: The folder config/, which also says where the published figures are.

    Returns:
        The file of plans.

    Raises:
        ConfigError: a fault in config/.
        DataError: a fault in the published figures or in README.md, or a figure that the sample needs is missing.
        ExplorerError: no invented records give every figure.
    """
    config = load_config(config_folder)
    settings = load_sample_settings(config_folder)
    published = read_published(config.root / config.source("measures").path, settings)
    readme, records = data_folder / README_FILE, data_folder / PLANS_FILE
    before, after = _around_section(readme)
    plans = plan_table(invent(settings, published), settings.last)
    records.parent.mkdir(parents=True, exist_ok=True)
    records.write_text(csv_text(plans), encoding="utf-8", newline="\n")
    readme.write_text(before + section(plans, published, settings) + after, encoding="utf-8", newline="\n")
    return records


def read_published(measures: Path, settings: SampleSettings) -> PublishedCounts:
    """The published counts of the authority that the sample is made for.

    Raises:
        DataError: a fault in the file.
    """
    return PublishedCounts(read_table(measures, TABLES["measures"]), settings.area.value)


def invent(settings: SampleSettings, published: PublishedCounts) -> list[Family]:
    """Make up families and keep those that together give the figures, by the day their plans begin.

    Raises:
        DataError: a published figure that the sample needs is not there.
        ExplorerError: no choice of families gives every figure.
    """
    from explorer.sources.sample.choice import choose  # noqa: PLC0415 - scipy is slow to load, and only needed here

    draws = Draws(settings.invention.seed.value)
    families = invent_families(settings.invention, settings.first.toordinal(), settings.last.toordinal(), draws)
    kept = choose(
        _rules(families, settings, published, draws),
        single=np.array([len(family.plans) == 1 for family in families]),
        costs=np.array([draws.uniform() for _ in families]),
    )
    chosen = [family for family, keep in zip(families, kept, strict=True) if keep]
    return sorted(chosen, key=lambda family: (family.plans[0].start, family.births))


def _rules(
    families: list[Family], settings: SampleSettings, published: PublishedCounts, draws: Draws
) -> Sequence[Rule]:
    plans, many = family_spells(families), len(families)
    return [
        *slide_rules(plans, many, settings),
        *figure_rules(figures(plans, published, settings), plans, many, settings),
        *shape_rules(families, plans, published, settings, draws),
    ]


def _around_section(readme: Path) -> tuple[str, str]:
    """The text before and after the section, each with its mark.

    Raises:
        DataError: the file cannot be read, or does not hold the two marks once each and in order.
    """
    try:
        text = readme.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{readme.name}: the file is missing from {readme.parent.name}/ or cannot be read.") from None
    start, end = text.find(START_MARK), text.find(END_MARK)
    if text.count(START_MARK) != 1 or text.count(END_MARK) != 1 or end < start:
        raise DataError(f"{readme.name}: the lines '{START_MARK}' and '{END_MARK}' must stand in it once, in order.")
    return text[: start + len(START_MARK)], text[end:]
