"""What a briefing says, by which rules and in which words: briefing.yaml."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Literal, Self, get_args

from pydantic import model_validator

from explorer.entries import Amount, Entry, Text, read_entry

_FILE = "briefing.yaml"
# What is true of one measure. A rule names what has to be true, and what must not be.
Fact = Literal[
    "shown",  # there is a figure
    "hidden",  # there is one, and it is hidden
    "no_figure",
    "bounded",  # it is hidden, and its range is known
    "counted",  # the counts behind it are known
    "stock",  # counted on a day, not over days
    "number",  # a count, not a share
    "part_year",  # counted up to another day than 31 March
    "so_far",  # there is a figure of the year so far
    "so_far_before",  # and one of a month before
    "full_year",  # and one of the last full year
    "up",  # on the year before, rounded as it is shown
    "down",
    "level",
    "clear",  # by more than chance is likely to make
    "maybe",  # chance alone could explain it
    "usual_known",
    "limits",  # the usual range is that of a control chart
    "trial",  # of few years
    "band",  # it was set by somebody
    "seen",  # it is between which figures it lay before
    "flat",  # and it was the same each time
    "above_usual",
    "below_usual",
    "within_usual",
    "peak_above",  # a figure of the last months lay above the range
    "peak_below",
    "compared",  # the group has a median
    "median_range",  # known as a range alone
    "above_median",
    "below_median",
    "near_median",  # neither for sure
    "twice",  # the newest figure is about twice the median
    "far_above_median",  # or still more
    "higher",  # than usual for an authority of its size, chance allowed for
    "lower",
    "similar",
    "cannot_tell",
    "not_tested",
    "gap_clear",
    "gap",
    "england_known",
    "few",  # few are behind it
    "better",  # the change points the way that is hoped for
    "worse",
    "behind",  # on the side of the median that is not hoped for
    "ahead",
]
# What is true of the briefing as a whole.
Overall = Literal[
    "published",
    "records",
    "invented",
    "some_hidden",
    "some_members_hidden",
    "late",  # the others' figures were published after the day
    "later_model",  # the neighbours were chosen after the year
    "no_group",
    "no_actions",
    "actions",
    "actions_begun",
    "actions_planned",
    "old_actions",  # the newest word on them is old
    "no_year",  # the authority did not exist in the year
]
Slot = Literal["finding", "figure", "full_year", "so_far", "change", "usual", "neighbours", "gap", "judged", "england"]
SLOTS: tuple[Slot, ...] = get_args(Slot)
WORDS = frozenset({
    "name", "whose", "label", "low_label", "when", "said", "value", "numerator", "denominator", "count", "least", "most",
    "hidden_count", "before", "before_count", "before_when", "size", "size_low", "size_high", "way", "usual", "since",
    "figures", "inside", "peak", "peak_when", "median", "group", "noun", "contributing", "members", "standing", "own",
    "own_count", "own_when", "times", "gap", "gap_range", "england", "so_far", "so_far_count", "so_far_when",
    "earlier", "earlier_count", "earlier_when", "full", "full_count", "full_when", "year", "as_at", "model", "lowest", "highest", "told", "published",
    "judged_range", "judged_most", "what",
})  # fmt: skip


class Rule(Entry):
    """Words that are used where all of ``when`` is true and none of ``unless``.

    A fact of one measure, seen from the whole briefing, is written 'repeat_plan_percent.higher'. ``of`` keeps words to
    some measures. Words with a placeholder that is not known are passed over, so nothing is ever said of what is not
    there.
    """

    when: Sequence[Text] = ()
    unless: Sequence[Text] = ()
    of: Sequence[Text] = ()
    say: str

    @property
    def placeholders(self) -> frozenset[str]:
        """What it needs to be known."""
        return frozenset(field for _, field, _, _ in Formatter().parse(self.say) if field is not None)


class Told(Entry):
    """A figure that a committee was told, beside which the briefing puts its own.

    Args:
        area: DfE number. ``told_on`` is the day as at which it was told.
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
    places: int
    reference: Text


class Numbers(Entry):
    """Numbers of policy."""

    twice_from: Amount
    twice_to: Amount
    few: Amount
    seen_years: Amount
    seen_months: Amount
    published_after: Amount
    most_questions: Amount
    most_limits: Amount
    old_news: Amount


class BriefingSettings(Entry):
    """Everything in briefing.yaml."""

    measures: Sequence[Text]
    numbers: Numbers
    answer: Sequence[Rule]
    sentences: Mapping[Slot, Sequence[Rule]]
    actions: Sequence[Rule]
    questions: Sequence[Rule]
    limits: Sequence[Rule]
    told: Sequence[Told] = ()
    status: Mapping[Literal["in_use", "done", "under_way", "planned"], Text]

    @model_validator(mode="after")
    def _known(self) -> Self:
        faults = [*self._faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        facts, overall = frozenset(get_args(Fact)), frozenset(get_args(Overall))
        missing = [slot for slot in SLOTS if slot not in self.sentences]
        if missing:
            yield f"'sentences' has nothing for {', '.join(missing)}"
        for slot, rules in self.sentences.items():
            yield from _rule_faults(f"sentences.{slot}", rules, facts | overall, self.measures)
        whole = overall | {f"{name}.{fact}" for name in self.measures for fact in facts}
        for part in ("answer", "actions", "questions", "limits"):
            yield from _rule_faults(part, getattr(self, part), whole, self.measures)
        for slot in ("finding", "figure"):
            if slot in self.sentences and not _always_says(self.sentences[slot]):  # type: ignore[index]
                yield f"'sentences.{slot}' must end with words that need nothing but the measure's name"


def _rule_faults(part: str, rules: Sequence[Rule], allowed: frozenset[str], measures: Sequence[str]) -> Iterator[str]:
    for number, rule in enumerate(rules):
        place = f"'{part}.{number}'"
        yield from (f"{place} asks for '{name}', which is no fact" for name in {*rule.when, *rule.unless} - allowed)
        yield from (
            f"{place} is of '{name}', which is none of the measures" for name in rule.of if name not in measures
        )
        try:
            unknown = rule.placeholders - WORDS
        except ValueError as problem:
            yield f"{place} cannot be read: {problem}"
            continue
        yield from (f"{place} has the placeholder '{name}', which is not known" for name in sorted(unknown))


def _always_says(rules: Sequence[Rule]) -> bool:
    last = rules[-1] if rules else None
    always = {"name", "whose", "label", "low_label", "when", "year", "as_at", "group"}
    return last is not None and not last.when and not last.unless and not last.of and last.placeholders <= always


def load_briefing_settings(folder: Path) -> BriefingSettings:
    """Read briefing.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return read_entry(folder / _FILE, BriefingSettings)
