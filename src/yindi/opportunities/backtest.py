"""Did advice of this kind ever work? Entries are predicted from earlier years and compared with what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities import logit
from yindi.opportunities.advantage import present, rca
from yindi.opportunities.arrays import amounts
from yindi.opportunities.features import Features, features
from yindi.opportunities.scoring import average_precision

ALLOWED, FEW_ACTIVITIES, NO_ENTRIES, NO_GAIN = "allowed", "few_activities", "no_entries", "no_gain"
VERDICTS = (ALLOWED, FEW_ACTIVITIES, NO_ENTRIES, NO_GAIN)
BASELINE, CHALLENGER = "marginals_own", "logit_all"


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in time: features of the start, candidates (R,C) bool, and truth (R,C) bool: entered by the end."""

    features: Features
    candidates: np.ndarray
    truth: np.ndarray

    def rows(self, *groups: str) -> tuple[np.ndarray, np.ndarray]:
        """Features (N,F) and truth (N,) of the candidates."""
        return self.features.of(*groups)[self.candidates], self.truth[self.candidates].astype(float)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Counts of the tested transition, base rate, average precision by model, gain of relatedness over the baseline, and verdict.

    The verdict is `allowed` or the reason of the refusal.
    """

    regions: int
    activities: int
    candidates: int
    entries: int
    entries_learned: int
    base_rate: float
    precision: Mapping[str, float]
    gain: float
    verdict: str

    @property
    def allowed(self) -> bool:
        """True where relatedness may recommend."""
        return self.verdict == ALLOWED


def transition(x: np.ndarray, start: int, end: int) -> Transition:
    """Robust entries (quotient < .5 at the start, >= 1 at the end) of a panel (R,T,C), with features up to the start."""
    before, after = rca(x[:, start]), rca(x[:, end])
    here = present(x[:, : start + 1])[:, -1]
    candidates = (before < 0.5) & ~here
    return Transition(features(x[:, start], here), candidates, candidates & (after >= 1.0))


@method("backtest", "evaluate", cites=("Albora et al. 2023",), laws=("equivariant",))
def evaluate(panel: Any, *, split: int, minimum_activities: int = 40) -> Backtest:
    """Out-of-time test of relatedness: models learn on the transition that ends at `split` and are tested on the next.

    panel: (R,T,C) amounts, years in order; split: position of the year between, 0 < split < T - 1; both are equally long.
    Raises MethodError for a split that leaves nothing to learn from or to test on.
    """
    x = amounts(panel, "panel", dims=(3,))
    span = min(split, x.shape[1] - 1 - split)
    if span < 1:
        raise MethodError(f"split {split} leaves no transition on both sides of {x.shape[1]} year(s).")
    learned, tested = transition(x, split - span, split), transition(x, split, split + span)
    counts = (len(x), x.shape[2], int(tested.candidates.sum()), int(tested.truth.sum()), int(learned.truth.sum()))
    rate = counts[3] / counts[2] if counts[2] else 0.0
    if not counts[3] or not counts[4]:
        few = x.shape[2] < minimum_activities
        return Backtest(*counts, rate, {}, 0.0, FEW_ACTIVITIES if few else NO_ENTRIES)
    precision = {name: average_precision(tested.rows()[1], score) for name, score in _scores(learned, tested).items()}
    gain = precision[CHALLENGER] - precision[BASELINE]
    verdict = FEW_ACTIVITIES if x.shape[2] < minimum_activities else ALLOWED if gain > 0 else NO_GAIN
    return Backtest(*counts, rate, precision, gain, verdict)


def _scores(learned: Transition, tested: Transition) -> dict[str, np.ndarray]:
    models = {"marginals": ("marginals",), BASELINE: ("marginals", "own"), CHALLENGER: ("marginals", "own", "relatedness")}
    scores = {name: logit.fit(*learned.rows(*groups))(tested.rows(*groups)[0]) for name, groups in models.items()}
    return {"density": tested.rows("relatedness")[0][:, 0], **scores}
