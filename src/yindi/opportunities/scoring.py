"""How well a ranking found what came true, per case and per region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score of the probabilities, of the constant base rate, and the mean gap between probability and rate in ten bins."""

    brier: float
    brier_base: float
    gap: float

    @property
    def better(self) -> bool:
        """True where the probabilities tell more than the base rate."""
        return self.brier < self.brier_base


def steady(score: np.ndarray) -> np.ndarray:
    """Scores on a grid of 1e-10 of the largest, so that equal cases stay equal whatever the order of sums."""
    largest = np.abs(score).max(initial=0.0)
    return np.round(score / largest, 10) if largest > 0 else score


def average_precision(truth: np.ndarray, score: np.ndarray) -> float:
    """Average precision: mean precision at each true case, ties shared as one threshold. truth, score: (N,).

    Scores that differ by less than 1e-10 of the largest are tied: rounding noise ranks nobody. MethodError without a true case.
    """
    if not np.any(truth):
        raise MethodError("Average precision needs at least one true case.")
    return float(_precision(truth, *_ranking(score), np.ones(len(score))))


def _ranking(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order from the best, and the position of the last case of each tie in that order."""
    level = steady(score)
    order = np.argsort(-level, kind="stable")
    return order, np.append(np.flatnonzero(np.diff(level[order])), len(score) - 1)


def _precision(truth: np.ndarray, order: np.ndarray, last: np.ndarray, weight: np.ndarray) -> float:
    hits = np.cumsum(truth[order] * weight[order])[last]
    seen = np.cumsum(weight[order])[last]
    precision = np.divide(hits, seen, out=np.zeros(len(hits)), where=seen > 0)
    return float(np.diff(hits, prepend=0.0) @ precision / hits[-1]) if hits[-1] > 0 else 0.0


def gain_interval(
    truth: np.ndarray, group: np.ndarray, better: np.ndarray, base: np.ndarray, *, draws: np.ndarray, interval: float = 0.95
) -> tuple[float, float]:
    """Interval of the gain in average precision of score `better` over score `base` when whole groups are drawn again.

    truth, group, better, base: (N,); group counts from 0; draws: (B,G) how often each group stands in each resample.
    """
    ranks = (_ranking(better), _ranking(base))
    gains = []
    for draw in draws:
        weight = draw[group].astype(float)
        gains.append(_precision(truth, *ranks[0], weight) - _precision(truth, *ranks[1], weight))
    tail = (1 - interval) / 2
    low, high = np.quantile(gains, [tail, 1 - tail])
    return float(low), float(high)


def best(score: np.ndarray, candidates: np.ndarray, count: int) -> np.ndarray:
    """The `count` best candidates of each region, (R,C) bool; ties go to the earlier activity."""
    ranked = np.where(candidates, steady(score), -np.inf)
    order = np.argsort(-ranked, axis=1, kind="stable")[:, :count]
    chosen: np.ndarray = np.zeros(score.shape, bool)
    np.put_along_axis(chosen, order, True, axis=1)
    return np.asarray(chosen & candidates)


def precision_at(chosen: np.ndarray, truth: np.ndarray) -> float:
    """Mean over regions of the share of their chosen cells (R,C) that came true; regions without any choice are left out."""
    count = chosen.sum(axis=1)
    hits = (chosen & truth).sum(axis=1)
    return float((hits[count > 0] / count[count > 0]).mean()) if count.any() else 0.0


def auc_within(score: np.ndarray, truth: np.ndarray, candidates: np.ndarray) -> float:
    """Mean over regions with both outcomes of the chance that a true candidate outranks a false one (ties half); else 0.5."""
    from scipy.stats import rankdata

    areas = []
    for s, t, c in zip(steady(score), truth, candidates, strict=True):
        good = int(t[c].sum())
        bad = int(c.sum()) - good
        if good and bad:
            areas.append((rankdata(s[c])[t[c]].sum() - good * (good + 1) / 2) / (good * bad))
    return float(np.mean(areas)) if areas else 0.5


def calibration(truth: np.ndarray, probability: np.ndarray, *, bins: int = 10) -> Calibration:
    """Calibration of probabilities (N,) against what came true (N,), in bins of equal count."""
    rate = truth.mean()
    groups = np.array_split(np.argsort(probability, kind="stable"), bins)
    gaps = [abs(truth[g].mean() - probability[g].mean()) * len(g) for g in groups if len(g)]
    brier = float(((probability - truth) ** 2).mean())
    return Calibration(brier, float(rate * (1 - rate)), float(sum(gaps) / len(truth)))
