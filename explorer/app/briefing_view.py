"""What the Briefing shows: every measure with its figure, sentences and pictures, what is done, and what to ask."""

from datetime import date
from functools import partial
from typing import cast

import polars as pl
import streamlit as st

from explorer.app import folded, leaving, parts
from explorer.app.controls import choose_of
from explorer.app.link_reading import day_not_held
from explorer.app.selection import Selection, brought, chosen_of, put, tell
from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.charts.briefing_course import briefing_course, has_course
from explorer.charts.picture import Picture
from explorer.charts.strip import strip
from explorer.export.pack import FORMS, pack_zip
from explorer.models.series import of_records
from explorer.wording import day
from explorer.world import World

_MARCH = 3
_TILE, _TILE_OF_MEETING = 162, 270  # pixels of a figure in large type
_OPEN = "plans_open"  # counted at every month's end that plan records cover


def choose_day(world: World, chosen: Selection) -> date:
    """The day of the briefing: 31 March of the year, or with plan records a month's end from then on.

    31 March is what a year opens on, so it is left out of the link. A day of a stranger's link that there is not gives
    way to the one before it in the same year, and that is told.
    """
    march = date(chosen.year, _MARCH, 31)
    days = sorted({march, *_days(world, chosen)})
    asked = cast(date | None, chosen_of("on"))
    found = march
    if asked in days:
        found = asked
    elif asked is not None and march <= asked <= days[-1]:  # no later day than was asked for, and none of another year
        found = max(one for one in days if one <= asked)
    if asked not in (None, found) and brought("on"):
        tell(day_not_held(asked, found))
    put("on", found)
    if len(days) > 1:
        found = choose_of(world, "on", "As it stood on", days, day)
    if found == march:
        put("on", None)
    return found


def _days(world: World, chosen: Selection) -> list[date]:
    """Month ends of the plan records, from 31 March of the year to before the next."""
    records = world.records
    if records is None or records.area != chosen.area:
        return []
    known = of_records(records.figures, _OPEN, records.area, "month", records.label, world.config.benchmarks)
    first, next_one = date(chosen.year, _MARCH, 31), date(chosen.year + 1, _MARCH, 31)
    return [end for end in known.ends if first <= end < next_one]


def figures(briefing: Briefing) -> pl.DataFrame:
    """All measures in one table, for a file."""
    rows = [{"Measure": line.label, "When": line.period, **line.cells} for line in briefing.lines]
    return pl.DataFrame(rows, schema=dict.fromkeys(("Measure", "When", *HEADINGS), pl.String))


def stem(briefing: Briefing, world: World, chosen: Selection) -> str:
    """How the names of its files begin: 'trafford-2018-09-30', and which plan records are in them."""
    records = parts.records_suffix(world) if parts.drawn_from_records(world, chosen) else ""
    return f"{briefing.stem}{records}"


def pack(briefing: Briefing, world: World, chosen: Selection) -> None:
    """The same to take along, all of it or one by one, each made when its button is pressed, which turns meanwhile."""
    st.header("Take it to the meeting", anchor=False)
    files = [("The whole pack (zip)", pack_zip, "zip", "application/zip")]
    files += [(form.label, form.make, form.ending, form.mime) for form in FORMS]
    with st.container(horizontal=True):
        for label, make, ending, mime in files:
            leaving.offer(
                label,
                partial(make, briefing, world),
                "pack",
                file_name=f"{stem(briefing, world, chosen)}.{ending}",
                mime=mime,
                key=f"pack-{ending}",
                icon=":material/download:",
            )
    st.caption("A file is made when you press its button. The whole pack holds the other four and takes a few seconds.")


def glance(briefing: Briefing) -> None:
    """Every measure's figure in large type, with what is behind it."""
    width = _TILE_OF_MEETING if chosen_of("meet") else _TILE
    with st.container(horizontal=True, key="glance"):
        for line in briefing.lines:
            with st.container(width=width):
                _figure(line)


def _figure(line: Line) -> None:
    st.markdown(parts.plain(line.label), help=line.meaning)  # the metric's own label is one line, and is cut
    st.metric(line.label, line.value, label_visibility="collapsed")
    st.caption(parts.plain(", ".join(filter(None, (line.count, line.period)))))


def measure(line: Line, briefing: Briefing, world: World, chosen: Selection) -> None:
    """One measure: its finding, what is said of it, and two pictures."""
    with st.container(border=True):
        st.header(parts.plain(line.finding), anchor=False)
        left, right = st.columns([2, 3], gap="large")
        with left:
            parts.points(*line.sentences)
            if line.position is not None:
                _picture(strip(line.position, world.config, world.areas), line, briefing, world, chosen)
        with right:
            if has_course(line):
                _picture(briefing_course(line, briefing), line, briefing, world, chosen)


def _picture(picture: Picture, line: Line, briefing: Briefing, world: World, chosen: Selection) -> None:
    drawn = parts.marked(picture, world, chosen)
    st.subheader(parts.plain(drawn.title), anchor=False)
    parts.chart(drawn)
    held = parts.provenance(world, chosen, (drawn.source,), briefing.as_at)
    parts.small_print(drawn, f"{stem(briefing, world, chosen)}-{line.indicator}", held)


def doing(briefing: Briefing) -> None:
    """What is being done, and what was told before beside what the figures say."""
    st.header("What is being done", anchor=False)
    st.markdown(parts.plain(briefing.actions_note))
    if briefing.actions:
        rows = [
            {"What": f"{one.what}. {one.detail}", "Since": one.since, "How it stands": one.status}
            for one in briefing.actions
        ]
        st.table(parts.readable(pl.DataFrame(rows)))
        st.caption(parts.plain(f"Source: {'; '.join(dict.fromkeys(one.reference for one in briefing.actions))}."))
    if briefing.told:
        st.header("What the committee was told, and what the figures here say", anchor=False)
        rows = [
            {"What was told": one.said, "Here": f"{one.here}{': not the same' if one.differs else ''}"}
            for one in briefing.told
        ]
        st.table(parts.readable(pl.DataFrame(rows)))
        st.caption(parts.plain(f"Source: {'; '.join(dict.fromkeys(one.reference for one in briefing.told))}."))


def asking(briefing: Briefing, world: World, chosen: Selection) -> None:
    """Questions for the committee, what cannot be said, and where all this comes from."""
    st.header("Questions for the committee", anchor=False)
    st.markdown("\n".join(f"{number}. {parts.plain(one)}" for number, one in enumerate(briefing.questions, 1)))
    st.header("What cannot be said", anchor=False)
    parts.points(*briefing.limits)
    with folded.expander("All figures", "all figures") as opened:
        if opened:
            for line in briefing.lines:  # a table each: all in one would be wider than a phone
                words = pl.DataFrame(
                    {f"{line.label}, {line.period}": list(line.cells), "In words": list(line.cells.values())}
                )
                st.table(parts.readable(words))
            parts.files(figures(briefing), stem(briefing, world, chosen), "figures", held=briefing.provenance)
    with st.expander("Where the figures come from"):
        parts.points(*(f"{heading}: {words}" for heading, words in briefing.provenance.lines))
