"""The same comparison asked in other ways: methods, paths, dates, years, and who it is compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from explorer.evaluation.alike import alike
from explorer.evaluation.controlled import Controlled, NoComparison, Question, compare
from explorer.evaluation.estimate import Kind, Specification
from explorer.evaluation.estimators import WAYS
from explorer.evaluation.panel import Panel
from explorer.evaluation.path import Path, months_between, step
from explorer.evaluation.settings import EvaluationSettings
from explorer.wording import lowered

_YEAR = 12  # months
_LAST_YEARS = 2  # that are left out, one after the other
_MOST_DATES = 4  # before the start
_Asked = tuple[Kind, str, Question]


def variants(
    panel: Panel,
    found: Controlled,
    settings: EvaluationSettings,
    names: Mapping[str, str],
    groups: Mapping[str, Sequence[str]] | None = None,
    paths: Sequence[Path] = (),
) -> tuple[Specification, ...]:
    """Every way of asking, the main one first. What cannot be asked says why.

    Args:
        panel: one indicator of all authorities.
        found: the main answer.
        settings: evaluation.yaml.
        names: what authorities are called, by DfE number.
        groups: others to compare with, by what they are called: "only its region".
        paths: other paths of the effect.
    """
    main = found.question
    asked: list[_Asked] = [
        *_methods(main, settings),
        *_dates(panel, main, settings),
        *_paths(main, paths),
        *_windows(found, settings),
        *_comparisons(panel, found, settings, names, groups or {}),
    ]
    ends = [
        Specification("hidden", f"Hidden figures such that the effect is {side}", estimate)
        for side, estimate in zip(("lowest", "highest"), found.at_ends, strict=False)
    ]
    return (
        Specification("main", "As planned", found.estimate),
        *(_answer(panel, kind, label, question, settings) for kind, label, question in asked),
        *ends,
    )


def mixed(panel: Panel, found: Controlled, settings: EvaluationSettings) -> Controlled:
    """The same question by a mix in which some count more than others; the answer itself where it is one.

    In a difference in differences all others are alike. So who counts most, and what is found without them, is told of
    the synthetic one that stands beside it.
    """
    if found.question.way != "difference_in_differences":
        return found
    beside = compare(panel, replace(found.question, way="synthetic_did"), settings)
    return beside if isinstance(beside, Controlled) else found


def _answer(panel: Panel, kind: Kind, label: str, question: Question, settings: EvaluationSettings) -> Specification:
    found = compare(panel, question, settings)
    if isinstance(found, NoComparison):
        return Specification(kind, label, None, found.why)
    return Specification(kind, label, found.estimate)


def _methods(main: Question, settings: EvaluationSettings) -> Iterator[_Asked]:
    """The other methods; and a synthetic control of movements alone."""
    for way in WAYS:
        if way != main.way or main.demeaned:
            yield "method", settings.methods[way].label, replace(main, way=way, demeaned=False)
    if not main.demeaned:
        label = f"{settings.methods['synthetic_control'].label}, movements only"
        yield "method", label, replace(main, way="synthetic_control", demeaned=True)


def _dates(panel: Panel, main: Question, settings: EvaluationSettings) -> Iterator[_Asked]:
    """Dates at which this had not begun, with nothing used from after the start; then the start moved by a year."""
    before = [
        year
        for year, end in zip(panel.years, panel.ends, strict=True)
        if year not in main.without and months_between(main.path.start, end) < 0
    ]
    most = len(before) - int(settings.controlled.fewest_before.value)
    for years in range(1, min(most, _MOST_DATES) + 1):
        earlier = main.path.moved(-_YEAR * years)
        yield "placebo_date", f"{earlier.start:%B %Y}", replace(main, path=earlier, last=before[-1])
    for years, word in ((-1, "earlier"), (1, "later")):
        yield "start", f"A year {word}", replace(main, path=main.path.moved(_YEAR * years))


def _paths(main: Question, paths: Sequence[Path]) -> Iterator[_Asked]:
    at_once = step(main.path.start, "All at once")
    for path in (at_once, *paths):
        if path.shares != main.path.shares:
            label = path.label[:1].upper() + path.label[1:]
            yield "path", label, replace(main, path=path)


def _windows(found: Controlled, settings: EvaluationSettings) -> Iterator[_Asked]:
    """Last years left out, as far as some of the effect stays; and years that were unusual everywhere."""
    main = found.question
    exposed = [year for year, share in zip(found.years, found.exposure, strict=True) if share > 0]
    for year in exposed[-2 : -2 - _LAST_YEARS : -1]:
        yield "window", f"Up to March {year}", replace(main, last=year)
    for year in settings.controlled.unusual_years.value:
        if year in found.years and exposed != [year]:
            last = max(other for other in found.years if other != year)
            yield (
                "window",
                f"Without the year to March {year}",
                replace(main, last=last, without=(*main.without, year)),
            )


def _comparisons(
    panel: Panel,
    found: Controlled,
    settings: EvaluationSettings,
    names: Mapping[str, str],
    groups: Mapping[str, Sequence[str]],
) -> Iterator[_Asked]:
    """Each large part of the mix left out; other groups; those that stood where the authority did."""
    main, mix = found.question, mixed(panel, found, settings)
    everybody = tuple(found.placebos.areas)
    donors = main.donors if main.donors is not None else everybody
    # the name first: a narrow picture cuts the end off
    whose = "" if mix is found else f" ({lowered(settings.methods[mix.question.way].label)})"
    for area, weight in mix.mix[: int(settings.controlled.left_out.value)]:
        if weight > 2 / len(donors):  # of an even mix no one is a large part
            yield (
                "left_out",
                f"Without {names[area]}{whose}",
                replace(mix.question, donors=tuple(one for one in donors if one != area)),
            )
    for label, members in groups.items():
        yield "model", f"Compared with {lowered(label)}", replace(main, donors=tuple(members))
    number = int(settings.controlled.alike.value)
    near = alike(panel, main.area, main.path.start, main.last, number)
    if near is not None:
        label = f"Compared with the {len(near.areas)} nearest in {near.year}"
        yield "model", label, replace(main, donors=near.areas)
