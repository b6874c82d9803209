"""The sample: invented plan records for one authority that give its published figures and those of the slides."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from explorer.config import load_config
from explorer.errors import DataError
from explorer.schema import PLANS, TABLES
from explorer.sources.sample_choice import choose
from explorer.sources.sample_families import Draws, Family, invent_families
from explorer.sources.sample_figures import PublishedCounts, figures, spells
from explorer.sources.sample_report import report
from explorer.sources.sample_rules import Rule, figure_rules, shape_rules, slide_rules
from explorer.sources.sample_settings import SampleSettings, load_sample_settings
from explorer.sources.table import read_table

SETTINGS_FILE = "sample.yaml"
PLANS_FILE = "invented_plans.csv"
REPORT_FILE = "README.md"
INVENTED = "invented"
_NOT_KEPT = ("death_date", "upn", "position")  # nothing is invented for these
_BETWEEN_DATES = ";"


def make_sample(folder: Path, config_folder: Path) -> tuple[Path, Path]:
    """Invent the sample and write it with its report; the same configuration gives the same bytes.

    Returns:
        The file of plans and the report. Nothing is written unless both can be made.

    Raises:
        ConfigError: a fault in config/.
        DataError: a fault in the published figures, or one that the sample needs is not there.
        ExplorerError: no invented records give every figure.
    """
    config = load_config(config_folder)
    settings = load_sample_settings(config_folder / SETTINGS_FILE)
    measures = read_table(config.root / config.source("measures").path, TABLES["measures"])
    published = PublishedCounts(measures, settings.area)
    families = invent(settings, published)
    contents = {
        PLANS_FILE: csv_text(plan_table(families, settings.last)),
        REPORT_FILE: report(spells(families), published, settings),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return folder / PLANS_FILE, folder / REPORT_FILE


def invent(settings: SampleSettings, published: PublishedCounts) -> list[Family]:
    """Make up families and keep those that together give the figures, by the day their plans begin.

    Raises:
        DataError: a published figure that the sample needs is not there.
        ExplorerError: no choice of families gives every figure.
    """
    draws = Draws(settings.invention.seed)
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
    plans, many = spells(families), len(families)
    return [
        *slide_rules(plans, many, settings),
        *figure_rules(figures(plans, published, settings), plans, many, settings),
        *shape_rules(families, plans, published, settings, draws),
    ]


def plan_table(families: Sequence[Family], last: date) -> pl.DataFrame:
    """One row a plan, with the columns of ``schema.PLANS``, as known at the end of ``last``.

    Plans still open then have no end, babies not yet born an expected birth date in place of a birth date,
    and reviews still to come are left out.
    """
    rows = []
    child_number = 0
    for number, family in enumerate(families, start=1):
        names: dict[int, str] = {}
        for plan in family.plans:
            if plan.child not in names:
                child_number += 1
                names[plan.child] = f"INV-{child_number:04}"
            born = date.fromordinal(family.births[plan.child])
            rows.append(
                {
                    "child_id": names[plan.child],
                    "plan_id": f"{names[plan.child]}-{plan.previous + 1}",
                    "start_date": date.fromordinal(plan.start),
                    "end_date": date.fromordinal(plan.end) if plan.end <= last.toordinal() else None,
                    "previous_plans": plan.previous,
                    "initial_category": plan.initial,
                    "latest_category": plan.latest,
                    "family_id": f"INV-F{number:04}",
                    "birth_date": born if born <= last else None,
                    "expected_birth_date": None if born <= last else born,
                    "referral_date": date.fromordinal(plan.referral),
                    "review_dates": [date.fromordinal(day) for day in plan.reviews if day <= last.toordinal()],
                }
            )
    table = pl.DataFrame(rows, schema={name: kind for name, kind in PLANS.items() if name not in _NOT_KEPT})
    return _complete(table.sort("start_date", "child_id"))


def csv_text(plans: pl.DataFrame) -> str:
    """The rows as CSV. The first column says of every row that it is invented."""
    reviews = pl.col("review_dates").list.eval(pl.element().dt.to_string("%Y-%m-%d")).list.join(_BETWEEN_DATES)
    written = plans.drop(_NOT_KEPT).with_columns(reviews)
    return written.select(pl.lit(INVENTED).alias("note"), *written.columns).write_csv()


def read_sample(path: Path) -> pl.DataFrame:
    """Read a file that ``make_sample`` wrote.

    Returns:
        One row a plan with the columns of ``schema.PLANS``; ``position`` counts as in the file (heading: row 1).

    Raises:
        DataError: the file is missing, is not such a file, or has a row that does not say it is invented.
    """
    again = "make it with: python -m explorer make-sample"
    columns = [name for name in PLANS if name not in _NOT_KEPT]
    try:
        raw = pl.read_csv(path, infer_schema=False)
        dates = [name for name in columns if PLANS[name] == pl.Date()]
        days = pl.col("review_dates").fill_null("").str.split(_BETWEEN_DATES)
        table = raw.with_columns(
            pl.col(dates).str.to_date("%Y-%m-%d"),
            pl.col("previous_plans").cast(pl.Int64),
            days.list.eval(pl.element().filter(pl.element() != "").str.to_date("%Y-%m-%d")),
        ).select("note", *columns)
    except FileNotFoundError:
        raise DataError(f"{path.name}: the file is missing (looked in {path.parent.name}/); {again}.") from None
    except (OSError, pl.exceptions.PolarsError):
        raise DataError(f"{path.name}: this is not the sample that the program writes; {again}.") from None
    if not (table["note"] == INVENTED).fill_null(value=False).all():
        raise DataError(f"{path.name}: a row does not say '{INVENTED}' in the column 'note'; {again}.")
    return _complete(table.drop("note"))


def _complete(table: pl.DataFrame) -> pl.DataFrame:
    """All columns of ``schema.PLANS`` in their order; what is not kept in the file is null."""
    position = pl.format("row {}", pl.int_range(2, pl.len() + 2))
    empty = [pl.lit(None, dtype=PLANS[name]).alias(name) for name in ("death_date", "upn")]
    return table.with_columns(*empty, position=position).select(list(PLANS))
