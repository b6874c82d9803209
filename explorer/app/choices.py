"""What a reader can choose: each choice with its default, and how it is read from and written to a link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from explorer.config import Slider
from explorer.models.scenario import NO_EFFECT
from explorer.plan_indicators import COUNTS, PERCENTAGES
from explorer.sentences.records import KIND_WORDS
from explorer.world import World

DATA_PAGE = "data"
_LONGEST_SHOWN = 24
PUBLISHED, SAMPLE, STANDING, UPLOAD = "published", "sample", "records", "upload"
DATA_WORDS: Mapping[str, str] = {
    PUBLISHED: "Published figures",
    SAMPLE: "Sample (invented plan records)",
    STANDING: "Plan records of this deployment",
    UPLOAD: "The file that I loaded",
}


@dataclass(frozen=True)
class Choice:
    """One thing that a reader can choose: its default, and how it is read from and written to a link.

    ``read`` returns None for text that means nothing; ``show`` says a value in words; ``page`` is the only
    page that shows it, or None for every page.
    """

    what: str
    default: Callable[[World], Any]
    read: Callable[[str, World], Any]
    show: Callable[[Any, World], str] = lambda value, world: str(value)
    write: Callable[[Any], str] = str
    page: str | None = None


def comparable_indicators(world: World) -> list[str]:
    """Published measures that can be compared between authorities of different size: shares and rates."""
    return [name for name, entry in world.config.indicators.items() if entry.unit != "count" and not entry.only_records]


def _read_area(text: str, world: World) -> str | None:
    return text if text in {area.code for area in world.areas.authorities} else None


def _read_year(text: str, world: World) -> int | None:
    return next((year for year in world.years if str(year) == text), None)


def _read_group(text: str, world: World) -> str | None:
    return text if text in world.config.benchmarks.groups else None


def _read_areas(text: str, world: World) -> list[str] | None:
    """The known codes of a list, up to the limit; None where there is none."""
    codes = [code for code in dict.fromkeys(text.split(",")) if _read_area(code, world)]
    return codes[: world.config.app.custom_group_limit] or None


def _read_data(text: str, world: World) -> str | None:
    """A loaded file is its own session's, so no link can name it."""
    kept = (PUBLISHED, SAMPLE, *((STANDING,) if world.config.standing_records else ()))
    return text if text in kept else None


def picked(world: World, group: str) -> bool:
    """Whether a group is picked by hand."""
    return world.config.benchmarks.groups[group].kind == "custom"


def _read_indicator(text: str, world: World) -> str | None:
    return text if text in comparable_indicators(world) else None


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ratio(name: str) -> Choice:
    def slider(world: World) -> Slider:
        found: Slider = getattr(world.config.app.what_if, name)
        return found

    def read(text: str, world: World) -> float | None:
        entry = slider(world)
        try:
            value = float(text)
        except ValueError:
            return None
        return round(value, 2) if entry.lowest <= value <= entry.highest else None

    return Choice(
        "slider value",
        lambda world: NO_EFFECT,
        read,
        lambda value, world: "no effect",
        write="{:g}".format,
        page="what_if",
    )


CHOICES: Mapping[str, Choice] = {
    "data": Choice(
        "data",
        lambda world: PUBLISHED,
        _read_data,
        lambda name, world: DATA_WORDS[name].lower(),
    ),
    "area": Choice(
        "authority",
        lambda world: world.config.app.default_area,
        _read_area,
        lambda code, world: world.areas.label(code),
    ),
    "year": Choice("year", lambda world: world.default_year, _read_year),
    "group": Choice(
        "group",
        lambda world: world.config.app.default_group,
        _read_group,
        lambda group, world: world.config.benchmarks.groups[group].label,
    ),
    "areas": Choice(
        "list of authorities", lambda world: [], _read_areas, lambda codes, world: "an empty list", ",".join
    ),
    "indicator": Choice(
        "measure",
        lambda world: world.config.app.headline_indicators[0],
        _read_indicator,
        lambda name, world: world.config.indicators[name].label,
        page="neighbours",
    ),
    "measure": Choice(
        "measure",
        lambda world: "plans_open",
        lambda text, world: text if text in (*PERCENTAGES, *COUNTS) else None,
        lambda name, world: world.config.indicators[name].label,
        page=DATA_PAGE,
    ),
    "kind": Choice(
        "period",
        lambda world: "rolling_12m",
        lambda text, world: text if text in KIND_WORDS else None,
        lambda kind, world: KIND_WORDS[kind],
        page=DATA_PAGE,
    ),
    "end": Choice(
        "date",
        lambda world: None,
        lambda text, world: _read_date(text),
        lambda end, world: "the newest",
        write=lambda end: "" if end is None else end.isoformat(),
        page=DATA_PAGE,
    ),
    "repeat_ratio": _ratio("repeat_ratio"),
    "ending_ratio": _ratio("ending_ratio"),
}


def short(text: str) -> str:
    """A piece of a stranger's link, made safe to show: letters, digits and a few signs, cut short."""
    kept = "".join(sign for sign in text[:_LONGEST_SHOWN] if sign.isalnum() or sign in " -.,")
    return f"“{kept}”" if kept.strip() else "unreadable"
