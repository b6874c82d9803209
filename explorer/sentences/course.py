"""Between which figures an authority has moved over the years, in one sentence."""

from collections.abc import Sequence

from explorer.wording import possessive

Known = tuple[int, float, str]  # year, figure, and the figure in words


def course_sentence(label: str, name: str, known: Sequence[Known], *, hidden: bool) -> str:
    """The lowest, the highest and the latest figure that is shown, as a title.

    Args:
        known: The years that have a figure, in any order.
        hidden: Whether figures of other years are hidden: one of them can be lower than the lowest that is shown.
    """
    if len(known) < 2:
        return f"{label}: too few years with a figure for {name} to show a course"
    low, high = (choose(known, key=lambda one: one[1]) for choose in (min, max))
    latest = max(known)
    if low[2] == high[2]:
        return f"{label}: {low[2]} in {name} in every year that has a figure"
    lowest = "lowest shown" if hidden else "lowest"
    return (
        f"{label}: {possessive(name)} {lowest} was {low[2]} ({low[0]}), highest {high[2]} ({high[0]}), latest "
        f"{latest[2]} ({latest[0]})"
    )
