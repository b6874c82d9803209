"""Which words of briefing.yaml fit what is true."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from explorer.briefing_entries import INNER, BriefingSettings, Rule

_LEFT_OVER = re.compile(r" +(?=[ ,;.]|$)")
Known = Mapping[str, str]  # placeholders with what they stand for


def first(rules: Sequence[Rule], true: Set[str], known: Known, measure: str) -> str:
    """The first words of a slot that fit, of one measure; empty where none do."""
    fitting = (rule for rule in rules if (not rule.of or measure in rule.of) and _fits(rule, true, known))
    return next((_said(rule, known) for rule in fitting), "")


def with_inner(settings: BriefingSettings, true: Set[str], known: Known, measure: str) -> dict[str, str]:
    """The placeholders of a measure, with the words that stand within others; those may be empty."""
    every_known = dict(known)
    for name in INNER:
        every_known[name] = first(settings.within[name], true, every_known, measure)
    return every_known


def first_of_all(rules: Sequence[Rule], true: Set[str], known: Mapping[str, Known]) -> str:
    """The first words of a part that fit; see ``every``."""
    return next(_every(rules, true, known), "")


def every(rules: Sequence[Rule], true: Set[str], known: Mapping[str, Known]) -> tuple[str, ...]:
    """All words that fit, in order.

    Args:
        true: Facts of the whole, and those of the measures as 'measure.fact'.
        known: The placeholders of each measure, and under '' those that need none.
    """
    return tuple(filter(None, _every(rules, true, known)))


def _every(rules: Sequence[Rule], true: Set[str], known: Mapping[str, Known]) -> Iterator[str]:
    for rule in rules:
        own = known[rule.of[0] if rule.of else ""]
        if _fits(rule, true, own):
            yield _said(rule, own)


def _said(rule: Rule, known: Known) -> str:
    """The words, without the space that is left where a placeholder stands for nothing."""
    return _LEFT_OVER.sub("", rule.say.format_map(known))


def _fits(rule: Rule, true: Set[str], known: Known) -> bool:
    return true >= set(rule.when) and true.isdisjoint(rule.unless) and rule.placeholders <= known.keys()
