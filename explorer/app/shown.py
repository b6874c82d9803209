"""The data that the reader has chosen, as every page asks for it."""

import streamlit as st

from explorer.app import cached, choices, parts, selection
from explorer.errors import ExplorerError
from explorer.world import World


def world() -> World:
    """The published figures, or those with plan records in the place of one authority's.

    Where plan records that were chosen cannot be read, the page says why and shows what is published.
    """
    try:
        match selection.data():
            case choices.SAMPLE:
                return cached.sample()
            case choices.STANDING:
                return cached.standing() or cached.world()
            case choices.UPLOAD:
                return selection.uploaded()
    except ExplorerError as problem:
        for fault in problem.faults:
            st.error(parts.plain(f"The plan records cannot be shown, so you see published figures. {fault}"))
    return cached.world()
