"""Which answer may be given when, and in which words: the rules and checks in evaluation.yaml."""

import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from explorer.entries import Entry, Text, Whole

Answer = Literal["consistent", "other_way", "no_sign", "cannot_tell", "not_asked"]
Data = Literal["published", "sample", "upload", "plan_records"]
CheckName = Literal[
    "before_fit", "placebo_dates", "alike", "agreement", "one_other", "possible", "robust", "by_itself", "time"
]
Needed = Literal["any_answer", "an_effect", "none"]
Condition = Literal[
    "no_start",  # no day is given
    "not_begun",  # the time asked about was over before it
    "no_estimate",
    "checks_fail",  # a check that every answer needs failed
    "checks_untried",  # not one of those could be tried
    "checks_hold",  # neither
    "effect_fails",  # a check that an effect needs failed
    "effect_holds",
    "clear",  # the range leaves out no effect
    "unclear",
    "hoped",  # the range lies on the side that is hoped for
    "unhoped",
    "worth_left_out",  # the range leaves out the effect that is worth noticing
    "date_ahead",  # a day on which the effect that is worth noticing could be noticed
    "date_past",
]
Caveat = Literal[
    "not_proof", "balance", "events", "one_series", "early", "hidden", "untried", "doubtful", "comparison", "invented"
]
PLACEHOLDERS = frozenset({
    "name", "whose", "measure", "what", "start", "asked", "estimated", "effect", "range", "worth", "worth_now", "there",
    "why", "failed", "untried", "doubtful", "date", "horizon", "power", "events",
})  # fmt: skip
# What each answer has to rest on, whatever the file says: no file can call a range consistent that holds no effect.
MUST: Mapping[Answer, frozenset[Condition]] = {
    "consistent": frozenset({"clear", "hoped", "checks_hold", "effect_holds"}),
    "other_way": frozenset({"clear", "unhoped", "checks_hold", "effect_holds"}),
    "no_sign": frozenset({"unclear", "worth_left_out", "checks_hold"}),
}
# Words that claim more than figures can show.
CLAIMS = re.compile(
    r"\b(caus(e|es|ed|ing)|worked|works|prov(e|es|ed|en|ing)|success\w*|thanks to|due to|led to)\b", re.I
)


class CheckEntry(Entry):
    """One thing that has to hold: what it means, from which value on it holds, and which answers need it.

    ``fewest`` is how many of whatever it counts it takes for it to be tried. Where it is not, it stands in nobody's way
    unless ``untried`` says that it has to be.
    """

    label: Text
    means: Text
    needed: Needed
    unit: Text
    value: Annotated[float, Field(gt=0)]
    fewest: Whole = 1
    untried: Literal["allowed", "fails"] = "allowed"
    description: Text
    reference: Text


class Rule(Entry):
    """When an answer is given, a title for it and its words; ``needs`` are all to be met."""

    answer: Answer
    needs: Sequence[Condition]
    title: Text
    says: Text

    @model_validator(mode="after")
    def _rests_on_enough(self) -> Self:
        missing = sorted(MUST.get(self.answer, frozenset()) - set(self.needs))
        if missing:
            raise ValueError(f"the answer '{self.answer}' needs {', '.join(missing)}")
        for text in (self.title, self.says):
            _check_words(text)
        return self


class VerdictSettings(Entry):
    """The section ``verdict``: the answers' names, what is said of the data, the rules in order, and caveats.

    ``beside`` are the measures that have to be looked at together with any answer.
    """

    answers: Mapping[Answer, Text]
    data: Mapping[Data, Text]
    rules: Mapping[str, Rule]
    caveats: Mapping[Caveat, Text]
    beside: Sequence[Text]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for fault in self._faults():
            raise ValueError(fault)
        for text in (*self.data.values(), *self.caveats.values()):
            _check_words(text)
        return self

    def _faults(self) -> Iterator[str]:
        for key, allowed, there in (
            ("answers", get_args(Answer), self.answers),
            ("data", get_args(Data), self.data),
            ("caveats", get_args(Caveat), self.caveats),
        ):
            missing = [name for name in allowed if name not in there]
            if missing:
                yield f"'{key}' has no {', '.join(missing)}"
        if "invented" not in self.data.get("sample", ""):
            yield "'sample' has to say that the records are invented"
        rules = list(self.rules.values())
        if not rules or rules[-1].needs:
            yield "the last of 'rules' has to take everything: its 'needs' are empty"
        if any(not rule.needs for rule in rules[:-1]):
            yield "only the last of 'rules' may have no 'needs'"
        if rules and rules[-1].answer != "cannot_tell":
            yield "the last of 'rules' has the answer 'cannot_tell'"


def every_check(checks: Mapping[CheckName, CheckEntry]) -> Mapping[CheckName, CheckEntry]:
    """The section ``checks``, which has to hold all of them.

    Raises:
        ValueError: with those that are missing.
    """
    missing = [name for name in get_args(CheckName) if name not in checks]
    if missing:
        raise ValueError(f"has no {', '.join(missing)}")
    return checks


def _check_words(text: str) -> None:
    """A template may hold known placeholders alone, and no word that claims more than figures can show."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as problem:
        raise ValueError(f"'{text}' cannot be filled in ({problem})") from None
    if any(form or turned for _, _, form, turned in parts):
        raise ValueError(f"'{text}': a placeholder stands alone in its brackets")
    unknown = sorted({str(name) for _, name, _, _ in parts} - PLACEHOLDERS)
    if unknown:
        allowed = ", ".join(sorted(PLACEHOLDERS))
        raise ValueError(f"'{text}' has the unknown placeholder {{{unknown[0]}}}; allowed: {allowed}")
    claim = CLAIMS.search(text)
    if claim:
        raise ValueError(f"'{text}' says '{claim[0]}', which no figure can show")
