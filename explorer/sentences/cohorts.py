"""Children followed after a plan: how many were on a plan again, before and after a start, and who is counted."""

from explorer.disclosure.cohort_table import LEAVING, CohortKind
from explorer.evaluation.cohorts import Cohort, CohortCourse, CohortPoint, Curve, Curves, Followed, Side
from explorer.evaluation.settings import EvaluationSettings
from explorer.sentences.evaluation import points_words, range_words
from explorer.wording import count, day, listed, percent

PERIODS: dict[CohortKind, str] = {
    "quarter": "by quarter (the first is April to June)",
    "half_year": "by half-year (to September and to March)",
    "year": "by year to March",
}
_FEW = 40  # a quarter; with 24 a fall of 6 points looks 0.6 smaller, with 66 none (bench/results/cohorts.json)
_LEFT = {LEAVING: "left a plan", "starting": "began a plan"}


def happened_words(cohort: Cohort, months: int) -> str:
    """What happened to a child: 'were on a plan again within 12 months'."""
    return (
        f"were on a plan again within {months} months"
        if cohort == LEAVING
        else f"were still on it {months} months later"
    )


def measure_words(cohort: Cohort, months: int) -> str:
    """What the share is: 'children who left a plan and were on a plan again within 12 months'."""
    return f"children who {_LEFT[cohort]} and {happened_words(cohort, months)}"


def _a_quarter(side: Side | None) -> float:
    """How many left in a quarter on average."""
    return side.whole / side.quarters if side else 0.0


def side_words(side: Side) -> str:
    """The figure of one side with its counts: '143 of 805 (17.8%)'."""
    return f"{count(side.part)} of {count(side.whole)} ({percent(side.percent)})"


def cohorts_title(found: Followed, name: str) -> str:
    """The finding: both sides with their counts, or that they cannot be compared."""
    happened = happened_words(found.cohort, found.months)
    if found.estimate is None or found.before is None or found.after is None:
        return f"{name}: of children who {_LEFT[found.cohort]}, it cannot be told if more or fewer {happened}"
    after = f"{count(found.after.part)} of {count(found.after.whole)} children who {_LEFT[found.cohort]}"
    return f"{name}: {after} {happened} ({percent(found.after.percent)}); before the start, {side_words(found.before)}"


def cohorts_sentence(found: Followed, settings: EvaluationSettings) -> str:
    """Who was on a plan so many months later, on both sides, and whether chance alone could make the change."""
    before, after, estimate = found.before, found.after, found.estimate
    if estimate is None or before is None or after is None:
        return _why(found, settings)
    happened = happened_words(found.cohort, found.months)
    verdict = (
        "more than chance alone is likely to make. Other things changed too, so it is no proof of the cause"
        if estimate.clear
        else "chance alone could make it"
    )
    return (
        f"Of the {count(before.whole)} children who {_LEFT[found.cohort]} before the start, {count(before.part)} "
        f"({percent(before.percent)}) {happened}. Of the {count(after.whole)} after it, {count(after.part)} "
        f"({percent(after.percent)}) were. That is {points_words(estimate.effect)}, with a likely range of "
        f"{range_words(estimate.lower, estimate.upper)}: {verdict}."
    )


def _why(found: Followed, settings: EvaluationSettings) -> str:
    if found.why_not == "hidden":
        return (
            "Before and after cannot be compared here. A whole year of figures is hidden, so that nobody can be picked "
            "out."
        )
    return (
        f"Before and after cannot be compared yet. It takes {count(settings.cohorts.fewest.value)} quarters on each "
        f"side of the start, with everybody followed for {found.months} months."
    )


def point_words(point: CohortPoint) -> str:
    """One figure with its counts: '23 of 124 (18.5%)', 'hidden'."""
    if point.part is None or point.whole is None:
        return "hidden"
    if point.value is None:
        return "nobody"
    return f"{count(point.part)} of {count(point.whole)} ({percent(point.value)})"


def when_words(point: CohortPoint) -> str:
    """The months of a period: 'April to September 2018', 'October 2018 to March 2019'."""
    year = "" if point.first.year == point.end.year else f" {point.first.year}"
    return f"{point.first:%B}{year} to {point.end:%B %Y}"


def course_words(course: CohortCourse) -> str:
    """The last figures, for someone who cannot see the picture."""
    said = "; ".join(f"{when_words(point)} {point_words(point)}" for point in course.points[-6:])
    return f"The last figures: {said}."


def curves_title(found: Curves, name: str) -> str:
    """The finding of the curves: where both end, or that they cannot be drawn."""
    if found.before is None or found.after is None:
        return f"{name}: too much is hidden to follow children month by month"
    months = found.before.months[-1]
    before, after = (percent(curve_share(curve, found.cohort)) for curve in (found.before, found.after))
    happened = happened_words(found.cohort, months)
    return f"{name}: of children who {_LEFT[found.cohort]}, {after} {happened}; before the start, {before}"


def curve_share(curve: Curve, cohort: Cohort, step: int = -1) -> float:
    """Percent on a plan again by a step, or still on the plan after it."""
    left = 100 * float(curve.left.share[step])
    return 100 - left if cohort == LEAVING else left


def curves_sentence(found: Curves) -> str:
    """How the two curves are worked out: who they start from."""
    if found.before is None or found.after is None:
        return "No curve is drawn, because too much is hidden on one side of the start."
    steps = listed(str(step) for step in found.before.months)
    return (
        f"The curves follow {count(found.before.side.whole)} children who {_LEFT[found.cohort]} before the start and "
        f"{count(found.after.side.whole)} after it, up to {steps} months. Each step uses all who were followed to its "
        "end, so the last steps rest on fewer children."
    )


def cohort_caveats(cohort: Cohort, found: Followed) -> tuple[str, ...]:
    """Who is counted and who is not, and what the figures cannot tell."""
    return tuple(_caveats(cohort, found))


def _caveats(cohort: Cohort, found: Followed) -> list[str]:
    said = [
        f"Each child is followed for the same {found.months} months. Those who {_LEFT[cohort]} too late for that are "
        "not in the figures yet.",
    ]
    if cohort == LEAVING:
        said += [
            "Every plan that ended counts once. So a child who left twice counts twice.",
            "Some children turned 18, moved away or died. They could not come back to a plan here, and count as not "
            "back.",
            "A plan that begins on the day another one ends counts as on a plan again.",
        ]
        if found.before is not None:
            said.append(
                "Those who left shortly before the start were followed into the time after it. That makes a change "
                "look smaller."
            )
    else:
        said.append(
            "These figures are worked out from plans open and ended at 31 March. Where one of those is hidden, so is "
            "this. Two years are 730 days."
        )
    if found.estimate is not None and min(_a_quarter(found.before), _a_quarter(found.after)) < _FEW:
        said.append(
            "Few children left here in each quarter. Periods with very few back are hidden, so a fall can look a "
            "little smaller than it is."
        )
    if found.before is not None and found.after is not None:
        said.append(
            f"Before is up to {day(found.before.last)}, and after is from {day(found.after.first)}. Periods that the "
            "start lies in are on neither side."
        )
    said.append("Brothers and sisters often leave and come back together. The ranges are wider for that.")
    return said
