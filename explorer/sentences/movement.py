"""Why the number of open plans moved, in words: how many came and went, and how long plans lasted."""

from explorer.models.movement import Movement, Part, Split, Tally, Twelve
from explorer.schema import STATUS_WORDS
from explorer.sentences.what_if import way_range
from explorer.wording import count, day, half_up, in_range, listed, possessive

LENGTH_MEANING = (
    "The average length is worked out from how many plans are open and how many come and go in a year; it is not "
    "measured on single plans. When the number that start or end changes quickly, it moves for a time although "
    "single plans last as long as before. More or fewer plans, or longer ones, are neither good nor bad in themselves."
)
FEW = "Too few plans started and ended in this year or the year before to say why the number open moved."


def moved_sentence(moved: Movement, name: str) -> str:
    """How many more plans were open than a year before, how many came and went, and what does not agree.

    Args:
        name: The authority.
    """
    now, change = moved.after, moved.change
    when = day(now.end)
    if change is None:
        begun = f"plans open at {day(moved.before.end)}"
        lacking = _lacking(((now.opening, begun), (now.closing, f"plans open at {when}")))
        said = f"How far the number of {possessive(name)} open plans moved in the year to {when} cannot be given"
        return f"{said} without {lacking}. {_flows(now)}."
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
    return f"{said}: {_flows(now)}.{_disagreement(moved)}"


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
    when = day(moved.after.end)
    if half_up(parts.change, 0):
        size = f"about {count(abs(parts.change))} {_more(parts.change)} plans were open than the year before"
    else:
        size = "about as many plans were open as the year before"
    flows = f"{_pair(moved.after)}, {_pair(moved.before)} the year before"
    longer = _longer(parts)
    lengths = f"{half_up(parts.months)} months on average, {half_up(parts.months_before)} the year before"
    return (
        f"On average over the year to {when} {size}: {_about(parts.flow)} because {_flow_words(moved)} ({flows}), and "
        f"{_about(parts.length)} because plans {longer} ({lengths}). {_kinds(moved)}"
        f"With brothers and sisters coming and going together, the first could be anything from {_span(parts.flow)}, "
        f"and the second from {_span(parts.length)}: so {_verdict(moved, parts)}."
    )


def _kinds(moved: Movement) -> str:
    """First plans and re-plans, where those are known."""
    parts = moved.split
    if parts is None or parts.first is None or parts.repeat is None:
        gone = next((one for one in (moved.after, moved.before) if one.repeats.value is None), None)
        if gone is None:
            return ""
        lacking = _lacking(((gone.repeats, f"re-plans in the year to {day(gone.end)}"),))
        return f"First plans and re-plans cannot be told apart without {lacking}. "
    return f"By kind of plan: first plans {_about(parts.first)}, re-plans {_about(parts.repeat)}. "


def _verdict(moved: Movement, parts: Split) -> str:
    """Which of the two is more than chance is likely to make."""
    flow, length = flow_noun(moved), f"plans lasting {_longer(parts).removeprefix('lasted ')}"
    if parts.flow.clear and parts.length.clear:
        return f"{flow} and {length} are both likely"
    if parts.flow.clear:
        return f"{flow} is likely, and {length} cannot be told from chance"
    if parts.length.clear:
        return f"{length} is likely, and {flow} cannot be told from chance"
    return "why cannot be told from chance"


def why_title(moved: Movement, name: str) -> str:
    """The finding of the picture: the change of the average, and which cause is likely."""
    parts = moved.split
    when = day(moved.after.end)
    if parts is None:
        return f"Why {possessive(name)} plans open moved in the year to {when} cannot be worked out"
    more = f"{count(abs(parts.change))} {_more(parts.change)}" if half_up(parts.change, 0) else "as many"
    said = f"{name} had about {more} plans open on average in the year to {when}"
    said += " than the year before" if half_up(parts.change, 0) else " as the year before"
    return f"{said}: {_verdict(moved, parts)}"


def flow_noun(moved: Movement) -> str:
    """The first cause as a noun: 'more plans starting', or 'more plans coming and going' where endings moved more."""
    side = _more(moved.split.flow.value) if moved.split else "more"
    return f"{side} plans {'starting' if _starting(moved) else 'coming and going'}"


def _flow_words(moved: Movement) -> str:
    side = _more(moved.split.flow.value) if moved.split else "more"
    return f"{side} plans {'started' if _starting(moved) else 'came and went'}"


def _starting(moved: Movement) -> bool:
    """Whether plans started moved the way that the flow did, and no less than plans ended did.

    Otherwise 'because fewer started' would stand beside as many starts as the year before.
    """
    now, before = moved.after, moved.before
    if not moved.split or None in (now.started.value, before.started.value, now.ended.value, before.ended.value):
        return False
    started = (now.started.value or 0.0) - (before.started.value or 0.0)
    ended = (now.ended.value or 0.0) - (before.ended.value or 0.0)
    return started * moved.split.flow.value > 0 and abs(started) >= abs(ended)


def _longer(parts: Split) -> str:
    """How the average length moved: 'lasted longer'; 'a little' where it is not seen to one place."""
    little = "a little " if half_up(parts.months) == half_up(parts.months_before) else ""
    if parts.months == parts.months_before:
        return "lasted as long"
    return f"lasted {little}{'longer' if parts.months > parts.months_before else 'less time'}"


def _about(part: Part) -> str:
    return f"about {count(abs(part.value))} {_more(part.value)}" if half_up(part.value, 0) else "hardly any"


def _span(part: Part) -> str:
    return way_range(part.low, part.high, "count")


def _more(value: float) -> str:
    return "more" if value > 0 else "fewer"


def _pair(one: Twelve) -> str:
    """'261 started and 257 ended', where both are known."""
    return f"{_tally(one.started)} started and {_tally(one.ended)} ended"


def _flows(one: Twelve) -> str:
    """How many started and ended, or why that is not known."""
    if one.started.value is not None and one.ended.value is not None:
        worked = " (worked out from the rate for every 10,000 children)" if one.ended.worked_out else ""
        return f"{_tally(one.started)} started and {_tally(one.ended)} ended{worked}"
    told = ((one.started, "plans started"), (one.ended, "plans ended"))
    return "; ".join(
        f"{what.capitalize() if not number else what}: {why_none(tally) if tally.value is None else _tally(tally)}"
        for number, (tally, what) in enumerate(told)
    )


def _tally(one: Tally) -> str:
    return f"{'about ' if one.worked_out else ''}{count(one.value or 0.0)}"


def why_none(one: Tally) -> str:
    """Why there is no number, with what a hidden one can be."""
    said = STATUS_WORDS[one.status]
    if one.status == "suppressed" and one.least is not None and one.most is not None:
        return f"{said}; {in_range(one.least, one.most, 'count')} if it is itself a small number"
    return said


def _lacking(told: tuple[tuple[Tally, str], ...]) -> str:
    """What is not there, and why; what has the same reason stands together."""
    reasons: dict[str, list[str]] = {}
    for one, what in told:
        if one.value is None:
            reasons.setdefault(why_none(one), []).append(what)
    return listed(f"{listed(what)} ({reason})" for reason, what in reasons.items())


def _why_none(moved: Movement) -> str:
    now, before = moved.after, moved.before
    earlier = before.end.year - 1
    told = (
        (before.opening, f"plans open at the end of {before.end:%B} {earlier}"),
        (now.opening, f"plans open at {day(before.end)}"),
        (now.closing, f"plans open at {day(now.end)}"),
        (before.started, f"plans started in the year to {day(before.end)}"),
        (before.ended, f"plans ended in the year to {day(before.end)}"),
        (now.started, f"plans started in the year to {day(now.end)}"),
        (now.ended, f"plans ended in the year to {day(now.end)}"),
    )
    if all(one.value is not None for one, _ in told):
        return FEW
    return f"Why it moved cannot be worked out without {_lacking(told)}."
