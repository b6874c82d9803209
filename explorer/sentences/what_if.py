"""A what-if in words: children first, how sure anyone can be, and what it is bought with."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from explorer.config import Indicator
from explorer.wording import count, half_up, in_range, in_unit, listed, lowered, possessive

# One and several of what each count counts.
_NOUNS: Mapping[str, tuple[str, str]] = {
    "plans_open": ("child on a plan", "children on a plan"),
    "plans_started": ("new plan", "new plans"),
    "plans_started_repeat": ("re-plan", "re-plans"),
    "plans_open_2y_plus": ("plan open for two years or more", "plans open for two years or more"),
    "plans_ended": ("plan that ends", "plans that end"),
}
SURE_FROM, LIKELY_FROM, VERY_LIKELY_FROM = 0.60, 0.80, 0.95  # chances of one way; below the first, nobody can tell
_MANY = 3  # names of ideas that a sentence can bear


def when_words(entry: Indicator, end: date) -> str:
    """When a forecast is for: 'in the year to March 2021', or 'at the end of March 2021'."""
    return f"{'at the end of' if entry.period == 'day' else 'in the year to'} {end:%B %Y}"


_NONE = "no change"


def way(value: float, unit: str) -> str:
    """A difference: '4 fewer', '1.2 higher', 'no change'; a part of a child is 'less than 1 fewer'."""
    places = 0 if unit == "count" else 1
    number = half_up(value, places)
    if not value:
        return _NONE
    side = ("fewer" if value < 0 else "more") if unit == "count" else ("lower" if value < 0 else "higher")
    return f"{abs(number):,} {side}" if number else f"less than {Decimal(1).scaleb(-places)} {side}"


def way_range(low: float, high: float, unit: str) -> str:
    """Both ends of a difference: '15 fewer to 8 more', '3 to 15 fewer'."""
    ends = [half_up(one, 0 if unit == "count" else 1) for one in sorted((low, high))]
    said = [way(float(one), unit) for one in ends]
    if ends[0] == ends[1]:
        return said[0]
    if ends[1] < 0:
        return f"{abs(ends[1]):,} to {said[0]}"
    if ends[0] > 0:
        return f"{ends[0]:,} to {said[1]}"
    return " to ".join(said)


def in_hundred(chance: float) -> str:
    """A chance among a hundred, never certain: '68 in 100', 'more than 99 in 100'."""
    number = half_up(100 * chance, 0)
    if number >= 100:
        return "more than 99 in 100"
    return f"{number} in 100" if number >= 1 else "less than 1 in 100"


def verdict(p_lower: float | None, unit: str, p_higher: float | None = None) -> str:
    """How sure the direction is: 'fewer is likely (84 in 100)', 'we cannot tell if that is fewer or more'.

    Args:
        p_lower: The chance (0-1) that the what-if comes out lower than without it; null where nothing is in use.
        unit: The indicator's.
        p_higher: The chance that it comes out higher; null: it is one or the other.
    """
    if p_lower is None:
        return ""
    if p_higher is None:
        p_higher = 1 - p_lower
    low, high = ("fewer", "more") if unit == "count" else ("lower", "higher")
    same = 1 - p_lower - p_higher
    if same > max(p_lower, p_higher):
        return f"most likely it would be the same ({in_hundred(same)}; {low}: {in_hundred(p_lower)})"
    side, chance = (low, p_lower) if p_lower >= p_higher else (high, p_higher)
    if chance <= SURE_FROM:
        return f"we cannot tell if it would be {low} or {high} ({low}: {in_hundred(p_lower)})"
    sure = (
        "very likely" if chance >= VERY_LIKELY_FROM else "likely" if chance >= LIKELY_FROM else "more likely than not"
    )
    return f"{side} is {sure} ({in_hundred(chance)})"


def at_years(differences: pl.DataFrame, indicator: str, years: int) -> dict[str, Any] | None:
    """One row of the differences; None where there is none."""
    return next(differences.filter(indicator=indicator, years=years).iter_rows(named=True), None)


def answer(
    differences: pl.DataFrame,
    paths: pl.DataFrame,
    entry: Indicator,
    indicator: str,
    name: str,
    in_use: Sequence[str],
    years: int = 3,
) -> str:
    """The page's answer: what the ideas in use come to for one measure, or how things stand without any.

    Args:
        differences: DIFFERENCES, with ``indicator`` at ``years``.
        paths: PATHS, with the baseline of ``indicator`` at month 12 x ``years``.
        entry: The indicator's, of unit "count" or "percent".
        name: The authority.
        in_use: Labels of the ideas in use.
    """
    today = paths.filter(indicator=indicator, which="baseline", month=12 * years).row(0, named=True)
    when = when_words(entry, today["month_end"])
    row = at_years(differences, indicator, years)
    if not in_use or row is None:
        going_on = f"If things go on as they are, {_would_be(today['mean'], entry, indicator, name)} {when}"
        span = in_range(today["p10"], today["p90"], entry.unit)
        return f"Nothing is changed yet: switch an idea on. {going_on}. The 80% range is {span}."
    span = way_range(row["p10"], row["p90"], entry.unit)
    range_said = f"The 80% range is {span}." if span != _NONE else "In 8 of 10 futures next to nothing changes."
    said, moves = _moved(row, entry, indicator, name, when)
    sure = sentence(verdict(row["p_lower"], entry.unit, row["p_higher"])) if moves else ""
    return f"With {in_use_words(in_use)}, {said}. {range_said} {sure}".strip()


def in_use_words(in_use: Sequence[str]) -> str:
    """The ideas in use: by name where there are few, else how many."""
    return listed(lowered(label) for label in in_use) if len(in_use) <= _MANY else f"all {len(in_use)} ideas"


def _would_be(value: float, entry: Indicator, indicator: str, name: str) -> str:
    if entry.unit == "count":
        return f"{name} would have about {_several(half_up(value, 0), indicator, entry)}"
    return f"{possessive(name)} {lowered(entry.label)} would be about {in_unit(value, entry.unit)}"


def _moved(row: Mapping[str, Any], entry: Indicator, indicator: str, name: str, when: str) -> tuple[str, bool]:
    """What a measure comes to, and whether that differs from as now once it is rounded."""
    if entry.unit != "count":
        was, now = (in_unit(row[column], entry.unit) for column in ("baseline", "scenario"))
        change = f"would still be about {was}" if was == now else f"would be {now} instead of {was}"
        return f"{possessive(name)} {lowered(entry.label)} {change} {when}", was != now
    number, nouns = half_up(row["difference"], 0), _noun(indicator, entry)
    if not number:
        return f"{name} would have about as many {nouns[1]} {when} as without a change", False
    side = "fewer" if number < 0 else "more"
    return f"{name} would have about {abs(number):,} {side} {nouns[abs(number) != 1]} {when}", True


def _noun(indicator: str, entry: Indicator) -> tuple[str, str]:
    return _NOUNS.get(indicator, (lowered(entry.label),) * 2)


def _several(number: Decimal, indicator: str, entry: Indicator) -> str:
    return f"{number:,} {_noun(indicator, entry)[number != 1]}"


def sentence(words: str) -> str:
    """Words as a sentence of their own; nothing stays nothing."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def fan_title(
    now: Mapping[str, Any],
    then: Mapping[str, Any] | None,
    entry: Indicator,
    indicator: str,
    name: str,
    p_lower: float | None,
    p_higher: float | None = None,
) -> str:
    """What a fan shows at its last month: the range without a change, or both middles and how sure the direction is.

    Args:
        now: The row of PATHS of the baseline at that month.
        then: The same of the what-if; None where nothing is in use.
    """
    when = when_words(entry, now["month_end"])
    if then is None:
        span = f"between {in_unit(now['p10'], entry.unit)} and {in_unit(now['p90'], entry.unit)}"
        if entry.unit == "count":
            return f"Nothing is changed yet: {name} would most likely have {span} {_noun(indicator, entry)[1]} {when}"
        return f"Nothing is changed yet: {possessive(name)} {lowered(entry.label)} would most likely be {span} {when}"
    was, would = (in_unit(row["mean"], entry.unit) for row in (now, then))
    if was == would:
        return f"{entry.label} would be about {was} {when}, as without the change"
    sure = verdict(p_lower, entry.unit, p_higher)
    if entry.unit == "count":
        said = f"{name} would have about {_several(half_up(then['mean'], 0), indicator, entry)} {when} instead of {was}"
    else:
        said = f"{entry.label} would be {would} {when} instead of {was}"
    return f"{said}. {sentence(sure).removesuffix('.')}" if sure else said


# --- What it is bought with, what it would take ------------------------------------------------------------------


def trade_offs(differences: pl.DataFrame, years: int = 3) -> tuple[str, ...]:
    """Warnings: where one figure gets better and another worse, or looks better and is not.

    Only movements of a whole child, plan or tenth of a point whose direction can be told are warned of.

    Args:
        differences: DIFFERENCES; indicators that are not in it are passed over.
    """
    rows = {(row["indicator"], row["years"]): row for row in differences.iter_rows(named=True)}

    def move(indicator: str, at: int = years) -> float:
        return _clear_move(rows.get((indicator, at)))

    long, again, children = (move(name) for name in ("plans_open_2y_plus", "plans_started_repeat", "plans_open"))
    share, first = move("repeat_plan_percent"), _first_plans(rows, years)
    warnings = (
        long < 0 < again
        and f"Fewer long plans come with more re-plans: {way(long, 'count')} long plans, {way(again, 'count')} "
        "re-plans. Some children whose plans end sooner may come back.",
        again < 0 < long
        and f"Fewer re-plans come with more long plans: {way(again, 'count')} re-plans, {way(long, 'count')} "
        "long plans.",
        children > 0
        and f"More children would be on a plan: {way(children, 'count')}. That is neither good nor bad in itself, but "
        "each plan takes work.",
        move("ended_2y_plus_percent", 1) > 0 > move("open_2y_plus_percent", 1)
        and "In the first year more of the plans that end would be long ones. That is because old plans are cleared. "
        "It is not a step back.",
        first < 0
        and f"Fewer first plans would start: {way(first, 'count')}. Fewer children on plans is not success by itself. "
        "Check that the bar for a plan has not moved, and that each child still gets help.",
        share > 0 > again
        and first < 0
        and "There would be fewer re-plans, but a larger share of new plans, because first plans fall by more.",
        share < 0 <= again
        and first > 0
        and "The share of re-plans would fall, but not their number: there would be more first plans.",
    )
    return tuple(warning for warning in warnings if warning)


def _first_plans(rows: Mapping[tuple[str, int], Mapping[str, Any]], years: int) -> float:
    """The difference in first plans: all new plans without the re-plans; chance moves them alike."""
    every, again = rows.get(("plans_started", years)), rows.get(("plans_started_repeat", years))
    first = every["difference"] - again["difference"] if every and again else 0.0
    return float(first) if half_up(first, 0) else 0.0


def _clear_move(row: Mapping[str, Any] | None) -> float:
    """A difference; zero where it rounds to nothing or nobody can tell its direction."""
    if row is None or row["p_lower"] is None:
        return 0.0
    places = 1 if row["indicator"].endswith("percent") else 0
    told = max(row["p_lower"], row["p_higher"]) > SURE_FROM
    return float(row["difference"]) if told and half_up(row["difference"], places) else 0.0


def workload_sentence(
    conferences_now: float, conferences_then: float, reviews_now: float, reviews_then: float, when: str
) -> str:
    """What a what-if asks of people, in meetings a month.

    Args:
        when: 'in the year to March 2021'.
    """
    pairs = ((conferences_now, conferences_then, "first conferences"), (reviews_now, reviews_then, "reviews"))
    if all(half_up(now, 0) == half_up(then, 0) for now, then, _ in pairs):
        as_now = listed(f"{count(now)} {what}" for now, _, what in pairs)
        return f"The work would stay about the same: {as_now} a month {when}."
    said = listed(f"{count(then)} {what} instead of {count(now)}" for now, then, what in pairs)
    return f"The work in a month, {when}: about {said}."


def solve_sentence(
    label: str,
    entry: Indicator,
    name: str,
    target: float,
    target_words: str,
    end: date,
    chance: str,
    reachable: bool,
    ratio: float | None,
    lowest: float,
    highest: float,
    best: float,
) -> str:
    """What it would take to reach a figure with one idea alone, or that it cannot be reached.

    Args:
        label: The idea.
        target: The figure to reach, in the indicator's unit.
        target_words: "the neighbours' median".
        end: The month end to reach it by.
        chance: What the ratio multiplies: 'the chance of coming back'.
        ratio: What it would take; None where it cannot be reached, or nothing needs to change.
        lowest: The smallest ratio that the evidence allows; ``highest`` the largest.
        best: The nearest to the target that ratios in between come.
    """
    goal, when = in_unit(target, entry.unit), when_words(entry, end)
    aim = f"{target_words} of {goal} {when}"
    allowed = f"The evidence allows for {ratio_words(lowest)} to {ratio_words(highest)}."
    if not reachable:
        return (
            f"{label} cannot bring {possessive(name)} {lowered(entry.label)} to {aim}. The rest stays as it is. "
            f"The nearest it comes within the evidence is {in_unit(best, entry.unit)}. {allowed}"
        )
    if ratio is None or half_up(ratio, 2) == 1:
        return f"No change is needed: {possessive(name)} {lowered(entry.label)} would reach {aim} as things are."
    return (
        f"To bring {possessive(name)} {lowered(entry.label)} to {aim}, {lowered(label)} would have to make "
        f"{chance} {ratio_words(ratio)}. The rest stays as it is. {allowed}"
    )


def ratio_words(ratio: float) -> str:
    """A ratio as a change: '26% lower', '10% higher', 'no change'."""
    points = half_up(100 * (ratio - 1), 0)
    return f"{abs(points)}% {'lower' if points < 0 else 'higher'}" if points else "no change"


def difference_sentence(row: Mapping[str, Any], entry: Indicator) -> str:
    """One row of DIFFERENCES: 'After 2 years, re-plans started: 3 fewer (80% range: …). Fewer is likely …'."""
    years = "After 1 year" if row["years"] == 1 else f"After {row['years']} years"
    moved, what = way(row["difference"], entry.unit), lowered(entry.label)
    span = way_range(row["p10"], row["p90"], entry.unit)
    sure = sentence(verdict(row["p_lower"], entry.unit, row["p_higher"]))
    return f"{years}, {what}: {moved} (80% range: {span}). {sure}".strip()


def differences_table(differences: pl.DataFrame, entries: Mapping[str, Indicator]) -> pl.DataFrame:
    """The differences for reading: measure, years ahead, both middles, the difference with its range, how sure."""
    return pl.DataFrame(
        [
            {
                "Measure": entry.label,
                "Years ahead": str(row["years"]),
                "As now": in_unit(row["baseline"], entry.unit),
                "What if": in_unit(row["scenario"], entry.unit),
                "Difference": way(row["difference"], entry.unit),
                "80% range": way_range(row["p10"], row["p90"], entry.unit),
                "How sure": verdict(row["p_lower"], entry.unit, row["p_higher"]),
                "Chance of getting better": "" if row["p_better"] is None else in_hundred(row["p_better"]),
            }
            for row in differences.iter_rows(named=True)
            for entry in (entries[row["indicator"]],)
        ]
    )
