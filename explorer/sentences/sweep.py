"""A sweep in words: what an idea would move in which authority, how sure that is, and what nobody can tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.areas import Areas
from explorer.config import Indicator
from explorer.models.swept import Cell, Verdict
from explorer.sentences.what_if import in_hundred, way, way_range
from explorer.wording import count, half_up, in_unit, listed, lowered, plural, possessive

SIGNS: Mapping[Verdict, str] = {"lower": "▼", "higher": "▲", "same": "=", "cannot_tell": "?", "failed": "×"}
_MANY = 3  # names that a sentence can bear
_POINTS = "percentage points"

HONEST = (
    "These are what-ifs and no forecasts. They rest on judgement about what each idea does, which nobody has measured "
    "for most of them. Use them to ask where an idea could matter, and how sure anyone can be. The largest change of "
    "many is also large by luck: look at it again with new figures, and it is likely to be smaller."
)


def ahead_words(years: int) -> str:
    """How far ahead: '3 years ahead'."""
    return f"{plural(years, 'year', 'years')} ahead"


def when(as_at: int, years: int, entry: Indicator) -> str:
    """When a figure is for: 'in the year to March 2028', 'at the end of March 2028'."""
    return f"{'at the end of' if entry.period == 'day' else 'in the year to'} March {as_at + years}"


def side_words(verdict: Verdict, unit: str) -> str:
    """Where a change goes, in a word or two: 'fewer', 'higher', 'cannot tell', 'no change', 'no result'."""
    low, high = ("fewer", "more") if unit == "count" else ("lower", "higher")
    said: Mapping[Verdict, str] = {
        "lower": low,
        "higher": high,
        "same": "no change",
        "cannot_tell": "cannot tell",
        "failed": "no result",
    }
    return said[verdict]


def change_words(value: float, unit: str) -> str:
    """A change: '1.8 percentage points lower', '12 fewer', 'no change'."""
    said = way(value, unit)
    if unit != "percent" or not value:
        return said
    number, side = said.rsplit(" ", 1)
    one = "percentage point" if number in ("1.0", "less than 0.1") else _POINTS
    return f"{number} {one} {side}"


def range_words(cell: Cell, unit: str) -> str:
    """The 80% range of a change: '3.6 lower to 1.2 higher'; empty where there is no figure."""
    return "" if cell.low is None or cell.high is None else way_range(cell.low, cell.high, unit)


def mark(cell: Cell, unit: str) -> str:
    """What stands in a tile: '▼ 1.8', '? 0.4 less', '×'. A sign tells what the colour tells."""
    sign = SIGNS[cell.verdict]
    if cell.change is None or cell.verdict == "same":
        return sign
    places = 0 if unit == "count" else 1
    number = half_up(abs(cell.change), places)
    said = f"{number:,}" if number else "<1" if unit == "count" else "<0.1"
    if cell.verdict == "cannot_tell":
        side = "" if not number else "−" if cell.change < 0 else "+"
        return f"{sign} {side}{said}" if cell.change else sign
    return f"{sign} {said}"


def moved_words(cell: Cell, entry: Indicator) -> str:
    """What a cell comes to, counts and all: '27.1% instead of 29.0% (about 80 of 292, instead of 85 of 291)'."""
    if cell.before is None or cell.after is None:
        return "no result"
    was, now = in_unit(cell.before, entry.unit), in_unit(cell.after, entry.unit)
    said = f"still about {now}" if was == now else f"{now} instead of {was}"
    if cell.counts is None:
        return said
    top, whole, top_after, whole_after = (count(one) for one in cell.counts)
    before, after = f"{top} of {whole}", f"{top_after} of {whole_after}"
    return f"{said} (about {after})" if before == after else f"{said} (about {after} instead of {before})"


def sure_words(cell: Cell, unit: str) -> str:
    """How sure the direction is: 'lower in 75 in 100 possible futures'; empty where nothing differs.

    Where most often nothing differs, as in a small authority, that comes first: 'the same in 53 in 100 possible
    futures, lower in 25 in 100, higher in 22 in 100'. Else a reader would take all others for higher.
    """
    if cell.p_lower is None or cell.p_higher is None:
        return ""
    low, high = ("fewer", "more") if unit == "count" else ("lower", "higher")
    same = 1 - cell.p_lower - cell.p_higher
    if same > max(cell.p_lower, cell.p_higher):
        sides = f"{low} in {in_hundred(cell.p_lower)}, {high} in {in_hundred(cell.p_higher)}"
        return f"the same in {in_hundred(same)} possible futures, {sides}"
    side, chance = (low, cell.p_lower) if cell.p_lower >= cell.p_higher else (high, cell.p_higher)
    return f"{side} in {in_hundred(chance)} possible futures"


def cell_sentence(cell: Cell, entry: Indicator, name: str) -> str:
    """One cell in a line: 'Trafford, All six ideas: 1.3 percentage points lower, 25.1% instead of 26.4% (...)'."""
    return f"{name}, {cell.scenario}: {cell_words(cell, entry)}"


def cell_words(cell: Cell, entry: Indicator) -> str:
    """The same without its authority and scenario."""
    if cell.change is None:
        return f"no result. {cell.why}"
    said = f"{change_words(cell.change, entry.unit)}, {moved_words(cell, entry)}"
    if cell.verdict == "same":
        return f"{said}."
    sure = f"; {sure_words(cell, entry.unit)}" if sure_words(cell, entry.unit) else ""
    told = "cannot tell" if cell.verdict == "cannot_tell" else "clear"
    return f"{said}. {told.capitalize()}: 80% range {range_words(cell, entry.unit)}{sure}."


def own_title(own: Sequence[Cell], entry: Indicator, name: str, as_at: int, years: int) -> str:
    """The finding for one authority: which what-if would move it most, and whether that is more than chance.

    Args:
        own: its cells, of every scenario.
    """
    known = [cell for cell in own if cell.change is not None]
    moment = when(as_at, years, entry)
    if not known:
        return f"{possessive(name)} {lowered(entry.label)}: no what-if of this sweep could be worked out"
    clear = sorted((cell for cell in known if cell.verdict in ("lower", "higher")), key=lambda cell: -cell.size)
    tried = plural(len(known), "what-if", "what-ifs")
    if not clear:
        most = max(known, key=lambda cell: cell.size)
        if not most.size:
            return f"No what-if of {len(known)} would change {possessive(name)} {lowered(entry.label)} {moment}"
        best = f"“{most.scenario}” comes to {change_words(most.change or 0.0, entry.unit)}"
        return (
            f"{entry.label}: of {tried} none clearly moves {name} {moment}. {best}, and we cannot tell if it would be"
            f" {'fewer or more' if entry.unit == 'count' else 'lower or higher'}"
        )
    first = clear[0]
    return (
        f"{entry.label}: “{first.scenario}” would move {name} most of {tried} that were tried, "
        f"{change_words(first.change or 0.0, entry.unit)} {moment} (80% range {range_words(first, entry.unit)})"
        if len(clear) == 1
        else f"{entry.label}: {len(clear)} of {tried} clearly move {name} {moment}. “{first.scenario}” most: "
        f"{change_words(first.change or 0.0, entry.unit)} (80% range {range_words(first, entry.unit)})"
    )


def heat_title(told: Sequence[Cell], entry: Indicator, as_at: int, years: int) -> str:
    """The finding of several authorities: which what-if clearly moves most of them, and whether any other does.

    Args:
        told: their cells, of every scenario.
    """
    subject, known = f"{entry.label} {when(as_at, years, entry)}", [cell for cell in told if not cell.why]
    number = len({cell.area for cell in known})
    if not known:
        return f"{subject}: nothing could be worked out"
    clear = {one: [cell for cell in known if cell.scenario == one] for one in dict.fromkeys(c.scenario for c in known)}
    clear = {one: [cell for cell in some if cell.verdict in ("lower", "higher")] for one, some in clear.items()}
    of = plural(number, "authority", "authorities")
    moving = sorted((one for one in clear if clear[one]), key=lambda one: -len(clear[one]))
    if not moving:
        return f"{subject}: no what-if of {len(clear)} clearly moves any of {of}"
    first = moving[0]
    sides = {side_words(cell.verdict, entry.unit) for cell in clear[first]}
    said = f"{subject}: clearly {listed(sorted(sides), last='or')} with “{first}” in {len(clear[first])} of {of}"
    others = len(moving) - 1
    rest = len(clear) - 1
    if not rest:
        return said
    if not others:
        return f"{said}, and with no other of {len(clear)} what-ifs in any"
    return f"{said}; {others} of the {rest} other what-ifs {'is' if others == 1 else 'are'} clear somewhere"


def map_title(scenario: str, told: Sequence[Cell], entry: Indicator, as_at: int, years: int) -> str:
    """The finding of one scenario in all authorities: in how many it is clear, and in how many nobody can tell."""
    number = {verdict: sum(cell.verdict == verdict for cell in told) for verdict in SIGNS}
    known = len(told) - number["failed"]
    sides = [
        f"{side_words(verdict, entry.unit)} in {number[verdict]}" for verdict in ("lower", "higher") if number[verdict]
    ]
    subject = f"“{scenario}”: {lowered(entry.label)} {when(as_at, years, entry)}"
    if not known:
        return f"{subject}: no authority could be worked out"
    of = plural(known, "authority", "authorities")
    if not sides:
        ways = "fewer or more" if entry.unit == "count" else "lower or higher"
        said = f"we cannot tell in any of {of} if it would be {ways}"
        return f"{subject}: {said}" if number["cannot_tell"] else f"{subject}: no change in any of {of}"
    rest = f"; in {number['cannot_tell']} we cannot tell" if number["cannot_tell"] else ""
    return f"{subject}: clearly {' and '.join(sides)} of {of}{rest}"


def failed_words(told: Sequence[Cell], areas: Areas) -> str:
    """Which cells have no result and why, each reason once; empty where all have one."""
    reasons: dict[str, list[Cell]] = {}
    for cell in told:
        if cell.why:
            reasons.setdefault(cell.why, []).append(cell)
    said = []
    for why, those in reasons.items():
        names = list(dict.fromkeys(areas.label(cell.area) for cell in those))
        whose = (
            listed(names[:_MANY])
            if len(names) <= _MANY
            else f"{', '.join(names[:_MANY])} and {len(names) - _MANY} more"
        )
        said.append(f"No result for {whose}. {why}")
    return " ".join(said)


def not_in_sweep(as_at: int, name: str) -> str:
    """Said where the chosen authority was not asked for."""
    return f"{name} is not among the authorities of this sweep for 31 March {as_at}."


def not_there(what: str, instead: str) -> str:
    """Said of a choice in a link that this sweep does not have."""
    return f"The {what} in the link is not in this sweep, so it was ignored. You see {instead} instead."


def as_at_words(as_ats: Sequence[int], asked: int, used: int) -> str:
    """Said where the year that is chosen is not one that the sweep looks ahead from; empty where it is."""
    if asked == used:
        return ""
    days = listed((f"31 March {year}" for year in as_ats), last="or")
    return f"This sweep looks ahead from {days}, so for the year to March {asked} you see it from 31 March {used}."


def too_early_words(as_ats: Sequence[int], asked: int) -> str:
    """Said where the sweep only looks ahead from days after the one that is chosen."""
    days = listed((f"31 March {year}" for year in as_ats), last="or")
    return (
        f"This sweep looks ahead from {days}. The year to March {asked} is before that, and this page uses nothing "
        "later than the day you choose. Choose a later year to see it."
    )


NOT_OF_RECORDS = (
    "A sweep is worked out from published figures. The plan records that you chose change nothing on this page."
)
NONE_NAMED = "No finished sweep is named here. Whoever looks after this program can name one in config/app.yaml."


def other_figures(was: str, now: str) -> str:
    """Said where the sweep rests on other data than are loaded now, by their versions; empty where it does not."""
    if was == now:
        return ""
    return (
        f"This sweep was worked out with other figures (version {was}; now {now}), so the What if page can show "
        "something else. Run it again to bring it up to date."
    )


def other_settings(was: str, now: str) -> str:
    """Said where the model or what is believed of the ideas was set otherwise, by digests; empty where it was not."""
    if was == now:
        return ""
    return (
        "This sweep was worked out before the settings of the model or of the ideas were changed, so the What if page "
        "can show something else. Run it again to bring it up to date."
    )


def made_words(asked: Mapping[str, Any], data: str, digest: str) -> str:
    """How a sweep was made: 'Source: sweep “...” of this program, from published figures (version ...); ...'.

    Args:
        asked: as its manifest has it.
        data: the version of the figures it rests on.
    """
    return (
        f"Source: sweep “{asked['name']}” of this program, from published figures (version {data}); "
        f"{asked['draws']:,} possible futures, seed {asked['seed']}, digest {digest}"
    )


def heat_key(scenarios: Sequence[str], unit: str) -> str:
    """What the tiles of the heat map mean, and which number is which what-if."""
    low, high = ("fewer", "more") if unit == "count" else ("lower", "higher")
    numbered = "; ".join(f"{number} {name}" for number, name in enumerate(scenarios, start=1))
    return (
        f"Columns: {numbered}. {SIGNS['lower']} and blue: clearly {low}; {SIGNS['higher']} and orange: clearly {high}; "
        "the stronger, the larger the change. ? in a broken edge: the 80% range holds no change, so we cannot tell; "
        "the number is the average of all possible futures. = no change. × no result."
    )


def map_key(name: str, outlined: bool, unit: str) -> str:
    """What the tiles of the map mean; the numbers beside its key are authorities.

    Args:
        name: of the chosen authority; empty where it has no tile.
    """
    low, high = ("fewer", "more") if unit == "count" else ("lower", "higher")
    parts = [
        "Each tile is an authority, about where it lies; all are of one size.",
        f"{SIGNS['lower']} and blue: clearly {low}; {SIGNS['higher']} and orange: clearly {high}; two signs and a "
        "stronger colour: more than half of the largest clear change here. ? and a broken edge: the 80% range holds no "
        "change, so we cannot tell. = no change. × no result.",
        f"Thick edge: {name}." if name else "",
        "Thinner edge: those it is compared with." if outlined else "",
        "Numbers in the key count authorities. Lines part the regions.",
    ]
    return " ".join(part for part in parts if part)


def size_words(half: float, unit: str, *, above: bool) -> str:
    """On which side of half of the largest change a shade lies: 'by more than 1.2 points', 'by up to 3'."""
    number = f"{half_up(half, 0 if unit == 'count' else 1):,}"
    return f"by {'more than' if above else 'up to'} {number}{' points' if unit == 'percent' else ''}"
