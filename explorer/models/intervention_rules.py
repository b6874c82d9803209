"""What must hold between the keys of an idea: no effect and harm inside every range, bands that the engine has."""

import re
from collections.abc import Collection, Iterator
from itertools import combinations

from explorer.models.impact_rules import impact_faults
from explorer.models.what_if_entries import EDGES, Adjustable, Effect, Intervention, InterventionsFile, Parameter, Range
from explorer.yaml_reader import Document, KeyPath

_NAME, _CODE = re.compile(r"[a-z][a-z0-9_]*"), re.compile(r"[a-z]{1,4}")
_NO_EFFECT = 1.0


def range_faults(
    found: Range, bounds: tuple[float, float], whole: bool, path: KeyPath, document: Document
) -> Iterator[str]:
    """Sentences for a range that is empty, goes beyond ``bounds``, or does not hold its own value."""
    key = ".".join(map(str, path))
    if not bounds[0] <= found.lowest < found.highest <= bounds[1]:
        yield (
            f"{document.at((*path, 'lowest'))}: '{key}' goes from {found.lowest:g} to {found.highest:g}; "
            f"allowed: a range that rises, within {bounds[0]:g} to {bounds[1]:g}."
        )
    if not 0 < found.step <= found.highest - found.lowest:
        place = document.at((*path, "step"))
        yield f"{place}: '{key}.step' is {found.step:g}; allowed: above 0, and no more than the range."
    if whole and not (found.whole and found.highest.is_integer()):
        yield f"{document.at(path)}: '{key}' must have a whole 'lowest', 'highest' and 'step'."
    if isinstance(found, Parameter) and not found.holds(found.value):
        yield f"{document.at((*path, 'value'))}: '{key}.value' is {found.value:g}; allowed: {found.allowed}."


def intervention_faults(
    content: InterventionsFile, studies: Collection[str] | None, document: Document
) -> Iterator[str]:
    """Sentences for every idea. ``studies`` are the names of evidence.yaml; None where it could not be read."""
    top: KeyPath = ("interventions",)
    if not content.interventions:
        yield f"{document.at(top)}: 'interventions' is empty; at least one is needed."
    for name, entry in content.interventions.items():
        path = (*top, name)
        yield from _wrong_name(name, path, document)
        yield from _wrong_code(entry.code, (*path, "code"), document)
        yield from _timing(entry, content.settings, path, document)
        yield from range_faults(entry.reach, (0, 1), False, (*path, "reach"), document)
        if studies is not None:
            yield from _unknown_studies(entry, studies, path, document)
        yield from _effects(entry, content.settings.ratio, path, document)
        yield from impact_faults(entry, path, document)
    yield from _twice("code", [((*top, name), entry.code) for name, entry in content.interventions.items()], document)
    yield from _twice("label", [((*top, name), entry.label) for name, entry in content.interventions.items()], document)
    gates = [
        (*top, name, "effects", number)
        for name, entry in content.interventions.items()
        for number, effect in enumerate(entry.effects)
        if effect.acts_on == "gate"
    ]
    for path in gates[1:]:
        yield f"{document.at(path)}: a second effect with 'acts_on: gate'; allowed: one in the whole file."


def _timing(entry: Intervention, settings: Adjustable, path: KeyPath, document: Document) -> Iterator[str]:
    for key in ("start_month", "ramp_months", "fade_half_life_months"):
        value, allowed = getattr(entry, key), getattr(settings, key)
        if value is not None and not allowed.holds(value):
            place, owner = document.at((*path, key)), ".".join(map(str, path))
            yield f"{place}: '{owner}.{key}' is {value}; allowed: {allowed.allowed}."


def _effects(entry: Intervention, ratio: Range, path: KeyPath, document: Document) -> Iterator[str]:
    if not entry.effects:
        yield f"{document.at((*path, 'effects'))}: 'effects' is empty; at least one is needed."
    places = [(*path, "effects", number) for number in range(len(entry.effects))]
    for place, effect in zip(places, entry.effects, strict=True):
        yield from _wrong_name(effect.name, (*place, "name"), document)
        yield from _wrong_code(effect.code, (*place, "code"), document)
        yield from _ratios(effect, ratio, place, document)
        yield from _bands(effect, place, document)
        yield from _gate(effect, place, document)
    named = list(zip(places, entry.effects, strict=True))
    yield from _twice("name", [(place, effect.name) for place, effect in named], document)
    yield from _twice("code", [(place, effect.code) for place, effect in named], document)
    for (_, one), (place, other) in combinations(named, 2):
        if one.acts_on == other.acts_on and _aligned(one) and _aligned(other) and _meet(one.bands, other.bands):
            yield (
                f"{document.at(place)}: '{one.name}' and '{other.name}' act on '{one.acts_on}' in the same months; "
                "allowed: one effect for each."
            )


def _meet(one: slice, other: slice) -> bool:
    return bool(max(one.start, other.start) < min(one.stop, other.stop))


def _ratios(effect: Effect, ratio: Range, path: KeyPath, document: Document) -> Iterator[str]:
    """The ratio in its 80% interval in its slider; no effect inside the slider and inside the 95% interval."""
    place, name = document.at((*path, "ratio")), effect.name
    if not 0 < effect.low <= effect.ratio <= effect.high or effect.low == effect.high:
        yield (
            f"{place}: '{name}' has low {effect.low:g}, ratio {effect.ratio:g} and high {effect.high:g}; "
            "allowed: numbers above 0 that rise in this order."
        )
        return
    if not ratio.lowest <= effect.lowest <= effect.low or not effect.high <= effect.highest <= ratio.highest:
        yield (
            f"{place}: '{name}' has a slider from {effect.lowest:g} to {effect.highest:g}; allowed: one that holds "
            f"{effect.low:g} to {effect.high:g}, within {ratio.lowest:g} to {ratio.highest:g}."
        )
    if not 0 < effect.step <= effect.highest - effect.lowest:
        step = document.at((*path, "step"))
        yield f"{step}: 'step' is {effect.step:g}; allowed: above 0, and no more than the slider."
    least, most = effect.interval_95
    if not (effect.lowest < _NO_EFFECT < effect.highest and least < _NO_EFFECT < most):
        yield (
            f"{place}: '{name}' leaves out 1 (no effect) or what lies beyond it (harm); allowed: 1 inside the slider "
            f"({effect.lowest:g} to {effect.highest:g}) and inside the 95% range ({least:.2f} to {most:.2f})."
        )


def _aligned(effect: Effect) -> bool:
    edges = EDGES.get(effect.acts_on)
    if edges is None:
        return effect.from_months is None and effect.to_months is None
    ends = (effect.from_months, effect.to_months)
    return ends[0] in edges[:-1] and ends[1] in edges[1:] and edges.index(ends[0]) < edges.index(ends[1])


def _bands(effect: Effect, path: KeyPath, document: Document) -> Iterator[str]:
    if _aligned(effect):
        return
    edges = EDGES.get(effect.acts_on)
    said = f"{document.at((*path, 'from_months'))}: '{effect.name}'"
    if edges is None:
        yield f"{said} acts on '{effect.acts_on}', which has no bands; leave 'from_months' and 'to_months' out."
        return
    allowed = ", ".join("null" if edge is None else str(edge) for edge in edges)
    ends = " to ".join("null" if end is None else str(end) for end in (effect.from_months, effect.to_months))
    yield f"{said} goes from {ends} months; allowed for '{effect.acts_on}': from one to a later one of {allowed}."


def _gate(effect: Effect, path: KeyPath, document: Document) -> Iterator[str]:
    extras = {"comes_back": effect.comes_back, "delay_months": effect.delay_months}
    for key, found in extras.items():
        if (found is None) == (effect.acts_on == "gate"):
            yield f"{document.at((*path, key))}: '{key}' belongs to an effect with 'acts_on: gate', and only there."
    if effect.comes_back is not None:
        yield from range_faults(effect.comes_back, (0, 1), False, (*path, "comes_back"), document)
    if effect.delay_months is not None:
        yield from range_faults(effect.delay_months, (1, 60), True, (*path, "delay_months"), document)


def _unknown_studies(entry: Intervention, studies: Collection[str], path: KeyPath, document: Document) -> Iterator[str]:
    if not entry.evidence:
        yield f"{document.at((*path, 'evidence'))}: 'evidence' is empty; allowed: names of evidence.yaml, at least one."
    for number, name in enumerate(entry.evidence):
        place = document.at((*path, "evidence", number))
        if name not in studies:
            yield f"{place}: 'evidence' names '{name}'; allowed: {', '.join(studies)}."
        if name in entry.evidence[:number]:
            yield f"{place}: 'evidence' names '{name}' twice; keep one."


def _wrong_name(name: str, path: KeyPath, document: Document) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        place = document.at(path)
        yield f"{place}: the name '{name}' is not allowed; allowed: small letters, digits and '_', a letter first."


def _wrong_code(code: str, path: KeyPath, document: Document) -> Iterator[str]:
    if not _CODE.fullmatch(code):
        yield f"{document.at(path)}: 'code' is '{code}'; allowed: one to four small letters."


def _twice(key: str, found: list[tuple[KeyPath, str]], document: Document) -> Iterator[str]:
    seen: dict[str, KeyPath] = {}
    for path, value in found:
        if seen.setdefault(value, path) != path:
            yield f"{document.at((*path, key))}: the {key} '{value}' stands twice; give each its own."
