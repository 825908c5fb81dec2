"""How well a ranking found what came true."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import MethodError


def steady(score: np.ndarray) -> np.ndarray:
    """Scores on a grid of 1e-10 of the largest, so that equal cases stay equal whatever the order of sums."""
    largest = np.abs(score).max(initial=0.0)
    return np.round(score / largest, 10) if largest > 0 else score


def average_precision(truth: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> float:
    """Average precision: mean precision at each true case, ties shared as one threshold. truth, score: (N,).

    Scores that differ by less than 1e-10 of the largest are tied: rounding noise ranks nobody. weight (N,) counts a case several
    times (bootstrap). Raises MethodError without a true case.
    """
    score = steady(score)
    order = np.argsort(-score, kind="stable")
    w = np.ones(len(score)) if weight is None else weight[order]
    hit = truth[order] * w
    if hit.sum() <= 0:
        raise MethodError("Average precision needs at least one true case.")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits, seen = np.cumsum(hit)[last], np.cumsum(w)[last]
    precision = np.divide(hits, seen, out=np.zeros(len(hits)), where=seen > 0)
    return float(np.diff(hits, prepend=0.0) @ precision / hit.sum())
