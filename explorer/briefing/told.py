"""What a committee was told before, beside the same figures here."""

from collections.abc import Iterator
from datetime import date

from explorer.briefing.briefing import Told
from explorer.briefing.held import Held, full_year
from explorer.briefing_entries import Told as Entry
from explorer.schema import STATUS_WORDS
from explorer.sentences.figures import counts, shown
from explorer.wording import day, half_up
from explorer.world import World


def told_before(world: World, area: str, as_at: date) -> tuple[Told, ...]:
    """What was told of an authority in the reporting year of a day, and not after it.

    A figure that the data at hand do not hold, such as one of a month among published figures, is left out.
    """
    entries = [one for one in world.briefing.told if one.area == area and one.told_on <= as_at]
    recent = [one for one in entries if full_year(one.told_on) == full_year(as_at)]
    return tuple(found for one in recent for found in _held_against(world, one, as_at))


def _held_against(world: World, one: Entry, as_at: date) -> Iterator[Told]:
    found = Held(world, one.area, one.indicator, as_at).at(one.kind, one.end)
    if found is None:
        return
    told_in = f"{one.reference}, of figures up to {day(one.told_on)}"
    entry, figure = world.config.indicators[one.indicator], found.figure
    if figure.value is None:
        yield Told(one.said, STATUS_WORDS[figure.status].capitalize(), False, told_in)
        return
    behind = counts(figure, entry) if entry.unit != "count" else ""
    here = f"{shown(figure, entry)} ({behind})" if behind else shown(figure, entry)
    yield Told(one.said, here, half_up(figure.value, one.places) != half_up(one.value, one.places), told_in)
