"""Why the number of open plans moved, in words: what was under way, how many started, and how long plans lasted."""

from explorer.models.movement import Movement, Tally, Twelve
from explorer.models.stock_change import Part, Split
from explorer.schema import STATUS_WORDS
from explorer.sentences.what_if import way, way_range
from explorer.wording import count, day, half_up, in_range, listed, possessive

_OPEN, _STARTED = "plans open", "plans started"
LENGTH_MEANING = (
    "How long plans last is worked out from how many are open and how many start; it is not measured on single plans. "
    "Where many have just started, few are due to end, so that plans seem to last longer for a time. Its range also "
    "allows for counts that do not agree. More or fewer plans, or longer ones, are neither good nor bad in themselves."
)
FEW = "Too few plans were open, started or ended in this year or the year before to say why the number open moved."
IMPOSSIBLE = (
    "Why the number open moved cannot be worked out: in this year or the year before, more plans were open at the end "
    "than were open or started before."
)


def moved_sentence(moved: Movement, name: str) -> str:
    """How many more plans were open than a year before, how many came and went, and what does not agree.

    Args:
        name: The authority.
    """
    now, change = moved.after, moved.change
    when = day(now.end)
    if change is None:
        begun = f"at {day(moved.before.end)}"
        lacking = _lacking(((now.opening, _OPEN, begun), (now.closing, _OPEN, f"at {when}")))
        said = f"How far the number of {possessive(name)} open plans moved in the year to {when} cannot be given."
        return f"{said} {lacking} {_flows(now)}."
    closing, opening = count(now.closing.value or 0.0), count(now.opening.value or 0.0)
    if not change:
        said = f"{name} had as many plans open at {when} as a year before ({closing})"
    else:
        noun = "plan" if abs(change) == 1 else "plans"
        said = (
            f"{name} had {count(abs(change))} {_more(change)} {noun} open at {when} than a year before "
            f"({closing}, {'up' if change > 0 else 'down'} from {opening})"
        )
    if moved.net is None:
        return f"{said}. {_flows(now)}."
    return f"{said}. In the year {_flows(now)}.{_disagreement(moved)}"


def _disagreement(moved: Movement) -> str:
    """What started and ended do not account for; nothing where they do."""
    if not moved.residual or moved.net is None:
        return ""
    net = f"{count(abs(moved.net))} {_more(moved.net)}" if moved.net else "no change"
    gap = abs(moved.residual)
    verb = "is" if gap == 1 else "are"
    return f" Started less ended makes {net}, so {count(gap)} {verb} not accounted for: the counts do not quite agree."


def why_sentence(moved: Movement) -> str:
    """What each cause comes to, how sure anyone can be of it, or why it cannot be said."""
    parts = moved.split
    if parts is None:
        return _why_none(moved)
    if half_up(parts.under_way, 0):
        drift, side = f"about {count(abs(parts.under_way))} {_more(parts.under_way)} would have been open", "than"
    else:
        drift, side = "about as many would have been open", "as"
    lengths = f"{half_up(parts.months)} months on average, {half_up(parts.months_before)} the year before"
    return (
        f"Suppose as many plans had started as the year before ({_tally(moved.before.started)}), and had lasted as "
        f"long. Then {drift} at the end of the year {side} at its start: that was already under way. "
        f"{_start_words(parts)} ({_tally(moved.after.started)}): {_effect(parts.starts)}. "
        f"Plans {_lasted(parts)} ({lengths}): {_effect(parts.staying)}. {_kinds(moved)}{_verdict(parts)}"
    )


def _effect(part: Part) -> str:
    """What a cause added or took away, and what chance could make of it: brothers and sisters come together."""
    size = count(abs(part.value))
    did = f"that {'added' if part.value > 0 else 'took away'} about {size}" if half_up(part.value, 0) else ""
    span = way_range(part.low, part.high, "count")
    return f"{did or 'that made hardly any difference'} (chance could make it anything from {span})"


def _kinds(moved: Movement) -> str:
    """First plans and re-plans, where those are known."""
    parts = moved.split
    if parts is None or parts.first is None or parts.repeat is None:
        gone = next((one for one in (moved.after, moved.before) if one.repeats.value is None), None)
        if gone is None:
            return ""
        lacking = _lacking(((gone.repeats, "re-plans", f"in the year to {day(gone.end)}"),))
        return f"First plans and re-plans cannot be told apart. {lacking} "
    said = " and ".join(
        f"{kind} {part_words(part)}{', more than chance alone is likely to make,' if part.clear else ''}"
        for kind, part in (("first plans", parts.first), ("re-plans", parts.repeat))
    ).removesuffix(",")
    if parts.repeat.hidden:
        return f"Of the starts, as far as the hidden number of re-plans can be known: {said}. "
    return f"Of the starts: {said}. "


def part_words(part: Part) -> str:
    """What a cause comes to: '3 fewer', and where a count is hidden '2 to 5 fewer'."""
    return way_range(part.least, part.most, "count") if part.hidden else way(part.value, "count")


def _verdict(parts: Split) -> str:
    """Which of the two is more than chance is likely to make."""
    starting, lasting = start_noun(parts), length_noun(parts)
    if parts.starts.clear and parts.staying.clear:
        return f"{_capital(starting)} and {lasting} are each more than chance alone is likely to make."
    if not parts.told:
        return "Chance alone could explain either of them, so we cannot tell which it was."
    clear, other = (starting, lasting) if parts.starts.clear else (lasting, starting)
    return f"{_capital(clear)} is more than chance alone is likely to make; for {other} we cannot tell."


def why_title(moved: Movement, name: str) -> str:
    """The finding of the picture: the change, and which cause is more than chance is likely to make."""
    parts = moved.split
    when = day(moved.after.end)
    if parts is None:
        return f"Why {possessive(name)} plans open moved in the year to {when} cannot be worked out"
    noun = "plan" if abs(parts.change) == 1 else "plans"
    size = f"{count(abs(parts.change))} {_more(parts.change)} {noun}" if parts.change else "as many plans"
    said = f"{name} had {size} open at {when} {'than' if parts.change else 'as'} a year before"
    if not parts.told:
        return f"{said}. Neither starts nor how long plans last, by itself, can be told from chance"
    told = [
        f"{noun} {'added' if part.value > 0 else 'took away'} about {count(abs(part.value))}"
        for noun, part in ((start_noun(parts), parts.starts), (length_noun(parts), parts.staying))
        if part.clear
    ]
    each = "each " if len(told) > 1 else ""
    return f"{said}. {_capital(listed(told))}, {each}more than chance alone is likely to make"


def start_noun(parts: Split) -> str:
    """The starts as a noun: 'fewer plans starting'."""
    return f"{_more(parts.starts.value)} plans starting" if parts.starts.value else "as many plans starting"


def length_noun(parts: Split) -> str:
    """How long plans last as a noun: 'plans lasting longer'."""
    return f"plans lasting {_lasted(parts).removeprefix('lasted ')}"


def _start_words(parts: Split) -> str:
    return f"{_more(parts.starts.value).capitalize()} plans started" if parts.starts.value else "As many plans started"


def _lasted(parts: Split) -> str:
    """How the average length moved: 'lasted longer'; 'a little' where it is not seen to one place."""
    if parts.months == parts.months_before:
        return "lasted as long"
    little = "a little " if half_up(parts.months) == half_up(parts.months_before) else ""
    return f"lasted {little}{'longer' if parts.months > parts.months_before else 'less long'}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _more(value: float) -> str:
    return "more" if value > 0 else "fewer"


def _flows(one: Twelve) -> str:
    """How many started and ended, or why that is not known."""
    if one.started.value is not None and one.ended.value is not None:
        worked = " (worked out from the rate for every 10,000 children)" if one.ended.worked_out else ""
        return f"{_tally(one.started)} started and {_tally(one.ended)} ended{worked}"
    told = ((one.started, "Plans started"), (one.ended, "Plans ended"))
    return ". ".join(f"{what}: {why_none(tally) if tally.value is None else _tally(tally)}" for tally, what in told)


def _tally(one: Tally) -> str:
    return f"{'about ' if one.worked_out else ''}{count(one.value or 0.0)}"


def why_none(one: Tally) -> str:
    """Why there is no number, with what a hidden one can be."""
    said = STATUS_WORDS[one.status]
    if one.status == "suppressed" and one.least is not None and one.most is not None:
        return f"{said}; {in_range(one.least, one.most, 'count')} if it is itself a small number"
    return said


def _lacking(told: tuple[tuple[Tally, str, str], ...]) -> str:
    """What is not there, and why; what is of one kind and has the same reason stands together.

    Args:
        told: numbers, what each of them is of ("plans open"), and of when.
    """
    whens: dict[tuple[str, str], list[str]] = {}
    for one, what, when in told:
        if one.value is None:
            whens.setdefault((what, why_none(one)), []).append(when)
    return " ".join(f"{_capital(what)} {listed(found)}: {reason}." for (what, reason), found in whens.items())


def _why_none(moved: Movement) -> str:
    now, before = moved.after, moved.before
    told = (
        (before.opening, _OPEN, f"at the end of {before.end:%B} {before.end.year - 1}"),
        (now.opening, _OPEN, f"at {day(before.end)}"),
        (now.closing, _OPEN, f"at {day(now.end)}"),
        (before.started, _STARTED, f"in the year to {day(before.end)}"),
        (now.started, _STARTED, f"in the year to {day(now.end)}"),
    )
    if any(one.value is None for one, *_ in told):
        return f"Why it moved cannot be worked out. {_lacking(told)}"
    left = [
        (one.opening.value or 0.0) + (one.started.value or 0.0) - (one.closing.value or 0.0) for one in (now, before)
    ]
    return IMPOSSIBLE if min(left) < 0 else FEW
