"""Pieces that every page is made of: errors, notices, headings, a chart with its table and file."""

import re
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import NoReturn

import polars as pl
import streamlit as st

from explorer.app import folded, leaving
from explorer.app.at_hand import at_hand
from explorer.app.frame import PROGRAM
from explorer.app.selection import Selection, chosen_of, current, notices
from explorer.charts.picture import Picture
from explorer.errors import ExplorerError
from explorer.export.csv_file import csv_bytes
from explorer.export.image_file import png_bytes, svg_bytes
from explorer.provenance import Provenance
from explorer.wording import day, half_up
from explorer.world import World


class PageEnds(Exception):
    """A page has said all that it can. The frame goes on: ``st.stop`` would stop that too, its ways out included."""


def end_page() -> NoReturn:
    """Draw nothing more of this page; what stands around it is drawn."""
    raise PageEnds


def plain(text: str) -> str:
    """Text in which Markdown signs are only signs: names come from data."""
    return re.sub(r"([\\`*_\[\]<>$~#:|])", r"\\\1", text)


def stop_with(problem: ExplorerError) -> NoReturn:
    """Show what is wrong with the program's files, and nothing else."""
    st.error("The explorer cannot start, because a file needs mending:")
    for fault in problem.faults:
        st.markdown(f"- {plain(fault)}")
    st.stop()


def opening(title: str, answer: str = "") -> None:
    """A page's title and its answer in one sentence, with anything that should be said of the link."""
    st.set_page_config(f"{title} - {PROGRAM}")  # tabs, bookmarks and screen readers say it first
    st.title(plain(title), anchor=False)
    for notice in notices():
        st.warning(plain(notice))
    if answer:
        with st.container(key="answer"):
            st.markdown(f"**{plain(answer)}**")


def context(world: World, chosen: Selection, as_at: date | None = None) -> None:
    """What the page is drawn for, and where to change it: on a phone the side panel is folded away.

    Args:
        as_at: The day of the page, where it is not 31 March of the year.
    """
    group = world.config.benchmarks.groups[chosen.group].label
    where = "in the side panel (arrows at the top left open it where it is folded away)"
    year = f"year to March {chosen.year}"
    when = year if as_at is None else f"{day(as_at)} (others: {year})"
    if chosen_of("meet"):
        where = "under “Choose” at the top"
    st.caption(plain(f"{world.areas.label(chosen.area)}, {when}, compared with: {group}. Change them {where}."))


def explain_area(world: World, chosen: Selection, *, with_records: bool = True) -> None:
    """Say which data are shown, and where the authority did not exist in the year whom to look at instead."""
    if with_records:
        about_records(world, chosen)
    area = world.areas[chosen.area]
    if area.existed(chosen.year):
        return
    others = [world.areas.label(code) for code in world.areas.relatives(area.code, chosen.year)]
    instead = f" For {chosen.year} pick {' or '.join(others)}." if others else ""
    years = f"from {area.first_year} to {area.last_year}"
    st.info(
        plain(
            f"{area.label} has published figures {years} and none for {chosen.year}. "
            f"{world.areas.history(area.code)}{instead}"
        )
    )


def explain_group(notes: tuple[str, ...]) -> None:
    """What should be said of the group's members."""
    for note in notes:
        st.info(plain(note))


def points(*sentences: str) -> None:
    """Sentences one below the other; empty ones are left out."""
    if any(sentences):
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences if sentence))


def drawn_from_records(world: World, chosen: Selection) -> bool:
    """Whether the authority whose plan records are chosen is on the page at all."""
    if world.records is None:
        return False
    group = world.comparators(chosen.area, chosen.year, *chosen.whom)
    return world.records.area in (chosen.area, *group.members)


def from_records(world: World) -> str:
    """Which plan records the figures come from: 'Invented plan records for Trafford'; empty for published ones."""
    if world.records is None:
        return ""
    name = world.areas.label(world.records.area)
    return f"Invented plan records for {name}" if world.records.invented else f"Plan records of {name}"


def about_records(world: World, chosen: Selection) -> None:
    """Say on every page which figures come from plan records, and that others are published."""
    records = world.records
    if records is None:
        return
    name = world.areas.label(records.area)
    if not drawn_from_records(world, chosen):
        st.info(plain(f"The plan records chosen are those of {name}, which is not on this page: all is as published."))
        return
    match records.origin:
        case _ if records.invented:
            said = f"Figures for {name} on this page are from invented plan records: no child in them is real."
        case "upload":
            said = f"Figures for {name} on this page are from the file that you loaded. Nobody else can see them."
        case _:
            said = f"Figures for {name} on this page are from the plan records of this deployment."
    st.info(plain(f"{said} Those of other authorities, and what plan records do not hold, are as published."))


def show(
    picture: Picture,
    world: World,
    chosen: Selection,
    about: str = "",
    as_at: date | None = None,
    *,
    moving: bool = False,
) -> None:
    """A chart with its finding, key, caveat, source, table and download.

    Args:
        moving: see ``chart``.
        about: what its files are named after besides: a measure, a period.
        as_at: the last day of which anything is used; 31 March of the year chosen where none is given.
    """
    picture = marked(picture, world, chosen)
    st.header(plain(picture.title), anchor=False)
    chart(picture, moving=moving)
    stem = file_stem(world, chosen)
    held = provenance(world, chosen, (picture.source,), as_at)
    small_print(picture, f"{stem}-{_file_name(about)}" if about else stem, held)


def marked(picture: Picture, world: World, chosen: Selection) -> Picture:
    """The picture, saying so where it is drawn from plan records."""
    return picture.of_records(from_records(world)) if drawn_from_records(world, chosen) else picture


def chart(picture: Picture, *, moving: bool = False) -> None:
    """The picture itself under its measure, unit and period.

    Args:
        moving: whether it is drawn again with each movement of a slider. A browser builds a chart anew when its words
            change, which takes longer than all the rest; so they then stand before it, for listeners alone.
    """
    st.caption(plain(picture.subtitle))
    said = picture.alt
    if moving:
        with st.container(key=f"heard-{picture.name}"):
            st.markdown(plain(picture.alt))
        said = "Chart. The words just before it say what it shows, and the table below it holds its figures."
    st.vega_lite_chart(picture.data, picture.spec, key=f"chart-{picture.name}", alt=said, width="stretch")


def provenance(world: World, chosen: Selection, sources: Iterable[str] = (), as_at: date | None = None) -> Provenance:
    """What goes with a file of the page; see ``leaving.provenance``."""
    records = from_records(world) if drawn_from_records(world, chosen) else ""
    return leaving.provenance(world, chosen, records, sources, as_at)


def small_print(picture: Picture, stem: str, held: Provenance | None = None) -> None:
    """Key, caveat and source in one paragraph, then the table and the files.

    Args:
        held: where its figures come from; as the page is chosen where none is given.
    """
    st.caption(plain(" ".join(filter(None, (picture.key, picture.note, f"{picture.source}.")))))
    with folded.expander("Table and download", f"table of {picture.name}") as opened:
        if opened:
            table_with_file(picture.table, stem, picture.name, picture, held)


def table_with_file(
    table: pl.DataFrame, stem: str, name: str, picture: Picture | None = None, held: Provenance | None = None
) -> None:
    """A table on the page with its file below it, and those of the picture that it belongs to; see ``files``."""
    st.table(readable(table))
    files(table, stem, name, picture, held)


def files(
    table: pl.DataFrame, stem: str, name: str, picture: Picture | None = None, held: Provenance | None = None
) -> None:
    """A table as a file to take along, and the picture that it belongs to.

    A file is made when its button is pressed. Where that fails the button says so, and the page stays as it is.

    Args:
        held: where its figures come from; as the page is chosen where none is given.
    """
    if held is None:
        loaded, _ = at_hand()
        held = provenance(loaded, current(loaded), (picture.source,) if picture is not None else ())
    offered = [("Download this table (CSV)", partial(csv_bytes, table, held), "csv", "text/csv")]
    if picture is not None:
        offered += [
            ("Download the picture (PNG)", partial(png_bytes, picture, held), "png", "image/png"),
            ("Download the picture (SVG)", partial(svg_bytes, picture, held), "svg", "image/svg+xml"),
        ]
    with st.container(horizontal=True):
        for label, content, ending, mime in offered:
            leaving.offer(
                label,
                content,
                "table" if ending == "csv" else "picture",
                held,
                table.height if ending == "csv" else None,
                file_name=f"{stem}-{name}.{ending}",
                mime=mime,
                key=f"download-{name}" if ending == "csv" else f"download-{name}-{ending}",
            )


def readable(table: pl.DataFrame) -> pl.DataFrame:
    """A table for the eye, narrower than the file.

    Whole numbers as such, others to one place; the two ends of a range in one cell; a year or source that is
    the same in every row is left to the words beside the chart.
    """
    said = [
        name for name in table.columns if name.startswith(("Year", "Source", "Data")) and table[name].n_unique() == 1
    ]
    kept = table.drop(said) if table.height > 1 else table
    cells = [_readable(column) for column in kept if not column.is_null().all()]
    return _joined_ranges(pl.DataFrame(cells))


def _joined_ranges(cells: pl.DataFrame) -> pl.DataFrame:
    """Put 'X, low' beside 'X, high' (or least and most) as 'X', or 'X, range' beside an X: '22.0 to 37.4'."""
    for low, high in ((", low", ", high"), (", least", ", most")):
        for name in [column.removesuffix(low) for column in cells.columns if column.endswith(low)]:
            first, last = pl.col(f"{name}{low}"), pl.col(f"{name}{high}")
            both = pl.when(first == last).then(first).otherwise(first + " to " + last)
            place = cells.columns.index(f"{name}{low}")
            heading = f"{name}, range" if name in cells.columns else name
            joined = cells.select(both.alias(heading)).to_series()
            cells = cells.drop(f"{name}{low}", f"{name}{high}").insert_column(place, joined)
    return cells


def _readable(column: pl.Series) -> pl.Series:
    known = column.drop_nulls()
    if not column.dtype.is_numeric():
        cells = ["" if cell is None else plain(str(cell)) for cell in column]
    elif column.name.startswith("Year"):
        cells = [str(cell) for cell in column]
    else:
        places = 0 if (known == known.round()).all() and not column.name.startswith("Likely") else 1
        cells = ["" if cell is None else f"{half_up(cell, places):,}" for cell in column]
    return pl.Series(column.name, cells, dtype=pl.String)


def file_stem(world: World, chosen: Selection) -> str:
    """How the names of downloaded files begin: 'trafford-2018'."""
    records = records_suffix(world) if drawn_from_records(world, chosen) else ""
    return f"{_file_name(world.areas.label(chosen.area))}-{chosen.year}{records}"


def records_suffix(world: World) -> str:
    """What a file's name says of the plan records in it: '-invented-plan-records-for-trafford'."""
    words = from_records(world)
    return f"-{_file_name(words)}" if words else ""


def _file_name(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
