"""One measure in the cells of a table and as one short sentence."""

from dataclasses import asdict, dataclass
from textwrap import wrap

from explorer.benchmarks.change import Change
from explorer.benchmarks.position import Figure, Position
from explorer.benchmarks.summary import Place, Row
from explorer.config import Config, Indicator
from explorer.schema import HIDDEN
from explorer.sentences.figures import counts
from explorer.sentences.verdicts import gap_range_words, gap_words, reason_words, verdict_sign, verdict_word
from explorer.wording import half_up, in_range, number_in_unit, ordinal

HEADINGS = {
    "figure": "Figure",
    "change": "Year on year",
    "median": "Group's median",
    "gap": "Gap in number",
    "place": "Place",
    "verdict": "Verdict",
}
_MEASURE_WIDTH = 21  # letters
_TO_NOBODY = "–"


@dataclass(frozen=True)
class Cells:
    """What stands in a row: each cell's first line, the smaller one below, and the short form for a phone."""

    measure: str
    measure_more: str
    measure_whole: str
    figure: str
    figure_more: str
    figure_short: str
    change: str
    change_more: str
    median: str
    median_more: str
    gap: str
    gap_more: str
    gap_short: str
    place: str
    place_more: str
    verdict: str
    verdict_more: str
    verdict_short: str

    def fields(self) -> dict[str, str]:
        """By name."""
        return asdict(self)


def cells(row: Row, config: Config) -> Cells:
    """The words of one measure's row."""
    entry, found = config.indicators[row.indicator], row.standing.position
    lines = [*wrap(entry.label, _MEASURE_WIDTH), ""]
    figure, behind = _figure_words(found.figure, entry)
    moved, sure = _change_words(row.change, entry)
    place, of = _place_words(row.place)
    gap = gap_words(row.standing.gap) or _TO_NOBODY
    verdict = f"{verdict_sign(row.standing)} {verdict_word(row.standing)}"
    return Cells(
        measure=lines[0],
        measure_more=" ".join(lines[1:]).strip(),
        measure_whole=entry.label,
        figure=figure,
        figure_more=behind,
        figure_short="hidden" if found.figure.status in HIDDEN else figure,
        change=moved,
        change_more=sure,
        median=_range(row.median, entry) if row.median else _TO_NOBODY,
        median_more=_members(found),
        gap=gap,
        gap_more=gap_range_words(row.standing.gap),
        gap_short=gap,
        place=place,
        place_more=of,
        verdict=verdict,
        verdict_more=reason_words(row.standing),
        verdict_short=verdict,
    )


def row_sentence(row: Row, words: Cells) -> str:
    """One measure in a sentence, for someone who cannot see the table."""
    found = row.standing.position.figure
    said = [words.figure + (f" ({words.figure_more})" if words.figure_more else "")]
    if row.change is not None:
        sure = f" ({words.change_more})" if words.change_more else ""
        said.append(f"change on the year before {words.change}{sure}")
    if row.median is not None:
        said.append(f"group's median {words.median}")
    if row.standing.gap is not None:
        said.append(f"gap in number {words.gap} (likely {words.gap_more})")
    if row.place is not None and found.bounds is not None:
        said.append(f"place from the highest {words.place} {words.place_more}")
    return f"{words.measure_whole}: {', '.join(said)}: {verdict_word(row.standing)} ({words.verdict_more})."


def _members(found: Position) -> str:
    """Whose figures the median is made of."""
    if not found.group_size:
        return ""
    hidden = found.bounded - found.contributing if found.median_bounds else 0
    return (
        f"from {found.contributing}, {hidden} hidden" if hidden else f"from {found.contributing} of {found.group_size}"
    )


def _figure_words(figure: Figure, entry: Indicator) -> tuple[str, str]:
    behind = counts(figure, entry)
    if figure.value is not None:
        return number_in_unit(figure.value, entry.unit), behind
    if figure.status not in HIDDEN:
        return "no figure", ""
    if figure.least is None or figure.most is None:
        return "hidden", ""
    return _range((figure.least, figure.most), entry), f"hidden: {behind}" if behind else "hidden"


def _range(ends: tuple[float, float], entry: Indicator) -> str:
    """A range without the long 'per 10,000', which stands in the measure's name."""
    if entry.unit != "per_10k":
        return in_range(*ends, entry.unit)
    low, high = (number_in_unit(end, entry.unit) for end in ends)
    return low if low == high else f"{low} to {high}"


def _change_words(moved: Change | None, entry: Indicator) -> tuple[str, str]:
    if moved is None:
        return "not known", ""
    size = half_up(moved.difference)
    noun = " points" if entry.unit == "percent" else ""
    if not size:
        return "none", ""
    said = f"{'up' if size > 0 else 'down'} {abs(size):,}{noun}"
    return said, {True: "more than chance", False: "could be chance", None: "not tested"}[moved.clear]


def _place_words(place: Place | None) -> tuple[str, str]:
    if place is None:
        return _TO_NOBODY, ""
    ends = ordinal(place.best)
    if place.worst != place.best:
        ends += f" to {ordinal(place.worst)}"
    return ends, f"of {place.of}"
