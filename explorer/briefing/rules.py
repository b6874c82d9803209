"""Which words of briefing.yaml fit what is true."""

from collections.abc import Iterator, Mapping, Sequence, Set

from explorer.briefing_entries import Rule

Known = Mapping[str, str]  # placeholders with what they stand for


def first(rules: Sequence[Rule], true: Set[str], known: Known, measure: str) -> str:
    """The first words of a slot that fit, of one measure; empty where none do."""
    fitting = (rule.say for rule in rules if (not rule.of or measure in rule.of) and _fits(rule, true, known))
    return next(fitting, "").format_map(known)


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
            yield rule.say.format_map(own)


def _fits(rule: Rule, true: Set[str], known: Known) -> bool:
    return true >= set(rule.when) and true.isdisjoint(rule.unless) and rule.placeholders <= known.keys()
