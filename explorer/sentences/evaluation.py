"""The verdict in words: whose data, the answer, its size in children, each check, and what to mind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

import polars as pl

from explorer.config import Config, Indicator
from explorer.evaluation.beside import Beside
from explorer.evaluation.checks import failed, of_need, there_words
from explorer.evaluation.estimate import Check, Estimate
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.verdict import Evidence, Verdict, worth_now
from explorer.events import Event
from explorer.sentences.figures import counts, shown
from explorer.sentences.verdicts import of_authorities
from explorer.wording import count, day, half_up, listed, lowered, period, plural, possessive

_PERCENT = 100.0
_MARCH = 3
CHECK_WORDS: Mapping[bool | None, str] = {True: "passed", False: "failed", None: "could not be tried"}


@dataclass(frozen=True)
class CheckLine:
    """One check for reading: its name, the word for how it came out, what it means and what was found."""

    label: str
    word: str
    means: str
    said: str

    @property
    def line(self) -> str:
        """All in one line: 'No effect where there can be none: passed. Of 6 dates ...'."""
        return f"{self.label}: {self.word}. {self.said}"


@dataclass(frozen=True)
class Told:
    """A verdict in words.

    Attributes:
        about: the first line: what data it rests on.
        label: the answer in a few words.
        title: the finding, for a heading.
        answer: what can be said, one to three sentences.
        size: the same in children; empty where it is not known or nothing is asked.
        power: the smallest effect that could be noticed; empty where it is not known.
        checks: each check.
        caveats: what to mind.
    """

    about: str
    label: str
    title: str
    answer: str
    size: str
    power: str
    checks: tuple[CheckLine, ...]
    caveats: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything as plain lines, for a file or a listener."""
        lines = (self.about, self.title, self.answer, self.size, self.power)
        return "\n".join(filter(None, (*lines, *(check.line for check in self.checks), *self.caveats)))


def told(found: Verdict, settings: EvaluationSettings, config: Config, name: str, events: Iterable[Event] = ()) -> Told:
    """Put a verdict into the words that evaluation.yaml fixes for it.

    Args:
        name: the authority's.
        events: what happened from the start to the end of the time asked about (``events.events_for``).
    """
    rules, entry = settings.verdict, config.indicators[found.evidence.asked.indicator]
    rule = rules.rules[found.rule]
    others = [event for event in events if not _is_what_is_asked(event, found.evidence)]
    words = _words(found, settings, entry, name, others)
    caveats = [rules.caveats[one] for one in found.caveats if one != "events" or others]
    return Told(
        about=rules.data[found.evidence.asked.data].format_map(words),
        label=rules.answers[found.answer],
        title=rule.title.format_map(words),
        answer=rule.says.format_map(words),
        size=size_sentence(found.evidence, entry, config) if found.answer != "not_asked" else "",
        power=power_sentence(found, settings) if found.answer != "not_asked" else "",
        checks=tuple(_line(check, settings) for check in found.checks),
        caveats=tuple(caveat.format_map(words) for caveat in caveats),
    )


def _is_what_is_asked(event: Event, evidence: Evidence) -> bool:
    return event.kind == "intervention" and event.start == evidence.asked.start


def _line(check: Check, settings: EvaluationSettings) -> CheckLine:
    entry = next(entry for name, entry in settings.checks.items() if name == check.name)
    return CheckLine(entry.label, CHECK_WORDS[check.passed], entry.means, check.said)


def _words(
    found: Verdict, settings: EvaluationSettings, entry: Indicator, name: str, events: Iterable[Event]
) -> dict[str, str]:
    """Every placeholder that a template may hold."""
    evidence, outcome = found.evidence, found.outcome
    asked, estimate, by = evidence.asked, evidence.estimate, evidence.power.by
    every = "checks_fail" in settings.verdict.rules[found.rule].needs  # else the words are of those of an effect too
    needed = failed(found.checks, settings, "any_answer", *(() if every else ("an_effect",)))
    untried = [one for one in of_need(found.checks, settings, "any_answer", "an_effect") if one.passed is None]
    doubtful = [one for one in failed(found.checks, settings, "none") if one.name != "time"]
    unknown = "not known"
    return {
        "name": name,
        "whose": possessive(name),
        "measure": lowered(entry.label),
        "what": asked.what,
        "start": day(asked.start) if asked.start else unknown,
        "asked": asked_words(asked.end, entry, asked.data == "published"),
        "estimated": _estimated(evidence),
        "effect": points_words(estimate.effect) if estimate else unknown,
        "range": range_words(estimate.lower, estimate.upper) if estimate else unknown,
        "worth": points_words(outcome.sign * outcome.worth_noticing),
        "worth_now": _at_least_words(outcome.sign * worth_now(evidence, outcome)),
        "there": lowered(there_words(evidence.share_there)),
        "why": evidence.why_not,
        "failed": _labels(needed, settings),
        "untried": _labels(untried, settings),
        "doubtful": _labels(doubtful, settings),
        "date": f"{by:%B %Y}" if by else "a day that is not known",
        "horizon": plural(int(settings.certainty.horizon.value), "year", "years"),
        "power": of_authorities(settings.certainty.power.value),
        "events": "; ".join(f"{event.label} ({event.when})" for event in events),
    }


def _labels(checks: Iterable[Check], settings: EvaluationSettings) -> str:
    return "; ".join(lowered(_line(one, settings).label) for one in checks)


def asked_words(end: date, entry: Indicator, yearly: bool) -> str:
    """By when an effect is asked about: 'by the year to March 2020', 'by 31 March 2020', 'by August 2020'."""
    return by_words(entry, end.year) if yearly else f"by {end:%B %Y}"


def by_words(entry: Indicator, year: int) -> str:
    """The same of a reporting year."""
    return f"by 31 March {year}" if entry.period == "day" else f"by the year to March {year}"


def _estimated(evidence: Evidence) -> str:
    """What an effect is estimated from: all figures since the start, and not the last one alone."""
    if evidence.estimate is not None and evidence.estimate.periods_after == 1:
        return "The only figure since the start puts"
    return "Taken together along the stated path, the figures since the start put"


def points_words(effect: float) -> str:
    """An effect with its way: '7.6 points lower', 'no different'."""
    size = half_up(abs(effect))
    if not size:
        return "no different" if effect == 0 else f"less than 0.1 points {_side(effect)}"
    return f"{_points(size)} {_side(effect)}"


def _points(size: object) -> str:
    return f"{size} point" if str(size) == "1.0" else f"{size} points"


def _side(effect: float) -> str:
    return "lower" if effect < 0 else "higher"


def _at_least_words(effect: float) -> str:
    """The same for what is worth noticing, which is never nought."""
    return "even the smallest" if effect == 0 else points_words(effect)


def range_words(low: float, high: float) -> str:
    """A range of effects: '1.0 to 14.1 points lower', '14.1 points lower to 1.0 higher', 'of any size'."""
    if not isfinite(low) or not isfinite(high):
        return "of any size"
    if low <= 0 <= high:
        ends = [f"{half_up(abs(end))}" for end in (low, high)]
        first = f"{_points(half_up(-low))} lower" if low < 0 and ends[0] != "0.0" else "no lower"
        return f"{first} to {ends[1]} higher" if ends[1] != "0.0" else f"{first} to no change"
    near, far = sorted((abs(low), abs(high)))
    ends = [f"{half_up(end)}" if half_up(end) else "less than 0.1" for end in (near, far)]
    said = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{said} points {_side(low + high)}"


def size_sentence(evidence: Evidence, entry: Indicator, config: Config) -> str:
    """The effect in whole plans, of the last period or since the start: 'In 260 plans started that would be ...'."""
    numbers, out_of = evidence.in_plans, evidence.since.out_of if evidence.since else evidence.base
    if numbers is None or out_of is None or entry.numerator is None or entry.denominator is None:
        return ""
    part, whole = (lowered(config.indicators[one].label) for one in (entry.numerator, entry.denominator))
    middle, low, high = (int(half_up(number, 0)) for number in numbers)
    about = f"about {_more(middle)} {part}" if middle else f"hardly any change in {part}"
    when = "since the start" if evidence.since else _counted(evidence, entry)
    if evidence.hidden:  # the middle would be that of a guess
        return f"Such an effect makes {_more_range(low, high)} {part}, out of {count(out_of)} {whole} {when}."
    return f"Such an effect makes {about}, out of {count(out_of)} {whole} {when}. It could be {_more_range(low, high)}."


def _counted(evidence: Evidence, entry: Indicator) -> str:
    """When the last period was counted."""
    end = evidence.asked.end
    if evidence.asked.data == "published":
        return period(entry.period, end.year)
    return f"in the last period to {end:%B %Y}"


def _more(number: int) -> str:
    return f"{abs(number):,} {'fewer' if number < 0 else 'more'}" if number else "no change"


def _more_range(low: int, high: int) -> str:
    if low == high:
        return _more(low)
    if low < 0 < high:
        return f"anything from {_more(low)} to {_more(high)}"
    near, far = sorted((low, high), key=abs)
    return f"{f'{abs(near):,}' if near else 'none'} to {_more(far)}"


def power_sentence(found: Verdict, settings: EvaluationSettings) -> str:
    """The smallest effect that could be noticed by then, and what would be worth noticing."""
    smallest, worth = found.evidence.power.smallest, found.outcome.worth_noticing
    if smallest is None:
        return ""
    return (
        f"An effect of {_points(half_up(smallest))} there by then would be noticed in "
        f"{of_authorities(settings.certainty.power.value)} cases; a smaller one less often. Worth noticing is a full "
        f"effect of {_points(half_up(worth))}."
    )


def checks_table(checks: Iterable[CheckLine]) -> pl.DataFrame:
    """The checks for reading and for a file."""
    return pl.DataFrame(
        [
            {"Check": one.label, "Result": one.word, "What was found": one.said, "What it means": one.means}
            for one in checks
        ],
        schema={"Check": pl.String, "Result": pl.String, "What was found": pl.String, "What it means": pl.String},
    )


def verdict_table(found: Verdict, settings: EvaluationSettings, config: Config, name: str) -> pl.DataFrame:
    """What was asked and found, in words, for reading and for a file: one row a thing."""
    evidence, entry = found.evidence, config.indicators[found.evidence.asked.indicator]
    asked, estimate, by = evidence.asked, evidence.estimate, evidence.power.by
    smallest = evidence.power.smallest
    rows = [
        ("Answer", settings.verdict.answers[found.answer]),
        ("Authority", name),
        ("Measure", entry.label),
        ("What began", asked.what),
        ("Start", day(asked.start) if asked.start else "no day is given"),
        ("Asked about", f"what is there {asked_words(asked.end, entry, asked.data == 'published')}"),
        ("Data", settings.verdict.data[asked.data].format_map({"name": name})),
    ]
    if estimate is not None:
        rows += [
            ("Way of asking", settings.methods[estimate.method].label),
            ("Effect by then, from all figures since the start", points_words(estimate.effect)),
            ("95% range", range_words(estimate.lower, estimate.upper)),
            ("In counts", size_sentence(evidence, entry, config) or "not known"),
            ("Chance alone makes as large an effect", _often(estimate.p_value)),
            ("Share of the full effect that could be there by then", there_words(evidence.share_there)),
            ("Full effect, if all of it came as expected", _full_words(evidence, estimate)),
            ("Periods before and after the start", f"{estimate.periods_before} and {estimate.periods_after}"),
        ]
    rows += [
        ("Smallest effect that could be noticed by then", "not known" if smallest is None else _size(smallest)),
        ("Full effect worth noticing", _size(found.outcome.worth_noticing)),
        ("Such an effect could be noticed by", f"{by:%B %Y}" if by else "no day is known"),
    ]
    return pl.DataFrame(rows, schema={"What": pl.String, "Found": pl.String}, orient="row")


def _full_words(evidence: Evidence, estimate: Estimate) -> str:
    """The effect at the end of the path; nothing where the figure would then be below 0% or above 100%."""
    before = evidence.moved.before.value if evidence.moved else None
    inside = abs(estimate.full) <= _PERCENT if before is None else 0 <= before + estimate.full <= _PERCENT
    return points_words(estimate.full) if inside else "too little could be there yet to say"


def _size(points: float) -> str:
    return _points(half_up(points))


def _often(p_value: float) -> str:
    number = half_up(_PERCENT * p_value, 0)
    return f"in {number} of 100 cases" if number else "in fewer than 1 of 100 cases"


def beside_table(found: Iterable[Beside], config: Config, name: str, years: tuple[int, int]) -> pl.DataFrame:
    """What else moved, for reading and for a file: nothing is judged."""
    rows = []
    for one in found:
        entry = config.indicators[one.indicator]
        row = {"Measure": entry.label}
        for whose, figures in ((name, (one.before, one.after)), ("England", (one.england_before, one.england_after))):
            for year, figure in zip(years, figures, strict=True):
                behind = counts(figure, entry) if entry.unit == "percent" else ""
                row[f"{whose}, {year}"] = shown(figure, entry) + (f" ({behind})" if behind else "")
        rows.append(row | {"Source": one.after.source or one.before.source or entry.reference})
    return pl.DataFrame(rows)


def beside_sentence(found: Iterable[Beside], config: Config, name: str, years: tuple[int, int]) -> str:
    """Which of them rose, fell or stayed in the authority: 'From 2018 to 2020 re-referrals ... fell'."""
    moved: dict[str, list[str]] = {"rose": [], "fell": [], "stayed the same": [], "cannot be compared": []}
    for one in found:
        before, after = one.before.value, one.after.value
        label = lowered(config.indicators[one.indicator].label)
        if before is None or after is None:
            moved["cannot be compared"].append(label)
        else:
            moved["rose" if after > before else "fell" if after < before else "stayed the same"].append(label)
    parts = [f"{listed(labels)} {verb}" for verb, labels in moved.items() if labels]
    return f"In {name}, from {years[0]} to {years[1]}: {'; '.join(parts)}." if parts else ""
