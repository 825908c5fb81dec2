"""Cross-space: activities that a region lacks around what it has of another kind (technologies to industries), with a proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.opportunities import logit
from yindi.opportunities.advantage import present
from yindi.opportunities.arrays import amounts
from yindi.opportunities.relatedness import cross_density, cross_proximity
from yindi.opportunities.scoring import auc_within, average_precision, calibration, gain_interval
from yindi.opportunities.transitions import Transition, transition

KNOWN = ("marginals", "own")
LEAST = 10


@dataclass(frozen=True, slots=True)
class Cross:
    """The proof and what it allows: average precision with and without the other kind, their gain with its interval, the verdict.

    chance (R,C) at the last year, 0 unless a candidate (and 0 everywhere after a refusal); density (R,C) there; carried (R,C)
    position of the region's source nearest to each target, -1 where none; calibrated: whether the chances may be shown.
    """

    verdict: str
    entries: int
    base_rate: float
    precision: float
    precision_without: float
    within_region: float
    gain: float
    gain_low: float
    gain_high: float
    calibrated: bool
    chance: np.ndarray
    density: np.ndarray
    carried: np.ndarray

    @property
    def allowed(self) -> bool:
        """True where the other kind of activity may recommend."""
        return self.verdict == "allowed"


def cross_test(targets: np.ndarray, sources: np.ndarray, *, seed: int = 0, resamples: int = 200, interval: float = 0.95) -> Cross:
    """Do presences of another kind foretell entries? targets (R,T,C), sources (R,T,A) amounts of the same regions and years.

    Three years or more: learned up to the middle year, asked afterwards; two years: asked about regions not learned from. A logit
    with the density of the sources around each target must beat one with sizes, ubiquity and own quotient alone, regions drawn
    again. Raises MethodError where regions or years differ, or with one year.
    """
    x, s = amounts(targets, "targets", dims=(3,)), amounts(sources, "sources", dims=(3,))
    if x.shape[:2] != s.shape[:2]:
        raise MethodError(f"targets are of {x.shape[:2]} regions and years, sources of {s.shape[:2]}.")
    if x.shape[1] < 2:
        raise MethodError("Cross-space needs two years at least.")
    end, here = x.shape[1] - 1, present(s)
    span = end // 2 if end > 1 else end
    now = transition(x, end, end)
    near, carried = _around(here[:, end], now.here)
    tested, guesses = _guesses(x, here, span)
    if not tested.truth.any() or not guesses:
        zero = np.zeros(now.here.shape)
        return Cross("no_entries", int(tested.truth.sum()), 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, False, zero, near, carried)
    truth, rows = tested.entered, np.nonzero(tested.candidates)[0]
    with_, without = (g[tested.candidates] for g in guesses)
    draws = stream(seed, "opportunities.cross").multinomial(len(x), np.full(len(x), 1 / len(x)), size=resamples)
    low, high = gain_interval(truth, rows, with_, without, draws=draws, interval=interval)
    allowed = low > 0 and int(tested.truth.sum()) >= LEAST
    found, base = average_precision(truth, with_), average_precision(truth, without)
    chance = _last(x, here, span, now, near) if allowed else np.zeros(now.here.shape)
    return Cross("allowed" if allowed else "no_gain", int(truth.sum()), float(truth.mean()), found, base,
                 auc_within(guesses[0], tested.truth, tested.candidates), found - base, low, high,
                 calibration(truth, with_).better, chance, near, carried)  # fmt: skip


def _around(sources: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    phi = cross_proximity(sources.astype(float), targets.astype(float))
    around = cross_density(sources.astype(float), phi)
    carried = np.empty(around.shape, dtype=int)
    for r, row in enumerate(sources):
        near = phi * row[:, None]
        carried[r] = np.where(near.max(axis=0) > 0, near.argmax(axis=0), -1)
    return around, carried


def _rows(step: Transition, near: np.ndarray, regions: np.ndarray, *, with_near: bool) -> np.ndarray:
    known = step.rows(regions, *KNOWN)
    more = near[step.candidates & regions[:, None]][:, None]
    return np.hstack([known, more, np.log1p(more * 100)]) if with_near else known


def _learn(step: Transition, near: np.ndarray, regions: np.ndarray, *, with_near: bool) -> logit.Logit | None:
    y = step.truth[step.candidates & regions[:, None]].astype(float)
    return logit.fit(_rows(step, near, regions, with_near=with_near), y) if y.min(initial=1) < y.max(initial=0) else None


def _guesses(x: np.ndarray, here: np.ndarray, span: int) -> tuple[Transition, list[np.ndarray]]:
    """The tested transition and the out-of-sample chances (R,C) with the sources and without."""
    end, everyone = x.shape[1] - 1, np.ones(len(x), bool)
    if end == 1:
        tested = learned = transition(x, 0, 1)
        place = np.argsort(np.argsort(x[:, 0].sum(axis=1), kind="stable"), kind="stable") % 5
        folds = [(place != k, place == k) for k in range(5)]
        before = after = _around(here[:, 0], tested.here)[0]
    else:
        middle = end // 2
        learned, tested = transition(x, middle - span, middle), transition(x, middle, middle + span)
        folds = [(everyone, everyone)]
        before, after = (_around(here[:, t], s.here)[0] for t, s in ((middle - span, learned), (middle, tested)))
    found = []
    for with_near in (True, False):
        full = np.zeros(tested.candidates.shape)
        for teachers, asked in folds:
            model = _learn(learned, before, teachers, with_near=with_near)
            cells = tested.candidates & asked[:, None]
            if model is None:
                return tested, []
            if cells.any():
                full[cells] = model(_rows(tested, after, asked, with_near=with_near))
        found.append(full)
    return tested, found


def _last(x: np.ndarray, here: np.ndarray, span: int, now: Transition, near: np.ndarray) -> np.ndarray:
    end, everyone = x.shape[1] - 1, np.ones(len(x), bool)
    learned = transition(x, end - span, end)
    model = _learn(learned, _around(here[:, end - span], learned.here)[0], everyone, with_near=True)
    chance = np.zeros(now.here.shape)
    if model is not None and now.candidates.any():
        chance[now.candidates] = model(_rows(now, near, everyone, with_near=True))
    return chance
