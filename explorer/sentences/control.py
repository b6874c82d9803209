"""What a control chart found in words: a title, the signs by name, what the limits mean, and what to mind."""

from collections.abc import Mapping
from datetime import date
from math import ceil, floor

from explorer.config import Indicator
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Kind, Point, Series
from explorer.models.spc import ControlChart, NoChart, Signal
from explorer.models.trend_settings import Band, FalseAlarms, Measured, TrendSettings
from explorer.models.verdict import Verdict
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.wording import count, day, half_up, in_range, in_unit, lowered, plural, possessive

NOUNS: Mapping[Kind, str] = {
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "rolling_12m": "period",
    "year_to_date": "period",
}
_SMALL = 5  # a share expected to be of fewer: the normal approximation of its limits is rough
_WHY = {
    "stock": (
        "There is no control chart of what is counted on one day: most of it was there the day before too, so the "
        "figures hang together and the rules would fire with nothing changing. Plans started and ended have one."
    ),
    "overlapping": (
        "There is no control chart of these periods: each counts most of the same plans as the one before, so the "
        "rules would fire with nothing changing. Months, quarters and years have one."
    ),
    "too_few": "There are too few figures to tell what is usual.",
    "level": "Every figure is the same, so how far it moves by chance cannot be told.",
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
        few = isinstance(chart, ControlChart) or (chart is not None and chart.reason == "too_few")
        return f"{what}: {_now(series, entry)}{'; too few figures to tell what is usual' if few else ''}"
    trial = " (limits on trial)" if chart.trial else ""
    if found.way is not None:
        more = _degree(entry, found.way == "up", "more", "higher", "fewer", "lower")
        return f"{what}: {more} than usual within the last twelve months, beyond the ordinary ups and downs"
    if not found.newest:
        return f"{what}: {at[3:]} is within the usual range{trial}"
    return f"{what}: {_newest_sign(found.newest[0], entry, series)}{trial}"


def _now(series: Series, entry: Indicator) -> str:
    """The newest figure and the one a year before, where no chart says what is usual."""
    newest = series.points[-1]
    said = f"{figure_words(newest, entry)} {when(entry, series.kind, newest.end)}"
    before = [point for point in series.points if (point.end.year, point.end.month) == _a_year_before(newest.end)]
    return f"{said}, {figure_words(before[0], entry)} a year before" if before else said


def _a_year_before(end: date) -> tuple[int, int]:
    return end.year - 1, end.month


def _newest_sign(sign: Signal, entry: Indicator, series: Series) -> str:
    noun = NOUNS[series.kind]
    at = when(entry, series.kind, series.points[-1].end)
    number = sign.last - sign.first + 1
    match sign.rule:
        case "outside":
            return f"unusually {_degree(entry, sign.upward, 'many', 'high', 'few', 'low')} {at}"
        case "trend":
            return f"{'up' if sign.upward else 'down'} {noun} after {noun} for {plural(number, noun, noun + 's')}"
        case "two_of_three":
            return f"near the {'upper' if sign.upward else 'lower'} limit or beyond in 2 of the last 3 {noun}s"
        case _:
            return f"{sign.side} the average for {plural(number, noun, noun + 's')} in a row"


def _degree(entry: Indicator, upward: bool, many: str, high: str, few: str, low: str) -> str:
    """The word for more or less: counts are many or few, shares and rates high or low."""
    if entry.unit == "count":
        return many if upward else few
    return high if upward else low


def signs_sentence(
    series: Series, entry: Indicator, chart: ControlChart, found: Verdict, settings: TrendSettings
) -> str:
    """Every sign of the last twelve months, with its rule's name; and whether the change is called real."""
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
            return f"{rule}: {'high' if sign.upward else 'low'} figures among the {span}."


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
    if not known:
        return _WHY["too_few"]
    last = known[-1]
    centre, since = chart.centre[last], series.points[chart.stretch].end
    assert centre is not None
    of = ""
    if chart.kind == "p_prime":
        of = f" for a {noun} out of {count(series.points[last].denominator or 0)}"
    return (
        f"The average of the {chart.known} {noun}s shown since {_bare(when(entry, series.kind, since))} is "
        f"{in_unit(centre, entry.unit)}. Going by how much one {noun} differs from the next, a single {noun} usually "
        f"lies between the limits, {usual_words(last, chart, entry)}{of}. {false_alarm_sentence(series, settings)}"
    ).strip()


def false_alarm_sentence(series: Series, settings: TrendSettings) -> str:
    """How often a chart shows a sign though nothing changes."""
    one = _measured(settings.false_alarms)[series.kind]
    return (
        f"With nothing changing, a chart like this shows some sign in about {_one_in(one.any_sign)}, and what is "
        f"called a real change in about {_one_in(one.alarm)}."
    )


def _measured(entry: FalseAlarms) -> Mapping[Kind, Measured]:
    return {"month": entry.month, "quarter": entry.quarter, "year": entry.year}


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
    if chart.kind == "p_prime" and _expects_few(series, entry, chart):
        said.append(f"The share is of small numbers, under {_SMALL} expected in a {noun}, so its limits are rough.")
    if chart.kind == "p_prime":
        said.append("A share also moves when what it is out of moves, so look at the counts.")
    elif entry.unit == "percent":
        said.append("The counts behind this share are not known, so its limits cannot allow for how large they are.")
    return said


def _expects_few(series: Series, entry: Indicator, chart: ControlChart) -> bool:
    pairs = zip(chart.centre, series.points, strict=True)
    return any(
        min(centre, entry.scale - centre) * point.denominator / entry.scale < _SMALL
        for centre, point in pairs
        if centre is not None and point.denominator is not None
    )


def rebase_sentence(series: Series, entry: Indicator, chart: ControlChart | NoChart, asked: date, reason: str) -> str:
    """Where average and limits begin anew by hand, and the reason; or that it changes nothing here.

    Args:
        series: What was known on the day of the view.
        entry: The indicator.
        chart: What came of it: some series have no chart, whatever is asked.
        asked: The day from which new limits are wanted.
        reason: In the words of whoever wanted them.
    """
    place = next((n for n, end in enumerate(series.ends) if end >= asked), len(series.ends))
    none = isinstance(chart, NoChart) and chart.reason in ("stock", "overlapping", "hidden")
    if none or not 0 < place < len(series.ends):
        return f"New limits from {day(asked)}, begun by hand ({reason}), change nothing in what is shown here."
    first = when(entry, series.kind, series.ends[place])
    return f"Average and limits begin anew with the figure {first}. That was done by hand: {reason}."


def why_no_chart(chart: NoChart) -> str:
    """Why a series has no control chart."""
    return _WHY[chart.reason]


def band_sentence(series: Series, entry: Indicator, band: Band) -> str:
    """How often a figure lay in the range that somebody set for it; empty where no figure is shown."""
    shown = [point for point in series.points if point.value is not None]
    if not shown:
        return ""
    inside = [point for point in shown if point.value is not None and band.low <= point.value <= band.high]
    newest = shown[-1]
    return (
        f"Of {plural(len(shown), 'figure', 'figures')} up to {day(newest.end)}, {len(inside)} lay between "
        f"{count(band.low)} and {count(band.high)} ({band.label}); the newest "
        f"{'does' if newest in inside else 'does not'}."
    )


def expected_title(fan: Fan, came: Series, entry: Indicator, name: str) -> str:
    """Whether the newest figure stayed within what was expected of it some time before."""
    what = f"{possessive(name)} {lowered(entry.label)}"
    figures = {point.end: point.value for point in came.points if point.value is not None}
    places = [place for place, end in enumerate(fan.ends) if end in figures]
    if not places:
        return f"{what}: no figure to hold against what was expected"
    place = places[-1]
    value, end = figures[fan.ends[place]], day(fan.ends[place])
    (low, high), (least, most) = ((low[place], high[place]) for low, high in _ranges(fan))
    figure = in_unit(value, entry.unit)
    if low <= value <= high:
        return f"{what}: {figure} at {end} is within what was expected ({in_range(low, high, entry.unit)})"
    side = "above" if value > high else "below"
    if least <= value <= most:
        return f"{what}: {figure} at {end} is a little {side} what was expected ({in_range(low, high, entry.unit)})"
    return f"{what}: {figure} at {end} is well {side} what was expected ({in_range(least, most, entry.unit)})"


def kept_sentence(fan: Fan, later: Series) -> str:
    """How many of the figures that came stayed within a forecast's ranges; empty where none came."""
    came = {point.end: point.value for point in later.points if point.value is not None}
    places = [place for place, end in enumerate(fan.ends) if end in came]
    if not places:
        return ""
    inside = [sum(low[n] <= came[fan.ends[n]] <= high[n] for n in places) for low, high in _ranges(fan)]
    return (
        f"Of {plural(len(places), 'figure', 'figures')} that came, {inside[0]} lay within the 80% range and "
        f"{inside[1]} within the 95% range."
    )


def _ranges(fan: Fan) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]:
    return (fan.low_80, fan.high_80), (fan.low_95, fan.high_95)
