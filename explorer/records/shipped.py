"""Plan records that come with the program or with a deployment: the invented sample, and a standing folder."""

from dataclasses import replace
from datetime import date

import polars as pl

from explorer.config import Config
from explorer.errors import DataError
from explorer.records.checked import check_plans
from explorer.records.safe import Records, safe_records
from explorer.records.settings import RecordRules
from explorer.sources.checks import run_checks
from explorer.sources.plan_file import NO_PLANS, UNDERCOUNT, PlanFile
from explorer.sources.plan_table import with_previous_plans
from explorer.sources.plans import read_plans
from explorer.sources.sample import read_sample
from explorer.wording import listed

_OF_ONE_RETURN = ("100", "8930")  # the reference date, and ends outside the year: several returns have no one year


def load_sample(config: Config, rules: RecordRules) -> Records:
    """The invented plan records.

    Raises:
        DataError: the file is missing, or a row in it does not say that it is invented.
    """
    source = config.source("sample")
    file = read_sample(config.path(source), rules.limits)
    checked = check_plans(file, rules, *rules.sample_window)
    return safe_records(checked, rules, source.label, "sample", str(source.area))


def load_standing(config: Config, rules: RecordRules) -> Records | None:
    """The plan records of the folder that sources.yaml names; None where it names none.

    Raises:
        DataError: the folder or a file in it cannot be read, or its files are of more than one kind.
    """
    source = config.standing_records
    if source is None:
        return None
    folder = config.path(source)
    if not folder.is_dir():
        raise DataError(f"sources.yaml: the folder '{source.path}' of plan records is not there.")
    files = [
        with_own_checks(read_plans(path.name, path, rules.limits), rules)
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    ]
    if not files:
        raise DataError(f"sources.yaml: the folder '{source.path}' of plan records is empty.")
    whole = joined(files)
    if whole.authority not in (None, source.area):
        raise DataError(
            f"sources.yaml: the plan records are of authority {whole.authority}, and the entry says {source.area}."
        )
    return safe_records(check_plans(whole, rules), rules, source.label, "plan_records", str(source.area))


def with_own_checks(file: PlanFile, rules: RecordRules) -> PlanFile:
    """The file with the faults that only show while it stands alone: those of one return and its one year."""
    found = run_checks(file.plans, file.reference_date, file.year, rules.checks, file.columns)
    return replace(file, unreadable=pl.concat([file.unreadable, found.filter(pl.col("rule").is_in(_OF_ONE_RETURN))]))


def joined(files: list[PlanFile]) -> PlanFile:
    """Files of one kind as one; positions say which file a row stands in.

    Census returns of several years overlap in the plans that were open on 31 March: of a plan that stands in
    more than one file, by child and start, the one in the last file by year is kept, because it knows the end.

    Raises:
        DataError: the files are of different kinds or authorities, invented and real records would be mixed, or
            the return of a year between two others is missing, so that its plans would be counted nowhere.
    """
    if len(files) == 1:
        return files[0]
    kinds = sorted({file.kind for file in files})
    if len(kinds) > 1:
        raise DataError(f"The files are of different kinds ({', '.join(kinds)}); load files of one kind together.")
    authorities = sorted({file.authority for file in files if file.authority is not None})
    if len(authorities) > 1:
        raise DataError(
            f"The files are of different authorities ({', '.join(authorities)}); load those of one authority together."
        )
    ordered = sorted(files, key=lambda file: (file.year or 0, file.name))
    plans = pl.concat(
        file.plans.with_columns(
            plan_id=pl.format("{} {}", pl.lit(file.name), "plan_id"),
            position=pl.format("{}, {}", pl.lit(file.name), "position"),
            order=pl.lit(number),
        )
        for number, file in enumerate(ordered)
    )
    known = pl.col("child_id").is_not_null() & pl.col("start_date").is_not_null()
    latest = pl.col("order") == pl.col("order").max().over("child_id", "start_date")
    unreadable = pl.concat(
        file.unreadable.with_columns(position=pl.format("{}, {}", pl.lit(file.name), "position")) for file in ordered
    )
    notes = dict.fromkeys(note for file in ordered for note in file.notes)
    if plans.height:
        notes.pop(NO_PLANS, None)  # one of the files has none
    covered = _years_covered(ordered)
    last = ordered[-1]
    whole = replace(
        last,
        name=f"{len(files)} files",
        plans=plans.filter(~known | latest).drop("order"),
        unreadable=unreadable,
        children=plans["child_id"].n_unique(),
        year=None,
        reference_date=last.reference_date if covered else None,
        covered=covered,
        notes=tuple(notes),
        columns=frozenset.intersection(*(file.columns for file in ordered)),
    )
    # each file counted the earlier plans of a child in itself alone
    return with_previous_plans(whole) if all(UNDERCOUNT in file.notes for file in ordered) else whole


def _years_covered(files: list[PlanFile]) -> tuple[date, date] | None:
    """The days that the returns of some years are complete for; None where a file is of no one year.

    Raises:
        DataError: a year between two others is missing.
    """
    years = {file.year for file in files if file.year is not None}
    if not years or any(file.year is None for file in files):
        return None
    missing = sorted({*range(min(years), max(years))} - years)
    if missing:
        raise DataError(
            f"The returns are of {min(years)} to {max(years)}, and {listed(map(str, missing))} "
            f"{'is' if len(missing) == 1 else 'are'} missing; add what is missing or load fewer years."
        )
    return date(min(years) - 1, 4, 1), date(max(years), 3, 31)
