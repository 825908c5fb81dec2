"""Which cells could be entered, which were, and what a model may learn from before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.opportunities.advantage import present, rca
from yindi.opportunities.features import Features, features

OUT_OF_TIME, OUT_OF_REGION, HOLD_OUT = "out_of_time", "out_of_region", "hold_out"
KINDS = (OUT_OF_TIME, OUT_OF_REGION, HOLD_OUT)
FOLDS = 5
HIDDEN = 0.1


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in time: amounts, presence, features at the start, candidates and truth (entered by the end), each (R,C)."""

    amounts: np.ndarray
    here: np.ndarray
    features: Features
    candidates: np.ndarray
    truth: np.ndarray

    @property
    def entered(self) -> np.ndarray:
        """Truth of the candidates, (N,) of 0 and 1."""
        return np.asarray(self.truth[self.candidates], dtype=float)

    def rows(self, regions: np.ndarray, *groups: str) -> tuple[np.ndarray, np.ndarray]:
        """Features (N,F) and truth (N,) of the candidates in some regions (R,)."""
        cells = self.candidates & regions[:, None]
        return self.features.of(*groups)[cells], self.truth[cells].astype(float)


@dataclass(frozen=True, slots=True)
class Trial:
    """How the test is laid out: its kind, the tested transition, and (learned, its regions, the regions then asked) per fold."""

    kind: str
    tested: Transition
    folds: tuple[tuple[Transition, np.ndarray, np.ndarray], ...]

    def guess(
        self, groups: tuple[str, ...], learn: Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
    ) -> np.ndarray:
        """Out-of-sample probability of every tested cell, (R,C), 0 where no candidate."""
        full = np.zeros(self.tested.candidates.shape)
        for learned, teachers, asked in self.folds:
            cells = self.tested.candidates & asked[:, None]
            if cells.any():
                full[cells] = learn(*learned.rows(teachers, *groups))(self.tested.rows(asked, *groups)[0])
        return full

    @property
    def entries_learned(self) -> int:
        """Fewest entries that any fold learns from."""
        return min(int(t.truth[regions].sum()) for t, regions, _ in self.folds)


def transition(x: np.ndarray, start: int, end: int) -> Transition:
    """Robust entries of a panel (R,T,C): quotient below .5 at the start and at least 1 at the end, with features up to the start.

    Regions and activities that are empty at the start have no candidates.
    """
    before, after = rca(x[:, start]), rca(x[:, end])
    here = present(x[:, : start + 1])[:, -1]
    live = (x[:, start].sum(axis=1, keepdims=True) > 0) & (x[:, start].sum(axis=0) > 0)
    candidates = (before < 0.5) & ~here & live
    return Transition(x[:, start], here, features(x[:, start], here), candidates, candidates & (after >= 1.0))


def trial(x: np.ndarray, split: int | str, seed: int) -> Trial:
    """The layout of the test of a panel (R,T,C).

    A number: learned on the transition that ends at that year, tested on the one that starts there, both equally long. "regions":
    first to last year, one fifth of the regions asked at a time, the others learned from. "hold_out": the last year alone; a
    tenth of the known specialisations is hidden to learn from, another tenth to be found. MethodError for any other split.
    """
    everyone = np.ones(len(x), bool)
    if split == "regions" and x.shape[1] > 1:
        step = transition(x, 0, x.shape[1] - 1)
        fold = np.argsort(np.argsort(x[:, 0].sum(axis=1), kind="stable"), kind="stable") % FOLDS
        return Trial(OUT_OF_REGION, step, tuple((step, fold != k, fold == k) for k in range(FOLDS)))
    if split == HOLD_OUT:
        learned, tested = _hidden(x[:, -1], seed)
        return Trial(HOLD_OUT, tested, ((learned, everyone, everyone),))
    middle = split if isinstance(split, int) else 0
    span = min(middle, x.shape[1] - 1 - middle)
    if span < 1:
        raise MethodError(f"split {split!r} leaves no transition on both sides of {x.shape[1]} year(s); two years allow "
                          "split='regions', a single one split='hold_out'.")  # fmt: skip
    learned = transition(x, middle - span, middle)
    return Trial(OUT_OF_TIME, transition(x, middle, middle + span), ((learned, everyone, everyone),))


def _hidden(x: np.ndarray, seed: int) -> tuple[Transition, Transition]:
    here = present(x)
    cells = stream(seed, "opportunities.hold_out").permutation(np.flatnonzero(here.ravel()))
    count = max(1, int(HIDDEN * len(cells)))
    return _without(x, here, cells[:count]), _without(x, here, cells[count : 2 * count])


def _without(x: np.ndarray, here: np.ndarray, cells: np.ndarray) -> Transition:
    truth = np.isin(np.arange(x.size), cells).reshape(x.shape)
    left = np.where(truth, 0.0, x)
    live = (left.sum(axis=1, keepdims=True) > 0) & (left.sum(axis=0) > 0)
    shown = here & ~truth
    return Transition(left, shown, features(left, shown), (left == 0) & live, truth & live)
