"""Which cells could be entered, which were, and what a model may learn from before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.opportunities.advantage import present, rca
from yindi.opportunities.features import Features, features

OUT_OF_TIME, OUT_OF_REGION, HOLD_OUT = "out_of_time", "out_of_region", "hold_out"
KINDS = (OUT_OF_TIME, OUT_OF_REGION, HOLD_OUT)
ENTRY, EXIT = "entry", "exit"
EVENTS = (ENTRY, EXIT)
FOLDS, INNER = 5, 4
HIDDEN = 0.1
MOST = 1_000_000


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

    def rows(self, regions: np.ndarray, *groups: str) -> np.ndarray:
        """Features (N,F) of the candidates in some regions (R,)."""
        return self.features.rows(self.candidates & regions[:, None], *groups)

    def lesson(self, regions: np.ndarray, groups: tuple[str, ...], most: int) -> tuple[np.ndarray, np.ndarray, float]:
        """Features (N,F), truth (N,) of the candidates in some regions (R,), and the share of the untrue ones that was kept.

        All true ones are kept, and of the others every k-th, so that about `most` remain: a probability learned from these has
        to be put right by `restored`.
        """
        cells = self.candidates & regions[:, None]
        untrue = np.flatnonzero(cells & ~self.truth)
        step = max(1, len(untrue) // most)
        kept: np.ndarray = cells & self.truth
        kept.flat[untrue[::step]] = True
        return self.features.rows(kept, *groups), self.truth[kept].astype(float), 1.0 / step


def restored(probability: np.ndarray, kept: float) -> np.ndarray:
    """Probability among all cases from the one among true cases and a share `kept` of the untrue ones."""
    return np.asarray(kept * probability / (1 - probability + kept * probability))


Lesson = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]


@dataclass(frozen=True, slots=True)
class Trial:
    """How the test is laid out: its kind, the tested transition, and (learned, its regions, the regions then asked) per fold."""

    kind: str
    tested: Transition
    folds: tuple[tuple[Transition, np.ndarray, np.ndarray], ...]

    def guess(self, groups: tuple[str, ...], learn: Lesson, *, most: int = MOST) -> np.ndarray:
        """Out-of-sample probability of every tested cell, (R,C), 0 where no candidate."""
        full = np.zeros(self.tested.candidates.shape)
        block = max(1, MOST // len(full.T))
        for learned, teachers, asked in self.folds:
            x, y, kept = learned.lesson(teachers, groups, most)
            told = learn(x, y) if y.min(initial=1) < y.max(initial=0) else None
            for start in range(0, len(full), block):
                some = asked & (np.arange(len(full)) // block == start // block)
                cells = self.tested.candidates & some[:, None]
                if told is not None and cells.any():
                    full[cells] = restored(told(self.tested.rows(some, *groups)), kept)
        return full

    @property
    def entries_learned(self) -> int:
        """Fewest entries that any fold learns from."""
        return min(int(t.truth[regions].sum()) for t, regions, _ in self.folds)

    def within(self) -> Trial:
        """A trial inside what the first fold learns from: a fourth of its regions is asked, the others teach."""
        learned, teachers, _ = self.folds[0]
        size = np.where(teachers, learned.amounts.sum(axis=1), np.inf)
        asked = teachers & (np.argsort(np.argsort(size, kind="stable"), kind="stable") % INNER == 0)
        tested = replace(learned, candidates=learned.candidates & asked[:, None], truth=learned.truth & asked[:, None])
        return Trial(OUT_OF_REGION, tested, ((learned, teachers & ~asked, asked),))


def transition(x: np.ndarray, start: int, end: int, *, event: str = ENTRY, known: Features | None = None) -> Transition:
    """Robust entries, or exits, of a panel (R,T,C) between two of its years, with features up to the start.

    entry: quotient below .5 at the start and at least 1 at the end. exit: present at the start (entered at 1, not under .5
    since) and below .5 at the end. Regions and activities that are empty at the start have no candidates. `known`: the features
    of that start where they were made already.
    """
    before, after = rca(x[:, start]), rca(x[:, end])
    here = present(x[:, : start + 1])[:, -1]
    live = (x[:, start].sum(axis=1, keepdims=True) > 0) & (x[:, start].sum(axis=0) > 0)
    told = features(x[:, start], here) if known is None else known
    if event == EXIT:
        return Transition(x[:, start], here, told, here & live, here & live & (after < 0.5))
    candidates = (before < 0.5) & ~here & live
    return Transition(x[:, start], here, told, candidates, candidates & (after >= 1.0))


def trial(x: np.ndarray, split: int | str, seed: int, *, event: str = ENTRY) -> Trial:
    """The layout of the test of a panel (R,T,C).

    A number: learned on the transition that ends at that year, tested on the one that starts there, both equally long. "regions":
    first to last year, one fifth of the regions asked at a time, the others learned from. "hold_out": the last year alone; a
    tenth of the known specialisations is hidden to learn from, another tenth to be found (entries only: nothing is seen to leave
    with one date). MethodError for any other split.
    """
    everyone = np.ones(len(x), bool)
    if split == "regions" and x.shape[1] > 1:
        step = transition(x, 0, x.shape[1] - 1, event=event)
        fold = np.argsort(np.argsort(x[:, 0].sum(axis=1), kind="stable"), kind="stable") % FOLDS
        return Trial(OUT_OF_REGION, step, tuple((step, fold != k, fold == k) for k in range(FOLDS)))
    if split == HOLD_OUT and event == EXIT:
        raise MethodError("With one year nothing is seen to leave: exits need two years (split='regions') or three.")
    if split == HOLD_OUT:
        learned, tested = _hidden(x[:, -1], seed)
        return Trial(HOLD_OUT, tested, ((learned, everyone, everyone),))
    middle = split if isinstance(split, int | np.integer) else 0
    span = min(middle, x.shape[1] - 1 - middle)
    if span < 1:
        raise MethodError(f"split {split!r} leaves no transition on both sides of {x.shape[1]} year(s); two years allow "
                          "split='regions', a single one split='hold_out'.")  # fmt: skip
    learned = transition(x, middle - span, middle, event=event)
    return Trial(OUT_OF_TIME, transition(x, middle, middle + span, event=event), ((learned, everyone, everyone),))


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
