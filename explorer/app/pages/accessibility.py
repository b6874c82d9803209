"""Accessibility: what works for everybody, what does not yet, how that was found, and whom to ask."""

import streamlit as st

from explorer.app import cached, parts
from explorer.sentences import accessibility as words

entry = cached.world().config.serving.accessibility
parts.opening(words.TITLE, words.FIRST)
st.markdown("You should be able to:")
st.markdown("\n".join(f"- {one}" for one in words.WORKS))
st.header("What does not work yet", anchor=False)
st.markdown(words.status())
st.markdown("\n".join(f"- {one}" for one in words.NOT_YET))
st.header("Ask for help, or tell us what is wrong", anchor=False)
st.markdown(
    "If you need a figure in another form, such as large print, easy read or a phone call, or if something here does "
    "not work for you, please say so. Tell them the page and what went wrong."
)
st.markdown(parts.plain(words.whom(entry)))
st.header("If you are not happy with the reply", anchor=False)
st.markdown(words.LAW)
st.header("How we tested", anchor=False)
st.markdown("These tests are part of the program:")
st.markdown("\n".join(f"- {one}" for one in words.TESTS))
st.markdown(parts.plain(words.written(entry)))
