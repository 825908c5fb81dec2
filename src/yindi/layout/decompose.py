"""Price coordination (Dantzig-Wolfe): national rows are priced, regions answer exactly, a master weighs their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.layout.assemble import Parts
from yindi.layout.highs import Master
from yindi.layout.knapsack import Prices, Reply, best_replies, regional
from yindi.layout.model import Matrix
from yindi.layout.national import National

OWN = ("package", "most", "least", "units")
BOX, ROUNDS, PATIENCE = 0.1, 40, 0.25


@dataclass(frozen=True, slots=True)
class Coordinated:
    """What coordination by prices proves and proposes: the `bound`, the prices (N,) of the national rows that prove it, how much
    of each column (E,P) the master holds, the replies used (E,P), whole pairs of each region, and the number of rounds."""

    bound: float
    prices: np.ndarray
    weight: np.ndarray
    used: np.ndarray
    whole: np.ndarray
    rounds: int


class Split:
    """A national model split in what regions decide alone and what they decide together."""

    def __init__(self, n: National, parts: Parts, matrix: Matrix):
        from scipy.sparse import csr_matrix

        self.n, self.parts, self.matrix = n, parts, matrix
        own = np.zeros(len(matrix.row_lower), bool)
        for name, block in parts.model.rows.items():
            own[block.span] |= name.split(" ")[0] in OWN
        self.rows = np.flatnonzero(~own)
        shape = (len(matrix.row_lower), len(matrix.cost))
        together = csr_matrix((matrix.coefficient, matrix.index, matrix.start), shape=shape)[self.rows]
        self.transposed = together.T.tocsr()
        self.regions = regional(n)
        own_columns = [parts.plan.ravel(), parts.slot, parts.add.ravel()]
        self.mine: np.ndarray = np.concatenate(own_columns)
        self.owner: np.ndarray = np.concatenate([np.repeat(n.region, parts.plan.shape[1]), np.arange(n.regions),
                                     np.repeat(np.arange(n.regions), parts.add.shape[1])])  # fmt: skip
        self.shared = np.setdiff1d(np.arange(shape[1]), self.mine)
        self.together, self.columns = together[:, self.shared].tocsc(), together[:, self.mine].tocsc()
        self.lower, self.upper = _implied(n, parts, matrix)
        self.low, self.high = matrix.row_lower[self.rows], matrix.row_upper[self.rows]

    def signed(self, price: np.ndarray) -> np.ndarray:
        """Prices with the sign their rows allow."""
        price = np.where(np.isinf(self.high), np.minimum(price, 0.0), price)
        return np.where(np.isinf(self.low), np.maximum(price, 0.0), price)

    def value(self, price: np.ndarray, start: np.ndarray | None) -> tuple[float, Reply]:
        """The Lagrangian bound at prices (N,) of the national rows, and the regions' exact replies."""
        net = self.matrix.cost - self.transposed @ price
        side = np.where(
            price > 0, np.where(np.isfinite(self.high), self.high, 0.0), np.where(np.isfinite(self.low), self.low, 0.0)
        )
        shared = net[self.shared]
        best = np.maximum(shared * self.lower[self.shared], shared * self.upper[self.shared])
        unit = -net[self.parts.add].max(axis=0, initial=-np.inf)
        told = Prices(net[self.parts.plan], float(-net[self.parts.slot].max(initial=-np.inf)), unit)
        reply = best_replies(self.regions, told, start=start)
        return float(price @ side + best.sum() + reply.value.sum()), reply

    def point(self, plan: np.ndarray) -> np.ndarray:
        """The regional columns of a plan (E,P): the plan, places and units borrowed."""
        n = self.n
        held = np.bincount(n.region, plan.sum(axis=1), minlength=n.regions)
        spent = [np.bincount(n.region, (plan * n.cost[..., m]).sum(axis=1), minlength=n.regions) for m in range(len(n.pool))]
        used = np.array(spent).reshape(len(n.pool), n.regions).T
        return np.concatenate([plan.ravel(), np.maximum(0.0, held - n.most), np.maximum(0.0, used - n.units).ravel()])

    def column(self, plan: np.ndarray) -> tuple[Any, np.ndarray]:
        """One master column a region: its part in the national rows, and its value."""
        from scipy.sparse import csr_matrix

        x = self.point(plan)
        at = np.flatnonzero(x)
        spread = csr_matrix((x[at], (at, self.owner[at])), shape=(len(x), self.n.regions))
        return (self.columns @ spread).tocsc(), np.asarray(spread.T @ self.matrix.cost[self.mine]).ravel()


def _implied(n: National, parts: Parts, matrix: Matrix) -> tuple[np.ndarray, np.ndarray]:
    """Bounds on every column that all plans keep, so that any prices prove a finite bound."""
    lower, upper, blocks = matrix.lower.copy(), matrix.upper.copy(), parts.model.columns
    most = np.bincount(n.industry, n.capacity.max(axis=1, initial=0.0), minlength=n.industries)
    rise = np.bincount(n.region, np.abs(n.uplift).max(axis=1, initial=0.0), minlength=n.regions)
    span = float(np.ptp(n.level) + rise.max(initial=0.0) * 2) if len(n.level) else 0.0
    most_of = {"built": most, "over dear": np.maximum(0.0, n.existing + most - n.high), "duplicated": float(n.regions),
               "under": np.maximum(0.0, n.low - n.existing), "shortfall": 2 * span + 1}  # fmt: skip
    for name, value in most_of.items():
        if name in blocks:
            upper[blocks[name].span] = np.minimum(upper[blocks[name].span], value)
    if "threshold" in blocks:
        lower[blocks["threshold"].span] = n.level.min() - rise.max(initial=0.0)
        upper[blocks["threshold"].span] = n.level.max() + rise.max(initial=0.0)
    return lower, upper


def coordinate(
    split: Split, prices: np.ndarray, *, gap: float, rounds: int = ROUNDS, first: tuple[float, Reply] | None = None
) -> Coordinated:
    """Prices improved until master and bound agree to a quarter of `gap`, or after `rounds`; the bound holds at any time.

    `first`: what `split.value` says of the prices, where that is known.

    The master's prices stay in a box around the first ones (boxstep), which should be the relaxation's. Source: Dantzig and Wolfe
    (1960), du Merle and others (1999).
    """
    best_price = split.signed(prices)
    width = BOX * float(np.abs(split.matrix.cost[split.parts.plan]).mean()) if split.parts.plan.size else 1.0
    master = Master(split.together, split.matrix.cost[split.shared], (split.lower[split.shared], split.upper[split.shared]),
                    (split.low, split.high), split.n.regions, best_price, width)  # fmt: skip
    bound, price, start = np.inf, best_price, None
    used: np.ndarray = np.zeros(split.parts.plan.shape)
    plans: list[np.ndarray] = []
    for turn in range(rounds):
        value, reply = first if first is not None and turn == 0 else split.value(price, start)
        if not np.isfinite(value):
            break
        if value < bound - 1e-9 * abs(value):
            bound, best_price = value, price
        start, used = reply.multipliers, np.maximum(used, reply.plan)
        plans.append(reply.plan)
        master.add(*split.column(reply.plan))
        level, told = master.solve()
        if bound - level <= PATIENCE * gap * abs(bound):
            break
        price = 0.5 * best_price + 0.5 * split.signed(told)
    return _held(split, master, plans, bound, best_price, used, len(plans))


def _held(
    split: Split, master: Master, plans: list[np.ndarray], bound: float, prices: np.ndarray, used: np.ndarray, rounds: int
) -> Coordinated:
    """The master's weights on pairs; a region is whole where all its weights are 0 or 1."""
    weight, region = np.zeros_like(used), split.n.region
    for share, plan in zip(master.weights(), plans, strict=True):
        weight += plan * share[region][:, None]
    part = np.minimum(weight, 1 - weight).max(axis=1, initial=0.0) > 1e-6
    whole = np.bincount(region, part, minlength=split.n.regions) == 0
    return Coordinated(bound, prices, weight, used, whole, rounds)
