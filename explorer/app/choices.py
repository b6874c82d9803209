"""What a reader can choose: each choice with its default, and how it is read from and written to a link.

What a link was ever written with is read for ever; tests/links.yaml keeps links of every form. A list is written with
'.' or '~~' between, which an address keeps as they are, and was written with a comma, which takes three letters there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count

from explorer.app.briefing_choices import BRIEFING_CHOICES
from explorer.app.choice import DATA_PAGE, NEIGHBOURS_PAGE, TRENDS_PAGE, WHAT_IF_PAGE, Choice, read_date
from explorer.app.evaluation_choices import EVALUATION_CHOICES
from explorer.app.meeting_choices import MEETING_CHOICES
from explorer.app.sweep_choices import SWEEP_CHOICES
from explorer.charts.compared import AS_NOW
from explorer.models.outcome import DRAWN
from explorer.models.scenario_code import FromLink, read_code, scenario_code
from explorer.models.scenarios import NO_EFFECT, Scenario
from explorer.models.what_if import BASELINE
from explorer.plan_indicators import COUNTS, PERCENTAGES
from explorer.sentences.records import KIND_WORDS
from explorer.world import World

NOBODY = ""  # no second authority beside the first
VIEWS: Mapping[str, str] = {  # of the Neighbours page
    "bars": "Ranked",
    "funnel": "By size",
    "years": "Over the years",
    "all": "All measures",
    "pairs": "Two measures",
    "map": "Map",
}
OF_ONE_MEASURE = ("bars", "funnel", "years", "map")  # the views that show the measure chosen
MOST_LINES = 5  # members with a line of their own: more cannot be told apart
MOST_BESIDE = 3  # what-ifs compared with the one at hand
NAMES_TAKEN = (BASELINE, AS_NOW)  # in a comparison, of how things are
EVERY: Mapping[str, str] = {  # periods of the Trends page
    "year": "Years",
    "quarter": "Quarters",
    "month": "Months",
    "rolling_12m": "Twelve months to each date",
    "year_to_date": "The year so far",
}
CLOSER: Mapping[str, str] = {  # the questions below the chart of the What if page
    "work": "What does it ask of us?",  # the first is the one a page opens on: the quickest to work out
    "parts": "What makes the difference?",
    "matters": "What matters most?",
    "takes": "What would it take?",
    "compare": "Compare what-ifs",
}
LISTS = ("areas", "without", "lines")  # choices of several authorities
_LONGEST_SHOWN = 24
_BETWEEN_AREAS, _BETWEEN_IDEAS = re.compile("[.,]"), re.compile("~~|,")
LONGEST_REASON = 120
PUBLISHED, SAMPLE, STANDING, UPLOAD = "published", "sample", "records", "upload"
DATA_WORDS: Mapping[str, str] = {
    PUBLISHED: "Published figures",
    SAMPLE: "Sample (invented plan records)",
    STANDING: "Plan records of this deployment",
    UPLOAD: "The file that I loaded",
}


def comparable_indicators(world: World) -> list[str]:
    """Published measures that can be compared between authorities of different size: shares and rates."""
    return [name for name, entry in world.config.indicators.items() if entry.unit != "count" and not entry.only_records]


def _read_area(text: str, world: World) -> str | None:
    return text if text in {area.code for area in world.areas.authorities} else None


def _read_year(text: str, world: World) -> int | None:
    return next((year for year in world.years if str(year) == text), None)


def _read_group(text: str, world: World) -> str | None:
    return text if text in world.config.benchmarks.groups else None


def trend_indicators(world: World, area: str) -> list[str]:
    """Measures that can be followed over time: all that anybody publishes, and what plan records of the area hold."""
    held = {name for name, _ in world.covered}
    if world.records is not None and world.records.area == area:
        held |= set(world.records.figures["indicator"])
    return [name for name in world.config.indicators if name in held]


def _read_areas(text: str, world: World) -> list[str] | None:
    """The known codes of a list, up to the limit; None where there is none."""
    codes = [code for code in dict.fromkeys(_BETWEEN_AREAS.split(text)) if _read_area(code, world)]
    return codes[: world.config.app.custom_group_limit] or None


def listed_whole(codes: list[str], text: str) -> bool:
    """Whether a list that was read holds everything that the link's text names."""
    return codes == _BETWEEN_AREAS.split(text)


def _read_data(text: str, world: World) -> str | None:
    """A loaded file is its own session's, so no link can name it."""
    kept = (PUBLISHED, SAMPLE, *((STANDING,) if world.config.standing_records else ()))
    return text if text in kept else None


def picked(world: World, group: str) -> bool:
    """Whether a group is picked by hand."""
    return world.config.benchmarks.groups[group].kind == "custom"


def _read_indicator(text: str, world: World) -> str | None:
    return text if text in comparable_indicators(world) else None


@dataclass(frozen=True)
class Rebase:
    """A new stretch of a control chart, begun by hand: after which day, for which figures, and why."""

    indicator: str
    area: str
    end: date
    reason: str


def _read_rebase(text: str, world: World) -> Rebase | None:
    """A measure, an authority, a day and a reason; the reason is a stranger's text and is cut and cleaned."""
    indicator, area, end, reason = (*text.split("~", 3), "", "", "", "")[:4]
    day, why = read_date(end), clean(reason)
    if day is None or not why or indicator not in world.config.indicators or _read_area(area, world) is None:
        return None
    return Rebase(indicator, area, day, why)


def _write_rebase(found: Rebase | None, world: World) -> str:
    return "" if found is None else "~".join((found.indicator, found.area, found.end.isoformat(), found.reason))


def clean(reason: str) -> str:
    """A reason as it is kept and shown: one line of letters, digits and plain signs, not too long."""
    kept = "".join(sign if sign.isprintable() and sign != "~" else " " for sign in reason)
    return " ".join(kept.split())[:LONGEST_REASON]


def _read_ideas(text: str, world: World) -> FromLink:
    return read_code(text, world.models.what_if)


def _write_ideas(scenario: Scenario, world: World) -> str:
    return scenario_code(replace(scenario, data_version=published_version(world)), world.models.what_if)


def published_version(world: World) -> str:
    """The version of the published figures, whatever plan records are chosen besides."""
    return world.version.partition("+")[0]


@dataclass(frozen=True)
class Beside:
    """What-ifs of a link to compare with, and whether all of the link could be understood."""

    scenarios: list[Scenario]
    whole: bool


def _read_beside(text: str, world: World) -> Beside:
    codes = _BETWEEN_IDEAS.split(text)
    found = [read_code(code, world.models.what_if) for code in codes[:MOST_BESIDE]]
    scenarios = [one.scenario for one in found if one.scenario.changes]
    return Beside(told_apart(scenarios), len(scenarios) == len(codes) and not any(one.ignored for one in found))


def told_apart(scenarios: list[Scenario]) -> list[Scenario]:
    """The same what-ifs, no two of one name, and none with the name of how things are: 'Your own', 'Your own (2)'."""
    taken, found = set(NAMES_TAKEN), []
    for one in scenarios:
        names = chain([one.name], (f"{one.name} ({number})" for number in count(2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        found.append(replace(one, name=name))
    return found


def _write_beside(scenarios: list[Scenario], world: World) -> str:
    return "~~".join(scenario_code(one, world.models.what_if) for one in scenarios)


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
        "list of authorities",
        lambda world: [],
        _read_areas,
        lambda codes, world: "an empty list",
        lambda codes, world: ".".join(codes),
    ),
    "without": Choice(
        "list of authorities left out",
        lambda world: [],
        _read_areas,
        lambda codes, world: "nobody left out",
        lambda codes, world: ".".join(codes),
    ),
    "view": Choice(
        "view",
        lambda world: next(iter(VIEWS)),
        lambda text, world: text if text in VIEWS else None,
        lambda name, world: VIEWS[name].lower(),
        page=NEIGHBOURS_PAGE,
    ),
    "visitor": Choice(
        "second authority",
        lambda world: NOBODY,
        _read_area,
        lambda code, world: world.areas.label(code) if code else "one authority",
        page=NEIGHBOURS_PAGE,
    ),
    "lines": Choice(
        "list of lines",
        lambda world: [],
        lambda text, world: (_read_areas(text, world) or [])[:MOST_LINES] or None,
        lambda codes, world: "none",
        lambda codes, world: ".".join(codes),
        page=NEIGHBOURS_PAGE,
    ),
    "trend": Choice(
        "measure",
        lambda world: world.config.app.opening_indicator,
        lambda text, world: text if text in world.config.indicators else None,
        lambda name, world: world.config.indicators[name].label,
        page=TRENDS_PAGE,
    ),
    "every": Choice(
        "period",
        lambda world: "year",
        lambda text, world: text if text in EVERY else None,
        lambda kind, world: EVERY[kind].lower(),
        page=TRENDS_PAGE,
    ),
    "upto": Choice(
        "date",
        lambda world: None,
        lambda text, world: read_date(text),
        lambda end, world: "the newest",
        write=lambda end, world: "" if end is None else end.isoformat(),
        page=TRENDS_PAGE,
    ),
    "came": Choice(
        "choice of what came next",
        lambda world: False,
        lambda text, world: {"yes": True, "no": False}.get(text),
        lambda shown, world: "it shown" if shown else "it left out",
        lambda shown, world: "yes" if shown else "no",
        page=TRENDS_PAGE,
    ),
    "rebase": Choice(
        "new stretch of the chart",
        lambda world: None,
        _read_rebase,
        lambda found, world: "none",
        _write_rebase,
        page=TRENDS_PAGE,
    ),
    "indicator": Choice(
        "measure",
        lambda world: world.config.app.opening_indicator,
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
        lambda text, world: read_date(text),
        lambda end, world: "the newest",
        write=lambda end, world: "" if end is None else end.isoformat(),
        page=DATA_PAGE,
    ),
    "if": Choice("what-if", lambda world: NO_EFFECT, _read_ideas, write=_write_ideas, page=WHAT_IF_PAGE),
    "beside": Choice(
        "what-ifs to compare",
        lambda world: [],
        _read_beside,
        lambda found, world: "none",
        _write_beside,
        page=WHAT_IF_PAGE,
    ),
    "figure": Choice(
        "figure",
        lambda world: DRAWN[0],
        lambda text, world: text if text in DRAWN else None,
        lambda name, world: world.config.indicators[name].label,
        page=WHAT_IF_PAGE,
    ),
    "closer": Choice(
        "question",
        lambda world: next(iter(CLOSER)),
        lambda text, world: text if text in CLOSER else None,
        lambda name, world: CLOSER[name].lower(),
        page=WHAT_IF_PAGE,
    ),
    **EVALUATION_CHOICES,
    **BRIEFING_CHOICES,
    **SWEEP_CHOICES,
    **MEETING_CHOICES,
}


def short(text: str) -> str:
    """A piece of a stranger's link, made safe to show: letters, digits and a few signs, cut short."""
    kept = "".join(sign for sign in text[:_LONGEST_SHOWN] if sign.isalnum() or sign in " -.,")
    return f"“{kept}”" if kept.strip() else "unreadable"
