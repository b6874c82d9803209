"""What must hold of the effects that an idea is expected to have: which way, through what, and never all at once."""

from collections.abc import Iterator

from explorer.models.impact_entries import MOVES, SLOW, Impact
from explorer.models.what_if_entries import LONG_BAND, Effect, Intervention
from explorer.yaml_reader import Document, KeyPath

_SOONEST = 12  # months: an effect that needs plans to end cannot be whole before the average plan has ended
_WHY = (
    "a conference can only change what comes after that plan ends, about 11 months later, and time has to pass; "
    "allowed: 'plan_flow', or 'ramp' with months"
)


def impact_faults(entry: Intervention, path: KeyPath, document: Document) -> Iterator[str]:
    """Sentences for every fault in what an idea is expected to move and in where it began."""
    if not entry.impact:
        yield f"{document.at((*path, 'impact'))}: 'impact' is empty; at least one figure is needed."
    seen: set[str] = set()
    for number, impact in enumerate(entry.impact):
        place = (*path, "impact", number)
        if impact.outcome in seen:
            yield f"{document.at(place)}: 'impact' names '{impact.outcome}' twice; keep one."
        seen.add(impact.outcome)
        yield from _path(impact, place, document)
        yield from _through(impact, entry, place, document)
    areas = [one.area for one in entry.began]
    for number, area in enumerate(areas):
        if area in areas[:number]:
            yield f"{document.at((*path, 'began', number))}: 'began' names the area '{area}' twice; keep one."


def _path(impact: Impact, path: KeyPath, document: Document) -> Iterator[str]:
    """A step is refused where only time can bring the effect; months belong to a ramp."""
    place, slow = document.at((*path, "path")), impact.outcome in SLOW
    months = (impact.delay_months, impact.rise_months)
    if impact.path == "step" and slow:
        yield f"{place}: 'path' is 'step' for '{impact.outcome}': {_WHY}."
    if impact.path == "plan_flow" and not slow:
        allowed = ", ".join(SLOW)
        yield f"{place}: 'path' is 'plan_flow' for '{impact.outcome}'; the plan model gives {allowed}."
    if (impact.path == "ramp") != (None not in months) or (impact.path != "ramp" and months != (None, None)):
        yield f"{place}: 'delay_months' and 'rise_months' belong to 'path: ramp', both of them, and only there."
    elif impact.path == "ramp" and slow and sum(month or 0 for month in months) < _SOONEST:
        yield f"{place}: the ramp is over in less than {_SOONEST} months, nearly a step for '{impact.outcome}': {_WHY}."


def _through(impact: Impact, entry: Intervention, path: KeyPath, document: Document) -> Iterator[str]:
    """The effects it works through are there, move the figure, and move it the way that is expected."""
    effects = {effect.name: effect for effect in entry.effects}
    if impact.path == "plan_flow" and not impact.through:
        yield f"{document.at(path)}: 'through' is missing; allowed with 'plan_flow': {', '.join(effects)}."
    for number, name in enumerate(impact.through):
        place = document.at((*path, "through", number))
        if name not in effects:
            yield f"{place}: 'through' names '{name}'; allowed: {', '.join(effects)}."
            continue
        move, acts_on = direction(effects[name], impact.outcome), effects[name].acts_on
        if move == 0:
            yield f"{place}: '{name}' acts on '{acts_on}', which does not move '{impact.outcome}' for good."
        elif move * (effects[name].ratio - 1) * impact.sign < 0:
            yield (
                f"{place}: '{impact.outcome}' is expected to be {impact.expected}, but '{name}' with its ratio of "
                f"{effects[name].ratio:g} moves it the other way."
            )


def direction(effect: Effect, outcome: str) -> int:
    """Which way a figure goes for good where an effect's ratio goes up: 1 up, -1 down, 0 neither."""
    if effect.acts_on == "ending" and outcome == "ended_2y_plus_percent" and effect.from_months == LONG_BAND:
        return 0  # the long plans end sooner, but as many plans become long
    return MOVES.get((effect.acts_on, outcome), 0)
