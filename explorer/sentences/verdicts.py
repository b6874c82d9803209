"""A verdict in a word and with a sign, and as a title: higher, lower, similar, or why nothing can be said."""

from collections import Counter
from collections.abc import Iterable, Mapping

from explorer.benchmark_entries import Standing as Rules
from explorer.benchmarks.standing import Gap, Reason, Standing, Verdict
from explorer.config import Config
from explorer.wording import count, half_up, in_unit, listed, possessive

VERDICT_WORDS: Mapping[Verdict, str] = {
    "higher": "higher",
    "lower": "lower",
    "similar": "similar",
    "cannot_tell": "cannot tell",
    "not_tested": "not tested",
}
VERDICT_SIGNS: Mapping[Verdict, str] = {
    "higher": "▲",
    "lower": "▼",
    "similar": "≈",
    "cannot_tell": "?",
    "not_tested": "–",
}
REASON_WORDS: Mapping[Reason, str] = {
    "far": "far out",
    "two_years": "two years running",
    "usual": "in usual range",
    "first_time": "only just outside",
    "hidden": "hidden figures",
    "no_figure": "no figure",
    "no_counts": "no counts",
    "no_group": "no group",
}


def verdict_word(found: Standing) -> str:
    """The verdict: 'higher', 'cannot tell'."""
    return VERDICT_WORDS[found.verdict]


def verdict_sign(found: Standing) -> str:
    """A sign for the verdict, different for each."""
    return VERDICT_SIGNS[found.verdict]


def reason_words(found: Standing) -> str:
    """Why, in two or three words: 'two years running'."""
    return REASON_WORDS[found.why]


def of_authorities(confidence: float) -> str:
    """A share of authorities in counts: '95 of 100', '998 of 1,000'."""
    whole = 100 if half_up(100 * confidence, 6) % 1 == 0 else 1000
    return f"{count(whole * confidence)} of {whole:,}"


def gap_words(gap: Gap | None) -> str:
    """A gap in children at its shortest: '20 more', '12 to 13 more', '3 fewer to 5 more'; empty without one."""
    return "" if gap is None else _more_or_fewer(*gap.number)


def gap_range_words(gap: Gap | None) -> str:
    """The range of a gap with chance allowed for: '3 fewer to 44 more'; empty without one."""
    return "" if gap is None else _more_or_fewer(gap.low, gap.high)


def _more_or_fewer(low: float, high: float) -> str:
    """Two ends in whole children, each with its direction unless both have the same."""
    ends = [int(half_up(end, 0)) for end in (low, high)]
    if ends[0] == ends[1]:
        return f"{_way(ends[0])}" if ends[0] else "none"
    if ends[0] < 0 < ends[1]:
        return f"{_way(ends[0])} to {_way(ends[1])}"
    near, far = sorted(ends, key=abs)
    return f"{abs(near):,} to {_way(far)}"


def _way(number: int) -> str:
    return f"{abs(number):,} {'more' if number > 0 else 'fewer'}"


def funnel_title(found: Standing, config: Config, name: str) -> str:
    """Where an authority lies among others of its size: 'Re-plans: Trafford lies within the range that is usual ...'.

    Args:
        name: the authority's.
    """
    position = found.position
    entry, own = config.indicators[position.indicator], position.figure
    if own.bounds is None:
        said = f"{possessive(name)} figure is hidden" if found.why == "hidden" else f"no figure for {name}"
    elif found.why == "no_group":
        value = "hidden" if own.value is None else in_unit(own.value, entry.unit)
        said = f"{name} was {value}, and there is no other figure in the group to hold it against"
    elif found.why == "no_counts":
        said = f"{name} cannot be held against others of its size, because its counts are not all published"
    elif found.why == "hidden":
        said = f"whether {name} lies outside the range that is usual for its size cannot be told from hidden figures"
    elif own.value is None:
        rule = config.benchmarks.suppression
        said = (
            f"{possessive(name)} figure is hidden; if the count is {rule.lowest} to {rule.highest}, "
            f"it lies {_where(found, config.benchmarks.standing)}"
        )
    else:
        said = f"{name} lies {_where(found, config.benchmarks.standing)}"
    return f"{entry.label}: {said}"


def _where(found: Standing, rules: Rules) -> str:
    bounds, middles = found.position.figure.bounds, found.position.median_bounds
    middle = middles[1] if middles else found.position.median
    side = "above" if bounds and middle is not None and bounds[0] >= middle else "below"
    match found.why:
        case "far":
            return f"{side} the range of {of_authorities(rules.far_confidence)} authorities of its size"
        case "two_years":
            return f"{side} the range that is usual for its size, two years running"
        case "first_time":
            return f"{side} the range that is usual for its size, but not far enough to be sure"
        case _:
            return "within the range that is usual for its size"


def summary_title(found: Iterable[Standing], name: str) -> str:
    """How many measures are what: 'Of 12 measures Trafford is higher than usual on 2 and similar on 7; ...'."""
    counted: Counter[str] = Counter(one.verdict for one in found)
    number = sum(counted.values())
    if not number:
        return f"No measures of {name} to compare"
    told = [
        f"{words} on {'all' if counted[verdict] == number else counted[verdict]}"
        for verdict, words in (("higher", "higher than usual"), ("lower", "lower than usual"), ("similar", "similar"))
        if counted[verdict]
    ]
    untold = [
        f"{counted[verdict]} {words}"
        for verdict, words in (("cannot_tell", "cannot be told"), ("not_tested", "cannot be tested"))
        if counted[verdict]
    ]
    of = f"Of {number} measures" if number > 1 else "Of one measure"
    if told:
        return f"{of} {name} is {listed(told)}" + (f"; {listed(untold)}" if untold else "")
    if len(untold) > 1:
        return f"{of} of {name} {listed(untold)}"
    return f"Not one of {number} measures of {name} {untold[0].removeprefix(f'{number} ').replace('cannot', 'can')}"
