"""Raw cells of any reader become the plan table, beside a list of what could not be read."""

from collections.abc import Iterator, Mapping

import polars as pl

from explorer.config import Limits
from explorer.errors import DataError
from explorer.schema import FINDINGS, PLANS
from explorer.sources.categories import category_codes
from explorer.sources.cells import dates, text, wholes

RULE = "unreadable"
LONGEST_CELL = 10_000  # letters: a longer cell is no identifier, date or category
_SHOWN = 60
# An unreadable cell of these makes the plan itself uncertain, so that its row is left out; of the others a query.
_VITAL = ("start_date", "end_date", "previous_plans")
DATE_COLUMNS: Mapping[str, str] = {
    "start_date": "plan start date",
    "end_date": "plan end date",
    "birth_date": "date of birth",
    "expected_birth_date": "expected date of birth",
    "death_date": "date of death",
    "referral_date": "referral date",
}
CATEGORIES = ("initial_category", "latest_category")


def typed_plans(place: str, raw: pl.DataFrame, limits: Limits) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type the columns of ``raw``.

    Args:
        place: the file, for sentences.
        raw: columns of ``schema.PLANS`` under their names, as text or of any plain type, in any order; the
            ones that are not there become null. ``position`` must be there. Several review dates in one
            text stand with semicolons between them.

    Returns:
        The plans (``schema.PLANS``) and the cells that could not be read (``schema.FINDINGS``).

    Raises:
        DataError: a column holds something else than plain cells, or a cell is absurdly long.
    """
    _check_plain(place, raw)
    child = text(raw["child_id"]) if "child_id" in raw.columns else _nothing(raw.height, pl.String())
    keys = pl.DataFrame({"child_id": child, "position": raw["position"]})
    typed: dict[str, pl.Series] = {}
    faults: list[pl.DataFrame] = []
    for name, dtype in PLANS.items():
        if name not in raw.columns:
            typed[name] = _nothing(raw.height, dtype)
        elif name == "position":
            typed[name] = raw[name]
        elif name == "child_id":
            typed[name] = child
        elif name == "review_dates":
            typed[name], found = _reviews(raw[name], keys, limits)
            faults.append(found)
        else:
            typed[name] = _column(name, raw[name], limits)
            faults.append(_unreadable(name, raw[name], typed[name], keys, limits))
    plans = pl.DataFrame(typed).with_columns(pl.col("plan_id").fill_null(pl.col("position")))
    named = _told_apart(plans) if "plan_id" in raw.columns else plans  # a position stands once
    return named, pl.concat([pl.DataFrame(schema=FINDINGS), *faults])


def expected_date(limits: Limits) -> str:
    """What a date may be, in words."""
    return f"a date like 2019-04-01 or 01/04/2019, from {limits.earliest_year} to {limits.latest_year}"


def finding(severity: str, child: str | None, position: str, value: str, expected: str) -> dict[str, str | None]:
    """One row of ``schema.FINDINGS`` for something that could not be read."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return dict(zip(FINDINGS, (RULE, severity, child, position, shown, expected), strict=True))


def _column(name: str, cells: pl.Series, limits: Limits) -> pl.Series:
    if name in DATE_COLUMNS:
        return dates(cells, limits)
    if name in CATEGORIES:
        return category_codes(cells)
    return wholes(cells) if name == "previous_plans" else text(cells)


def _nothing(height: int, dtype: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, height)


def _unreadable(name: str, cells: pl.Series, typed: pl.Series, keys: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """The cells of a column that hold something and gave nothing."""
    if name in DATE_COLUMNS:
        expected = f"{DATE_COLUMNS[name]}: {expected_date(limits)}"
    elif name == "previous_plans":
        expected = "number of previous plans: a whole number"
    else:
        return pl.DataFrame(schema=FINDINGS)
    lost = cells.is_not_null() & typed.is_null()
    if not lost.any():
        return pl.DataFrame(schema=FINDINGS)
    return _findings(keys.filter(lost), text(cells.filter(lost)), "error" if name in _VITAL else "query", expected)


def _findings(keys: pl.DataFrame, values: pl.Series, severity: str, expected: str) -> pl.DataFrame:
    """Findings for rows; a cell that turns out to be blank is none."""
    short = pl.when(pl.col("value").str.len_chars() > _SHOWN)
    return (
        keys.with_columns(
            values.alias("value"), rule=pl.lit(RULE), severity=pl.lit(severity), expected=pl.lit(expected)
        )
        .filter(pl.col("value").is_not_null())
        .with_columns(short.then(pl.col("value").str.slice(0, _SHOWN - 1) + "…").otherwise("value").alias("value"))
        .select(FINDINGS.keys())
    )


def _reviews(cells: pl.Series, keys: pl.DataFrame, limits: Limits) -> tuple[pl.Series, pl.DataFrame]:
    """Lists of review dates; a list is null where the file gives none to read, and empty where it says none."""
    lists = cells if isinstance(cells.dtype, pl.List) else _split(cells)
    items = (
        pl.DataFrame({"row": pl.int_range(lists.len(), eager=True), "cell": lists})
        .filter(pl.col("cell").list.len() > 0)
        .explode("cell")
    )
    days = dates(items["cell"], limits)
    lost = items["cell"].is_not_null() & days.is_null()
    where = items.filter(lost)["row"]
    found = _findings(keys[where], text(items["cell"].filter(lost)), "query", f"review date: {expected_date(limits)}")
    grouped = items.select("row", days.alias("days")).group_by("row", maintain_order=True).agg("days")
    joined = pl.DataFrame({"row": pl.int_range(lists.len(), eager=True), "none": lists.list.len() == 0}).join(
        grouped, on="row", how="left", maintain_order="left"
    )
    empty = pl.lit([], dtype=pl.List(pl.Date))
    return joined.select(pl.when("none").then(empty).otherwise("days").alias("review_dates")).to_series(), found


def _split(cells: pl.Series) -> pl.Series:
    """One date, or several with semicolons between them, as a list; a blank cell says that there is none."""
    if cells.dtype == pl.Date or isinstance(cells.dtype, pl.Datetime):
        return cells.dt.date().to_frame("cell").select(pl.concat_list("cell").list.drop_nulls()).to_series()
    return text(cells).fill_null("").str.split(";").list.eval(pl.element().filter(pl.element() != ""))


def _told_apart(plans: pl.DataFrame) -> pl.DataFrame:
    """Give a plan whose identifier stands twice its position as well, so that each can be named."""
    if plans["plan_id"].n_unique() == plans.height:
        return plans
    again = ~pl.col("plan_id").is_first_distinct()
    named = pl.format("{} ({})", "plan_id", "position")
    return plans.with_columns(pl.when(again).then(named).otherwise("plan_id").alias("plan_id"))


def _check_plain(place: str, raw: pl.DataFrame) -> None:
    for name, column in _cells(raw):
        if column.dtype.is_nested() or column.dtype in (pl.Object, pl.Binary):
            raise DataError(f"{place}: the column for '{name}' holds lists or bytes, not plain cells.")
        if column.dtype == pl.String and (column.str.len_bytes() > LONGEST_CELL).any():
            raise DataError(
                f"{place}: a cell in the column for '{name}' is longer than {LONGEST_CELL:,} letters; "
                "check that the file holds plans, and shorten that cell."
            )


def _cells(raw: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    for name in raw.columns:
        column = raw[name]
        yield name, column.explode() if isinstance(column.dtype, pl.List) and name == "review_dates" else column
