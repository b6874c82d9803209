"""Does any sentence of a briefing contradict the range that is printed in it: of every authority and year there is.

    python -m bench.briefings

Every published figure at every 31 March beside its 2025 neighbours: about 9,900 measures, in five minutes.
``results/briefings.json`` keeps how many sentences could have been wrong and which were; ``tests/test_briefing.py``
holds it to none.
"""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from explorer.benchmarks.standing import Everyone
from explorer.briefing.briefing import Line
from explorer.briefing.judge import Places, spreads_of
from explorer.briefing.make import Ask, brief
from explorer.world import load_world
from tests.test_briefing import RANGE, contradictions

_GROUP = "neighbours-2025"


def main() -> None:
    """Make all briefings and keep what was found."""
    world = load_world()
    every = spreads_of(world)

    @cache
    def spreads(indicator: str, year: int) -> Everyone | None:
        """With few draws: no range or verdict is drawn, and chances are not looked at here."""
        found = every(indicator, year)
        return found and replace(found, rules=found.rules.model_copy(update={"draws": 2}))

    lines: list[tuple[str, Line]] = []
    for area in world.areas.authorities:
        for year in (year for year in world.years if area.existed(year)):
            places = Places(world, area.code, (_GROUP, (), ()), spreads)
            place = cache(places.place)
            asked = Ask(area.code, date(year, 3, 31), _GROUP)
            made = brief(world, asked, asked.as_at, place=place, judge=places.judge)
            lines += [(f"{made.title}: {one.label}", one) for one in made.lines]
    found = {
        "checked": len(lines),
        "outside": sum(len(RANGE.findall(said)) for _, one in lines for said in one.sentences),
        "edge": [title for title, one in lines if "at the edge of" in one.finding],
        "contradictions": [f"{title}: {said}" for title, one in lines for said in contradictions(one)],
    }
    Path(__file__).with_name("results").joinpath("briefings.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
