"""Saved views: what people have put aside under a name, to open, change, take away or delete."""

import streamlit as st

from explorer.app import cached, parts, saved, saved_list

world = cached.world()
parts.opening("Saved views")
if saved.switched_on(world):
    st.markdown(saved.SHARED)
    saved_list.views(world)
else:
    st.info("Saved views are switched off here.")
