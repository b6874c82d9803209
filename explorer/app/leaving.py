"""The one way out of the app: the button of a file, its line in the audit, and what goes with it.

With it go where its figures come from, the day, and a link that shows the same. That is put together while the page is
drawn, because the address and the choices are at hand only then; the file itself is made when its button is pressed.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.app import access, choices, selection
from explorer.app.address import address_of
from explorer.app.selection import Selection, link_to
from explorer.app.serving import audit
from explorer.provenance import Provenance, hidden_rule, once
from explorer.world import World

_MARCH = 3


def today() -> date:
    """The day on which a file is made: the one clock of the app's files."""
    return date.today()


def provenance(
    world: World, chosen: Selection, records: str, sources: Iterable[str] = (), as_at: date | None = None
) -> Provenance:
    """Where the figures of a file come from.

    Args:
        records: Which plan records they come from: 'Invented plan records for Trafford'; empty for published ones.
        sources: As the words below a picture have it; without any, the publications that the published figures are
            from.
        as_at: The last day of which anything is used; 31 March of the year that is chosen where none is given.
    """
    said = once(source.removeprefix("Source: ").rstrip(".") for source in sources)
    page = selection.page()
    return Provenance(
        figures=f"{records}, and published figures" if records else "Published figures",
        sources=said or (world.config.source("measures").reference.rstrip("."),),
        version=world.version if records else choices.published_version(world),
        as_at=as_at or date(chosen.year, _MARCH, 31),
        made=today(),
        suppression=hidden_rule(world.config.benchmarks.suppression, from_records=bool(records)),
        link=address_of(page, link_to(world, page)),
        file_needed=bool(records) and world.private,
    )


def offer(
    label: str,
    content: Callable[[], bytes | str],
    kind: str,
    held: Provenance | None = None,
    rows: int | None = None,
    **button: Any,  # noqa: ANN401 - whatever ``st.download_button`` takes
) -> None:
    """The button of a file; each time it is pressed the file is made, and a line goes to the audit.

    Args:
        content: Makes the file. What it raises the button tells, and the page stays as it is.
        kind: What it holds, in a word that stays the same: "table", "picture", "findings".
        held: Where its figures come from.
        rows: How many rows it has, where it is a table.
    """
    known = _known(held, kind=kind, form=str(button["file_name"]).rpartition(".")[2], rows=rows)

    def made() -> bytes | str:
        try:
            file = content()
        except BaseException:
            audit.write(audit.Line("export", "failed", **known))
            raise
        audit.write(audit.Line("export", "done", size=len(file.encode() if isinstance(file, str) else file), **known))
        return file

    st.download_button(label, made, on_click="ignore", **button)


def heard(what: audit.What, outcome: audit.Outcome, **known: Any) -> None:  # noqa: ANN401 - fields of ``audit.Line``
    """A line in the audit for what has just been done."""
    audit.write(audit.Line(what, outcome, **_known(None, **known)))


def _known(held: Provenance | None, **known: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of ``audit.Line``
    """What is known of the reader and of what they look at, below what is said of the file itself."""
    run = get_script_run_ctx(suppress_warning=True)
    if run is None:  # a page is not being drawn
        return known
    data, area = selection.whose()
    seen = {"data": data, "authority": area, "version": held.version if held else ""}
    return {**seen, "who": access.who(), "visit": audit.visit(run.session_id), **known}
