"""The map of England's authorities in words: the finding, the five shades, and who is in which."""

from collections.abc import Sequence

from explorer.areas import Areas
from explorer.benchmarks.fifths import FEWEST, Fifths
from explorer.benchmarks.position import Figure, Position
from explorer.config import Config
from explorer.schema import HIDDEN
from explorer.sentences.groups import title
from explorer.wording import in_unit, listed, number_in_unit, plural

FIFTHS = ("lowest fifth", "second-lowest fifth", "middle fifth", "second-highest fifth", "highest fifth")


def map_title(found: Position, parted: Fifths | None, config: Config, areas: Areas) -> str:
    """The finding: 'Re-plans: Trafford was among the highest fifth of authorities in England'."""
    entry, own = config.indicators[found.indicator], found.figure.value
    if own is None:
        return title(found, config, areas)
    name = areas.label(found.area)
    if parted is None:
        return f"{entry.label}: {name} was {in_unit(own, entry.unit)}; too few others have a figure"
    level = sum(member.value == own for member in found.members)
    if sum(limit == own for limit in parted.limits) > 1:  # they fill more than one fifth: its name would mislead
        return f"{entry.label}: {name} was {in_unit(own, entry.unit)}, as were {plural(level, 'other', 'others')}"
    whole = "authorities in England" if parted.published == parted.existing else "England's published figures"
    return f"{entry.label}: {name} was among the {FIFTHS[parted.of(own) - 1]} of {whole}"


def fifth_words(figure: Figure, parted: Fifths | None) -> str:
    """Which fifth a figure is in, for a table or a tooltip: 'highest fifth', 'hidden', 'no figure'."""
    if figure.value is None:
        return "hidden" if figure.status in HIDDEN else "no figure"
    return "" if parted is None else FIFTHS[parted.of(figure.value) - 1]


def shade_words(parted: Fifths | None, unit: str) -> tuple[str, ...]:
    """What each of the five shades stands for: 'lowest fifth: 6.7% to 14.9%'; none where there are no fifths."""
    if parted is None:
        return ()
    return tuple(
        f"{words}: {_span(*span, unit) if span else 'none'}" for words, span in zip(FIFTHS, parted.spans, strict=True)
    )


def _span(lowest: float, highest: float, unit: str) -> str:
    """The ends of a fifth, in the unit that the line above the picture names."""
    low, high = number_in_unit(lowest, unit), number_in_unit(highest, unit)
    return low if low == high else f"{low} to {high}"


def map_key(found: Position, parted: Fifths | None, outlined: bool, config: Config, areas: Areas) -> str:
    """What the tiles mean, with the limits of the fifths."""
    entry = config.indicators[found.indicator]
    shades = "; ".join(f"{number}, {words}" for number, words in enumerate(shade_words(parted, entry.unit), start=1))
    parts = [
        "Each tile is an authority, about where it lies; all are of one size.",
        f"The stronger the blue, the higher the figure. {shades}." if shades else "",
        "h and a broken edge: hidden. An empty tile: no figure.",
        f"Thick edge: {areas.label(found.area)}." if found.figure.status != "no_authority" else "",
        "Thinner edge: those it is compared with." if outlined else "",
        "Lines part the regions.",
    ]
    return " ".join(part for part in parts if part)


def map_note(found: Position, parted: Fifths | None) -> str:
    """What the fifths leave out, and why they can be unequal; empty where nothing needs saying."""
    hidden = sum(figure.status in HIDDEN for figure in (found.figure, *found.members))
    parts = []
    if parted is None:
        parts.append(f"Fifths need {FEWEST} published figures or more.")
    elif max(parted.sizes) - min(parted.sizes) > max(2, parted.published // 20):
        parts.append("Equal figures are in one fifth together, so the fifths are not equally large.")
    if hidden and parted is not None:
        verb = "is" if hidden == 1 else "are"
        parts.append(
            f"The fifths are those of the {parted.published} published figures: {plural(hidden, 'figure', 'figures')} "
            f"{verb} hidden, and most hidden figures come from small numbers."
        )
    return " ".join(parts)


def map_alt(found: Position, marked: Sequence[str], parted: Fifths | None, config: Config, areas: Areas) -> str:
    """What the map shows, for someone who cannot see it: the fifths, and who of the outlined ones is in which."""
    by_code = {figure.area: figure for figure in found.members}
    said = [f"Map of tiles. {map_title(found, parted, config, areas)}."]
    shades = shade_words(parted, config.indicators[found.indicator].unit)
    if shades:
        said.append(f"The fifths: {'; '.join(shades)}.")
    places: dict[str, list[str]] = {}
    for code in marked:
        if code in by_code:
            places.setdefault(fifth_words(by_code[code], parted), []).append(areas.label(code))
    order = [*reversed(FIFTHS), "hidden", "no figure"]
    told = "; ".join(f"{place}: {listed(places[place])}" for place in order if place in places)
    if told:
        said.append(f"Of those it is compared with, {told}.")
    return " ".join(said)
