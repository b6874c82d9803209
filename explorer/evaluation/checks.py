"""What has to hold before a result may be believed: each check tried on what is known, with what was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from scipy.special import bdtrc

from explorer.evaluation.before_after import BeforeAfter
from explorer.evaluation.estimate import Check, Estimate, Kind, Specification
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.verdict_settings import CheckEntry, CheckName, Needed
from explorer.wording import half_up, percent, plural

OTHER_WAYS: tuple[Kind, ...] = ("method", "path", "start", "window", "model")  # other than leaving out one of many
_FULL = 100.0  # percent
_SLACK = 1e-9  # of a chance that is worked out twice


@dataclass(frozen=True)
class Fit:
    """How near the comparison was before the start.

    Attributes:
        miss: how far the two lay apart in a usual year before, in points.
        as_bad: how many of the other authorities lay as far or farther from theirs; None where there are none.
        others: of how many.
    """

    miss: float
    as_bad: int | None = None
    others: int = 0


@dataclass(frozen=True)
class Alike:
    """Authorities that stood where this one did in the last year before, and how many of them moved as far."""

    others: int
    as_far: int


@dataclass(frozen=True)
class Facts:
    """What the checks are tried on.

    Attributes:
        estimate: the main one.
        specifications: every other way of asking.
        there: the share of the full effect that could be there in the last period, 0 to 1.
        before: the figure in the last year before, percent; None where it is hidden.
    """

    estimate: Estimate
    specifications: tuple[Specification, ...]
    fit: Fit | None
    alike: Alike | None
    moved: BeforeAfter | None
    there: float
    before: float | None


def way(low: float, high: float) -> int:
    """On which side of nothing a range lies: -1 or 1; 0 where it holds nothing."""
    return int(low > 0) - int(high < 0)


def side(effect: float) -> int:
    """On which side an effect lies: -1, 0 or 1."""
    return int(effect > 0) - int(effect < 0)


def tried(facts: Facts, settings: EvaluationSettings) -> tuple[Check, ...]:
    """Every check of evaluation.yaml in its order."""
    return tuple(Check(name, *_TRIALS[name](facts, entry, settings)) for name, entry in settings.checks.items())


def failed(checks: Iterable[Check], settings: EvaluationSettings, *needed: Needed) -> tuple[Check, ...]:
    """Those that did not hold, of the ones that such answers need; of some that they were not tried is enough."""
    strict = {name for name, entry in settings.checks.items() if entry.untried == "fails"}
    return tuple(
        one
        for one in of_need(checks, settings, *needed)
        if one.passed is False or (one.passed is None and one.name in strict)
    )


def of_need(checks: Iterable[Check], settings: EvaluationSettings, *needed: Needed) -> tuple[Check, ...]:
    """The checks that such answers need."""
    needs: Mapping[str, CheckEntry] = {str(name): entry for name, entry in settings.checks.items()}
    return tuple(one for one in checks if needs[one.name].needed in needed)


_Result = tuple[bool | None, str]


def _before_fit(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    fit = facts.fit
    if fit is None:
        return None, "How near the comparison was before the start is not known."
    near = f"In a usual year before the start it lay {half_up(fit.miss)} points from its comparison."
    if fit.as_bad is None or fit.others < entry.fewest:
        return None, f"{near} There are too few others to say whether that is much."
    share = (1 + fit.as_bad) / (1 + fit.others)
    return (
        share >= entry.value,
        f"{near} Of {fit.others} others {fit.as_bad or 'none'} lay as far from theirs, or farther.",
    )


def _placebo_dates(facts: Facts, entry: CheckEntry, settings: EvaluationSettings) -> _Result:
    dates = _made(facts.specifications, ("placebo_date",))
    if len(dates) < entry.fewest:
        return None, f"The years before are too few: {plural(len(dates), 'date', 'dates')} could be asked."
    number = sum(one.clear for one in dates)
    by_chance = 1 - settings.certainty.confidence.value
    rare = float(bdtrc(number - 1, len(dates), by_chance)) if number else 1.0
    shows = f"{number or 'none'} {'show' if number > 1 else 'shows'}"
    return rare > entry.value + _SLACK, (
        f"Of {plural(len(dates), 'date', 'dates')} before the start {shows} an effect. Chance alone makes one at about "
        f"{half_up(_FULL * by_chance, 0)} of 100 dates."
    )


def _alike(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    alike = facts.alike
    if alike is None or alike.others < entry.fewest:
        return None, "There are too few others that stood where it did."
    share = (1 + alike.as_far) / (1 + alike.others)
    said = f"Of {alike.others} others that stood where it did {alike.as_far or 'none'} moved as far or farther."
    return share <= entry.value + _SLACK, said


def _agreement(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    return _same_side(facts, _made(facts.specifications, OTHER_WAYS), entry, "other ways of asking")


def _one_other(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    return _same_side(facts, _made(facts.specifications, ("left_out",)), entry, "results with one of them left out")


def _same_side(facts: Facts, others: Sequence[Estimate], entry: CheckEntry, what: str) -> _Result:
    if len(others) < entry.fewest:
        return None, f"Too few {what} could be made ({len(others)})."
    own = side(facts.estimate.effect)
    if own == 0:
        return None, "The effect is nought, so it points no way."
    same = sum(side(one.effect) == own for one in others)
    return (
        same / len(others) >= entry.value - _SLACK,
        f"Of {len(others)} {what} {same or 'none'} {'point' if same > 1 else 'points'} the same way.",
    )


def _possible(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    low, high = facts.estimate.lower, facts.estimate.upper
    if way(low, high) == 0:
        return True, "The range holds no effect at all, and that is always possible."
    if facts.before is None or facts.there <= 0:
        return None, "The figure before, or how much of the effect could be there, is not known."
    near = min(low, high, key=abs) / facts.there
    least, most = -entry.value, _FULL + entry.value
    in_the_end = "lower" if near < 0 else "higher"
    return least <= facts.before + near <= most, (
        f"Even the near end of the range would mean {half_up(abs(near))} points {in_the_end} in the end. "
        f"Before it was {percent(facts.before)}."
    )


def _robust(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    others = _made(facts.specifications, OTHER_WAYS)
    if len(others) < entry.fewest:
        return None, f"Too few other ways of asking could be made ({len(others)})."
    middle = median((facts.estimate.p_value, *(one.p_value for one in others)))
    number = half_up(_FULL * middle, 0)
    often = f"{number} of 100" if number else "fewer than 1 of 100"
    return middle <= entry.value + _SLACK, (
        f"In the middle one of {len(others) + 1} ways of asking, chance alone makes as large an effect in {often} "
        "cases."
    )


def _by_itself(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    left = facts.moved.left if facts.moved else None
    if left is None or left.low is None or left.high is None:
        return None, "What was to be expected with nothing done is not known."
    beyond = way(left.low - entry.value, left.high + entry.value)
    same = side(facts.estimate.effect)
    said = "more than chance is likely to make" if beyond else "no more than chance may make"
    if beyond and beyond != same:
        said += ", and it points the other way"
    return beyond != 0 and beyond == same, f"What is left of the change from the last year before is {said}."


def _time(facts: Facts, entry: CheckEntry, _: EvaluationSettings) -> _Result:
    return facts.there >= entry.value - _SLACK, f"{there_words(facts.there)} of the full effect could be there by then."


def there_words(share: float) -> str:
    """A share of the full effect: 'About 30%', 'Nearly all'."""
    number = int(half_up(_FULL * share, 0))
    if number >= 99:
        return "All"
    return f"About {number}%" if number else "Hardly any"


def _made(specifications: Iterable[Specification], kinds: Sequence[Kind]) -> list[Estimate]:
    return [one.estimate for one in specifications if one.kind in kinds and one.estimate is not None]


_TRIALS: Mapping[CheckName, Callable[[Facts, CheckEntry, EvaluationSettings], _Result]] = {
    "before_fit": _before_fit,
    "placebo_dates": _placebo_dates,
    "alike": _alike,
    "agreement": _agreement,
    "one_other": _one_other,
    "possible": _possible,
    "robust": _robust,
    "by_itself": _by_itself,
    "time": _time,
}
