"""The figures of a measure in words: what the placeholders of briefing.yaml stand for, and the cells of its table."""

from collections.abc import Iterator, Mapping

from explorer.benchmarks.position import Bounds, Figure, Position
from explorer.benchmarks.standing import Gap
from explorer.briefing.briefing import HEADINGS
from explorer.briefing.gather import Dated, Gathered, full_year
from explorer.config import Config, Indicator
from explorer.models.series import Kind
from explorer.sentences.figures import counts, headline, hidden_counts, own_figure, shown
from explorer.sentences.groups import members, standing
from explorer.wording import count, day, half_up, in_range, in_unit, lowered, number_in_unit, plural, possessive

Pair = tuple[str, str]
_NOT_KNOWN = "Not known"


def period_words(entry: Indicator, kind: Kind, dated: Dated) -> str:
    """Over which days, or on which, a figure is counted: 'in the year to 31 March 2018', 'at 30 September 2018'."""
    if entry.period == "day":
        return f"at {day(dated.end)}"
    return {
        "year": f"in the year to {day(dated.end)}",
        "rolling_12m": f"in the 12 months to {day(dated.end)}",
        "year_to_date": f"from 1 April to {day(dated.end)}",
    }.get(kind, f"in {dated.end:%B %Y}")


def words(found: Gathered, config: Config, name: str) -> dict[str, str]:
    """Every placeholder that is known of one measure.

    Args:
        found: Its figures.
        config: Labels and the rule for small numbers.
        name: What the authority is called.
    """
    entry = found.entry
    rule = config.benchmarks.suppression
    known = {
        "name": name,
        "whose": possessive(name),
        "label": entry.label,
        "low_label": lowered(entry.label),
        "what": entry.description,
        "when": period_words(entry, found.kind, found.now),
        "lowest": str(rule.lowest),
        "highest": str(rule.highest),
        "told": own_figure(found.now.figure, entry, name, full_year(found.now.end)),
        **dict(_own(found.now.figure, entry)),
        **dict(_dated("before", found.before, found, found.kind)),
        **dict(_dated("full", found.year, found, "year")),
        **dict(_dated("so_far", found.so_far, found, "year_to_date")),
        **dict(_dated("earlier", found.earlier, found, "year_to_date")),
        **dict(_change(found)),
        **dict(_usual(found)),
        **dict(_group(found, name)),
    }
    return {key: said for key, said in known.items() if said}


def _own(figure: Figure, entry: Indicator) -> Iterator[Pair]:
    if figure.value is not None:
        yield "value", in_unit(figure.value, entry.unit)
        yield "count", _count(figure, entry)
        yield "said", _said(figure, entry)
        if figure.numerator is not None and figure.denominator is not None:
            yield "numerator", count(figure.numerator)
            yield "denominator", count(figure.denominator)
    elif figure.least is not None and figure.most is not None:
        yield "least", in_unit(figure.least, entry.unit)
        yield "most", in_unit(figure.most, entry.unit)
        yield "hidden_count", hidden_counts(figure, entry) if entry.numerator and figure.base else ""


def _count(figure: Figure, entry: Indicator) -> str:
    """What is behind a share or rate: '70 of 265'. A number has nothing behind it."""
    return "" if entry.unit == "count" else counts(figure, entry)


def _said(figure: Figure, entry: Indicator) -> str:
    """The indicator's own sentence; nothing where its counts are not exactly known."""
    if figure.value is None:
        return ""
    value = in_unit(figure.value, entry.unit)
    if entry.numerator is None:
        return entry.sentence.format(value=value)
    if figure.numerator is None or figure.denominator is None:
        return ""
    return entry.sentence.format(value=value, numerator=count(figure.numerator), denominator=count(figure.denominator))


def _dated(key: str, dated: Dated | None, found: Gathered, kind: Kind) -> Iterator[Pair]:
    if dated is None or dated.figure.value is None:
        return
    entry = found.entry
    yield key, in_unit(dated.figure.value, entry.unit)
    yield f"{key}_count", _count(dated.figure, entry)
    yield f"{key}_when", period_words(entry, kind, dated)


def _change(found: Gathered) -> Iterator[Pair]:
    moved = found.change
    if moved is None:
        return
    places = 0 if found.entry.unit == "count" else 1
    size = half_up(moved.difference, places)
    yield "size", _points(abs(moved.difference), found.entry)
    yield "way", "up" if size > 0 else "down"
    if moved.low is not None and moved.high is not None:
        yield "size_low", _signed(moved.low)
        yield "size_high", _signed(moved.high)


def _points(size: float, entry: Indicator) -> str:
    """A difference: '2.1 points', '14', '6.0 per 10,000'."""
    return f"{half_up(size)} points" if entry.unit == "percent" else in_unit(size, entry.unit)


def _signed(points: float) -> str:
    rounded = half_up(points)
    return "none" if not rounded else f"{abs(rounded)} {'up' if rounded > 0 else 'down'}"


def _usual(found: Gathered) -> Iterator[Pair]:
    usual, entry = found.usual, found.entry
    if usual is None:
        return
    yield "usual", in_range(usual.low, usual.high, entry.unit)
    yield "since", f"{usual.since:%B %Y}" if found.kind == "month" else str(usual.since.year)
    yield "figures", str(usual.figures)
    yield "inside", str(usual.inside)
    if usual.peak is not None and usual.peak.figure.value is not None:
        yield "peak", in_unit(usual.peak.figure.value, entry.unit)
        yield "peak_when", f"{usual.peak.end:%B %Y}" if found.kind == "month" else str(usual.peak.end.year)


def _group(found: Gathered, name: str) -> Iterator[Pair]:
    place, entry = found.found, found.compared_entry
    if place is None:
        return
    yield "group", place.group.short_label
    yield "noun", members(2, place.group.member_label).removeprefix("2 ")
    yield "members", members(place.group_size, place.group.member_label)
    yield "contributing", str(place.contributing)
    yield "england", "" if place.england.value is None else number_in_unit(place.england.value, entry.unit)
    yield "own", "" if place.figure.value is None else number_in_unit(place.figure.value, entry.unit)
    yield "own_count", _count(place.figure, entry)
    yield "own_when", _when(entry, place.year)
    if found.median is None:
        return
    yield "median", _between(found.median, entry)
    if place.members and place.figure.bounds is not None:
        yield "standing", standing(place)
    if found.times is not None:
        yield "times", f"{half_up(found.times)} times"
    if found.judged is not None and found.judged.usual is not None:
        yield "judged_range", _between(found.judged.usual, entry)
    if found.judged is not None and found.judged.gap is not None:
        yield from _gap(found.judged.gap, place)


def _between(ends: Bounds, entry: Indicator) -> str:
    """A range: '1.7% to 2.1%'; of a rate without 'per 10,000', which its sentence says once."""
    low, high = (number_in_unit(end, entry.unit) for end in ends)
    return low if low == high else f"{low} to {high}"


def _when(entry: Indicator, year: int) -> str:
    return f"at 31 March {year}" if entry.period == "day" else f"in the year to 31 March {year}"


def _gap(gap: Gap, place: Position) -> Iterator[Pair]:
    least, most = sorted(abs(int(half_up(end, 0))) for end in gap.number)
    same_side = gap.number[0] > 0 or gap.number[1] < 0
    if same_side and most:
        number = plural(least, "plan", "plans") if least == most else f"{least:,} to {plural(most, 'plan', 'plans')}"
        yield "gap", f"{number} {'more' if gap.number[0] > 0 else 'fewer'}"
    low, high = (int(half_up(end, 0)) for end in (gap.low, gap.high))
    yield "gap_range", f"{_more(low)} to {_more(high)}"


def _more(number: int) -> str:
    return "none" if not number else f"{abs(number):,} {'more' if number > 0 else 'fewer'}"


def cells(found: Gathered, known: Mapping[str, str]) -> dict[str, str]:
    """The figures of one measure for a table, by heading."""
    entry = found.entry
    before = "" if found.before is None else shown(found.before.figure, entry)
    behind = known.get("before_count", "")
    contents = (
        shown(found.now.figure, entry),
        known.get("count") or known.get("hidden_count") or ("It is a count" if entry.unit == "count" else ""),
        f"{before} ({behind})" if behind else before,
        _change_cell(found, known),
        known.get("usual", ""),
        _neighbours_cell(found),
        "" if found.found is None else shown(found.found.england, found.compared_entry),
    )
    return {heading: said or _NOT_KNOWN for heading, said in zip(HEADINGS, contents, strict=True)}


def _change_cell(found: Gathered, known: Mapping[str, str]) -> str:
    moved = found.change
    if moved is None:
        return ""
    size = half_up(moved.difference, 0 if found.entry.unit == "count" else 1)
    said = f"{known['way'].capitalize()} {known['size']}" if size else "None"
    chance = {True: "more than chance", False: "could be chance", None: ""}[moved.clear]
    return f"{said} ({chance})" if chance else said


def _neighbours_cell(found: Gathered) -> str:
    """The median with from how many it is: 'Median 22.0%, from 8 of 10'."""
    place = found.found
    if place is None or found.median is None:
        return ""
    return (
        f"Median {in_range(*found.median, found.compared_entry.unit)}, from {place.contributing} of {place.group_size}"
    )
