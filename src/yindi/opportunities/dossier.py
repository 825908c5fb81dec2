"""All that one region x year x activity panel tells: the proof, what it allows, and what everybody following it adds up to."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.opportunities.advantage import present, rca
from yindi.opportunities.advice import Advice, advise
from yindi.opportunities.arrays import quotient
from yindi.opportunities.backtest import Backtest, evaluate
from yindi.opportunities.complexity import ComplexityWarning, eci_pci
from yindi.opportunities.coordinate import CAP, Together, together
from yindi.opportunities.crowding import overlap
from yindi.opportunities.evidence import choose_split
from yindi.opportunities.herding import Herding, Similarity, herding, similarity
from yindi.opportunities.noise import counts, rca_interval
from yindi.opportunities.panels import Cube
from yindi.opportunities.scoring import precision_at
from yindi.opportunities.standing import interval
from yindi.opportunities.transitions import HOLD_OUT
from yindi.opportunities.zeros import ByZero, attempt

TOP = 10
PAIRED = 1500
DRAWS, NEARLY = 400, 0.95


@dataclass(frozen=True, slots=True)
class Coordination:
    """In the backtest, ten per region: hits of the independent and the coordinated lists, and the largest expansion of each.

    loss: share of picks that come true less often together, with its interval when regions are drawn again; loss_expected: what
    the chances foretold; limited: activities that reach the cap.
    """

    precision_independent: float
    precision_coordinated: float
    expansion_independent: float
    expansion_coordinated: float
    lists: Together
    loss: float
    loss_low: float
    loss_high: float
    loss_expected: float
    limited: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """The proof of entries, of exits (None with one date), the coordinated test and the advice (None after a refusal).

    here, quotient (R,C) at the last year; eci (R,), pci (C,) (NaN where not defined); alike by number of activities, finest last;
    common: mean overlap of two regions' lists (independent, coordinated, and drawn at random); pace None with one date.
    zeros: complexity, outlook and gain under other zeros of PCI, None in parts; span: eci_low, eci_high, above (R,) of counts;
    sure (R,C): chance of counts that the quotient exceeds 1, None of other amounts.
    """

    entries: Backtest
    exits: Backtest | None
    tested: Coordination | None
    advice: Advice | None
    here: np.ndarray
    quotient: np.ndarray
    eci: np.ndarray
    pci: np.ndarray
    alike: Mapping[str, Similarity]
    common: Mapping[str, float]
    pace: Herding | None
    zeros: ByZero | None
    span: Mapping[str, np.ndarray]
    sure: np.ndarray | None


def dossier(given: Cube, *, count: int = 5, cap: float = CAP, minimum_activities: int = 40, seed: int = 0,
            boost: bool | None = None) -> Dossier:  # fmt: skip
    """Proof, verdict, and where allowed lists, of a panel without empty regions or activities; lists of `count`, under `cap`.

    Same panel, same seed, same numbers. MethodError for a panel that no layout of the test can divide.
    """
    x = given.values
    split = choose_split(given.years)[1]
    entries = evaluate(given, split=split, minimum_activities=minimum_activities, seed=seed, boost=boost)
    exits = None
    if split != HOLD_OUT and entries.scores:
        exits = evaluate(given, split=split, event="exit", minimum_activities=minimum_activities, seed=seed, boost=boost)
    advice = advise(x, entries, leaving=exits, count=count, cap=cap, seed=seed) if entries.allowed else None
    here, last = present(x), x[:, -1]
    eci, pci = _complexity(here[:, -1])
    tested = coordination(entries, cap=cap, seed=seed) if entries.scores else None
    return Dossier(entries, exits, tested, advice, here[:, -1], rca(last),
                   eci, pci, likeness(last, given.activities), _common(advice, x, seed) if advice else {},
                   herding(here) if x.shape[1] > 1 else None, attempt(here[:, -1]), interval(last, eci, seed=seed),
                   rca_interval(last).sure if counts(last) else None)  # fmt: skip


def coordination(found: Backtest, *, cap: float = CAP, count: int = TOP, seed: int = 0) -> Coordination:
    """What coordination under the cap costs in hits, on the tested years of a proof."""
    tested = found.tested
    made = together(found.probability, tested.amounts, tested.candidates, count=count, cap=cap)
    return Coordination(precision_at(made.alone, tested.truth), precision_at(made.chosen, tested.truth),
                        float(made.expansion_alone.max()), float(made.expansion.max()), made,
                        *_loss(made, tested.truth, found.probability, seed),
                        int((made.expansion >= NEARLY * cap).sum()))  # fmt: skip


def _loss(made: Together, truth: np.ndarray, chance: np.ndarray, seed: int) -> tuple[float, float, float, float]:
    """Loss of precision by coordination, its interval over regions, and the loss that the chances foretold."""

    def rate(told: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.asarray(quotient((told * of).sum(axis=1).astype(float), told.sum(axis=1).astype(float)))

    less = rate(made.alone, truth) - rate(made.chosen, truth)
    draws = stream(seed, "opportunities.coordination").multinomial(len(less), np.full(len(less), 1 / len(less)), size=DRAWS)
    low, high = np.quantile(draws @ less / len(less), [0.025, 0.975])
    return float(less.mean()), float(low), float(high), float((rate(made.alone, chance) - rate(made.chosen, chance)).mean())


def likeness(x: np.ndarray, activities: tuple[str, ...]) -> dict[str, Similarity]:
    """Similarity of all pairs of regions by digit level, key = digits ("" where labels are no codes of one length), finest last.

    With more than 1,500 regions every k-th in order of size stands for all.
    """
    order = np.argsort(x.sum(axis=1), kind="stable")
    some = x[order[:: max(1, -(-len(x) // PAIRED))]]
    lengths = {len(a) for a in activities}
    if len(lengths) != 1 or not all(a.isascii() and a.isalnum() and a[-1].isdigit() for a in activities):
        return {"": similarity(some)}
    found = {}
    for digits in range(1, lengths.pop() + 1):
        heads, into = np.unique([a[:digits] for a in activities], return_inverse=True)
        if len(heads) > 1:
            merged = np.zeros((len(some), len(heads)))
            np.add.at(merged.T, into, some.T)
            found[str(digits)] = similarity(merged)
    return found


def _common(advice: Advice, x: np.ndarray, seed: int) -> dict[str, float]:
    """Overlap of the lists of two regions, beside lists of the same length drawn from the same candidates."""
    candidates = advice.entry > 0
    score = np.where(candidates, stream(seed, "opportunities.common").random(candidates.shape), -1.0)
    place = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1, kind="stable")
    drawn = candidates & (place < advice.lists.chosen.sum(axis=1, keepdims=True))
    made = {"independent": advice.lists.alone, "coordinated": advice.lists.chosen, "random": drawn}
    return {name: overlap(m) for name, m in made.items()}


def _complexity(here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ECI and PCI of the last year; NaN where the presences fall into parts or have too few rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ComplexityWarning)
        try:
            found = eci_pci(here.astype(float))
        except MethodError:
            return np.full(len(here), np.nan), np.full(here.shape[1], np.nan)
    return found.eci, found.pci
