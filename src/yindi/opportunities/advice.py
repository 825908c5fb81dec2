"""From a proof to lists: what to cultivate, prepare, hold, watch, and what not to, each with its chance and its reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import UsageError
from yindi.opportunities.backtest import Backtest
from yindi.opportunities.coordinate import CAP, Together, together
from yindi.opportunities.models import Model
from yindi.opportunities.noise import Interval, rca_interval
from yindi.opportunities.reasons import Reasons, reasons
from yindi.opportunities.rules import rules
from yindi.opportunities.scoring import best
from yindi.opportunities.transitions import (
    EXIT,
    HOLD_OUT,
    MOST,
    OUT_OF_TIME,
    Transition,
    restored,
    transition,
    trial,
)

NONE, CULTIVATE, PREPARE, HOLD, WATCH, DO_NOT = range(6)
CODES = ("", "cultivate", "prepare", "hold", "watch", "do_not")
QUADRANTS = ("strength", "threat", "potential", "weakness", "blank")
SHOWN, WITHHELD, REFUSED = "shown", "withheld", "refused"
TWICE = 2.0


@dataclass(frozen=True, slots=True)
class Advice:
    """Per cell (R,C): chance of entry (0 unless candidate), chance of exit (0 unless present), list (position in CODES) and
    quadrant (position in QUADRANTS); `why` for every listed cell but what is simply held.

    entry_rate, exit_rate: base rates of the transition learned from. entry_state, exit_state: the chances may be shown, are
    withheld (they rank, but the test found them miscalibrated), or refused (nothing was predicted). lists: the cultivated ones
    beside what each region would be told alone. membership (R,C): chance that the quotient really lies on the quadrant's side of
    1, of counts; quotient: its interval; both None where the amounts are no whole numbers.
    """

    entry: np.ndarray
    exit: np.ndarray
    listed: np.ndarray
    quadrant: np.ndarray
    why: Reasons
    entry_rate: float
    exit_rate: float
    entry_state: str
    exit_state: str
    lists: Together
    membership: np.ndarray | None
    quotient: Interval | None

    @property
    def expansion(self) -> np.ndarray:
        """What the cultivated ones imply nationally, (C,) over the total."""
        return self.lists.expansion


@dataclass(frozen=True, slots=True)
class _Guess:
    """Chances (R,C), base rate learned, the level from which a case counts as likely, and whether they may be shown."""

    chance: np.ndarray
    rate: float
    line: float
    state: str


def advise(
    x: np.ndarray,
    found: Backtest,
    *,
    leaving: Backtest | None = None,
    count: int = 5,
    cap: float = CAP,
    why: int = 3,
    seed: int = 0,
) -> Advice:
    """Advice at the last year of a panel x (R,T,C), from a proof of entries that allowed it and, if there is one, of exits.

    The chosen model learns anew, with its settings, on the last transition of the proof's length. cultivate: the best `count` per
    region, all regions together, with the expansion of no activity beyond `cap` of its national total; prepare: chance twice the
    base rate but not among those; hold and watch: present, with an exit chance below or from twice the base rate; do_not: what
    the balanced rule of known tools would put among the region's first, with a chance below the base rate. Where chances are
    miscalibrated, the share of cases that came true is taken from the top of the ranking instead. UsageError after a refusal.
    """
    if not found.allowed or found.model is None:
        raise UsageError(f"Relatedness was refused ({found.verdict}); there is nothing to advise from.")
    learned, now = _steps(x, found, seed)
    entry = _guess(found, learned, now)
    leave = _leaving(x, leaving, learned, now)
    lists = together(entry.chance, now.amounts, now.candidates, count=count, cap=cap)
    listed = _listed(now, entry, leave, lists.chosen, count)
    quadrant = _quadrant(now, entry, leave)
    asked = np.isin(listed, (CULTIVATE, PREPARE, WATCH, DO_NOT))
    interval = rca_interval(now.amounts) if _counts(now.amounts) else None
    membership = None if interval is None else np.where(quadrant <= 1, interval.sure, 1 - interval.sure)
    return Advice(entry.chance, leave.chance, listed, quadrant, reasons(now.here, asked, count=why), entry.rate, leave.rate,
                  entry.state, leave.state, lists, membership, interval)  # fmt: skip


def _steps(x: np.ndarray, found: Backtest, seed: int) -> tuple[Transition, Transition]:
    """What is learned from, and the last year, whose truth nobody knows."""
    end = x.shape[1] - 1
    now = transition(x, end, end)
    if found.kind == HOLD_OUT:
        nothing = replace(now, candidates=now.candidates & (now.amounts == 0))
        return trial(x, HOLD_OUT, seed).folds[0][0], nothing
    return transition(x, end - (end // 2 if found.kind == OUT_OF_TIME else end), end), now


def _guess(found: Backtest, learned: Transition, now: Transition) -> _Guess:
    rate = float(learned.truth[learned.candidates].mean()) if learned.candidates.any() else 0.0
    chance = _chance(found.model, learned, now) if found.model else np.zeros(now.here.shape)
    shown = found.calibrated and found.kind != HOLD_OUT
    line = TWICE * rate if shown else _top(chance[now.candidates], rate)
    return _Guess(chance, rate, line, SHOWN if shown else WITHHELD)


def _top(chance: np.ndarray, rate: float) -> float:
    return float(np.quantile(chance, 1 - rate)) if len(chance) else np.inf


def _chance(model: Model, learned: Transition, now: Transition) -> np.ndarray:
    full = np.zeros(now.candidates.shape)
    everyone = np.ones(len(full), bool)
    x, y, kept = learned.lesson(everyone, model.groups, MOST)
    if now.candidates.any() and y.min(initial=1) < y.max(initial=0):
        told = model.learn(x, y)
        for rows in np.array_split(np.arange(len(full)), max(1, full.size // MOST)):
            some = np.isin(np.arange(len(full)), rows)
            cells = now.candidates & some[:, None]
            if cells.any():
                full[cells] = restored(told(now.rows(some, *model.groups)), kept)
    return full


def _leaving(x: np.ndarray, leaving: Backtest | None, learned: Transition, now: Transition) -> _Guess:
    if leaving is None or not leaving.allowed or leaving.kind == HOLD_OUT:
        return _Guess(np.zeros(now.here.shape), 0.0, np.inf, REFUSED)
    end = x.shape[1] - 1
    start = end - (end // 2 if leaving.kind == OUT_OF_TIME else end)
    before = transition(x, start, end, event=EXIT, known=learned.features)
    return _guess(leaving, before, transition(x, end, end, event=EXIT, known=now.features))


def _listed(now: Transition, entry: _Guess, leave: _Guess, chosen: np.ndarray, count: int) -> np.ndarray:
    listed = np.full(now.here.shape, NONE)
    popular = rules(now.here, now.candidates).get("rule_balanced")
    if popular is not None:
        low = entry.chance < (entry.rate if entry.state == SHOWN else np.median(entry.chance[now.candidates]))
        listed[best(popular, now.candidates, count) & low] = DO_NOT
    listed[now.candidates & (entry.chance >= entry.line)] = PREPARE
    listed[chosen] = CULTIVATE
    listed[now.here] = HOLD
    listed[now.here & (leave.chance >= leave.line)] = WATCH
    return listed


def _quadrant(now: Transition, entry: _Guess, leave: _Guess) -> np.ndarray:
    likely = entry.chance >= (entry.rate if entry.state == SHOWN else entry.line)
    absent = np.where(likely, 2, np.where(now.amounts > 0, 3, 4))
    return np.where(now.here, np.where(leave.chance >= leave.line, 1, 0), absent)


def _counts(made: np.ndarray) -> bool:
    return bool((made == np.floor(made)).all() and made.max(initial=0) > 1)
