"""A stranger's link read into choices: what cannot be understood stays at its default and is said in a sentence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from explorer.app import choices
from explorer.app.choice import Choice
from explorer.app.choices import CHOICES, LISTS, PUBLISHED, UPLOAD, listed_whole, short
from explorer.app.meeting_choices import NOT_SAID, path_of
from explorer.models.scenario_code import FromLink
from explorer.models.scenarios import Scenario
from explorer.wording import day
from explorer.world import World

NOT_WRITTEN_WHERE_EMPTY = ("beside", "without", "visitor", "lines", "upto", "rebase", "began", "on", "meet", "to")
_OWN_FILE = (  # whose file it was is not known: its owner's page may come back after the program began anew
    "This view used a file of plan records that is not here, so you see published figures. A loaded file stays with "
    "whoever loaded it, and goes when they reload the page or the program starts again. If it was yours, load it again "
    "on the Data page. If not, ask whoever sent you the link."
)
_OTHER_VERSION = "The link was made by another version of this program; parts of it may have changed."
_MOST_NAMED = 3  # unknown parts


def take(link: Mapping[str, str], kept: dict[str, Any], world: World, page: str, *, own_file: bool) -> list[str]:
    """Read a link into the choices.

    Args:
        link: Its parts by name.
        kept: The choices as they are, which are changed. What a page does not show is in no link of it, and stays.
        page: The page that it opens, by its address.
        own_file: Whether this reader has loaded a file of plan records.

    Returns:
        A sentence for each part that was ignored.
    """
    told: list[str] = []
    for name, choice in CHOICES.items():
        if name in link:
            kept[name], said = _read(name, choice, link[name], world, own_file)
            told += said
        elif _taken_back(name, choice, link, page):
            kept[name] = choice.default(world)
    version = str(world.config.app.link_version)
    if link.get("v", version) != version:
        told.append(_OTHER_VERSION)
    return [*told, *_unknown([name for name in link if name not in CHOICES and name != "v"])]


def _read(name: str, choice: Choice, text: str, world: World, own_file: bool) -> tuple[Any, list[str]]:
    """One part of a link: what is chosen by it, and what should be said."""
    if name == "data" and text == UPLOAD:
        return (UPLOAD, []) if own_file else (PUBLISHED, [_OWN_FILE])
    value = choice.read(text, world)
    if isinstance(value, FromLink):
        return _understood(value, world)
    if isinstance(value, choices.Beside):
        said = "Some of the what-ifs to compare in the link could not be understood, or are beyond"
        return value.scenarios, [] if value.whole else [f"{said} {choices.MOST_BESIDE}; they were left out."]
    if value is None:
        value = choice.default(world)
        return value, [
            f"The {choice.what} in the link ({short(text)}) is not known, so it was ignored. "
            f"You see {choice.show(value, world)} instead."
        ]
    if name in LISTS and not listed_whole(value, text):
        limit = choices.MOST_LINES if name == "lines" else world.config.app.custom_group_limit
        return value, [f"Some of the authorities in the link are not known or are beyond {limit}; they were left out."]
    return value, []


def _taken_back(name: str, choice: Choice, link: Mapping[str, str], page: str) -> bool:
    """Whether a choice that a link does not have was empty when the link was written, as after the Back button."""
    shown = (None, page, path_of(link.get("to", NOT_SAID)))
    return "v" in link and name in NOT_WRITTEN_WHERE_EMPTY and choice.page in shown


def _understood(found: FromLink, world: World) -> tuple[Scenario, list[str]]:
    """A what-if of a link, and what should be said of it."""
    made_with, now = found.scenario.data_version, choices.published_version(world)
    other = made_with is not None and made_with != now
    said = f"This what-if was made with other figures (version {made_with}; now {now}), so its results may differ."
    return replace(found.scenario, data_version=None), [*found.ignored, *([said] if other else [])]


def _unknown(names: list[str]) -> list[str]:
    """What is said of parts that no choice has; the first few by name."""
    if not names:
        return []
    named = ", ".join(short(name) for name in names[:_MOST_NAMED])
    if len(names) == 1:
        return [f"The link has a part that is not known here ({named}); it was ignored."]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return [f"The link has {len(names)} parts that are not known here ({named}{more}); they were ignored."]


def day_not_held(asked: date, shown: date) -> str:
    """What is said of a day that the data at hand have no figures of."""
    return (
        f"The day of the briefing in the link ({day(asked)}) cannot be shown with these data, so it was ignored. "
        f"You see {day(shown)} instead."
    )


def said_twice(names: list[str]) -> tuple[str, ...]:
    """What is said of parts that a link holds more than once."""
    named = ", ".join(short(name) for name in names[:_MOST_NAMED])
    return (f"The link says something twice ({named}); the last time counts.",) if names else ()
