"""What a briefing says, by which rules and in which words: briefing.yaml."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Literal, get_args

from pydantic import field_validator

from explorer.entries import Amount, Entry, Text, checked
from explorer.errors import ConfigError
from explorer.yaml_reader import Document, KeyPath, read_yaml

_FILE = "briefing.yaml"
# What is true of one measure. A rule names what has to be true, and what must not be.
Fact = Literal[
    "shown",  # there is a figure
    "hidden",  # there is one, and it is hidden
    "nothing_to_count",  # there is none, for there were no plans
    "withdrawn",  # DfE held it back as unreliable
    "zero",  # it is nought
    "bounded",  # it is hidden, and its range is known
    "counted",  # the counts behind it are known
    "stock",  # counted on a day, not over days
    "number",  # a count, not a share
    "part_year",  # counted up to another day than 31 March
    "so_far",  # there is a figure of the year so far
    "so_far_before",  # and one up to an earlier month
    "full_year",  # and one of the last full year
    "up",  # on the year before, rounded as it is shown
    "down",
    "level",
    "clear",  # by more than chance is likely to make
    "maybe",  # chance alone could explain it
    "worse",  # clear, and not the way that is hoped for
    "before_hidden",  # the figure of the year before is hidden
    "limits",  # the usual range is that of a control chart
    "trial",  # of few years
    "band",  # it was set by somebody
    "seen",  # it is between which figures it lay before
    "flat",  # and it was the same each time
    "above_usual",
    "below_usual",
    "within_usual",
    "outside_usual",
    "peak_above",  # a figure of the last months lay above the range
    "peak_below",
    "own_shown",  # the figure of the newest full year, which is compared, is shown
    "own_hidden",
    "compared",  # the group has a median
    "members_hidden",  # some of the group's figures are hidden
    "above_median",  # whatever hidden figures are
    "below_median",
    "at_median",
    "twice",  # the newest figure is about twice the median
    "far_above_median",  # or still more
    "higher",  # than usual for an authority of its size, chance allowed for
    "lower",
    "similar",
    "first_time",  # outside what is usual for its size, but not far, and not two years running
    "first_known",  # and the figure of the year before is shown, and was not outside
    "edge",  # so near the end of what is usual that the figures as they are printed do not show on which side
    "cannot_tell",
    "not_tested",
    "gap",  # how many plans lie between it and the median
    "gap_clear",  # more than chance is likely to make
    "few",  # few are behind it
    "behind",  # on the side of the median that is not hoped for
    "newest_above",  # the newest figure itself is above the median
    "stands_out",  # outside what is usual for its size or its own usual range
]
# What is true of the briefing as a whole.
Overall = Literal[
    "published",
    "records",
    "invented",
    "some_hidden",
    "some_members_hidden",
    "small",  # few are behind some figure
    "since_march",  # the day is not the last one of a reporting year
    "earlier_day",  # some figures are of an earlier day, because later ones are hidden
    "late",  # the others' figures were published after the day
    "later_model",  # and the neighbours chosen after it
    "no_group",
    "no_actions",
    "actions",
    "actions_begun",
    "actions_planned",
    "old_actions",  # the newest word on them is old
    "no_year",  # the authority did not exist in the year
    "changed",  # it was split, merged or made before the day
]
Slot = Literal[
    "finding", "figure", "full_year", "so_far", "change", "usual", "neighbours", "gap", "judged", "newest", "england"
]
# Words that stand within others, as placeholders of the same names; each may use those before it.
Inner = Literal["past", "side", "for_size", "lead", "beside"]
Part = Literal["plans", "replans", "open_long", "ended_long", "reviews"]
Group = Literal["statistical_neighbours", "region", "england", "custom"]
SLOTS: tuple[Slot, ...] = get_args(Slot)
INNER: tuple[Inner, ...] = get_args(Inner)
PARTS: tuple[Part, ...] = get_args(Part)
FACTS, OVERALL = frozenset(get_args(Fact)), frozenset(get_args(Overall))
# Placeholders that are known whatever the figures are.
ALWAYS = frozenset(
    {"name", "whose", "label", "when", "year", "as_at", "group", "published", "few", "lowest", "highest", *INNER}
)
WORDS = ALWAYS | {
    "said", "value", "numerator", "count", "least", "most", "hidden_count", "before", "before_count", "size", "way",
    "usual", "usual_low", "usual_high", "looked_back", "since", "figures", "inside", "peak", "peak_when", "median",
    "standing", "own", "own_when", "times", "gap", "gap_range", "judged_low", "judged_high", "england", "so_far",
    "so_far_count", "so_far_from", "earlier", "earlier_count", "earlier_day", "full", "full_count", "model", "history",
    "stood_on",
}  # fmt: skip


class Rule(Entry):
    """Words that are used where all of ``when`` is true and none of ``unless``.

    A fact of one measure, seen from the whole briefing, is written 'repeat_plan_percent.higher'. ``of`` keeps words to
    some measures. Words with a placeholder that is not known are passed over, so nothing is ever said of what is not
    there. Words that are empty say that nothing is to be said.
    """

    when: Sequence[Text] = ()
    unless: Sequence[Text] = ()
    of: Sequence[Text] = ()
    say: str

    @field_validator("say")
    @classmethod
    def _readable(cls, say: str) -> str:
        try:
            unknown = _placeholders(say) - WORDS
        except ValueError as problem:
            raise ValueError(f"is '{say}', which cannot be read: {problem}") from None
        if unknown:
            raise ValueError(f"has the placeholder '{min(unknown)}'; allowed: {', '.join(sorted(WORDS))}")
        return say

    @property
    def placeholders(self) -> frozenset[str]:
        """What it needs to be known."""
        return _placeholders(self.say)


def _placeholders(say: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in Formatter().parse(say) if field is not None)


class Told(Entry):
    """A figure that a committee was told, beside which the briefing puts its own.

    Args:
        area: DfE number. ``told_on`` is the day as at which it was told: the last day of the figures.
        indicator, kind, end: The figure that it is held against.
        value, places: As it was told, to so many places.
    """

    area: Text
    told_on: date
    said: Text
    indicator: Text
    kind: Literal["year", "rolling_12m", "year_to_date", "month"]
    end: date
    value: float
    places: Literal[0, 1]
    reference: Text


class Numbers(Entry):
    """Numbers of policy."""

    twice_from: Amount
    twice_to: Amount
    few: Amount
    seen_years: Amount
    seen_months: Amount
    published_after: Amount
    model_from: Amount
    most_questions: Amount
    most_limits: Amount
    old_news: Amount


class BriefingSettings(Entry):
    """Everything in briefing.yaml.

    Attributes:
        groups: What a group of benchmarks.yaml is called in a sentence, by its kind.
        answer: For each part what a reader with one minute should know; the first rule that fits.
        within: Words of a measure that stand within sentences and answers; they may be empty.
        sentences: For each slot of a measure the same.
        actions, questions, limits: Every rule that fits is used.
    """

    measures: Sequence[Text]
    numbers: Numbers
    groups: Mapping[Group, Text]
    answer: Mapping[Part, Sequence[Rule]]
    within: Mapping[Inner, Sequence[Rule]]
    sentences: Mapping[Slot, Sequence[Rule]]
    actions: Sequence[Rule]
    questions: Sequence[Rule]
    limits: Sequence[Rule]
    status: Mapping[Literal["in_use", "done", "under_way", "planned"], Text]
    told: Sequence[Told] = ()


def rules_of(settings: BriefingSettings) -> Iterator[tuple[KeyPath, Rule]]:
    """Every rule with its place in the file."""
    for part, rules in settings.answer.items():
        yield from ((("answer", part, number), rule) for number, rule in enumerate(rules))
    for inner, rules in settings.within.items():
        yield from ((("within", inner, number), rule) for number, rule in enumerate(rules))
    for slot, rules in settings.sentences.items():
        yield from ((("sentences", slot, number), rule) for number, rule in enumerate(rules))
    for name in ("actions", "questions", "limits"):
        yield from (((name, number), rule) for number, rule in enumerate(getattr(settings, name)))


def load_briefing_settings(folder: Path) -> BriefingSettings:
    """Read briefing.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    faults: list[str] = []
    document = read_yaml(folder / _FILE)
    found = checked(BriefingSettings, document, document.content, (), faults)
    if isinstance(found, BriefingSettings):
        faults += [_told(document, path, said) for path, said in _faults(found)]
    if faults or not isinstance(found, BriefingSettings):
        raise ConfigError(*faults)
    return found


def _told(document: Document, path: KeyPath, said: str) -> str:
    return f"{document.at(path)}: '{'.'.join(str(part) for part in path)}' {said}."


def _faults(settings: BriefingSettings) -> Iterator[tuple[KeyPath, str]]:
    """What the types of the entries cannot tell, with its place."""
    for key, wanted in (("answer", PARTS), ("within", INNER), ("sentences", SLOTS), ("groups", get_args(Group))):
        missing = [name for name in wanted if name not in getattr(settings, key)]
        if missing:
            yield (key,), f"has nothing for {', '.join(missing)}"
    for name in {one for one in settings.measures if settings.measures.count(one) > 1}:
        yield ("measures",), f"has '{name}' twice"
    for path, rule in rules_of(settings):
        yield from _rule_faults(path, rule, settings.measures)
    for slot in ("finding", "figure"):
        rules = settings.sentences.get(slot, ())
        if not rules or not _always_says(rules[-1]):
            yield ("sentences", slot), f"must end with words that need nothing but {', '.join(sorted(ALWAYS))}"
    for name, amount in settings.numbers:
        if name not in ("twice_from", "twice_to") and not amount.value.is_integer():
            yield ("numbers", name, "value"), f"is {amount.value:g}; allowed: a whole number"
    if settings.numbers.twice_from.value >= settings.numbers.twice_to.value:
        yield ("numbers", "twice_to", "value"), "must be above 'twice_from'"
    for number, one in enumerate(settings.told):
        if one.end > one.told_on:
            yield ("told", number, "end"), f"is {one.end}, after it was told ({one.told_on})"


def _rule_faults(path: KeyPath, rule: Rule, measures: Sequence[str]) -> Iterator[tuple[KeyPath, str]]:
    """Facts that are none, measures that the briefing does not have, and words that could never be used."""
    of_one = path[0] in ("within", "sentences")
    for key in ("when", "unless"):
        for name in getattr(rule, key):
            measure, _, fact = name.rpartition(".")
            known = (
                fact in FACTS and measure in measures if measure else fact in (OVERALL | FACTS if of_one else OVERALL)
            )
            if not known or (measure and of_one):
                allowed = "a fact" if of_one else "a fact of the whole, or measure.fact"
                yield (*path, key), f"asks for '{name}'; allowed: {allowed} as listed in explorer/briefing_entries.py"
    for name in rule.of:
        if name not in measures:
            yield (*path, "of"), f"is of '{name}'; allowed: {', '.join(measures)}"
    if both := frozenset(rule.when) & frozenset(rule.unless):
        yield path, f"wants '{min(both)}' and does not want it"


def _always_says(rule: Rule) -> bool:
    """Whether a rule fits whatever is true."""
    return not (rule.when or rule.unless or rule.of) and rule.placeholders <= ALWAYS and bool(rule.say)
