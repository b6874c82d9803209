"""What the Trends page shows: a figure over time, what is usual, what is expected, and why the plans open moved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from explorer.app import cached_trends, folded, parts, selection
from explorer.app.choices import LONGEST_REASON, Rebase, clean
from explorer.app.controls import choose_came
from explorer.app.course import Course, alone
from explorer.charts.movement import flows
from explorer.charts.movement_parts import why
from explorer.charts.trend import trend
from explorer.charts.year_so_far import year_so_far
from explorer.events import events_for
from explorer.models.spc import ControlChart, NoChart
from explorer.sentences.control import (
    caveats,
    limits_sentence,
    newest_sentence,
    rebase_sentence,
    signs_sentence,
    why_no_chart,
)
from explorer.sentences.expected import band_sentence, expected_sentence, expected_title, kept_sentence
from explorer.sentences.forecasts import NEARER_MEANING, fan_sentence, scores_table, tested_sentence, usual_sentence
from explorer.sentences.movement import moved_sentence, why_sentence
from explorer.sentences.unusual import earlier_sentence, unusual_sentence
from explorer.wording import day

_TABLES = "DfE Characteristics of children in need, tables D3, D5 and D7"


def answer(course: Course) -> str:
    """The page's answer: the newest figure, and whether it is unusual."""
    said = newest_sentence(course.known, course.entry, course.name)
    if course.expected is not None:
        one = course.expected
        held = expected_sentence(one.fan, one.came, course.entry, forecast=one.forecast)
    else:
        held = unusual_sentence(course.known, course.entry, course.chart, course.found, course.settings)
    return f"{said} {held}".strip()


def draw(course: Course) -> None:
    """The figure over time, with what is usual, what is expected, and what to mind."""
    known, entry, settings = course.known, course.entry, course.settings
    if not known.points:
        st.info(parts.plain(f"{course.name} has no figure of this measure up to {day(course.as_at)}."))
        return
    if course.kind == "year_to_date" and isinstance(course.chart, NoChart):
        course.show(year_so_far(known, entry, course.name, course.chart, settings))
        parts.points(why_no_chart(course.chart), *caveats(known, entry, course.chart))
        return
    later = course.whole.after(course.as_at)
    if later.points and not choose_came(course.world):
        later = replace(later, points=())
    tested, fan = course.forecast
    last = max([*known.ends, *later.ends])  # an event that came later was not known on the day
    events = events_for(course.world.events, course.chosen.area, known.ends[0], last)
    band = settings.band(course.chosen.area, course.indicator) if course.kind in ("month", "quarter") else None
    course.show(
        trend(
            known, entry, course.name, course.chart, settings, later, fan, events, band, course.found, course.new_limits
        )
    )
    said = []
    if course.rebase is not None:
        said.append(rebase_sentence(known, entry, course.chart, course.rebase.end, course.rebase.reason))
    if isinstance(course.chart, ControlChart) and course.found is not None:
        said.append(signs_sentence(known, entry, course.chart, course.found, settings))
        said.append(earlier_sentence(known, entry, course.chart, course.found, settings))
        said.append(limits_sentence(known, entry, course.chart, settings))
    elif isinstance(course.chart, NoChart):
        said.append(why_no_chart(course.chart))
    if band is not None:
        said.append(band_sentence(known, entry, band))
    if fan is not None:
        said += [fan_sentence(fan, entry.unit, course.step, entry.period), kept_sentence(fan, later)]
    if tested is not None:
        said.append(tested_sentence(tested, course.world.models.forecast, course.step))
    parts.points(*said, *caveats(known, entry, course.chart))
    if tested is not None and tested.scores:
        with folded.expander("How each way of forecasting did", "ways of forecasting") as opened:
            if opened:
                table = scores_table(tested, course.world.models.forecast, course.step)
                stem = parts.file_stem(course.world, alone(course.world, course.chosen))
                held = parts.provenance(course.world, alone(course.world, course.chosen), as_at=course.as_at)
                parts.table_with_file(table, stem, f"forecast-test-{course.indicator}", held=held)
                st.caption(parts.plain(NEARER_MEANING))
    if entry.period == "day":
        _expected(course)


def new_limits(course: Course) -> None:
    """Begin average and limits anew, by hand and with a reason: the chart never does so by itself.

    What was begun can be taken back also where it has left too few figures for a chart.
    """
    charted = isinstance(course.chart, ControlChart)
    if not charted and course.rebase is None:
        return
    with st.expander("Begin a new average and limits", expanded=not charted):
        if charted:
            _new_stretch(course)
        if course.rebase is not None and st.button("Take the new limits back"):
            selection.keep(course.world, "rebase", None)
            st.rerun()


def _new_stretch(course: Course) -> None:
    """The form with the first period and the reason."""
    st.markdown(
        "Only where you know that something has changed for good, and say what. The chart never does it by itself: "
        "limits that follow every change would hide it."
    )
    ends: Sequence[date] = course.known.ends[1:]
    with st.form("rebase", border=False):
        start = st.selectbox("The first period of the new stretch", ends, None, format_func=course.when)
        reason = st.text_input("The reason (it is kept in the link)", max_chars=LONGEST_REASON)
        if st.form_submit_button("Begin anew"):
            _begin(course, start, reason)


def _begin(course: Course, start: date | None, reason: str) -> None:
    why_now = clean(reason)
    if start is None or not why_now:
        st.warning("Choose the period and say the reason: without one, nobody can tell later why the limits moved.")
        return
    selection.keep(course.world, "rebase", Rebase(course.indicator, course.chosen.area, start, why_now))
    st.rerun()


def _expected(course: Course) -> None:
    """A stock beside what was expected of it some time before."""
    found = course.expected
    if found is None:
        return
    picture = trend(found.before, course.entry, course.name, None, course.settings, found.came, found.fan)
    heading = expected_title(found.fan, found.came, course.entry, course.name, forecast=found.forecast)
    told = picture.alt.replace(picture.title.removesuffix("."), heading.removesuffix("."), 1)
    course.show(replace(picture, name="expected", title=heading, alt=told))
    what = "what was expected" if found.forecast else "how far it usually moves, as nothing forecasts it better,"
    parts.points(
        f"The bands are {what} on {day(found.before.ends[-1])}, from no figure of a later period; the hollow points "
        "are what came.",
        "" if found.forecast else usual_sentence(found.fan, course.entry.unit, course.step, course.entry.period),
        kept_sentence(found.fan, found.came),
    )


def moved(course: Course) -> None:
    """Why the number of plans open moved: in the reporting year, or in the twelve months to a day of plan records."""
    world, area = course.world, course.chosen.area
    by_year = [one for one in cached_trends.moved(world, area) if one.after.end <= course.as_at]
    by_month = () if course.kind == "year" else cached_trends.moved_by_month(world)
    one = next((one for one in (*by_month, *by_year) if one.after.end == course.as_at), None)
    if one is None:
        return
    st.header("Why did the number of plans move?", anchor=False)
    parts.points(moved_sentence(one, course.name), why_sentence(one))
    source = f"Source: {parts.from_records(world) if cached_trends.has_records(world, area) else _TABLES}"
    if one.split is not None:
        course.show(why(one, course.name, source))
    by_year = by_year[next((n for n, year in enumerate(by_year) if year.after.started.value is not None), 0) :]
    if by_year and by_year[-1].after.end == course.as_at:
        course.show(flows(by_year, by_year[-1].after.end.year, course.name, source))
