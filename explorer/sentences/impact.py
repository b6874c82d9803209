"""What was expected, in words: how much of an effect is there when, how large it might be, and when it would show."""

from collections.abc import Sequence
from datetime import date

from explorer.config import Indicator
from explorer.evaluation.impact import Size, Stated
from explorer.evaluation.power import Asked, Noticeable
from explorer.models.what_if_entries import Effect, Intervention
from explorer.sentences.what_if import way, way_range, when_words
from explorer.wording import count, day, half_up, listed, lowered, percent, possessive

_PARTS = (  # of one, in the order of their size
    (0.0, "next to nothing"),
    (0.1, "about a tenth"),
    (0.2, "about a fifth"),
    (0.25, "about a quarter"),
    (1 / 3, "about a third"),
    (0.4, "about two fifths"),
    (0.5, "about half"),
    (0.6, "about three fifths"),
    (2 / 3, "about two thirds"),
    (0.75, "about three quarters"),
    (0.8, "about four fifths"),
    (0.9, "about nine tenths"),
    (1.0, "nearly all"),
)
_WHOLE = 0.995
_COMING_BACK = ("return_after_leaving", "return_in_pool")
_NOT_EVEN = "not even the largest effect that there can be"


def part_words(share: float) -> str:
    """A share as a part: 'about two fifths', 'next to nothing', 'all'."""
    if share >= _WHOLE:
        return "all"
    return min(_PARTS, key=lambda part: abs(part[0] - share))[1]


def _period(entry: Indicator) -> dict[str, bool]:
    return {"stock": entry.period == "day"}


def path_title(stated: Stated, entry: Indicator, by: date) -> str:
    """The finding: 'In the year to March 2021 about two fifths of the effect on re-plans would be there'."""
    share = stated.share_by(by, **_period(entry))
    when = when_words(entry, by)
    what = f"of the effect on {lowered(entry.label)} would be there"
    return f"{when[:1].upper()}{when[1:]} {part_words(share)} {what}"


def path_sentence(stated: Stated, entry: Indicator, intervention: Intervention, ends: Sequence[date]) -> str:
    """How the effect is expected to arrive, with the reason that was written beforehand."""
    parts = [f"{part_words(stated.share_by(end, **_period(entry)))} {when_words(entry, end)}" for end in ends]
    return (
        f"{intervention.label}, from {day(stated.path.start)}, should make {lowered(entry.label)} "
        f"{stated.impact.expected}. Of the full effect there should be {listed(parts)}. {stated.impact.reason}"
    )


def source_sentence(stated: Stated, name: str) -> str:
    """What the path was worked out from, and what it leaves out."""
    said = {
        "authority": f"The path is worked out with the plan model from {possessive(name)} figures before the start.",
        "england": (
            f"The path is worked out with the plan model from England's figures before the start, because {name} has "
            "too few of its own."
        ),
        "settled": (
            f"The path is worked out with the plan model from {possessive(name)} rates before the start, held as they "
            "were. Its figures were moving for other reasons, which would bend the path."
        ),
        "configured": "The path was written down for this idea beforehand, and is not from the plan model.",
    }[stated.source]
    if stated.uneven:
        said += " In some months the model has more or less of the effect than the path, which only rises."
    return said


def why_no_step(entry: Indicator) -> str:
    """Why all at once is not what is looked for first."""
    return (
        f"All at once is not used first. Such an idea changes {lowered(entry.label)} only once plans have ended and "
        "time has passed. Looking for all of it from the first day would find too little of it."
    )


def size_sentence(size: Size, entry: Indicator, intervention: Intervention, stated: Stated) -> str:
    """How large the effect would be by then if what is believed is right."""
    through = [effect for effect in intervention.effects if effect.name in stated.impact.through]
    kind = "judgement" if intervention.strength.startswith("judgement") else "evidence"
    believed = f" ({kind}: {believed_words(through[0])})" if len(through) == 1 else ""
    return (
        f"If what is believed is right{believed}, {lowered(entry.label)} would be {_points(size.middle)} "
        f"{when_words(entry, size.end)} (8 of 10 cases: {_range(size.low, size.high)})."
    )


def believed_words(effect: Effect) -> str:
    """What is believed of one chance: 'children it reaches come back 5% less often'."""
    changed = half_up(100 * abs(1 - effect.ratio), 0)
    if effect.acts_on in _COMING_BACK:
        often = f"{changed}% {'less' if effect.ratio < 1 else 'more'} often" if changed else "as often as before"
        return f"children it reaches come back {often}"
    level = f"{changed}% {'below' if effect.ratio < 1 else 'above'} today's" if changed else "as today"
    return f"{lowered(effect.label)} {level}"


def size_beside_noticeable(size: Size, found: Noticeable) -> str:
    """Whether an effect of the size that is believed could be noticed at all by then."""
    if found.there is None:
        return f"By {day(found.end)} {_NOT_EVEN} would be noticed, so it cannot be told by then."
    smallest = f"To be noticed it would have to be {half_up(found.there)} points by then"
    if abs(size.middle) >= found.there:
        return f"{smallest}, so one of that size would be."
    least, most = sorted((abs(size.low), abs(size.high)))
    if most < found.there:
        return f"{smallest}. Nothing in that range is so large, so it cannot be told by then."
    return (
        f"{smallest}, so one of that size would not be. {'All' if least >= found.there else 'Some'} of the range would."
    )


def noticed_sentence(
    plans: float, months: int, share: float, effect: float, by: date | None, asked: Asked, years: float
) -> str:
    """When a change worth noticing would be noticed: 'With about 20 plans started a month, a fall from 28% to 22%...'.

    Args:
        plans: what the share is out of, in a period of ``months``.
        share: without an effect, percent.
        effect: in points, below 0 a fall.
        years: how far ahead was looked.
    """
    change = f"a {'fall' if effect < 0 else 'rise'} from {_short(share)} to {_short(share + effect)} in the end"
    often = f"in {half_up(100 * asked.power, 0)} of 100 cases"
    with_plans = f"With about {count(plans / months)} plans a month"
    if by is None:
        return f"{with_plans}, {change} would not be noticed {often} within {years:g} years of the start."
    return f"{with_plans}, {change} would be noticed {often} by {day(by)}."


def _short(value: float) -> str:
    """A percentage without its place where that is 0: 28%, 22.5%."""
    return percent(value).replace(".0%", "%")


FULL_EFFECT = (
    "The full effect is what there is in the end. It comes bit by bit, and only the part that is there can be noticed."
)


def smallest_sentence(found: Noticeable, largest: str = "") -> str:
    """The two figures of a day that must not be mixed up, each by its name.

    Args:
        largest: ``largest_words``, for where no effect would be noticed.
    """
    to = f"With the figures up to {day(found.end)}"
    if found.margin is None:
        return f"{to}, it is too early for any effect to be noticed."
    if found.full is None or found.there is None:
        return f"{to}, no effect would be noticed: {largest or _NOT_EVEN}."
    return (
        f"{to}, the smallest full effect that would be noticed is {half_up(found.full)} points. By then "
        f"{part_words(found.share)} of it would be there: {half_up(found.there)} points."
    )


def largest_words(entry: Indicator, way_hoped: str) -> str:
    """The largest effect that there could be: 'not even if re-plans fell to nearly 0% in the end'."""
    moved = "fell to nearly 0%" if way_hoped == "lower" else "rose to nearly 100%"
    return f"not even if {lowered(entry.label)} {moved} in the end"


def noticed_title(entry: Indicator, worth: float, way_hoped: str, by: date | None, years: float) -> str:
    """The finding of the chart of the smallest effect: by when one worth noticing would be noticed."""
    change = f"A {'fall' if way_hoped == 'lower' else 'rise'} of {_number(worth)} points in {lowered(entry.label)}"
    if by is None:
        return f"{change} would not be noticed within {years:g} years"
    return f"{change} would be noticed by {by:%B %Y}"


def _number(value: float) -> str:
    return str(half_up(value)).removesuffix(".0")


def _points(value: float) -> str:
    """A difference of percentages: '0.5 points lower', 'no different'."""
    number, _, side = way(value, "percent").rpartition(" ")
    return f"{number} points {side}" if value else "no different"


def _range(low: float, high: float) -> str:
    return way_range(low, high, "percent").replace("no change", "no different")
