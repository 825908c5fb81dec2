"""From a proof to lists: what to cultivate, prepare, hold, watch, and what not to, each with its chance and its reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import UsageError
from yindi.opportunities.backtest import Backtest
from yindi.opportunities.coordinate import lists
from yindi.opportunities.models import MODELS, Model
from yindi.opportunities.relatedness import proximity
from yindi.opportunities.rules import rules
from yindi.opportunities.scoring import best
from yindi.opportunities.transitions import OUT_OF_TIME, Transition, transition

NONE, CULTIVATE, PREPARE, HOLD, WATCH, DO_NOT = range(6)
CODES = ("", "cultivate", "prepare", "hold", "watch", "do_not")
QUADRANTS = ("strength", "threat", "potential", "weakness", "blank")
TWICE = 2.0


@dataclass(frozen=True, slots=True)
class Advice:
    """Per cell (R,C): chance of entry (0 unless candidate), chance of exit (0 unless present), list (position in CODES), quadrant
    (position in QUADRANTS), and `carried` (R,C,k) positions of the present activities nearest to a listed one, -1 where none.

    entry_rate and exit_rate are the base rates of the learned transition; `expansion` (C,) is what the lists imply nationally.
    """

    entry: np.ndarray
    exit: np.ndarray
    listed: np.ndarray
    quadrant: np.ndarray
    carried: np.ndarray
    entry_rate: float
    exit_rate: float
    expansion: np.ndarray


def advise(x: np.ndarray, found: Backtest, *, count: int = 5, cap: float = 0.10, why: int = 3) -> Advice:
    """Advice at the last year of a panel x (R,T,C), from a proof that allowed it.

    The chosen model learns anew on the last transition of the proof's length. cultivate: the best `count` per region, all regions
    together, with the expansion of no activity beyond `cap` of its national total; prepare: chance twice the base rate but not
    among those; hold and watch: present, with an exit chance up to or above twice the base rate; do_not: what the balanced rule
    of known tools would put among the region's first, with a chance below the base rate. UsageError where the proof refused.
    """
    if not found.allowed:
        raise UsageError(f"Relatedness was refused ({found.verdict}); there is nothing to advise from.")
    end = x.shape[1] - 1
    start = end - (end // 2 if found.kind == OUT_OF_TIME else end)
    learned, now = transition(x, start, end), transition(x, end, end)
    model = next(m for m in MODELS if m.name == found.chosen)
    entry = _guess(model, learned, now, learned.candidates, learned.truth, now.candidates)
    gone = learned.here & ~now.here
    leave = _guess(Model("logit_exit", model.groups), learned, now, learned.here, gone, now.here)
    rates = (_rate(learned.truth, learned.candidates), _rate(gone, learned.here))
    made = now.amounts
    expected = made.sum(axis=1, keepdims=True) * made.sum(axis=0) / made.sum()
    more = np.maximum(expected - made, 0.0)
    chosen = lists(entry, more, cap * made.sum(axis=0), count=count, candidates=now.candidates).chosen
    listed = _listed(now, entry, leave, chosen, rates, count)
    total = np.where(made.sum(axis=0) > 0, made.sum(axis=0), 1.0)
    return Advice(entry, leave, listed, _quadrant(now, entry, leave, rates), _carried(now.here, listed, why), *rates,
                  (chosen * more).sum(axis=0) / total)  # fmt: skip


def _rate(truth: np.ndarray, cells: np.ndarray) -> float:
    return float(truth[cells].mean()) if cells.any() else 0.0


def _guess(
    model: Model, learned: Transition, now: Transition, cells: np.ndarray, truth: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    full = np.zeros(asked.shape)
    outcome = truth[cells].astype(float)
    if asked.any() and len(outcome) and outcome.min() < outcome.max():
        full[asked] = model.learn(learned.features.of(*model.groups)[cells], outcome)(now.features.of(*model.groups)[asked])
    return full


def _listed(
    now: Transition, entry: np.ndarray, leave: np.ndarray, chosen: np.ndarray, rates: tuple[float, float], count: int
) -> np.ndarray:
    listed = np.full(entry.shape, NONE)
    popular = rules(now.here, now.candidates).get("rule_balanced")
    if popular is not None:
        listed[best(popular, now.candidates, count) & (entry < rates[0])] = DO_NOT
    listed[now.candidates & (entry >= TWICE * rates[0])] = PREPARE
    listed[chosen] = CULTIVATE
    listed[now.here] = HOLD
    listed[now.here & (leave > TWICE * rates[1])] = WATCH
    return listed


def _quadrant(now: Transition, entry: np.ndarray, leave: np.ndarray, rates: tuple[float, float]) -> np.ndarray:
    absent = np.where(entry >= rates[0], 2, np.where(now.amounts > 0, 3, 4))
    return np.where(now.here, np.where(leave > TWICE * rates[1], 1, 0), absent)


def _carried(here: np.ndarray, listed: np.ndarray, why: int) -> np.ndarray:
    """The present activities nearest to each listed absent one, best first."""
    phi = proximity(here.astype(float))
    carried = np.full((*here.shape, why), -1)
    for r, p in np.argwhere((listed == CULTIVATE) | (listed == PREPARE)):
        near = phi[:, p] * here[r]
        order = np.argsort(-near, kind="stable")[:why]
        carried[r, p, : len(order)] = np.where(near[order] > 0, order, -1)
    return carried
