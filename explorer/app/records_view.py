"""What the Data page says of plan records: what they cover, what is wrong in them, and their figures."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import get_args

import polars as pl
import streamlit as st

from explorer.app import access, controls, leaving, parts, selection
from explorer.charts.monthly import monthly_series
from explorer.export.csv_file import csv_bytes
from explorer.export.workbook import workbook_bytes
from explorer.plan_indicators import (
    COUNTS,
    PERCENTAGES,
    PeriodKind,
    Scope,
    difference_in_words,
    period_at,
    why_refused,
)
from explorer.provenance import Provenance
from explorer.records import Asked, Faults, Records, faults_of, safe_differences
from explorer.sentences.records import KIND_WORDS, PERIOD_WORDS, value_words
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
    """What the file is, which months it covers, and what it cannot answer."""
    records = world.records
    assert records is not None
    checked = records.checked
    st.header("What the file covers", anchor=False)
    parts.points(
        f"{records.label}: {KINDS[checked.file.kind]} for {world.areas.label(records.area)}, {records.rows}.",
        f"Figures run from {checked.first:%B %Y} to {checked.last:%B %Y}."
        if checked.first and checked.last
        else "There are no figures, because no plan is left to count.",
        *_doubts(records),
        *checked.file.notes,
        *_refusals(records),
    )


def _doubts(records: Records) -> list[str]:
    """Where a file does not say from when and up to when it is complete."""
    checked, said = records.checked, []
    if checked.first_guessed and checked.first is not None:
        said.append(
            f"No plan in it ended before {checked.first:%B %Y}, so it is taken to be complete from then on. If it is "
            "complete from an earlier day, give that day above. A plan that was open then must be in it, or the first "
            "figures are too low."
        )
    if checked.last_guessed and checked.last is not None and (checked.last + timedelta(1)).day != 1:
        said.append(
            f"The last thing that happened in it was in {checked.last:%B %Y}, so that month is not counted as whole. "
            "If the file runs to the end of the month, give that day above."
        )
    return said


def _refusals(records: Records) -> list[str]:
    """Why a file cannot give some figures, each reason once."""
    checked = records.checked
    if checked.last is None:
        return []
    periods = [period_at(checked.last, kind) for kind in get_args(PeriodKind)]
    scope = Scope(checked.scope.capabilities)
    names = (*COUNTS, *PERCENTAGES)
    return list(dict.fromkeys(reason for p in periods for name in names if (reason := why_refused(name, p, scope))))


def faults(world: World) -> None:
    """Whether there are faults; for the analyst alone, on a switch, which, how many and where."""
    records = world.records
    assert records is not None
    found = faults_of(records.checked, world.rules)
    st.header("What is wrong in it", anchor=False)
    st.markdown(parts.plain(found.outline))
    if found.by_rule.is_empty():
        return
    _changes(world, records)
    if records.origin == "plan_records" and not access.is_analyst():
        return  # everybody who opens a deployment would see them
    if st.toggle(
        "Show the findings with their numbers and identifiers (for you alone: not while others watch)",
        key=f"findings of {records.version}",
    ):
        _findings(found, world, records)


def _findings(found: Faults, world: World, records: Records) -> None:
    st.markdown(parts.plain(found.sentence))
    st.table(
        found.by_rule.select(
            pl.col("rule").alias("Rule"),
            pl.col("label").alias("What is wrong"),
            pl.col("severity").alias("Error or query"),
            pl.col("findings").alias("Findings"),
        )
    )
    findings = records.checked.findings
    if findings.height > MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} of {findings.height:,}. The files hold them all.")
    st.dataframe(findings.head(MOST_SHOWN).rename(str.capitalize), hide_index=True)
    st.caption(
        "The children named here and in these files are invented."
        if records.invented
        else "These two files name children. Keep them on your own machine. In the CSV file a cell that a spreadsheet "
        "could take for a formula is led by an apostrophe."
    )
    stem = "findings-invented" if records.invented else "findings"
    told = "the children in it are invented." if records.invented else "it names children and is for you alone."
    held = replace(_provenance(world, records), suppression=f"Nothing in this list is hidden: {told}")
    columns = st.columns(2)
    with columns[0]:
        leaving.offer(
            "Download the findings (Excel)",
            partial(workbook_bytes, {"findings": findings}, held),
            "findings",
            held,
            findings.height,
            file_name=f"{stem}.xlsx",
        )
    with columns[1]:
        leaving.offer(
            "Download the findings (CSV)",
            partial(csv_bytes, findings, held),
            "findings",
            held,
            findings.height,
            file_name=f"{stem}.csv",
            mime="text/csv",
        )


def _provenance(world: World, records: Records) -> Provenance:
    """Of figures of the records' own authority, up to the newest period that they give."""
    chosen = replace(selection.current(world), area=records.area)
    return parts.provenance(world, chosen, (records.label,), records.figures["period_end"].max())  # type: ignore[arg-type]


def _changes(world: World, records: Records) -> None:
    """What leaving rows out changes, over the longest period that the file can give."""
    if records.checked.split.left_out.is_empty():
        return
    given = records.figures.filter(pl.col("status") != "refused", pl.col("indicator") == "plans_started")
    for kind in ("rolling_12m", "month"):
        ends = given.filter(pl.col("period_kind") == kind)["period_end"].to_list()
        if ends:
            _change_of(world, records, Asked(max(ends), kind))
            return


def _change_of(world: World, records: Records, asked: Asked) -> None:
    changes = safe_differences(records, asked, world.rules).filter(pl.col("status") != "refused")
    what = f"{PERIOD_WORDS[asked.kind].removeprefix('in ')} {day(asked.as_at)}"
    if changes["difference"].is_null().all():
        st.markdown(
            f"What leaving them out changes in {what} is hidden: it is a few plans, or rests on figures that are "
            "hidden themselves."
        )
        return
    with st.expander(f"What leaving them out changes in {what}"):
        told = [row for row in changes.iter_rows(named=True) if row["difference"] is not None]
        labels = world.config.indicators
        parts.points(*(difference_in_words(row, labels[row["indicator"]].label) for row in told))


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
        name = controls.choose_of(
            base, "measure", "Measure", [name for name in labels if name in held], labels.__getitem__
        )
    rows = known.filter(pl.col("indicator") == name)
    with right:
        kinds = [kind for kind in KIND_WORDS if kind in set(rows["period_kind"])]
        kind = controls.choose_of(base, "kind", "Period", kinds, lambda kind: KIND_WORDS[kind].capitalize())
    picture = monthly_series(
        rows.filter(pl.col("period_kind") == kind),
        world.config.indicators[name],
        world.areas.label(records.area),
        f"Source: {parts.from_records(world)}",
    )
    newest = _provenance(world, records).as_at
    parts.show(picture, world, replace(selection.current(world), area=records.area), as_at=newest)
    _one_period(world, base, records, known.filter(pl.col("period_kind") == kind), kind)


def _one_period(world: World, base: World, records: Records, rows: pl.DataFrame, kind: str) -> None:
    st.header(f"Every measure, {KIND_WORDS[kind]}", anchor=False)
    ends = rows["period_end"].unique().sort(descending=True).to_list()
    shown = dict(rows.filter(status="published").group_by("period_end").len().iter_rows())
    best = max(range(len(ends)), key=lambda place: (shown.get(ends[place], 0), -place))  # the newest that shows most
    end = controls.choose_of(base, "end", "Period ends", ends, day, best)
    block = rows.filter(pl.col("period_end") == end)
    hidden = int((block["status"] == "suppressed").sum())
    if hidden:
        st.markdown(f"{plural(hidden, 'figure is', 'figures are')} hidden so that nobody can be picked out.")
    st.table(_readable(block, world))
    held = _provenance(world, records)
    leaving.offer(
        "Download these figures, every period (CSV)",
        partial(csv_bytes, rows.with_columns(data=pl.lit(parts.from_records(world))), held),
        "table",
        held,
        rows.height,
        file_name=f"figures-{kind.replace('_', '-')}{parts.records_suffix(world)}.csv",
        mime="text/csv",
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
