"""How sure a rank is (排名稳健性): draws over the choices of the analyst, vectorised.

Discrete choices (normaliser, aggregation) are cached matrices, each draw is a vector of weights, and the index of all draws is a
few matrix products. Ranks: 1 is best, ties share the smaller number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.measure.check import finite, simplex
from yindi.measure.ranks import ranks

SAISANA = "Saisana, Saltelli & Tarantola (2005) Journal of the Royal Statistical Society A 168(2):307-323"
AGGREGATIONS = ("arithmetic", "geometric")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a draw may choose between.

    `systems` (F,S,J): S weight schemes of each of F index systems on all J columns, 0 off the system's own. Matrices are cached
    for every normaliser, way of filling, and noisy copy of the data.
    """

    systems: np.ndarray
    normalisers: int = 1
    fills: int = 1
    copies: int = 1
    aggregations: int = len(AGGREGATIONS)
    perturbation: float = 0.25
    leave_out: bool = True

    @property
    def members(self) -> np.ndarray:
        """(F,J) True for the columns of a system; all columns of a single one."""
        several = len(self.systems) > 1
        return np.asarray(self.systems.any(axis=1)) if several else np.ones(self.systems.shape[::2], dtype=bool)

    @property
    def order(self) -> np.ndarray:
        """(F,J+1) columns of each system that may be left out, then J, which stands for none."""
        columns = self.systems.shape[2]
        return np.sort(
            np.column_stack([np.where(self.members, np.arange(columns), columns), np.full(len(self.systems), columns)])
        )

    def matrix(self, normaliser: np.ndarray, fill: np.ndarray, copy: np.ndarray) -> np.ndarray:
        """Number of the cached matrix."""
        return np.asarray((fill * self.copies + copy) * self.normalisers + normaliser)

    def weights(self, system: np.ndarray, mixture: np.ndarray, factor: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Weights (D,J): shares (D,S) of the system's schemes, times factors (D,J), less column `out` (D,) (J: none)."""
        mixed = np.empty(factor.shape)
        for f, schemes in enumerate(self.systems):
            mixed[system == f] = mixture[system == f] @ schemes
        mixed *= factor
        kept = mixed * (np.arange(factor.shape[1]) != out[:, None])
        mixed = np.where(kept.sum(axis=1, keepdims=True) > 0, kept, mixed)
        return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Draws:
    """What was drawn: weights (D,J), which matrix and which aggregation each draw uses (D,), and the factors of the analysis.

    `designs`: choice -> (D,P) columns that say how a draw chose: 0/1 for options, shares for mixtures, logarithms for factors.
    """

    weights: np.ndarray
    matrix: np.ndarray
    aggregation: np.ndarray
    designs: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """Lowest, median and highest rank (N,) of the interval, and the probability (N,) of being among the `top` best."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    top: np.ndarray


def draw(choices: Choices, *, draws: int, rng: np.random.Generator) -> Draws:
    """Random choices: weights as a Dirichlet(1) mixture of a system's schemes, times 1 +- perturbation, less one indicator.

    Every option of a discrete choice (system, matrix, aggregation, indicator left out or none) is equally likely. An indicator
    that holds all the weight stays in. Raises MethodError for fewer than two draws.
    """
    if draws < 2:
        raise MethodError(f"draws must be at least 2, got {draws}.")
    several, schemes, columns = choices.systems.shape
    mixture = rng.dirichlet(np.ones(schemes), size=draws)
    noise = rng.uniform(1 - choices.perturbation, 1 + choices.perturbation, size=(draws, columns))
    leave_out = choices.leave_out and columns > 1
    out = rng.integers(0, columns + 1, size=draws) if leave_out else np.full(draws, columns)
    normaliser = rng.integers(0, choices.normalisers, size=draws)
    aggregation = rng.integers(0, choices.aggregations, size=draws)
    copy, fill, system = (
        rng.integers(0, n, size=draws) if n > 1 else np.zeros(draws, dtype=int) for n in (choices.copies, choices.fills, several)
    )
    if several > 1 and leave_out:
        out = choices.order[system, rng.integers(0, choices.members.sum(axis=1)[system] + 1)]
    designs = {
        "weights": mixture[:, 1:],
        "perturbation": np.log(noise) if choices.perturbation > 0 else noise[:, :0],
        "normaliser": _dummies(normaliser, choices.normalisers),
        "aggregate": _dummies(aggregation, choices.aggregations),
        "indicator": _dummies(out, columns + 1),
        "framework": _dummies(system, several),
        "imputation": _dummies(fill, choices.fills),
        "data": _dummies(copy, choices.copies),
    }
    weights = choices.weights(system, mixture, noise, out)
    return Draws(weights, choices.matrix(normaliser, fill, copy), aggregation, designs)


def _dummies(chosen: np.ndarray, options: int) -> np.ndarray:
    return np.asarray(chosen[:, None] == np.arange(1, options), dtype=float)


def scores(matrices: Iterable[np.ndarray], drawn: Draws) -> np.ndarray:
    """Index of every draw (D, ...) from matrices (..., J) with values above 0; aggregation 0 is arithmetic, 1 geometric.

    The matrices are taken one at a time, in the order of their numbers, so that they need not be in memory together.
    """
    result: np.ndarray | None = None
    for m, z in enumerate(matrices):
        result = np.empty((drawn.weights.shape[0], *z.shape[:-1])) if result is None else result
        rows = z.reshape(-1, z.shape[-1]).T
        for a in np.unique(drawn.aggregation[drawn.matrix == m]):
            pick = np.flatnonzero((drawn.matrix == m) & (drawn.aggregation == a))
            result[pick] = (drawn.weights[pick] @ (np.log(rows) if a else rows)).reshape(-1, *z.shape[:-1])
    if result is None:
        raise MethodError("scores: no matrix to draw on.")
    return result


def summarise(drawn_ranks: np.ndarray, *, interval: float, top: int) -> RankIntervals:
    """Interval, median and P(rank <= top) over the draws, the first axis of ranks (D, ...)."""
    if not 0 < interval < 1:
        raise MethodError(f"the interval lies between 0 and 1, got {interval:g}.")
    last = drawn_ranks.shape[0] - 1
    places = [int(np.floor((1 - interval) / 2 * last)), last // 2, int(np.ceil((1 + interval) / 2 * last))]
    ordered: np.ndarray = np.sort(np.ascontiguousarray(np.moveaxis(drawn_ranks, 0, -1)), axis=-1)
    low, median, high = (ordered[..., p] for p in places)
    return RankIntervals(low, median, high, (drawn_ranks <= top).mean(axis=0))


@method(
    "robustness", "rank_intervals", cites=(SAISANA, "OECD/JRC (2008) step 7"), laws=("ordered", "reproducible", "refuses_nan")
)
def rank_intervals(
    z: ArrayLike,
    *,
    draws: int = 1000,
    seed: int = 0,
    weights: Sequence[ArrayLike] | None = None,
    interval: float = 0.90,
    perturbation: float = 0.25,
    aggregations: Sequence[str] = AGGREGATIONS,
    leave_out: bool = True,
    floor: float = 0.01,
    top: int = 5,
) -> RankIntervals:
    """Rank intervals (N,) of rows of `z` (N,J), in [0, 1], over random weights, aggregation and one indicator left out.

    `weights`: schemes (J,) to mix (default: equal, entropy, CRITIC); geometric means use values lifted to `floor`. Raises
    MethodError for values outside [0, 1].
    """
    array = finite(z, where="rank_intervals")
    if (array < 0).any() or (array > 1).any():
        raise MethodError(f"rank_intervals: values must lie in [0, 1], got {array.min():g} to {array.max():g}; normalise first.")
    unknown = sorted(set(aggregations) - set(AGGREGATIONS))
    if unknown or not aggregations:
        raise MethodError(f"rank_intervals: aggregations are out of {AGGREGATIONS}, not {unknown}.")
    schemes = [simplex(w, array.shape[1], where="rank_intervals") for w in (weights or _default_schemes(array))]
    choices = Choices(np.stack(schemes)[None], aggregations=len(aggregations), perturbation=perturbation, leave_out=leave_out)
    drawn = draw(choices, draws=draws, rng=stream(seed, "measure.rank_intervals"))
    kinds = np.array([AGGREGATIONS.index(a) for a in aggregations])[drawn.aggregation]
    drawn = Draws(drawn.weights, drawn.matrix, kinds, drawn.designs)
    return summarise(ranks(scores([floor + (1 - floor) * array], drawn)), interval=interval, top=top)


def _default_schemes(z: np.ndarray) -> list[np.ndarray]:
    from yindi.measure.weights import critic, entropy, equal

    return [equal(z), entropy(z), critic(z)]


def explained(drawn_ranks: np.ndarray, designs: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Share of the variance of ranks (D, ...) that each choice explains alone (first order), and `interactions`, the rest.

    The conditional mean of the ranks given a choice is fitted by least squares on its design and corrected for the degrees of
    freedom it uses; variances are summed over all cells. 0 everywhere when no rank moves.
    """
    y = drawn_ranks.reshape(drawn_ranks.shape[0], -1).astype(float)
    y = y - y.mean(axis=0)
    total = float((y**2).sum())
    shares = {choice: _first_order(y, total, design) for choice, design in designs.items()}
    shares["interactions"] = max(0.0, 1 - sum(shares.values())) if total > 0 else 0.0
    return shares


def _first_order(y: np.ndarray, total: float, design: np.ndarray) -> float:
    x = design - design.mean(axis=0)
    x = x[:, np.ptp(x, axis=0) > 0]
    free = y.shape[0] - 1 - x.shape[1]
    if not x.shape[1] or total == 0 or free < 1:
        return 0.0
    q, r = np.linalg.qr(x)
    q = q[:, np.abs(np.diag(r)) > 1e-9 * np.abs(np.diag(r)).max()]
    raw = float(((q.T @ y) ** 2).sum()) / total
    return float(max(0.0, 1 - (1 - raw) * (y.shape[0] - 1) / free))
