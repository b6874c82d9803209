"""Did an authority move otherwise than the others? One answer from published figures, with every other as a placebo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.estimate import Estimate
from explorer.evaluation.estimators import Design, Fits, Way, fit
from explorer.evaluation.panel import Panel
from explorer.evaluation.path import Path, months_between
from explorer.evaluation.placebos import Place, place, scaled_to, swing
from explorer.evaluation.settings import EvaluationSettings

Array: TypeAlias = NDArray[Any]
_MONTHS = 12


@dataclass(frozen=True)
class Question:
    """What is asked, of a panel that may hold more than is needed.

    Attributes:
        area: the DfE number of the authority.
        path: how the effect is expected to arrive.
        last: the last year that is used.
        way: how the comparison is made.
        demeaned: see ``Design``.
        donors: who may be in the comparison; None for everybody. All others stay placebos.
        without: years that are left out.
    """

    area: str
    path: Path
    last: int
    way: Way = "difference_in_differences"
    demeaned: bool = False
    donors: tuple[str, ...] | None = None
    without: tuple[int, ...] = ()


@dataclass(frozen=True)
class NoComparison:
    """Why there is no answer, as a sentence."""

    why: str


@dataclass(frozen=True, eq=False)
class Placebos:
    """What the same sums find in the other authorities.

    Attributes:
        areas: DfE numbers.
        gap: (placebos, years) each one's figure less what was expected of it.
        scaled: (placebos, years) the same as if each had as much chance in it as the authority asked about.
        effects: (placebos,) in points, in the last year.
        chance: (placebos,) the variance that chance alone gives the effect, in points squared.
        error_before: (placebos,) root mean square of the gap in the years before.
    """

    areas: tuple[str, ...]
    gap: Array
    scaled: Array
    effects: Array
    chance: Array
    error_before: Array


@dataclass(frozen=True, eq=False)
class Controlled:
    """One authority beside its comparison.

    Attributes:
        question: as asked.
        estimate: the answer. Where figures of the authority are hidden its range takes in both ends.
        at_ends: the answer with the hidden figures as they make the effect least, and most; empty where none is hidden.
        years, before, exposure: the years used, which ended before the start, and how much each saw of the effect.
        least, most: the authority's share, equal where it is published.
        expected: its share as the comparison would have it, within 0 to 100. Of hidden figures the middle is compared.
        gap: the share less that, before it is held within what a share can be.
        mix: (area, weight) of the others, largest first.
        chance: the variance that chance alone gives the effect, in points squared.
        place: where the effect stands among the placebos.
        better_fitted: placebos that lay nearer to their comparison in the years before, for their size.
        ratio_larger: placebos whose gap grew as much or more, after against before (Abadie and others 2010).
        error_before, spread_before: root mean square of the gap in the years before, and of the authority's own figures
            around their mean.
        part, base: what was counted in the last year, and out of what; NaN where it is not published.
        left_out: other authorities that have too many hidden or missing years to be a comparison.
    """

    question: Question
    estimate: Estimate
    at_ends: tuple[Estimate, ...]
    years: tuple[int, ...]
    before: Array
    exposure: Array
    least: Array
    most: Array
    expected: Array
    gap: Array
    mix: tuple[tuple[str, float], ...]
    chance: float
    place: Place
    placebos: Placebos
    better_fitted: int
    ratio_larger: int
    error_before: float
    spread_before: float
    part: float
    base: float
    left_out: tuple[str, ...]


def compare(panel: Panel, question: Question, settings: EvaluationSettings) -> Controlled | NoComparison:
    """Answer one question; or say why it cannot be answered.

    Args:
        panel: one indicator of all authorities.
        question: what is asked.
        settings: evaluation.yaml.
    """
    if question.area not in panel.areas or np.isnan(panel.middle[panel.row(question.area)]).all():
        return NoComparison("It has no figures of this kind.")
    kept = panel.of_area(question.area, question.last, question.without)
    design = _design(kept, question)
    why = _why_not(kept, design, question, settings)
    if why:
        return NoComparison(why)
    others = kept.comparable(question.area, settings.controlled.most_hidden.value)
    donors = question.donors if question.donors is not None else others.areas
    possible = np.array([area in donors and area != question.area for area in others.areas], dtype=bool)
    if possible.sum() < _FEWEST_DONORS or len(others.areas) < _FEWEST_DONORS:
        return NoComparison("Too few other authorities have figures for these years.")
    fits = _fits(others, question.area, possible, design)
    found = _answer(others, question, design, fits, settings)
    if found is None:
        return NoComparison("Too few other authorities have figures for these years.")
    present = _there(kept)
    gone = tuple(area for area in present if area not in others.areas and area != question.area)
    return replace(found, left_out=gone)


_FEWEST_DONORS = 2


def _there(panel: Panel) -> tuple[str, ...]:
    """Authorities with a figure in the last year, or a hidden one."""
    known = ~np.isnan(panel.base[:, -1]) | ~np.isnan(panel.middle[:, -1])
    return tuple(area for area, there in zip(panel.areas, known, strict=True) if there)


def _design(panel: Panel, question: Question) -> Design:
    before = np.array([months_between(question.path.start, end) < 0 for end in panel.ends], dtype=bool)
    exposure = question.path.exposure(panel.ends, _MONTHS, stock=panel.stock) if panel.years else np.zeros(0)
    return Design(question.way, before, np.where(before, 0.0, exposure), question.demeaned)


def _why_not(panel: Panel, design: Design, question: Question, settings: EvaluationSettings) -> str:
    """The reason why the authority's own figures give no answer; empty where they do."""
    fewest = int(settings.controlled.fewest_before.value)
    if int(design.before.sum()) < fewest:
        return f"Only {int(design.before.sum())} years before the start have a figure, and {fewest} are needed."
    if panel.years[-1] != question.last:
        return f"There is no figure for the year to March {question.last}."
    if design.exposure[-1] <= 0:
        return f"Nothing of the effect would have arrived by March {question.last}."
    if np.isnan(panel.size[panel.row(question.area)]):
        return "What its share is out of is not published."
    return ""


def _fits(panel: Panel, area: str, possible: Array, design: Design) -> Fits:
    """First every placebo, then the authority: in the middle of what is hidden, and at its ends if anything is."""
    own = panel.row(area)
    placebo = np.flatnonzero(np.arange(len(panel.areas)) != own)
    ends = [panel.middle[own]]
    if panel.hidden[own].any():
        least, most = panel.least[own], panel.most[own]
        ends += [np.where(design.before, most, least), np.where(design.before, least, most)]
    targets = np.vstack([panel.middle[placebo], *ends])
    allowed = np.repeat(possible[None], len(targets), axis=0)
    allowed[np.arange(len(placebo)), placebo] = False
    return fit(targets, panel.middle, allowed, design)


def _answer(
    panel: Panel, question: Question, design: Design, fits: Fits, settings: EvaluationSettings
) -> Controlled | None:
    """The result of the fits; None where there are too few placebos for a range."""
    own, number = panel.row(question.area), len(panel.areas) - 1
    chance = _chance(panel, own, design, fits)
    effects, others, mine = fits.full * design.exposure[-1], chance[:number], float(chance[number])
    confidence = settings.certainty.confidence.value
    places = [place(float(one), mine, effects[:number], others, confidence) for one in effects[number:]]
    if not isfinite(places[0].margin):
        return None
    latest = float(panel.least[own, -1]), float(panel.most[own, -1])
    periods = int(design.before.sum()), int((design.exposure > 0).sum())
    each = [
        _estimate(question.way, float(effect), float(full), where, latest, periods)
        for effect, full, where in zip(effects[number:], fits.full[number:], places, strict=True)
    ]
    placebos = Placebos(
        tuple(area for area in panel.areas if area != question.area),
        fits.gap[:number],
        fits.gap[:number] * scaled_to(mine, effects[:number], others)[:, None],
        effects[:number],
        others,
        fits.error_before[:number],
    )
    figures, gap = panel.middle[own], fits.gap[number]
    nearness = fits.error_before / np.sqrt(chance)
    growth = _growth(fits.gap, fits.error_before, design)
    order = np.argsort(-fits.mix[number], kind="stable")
    return Controlled(
        question, _hull(each), tuple(each[1:]), panel.years, design.before, design.exposure, panel.least[own],
        panel.most[own], np.clip(figures - gap, 0, 100), gap,
        tuple((panel.areas[row], float(fits.mix[number, row])) for row in order if fits.mix[number, row] > _NO_WEIGHT),
        mine, places[0], placebos, int((nearness[:number] < nearness[number]).sum()),
        int((growth[:number] >= growth[number]).sum()), float(fits.error_before[number]),
        float(np.std(figures[design.before])), float(panel.part[own, -1]), float(panel.base[own, -1]), (),
    )  # fmt: skip


_NO_WEIGHT = 1e-6


def _chance(panel: Panel, own: int, design: Design, fits: Fits) -> Array:
    """(targets,) the variance that chance in an authority's own figures gives its effect, in points squared.

    An effect is a sum of the years' figures with known weights. How much figures swing is learnt from the others.
    """
    yearly = panel.chance(design.before)
    others = np.delete(yearly, own)
    each = np.append(others, np.full(len(fits.full) - len(others), yearly[own]))
    # An effect takes its baseline off as often as it adds a gap. A synthetic control has none, but its mix was chosen
    # to lie near the years before, chance in them included: much as if their mean were the baseline.
    held = np.square(fits.years_mix).sum(axis=1) if fits.years_mix.shape[1] else 1 / design.before.sum()
    baseline = held * design.after.sum() ** 2
    weights = (np.square(design.after).sum() + baseline) * design.exposure[-1] ** 2
    return np.asarray(swing(np.delete(panel.middle, own, axis=0), others) * each * weights)


def _growth(gap: Array, error_before: Array, design: Design) -> Array:
    """Root mean square of the gap in the exposed years over that before."""
    after = np.sqrt(np.square(gap[:, design.exposure > 0]).mean(axis=1))
    return np.asarray(after / np.maximum(error_before, 1e-9))


def _estimate(
    way: Way, effect: float, full: float, where: Place, latest: tuple[float, float], periods: tuple[int, int]
) -> Estimate:
    """An effect with its range, which ends where the share expected without it would be under 0 or over 100%."""
    least, most = latest[0] - 100, latest[1]
    ends = (max(least, effect - where.margin), min(most, effect + where.margin))
    within = min(max(effect, least), most)
    return Estimate(way, within, min(ends[0], within), max(ends[1], within), where.p_value, full, *periods)


def _hull(each: Sequence[Estimate]) -> Estimate:
    """The estimate in the middle of what is hidden, with the range and the p-value that hold whatever it is.

    Where its ends give effects on opposite sides, something in between gives none at all.
    """
    sides = {one.effect > 0 for one in each if one.effect} or {True}
    return replace(
        each[0],
        lower=min(one.lower for one in each),
        upper=max(one.upper for one in each),
        p_value=max(one.p_value for one in each) if len(sides) == 1 else 1.0,
    )
