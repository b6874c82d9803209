"""The accessibility statement in words: what works for everybody, what does not yet, how that was found, whom to ask.

In the order of the model statement for public bodies (The Public Sector Bodies (Websites and Mobile Applications)
(No. 2) Accessibility Regulations 2018, regulation 8). What it claims is held by tests/browser/test_accessibility.py,
tests/test_contrast.py and tests/test_colour_blind.py; who changes what they try changes the words here.
"""

from explorer.serving_entries import Accessibility
from explorer.wording import day

TITLE = "Accessibility of this site"
FIRST = "We want as many people as we can to be able to use these pages."
WORKS = (
    "make text up to four times as large, and read it without moving the page from side to side",
    "reach and use all that you can press with a keyboard alone, and see where you are",
    "use a phone, or a screen in a large room",
    "choose light or dark colours, or the strong colours of your own device",
    "turn off motion on your device: then nothing here slides or fades once the page is there",
    "read each chart in three ways: the heading says what it shows, a short text tells it to a screen reader, and a "
    "table below holds its figures",
    "tell lines and marks apart without seeing colour",
    "type an exact number in the place of moving the slider of an idea",
    "take as long as you like to read a page, as no page runs out of time",
)
NOT_YET = (
    "**Not tried by those who need it.** No one who uses a screen reader, a switch or their voice every day has tested "
    "these pages for us. The tests that we did find many faults, but not all.",
    "**Charts, point by point.** A mouse can show the figure of one mark. A keyboard cannot. The same figures stand in "
    "the table below the chart. This falls short of rule 2.1.1, keyboard.",
    "**Buttons on charts.** When a chart is in use, small buttons show at its corner. They come from the tool that we "
    "build with. Their names are long, as they say the whole text of the chart.",
    "**While a page loads.** Grey shapes may fade in and out for a second, also where you have turned motion off.",
    "**Wide tables.** On a phone a table may be wider than the screen. It then moves from side to side in its own box, "
    "by touch or with the arrow keys.",
    "**What does run out.** If you sign in, you may have to do so again after some hours. The code of a meeting works "
    "for a day or so. If the program has to start again, or you sign out, a file that you loaded is gone and you have "
    "to load it again. The page tells you.",
    "**Files.** The Word file, the slides and the workbook have headings, titles and texts for pictures. They have not "
    "been tried with a screen reader.",
)
TESTS = (
    "a program, axe, that looks for faults on each page, in light and dark, at the widths of a small phone, a phone "
    "and a desk",
    "a walk by the Tab key over each page, which looks for what cannot be reached, has no name or cannot be seen",
    "larger text, wider spaces, strong colours and motion turned off, in a real browser",
    "the contrast of all text and marks, worked out from the colours themselves",
)
LAW = (
    "The Equality and Human Rights Commission (EHRC) sees to it that public bodies keep the rules for access. The "
    "rules are the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018. If "
    "you are not happy with how we reply, you can ask the [Equality Advisory and Support Service]"
    "(https://www.equalityadvisoryservice.com/) for help."
)


def whom(entry: Accessibility) -> str:
    """Whom to ask for help or another form, and how soon they reply."""
    return f"Ask {entry.contact}. They should reply within {entry.reply_days:g} working days."


def status() -> str:
    """How far the pages meet the rules."""
    return (
        "These pages meet most of the Web Content Accessibility Guidelines, version 2.2, at level AA. They do not meet "
        "all of them. What falls short is below."
    )


def written(entry: Accessibility) -> str:
    """When the statement was made, and when the pages were last tried."""
    return (
        f"This text was written on {day(entry.prepared)}. The pages were last looked at by hand on "
        f"{day(entry.tested)}. The tests run each time that the program is changed."
    )
