"""Neighbours: where the authority stands, whether a gap is more than chance, and how many children it is."""

import streamlit as st

from explorer.app import parts, shown
from explorer.app.choices import OF_ONE_MEASURE, VIEWS
from explorer.app.controls import choose_indicator, choose_part, choose_visitor
from explorer.app.neighbours_view import Place, answer, beside, draw
from explorer.app.selection import chosen_of, current

world = shown.world()
chosen = current(world)
head = st.container()
in_meeting = bool(chosen_of("meet"))
picture = st.container() if in_meeting else None  # a room sees it whole; what it is chosen by follows
view = choose_part(world, "view", "Show", VIEWS)
left, right = st.columns(2)
with right:
    visitor = choose_visitor(world)
with left:
    indicator = choose_indicator(world) if view in OF_ONE_MEASURE else str(chosen_of("indicator"))
places = [Place(world, chosen, indicator)] + ([Place(world, visitor, indicator, 2)] if visitor else [])
with head:
    whom = " beside ".join(place.name for place in places)
    said = answer(places[0]) if view in OF_ONE_MEASURE and not visitor else ""
    parts.opening(f"Neighbours: {whom}, year to March {chosen.year}", said)
    parts.context(world, chosen)
    for place in places:
        parts.explain_area(world, place.chosen, with_records=place is places[0])
        parts.explain_group(place.notes)
with picture or st.container(), st.container(key="map-of-england" if view == "map" else None):
    if visitor and view in OF_ONE_MEASURE:
        st.markdown(parts.plain(beside(places)))
    for column, place in zip(st.columns(len(places), gap="medium"), places, strict=True):
        with column:
            if visitor and view in OF_ONE_MEASURE:
                st.markdown(f"**{parts.plain(answer(place))}**")
            draw(place, view, places)
if view in OF_ONE_MEASURE:  # below the picture, so that a phone and a room see that sooner
    st.caption(parts.plain(f"{places[0].entry.label}: {places[0].entry.description}"))
