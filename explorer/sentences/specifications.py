"""The same question asked in other ways, in words: how many agree, and whether dates with no effect show none."""

from collections.abc import Mapping, Sequence

from explorer.evaluation.estimate import Estimate, Kind, Specification
from explorer.sentences.what_if import way, way_range
from explorer.wording import lowered, plural, possessive

GROUPS: Mapping[Kind, str] = {
    "main": "The main result",
    "placebo_date": "Dates before the start: nothing should be found",
    "start": "The start moved",
    "path": "Another path of the effect",
    "window": "Months or years left out",
    "model": "Another model of the course",
    "method": "Another method",
    "left_out": "One authority left out",
    "hidden": "Hidden figures filled in",
    "sensitivity": "Counted for nothing: these find too much by chance",
}
OTHER_WAYS: tuple[Kind, ...] = ("start", "path", "window", "model", "method", "left_out", "hidden")


def specifications_title(found: Sequence[Specification]) -> str:
    """The finding of all ways together."""
    main = next((one.estimate for one in found if one.kind == "main"), None)
    if main is None:
        return "The main question could not be asked"
    others = [one.estimate for one in found if one.kind in OTHER_WAYS and one.estimate]
    if not others:
        return "No other way of asking could be tried"
    same = sum((one.effect < 0) == (main.effect < 0) for one in others)
    clear = sum(one.clear and (one.effect < 0) == (main.effect < 0) for one in others)
    side = "lower" if main.effect < 0 else "higher"
    of_all = f"{same} of {plural(len(others), 'other way', 'other ways')} of asking also"
    return f"{of_all} {'points' if same == 1 else 'point'} to {side}; {clear or 'none'} clearly so"


def placebo_sentence(found: Sequence[Specification]) -> str:
    """How many dates before the start show an effect where there can be none."""
    dates = [one.estimate for one in found if one.kind == "placebo_date" and one.estimate]
    if not dates:
        return "The time before the start is too short to try dates at which this had not begun."
    number = sum(one.clear for one in dates)
    were = plural(len(dates), "date", "dates")
    return (
        f"Asked of {were} before the start, when this had not begun, {number or 'none'} "
        f"{'shows' if number == 1 else 'show'} an effect. Chance alone makes about 1 in 20."
    )


def agreement_sentence(found: Sequence[Specification], name: str, measure: str) -> str:
    """The main result and how far the other ways lie apart, in one sentence."""
    main = next((one.estimate for one in found if one.kind == "main"), None)
    if main is None:
        return ""
    others = [one.estimate.effect for one in found if one.kind in OTHER_WAYS and one.estimate]
    said = f"{possessive(name)} {lowered(measure)}: {effect_words(main)} in the main result"
    if not others:
        return f"{said}."
    return (
        f"{said}; in {plural(len(others), 'other way', 'other ways')} {way_range(min(others), max(others), 'percent')}."
    )


def effect_words(estimate: Estimate) -> str:
    """An effect with its range: '3.6 lower (19.0 lower to 11.0 higher)'."""
    return f"{way(estimate.effect, 'percent')} ({way_range(estimate.lower, estimate.upper, 'percent')})"
