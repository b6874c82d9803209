"""Data: which figures every page shows, a file of plan records, its faults, and what can be told from it."""

import streamlit as st

from explorer.app import cached, loading, parts, records_view, selection, shown
from explorer.app.selection import current

base = cached.world()
chosen = current(base)
world = shown.world()
records = world.records
parts.opening("Data", records_view.answer(world))
selection.choose_data(base)
if world.private:
    st.caption("The address of this page does not hold your file. Whoever opens it sees published figures.")
st.header("Load plan records", anchor=False)
st.markdown(
    "The file stays in the memory of this session. It is not written to disk, not kept, and nobody else sees it. "
    "Close the page and it is gone. Small numbers are hidden on every page."
)
loading.load_box(base, chosen.area)
if selection.has_upload():
    st.button("Forget the file", on_click=selection.forget_upload, args=(base,))
if records is None:
    st.info(
        "To see what plan records add, choose the sample above: invented records for Trafford that give the figures "
        "its committee saw in October 2018."
    )
else:
    records_view.covered(world)
    records_view.faults(world)
    records_view.figures(world, base)
