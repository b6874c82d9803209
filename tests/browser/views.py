"""Every view of the app that a reader can be at, by a name and its link; for tests that have to see all of them."""

from explorer.app.choices import VIEWS
from explorer.app.evaluation_choices import LOOKS

_CHOICES = "v=1&area={area}&year={year}&group=neighbours-2025&data={data}"
PUBLISHED = _CHOICES.format(area="{area}", year="{year}", data="published")
SAMPLE = _CHOICES.format(area="358", year="2018", data="sample")
TRAFFORD = PUBLISHED.format(area="358", year="2018")

PAGES = {  # one view of each page, as a stranger sees it first
    "briefing": f"?{TRAFFORD}",
    "neighbours": f"neighbours?{TRAFFORD}",
    "trends": f"trends?{TRAFFORD}",
    "what-if": f"what_if?{TRAFFORD}",
    "did-it-work": f"did_it_work?{TRAFFORD}",
    "sweep": f"sweep?{TRAFFORD}&moved=plans_open",
    "saved": f"saved?{TRAFFORD}",
    "data": f"data?{TRAFFORD}",
    "about": f"about?{TRAFFORD}",
    "accessibility": f"accessibility?{TRAFFORD}",
    "invite": f"invite?{TRAFFORD}&to=neighbours",
    "join": f"join?{TRAFFORD}&to=neighbours",
}
CLOSER = {  # the other views of these pages
    **{f"neighbours-{view}": f"neighbours?{TRAFFORD}&view={view}" for view in list(VIEWS)[1:]},
    **{f"did-it-work-{look}": f"did_it_work?{SAMPLE}&look={look}" for look in list(LOOKS)[1:]},
    "neighbours-two": f"neighbours?{TRAFFORD}&visitor=356",
    "briefing-sample": f"?{SAMPLE}&on=2018-09-30",
    "trends-months": f"trends?{SAMPLE}&every=month",
    "what-if-on": f"what_if?{TRAFFORD}&if=1~rc_r0.9~ov_g0.95",
    "data-sample": f"data?{SAMPLE}",
    "small-authority": f"?{PUBLISHED.format(area='201', year='2018')}",
    "sweep-map": f"sweep?{TRAFFORD}&moved=plans_open&scenario=closing-faster-at-a-price",
    "meeting": f"neighbours?{TRAFFORD}&meet=yes",
}
EVERY = {**PAGES, **CLOSER}
