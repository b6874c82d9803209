"""The frame: page set-up, the side panel and the pages."""

import streamlit as st

from explorer.app import cached, controls, parts, selection
from explorer.errors import ExplorerError

PAGES = [
    st.Page("explorer/app/pages/briefing.py", title="Briefing", icon=":material/summarize:", default=True),
    st.Page("explorer/app/pages/neighbours.py", title="Neighbours", icon=":material/bar_chart:"),
    st.Page("explorer/app/pages/trends.py", title="Trends", icon=":material/timeline:"),
    st.Page("explorer/app/pages/what_if.py", title="What if", icon=":material/tune:"),
    st.Page("explorer/app/pages/did_it_work.py", title="Did it work?", icon=":material/fact_check:"),
    st.Page("explorer/app/pages/data.py", title="Data", icon=":material/database:"),
    st.Page("explorer/app/pages/about.py", title="About", icon=":material/info:"),
]

st.set_page_config("Child Protection Planning Explorer", page_icon="docs/icon.png", layout="wide")
page = st.navigation(PAGES, position="hidden")
try:
    world = cached.world()
except ExplorerError as problem:
    parts.stop_with(problem)
selection.open_link(world, page.url_path)
with st.sidebar:
    controls.choose(world)
# Links of our own: those of st.navigation drop the choices from the address, and on a phone they are folded away.
with st.container(horizontal=True, key="pages"):
    for other in PAGES:
        st.page_link(other, query_params=selection.link_to(world, other.url_path))
try:
    page.run()
finally:  # a page may stop early; its choices belong in the address all the same
    selection.write_link(world)
