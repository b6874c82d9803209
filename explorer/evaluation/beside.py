"""What else moved: the measures that have to be looked at before fewer plans are taken for something good."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.benchmarks.position import Figure
from explorer.schema import ENGLAND


@dataclass(frozen=True)
class Beside:
    """One measure in the last year before the start and in the year asked: the authority's figures and England's."""

    indicator: str
    before: Figure
    after: Figure
    england_before: Figure
    england_after: Figure


def beside(
    area: str,
    years: tuple[int, int],
    measures: Sequence[str],
    figures: Callable[[str, int], Mapping[str, Figure]],
    has: Callable[[str, int], bool],
) -> tuple[Beside, ...]:
    """The measures of ``verdict.beside``, in their order; nothing is judged.

    Args:
        area: DfE number.
        years: the last reporting year before the start and the one asked, ending 31 March.
        measures: keys of indicators.yaml.
        figures: every area's figures of a measure and year (``World.figures``).
        has: whether there are any (``World.has``).
    """

    def get(measure: str, year: int, code: str) -> Figure:
        missing = Figure(code, "not_published")
        return figures(measure, year).get(code, missing) if has(measure, year) else missing

    return tuple(
        Beside(name, *(get(name, year, code) for code in (area, ENGLAND) for year in years)) for name in measures
    )
