"""What the ideas of a what-if do to each chance, month by month, with how unsure each of them is.

Strength: nothing before the start month, then rising evenly over the ramp, then halving every half-life; taken in the
middle of the month. A ratio HR at strength s for a share r of families is 1 - s r (1 - HR), harm as well as help.

Overlap: where several ideas act on the same chance, the sum of their log ratios is
(1 - d) sum + d (strongest help + strongest harm), d being the overlap discount. With k equal ideas that is their sum
times (1 + (k - 1)(1 - d)) / k. An idea without effect changes nothing, and more help is never less effect.

Coupling: the chance of coming back of those who leave in a month is multiplied by the geometric mean of that month's
ending ratios to the power c, the bands weighted by how long plans that ended had lasted.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from explorer.models.flow.inputs import Effects
from explorer.models.scenarios import InUse, Scenario, assumption, in_use
from explorer.models.what_if_entries import DURATION_BANDS, EDGES, Effect, WhatIfSettings

Array: TypeAlias = NDArray[np.float64]
_Part: TypeAlias = tuple[Effect, Array]  # what acts, and its ratio by month and draw


class _Group(NamedTuple):
    """Bands that are alike, and their ratio by month and draw."""

    bands: tuple[int, ...]
    ratio: Array


def effects(
    scenario: Scenario,
    settings: WhatIfSettings,
    months: int,
    draws: int,
    seed: int,
    leaving_mix: Sequence[float] | None = None,
) -> Effects:
    """The ratios of every month in many possible futures.

    Args:
        scenario: Which ideas are in use, and how.
        settings: What they are.
        months: How many months.
        draws: How many futures.
        seed: 0 or more. Each effect of each idea has random numbers of its own, so that another idea changes none.
        leaving_mix: The share of each duration band among plans ended; England's where it is not given.

    Returns:
        Ratios, log-normal around the sliders. What nothing acts on has one draw, of ones. Arrays may be views that
        repeat one band, and must not be written to.

    Raises:
        DataError: the what-if names an idea or an effect that is not there.
    """

    def ratios(use: InUse, effect: Effect) -> Array:
        return _spread(use.ratios[effect.name], effect, _normals(seed, f"{use.name}.{effect.name}", draws))

    return _compiled(scenario, settings, months, leaving_mix, ratios)


def mean_effects(
    scenario: Scenario,
    settings: WhatIfSettings,
    months: int,
    leaving_mix: Sequence[float] | None = None,
    known: frozenset[tuple[str, str]] = frozenset(),
) -> Effects:
    """As ``effects``, with every ratio at the mean of what is believed, which lies a little above its slider: one draw.

    Args:
        known: pairs of an idea and an effect whose ratio is exactly where its slider stands.
    """

    def ratios(use: InUse, effect: Effect) -> Array:
        above = 1.0 if (use.name, effect.name) in known else effect.mean_ratio
        return np.array([use.ratios[effect.name] * above])

    return _compiled(scenario, settings, months, leaving_mix, ratios)


def strength(months: int, use: InUse) -> Array:
    """How far an idea works in each month, 0 to 1, in the families that it reaches."""
    since = np.arange(months) + 1.5 - use.start_month  # in the middle of each month
    rise = np.clip(since / use.ramp_months, 0, 1) if use.ramp_months else (since > 0).astype(np.float64)
    past = np.maximum(since - use.ramp_months, 0)
    return np.asarray(rise * 0.5 ** (past / use.fade_half_life_months), dtype=np.float64)


def _normals(seed: int, name: str, draws: int) -> Array:
    """Standard normals in random order, one from each of as many equally likely parts: their mean has no chance in it.

    So a thousand futures give what is believed on average, and not a little more or less of it.
    """
    words = np.frombuffer(sha256(name.encode()).digest()[:16], dtype="<u4")
    order = np.random.default_rng([seed, *words.tolist()]).permutation(draws)
    return np.asarray(ndtri((order + 0.5) / draws), dtype=np.float64)


def _spread(middle: float, effect: Effect, normals: Array) -> Array:
    """Draws around a slider: as much below and above it, in proportion, as what is believed lies around its middle."""
    below, above = effect.log_sds
    return np.asarray(middle * np.exp(np.where(normals < 0, below, above) * normals), dtype=np.float64)


def _compiled(
    scenario: Scenario,
    settings: WhatIfSettings,
    months: int,
    leaving_mix: Sequence[float] | None,
    ratios: Callable[[InUse, Effect], Array],
) -> Effects:
    parts: dict[str, list[_Part]] = {kind: [] for kind in ("first_starts", "gate", *EDGES)}
    uses = in_use(scenario, settings)
    for use in uses:
        share = strength(months, use)[:, np.newaxis] * use.reach
        for effect in use.entry.effects:
            parts[effect.acts_on].append((effect, 1 - share * (1 - ratios(use, effect))))
    overlap, coupling = (assumption(scenario, settings, key) for key in ("overlap_discount", "coupling"))
    grouped = {kind: _groups(found, kind, months, overlap) for kind, found in parts.items()}
    if coupling and parts["ending"]:
        mix = settings.model.leaving_mix.weights if leaving_mix is None else leaving_mix
        _multiply(grouped["return_after_leaving"], _coupled(grouped["ending"], mix, coupling))
    ((_, gate),) = grouped["gate"]
    if gate.max() > 1:  # no more than all can be let through: what is above comes as that many more who come back
        _multiply(grouped["return_in_pool"], np.maximum(gate, 1))
        gate = np.minimum(gate, 1)
    return Effects(
        ending=_stacked(grouped["ending"]),
        first_starts=grouped["first_starts"][0].ratio,
        leaving=_stacked(grouped["return_after_leaving"]),
        returning=_stacked(grouped["return_in_pool"]),
        gate=gate,
        **_held_back(uses),
    )


def _held_back(uses: Sequence[InUse]) -> dict[str, Any]:
    """What becomes of those whom the gate holds back; there is at most one gate."""
    found = [use for use in uses if use.comes_back is not None]
    return {"gate_comes_back": found[0].comes_back, "gate_delay": found[0].delay_months} if found else {}


def _groups(parts: Sequence[_Part], kind: str, months: int, overlap: float) -> list[_Group]:
    """Bands that the same effects act on, with their ratio by month and draw; worked out once for all of them."""
    number = len(EDGES[kind]) - 1 if kind in EDGES else 1
    bands: dict[tuple[int, ...], list[int]] = {}
    for band in range(number):
        acting = tuple(n for n, (effect, _) in enumerate(parts) if effect.bands.start <= band < effect.bands.stop)
        bands.setdefault(acting, []).append(band)
    return [
        _Group(tuple(together), _together([parts[n][1] for n in acting], overlap) if acting else np.ones((months, 1)))
        for acting, together in bands.items()
    ]


def _together(ratios: Sequence[Array], overlap: float) -> Array:
    """Several ratios of one chance as one; see the top of this module."""
    if len(ratios) == 1:
        return ratios[0]
    logs = [np.log(ratio) for ratio in ratios]
    total = logs[0].copy()
    help_, harm = np.minimum(logs[0], 0), np.maximum(logs[0], 0)
    for one in logs[1:]:
        total += one
        np.minimum(help_, one, out=help_)
        np.maximum(harm, one, out=harm)
    return np.exp((1 - overlap) * total + overlap * (help_ + harm))


def _coupled(ending: Sequence[_Group], mix: Sequence[float], coupling: float) -> Array:
    """Times the chance of coming back because plans end faster, by month of leaving and draw."""
    if len(mix) != len(DURATION_BANDS):
        raise ValueError(f"leaving_mix has {len(mix)} shares; allowed: one for each of {', '.join(DURATION_BANDS)}.")
    whole = sum(mix)
    faster = [sum(mix[band] for band in group.bands) / whole * np.log(group.ratio) for group in ending]
    return np.asarray(np.exp(coupling * sum(faster[1:], faster[0])), dtype=np.float64)


def _multiply(groups: list[_Group], ratio: Array) -> None:
    groups[:] = [_Group(group.bands, group.ratio * ratio) for group in groups]


def _stacked(groups: Sequence[_Group]) -> Array:
    """(months, bands, draws|1). Where all bands are alike it is one of them, repeated without a copy."""
    months = len(groups[0].ratio)
    number = sum(len(group.bands) for group in groups)
    draws = max(group.ratio.shape[1] for group in groups)
    if len(groups) == 1:
        return np.broadcast_to(groups[0].ratio[:, np.newaxis], (months, number, draws))
    found = np.empty((months, number, draws))
    for group in groups:
        for band in group.bands:
            found[:, band] = group.ratio
    return found
