"""Data: which figures every page shows, a file of plan records, its faults, and what can be told from it."""

import streamlit as st

from explorer.app import cached, controls, loading, parts, records_view, shown

base = cached.world()
world = shown.world()
records = world.records
parts.opening("Data", records_view.answer(world))
controls.choose_data(base)
st.header("Load plan records", anchor=False)
st.markdown(
    "The file stays in the memory of this session. It is not written to disk, not kept, and nobody else sees it. "
    "Close or reload the page and it is gone. Small numbers are hidden on every page."
)
loading.load_box(base)
if records is None:
    st.info(
        "To see what plan records add, choose the sample above: invented records for Trafford that give the figures "
        "its committee saw in October 2018."
    )
else:
    records_view.covered(world)
    records_view.faults(world)
    records_view.figures(world, base)
