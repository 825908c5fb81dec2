"""plan_nation: the national layout solved, checked outside the solver, or the contradiction named."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import EvidenceError, InfeasibleError
from yindi.core.registry import method
from yindi.layout import highs
from yindi.layout.assemble import Parts, assemble
from yindi.layout.conflict import deletion
from yindi.layout.decompose import ROUNDS, Coordinated, Split, coordinate
from yindi.layout.model import LayoutModel, Matrix
from yindi.layout.national import National, charges, faults
from yindi.layout.sound import require_solve

HARD = ("package", "most", "least", "units", "slots", "pool", "strategic", "share", "floor", "gap")
WORDS = {"package": "locked pair", "most": "largest portfolio of", "least": "smallest portfolio of", "units": "own units",
         "slots": "national pool of further places", "pool": "national pool of capability", "strategic": "enough regions for",
         "share": "largest share of", "floor": "floor under the worst regions",
         "gap": "gap between leading and other regions"}  # fmt: skip
FEW, FEWEST, NEAR, SPARE = 12, 2000, 0.25, 3


@dataclass(frozen=True, slots=True)
class NationalPlan:
    """`allocation` (E,P) of 0 and 1, its `objective`, proven `bound`, `status`, and prices by block of rows: of national
    rows those that prove the bound, of a region's own rows the relaxation's."""

    allocation: np.ndarray
    objective: float
    bound: float
    status: str
    duals: dict[str, np.ndarray]

    @property
    def gap(self) -> float:
        """Proven distance to the best plan, relative to the objective."""
        return max(0.0, self.bound - self.objective) / max(abs(self.objective), 1e-12)


@method("layout", "national",
        cites=("Huangfu and Hall 2018", "Dantzig and Wolfe 1960", "Angelelli, Mansini and Speranza 2010"),
        laws=("national_feasible", "national_monotone"))  # fmt: skip
def plan_nation(national: National, *, gap: float = 1e-3, seed: int = 0) -> NationalPlan:
    """The national layout to a relative `gap`: support packages, bands, zones, pools, strategic industries, floor, links.

    National rows are priced and regions answer by an exact knapsack (Dantzig-Wolfe), which proves the bound; whole numbers are
    sought among what the answers hold, then among all that was ever answered, at last among all pairs. Raises InfeasibleError
    (exit 4) naming the hard rules that contradict each other, MethodError for a gap or a seed that is none.
    """
    require_solve(gap, seed)
    parts = assemble(national)
    matrix = parts.model.matrix()
    relaxed = highs.run(matrix, relax=True, seed=seed)
    if relaxed.status == highs.INFEASIBLE:
        raise InfeasibleError(_contradiction(parts.model, matrix))
    found, prices = searched(Split(national, parts, matrix), relaxed, gap=gap, seed=seed)
    if found.status == highs.INFEASIBLE:
        raise InfeasibleError(_contradiction(parts.model, matrix))
    plan = checked(national, parts, found.x, found.objective)
    return NationalPlan(plan, found.objective, max(found.objective, found.bound), highs.OPTIMAL, _prices(parts.model, prices))


def searched(split: Split, relaxed: highs.Outcome, *, gap: float, seed: int) -> tuple[highs.Outcome, np.ndarray]:
    """A whole-number point within `gap` of a proven bound, and the prices of all rows.

    Each search opens more pairs than the last: those the relaxation holds, where exact replies prove hardly more than it does;
    else those of regions whose answer is not whole, those the master holds, all that were answered; at last all. The last one
    starts from the best point found and is the only one that can prove infeasibility.
    """
    matrix, prices = split.matrix, relaxed.row_duals.copy()
    told = split.signed(relaxed.row_duals[split.rows])
    first = split.value(told, None)
    best: highs.Outcome | None = None
    large = split.parts.plan.size >= FEWEST
    if large and np.isfinite(first[0]) and relaxed.objective - first[0] <= NEAR * gap * abs(first[0]):
        best = _better(best, split, _support(split, relaxed), first[0], gap, seed)
        if best is not None and best.objective >= _target(first[0], gap):
            prices[split.rows] = told
            return replace(best, bound=first[0]), prices
    whole = bool((np.abs(relaxed.x - np.round(relaxed.x))[matrix.integer] < 1e-7).all())
    found = coordinate(split, told, gap=gap, rounds=ROUNDS if large and not whole else 1, first=first)
    prices[split.rows] = found.prices
    for bounds in _searches(split, found, _needed(split, relaxed)) if large and np.isfinite(found.bound) else ():
        best = _better(best, split, bounds, found.bound, gap, seed)
        if best is not None and best.objective >= _target(found.bound, gap):
            return replace(best, bound=found.bound), prices
    start = None if best is None else best.x
    last = highs.run(matrix, gap=gap, seed=seed, target=_target(found.bound, gap), start=start, lean=True)
    return replace(last, bound=min(last.bound, found.bound)), prices


def _target(bound: float, gap: float) -> float:
    return bound - gap * abs(bound) if np.isfinite(bound) else np.inf


def _better(
    best: highs.Outcome | None, split: Split, bounds: tuple[np.ndarray, np.ndarray], bound: float, gap: float, seed: int
) -> highs.Outcome | None:
    """The better of `best` and what a search within the columns' bounds finds."""
    tried = highs.run(split.matrix.within(*bounds), gap=gap / 4, seed=seed, target=_target(bound, gap), lean=True)
    return tried if tried.status == highs.OPTIMAL and (best is None or tried.objective > best.objective) else best


def _needed(split: Split, relaxed: highs.Outcome) -> np.ndarray:
    """(E,P): of each strategic industry, SPARE times as many choices as it needs, those the relaxation values most: few pairs
    that pay may not be enough for its rules."""
    n = split.n
    industry = np.repeat(n.industry, split.parts.plan.shape[1])
    order = np.lexsort((np.abs(relaxed.column_duals[split.parts.plan.ravel()]), industry))
    first = np.searchsorted(industry[order], np.arange(n.industries))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - first[industry[order]]
    wanted = (rank < SPARE * n.strategic_least) & n.strategic[industry]
    return np.asarray(wanted.reshape(split.parts.plan.shape))


def _support(split: Split, relaxed: highs.Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the columns where only pairs stay that the relaxation holds in part or whole."""
    lower, upper, plan = split.matrix.lower.copy(), split.matrix.upper.copy(), split.parts.plan
    upper[plan] = np.where(relaxed.x[plan] > 1e-7, upper[plan], 0.0)
    return lower, upper


def _searches(split: Split, found: Coordinated, also: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Bounds of the columns in each search but the last."""
    matrix, plan, region = split.matrix, split.parts.plan, split.n.region
    held = (found.weight > 1e-6) | also
    used = held | (found.used > 0)
    settled = np.broadcast_to(found.whole[region][:, None], plan.shape)
    fixed = np.round(found.weight)
    result = []
    for low, high in (
        (np.where(settled, fixed, 0.0), np.where(settled, np.maximum(fixed, also), used)),
        (np.zeros(plan.shape), held),
        (np.zeros(plan.shape), used),
    ):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[plan], upper[plan] = low, high
        result.append((lower, upper))
    return result


def checked(national: National, parts: Parts, x: np.ndarray, objective: float) -> np.ndarray:
    """The plan (E,P) of a solver's point, every hard rule and the objective recomputed from the problem; raises EvidenceError."""
    plan = np.asarray(np.round(x[parts.plan]) + 0.0)
    broken = faults(national, plan)
    if broken:
        raise EvidenceError(f"national layout: the solver's plan breaks: {'; '.join(broken)}.")
    counted = charges(national, plan)
    links = counted.pop("links")
    rest = sum(counted.values())
    slack = 1e-5 * max(1.0, abs(objective))
    most = rest + float(national.bonus.sum())
    if (objective < rest + links - slack and objective < rest - slack) or objective > most + slack:
        raise EvidenceError(f"national layout: the solver counts {objective:.9g}, the problem between {rest:.9g} and {most:.9g}.")
    return plan


def _prices(model: LayoutModel, prices: np.ndarray) -> dict[str, np.ndarray]:
    return {name: prices[block.span] for name, block in model.rows.items()}


def _contradiction(model: LayoutModel, matrix: Matrix) -> str:
    """Hard rules by name, thinned out until dropping any one leaves a plan (of the relaxation, else of whole numbers)."""
    rules = {(name, k): block.start + k for name, block in model.rows.items() if name.split(" ")[0] in HARD
             for k in range(len(block.names))}  # fmt: skip
    locked = model.rows["package"]
    rules = {rule: row for rule, row in rules.items() if rule[0] != "package" or matrix.row_lower[locked.start + rule[1]] > 0}
    relax = highs.run(matrix, relax=True).status == highs.INFEASIBLE

    def feasible(kept: list[tuple[str, int]]) -> bool:
        stays = set(kept)
        loose = _without(matrix, [row for rule, row in rules.items() if rule not in stays])
        return highs.run(loose, relax=relax).status == highs.OPTIMAL

    named = deletion(list(rules), feasible)
    said = []
    for family in dict.fromkeys(name for name, _ in named):
        members = [model.rows[family].names[k] for name, k in named if name == family and family != "slots"]
        more = f" and {len(members) - FEW} more" if len(members) > FEW else ""
        said.append(f"{WORDS[family.split(' ')[0]]} {', '.join(members[:FEW])}{more}".strip())
    return f"No plan satisfies the rules. These cannot all hold: {'; '.join(said)}. -> Loosen any one of them."


def _without(matrix: Matrix, rows: list[int]) -> Matrix:
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(matrix, cost=np.zeros_like(matrix.cost), row_lower=lower, row_upper=upper)
