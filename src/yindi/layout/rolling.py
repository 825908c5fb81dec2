"""Rolling horizon: one layout a period, values re-estimated by what is held, and what a stepping stone is worth later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.problem import Problem
from yindi.layout.solver import solve
from yindi.layout.sound import require_solve
from yindi.layout.variants import aiming_at, completed

SURE = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Rolled:
    """Period (R,C) in which each pair is begun (0: never), discounted value (T,) of what each period begins, and the option
    values (R,C) that the first period added."""

    begun: np.ndarray
    value: np.ndarray
    option: np.ndarray

    @property
    def total(self) -> float:
        """Discounted value of all periods."""
        return float(self.value.sum())


def raised(value: np.ndarray, held: np.ndarray, related: np.ndarray, lift: float) -> np.ndarray:
    """Values (R,C) once `held` (R,C) is there: each industry gains `lift` times its relatedness to the nearest one held.

    `related` (C,C) in [0,1], row: what is held, column: what it helps.
    """
    near = np.where(held[:, :, None] > 0, related[None], 0.0).max(axis=1, initial=0.0)
    return np.asarray(value * (1.0 + lift * near))


def option_value(
    value: np.ndarray, related: np.ndarray, *, lift: float, places: np.ndarray, discount: float, open_: np.ndarray
) -> np.ndarray:
    """(R,C) what holding an industry adds to the value of the region's own best `places` (R,) next industries (期权价值)."""
    after, free = np.zeros_like(value), np.where(open_, value, 0.0)
    for c in range(value.shape[1]):
        then = free * (1.0 + lift * related[c])
        then[:, c] = 0.0
        now = free.copy()
        now[:, c] = 0.0
        after[:, c] = _top(then, places) - _top(now, places)
    return np.asarray(discount * after)


def _top(value: np.ndarray, places: np.ndarray) -> np.ndarray:
    rank = np.arange(value.shape[1])[None, :]
    return np.asarray(np.where(rank < places[:, None], -np.sort(-value, axis=1), 0.0).sum(axis=1))


def rolling(
    problem: Problem,
    related: np.ndarray,
    *,
    periods: int,
    lift: float,
    discount: float = 1.0,
    stepping: bool = True,
    gap: float = 1e-6,
    seed: int = 0,
) -> Rolled:
    """Begin the layout over `periods`: each period releases an equal part (rounded up) of portfolios and national limits.

    What was begun stays. After each period values rise with relatedness to what is held; with `stepping` every period but the
    last adds to each pair what it would open next. Locked pairs, smallest portfolios, the floor and least regions hold at the
    end: where what a period would begin leaves no plan that keeps them, it begins only pairs of a plan that does. Raises
    InfeasibleError as solve does.
    """
    if not isinstance(periods, int | np.integer) or periods < 1 or not 0 < discount <= 1 or not 0 <= lift < np.inf:
        raise MethodError("layout: periods are 1 or more, the discount lies in (0, 1], the lift is not negative.")
    shares = np.asarray(related, float)
    if shares.shape != (problem.value.shape[1],) * 2 or not ((shares >= 0) & (shares <= 1)).all():
        raise MethodError("layout: `related` must be (C,C) with numbers in [0, 1].")
    require_solve(gap, seed)
    once = solve(problem, gap=gap, seed=seed)
    floor = once.floor * SURE if problem.floor > 0 and once.lagging_best > 0 else None
    begun, worth, first, whole = np.zeros(problem.value.shape), [], np.zeros(problem.value.shape), once.allocation
    for t in range(1, periods + 1):
        held = (begun > 0).astype(float)
        now = raised(problem.value, held, shares, lift) if t > 1 else problem.value
        extra = np.zeros_like(now)
        if stepping and t < periods:
            left = np.where(
                np.isfinite(problem.portfolio_max), np.ceil(problem.portfolio_max / np.float64(periods)), now.shape[1]
            )
            extra = option_value(now, shares, lift=lift, places=left, discount=discount, open_=problem.open & (held == 0))
            first = extra if t == 1 else first
        if t < periods:
            found, whole = _begun(problem, now + extra, held, t / periods, floor, whole, gap=gap, seed=seed)
        else:
            found = aiming_at(_kept(problem, held), now, floor=floor, gap=gap, seed=seed)
        new = (found > 0) & (begun == 0)
        begun[new] = t
        worth.append(discount ** (t - 1) * float(now[new].sum()))
    return Rolled(begun, np.array(worth), first)


def _begun(
    problem: Problem, value: np.ndarray, held: np.ndarray, share: float, floor: float | None, whole: np.ndarray, *,
    gap: float, seed: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """What is held after a period (R,C), and a plan of the whole horizon that holds it; `whole` is such a plan until now."""
    early = _period(problem, value, held, share)
    free = solve(early, gap=gap, seed=seed).allocation
    end = completed(_kept(problem, free), floor, seed=seed)
    if end is not None:
        return free, end
    return solve(replace(early, closed=np.asarray(early.closed) | (whole == 0)), gap=gap, seed=seed).allocation, whole


def _kept(problem: Problem, held: np.ndarray) -> Problem:
    """The problem with what is held locked."""
    return replace(problem, locked=np.asarray(problem.locked) | (held > 0))


def _period(problem: Problem, value: np.ndarray, held: np.ndarray, share: float) -> Problem:
    """The problem of an early period: limits up to `share` of the horizon's; what is held stays."""
    most, limit = (np.ceil(np.round(np.asarray(x) * share, 9)) for x in (problem.portfolio_max, problem.limit))
    early = None if problem.nation is None else replace(problem.nation, strategic_least=0, strategic_share=1.0, under=0.0)
    return replace(problem, value=value, limit=limit, portfolio_max=most, portfolio_min=np.zeros(len(value)), locked=held > 0,
                   floor=0.0, nation=early)  # fmt: skip


def relatedness(profiles: Sequence[Sequence[float]] | np.ndarray) -> np.ndarray:
    """Cosine (C,C) of what industries ask for (C,K) >= 0, nothing on the diagonal."""
    given = np.asarray(profiles, float)
    length = np.linalg.norm(given, axis=1)
    unit = np.divide(given, length[:, None], out=np.zeros_like(given), where=length[:, None] > 0)
    cosine = np.clip(unit @ unit.T, 0.0, 1.0)
    np.fill_diagonal(cosine, 0.0)
    return np.asarray(cosine)
