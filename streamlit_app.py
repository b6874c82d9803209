"""The frame: page set-up, the side panel and the pages."""

import streamlit as st

from explorer.app import cached, parts, selection
from explorer.errors import ExplorerError

st.set_page_config("Child Protection Planning Explorer", page_icon=":material/groups:", layout="wide")
page = st.navigation(
    [
        st.Page("explorer/app/pages/briefing.py", title="Briefing", icon=":material/summarize:", default=True),
        st.Page("explorer/app/pages/neighbours.py", title="Neighbours", icon=":material/bar_chart:"),
        st.Page("explorer/app/pages/what_if.py", title="What if", icon=":material/tune:"),
        st.Page("explorer/app/pages/about.py", title="About", icon=":material/info:"),
    ],
    position="top",
)
try:
    world = cached.world()
except ExplorerError as problem:
    parts.stop_with(problem)
selection.open_link(world)
with st.sidebar:
    selection.choose(world)
page.run()
selection.write_link(world)
