"""Did advice of this kind ever work? Entries are predicted from earlier years and compared with what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.opportunities.choice import settle
from yindi.opportunities.crowding import collective_check
from yindi.opportunities.models import Model, guessed, usable
from yindi.opportunities.panels import AXES, cube
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
from yindi.opportunities.transitions import ENTRY, EVENTS, EXIT, HOLD_OUT, Transition, Trial, trial

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
    the reason why relatedness may not recommend. Of a test with event "exit", entries are exits and candidates what was present.
    `model` is the chosen one with the settings it was given.
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
    event: str = ENTRY
    model: Model | None = None

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
    event: str = ENTRY,
    axes: str = AXES,
    duplicates: str = "refuse",
    minimum_activities: int = 40,
    boost: bool | None = None,
    resamples: int = 200,
    interval: float = 0.95,
    seed: int = 0,
) -> Backtest:
    """Out-of-sample test: models learn from one set of entries (or exits) and are asked about another, later where years allow.

    panel: (R,T,C) amounts, a Panel, a Table, rows or a mapping: whatever panels.cube reads, which takes axes and duplicates.
    split: the year between learning and testing, by its position, or by its label where years have labels, 0 < split < T - 1,
    both transitions equally long; or "regions" (two years), or "hold_out" (one year), which prove less: see transitions.trial;
    or "auto": the middle year, or what one or two years allow. event: "entry", or "exit" (does a specialisation drop out?).
    boost: gradient boosting yes, no, or None: when 1,000 entries were learned and scikit-learn is installed. Its settings, and
    whether it may speak, are chosen inside the training period; it is dropped when it then loses to the logit in the test.
    Raises MethodError for a split that leaves nothing to learn from or to test on.
    """
    if event not in EVENTS:
        raise MethodError(f"event must be one of {', '.join(EVENTS)}, not {event!r}.")
    read = cube(panel, axes=axes, duplicates=duplicates)
    x = read.values
    laid = trial(x, _split(split, read.years), seed, event=event)
    few = x.shape[2] < minimum_activities
    entries, candidates = int(laid.tested.truth.sum()), int(laid.tested.candidates.sum())
    if not 0 < entries < candidates or not laid.entries_learned:
        return _untested(laid, FEW_ACTIVITIES if few else NO_ENTRIES, event)
    models, favourite = settle(laid, usable(laid.entries_learned, boost))
    made: dict[str, np.ndarray] = {}
    guesses = {m.name: guessed(m, models, lambda m: laid.guess(m.groups, m.learn), made) for m in models}
    draws = stream(seed, "opportunities.backtest").multinomial(len(x), np.full(len(x), 1 / len(x)), size=resamples)
    return _judge(_Case(laid, models, favourite, guesses, draws, interval, few, event))


def _split(split: int | str, years: tuple[str, ...]) -> int | str:
    if split == "auto":
        return {1: HOLD_OUT, 2: "regions"}.get(len(years), (len(years) - 1) // 2)
    return years.index(str(split)) if str(split) in years else split


def _counts(laid: Trial) -> tuple[str, int, int, int, int, int, float]:
    entries, candidates = int(laid.tested.truth.sum()), int(laid.tested.candidates.sum())
    return (laid.kind, *laid.tested.truth.shape, candidates, entries, laid.entries_learned, entries / max(candidates, 1))


def _untested(laid: Trial, verdict: str, event: str) -> Backtest:
    return Backtest(*_counts(laid), {}, "", "", 0.0, 0.0, 0.0, None, verdict, np.zeros(laid.tested.truth.shape), laid.tested,
                    event)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is judged."""

    laid: Trial
    models: tuple[Model, ...]
    favourite: str
    guesses: Mapping[str, np.ndarray]
    draws: np.ndarray
    interval: float
    few: bool
    event: str


def _judge(case: _Case) -> Backtest:
    laid, models, guesses, tested = case.laid, case.models, case.guesses, case.laid.tested
    scores = {name: score(tested, s) for name, s in {**_baselines(tested, case.event), **guesses}.items()}

    def precision(model: Model) -> float:
        return scores[model.name].average_precision

    able = [m for m in models if m.relatedness]
    plain = next(m for m in able if not m.boosted)
    chosen = next(m for m in able if m.name == case.favourite)
    chosen = plain if precision(chosen) < precision(plain) else chosen
    rival = max((m for m in models if not m.relatedness), key=precision)
    truth, guess, base = tested.entered, guesses[chosen.name][tested.candidates], guesses[rival.name][tested.candidates]
    regions = np.nonzero(tested.candidates)[0]
    low, high = gain_interval(truth, regions, guess, base, draws=case.draws, interval=case.interval)
    verdict = FEW_ACTIVITIES if case.few else ALLOWED if low > 0 else NO_GAIN
    return Backtest(*_counts(laid), scores, chosen.name, rival.name, precision(chosen) - precision(rival), low, high,
                    calibration(truth, guess), verdict, guesses[chosen.name], tested, case.event, chosen)  # fmt: skip


def _baselines(tested: Transition, event: str) -> dict[str, np.ndarray]:
    """Density, and for entries the rules of known tools; what is least related leaves first."""
    sign = -1.0 if event == EXIT else 1.0
    near = {"density": sign * tested.features.one("density"), "density_near": sign * tested.features.one("density_20")}
    return near if event == EXIT else {**near, **rules(tested.here, tested.candidates)}


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
