"""The figures of a measure in words: what the placeholders of briefing.yaml stand for."""

from collections.abc import Iterator

from explorer.areas import Comparators
from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import Gap
from explorer.briefing.facts import Whole
from explorer.briefing.gather import Gathered
from explorer.briefing.held import Dated, full_year
from explorer.briefing_entries import BriefingSettings
from explorer.config import Indicator
from explorer.models.series import Kind
from explorer.sentences.figures import counts, hidden_counts
from explorer.sentences.groups import standing
from explorer.wording import count, day, half_up, in_range, in_unit, number_in_unit, plural, possessive

Pair = tuple[str, str]


def period_words(entry: Indicator, kind: Kind, dated: Dated) -> str:
    """Over which days, or on which, a figure is counted: 'in the year to 31 March 2018', 'at 30 September 2018'."""
    if entry.period == "day":
        return f"at {day(dated.end)}"
    return f"in the {'year' if kind == 'year' else '12 months'} to {day(dated.end)}"


def group_words(group: Comparators, settings: BriefingSettings, kind: str) -> str:
    """What a group is called inside a sentence: 'its statistical neighbours'."""
    return settings.groups[kind].format(short_label=group.short_label)  # type: ignore[index]


def shared_words(whole: Whole) -> dict[str, str]:
    """Placeholders that need no measure."""
    world, name = whole.world, whole.called(whole.area)
    settings, benchmarks = world.briefing, world.config.benchmarks
    numbers, hidden = settings.numbers, benchmarks.suppression
    known = {
        "name": name,
        "whose": possessive(name),
        "as_at": day(whole.as_at),
        "year": str(whole.year),
        "group": group_words(whole.group, settings, benchmarks.groups[whole.group.group].kind),
        "published": f"{numbers.published_after.value:.0f} months",
        "few": f"{numbers.few.value:.0f}",
        "lowest": str(hidden.lowest),
        "highest": str(hidden.highest),
        "model": "" if whole.model is None else str(whole.model),
        "history": world.areas.history(whole.area),
        "stood_on": day(max(one.stood_on for one in whole.doing)) if whole.doing else "",
    }
    return {key: said for key, said in known.items() if said}


def words(found: Gathered) -> dict[str, str]:
    """Every placeholder that is known of one measure."""
    entry = found.entry
    pairs = [
        ("label", entry.label),
        ("when", period_words(entry, found.kind, found.newest)),
        *_own(found.newest.figure, entry),
        *_dated("before", found.before, entry),
        *_dated("full", found.year, entry),
        *_so_far(found),
        *_change(found),
        *_usual(found),
        *_group(found),
        *_judged(found),
    ]
    return {key: said for key, said in pairs if said}


def _own(figure: Figure, entry: Indicator) -> Iterator[Pair]:
    if figure.value is not None:
        yield "value", in_unit(figure.value, entry.unit)
        yield "count", _count(figure, entry)
        yield "said", _said(figure, entry)
        if figure.numerator is not None:
            yield "numerator", count(figure.numerator)
    elif figure.least is not None and figure.most is not None:
        yield "least", in_unit(figure.least, entry.unit)
        yield "most", in_unit(figure.most, entry.unit)
        yield "hidden_count", hidden_counts(figure, entry) if entry.numerator and figure.base else ""


def _count(figure: Figure, entry: Indicator) -> str:
    """What is behind a share or rate: '70 of 265'. A number has nothing behind it."""
    return "" if entry.unit == "count" else counts(figure, entry)


def _said(figure: Figure, entry: Indicator) -> str:
    """The indicator's own sentence; nothing where it takes counts that are not known."""
    if figure.value is None:
        return ""
    value = in_unit(figure.value, entry.unit)
    if entry.numerator is None:
        return entry.sentence.format(value=value)
    part, of, whole = _count(figure, entry).partition(" of ")
    return (
        entry.sentence.format(value=value, numerator="none" if part == "0" else part, denominator=whole) if of else ""
    )


def _dated(key: str, dated: Dated | None, entry: Indicator) -> Iterator[Pair]:
    if dated is None or dated.figure.value is None:
        return
    yield key, in_unit(dated.figure.value, entry.unit)
    yield f"{key}_count", _count(dated.figure, entry)


def _so_far(found: Gathered) -> Iterator[Pair]:
    if found.so_far is None:
        return
    yield from _dated("so_far", found.so_far, found.entry)
    yield "so_far_from", f"From 1 April to {day(found.so_far.end)}"
    if found.earlier is not None:
        yield from _dated("earlier", found.earlier, found.entry)
        yield "earlier_day", f"{found.earlier.end:%-d %B}"


def _change(found: Gathered) -> Iterator[Pair]:
    moved = found.change
    if moved is None:
        return
    yield "size", difference(abs(moved.difference), found.entry)
    yield "way", "up" if moved.difference > 0 else "down"


def difference(size: float, entry: Indicator) -> str:
    """A difference: '2.1 points', '14', '6.0 per 10,000'."""
    if entry.unit != "percent":
        return in_unit(size, entry.unit)
    points = half_up(size)
    return f"{points} {'point' if points == 1 else 'points'}"


def _usual(found: Gathered) -> Iterator[Pair]:
    usual, entry = found.usual, found.entry
    if usual is None:
        return
    yield "usual", in_range(usual.low, usual.high, entry.unit)
    yield "usual_low", in_unit(usual.low, entry.unit)
    yield "usual_high", in_unit(usual.high, entry.unit)
    yield "looked_back", looked_back(found)
    yield "since", f"{usual.since:%B %Y}"
    yield "figures", str(usual.figures)
    yield "inside", str(usual.inside)
    if usual.peak is not None and usual.peak.figure.value is not None:
        yield "peak", in_unit(usual.peak.figure.value, entry.unit)
        yield "peak_when", f"{usual.peak.end:%B %Y}"


def looked_back(found: Gathered) -> str:
    """The figures that were looked at: '5 years before', '6 quarter ends before', '3 years to March 2018'.

    Those of reporting years can share months with twelve that end later, so their last day is said.
    """
    usual = found.usual
    if usual is None:
        return ""
    if found.entry.period == "day":
        return f"{plural(usual.figures, f'{usual.step} end', f'{usual.step} ends')} before"
    years = plural(usual.figures, "year", "years")
    return f"{years} to March {full_year(found.newest.end)}" if found.part_year else f"{years} before"


def _group(found: Gathered) -> Iterator[Pair]:
    place, entry = found.found, found.compared_entry
    if place is None:
        return
    yield "england", "" if place.england.value is None else number_in_unit(place.england.value, entry.unit)
    yield "own", "" if place.figure.value is None else number_in_unit(place.figure.value, entry.unit)
    yield "own_when", _when(entry, place)
    if found.median is None:
        return
    yield "median", _between(found.median, entry)
    yield "standing", _standing(place) if place.figure.bounds is not None else ""
    if found.times is not None:
        least, most = (str(half_up(end)) for end in found.times)
        yield "times", f"{least} times" if least == most else f"at least {least} times"


def _standing(place: Position) -> str:
    """As ``groups.standing`` has it; where as many are lower as are higher both are said."""
    told = place.comparison
    both = told.lower == told.higher > 0 and not told.unknown
    return f"{standing(place)} and lower than {told.higher}" if both else standing(place)


def _between(ends: Bounds, entry: Indicator) -> str:
    """A range: '1.7% to 2.1%'; of a rate without 'per 10,000', which its sentence says once."""
    low, high = (number_in_unit(end, entry.unit) for end in ends)
    return low if low == high else f"{low} to {high}"


def _when(entry: Indicator, place: Position) -> str:
    return f"at 31 March {place.year}" if entry.period == "day" else f"in the year to 31 March {place.year}"


def _judged(found: Gathered) -> Iterator[Pair]:
    if found.judged is None:
        return
    if found.judged.usual is not None:
        low, high = found.judged.usual
        yield "judged_low", number_in_unit(low, found.compared_entry.unit)
        yield "judged_high", number_in_unit(high, found.compared_entry.unit)
    if found.judged.gap is not None:
        yield from _gap(found.judged.gap)


def _gap(gap: Gap) -> Iterator[Pair]:
    """How many plans more or fewer: nothing where hidden figures leave open which."""
    yield "gap", _one_way(gap.number, "about ")
    yield "gap_range", _one_way((gap.low, gap.high), "")


def _one_way(ends: Bounds, about: str) -> str:
    """A number that is on one side of nought: '12 to 13 more', 'about 17 more', 'up to 1 fewer'."""
    low, high = (int(half_up(end, 0)) for end in ends)
    if low * high < 0 or low == high == 0:
        return ""
    least, most = sorted((abs(low), abs(high)))
    side = "more" if high > 0 else "fewer"
    if least == most:
        return f"{about}{most:,} {side}"
    return f"{least:,} to {most:,} {side}" if least else f"up to {most:,} {side}"
