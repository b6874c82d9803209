"""Which mix of authorities lies nearest to one: weights of 0 or more that add up to 1, for many authorities at once.

The mix makes |A w - b|^2 + ridge |w|^2 smallest. There are about 150 weights and under a dozen years, so the problem is
solved from its other side, with one unknown a year and one for the sum: the weights are max(0, A' r + v), where r and
v make a smooth convex function smallest, and Newton's method finds them (the dual of a projection; semismooth Newton as
in Qi and Sun 1993, Mathematical Programming 58).
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
# In units of the mean square of A. With no ridge at all the weights would be open wherever several mixes fit alike;
# with this one it is the most even of them.
LEAST_RIDGE = 1e-6
_SHRINK = 0.03  # from a large ridge, where the answer is plain, down to the one wanted
_STEPS, _HALVINGS = 60, 30
_NEAR = 1e-9
_ENOUGH = 1e-4  # of the decrease that the slope promises (Armijo)


def simplex_weights(columns: Array, targets: Array, allowed: Array, ridge: Array | float = 0.0) -> Array:
    """Weights for many problems.

    Args:
        columns: A, (years, authorities), shared by all problems, or (problems, years, authorities).
        targets: b, (problems, years).
        allowed: (problems, authorities) whether an authority may have weight.
        ridge: one for all or (problems,), in the units of A squared; raised to ``LEAST_RIDGE`` where it is less.

    Returns:
        (problems, authorities), each row 0 or more and of sum 1.

    Raises:
        ValueError: a problem has nobody who may have weight.
    """
    may = np.asarray(allowed, dtype=np.float64)
    if not may.any(axis=1).all():
        raise ValueError("Somebody has to be allowed a weight in every problem.")
    number = len(targets)
    scale = float(np.sqrt(np.mean(np.square(columns)))) or 1.0
    wanted = np.maximum(np.broadcast_to(np.asarray(ridge) / scale**2, (number,)), LEAST_RIDGE)
    rows = np.concatenate([columns / scale, np.ones_like(columns[..., :1, :])], axis=-2)
    right = np.concatenate([targets / scale, np.ones((number, 1))], axis=1)
    found = np.zeros_like(right)
    found[:, -1] = 1 / may.sum(axis=1)
    present = np.maximum(wanted, float(may.shape[1]))
    found = _newton(rows, right, may, present, found)
    while (present > wanted).any():
        present = np.maximum(wanted, present * _SHRINK)
        found = _newton(rows, right, may, present, found)
    weights = _positive(rows, may, found)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _newton(rows: Array, right: Array, may: Array, ridge: Array, start: Array) -> Array:
    """The unknowns at which the slope vanishes, for each problem."""
    found = start.copy()
    todo = np.arange(len(found))
    for _ in range(_STEPS):
        own = rows if rows.ndim == 2 else rows[todo]
        problem = (own, right[todo], may[todo], ridge[todo])
        slope, curve = _derivatives(*problem, found[todo])
        left = np.abs(slope).max(axis=1) > _NEAR
        if not left.any():
            break
        todo, slope, curve = todo[left], slope[left], curve[left]
        problem = (own if own.ndim == 2 else own[left], *(part[left] for part in problem[1:]))
        step = -np.linalg.solve(curve, slope[..., None])[..., 0]
        found[todo] += _length(problem, found[todo], step, slope)[:, None] * step
    return found


def _length(problem: tuple[Array, Array, Array, Array], found: Array, step: Array, slope: Array) -> Array:
    """How much of each step is taken: all, or a half, a quarter ... until the function falls enough."""
    before, promised = _function(*problem, found), (slope * step).sum(axis=1)
    slack = 1e-13 * np.maximum(np.abs(before), 1)
    length = np.ones(len(found))
    for _ in range(_HALVINGS):
        after = _function(*problem, found + length[:, None] * step)
        short = after > before + _ENOUGH * length * promised + slack
        if not short.any():
            break
        length[short] /= 2
    return length


def _positive(rows: Array, may: Array, found: Array) -> Array:
    across = found @ rows if rows.ndim == 2 else np.einsum("bm,bmn->bn", found, rows)
    return np.asarray(np.maximum(across, 0.0) * may)


def _function(rows: Array, right: Array, may: Array, ridge: Array, found: Array) -> Array:
    weights = _positive(rows, may, found)
    squares = (weights**2).sum(axis=1) + ridge * (found[:, :-1] ** 2).sum(axis=1)
    return np.asarray(squares / 2 - (right * found).sum(axis=1))


def _derivatives(rows: Array, right: Array, may: Array, ridge: Array, found: Array) -> tuple[Array, Array]:
    """Slope (problems, unknowns) and curvature (problems, unknowns, unknowns)."""
    weights = _positive(rows, may, found)
    active = (weights > 0).astype(np.float64)
    size = rows.shape[-2]
    if rows.ndim == 2:
        slope = weights @ rows.T - right
        curve = (active @ (rows[:, None] * rows[None]).reshape(size * size, -1).T).reshape(-1, size, size)
    else:
        slope = np.einsum("bmn,bn->bm", rows, weights) - right
        curve = (rows * active[:, None]) @ rows.transpose(0, 2, 1)
    slope[:, :-1] += ridge[:, None] * found[:, :-1]
    each = np.arange(size)
    curve[:, each[:-1], each[:-1]] += ridge[:, None]
    curve[:, each, each] += 1e-12 * np.trace(curve, axis1=1, axis2=2)[:, None] / size + 1e-14
    return slope, curve
