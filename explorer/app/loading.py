"""A file from the reader's own machine, read into this session's memory and nowhere else."""

from collections.abc import Callable
from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.app import parts, selection
from explorer.errors import DataError, ExplorerError
from explorer.records import check_plans, safe_records
from explorer.sources.plan_file import PlanFile
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
_SEEN, _FAULTS = "loaded file", "faults of the loaded file"
TYPES = ("xml", "xlsx", "csv", "parquet")
_READING = 0.7  # of the bar; the rest is checking and counting


def load_box(world: World, area: str) -> None:
    """Where a file is dropped, whose records they are, and what is wrong where one cannot be read.

    Args:
        world: The published data.
        area: The authority to offer first.
    """
    authorities = [one.code for one in world.areas.authorities]
    whose = st.selectbox(
        "These records are of",
        authorities,
        index=authorities.index(area),
        format_func=world.areas.label,
        help="A census return says so itself, and that is what counts.",
    )
    until = st.date_input(
        "The file runs up to (leave empty for the last day on which a plan in it started or ended)",
        value=None,
        format="DD/MM/YYYY",
        help="A census return says so itself. For a monthly extract give its last day, such as the end of the month.",
    )
    megabytes = world.rules.limits.max_bytes // 1_000_000
    file = st.file_uploader(
        "CIN census return (XML), Annex A List 7 (xlsx or CSV), ssd_cp_plans or a plain table (CSV or Parquet)",
        max_upload_size=megabytes,
        help="The kind is told by what is in the file, not by its name.",
    )
    with st.expander("What a file must hold"):
        st.markdown(_WHAT)
    _take(world, file, whose, until)
    for fault in st.session_state.get(_FAULTS, ()):
        st.error(parts.plain(fault))


def _take(world: World, file: UploadedFile | None, whose: str, until: date | None) -> None:
    """Read a file that is new, or was dropped for another authority; leave what was loaded before if it fails."""
    seen = None if file is None else (file.file_id, whose, until)
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
        read = read_plans(file.name, file.getvalue(), world.rules.limits, reading)
        loaded = _measured(world, read, whose, until, bar.progress)
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


def _measured(
    world: World, read: PlanFile, whose: str, until: date | None, progress: Callable[[float, str], object]
) -> World:
    area = read.authority or whose
    if area not in {one.code for one in world.areas.authorities}:
        raise DataError(f"{read.name}: the return is from authority {area}, which is not in the published figures.")
    progress(_READING, "Checking every row…")
    checked = check_plans(read, world.rules, until)
    progress(0.8, "Counting, and hiding what could give a small number away…")
    records = safe_records(checked, world.rules, read.name, "upload", area)
    return world.with_records(records)
