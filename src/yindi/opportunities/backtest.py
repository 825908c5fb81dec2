"""Did advice of this kind ever work? Entries are predicted from earlier years and compared with what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.opportunities.arrays import amounts
from yindi.opportunities.crowding import collective_check
from yindi.opportunities.models import Model, usable
from yindi.opportunities.rules import rules
from yindi.opportunities.scoring import (
    Calibration,
    auc_within,
    average_precision,
    best,
    calibration,
    gain_interval,
    precision_at,
)
from yindi.opportunities.transitions import Transition, Trial, trial

ALLOWED, FEW_ACTIVITIES, NO_ENTRIES, NO_GAIN = "allowed", "few_activities", "no_entries", "no_gain"
VERDICTS = (ALLOWED, FEW_ACTIVITIES, NO_ENTRIES, NO_GAIN)
TOP = 10


@dataclass(frozen=True, slots=True)
class Score:
    """One ranking: average precision, hits among each region's ten best, and the AUC within regions.

    crowded_share: largest share of regions whose ten best hold the same activity; expansion: the largest they imply nationally.
    """

    average_precision: float
    precision_at_ten: float
    within_region: float
    crowded_share: float
    expansion: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """The proof: counts of the tested cells, base rate, a Score per model and rule, the chosen model and its gain over its rival.

    gain_low and gain_high bound the gain when regions are drawn again; `calibration` judges the chosen probabilities, and
    `probability` (R,C) holds them (0 where no candidate). `kind` is out_of_time, out_of_region or hold_out. verdict: `allowed` or
    the reason why relatedness may not recommend.
    """

    kind: str
    regions: int
    activities: int
    candidates: int
    entries: int
    entries_learned: int
    base_rate: float
    scores: Mapping[str, Score]
    chosen: str
    rival: str
    gain: float
    gain_low: float
    gain_high: float
    calibration: Calibration | None
    verdict: str
    probability: np.ndarray
    tested: Transition

    @property
    def allowed(self) -> bool:
        """True where relatedness may recommend."""
        return self.verdict == ALLOWED

    @property
    def precision(self) -> dict[str, float]:
        """Average precision by model and rule."""
        return {name: s.average_precision for name, s in self.scores.items()}

    @property
    def calibrated(self) -> bool:
        """True where probabilities may be shown: their Brier score beats the base rate's."""
        return self.calibration is not None and self.calibration.better


@method("backtest", "evaluate", cites=("Albora et al. 2023", "Hidalgo et al. 2007"), laws=("equivariant",))
def evaluate(
    panel: Any,
    *,
    split: int | str,
    minimum_activities: int = 40,
    boost: bool | None = None,
    resamples: int = 200,
    interval: float = 0.95,
    seed: int = 0,
) -> Backtest:
    """Out-of-sample test: models learn from one set of entries and are asked about another, later where the years allow it.

    panel: (R,T,C) amounts, years in order, or a core Panel. split: position of the year between learning and testing (of a Panel
    also its label), 0 < split < T - 1, both transitions equally long; or "regions" (two years), or "hold_out" (one year), which
    prove less: see transitions.trial.
    boost: gradient boosting yes, no, or None: when 1,000 entries were learned and scikit-learn is installed.
    Raises MethodError for a split that leaves nothing to learn from or to test on.
    """
    if hasattr(panel, "dense"):
        split = panel.years.index(str(split)) if str(split) in panel.years else split
        panel = panel.dense()
    x = amounts(panel, "panel", dims=(3,))
    laid = trial(x, split, seed)
    few = x.shape[2] < minimum_activities
    entries, candidates = int(laid.tested.truth.sum()), int(laid.tested.candidates.sum())
    if not 0 < entries < candidates or not laid.entries_learned:
        return _untested(laid, FEW_ACTIVITIES if few else NO_ENTRIES)
    models = usable(laid.entries_learned, boost)
    guesses = {m.name: laid.guess(m.groups, m.learn) for m in models}
    draws = stream(seed, "opportunities.backtest").multinomial(len(x), np.full(len(x), 1 / len(x)), size=resamples)
    return _judge(laid, models, guesses, draws, interval, few)


def _counts(laid: Trial) -> tuple[str, int, int, int, int, int, float]:
    entries, candidates = int(laid.tested.truth.sum()), int(laid.tested.candidates.sum())
    return (laid.kind, *laid.tested.truth.shape, candidates, entries, laid.entries_learned, entries / max(candidates, 1))


def _untested(laid: Trial, verdict: str) -> Backtest:
    return Backtest(*_counts(laid), {}, "", "", 0.0, 0.0, 0.0, None, verdict, np.zeros(laid.tested.truth.shape), laid.tested)


def _judge(
    laid: Trial,
    models: tuple[Model, ...],
    guesses: Mapping[str, np.ndarray],
    draws: np.ndarray,
    interval: float,
    few: bool,
) -> Backtest:
    tested, cells = laid.tested, laid.tested.candidates
    near = {"density": tested.features.one("density"), "density_near": tested.features.one("density_20")}
    scores = {name: score(tested, s) for name, s in {**near, **guesses, **rules(tested.here, cells)}.items()}

    def by_precision(model: Model) -> float:
        return scores[model.name].average_precision

    chosen = max((m for m in models if m.relatedness), key=by_precision).name
    rival = max((m for m in models if not m.relatedness), key=by_precision).name
    truth, best_guess = tested.entered, guesses[chosen][cells]
    low, high = gain_interval(truth, np.nonzero(cells)[0], best_guess, guesses[rival][cells], draws=draws, interval=interval)
    gain = scores[chosen].average_precision - scores[rival].average_precision
    verdict = FEW_ACTIVITIES if few else ALLOWED if low > 0 else NO_GAIN
    return Backtest(*_counts(laid), scores, chosen, rival, gain, low, high, calibration(truth, best_guess), verdict,
                    guesses[chosen], tested)  # fmt: skip


def score(tested: Transition, ranking: np.ndarray) -> Score:
    """Score of one ranking (R,C) of the tested candidates."""
    told = best(ranking, tested.candidates, TOP)
    made = tested.amounts
    used = made.sum(axis=0) > 0
    check = collective_check(told[:, used], made[:, used])
    return Score(
        average_precision(tested.entered, ranking[tested.candidates]),
        precision_at(told, tested.truth),
        auc_within(ranking, tested.truth, tested.candidates),
        float(check.share.max()),
        float(check.expansion.max()),
    )
