"""What a control chart found in words: a title, the signs by name, what the limits mean, and what to mind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import cast

from explorer.config import Indicator
from explorer.models.control_signs import LEVEL, Signal
from explorer.models.series import Kind, Point, Series
from explorer.models.spc import ControlChart, NoChart, Why
from explorer.models.trend_settings import Charted, TrendSettings
from explorer.models.verdict import Verdict
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.wording import count, day, half_up, in_unit, lowered, plural, possessive

NOUNS: Mapping[Kind, str] = {
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "rolling_12m": "period",
    "year_to_date": "period",
}
_WHY: Mapping[Why, str] = {
    "stock": (
        "There is no control chart of what is counted on one day: most of it was there the day before too, so the "
        "figures hang together and the rules would fire with nothing changing. Plans started and ended have one."
    ),
    "overlapping": (
        "There is no control chart of these periods: each counts most of the same plans as the one before, so the "
        "rules would fire with nothing changing. Months, quarters and years have one."
    ),
    "too_few": "There are too few figures to tell what is usual.",
    "level": "Most figures are the same as the one before, so how far they move by chance cannot be told.",
    "small": (
        "There is no control chart: the counts are too small. One large family makes so small a count jump, and the "
        "rules would fire with nothing changing."
    ),
    "edge": (
        "There is no control chart: the figures lie so near to 0% or 100% that they can only move one way, so limits "
        "on both sides of an average do not fit them."
    ),
    "hidden": (
        "There is no control chart: too many periods are hidden. Small figures are hidden and larger ones are not, so "
        "those that are shown do not tell what is usual."
    ),
}


def when(entry: Indicator, kind: Kind, end: date) -> str:
    """Over which days, or on which, a figure is counted: 'in August 2018', 'in the quarter to September 2018'."""
    if entry.period == "day":
        return f"at {day(end)}"
    words = {
        "month": "in {}",
        "quarter": "in the quarter to {}",
        "year": "in the year to {}",
        "rolling_12m": "in the twelve months to {}",
        "year_to_date": "from 1 April to the end of {}",
    }
    return words[kind].format(f"{end:%B %Y}")


def figure_words(point: Point, entry: Indicator) -> str:
    """A figure, or why there is none: '29.1%', 'hidden', 'not published for this year'."""
    if point.value is not None:
        return in_unit(point.value, entry.unit)
    return "hidden" if point.status in HIDDEN else STATUS_WORDS[point.status]


def newest_sentence(series: Series, entry: Indicator, name: str) -> str:
    """The newest figure with its counts, and the one of a year before: the answer that a page opens with."""
    if not series.points:
        return f"{name} has no figure of this measure."
    newest = series.points[-1]
    what = f"{possessive(name)} {lowered(entry.label)}"
    said = f"{what}, {when(entry, series.kind, newest.end)}: {figure_words(newest, entry)}"
    if newest.value is not None and entry.unit == "percent" and newest.denominator and newest.numerator is not None:
        said += f" ({count(newest.numerator)} of {count(newest.denominator)})"
    before = [point for point in series.points if (point.end.year, point.end.month) == _a_year_before(newest.end)]
    return f"{said}; a year before {figure_words(before[0], entry)}." if before else f"{said}."


def title(
    series: Series, entry: Indicator, name: str, chart: ControlChart | NoChart | None, found: Verdict | None
) -> str:
    """The finding: "Trafford's plans started: unusually many in August 2018".

    Args:
        series: What was known on the day of the view.
        entry: The indicator.
        name: What the authority is called.
        chart: Its control chart, or why there is none; None where none is asked for.
        found: What the chart says; None where there is no chart.
    """
    what = f"{possessive(name)} {lowered(entry.label)}"
    if not series.points:
        return f"{what}: no figure"
    newest = series.points[-1]
    at = when(entry, series.kind, newest.end)
    if newest.value is None:
        return f"{what}: the figure {at} is {figure_words(newest, entry)}"
    if not isinstance(chart, ControlChart) or found is None or chart.centre[-1] is None:
        why = chart.without if isinstance(chart, ControlChart) else chart and chart.reason
        few = why == "too_few"
        return f"{what}: {_now(series, entry)}{'; too few figures to tell what is usual' if few else ''}"
    trial = " (limits on trial)" if chart.trial else ""
    if found.way is not None:
        more = _degree(entry, found.way == "up", "more", "higher", "fewer", "lower")
        return f"{what}: {more} than usual within the last twelve months, beyond the ordinary ups and downs"
    if not found.newest:
        return f"{what}: {at[3:]} is within the usual range{trial}"
    return f"{what}: {_newest_sign(found.newest[0], entry, series, chart)}{trial}"


def _now(series: Series, entry: Indicator) -> str:
    """The newest figure and the one a year before, where no chart says what is usual."""
    newest = series.points[-1]
    said = f"{figure_words(newest, entry)} {when(entry, series.kind, newest.end)}"
    before = [point for point in series.points if (point.end.year, point.end.month) == _a_year_before(newest.end)]
    return f"{said}, {figure_words(before[0], entry)} a year before" if before else said


def _a_year_before(end: date) -> tuple[int, int]:
    return end.year - 1, end.month


def _newest_sign(sign: Signal, entry: Indicator, series: Series, chart: ControlChart) -> str:
    noun = NOUNS[series.kind]
    at = when(entry, series.kind, series.points[-1].end)
    number = sign.last - sign.first + 1
    match sign.rule:
        case "outside":
            return f"unusually {_degree(entry, sign.upward, 'many', 'high', 'few', 'low')} {at}"
        case "trend":
            return f"{'up' if sign.upward else 'down'} {noun} after {noun} for {plural(number, noun, noun + 's')}"
        case "two_of_three":
            near = _near(sign, series, chart)
            which = f"{near} of the last {number} {noun}s" if near < number else f"each of the last {number} {noun}s"
            return f"near the {'upper' if sign.upward else 'lower'} limit or beyond in {which}"
        case _:
            return f"{sign.side} the average for {plural(number, noun, noun + 's')} in a row"


def _near(sign: Signal, series: Series, chart: ControlChart) -> int:
    """How many of the figures of a sign are near the limit or beyond."""
    limits = chart.near_upper if sign.upward else chart.near_lower
    pairs = [(series.points[place].value, limits[place]) for place in range(sign.first, sign.last + 1)]
    return sum(
        value > limit + LEVEL if sign.upward else value < limit - LEVEL
        for value, limit in pairs
        if value is not None and limit is not None
    )


def _degree(entry: Indicator, upward: bool, many: str, high: str, few: str, low: str) -> str:
    """The word for more or less: counts are many or few, shares and rates high or low."""
    if entry.unit == "count":
        return many if upward else few
    return high if upward else low


def signs_sentence(
    series: Series, entry: Indicator, chart: ControlChart, found: Verdict, settings: TrendSettings
) -> str:
    """Every sign of the last twelve months, with its rule's name; and whether the change is called real."""
    if chart.without is not None:
        return "No rule is used on the newest figures: they have no limits."
    if not found.recent:
        return "No rule found anything unusual in the last twelve months."
    said = [_sign(one, series, entry, chart, settings) for one in found.recent]
    if found.way is not None:
        verdict = "Together that is more than ordinary ups and downs are likely to make: a real change"
        verdict = f"{verdict}, {'upward' if found.way == 'up' else 'downward'}. The chart does not say why."
    elif chart.trial:
        verdict = "The limits are on trial, so no change is called real yet."
    else:
        verdict = "Alone that is no proof of a change: such a sign also comes by chance."
    return " ".join([*said, verdict])


def _sign(sign: Signal, series: Series, entry: Indicator, chart: ControlChart, settings: TrendSettings) -> str:
    rule, noun = settings.rules.signs[sign.rule].label, NOUNS[series.kind]
    first, last = (when(entry, series.kind, series.points[place].end) for place in (sign.first, sign.last))
    if sign.rule == "outside":
        inner = inner_limits(chart.lower[sign.last], chart.upper[sign.last], entry)
        assert inner is not None
        limit = inner[1] if sign.upward else inner[0]
        figure = figure_words(series.points[sign.last], entry)
        edge = f"{'above' if sign.upward else 'below'} the {'upper' if sign.upward else 'lower'} limit"
        return f"{rule}: {figure} {last}, {edge} of {in_unit(limit, entry.unit)}."
    number = plural(sign.last - sign.first + 1, noun, f"{noun}s")
    span = f"{number} from {_bare(first)} to {_bare(last)}"
    match sign.rule:
        case "trend":
            return f"{rule}: {'up' if sign.upward else 'down'} each time over {span}."
        case "shift":
            return f"{rule}: {span} all {sign.side} the average."
        case _:
            edge = f"near the {'upper' if sign.upward else 'lower'} limit or beyond"
            near = _near(sign, series, chart)
            of = f"all {span}" if near == sign.last - sign.first + 1 else f"{near} of {span}"
            return f"{rule}: {of} {edge}."


def _bare(words: str) -> str:
    """A period without 'in' or 'in the', to stand after 'from'."""
    return words.removeprefix("in ")


def inner_limits(lower: float | None, upper: float | None, entry: Indicator) -> tuple[float, float] | None:
    """The outermost figures that no limit marks: of counts whole numbers, so that 40 is not 'above the limit of 40'."""
    if lower is None or upper is None:
        return None
    return (ceil(lower - 1e-9), floor(upper + 1e-9)) if entry.unit == "count" else (lower, upper)


def usual_words(place: int, chart: ControlChart, entry: Indicator) -> str:
    """Between which figures a period usually lies: '6 to 37', '7.8% to 46.1%'; empty where that is not known."""
    inner = inner_limits(chart.lower[place], chart.upper[place], entry)
    return "" if inner is None else " to ".join(in_unit(limit, entry.unit) for limit in inner)


def limits_sentence(series: Series, entry: Indicator, chart: ControlChart, settings: TrendSettings) -> str:
    """What average and limits are, and how often such a chart shows a sign with nothing changing."""
    noun = NOUNS[series.kind]
    known = [place for place in range(chart.stretch, len(chart.centre)) if chart.centre[place] is not None]
    if chart.without is not None or not known:
        return _WHY[chart.without or "too_few"]
    last = known[-1]
    centre, since = chart.centre[last], series.points[chart.stretch].end
    assert centre is not None
    of = ""
    if chart.kind == "p_prime":
        of = f" for a {noun} out of {count(series.points[last].denominator or 0)}"
    said = (
        f"The average of the {chart.known} {noun}s shown since {_bare(when(entry, series.kind, since))} is "
        f"{in_unit(centre, entry.unit)}. Going by how much one {noun} differs from the next, a single {noun} usually "
        f"lies between the limits, {usual_words(last, chart, entry)}{of}."
    )
    return f"{said} {false_alarm_sentence(series, entry, chart, settings)}".strip()


def false_alarm_sentence(series: Series, entry: Indicator, chart: ControlChart, settings: TrendSettings) -> str:
    """How often a chart of this kind and size showed a sign where nothing changed, and on what that was tried."""
    bare = chart.kind == "xmr" and entry.unit == "percent"
    trial = settings.false_alarms.like("share" if bare else chart.kind, cast(Charted, series.kind), chart.size)
    if trial is None:
        return ""
    of = {"xmr": "", "p_prime": "shares of ", "share": "shares near 100% of "}
    return (
        f"In a trial with {of[trial.chart]}{count(trial.plans)} plans a {NOUNS[series.kind]} and nothing changing, "
        f"such charts showed some sign in about {_one_in(trial.any_sign)}, and what is called a real change in about "
        f"{_one_in(trial.alarm)}."
    )


def _one_in(share: float) -> str:
    if share == 0:
        return "no year"
    years = 1 / share
    return f"1 year in {half_up(years, 0) if years < 20 else 10 * half_up(years / 10, 0)}"


def caveats(series: Series, entry: Indicator, chart: ControlChart | NoChart | None) -> list[str]:
    """What a reader has to mind: hidden periods, few figures, small numbers, shares without counts."""
    noun = NOUNS[series.kind]
    said = []
    hidden = sum(point.status in HIDDEN for point in series.points)
    if hidden:
        number = plural(hidden, f"{noun} is hidden: it counts", f"{noun}s are hidden: they count")
        said.append(f"{number} towards no average and no limit, and a run of figures ends there.")
    if not isinstance(chart, ControlChart):
        return said
    if chart.trial:
        said.append(f"The limits are on trial: they rest on {plural(chart.known, noun, noun + 's')}.")
    if chart.screened:
        number = plural(chart.screened, "freak jump", "freak jumps")
        said.append(
            f"{number} from one {noun} to the next {'was' if chart.screened == 1 else 'were'} left out of the limits."
        )
    if chart.rough is not None:
        fewer = floor(chart.rough) + 1
        said.append(
            f"The share is of small numbers: some {noun}s fewer than {fewer} are expected. So its limits are rough."
        )
    if chart.kind == "p_prime":
        said.append("A share also moves when what it is out of moves, so look at the counts.")
    elif entry.unit == "percent":
        said.append("The counts behind this share are not known, so its limits cannot allow for how large they are.")
    return said


@dataclass(frozen=True)
class Anew:
    """Where average and limits begin anew by hand: the place of its first figure, and that in words with the reason."""

    place: int
    said: str


def begun_anew(
    series: Series, entry: Indicator, chart: ControlChart | None, asked: tuple[date, str] | None
) -> Anew | None:
    """What a picture and its table say of new limits that were begun by hand; None where they change nothing.

    Args:
        series: What was known on the day of the view.
        entry: The indicator.
        chart: Its control chart, made with the new limits.
        asked: The day from which they are wanted, and the reason in the words of whoever wanted them.
    """
    if chart is None or asked is None:
        return None
    place = _first(series, asked[0])
    if not 0 < place < len(series.ends):
        return None
    first = when(entry, series.kind, series.ends[place])
    return Anew(place, f"average and limits begin anew {first}, by hand: {asked[1]}")


def _first(series: Series, asked: date) -> int:
    """The place of the first period that ends on a day or after; one past the last where there is none."""
    return next((place for place, end in enumerate(series.ends) if end >= asked), len(series.ends))


def rebase_sentence(series: Series, entry: Indicator, chart: ControlChart | NoChart, asked: date, reason: str) -> str:
    """Where average and limits begin anew by hand, and the reason; or that it changes nothing here.

    Args:
        series: What was known on the day of the view.
        entry: The indicator.
        chart: What came of it: some series have no chart, whatever is asked.
        asked: The day from which new limits are wanted.
        reason: In the words of whoever wanted them.
    """
    place = _first(series, asked)
    none = isinstance(chart, NoChart) and chart.reason in ("stock", "overlapping", "hidden")
    if none or not 0 < place < len(series.ends):
        return f"New limits from {day(asked)}, begun by hand ({reason}), change nothing in what is shown here."
    first = when(entry, series.kind, series.ends[place])
    if isinstance(chart, NoChart) and chart.reason != "too_few":  # it can be the new limits that leave too few
        return f"New limits were to begin with the figure {first}, by hand ({reason}), but there are none to show."
    return f"Average and limits begin anew with the figure {first}. That was done by hand: {reason}."


def why_no_chart(chart: NoChart) -> str:
    """Why a series has no control chart."""
    return _WHY[chart.reason]
