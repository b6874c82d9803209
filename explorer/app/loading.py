"""A file from the reader's own machine, read into this session's memory and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.app import parts, selection
from explorer.errors import DataError, ExplorerError
from explorer.records import check_plans, safe_records
from explorer.sources.plan_file import NO_PLANS, PlanFile
from explorer.sources.plans import read_plans
from explorer.world import World

_WHAT = """
- **CIN census return**: the XML that goes to DfE, of any year from 2017.
- **Annex A**: the workbook, or its List 7 as CSV. It holds six months, so it cannot give figures of a year.
- **Standard Safeguarding Dataset**: the table ssd_cp_plans.
- **Plain table**: one row a plan, with at least the columns child_id, start_date and end_date (empty while the plan is
  open). previous_plans (how many plans the child had before), initial_category and latest_category (NEG, PHY, SAB, EMO,
  MUL) are checked too if they are there. Without previous_plans they are counted from the file. Dates are like
  2018-09-30 or 30/09/2018.
"""
_SEEN, _FAULTS, _BOX = "loaded file", "faults of the loaded file", "upload box"
_READING = 0.7  # of the bar; the rest is checking and counting


@dataclass(frozen=True)
class _Told:
    """What the reader says of a file."""

    area: str | None
    since: date | None
    until: date | None


def load_box(world: World) -> None:
    """Where a file is dropped, whose records they are, and what is wrong where one cannot be read.

    Args:
        world: The published data.
    """
    told = _told(world)
    file = st.file_uploader(
        "CIN census return (XML), Annex A List 7 (xlsx or CSV), ssd_cp_plans or a plain table (CSV or Parquet)",
        max_upload_size=world.rules.limits.max_upload_bytes // 1_000_000,
        help="The kind is told by what is in the file, not by its name.",
        key=f"file {st.session_state.get(_BOX, 0)}",
    )
    with st.expander("What a file must hold"):
        st.markdown(_WHAT)
    _take(world, file, told)
    for fault in st.session_state.get(_FAULTS, ()):
        st.error(parts.plain(fault))
    if selection.has_upload():
        records = selection.uploaded().records
        assert records is not None
        st.success(parts.plain(f"Loaded: {records.label}, for {world.areas.label(records.area)}."))
        st.button("Forget the file", on_click=_forget, args=(world,))


def _told(world: World) -> _Told:
    area = st.selectbox(
        "These records are of",
        [one.code for one in world.areas.authorities],
        index=None,
        placeholder="Choose the authority",
        format_func=world.areas.label,
        help="A census return may say so itself; then that is what counts.",
        key="records of",
    )
    left, right = st.columns(2)
    words = "A census return says so itself. Leave it empty if you do not know."
    since = left.date_input("Complete from (if you know)", None, format="DD/MM/YYYY", help=words, key="records since")
    until = right.date_input("Runs up to (if you know)", None, format="DD/MM/YYYY", help=words, key="records until")
    return _Told(area, since, until)


def _forget(world: World) -> None:
    """Drop the file from the session, and from the box that holds its bytes."""
    st.session_state[_BOX] = st.session_state.get(_BOX, 0) + 1
    st.session_state[_SEEN] = None
    st.session_state[_FAULTS] = ()
    selection.forget_upload(world)


def _take(world: World, file: UploadedFile | None, told: _Told) -> None:
    """Read a file that is new, or of which something else is said; what was loaded before stays if it fails."""
    seen = None if file is None else (file.file_id, told)
    if seen == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = seen
    st.session_state[_FAULTS] = ()
    if file is None:
        return
    bar = st.progress(0.0, "Reading the file…")

    def reading(share: float) -> None:
        bar.progress(_READING * share, "Reading the file…")

    try:
        limits = world.rules.limits
        limits = limits.model_copy(update={"max_bytes": limits.max_upload_bytes})
        loaded = _measured(world, read_plans(file.name, file.getvalue(), limits, reading), told, bar.progress)
    except ExplorerError as problem:
        st.session_state[_FAULTS] = (*problem.faults, *_kept())
    except MemoryError:
        st.session_state[_FAULTS] = (
            f"{file.name}: the file needs more memory than there is; load fewer years at a time.",
            *_kept(),
        )
    else:
        selection.keep_upload(world, loaded)
        st.rerun()
    finally:
        bar.empty()


def _kept() -> tuple[str, ...]:
    return ("What was loaded before is still here.",) if selection.has_upload() else ()


def _measured(world: World, read: PlanFile, told: _Told, progress: Callable[[float, str], object]) -> World:
    area = read.authority or told.area
    if area is None:
        raise DataError(f"{read.name}: choose above whose records these are; the file does not say so.")
    if area not in {one.code for one in world.areas.authorities}:
        raise DataError(f"{read.name}: the return is from authority {area}, which is not in the published figures.")
    if read.plans.is_empty():
        raise DataError(f"{read.name}: {NO_PLANS}.")
    progress(_READING, "Checking every row…")
    checked = check_plans(read, world.rules, told.since, told.until)
    if checked.first is None and not checked.split.kept.is_empty():
        raise DataError(f"{read.name}: no plan lies between the two days that you gave; correct them.")
    progress(0.8, "Counting, and hiding what could give a small number away…")
    return world.with_records(safe_records(checked, world.rules, read.name, "upload", area))
