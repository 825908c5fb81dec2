"""Variance-based sensitivity (Sobol): how much of the variance of ranks each choice explains, alone and with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.measure.ranks import ranks
from yindi.measure.robust import Choices, Draws, scores

SALTELLI = "Saltelli et al. (2010) Computer Physics Communications 181(2):259-270"
Model = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Sobol:
    """First-order and total indices: factor -> array of the model's cells; `variance` (cells) they are shares of."""

    first: Mapping[str, np.ndarray]
    total: Mapping[str, np.ndarray]
    variance: np.ndarray

    def overall(self, which: str = "total") -> dict[str, float]:
        """One share a factor over all cells, weighted by their variance; 0 where nothing varies."""
        table = self.total if which == "total" else self.first
        whole = float(self.variance.sum())
        return {f: float((s * self.variance).sum()) / whole if whole > 0 else 0.0 for f, s in table.items()}


@method("robustness", "sobol", cites=(SALTELLI,), laws=("additive_model", "reproducible_sobol"))
def sobol(model: Model, *, factors: Mapping[str, int], draws: int = 1024, seed: int = 0) -> Sobol:
    """First and total Sobol indices of `model`, from uniforms (D,F) to outputs (D, ...), by two matrices and one swap a factor.

    `factors`: name -> how many of the F columns belong to it (a group is swapped together). First order after Saltelli et al.
    (2010), total after Jansen; D (factors + 2) runs of the model. A cell without variance has 0.
    """
    if draws < 8 or not factors or any(n < 1 for n in factors.values()):
        raise MethodError(f"sobol: needs 8 draws and factors of at least one column, got {draws} draws and {dict(factors)}.")
    width = sum(factors.values())
    both = stream(seed, "measure.sobol").random((2, draws, width))
    y_a, y_b = (np.asarray(model(u), dtype=float) for u in both)
    mixed_outputs, start = {}, 0
    for name, columns in factors.items():
        mixed = both[0].copy()
        mixed[:, start : start + columns] = both[1][:, start : start + columns]
        mixed_outputs[name] = np.asarray(model(mixed), dtype=float)
        start += columns
    return Sobol(*indices(y_a, y_b, mixed_outputs))


def indices(
    y_a: np.ndarray, y_b: np.ndarray, mixed: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """First and total index a factor, and the variance, from outputs (D, ...) of both samples and of A with B's factor in it."""
    centre = (y_a.mean(axis=0) + y_b.mean(axis=0)) / 2
    variance = ((y_a - centre) ** 2 + (y_b - centre) ** 2).mean(axis=0) / 2
    first = {f: _share(((y_b - centre) * (y - y_a)).mean(axis=0), variance) for f, y in mixed.items()}
    total = {f: _share(((y_a - y) ** 2).mean(axis=0) / 2, variance) for f, y in mixed.items()}
    return first, total, variance


def _share(part: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return np.where(variance > 0, part / np.where(variance > 0, variance, 1.0), 0.0)


def rank_model(
    matrices: Sequence[np.ndarray],
    schemes: Sequence[np.ndarray] | None = None,
    *,
    choices: Choices | None = None,
    perturbation: float = 0.25,
) -> tuple[Model, dict[str, int]]:
    """The model of `sobol` for ranks: uniforms -> ranks (D, ...) along the last axis, and its factors with their columns.

    `matrices` (..., J) in (0, 1], numbered as by `choices`; with `schemes` (J,) alone each matrix is a normaliser. Schemes are
    mixed with Dirichlet(1) shares; each weight is multiplied by 1 +- perturbation; one indicator or none is left out.
    """
    given = choices or Choices(np.stack(schemes or [])[None], normalisers=len(matrices), perturbation=perturbation)
    systems, mixed, columns = given.systems.shape
    sizes = given.members.sum(axis=1)
    varied = {"framework": systems, "imputation": given.fills, "data": given.copies}
    options = {"normaliser": given.normalisers, "aggregate": given.aggregations, **{f: n for f, n in varied.items() if n > 1}}
    factors = {**dict.fromkeys(options, 1), "indicator": 1, "weights": mixed, "perturbation": columns}

    def model(u: np.ndarray) -> np.ndarray:
        chosen = {f: np.minimum((u[:, n] * options[f]).astype(int), options[f] - 1) for n, f in enumerate(options)}
        none = np.zeros(len(u), dtype=int)
        system, fill, copy = (chosen.get(f, none) for f in ("framework", "imputation", "data"))
        at = len(options)
        out = given.order[system, np.minimum((u[:, at] * (sizes[system] + 1)).astype(int), sizes[system])]
        share = -np.log(1 - u[:, at + 1 : at + 1 + mixed])
        factor = 1 + given.perturbation * (2 * u[:, at + 1 + mixed :] - 1)
        weights = given.weights(system, share / share.sum(axis=1, keepdims=True), factor, out)
        return ranks(scores(matrices, Draws(weights, given.matrix(chosen["normaliser"], fill, copy), chosen["aggregate"])))

    return model, factors
