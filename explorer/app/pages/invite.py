"""Let others join: a large square code for phones, a short code to type, and the address where it is typed."""

import streamlit as st

from explorer.app import cached, joining, parts, share
from explorer.app.address import address_of
from explorer.app.choices import UPLOAD
from explorer.app.meeting_choices import JOIN_PAGE
from explorer.app.selection import data
from explorer.sentences.meetings import OWNER_ALONE

world = cached.world()
parts.opening("Join this meeting", joining.what(world))
if data() == UPLOAD:
    st.info(OWNER_ALONE)
left, right = st.columns(2, gap="large")
with left, st.container(key="square"):
    st.html("<style>.st-key-square img { width: min(100%, 55vh) !important; max-width: none; }</style>")
    invitation = address_of(JOIN_PAGE, joining.invitation(world))
    share.show_square_code(invitation, "QR code of the link to join this meeting", "stretch")
with right:
    st.markdown("**With a phone or tablet:** point its camera at the square code.")
    code, said = joining.code(world)
    if code:
        st.markdown("**With a keyboard:** open this address")
        st.markdown(f"**{parts.plain(address_of(JOIN_PAGE, {}))}**")
        st.markdown("and type this code:")
        st.html(f'<p style="font-size:4rem;font-weight:700;margin:0;line-height:1.2">{code}</p>')
        st.caption(said)
    else:
        st.info(parts.plain(said))
    st.caption("Each visitor picks an authority and sees this page for it. What they choose changes nothing here.")
