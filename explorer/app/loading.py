"""A file from the reader's own machine, read into this session's memory and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.app import access, cached, leaving, parts, selection, turns
from explorer.app.serving import audit
from explorer.errors import ExplorerError
from explorer.records import Records
from explorer.records.apart import Desk, FilesWaiting, FileTooLarge, FileTooSlow
from explorer.records.loaded import Progress, Sent
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
_STANDING: Mapping[access.Standing, str] = {
    "nobody": "Plan records cannot be loaded here. Every page is open with published figures.",
    "not set up": (
        "Nobody can load plan records here yet, because signing in has not been set up. Whoever runs this address can "
        "set it up. Every page is open with published figures."
    ),
    "signed out": "To load plan records, sign in first. Every page is open without signing in.",
    "too long ago": (
        "You signed in some time ago, and that no longer counts. To load plan records, sign in again. Every page is "
        "open without signing in."
    ),
    "no analyst": (
        "You are signed in, but you are not among those who may load plan records here. Whoever runs this address can "
        "add you. Every page is open with published figures."
    ),
    "analyst": "You are signed in and may load plan records. Sign out when you leave a machine that others use.",
}
_LAST_TRY: Mapping[str, str] = {
    access.FAILED: "Signing in did not work. Try again; if it fails again, ask whoever runs this address.",
    access.AWAY: "The service that signs people in does not answer just now. Try again later.",
}
_ENDINGS: Mapping[type[Exception], audit.Outcome] = {
    FileTooSlow: "too slow",
    FileTooLarge: "too large",
    FilesWaiting: "no turn",
}
_SEEN, _FAULTS, _BOX = "loaded file", "faults of the loaded file", "upload box"


@dataclass(frozen=True)
class _Told:
    """What the reader says of a file."""

    area: str | None
    since: date | None
    until: date | None


def load_box(world: World) -> None:
    """Where a file is dropped, whose records they are, and what is wrong where one cannot be read.

    Where signing in is needed and the reader has not, they are told so, and nothing is taken.

    Args:
        world: The published data.
    """
    if not _may_load(world):
        return
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
    try:
        records = _records(world, file, told, lambda share, words: _moved(bar, share, words))
    except ExplorerError as problem:
        st.session_state[_FAULTS] = (*problem.faults, *_kept())
    except MemoryError:
        st.session_state[_FAULTS] = (
            f"{file.name}: the file needs more memory than there is; load fewer years at a time.",
            *_kept(),
        )
    else:
        selection.keep_upload(world, world.with_records(records))
        st.rerun()
    finally:
        bar.empty()


def _moved(bar: DeltaGenerator, share: float, words: str) -> None:
    bar.progress(share, words)


def _kept() -> tuple[str, ...]:
    return ("What was loaded before is still here.",) if selection.has_upload() else ()


def _records(world: World, file: UploadedFile, told: _Told, progress: Progress) -> Records:
    """The records of the file, with a line in the audit whatever comes of it.

    Raises:
        DataError: they could not be had.
    """
    outcome: audit.Outcome = "refused"
    found: Records | None = None
    try:
        authorities = frozenset(one.code for one in world.areas.authorities)
        sent = Sent(file.name, told.area, told.since, told.until)
        with turns.aside():  # the desk has a queue of its own
            found = _desk().records_of(file.getvalue(), sent, world.rules, authorities, progress)
        outcome = "done"
    except tuple(_ENDINGS) as problem:
        outcome = _ENDINGS[type(problem)]
        raise
    finally:
        leaving.heard(
            "upload",
            outcome,
            size=file.size,
            kind=found.checked.file.kind if found else "",
            rows=found.checked.file.plans.height if found else None,
            authority=found.area if found else told.area or "",
            version=found.version if found else "",
            data="upload",
        )
    return found


@st.cache_resource(show_spinner=False)
def _desk() -> Desk:
    return Desk(cached.world().config.serving.files)


def _may_load(world: World) -> bool:
    """Whether the reader may load a file; else, or where they signed in, what is said of that."""
    standing = access.standing()
    if standing == "anybody":
        return True
    st.markdown(_STANDING[standing])
    if standing in ("signed out", "too long ago"):
        if said := _LAST_TRY.get(access.last_try()):
            st.warning(said)
        if st.button("Sign in", icon=":material/login:"):
            st.login()
    if standing in ("analyst", "no analyst"):
        st.button("Sign out", icon=":material/logout:", on_click=access.sign_out, args=(world,))
    return standing == "analyst"
