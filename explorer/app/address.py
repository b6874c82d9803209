"""The whole address of a view, as it is typed into a browser on any machine."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from explorer.app.selection import page

_KEPT_AS_IT_IS = "~.,:/"  # signs that an address may hold as they are, so that it stays readable


def address_of(path: str, link: Mapping[str, str]) -> str:
    """The address of a page with its choices, on the machine where the reader has the app open.

    Args:
        path: The page's name in its address; the empty string for the first one.
    """
    here = (st.context.url or "").rstrip("/")
    root = here.removesuffix(f"/{page()}") if page() else here
    choices = urlencode(link, safe=_KEPT_AS_IT_IS)
    return f"{root}/{path}" + (f"?{choices}" if choices else "")
