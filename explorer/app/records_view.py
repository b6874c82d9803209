"""What the Data page says of plan records: what they cover, what is wrong in them, and their figures."""

from functools import partial

import polars as pl
import streamlit as st

from explorer.app import parts, selection
from explorer.charts.monthly import monthly_series
from explorer.export.csv_file import csv_bytes
from explorer.export.workbook import workbook_bytes
from explorer.plan_indicators import COUNTS, PERCENTAGES, difference_in_words
from explorer.records import Asked, Records, faults_of, safe_differences
from explorer.sentences.records import KIND_WORDS, value_words
from explorer.wording import day, plural
from explorer.world import World

KINDS = {
    "cin_census": "a children in need census return",
    "annex_a": "Annex A, List 7",
    "ssd": "the Standard Safeguarding Dataset's table of plans",
    "plain": "a plain table of plans",
    "sample": "invented plan records",
}
HEADLINES = ("plans_open", "repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent")
MOST_SHOWN = 200  # findings on the screen; the file has them all


def answer(world: World) -> str:
    """The page's answer in one sentence."""
    records = world.records
    if records is None:
        return "Every page shows published figures."
    name = world.areas.label(records.area)
    whose = "invented plan records" if records.invented else "plan records"
    return f"Every page shows {name} from {whose}, and everybody else as published."


def covered(world: World) -> None:
    """What the file is, which days it covers, and what it cannot answer."""
    records = world.records
    assert records is not None
    checked = records.checked
    st.header("What the file covers", anchor=False)
    parts.points(
        f"{records.label}: {KINDS[checked.file.kind]} for {world.areas.label(records.area)}, {records.rows}.",
        f"Figures run from {day(checked.first)} to {day(checked.last)}."
        if checked.first and checked.last
        else "There are no figures, because no plan is left to count.",
        *checked.file.notes,
    )


def faults(world: World) -> None:
    """The faults by rule and by row, the analyst's own file of them, and what leaving rows out changed."""
    records = world.records
    assert records is not None
    found = faults_of(records.checked, world.rules)
    st.header("What is wrong in it", anchor=False)
    st.markdown(parts.plain(found.sentence))
    if found.places.is_empty():
        return
    st.table(
        found.by_rule.select(
            pl.col("rule").alias("Rule"),
            pl.col("label").alias("What is wrong"),
            pl.col("severity").alias("Error or query"),
            pl.col("findings").alias("Findings"),
        )
    )
    with st.expander("Where: row by row"):
        st.caption(
            "Without identifiers and values, so that this screen can be shown to others."
            + (f" The first {MOST_SHOWN} of {found.places.height:,}." if found.places.height > MOST_SHOWN else "")
        )
        st.table(parts.readable(found.places.head(MOST_SHOWN)).rename(str.capitalize))
    if records.origin != "plan_records":
        _downloads(records)
    _changes(world, records)


def _downloads(records: Records) -> None:
    st.caption(
        "These two files name children and hold dates as they stand in your file. Keep them on your own machine."
        if not records.invented
        else "The children named in these two files are invented."
    )
    findings = records.checked.findings
    stem = "findings-invented" if records.invented else "findings"
    columns = st.columns(2)
    columns[0].download_button(
        "Download the findings (Excel)",
        partial(workbook_bytes, {"findings": findings}),
        file_name=f"{stem}.xlsx",
        on_click="ignore",
    )
    columns[1].download_button(
        "Download the findings (CSV)",
        partial(csv_bytes, findings),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _changes(world: World, records: Records) -> None:
    checked = records.checked
    if checked.split.left_out.is_empty() or checked.last is None:
        return
    ends = records.figures.filter(pl.col("period_kind") == "rolling_12m")["period_end"]
    if ends.is_empty():
        return
    asked = Asked(ends.max(), "rolling_12m")  # type: ignore[arg-type]
    changes = safe_differences(records, asked, world.rules)
    with st.expander("What leaving rows out changes"):
        st.caption(f"Twelve months to {day(asked.as_at)}, plans open on that day.")
        labels = world.config.indicators
        parts.points(
            *(
                difference_in_words(row, labels[row["indicator"]].label)
                for row in changes.iter_rows(named=True)
                if row["status"] != "refused"
            )
        )


def figures(world: World, base: World) -> None:
    """One measure over the months, and every measure of one period.

    Args:
        world: The data that are shown.
        base: The published data, which the controls belong to.
    """
    records = world.records
    assert records is not None
    known = records.figures.filter(pl.col("status") != "refused")
    st.header("Figures by month", anchor=False)
    if known.is_empty():
        st.info("There is nothing to count in this file.")
        return
    labels = {name: world.config.indicators[name].label for name in (*HEADLINES, *PERCENTAGES, *COUNTS)}
    held = set(known["indicator"])
    left, right = st.columns(2)
    with left:
        name = selection.choose_of(
            base, "measure", "Measure", [name for name in labels if name in held], labels.__getitem__
        )
    rows = known.filter(pl.col("indicator") == name)
    with right:
        kinds = [kind for kind in KIND_WORDS if kind in set(rows["period_kind"])]
        kind = selection.choose_of(base, "kind", "Period", kinds, lambda kind: KIND_WORDS[kind].capitalize())
    picture = monthly_series(
        rows.filter(pl.col("period_kind") == kind),
        world.config.indicators[name],
        world.areas.label(records.area),
        f"Source: {parts.from_records(world)}",
    )
    parts.show(picture, world, selection.current(world))
    _one_period(world, base, known.filter(pl.col("period_kind") == kind), kind)


def _one_period(world: World, base: World, rows: pl.DataFrame, kind: str) -> None:
    st.header(f"Every measure, {KIND_WORDS[kind]}", anchor=False)
    ends = rows["period_end"].unique().sort(descending=True).to_list()
    end = selection.choose_of(base, "end", "Period ends", ends, day)
    block = rows.filter(pl.col("period_end") == end)
    hidden = int((block["status"] == "suppressed").sum())
    if hidden:
        st.markdown(f"{plural(hidden, 'figure is', 'figures are')} hidden so that nobody can be picked out.")
    st.table(_readable(block, world))
    st.download_button(
        "Download these figures, every period (CSV)",
        partial(csv_bytes, rows.with_columns(data=pl.lit(parts.from_records(world)))),
        file_name=f"figures{parts.records_suffix(world)}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _readable(block: pl.DataFrame, world: World) -> pl.DataFrame:
    rows = []
    for row in block.iter_rows(named=True):
        entry = world.config.indicators[row["indicator"]]
        known = row["status"] == "published" and row["denominator"] is not None
        rows.append(
            {
                "Measure": entry.label,
                "Figure": value_words(row, entry),
                "Counts": f"{row['numerator']:,} of {row['denominator']:,}" if known else "",
                "Likely range": f"{row['lower']:.1f}% to {row['upper']:.1f}%" if known else "",
            }
        )
    return pl.DataFrame(rows)
