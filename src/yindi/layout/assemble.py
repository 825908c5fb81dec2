"""The national layout as named rows and columns; regions' own rows first, then the rows that join them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.layout.model import Labels, LayoutModel
from yindi.layout.national import National

Term = tuple[np.ndarray, np.ndarray, np.ndarray | float]


@dataclass(frozen=True, slots=True)
class Parts:
    """The model, the columns of pairs and packages (E,P), of further places (R,) and of borrowed units (R,M)."""

    model: LayoutModel
    plan: np.ndarray
    slot: np.ndarray
    add: np.ndarray


def assemble(n: National) -> Parts:
    """The whole model of LAYOUT 2.2; everything but plan, places and borrowed units is continuous."""
    model, (e, p) = LayoutModel(), n.value.shape
    plan = model.add_columns("plan", _names(n, "column", e * p), cost=n.value.ravel(), upper=1.0, integer=True).reshape(e, p)
    slot = model.add_columns("slot", _names(n, "region", n.regions), upper=float(n.slot_most), integer=True)
    add = model.add_columns("add", _names(n, "unit", n.units.size), integer=True)
    parts = Parts(model, plan, slot, add.reshape(n.units.shape))
    _regional(n, parts)
    _pools(n, parts)
    total = _bands(n, parts)
    _zones(n, parts)
    _strategic(n, parts, total)
    _floor(n, parts)
    _gap(n, parts)
    _links(n, parts)
    return parts


def attach(n: National, model: LayoutModel, pairs: np.ndarray) -> Parts:
    """The rules of a National as further rows of a model that has a column a pair (E,) and their portfolios already.

    Where packages differ each pair is the sum of its packages; else the pairs' own columns stand for them.
    """
    e, p = n.value.shape
    if p == 1 and not n.value.any():
        plan = pairs.reshape(e, 1)
    else:
        plan = model.add_columns("plan", _names(n, "column", e * p), cost=n.value.ravel(), upper=1.0, integer=True).reshape(e, p)
    slot = model.add_columns("slot", _names(n, "region", n.regions), upper=float(n.slot_most), integer=True)
    add = model.add_columns("add", _names(n, "unit", n.units.size), integer=True)
    parts = Parts(model, plan, slot, add.reshape(n.units.shape))
    if plan.size != pairs.size or (plan.ravel() != pairs).any():
        every = np.arange(e)
        model.add_rows("package", _names(n, "pair", e), lower=0.0, upper=0.0,
                       terms=[_flat(n, every, parts, 1.0), (every, pairs, -1.0)])  # fmt: skip
    _units(n, parts)
    _pools(n, parts)
    total = _bands(n, parts)
    _zones(n, parts)
    _strategic(n, parts, total)
    _links(n, parts)
    return parts


def _names(n: National, kind: str, count: int) -> Labels:
    say = {"region": n.name_region, "industry": n.name_industry, "pair": n.name_pair}.get(kind)
    return Labels(count, say or (lambda k: f"{kind} {k + 1}"))


def _flat(n: National, at: np.ndarray, parts: Parts, value: np.ndarray | float) -> Term:
    """A term over all packages: row `at` (E,) of each pair."""
    wide = np.broadcast_to(at[:, None], parts.plan.shape).ravel()
    return wide, parts.plan.ravel(), np.broadcast_to(np.asarray(value, float), parts.plan.shape).ravel()


def _regional(n: National, parts: Parts) -> None:
    model, every = parts.model, np.arange(len(n.region))
    model.add_rows("package", _names(n, "pair", len(every)), lower=n.locked.astype(float), upper=1.0,
                   terms=[_flat(n, every, parts, 1.0)])  # fmt: skip
    regions = np.arange(n.regions)
    names = _names(n, "region", n.regions)
    model.add_rows("most", names, upper=n.most, terms=[_flat(n, n.region, parts, 1.0), (regions, parts.slot, -1.0)])
    model.add_rows("least", names, lower=n.least, terms=[_flat(n, n.region, parts, 1.0)])
    _units(n, parts)


def _units(n: National, parts: Parts) -> None:
    regions, names = np.arange(n.regions), _names(n, "region", n.regions)
    for m in range(len(n.pool)):
        terms = [_flat(n, n.region, parts, n.cost[..., m]), (regions, parts.add[:, m], -1.0)]
        parts.model.add_rows(f"units {m + 1}", names, upper=n.units[:, m], terms=terms)


def _pools(n: National, parts: Parts) -> None:
    zero = np.zeros(n.regions, np.intp)
    parts.model.add_rows("slots", ["slots"], upper=float(n.slots), terms=[(zero, parts.slot, 1.0)])
    for m, pool in enumerate(n.pool):
        parts.model.add_rows(f"pool {m + 1}", [n.name_capability(m)], upper=float(pool), terms=[(zero, parts.add[:, m], 1.0)])


def _bands(n: National, parts: Parts) -> np.ndarray:
    """Columns T (C,) of what is built, and the band around existing + T with its prices."""
    model, every, names = parts.model, np.arange(n.industries), _names(n, "industry", n.industries)
    total = model.add_columns("built", names)
    model.add_rows("built", names, lower=0.0, upper=0.0, terms=[_flat(n, n.industry, parts, n.capacity), (every, total, -1.0)])
    cheap = model.add_columns("over cheap", names, cost=-n.over[0], upper=n.cheaply)
    dear = model.add_columns("over dear", names, cost=-n.over[1])
    model.add_rows("band high", names, upper=n.high - n.existing,
                   terms=[(every, total, 1.0), (every, cheap, -1.0), (every, dear, -1.0)])  # fmt: skip
    if n.under > 0:
        short = model.add_columns("under", names, cost=-n.under)
        model.add_rows("band low", names, lower=n.low - n.existing, terms=[(every, total, 1.0), (every, short, 1.0)])
    return total


def _zones(n: National, parts: Parts) -> None:
    if n.duplication <= 0:
        return
    spot = n.zone[n.region] * n.industries + n.industry
    used, row = np.unique(spot, return_inverse=True)
    at = used.tolist()
    names = Labels(len(at), lambda k: f"{n.name_zone(at[k] // n.industries)}, {n.name_industry(at[k] % n.industries)}")
    twice = parts.model.add_columns("duplicated", names, cost=-n.duplication)
    parts.model.add_rows("zone", names, upper=float(n.zone_most),
                         terms=[_flat(n, row, parts, 1.0), (np.arange(len(used)), twice, -1.0)])  # fmt: skip


def _strategic(n: National, parts: Parts, total: np.ndarray) -> None:
    chosen = np.flatnonzero(n.strategic)
    if not len(chosen):
        return
    place = np.full(n.industries, -1)
    place[chosen] = np.arange(len(chosen))
    keep = np.flatnonzero(place[n.industry] >= 0)
    p = n.value.shape[1]
    wide, columns = np.repeat(np.arange(len(keep)), p), parts.plan[keep].ravel()
    names = [n.name_industry(c) for c in chosen.tolist()]
    parts.model.add_rows("strategic", names, lower=float(n.strategic_least),
                         terms=[(np.repeat(place[n.industry[keep]], p), columns, 1.0)])  # fmt: skip
    if n.strategic_share < 1:
        labels = Labels(len(keep), lambda k: n.name_pair(int(keep[k])))
        parts.model.add_rows("share", labels, upper=0.0, terms=[(wide, columns, n.capacity[keep].ravel()),
                             (np.arange(len(keep)), total[n.industry[keep]], -n.strategic_share)])  # fmt: skip


def _floor(n: National, parts: Parts) -> None:
    """worst x t - sum of shortfalls >= worst x floor; shortfall >= t - level - uplifts: the mean of the worst, exactly."""
    if not n.worst or not np.isfinite(n.floor):
        return
    every, names = np.arange(n.regions), _names(n, "region", n.regions)
    threshold = parts.model.add_columns("threshold", ["threshold"], lower=-np.inf)
    short = parts.model.add_columns("shortfall", names)
    parts.model.add_rows("floor", ["floor"], lower=n.worst * n.floor,
                         terms=[(np.zeros(1, np.intp), threshold, float(n.worst)), (every * 0, short, -1.0)])  # fmt: skip
    parts.model.add_rows("shortfall", names, lower=-n.level,
                         terms=[(every, short, 1.0), (every, np.repeat(threshold, n.regions), -1.0),
                                _flat(n, n.region, parts, n.uplift)])  # fmt: skip


def _gap(n: National, parts: Parts) -> None:
    """Mean rise of leading regions less that of the others, at most what the levels leave."""
    if n.leading is None or not np.isfinite(n.gap_most):
        return
    lead = np.asarray(n.leading, bool)
    weight = np.where(lead, 1.0 / lead.sum(), -1.0 / (~lead).sum())
    parts.model.add_rows("gap", ["gap"], upper=n.gap_most - float(weight @ n.level),
                         terms=[_flat(n, n.region * 0, parts, n.uplift * weight[n.region][:, None])])  # fmt: skip


def _links(n: National, parts: Parts) -> None:
    if not len(n.link):
        return
    every, names, p = np.arange(len(n.link)), _names(n, "link", len(n.link)), n.value.shape[1]
    z = parts.model.add_columns("link", names, cost=n.bonus, upper=1.0)
    for side in (0, 1):
        held = parts.plan[n.link[:, side]].ravel()
        parts.model.add_rows(f"link {side + 1}", names, upper=0.0, terms=[(every, z, 1.0), (np.repeat(every, p), held, -1.0)])
    ends = n.region[n.link]
    apart = ends[:, 0] != ends[:, 1]
    parts.model.add_rows("links", _names(n, "region", n.regions), upper=float(n.link_most),
                         terms=[(ends[:, 0], z, 1.0), (ends[apart, 1], z[apart], 1.0)])  # fmt: skip
