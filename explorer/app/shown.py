"""The data that the reader has chosen, as every page asks for it."""

import streamlit as st

from explorer.app import parts
from explorer.app.at_hand import at_hand
from explorer.world import World


def world() -> World:
    """The published figures, or those with plan records in the place of one authority's.

    Where plan records that were chosen cannot be read, the page says why and shows what is published.
    """
    loaded, faults = at_hand()
    for fault in faults:
        st.error(parts.plain(f"The plan records cannot be shown, so you see published figures. {fault}"))
    return loaded
