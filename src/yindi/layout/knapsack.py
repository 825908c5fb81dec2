"""Each region's best reply to prices, exactly and for all regions at once: a knapsack with whole units, places and pools.

Multipliers of a region's own limits bound its reply from above, a greedy choice from below; what the two leave open is
enumerated by labels, of which those that have lost too much against the bound are dropped (Lagrangian reduction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.layout.national import National

STEPS, GROW, SHRINK, FIRST = 60, 1.25, 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Regional:
    """The rules of each region alone: `pair` (R,K) positions padded with -1, `cost` (R,K,P,M), `locked` (R,K), `units` (R,M),
    `least`, `most` (R,), `borrow` (M,) units a pool could lend, `places` beyond the portfolio."""

    pair: np.ndarray
    cost: np.ndarray
    locked: np.ndarray
    units: np.ndarray
    least: np.ndarray
    most: np.ndarray
    borrow: np.ndarray
    places: float


@dataclass(frozen=True, slots=True)
class Prices:
    """Net value (E,P) of pairs and packages at the national prices; price of a further place, price (M,) of a borrowed unit."""

    net: np.ndarray
    place: float
    unit: np.ndarray


@dataclass(frozen=True, slots=True)
class Reply:
    """Best replies: `plan` (E,P), `value` (R,) net of what is borrowed (-inf: the region has no plan), `multipliers` (R,1+M)."""

    plan: np.ndarray
    value: np.ndarray
    multipliers: np.ndarray


@dataclass(frozen=True, slots=True)
class _Labels:
    """Partial replies: region, industries held, units used (.,M), value, and what was lost against the bound."""

    region: np.ndarray
    count: np.ndarray
    used: np.ndarray
    value: np.ndarray
    lost: np.ndarray

    def take(self, at: np.ndarray) -> _Labels:
        return _Labels(self.region[at], self.count[at], self.used[at], self.value[at], self.lost[at])


@dataclass(frozen=True, slots=True)
class _Open:
    """What is left to decide: options (R,K,1+P) that stay, their loss, which pairs are undecided and the choice of the others."""

    live: np.ndarray
    loss: np.ndarray
    undecided: np.ndarray
    settled: np.ndarray


def regional(n: National) -> Regional:
    """The regions' own rules of a national layout."""
    order = np.argsort(n.region, kind="stable")
    held = np.bincount(n.region, minlength=n.regions)
    place = np.arange(len(order)) - np.repeat(np.cumsum(held) - held, held)
    pair = np.full((n.regions, int(held.max(initial=0))), -1)
    pair[n.region[order], place] = order
    known = pair >= 0
    cost = np.where(known[..., None, None], n.cost[pair], 0.0)
    return Regional(pair, cost, known & n.locked[pair], n.units, n.least, n.most, n.pool.astype(float),
                    float(min(n.slot_most, n.slots)))  # fmt: skip


def best_replies(g: Regional, p: Prices, *, start: np.ndarray | None = None) -> Reply:
    """The exact best reply of every region; `start`: multipliers of an earlier call, from which the search begins."""
    net = np.where((g.pair >= 0)[..., None], p.net[g.pair], -np.inf)
    found, bound = multipliers(g, p, net, start)
    worth = _worth(g, net, found)
    low = _greedy(g, p, net, worth)
    room = np.where(np.isfinite(low), bound - low, 0.1 * np.abs(bound) + 1e-3) + 1e-9
    plan, value = np.zeros_like(p.net), np.full(len(bound), -np.inf)
    left = np.arange(len(bound))
    while len(left):
        part, best = _enumerate(_rows(g, left), p, net[left], worth[left], room[left])
        plan, value[left] = np.maximum(plan, part) if len(left) < len(bound) else part, best
        short = bound[left] - best > room[left] * (1 + 1e-9) + 1e-9
        left = left[short & np.isfinite(room[left])]
        plan[g.pair[left][g.pair[left] >= 0]] = 0.0
        room[left] = np.where(np.isfinite(value[left]), bound[left] - value[left],
                              np.where(room[left] > 10 * np.abs(bound[left]) + 1, np.inf, 4 * room[left]))  # fmt: skip
    return Reply(plan, value, found)


def _rows(g: Regional, rows: np.ndarray) -> Regional:
    if len(rows) == len(g.pair):
        return g
    return Regional(g.pair[rows], g.cost[rows], g.locked[rows], g.units[rows], g.least[rows], g.most[rows], g.borrow, g.places)


def _worth(g: Regional, net: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Net value (R,K,P) less what the multipliers charge for the place and the units."""
    worth = net - held[:, 0, None, None]
    for m in range(g.units.shape[1]):
        worth = worth - held[:, 1 + m, None, None] * g.cost[..., m]
    return np.asarray(worth)


def _best(worth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pick = worth.argmax(axis=2)
    return pick, np.take_along_axis(worth, pick[..., None], axis=2)[..., 0]


def multipliers(g: Regional, p: Prices, net: np.ndarray, start: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Multipliers (R,1+M) of places and units, and the bound (R,) they put on each region's reply; steps follow signs."""
    r, m = g.units.shape
    size = float(np.abs(net[np.isfinite(net)]).max(initial=1e-9))
    here = np.zeros((r, 1 + m)) if start is None else start.copy()
    step, last = np.full_like(here, size * (FIRST if start is None else FIRST / 5)), np.zeros_like(here)
    found, bound = here.copy(), np.full(r, np.inf)
    lowest = np.where(g.least > 0, -2 * size, 0.0)
    for _ in range(STEPS if net.shape[1] else 1):
        pick, best = _best(_worth(g, net, here)) if net.shape[1] else (np.zeros((r, 0), int), np.zeros((r, 0)))
        take = (best > 0) | g.locked
        value = _charged(g, p, here) + np.where(take, best, 0.0).sum(axis=1)
        better = value < bound
        bound, found = np.where(better, value, bound), np.where(better[:, None], here, found)
        slope = np.sign(_used(g, pick, take) - _limits(g, p, here))
        step *= np.where(slope * last > 0, GROW, np.where(slope * last < 0, SHRINK, 1.0))
        last, here = slope, here + slope * step
        here[:, 0], here[:, 1:] = np.maximum(here[:, 0], lowest), np.maximum(here[:, 1:], 0.0)
    return found, bound


def _used(g: Regional, pick: np.ndarray, take: np.ndarray) -> np.ndarray:
    """Industries held and units used (R,1+M)."""
    chosen = (
        np.take_along_axis(g.cost, pick[..., None, None], axis=2)[:, :, 0]
        if pick.size
        else np.zeros((*pick.shape, g.units.shape[1]))
    )
    return np.concatenate([take.sum(axis=1)[:, None], (chosen * take[..., None]).sum(axis=1)], axis=1)


def _limits(g: Regional, p: Prices, held: np.ndarray) -> np.ndarray:
    """Places and units (R,1+M) a region has at its multipliers: where these exceed a pool's price it borrows."""
    count = np.where(held[:, 0] >= 0, g.most + g.places * (held[:, 0] > p.place), g.least)
    return np.concatenate([count[:, None], g.units + g.borrow * (held[:, 1:] > p.unit)], axis=1)


def _charged(g: Regional, p: Prices, held: np.ndarray) -> np.ndarray:
    """What the multipliers charge the limits (R,): the constant of each region's bound."""
    first = held[:, 0]
    count = np.where(first >= 0, first * g.most + g.places * np.maximum(0.0, first - p.place), first * g.least)
    return np.asarray(count + (held[:, 1:] * g.units + g.borrow * np.maximum(0.0, held[:, 1:] - p.unit)).sum(axis=1))


def _loan(g: Regional, p: Prices, region: np.ndarray, count: np.ndarray, used: np.ndarray) -> np.ndarray:
    """What places and units beyond a region's own cost; infinite where no pool could lend them or too few are held."""
    more, extra = np.maximum(0.0, count - g.most[region]), np.maximum(0.0, used - g.units[region])
    shut = (more > g.places) | (count < g.least[region]) | (extra > g.borrow).any(axis=1)
    return np.where(shut, np.inf, p.place * more + extra @ p.unit)


def _greedy(g: Regional, p: Prices, net: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Value (R,) of taking pairs in the order of their worth while each pays its way; -inf where that breaks a rule."""
    r = np.arange(len(g.pair))
    count, used, total = np.zeros(len(r)), np.zeros_like(g.units), np.zeros(len(r))
    if not net.shape[1]:
        return np.where(g.least > 0, -np.inf, 0.0)
    pick, best = _best(worth)
    for k in np.argsort(-np.where(g.locked, np.inf, best), axis=1, kind="stable").T:
        gain, cost = net[r, k, pick[r, k]], g.cost[r, k, pick[r, k]]
        held = p.place * np.maximum(0, count - g.most) + np.maximum(0, used - g.units) @ p.unit
        more, extra = np.maximum(0, count + 1 - g.most), np.maximum(0, used + cost - g.units)
        fits = (more <= g.places) & (extra <= g.borrow).all(axis=1) & np.isfinite(gain)
        pays = gain > p.place * more + extra @ p.unit - held
        take = g.locked[r, k] | (fits & (pays | (count < g.least)))
        count, used, total = count + take, used + cost * take[:, None], total + np.where(take, gain, 0.0)
    loan = _loan(g, p, r, count, used)
    return np.where(np.isfinite(loan), total - np.where(np.isfinite(loan), loan, 0.0), -np.inf)


def _reduce(g: Regional, worth: np.ndarray, room: np.ndarray) -> _Open:
    """Options (nothing, or one of the packages) that have not lost more than `room` against the best of their pair."""
    held = g.pair >= 0
    options = np.concatenate([np.where(g.locked, -np.inf, 0.0)[..., None], worth], axis=2)
    loss = options.max(axis=2)[..., None] - options
    live = (loss <= room[:, None, None]) & np.isfinite(options)
    live[~held], loss[~held] = False, 0.0
    live[~held, 0] = True
    undecided = live.sum(axis=2) > 1
    return _Open(live, loss, undecided, np.where(undecided, 0, live.argmax(axis=2)))


def _enumerate(g: Regional, p: Prices, net: np.ndarray, worth: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best reply (E,P) and its value (R,) among those that have not lost more than `room` (R,)."""
    left = _reduce(g, worth, room)
    held, chosen = left.settled > 0, np.maximum(left.settled - 1, 0)
    value = (
        np.where(held, np.take_along_axis(net, chosen[..., None], axis=2)[..., 0], 0.0).sum(axis=1) if net.shape[1] else room * 0
    )
    used = _used(g, chosen, held)
    labels = _Labels(np.arange(len(room)), used[:, 0], used[:, 1:], value, np.zeros(len(room)))
    second = np.sort(np.where(left.live, left.loss, np.inf), axis=2)[..., 1]
    order = np.argsort(np.where(left.undecided, -second, np.inf), axis=1, kind="stable")
    back: list[tuple[np.ndarray, np.ndarray]] = []
    for s in range(int(left.undecided.sum(axis=1).max(initial=0))):
        labels, parent, option = _extend(g, left, net, room, labels, order[:, s])
        back.append((parent, option))
    total = labels.value - _loan(g, p, labels.region, labels.count, labels.used)
    return _trace(g, p, left, order, back, labels.region, total)


def _extend(
    g: Regional, left: _Open, net: np.ndarray, room: np.ndarray, labels: _Labels, item: np.ndarray
) -> tuple[_Labels, np.ndarray, np.ndarray]:
    """Every label with every option of its region's next pair; of equal count and units only the best stays."""
    at = item[labels.region]
    lost = labels.lost[:, None] + left.loss[labels.region, at]
    parent, option = np.nonzero(left.live[labels.region, at] & (lost <= room[labels.region, None]))
    region, pair = labels.region[parent], at[parent]
    holds, package = (option > 0) & left.undecided[region, pair], np.maximum(option - 1, 0)
    used = labels.used[parent] + g.cost[region, pair, package] * holds[:, None]
    count = labels.count[parent] + holds
    value = labels.value[parent] + np.where(holds, net[region, pair, package], 0.0)
    fits = (count <= g.most[region] + g.places) & (used <= g.units[region] + g.borrow).all(axis=1)
    made = _Labels(region, count, used, value, lost[parent, option])
    keep = np.flatnonzero(fits)
    keep = keep[_undominated(made.take(keep))]
    return made.take(keep), parent[keep], option[keep]


def _undominated(labels: _Labels) -> np.ndarray:
    """Of labels with the same region, count and units the one of highest value."""
    key = labels.region.astype(np.int64)
    for part in (labels.count, *labels.used.T):
        key = key * (int(part.max(initial=0)) + 1) + part.astype(np.int64)
    order = np.lexsort((-labels.value, key))
    return np.sort(order[np.append(True, np.diff(key[order]) != 0)]) if len(order) else order


def _trace(
    g: Regional,
    p: Prices,
    left: _Open,
    order: np.ndarray,
    back: list[tuple[np.ndarray, np.ndarray]],
    region: np.ndarray,
    total: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    rank = np.lexsort((-total, region))
    label = rank[np.append(True, np.diff(region[rank]) != 0)] if len(rank) else rank
    value, where, choice = np.full(len(order), -np.inf), region[label], left.settled.copy()
    value[where] = total[label]
    for s in range(len(back) - 1, -1, -1):
        parent, option = back[s]
        item, label, picked = order[where, s], parent[label], option[label]
        choice[where, item] = np.where(left.undecided[where, item], picked, choice[where, item])
    choice[~np.isfinite(value)] = 0
    plan = np.zeros_like(p.net)
    a, b = np.nonzero((choice > 0) & (g.pair >= 0))
    plan[g.pair[a, b], choice[a, b] - 1] = 1.0
    return plan, value
