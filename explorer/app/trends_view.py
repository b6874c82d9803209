"""What the Trends page shows: a figure over time, what is usual, what is expected, and why the plans open moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import cast

import streamlit as st

from explorer.app import cached_trends, parts, selection
from explorer.app.choices import LONGEST_REASON, Rebase, clean
from explorer.app.controls import choose_came
from explorer.app.selection import Selection
from explorer.charts.movement import flows
from explorer.charts.movement_parts import why
from explorer.charts.picture import Picture
from explorer.charts.trend import trend
from explorer.charts.year_so_far import year_so_far
from explorer.config import Indicator
from explorer.events import events_for
from explorer.models.forecasting import Fan, Tested
from explorer.models.series import Kind, Series
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.trend_settings import TrendSettings
from explorer.models.verdict import Verdict, verdict
from explorer.sentences.control import (
    band_sentence,
    caveats,
    expected_title,
    kept_sentence,
    limits_sentence,
    newest_sentence,
    rebase_sentence,
    signs_sentence,
    when,
    why_no_chart,
)
from explorer.sentences.forecasts import Step, fan_sentence, scores_table, tested_sentence
from explorer.sentences.movement import LENGTH_MEANING, moved_sentence, why_sentence
from explorer.wording import day
from explorer.world import World

_TABLES = "DfE Characteristics of children in need, tables D3, D5 and D7"


@dataclass(frozen=True)
class Course:
    """One figure of one authority over time, as it stood on a day.

    Attributes:
        chosen: the choices that every page shares.
        as_at: nothing later is used; what came next is drawn hollow.
        rebase: a new stretch of the chart that the reader began; None where there is none for this figure.
    """

    world: World
    chosen: Selection
    indicator: str
    kind: Kind
    as_at: date
    rebase: Rebase | None

    @property
    def entry(self) -> Indicator:
        """The measure."""
        return self.world.config.indicators[self.indicator]

    @property
    def name(self) -> str:
        """What the authority is called."""
        return self.world.areas.label(self.chosen.area)

    @property
    def settings(self) -> TrendSettings:
        """How unusual figures are told."""
        return self.world.models.trends

    @cached_property
    def whole(self) -> Series:
        """Every period that there is."""
        area = self.chosen.area
        return cached_trends.series(self.world, area, self.indicator, self.kind, parts.from_records(self.world))

    @cached_property
    def known(self) -> Series:
        """What was complete on the day."""
        return self.whole.up_to(self.as_at)

    @cached_property
    def chart(self) -> ControlChart | NoChart:
        """The control chart, or why there is none."""
        rebases = [] if self.rebase is None else [self.rebase.end]
        return chart_for(self.known, self.entry, self.settings.rules, rebases)

    @cached_property
    def found(self) -> Verdict | None:
        """What the control chart says."""
        if isinstance(self.chart, NoChart) or not self.known.points:
            return None
        return verdict(self.known, self.chart, self.settings.alarm)

    @cached_property
    def forecast(self) -> tuple[Tested | None, Fan | None]:
        """The forecast from the day, with its test."""
        return _forecast(self.world, self.known)

    @property
    def step(self) -> Step:
        """How the sentences of a forecast call a period."""
        if self.kind in ("month", "quarter"):
            return "month" if self.kind == "month" else "quarter"
        return "day" if self.entry.period == "day" else "year"

    def when(self, end: date) -> str:
        """Over which days a figure is counted: 'in August 2018'."""
        return when(self.entry, self.kind, end)

    def show(self, picture: Picture) -> None:
        """A picture, marked where it is drawn from plan records of the authority itself."""
        parts.show(picture, self.world, alone(self.world, self.chosen))


def alone(world: World, chosen: Selection) -> Selection:
    """The same choices compared with nobody: whose figures are drawn depends on the authority alone."""
    return replace(chosen, group=world.config.benchmarks.picked, chosen=(), without=())


def _forecast(world: World, known: Series) -> tuple[Tested | None, Fan | None]:
    if not known.points or known.points[-1].value is None:
        return None, None
    if known.kind == "year":
        return cached_trends.yearly_forecast(world, known.area, known.indicator, known.ends[-1].year)
    if known.kind in cached_trends.SEASONS:
        return cached_trends.series_forecast(world, known)
    return None, None


def answer(course: Course) -> str:
    """The page's answer: the newest figure."""
    return newest_sentence(course.known, course.entry, course.name)


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
    last = max([*known.ends, *later.ends, *(fan.ends if fan else ())])
    events = events_for(course.world.events, course.chosen.area, known.ends[0], last)
    band = settings.band(course.chosen.area, course.indicator) if course.kind in ("month", "quarter") else None
    course.show(trend(known, entry, course.name, course.chart, settings, later, fan, events, band))
    said = []
    if course.rebase is not None:
        said.append(rebase_sentence(known, entry, course.chart, course.rebase.end, course.rebase.reason))
    if isinstance(course.chart, ControlChart) and course.found is not None:
        said.append(signs_sentence(known, entry, course.chart, course.found, settings))
        said.append(limits_sentence(known, entry, course.chart, settings))
    elif isinstance(course.chart, NoChart):
        said.append(why_no_chart(course.chart))
    if band is not None:
        said.append(band_sentence(known, entry, band))
    if fan is not None:
        said += [fan_sentence(fan, entry.unit, course.step), kept_sentence(fan, later)]
    if tested is not None:
        said.append(tested_sentence(tested, course.world.models.forecast, course.step))
    parts.points(*said, *caveats(known, entry, course.chart))
    if tested is not None and tested.scores:
        with st.expander("How each way of forecasting did"):
            table = scores_table(tested, course.world.models.forecast, course.step)
            stem = parts.file_stem(course.world, alone(course.world, course.chosen))
            parts.table_with_file(table, stem, f"forecast-test-{course.indicator}")
    if entry.period == "day":
        _expected(course)


def rebase_of(area: str, indicator: str) -> Rebase | None:
    """The new stretch that the reader began for a figure, if it is this one."""
    found = cast(Rebase | None, selection.chosen_of("rebase"))
    return found if found is not None and (found.area, found.indicator) == (area, indicator) else None


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
        start = st.selectbox("The first period of the new stretch", ends, len(ends) - 1, format_func=course.when)
        reason = st.text_input("The reason (it is kept in the link)", max_chars=LONGEST_REASON)
        if st.form_submit_button("Begin anew"):
            _begin(course, start, reason)


def _begin(course: Course, start: date | None, reason: str) -> None:
    why_now = clean(reason)
    if start is None or not why_now:
        st.warning("Say the reason first: without one, nobody can tell later why the limits moved.")
        return
    selection.keep(course.world, "rebase", Rebase(course.indicator, course.chosen.area, start, why_now))
    st.rerun()


# periods before the day, of which the first that had a forecast so far ahead is held against what came
_BACK: Mapping[Kind, tuple[int, ...]] = {"month": (12, 6, 3, 1), "quarter": (4, 2, 1), "year": (3, 2, 1)}


def _expected(course: Course) -> None:
    """A stock beside what was expected of it some time before: what a control chart cannot say of it."""
    points = course.known.points
    for back in _BACK.get(course.kind, ()):
        before, came = (replace(course.known, points=part) for part in (points[:-back], points[-back:]))
        _, fan = _forecast(course.world, before)
        known = any(point.value is not None for point in came.points)
        if known and fan is not None and len(fan.ends) >= back:
            break
    else:
        return
    picture = trend(before, course.entry, course.name, None, course.settings, came, fan)
    heading = expected_title(fan, came, course.entry, course.name)
    course.show(replace(picture, name="expected", title=heading, alt=f"{heading}. {picture.alt}"))
    parts.points(
        f"The bands are what was expected on {day(before.ends[-1])}, with nothing later used; the hollow points are "
        "what came.",
        kept_sentence(fan, came),
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
        st.caption(parts.plain(LENGTH_MEANING))
        course.show(why(one, course.name, source))
    if by_year:
        course.show(flows(by_year, by_year[-1].after.end.year, course.name, source))
