"""Join a meeting: what it looks at, and the same page for an authority of one's own."""

import streamlit as st

from explorer.app import cached, joining, parts, share
from explorer.app.meeting_choices import JOIN_PAGE
from explorer.app.selection import chosen_of, current, link_to
from explorer.sentences.meetings import visitors_view

world = cached.world()
head, body = st.container(), st.container()
known = bool(chosen_of("to"))
with st.expander("Another meeting? Type its code") if known else st.container(), st.form("code", border=False):
    typed = st.text_input("Code of the meeting", placeholder="KT7-2MP", max_chars=20, autocomplete="off")
    if st.form_submit_button("Find the meeting"):
        faults = joining.join(world, typed)
        for fault in faults:
            st.warning(parts.plain(fault))
        if not faults:
            st.rerun()
with head:
    parts.opening("Join a meeting", joining.what(world) if known else "")
    if not known:
        st.markdown(
            "Type the code that is shown in the meeting. Or point your phone's camera at the square code there."
        )
if known:
    with body:
        leader = current(world).area
        own = st.selectbox(
            "Your authority",
            [area.code for area in world.areas.authorities],
            index=None,
            format_func=world.areas.label,
            placeholder="Type a few letters of its name",
            key="own",
        )
        if own is not None:
            link = link_to(world, JOIN_PAGE)
            name = link["to"]
            beside = joining.shows_two(name) and own != leader
            said = visitors_view(world.areas.label(own), world.areas.label(leader), joining.title(), beside)
            st.markdown(parts.plain(said))
            label = parts.plain(f"Open {joining.title()} for {world.areas.label(own)}")
            # a link and not a button: the frame would write this page's choices over those that a button goes to
            with st.container(border=True, width="content"):
                st.page_link(
                    share.file_of(name),
                    label=label,
                    icon=":material/login:",
                    query_params=joining.for_visitor(link, own),
                )
