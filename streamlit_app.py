"""The frame: page set-up, the side panel and the pages."""

import streamlit as st

from explorer.app import access, cached, controls, frame, meeting, parts, saved, selection, share, sweep_choices, turns
from explorer.app.choice import SWEEP_PAGE
from explorer.errors import ExplorerError

PAGES = [
    st.Page("explorer/app/pages/briefing.py", title="Briefing", icon=":material/summarize:", default=True),
    st.Page("explorer/app/pages/neighbours.py", title="Neighbours", icon=":material/bar_chart:"),
    st.Page("explorer/app/pages/trends.py", title="Trends", icon=":material/timeline:"),
    st.Page("explorer/app/pages/what_if.py", title="What if", icon=":material/tune:"),
    st.Page("explorer/app/pages/did_it_work.py", title="Did it work?", icon=":material/fact_check:"),
    st.Page("explorer/app/pages/sweep.py", title="Sweep", icon=":material/grid_on:"),
    st.Page("explorer/app/pages/saved.py", title="Saved views", icon=":material/bookmarks:"),
    st.Page("explorer/app/pages/data.py", title="Data", icon=":material/database:"),
    st.Page("explorer/app/pages/about.py", title="About", icon=":material/info:"),
]
WAYS_IN = [  # of a meeting; they are reached by their links alone
    st.Page("explorer/app/pages/invite.py", title="Let others join", icon=":material/group_add:"),
    st.Page("explorer/app/pages/join.py", title="Join a meeting", icon=":material/login:"),
]
AT_FOOT = st.Page("explorer/app/pages/accessibility.py", title="Accessibility", icon=":material/accessibility_new:")

st.set_page_config(frame.PROGRAM, page_icon="docs/icon.png", layout="wide")
page = st.navigation([*PAGES, *WAYS_IN, AT_FOOT], position="hidden")
try:
    world = cached.world()
except ExplorerError as problem:
    parts.stop_with(problem)
selection.open_link(world, page.url_path)
access.keep_to_it(world)
frame.head()
shared = None
if meeting.on():
    meeting.bar(world)
else:
    if page not in WAYS_IN:
        with st.sidebar:
            controls.choose(world)
    # Links of our own: those of st.navigation drop the choices from the address, and on a phone they are folded away.
    with st.container(horizontal=True, vertical_alignment="center", key="pages"):
        for other in PAGES:
            if other.url_path == saved.SAVED_PAGE and not saved.switched_on(world):
                continue
            if other.url_path == SWEEP_PAGE and not sweep_choices.switched_on(world):
                continue
            st.page_link(other, query_params=selection.link_to(world, other.url_path))
        shared = share.button()
try:
    with turns.turn():
        page.run()
except parts.PageEnds:
    pass
finally:  # a page may end early or fail; its choices belong in the address all the same
    if shared is not None:
        share.fill(world, shared)
    frame.foot(world)
    selection.write_link(world)
