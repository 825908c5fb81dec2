"""The rules of a layout as rows with names, and the model made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.assemble import Parts, attach
from yindi.layout.further import uncharged
from yindi.layout.model import LayoutModel
from yindi.layout.national import National
from yindi.layout.problem import Problem

FLOOR, LIMIT, MOST, LEAST, FORBIDDEN, LOCKED = (
    "floor",
    "limit",
    "portfolio_max",
    "portfolio_min",
    "forbidden",
    "locked",
)
BAND, BAND_LOW, ZONE, STRATEGIC, SHARE, UNITS, POOL, SLOTS = (
    "band",
    "band_low",
    "zone",
    "strategic",
    "strategic_share",
    "units",
    "pool",
    "slots",
)
HARD = (STRATEGIC, SHARE, UNITS, POOL, SLOTS)
FAMILIES = (LIMIT, MOST, LEAST, FORBIDDEN, LOCKED, FLOOR, BAND, BAND_LOW, STRATEGIC, UNITS, POOL, SLOTS)
PRICED = (LIMIT, FLOOR, FORBIDDEN, LOCKED, BAND, BAND_LOW, STRATEGIC, POOL, SLOTS)
SLACK = ("over", "over cheap", "over dear", "under", "duplicated")
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: its family, and the region, industry and zone or capability it speaks of ("" where it speaks of none)."""

    family: str
    region: str = ""
    industry: str = ""
    part: str = ""

    @property
    def code(self) -> str:
        """`family|region|industry|part` without the empty parts."""
        return "|".join(p for p in (self.family, self.region, self.industry, self.part) if p)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A model, where its pairs stand (R,C) -> column, and its named rows: rule -> (row, True when the rule is a lower limit);
    `parts`: the columns of further rules, where there are any."""

    model: LayoutModel
    pairs: np.ndarray
    rows: dict[Rule, tuple[int, bool]]
    parts: Parts | None = None

    def point(self, x: np.ndarray, plan: np.ndarray) -> np.ndarray:
        """A solver's point x with whole numbers whole, the pairs as in `plan` (R,C), and nothing of what passes a limit at a
        price: so that the rows say what is there."""
        point = np.asarray(x, float).copy()
        for name, block in self.model.columns.items():
            if name in SLACK:
                point[block.span] = 0.0
        for whole in () if self.parts is None else (self.parts.plan, self.parts.slot, self.parts.add):
            point[whole] = np.round(point[whole])
        point[self.pairs.ravel()] = plan.ravel()
        return point


def rounded(value: np.ndarray) -> np.ndarray:
    """Values without the last digits, so that noise of arithmetic cannot break a tie."""
    top = float(np.max(value, initial=0.0))
    return np.round(value / top, DIGITS) * top if top > 0 else value


def assemble(
    problem: Problem, *, floor: float | None = None, objective: np.ndarray | None = None, charged: bool = False
) -> Assembled:
    """The model of a problem.

    `floor`: the value lagging regions must keep together (None: no such row); `objective` (R,C) replaces the values that are
    maximised, not those of the floor; passing a limit is then free, unless it is `charged`.
    """
    given = problem.value if objective is None else np.asarray(objective, float)
    if given.shape != problem.value.shape or not np.isfinite(given).all() or (floor is not None and not np.isfinite(floor)):
        raise MethodError(f"layout: what is maximised is a finite {problem.value.shape} array, and a floor a finite number.")
    value = rounded(given)
    model, shape = LayoutModel(), problem.value.shape
    r, c = (a.ravel() for a in np.indices(shape))
    locked, shut = np.asarray(problem.locked).ravel(), problem.shut.ravel()
    labels = [f"{problem.regions[a]}|{problem.industries[b]}" for a, b in zip(r.tolist(), c.tolist(), strict=True)]
    at = model.add_columns("pair", labels, cost=value.ravel(), lower=locked.astype(float),
                           upper=np.where(shut, 0.0, 1.0), integer=True)  # fmt: skip
    rows: dict[Rule, tuple[int, bool]] = {}
    plain = objective is not None and not charged
    _limits(model, problem, rows, c, at, plain=plain)
    parts = _further(model, problem, rows, at, plain=plain)
    _portfolios(model, problem, rows, r, at, slot=None if parts is None else parts.slot)
    if floor is not None:
        keep = np.flatnonzero(np.asarray(problem.lagging)[r])
        held = rounded(problem.value).ravel()
        row = model.add_rows(FLOOR, [FLOOR], lower=floor, terms=[(np.zeros(len(keep), np.intp), at[keep], held[keep])])
        rows[Rule(FLOOR)] = (int(row[0]), True)
    return Assembled(model, at.reshape(shape), rows, parts)


def _further(
    model: LayoutModel, problem: Problem, rows: dict[Rule, tuple[int, bool]], at: np.ndarray, *, plain: bool
) -> Parts | None:
    if problem.nation is None:
        return None
    n = problem.nation
    parts = attach(uncharged(n) if plain else n, model, at)
    for name, block in model.rows.items():
        found = _spoken(n, name, block.labels)
        rows.update({rule: (block.start + k, name in ("band low", "strategic")) for k, rule in found})
    return parts


def _spoken(n: National, name: str, labels: tuple[str, ...]) -> list[tuple[int, Rule]]:
    """The rules that a block of further rows stands for, with their place in it."""
    family, _, number = name.partition(" ")
    capability = n.name_capability(int(number) - 1) if family in (UNITS, POOL) else ""
    if name in ("band high", "band low"):
        bound, side = (BAND, n.high) if name == "band high" else (BAND_LOW, n.low)
        wanted = np.isfinite(side) & ((side > 0) | (bound == BAND))
        return [(k, Rule(bound, "", labels[k])) for k in np.flatnonzero(wanted).tolist()]
    if name == ZONE:
        spots = np.unique(n.zone[n.region] * n.industries + n.industry).tolist()
        split = [divmod(spot, n.industries) for spot in spots]
        return [(k, Rule(ZONE, "", n.name_industry(c), n.name_zone(z))) for k, (z, c) in enumerate(split)]
    if name == "strategic":
        return [(k, Rule(STRATEGIC, "", label)) for k, label in enumerate(labels)]
    if name == "share":
        ends = np.flatnonzero(n.strategic[n.industry]).tolist()
        return [(k, Rule(SHARE, n.name_region(n.region[e]), n.name_industry(n.industry[e]))) for k, e in enumerate(ends)]
    if family == UNITS:
        return [(k, Rule(UNITS, label, "", capability)) for k, label in enumerate(labels)]
    if family == POOL:
        return [(0, Rule(POOL, "", "", capability))]
    return [(0, Rule(SLOTS))] if name == SLOTS else []


def _limits(
    model: LayoutModel, problem: Problem, rows: dict[Rule, tuple[int, bool]], c: np.ndarray, at: np.ndarray, *, plain: bool
) -> None:
    limit, price = np.asarray(problem.limit), np.asarray(problem.over_price)
    capped = np.flatnonzero(np.isfinite(limit))
    place = np.full(len(limit), -1)
    place[capped] = np.arange(len(capped))
    keep = place[c] >= 0
    terms: list[tuple[np.ndarray, np.ndarray, np.ndarray | float]] = [(place[c[keep]], at[keep], 1.0)]
    names = [problem.industries[k] for k in capped.tolist()]
    soft = np.flatnonzero(np.isfinite(price[capped]))
    if len(soft):
        cost = 0.0 if plain else -price[capped[soft]]
        over = model.add_columns("over", [names[k] for k in soft], cost=cost)
        terms.append((soft, over, -1.0))
    found = model.add_rows(LIMIT, names, upper=limit[capped], terms=terms)
    rows.update({Rule(LIMIT, "", n): (int(f), False) for n, f in zip(names, found, strict=True)})


def _portfolios(
    model: LayoutModel,
    problem: Problem,
    rows: dict[Rule, tuple[int, bool]],
    r: np.ndarray,
    at: np.ndarray,
    *,
    slot: np.ndarray | None,
) -> None:
    most, least = np.asarray(problem.portfolio_max), np.asarray(problem.portfolio_min)
    for family, bound, wanted in ((MOST, most, np.isfinite(most)), (LEAST, least, least > 0)):
        chosen = np.flatnonzero(wanted)
        place = np.full(len(most), -1)
        place[chosen] = np.arange(len(chosen))
        keep = place[r] >= 0
        names = [problem.regions[k] for k in chosen.tolist()]
        sides = {"upper": bound[chosen]} if family == MOST else {"lower": bound[chosen]}
        terms: list[tuple[np.ndarray, np.ndarray, np.ndarray | float]] = [(place[r[keep]], at[keep], 1.0)]
        if family == MOST and slot is not None:
            terms.append((np.arange(len(chosen)), slot[chosen], -1.0))
        found = model.add_rows(family, names, terms=terms, **sides)  # type: ignore[arg-type]
        rows.update({Rule(family, n): (int(f), family == LEAST) for n, f in zip(names, found, strict=True)})
