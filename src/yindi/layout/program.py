"""plan_nation: the national layout solved, checked outside the solver, or the contradiction named."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import EvidenceError, InfeasibleError
from yindi.core.registry import method
from yindi.layout import highs
from yindi.layout.assemble import Parts, assemble
from yindi.layout.conflict import deletion
from yindi.layout.model import LayoutModel, Matrix
from yindi.layout.national import National, charges, faults

HARD = ("package", "most", "least", "units", "slots", "pool", "strategic", "share", "floor")
WORDS = {"package": "locked pair", "most": "largest portfolio of", "least": "smallest portfolio of", "units": "own units",
         "slots": "pool of further places", "pool": "national", "strategic": "enough regions for",
         "share": "largest share of", "floor": "floor under the worst regions"}  # fmt: skip
FEW, SMALL, SHARES = 12, 2000, (0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class NationalPlan:
    """`allocation` (E,P) of 0 and 1, its `objective`, proven `bound`, `status`, and the relaxation's prices by block of rows."""

    allocation: np.ndarray
    objective: float
    bound: float
    status: str
    duals: dict[str, np.ndarray]

    @property
    def gap(self) -> float:
        """Proven distance to the best plan, relative to the objective."""
        return max(0.0, self.bound - self.objective) / max(abs(self.objective), 1e-12)


@method("layout", "national", cites=("Huangfu and Hall 2018", "Angelelli, Mansini and Speranza 2010"),
        laws=("national_feasible", "national_monotone"))  # fmt: skip
def plan_nation(national: National, *, gap: float = 1e-3, seed: int = 0) -> NationalPlan:
    """The national layout to a relative `gap`: support packages, bands, zones, pools, strategic industries, floor, links.

    The relaxation proves the bound; whole numbers are sought first among pairs that its prices leave open (kernel search), then
    among more, at last among all. Raises InfeasibleError (exit 4) naming the hard rules that contradict each other.
    """
    parts = assemble(national)
    matrix = parts.model.matrix()
    relaxed = highs.run(matrix, relax=True, seed=seed)
    if relaxed.status == highs.INFEASIBLE:
        raise InfeasibleError(_contradiction(parts.model, matrix))
    found = kernel(matrix, relaxed, gap=gap, seed=seed)
    if found.status == highs.INFEASIBLE:
        raise InfeasibleError(_contradiction(parts.model, matrix))
    plan = checked(national, parts, found.x, found.objective)
    return NationalPlan(plan, found.objective, max(found.objective, found.bound), highs.OPTIMAL, _prices(parts.model, relaxed))


def kernel(
    matrix: Matrix, relaxed: highs.Outcome, *, gap: float, seed: int, shares: tuple[float, ...] = SHARES, least: int = SMALL
) -> highs.Outcome:
    """A whole-number point within `gap` of the relaxation's value: columns whose reduced cost is large stay where they are.

    Each of `shares` says which part of the decided columns is open besides the undecided; the last search, and the only one
    with fewer than `least` whole-number columns, is over all of them.
    """
    decided = np.where(matrix.integer, np.abs(relaxed.column_duals), 0.0)
    whole = matrix.integer & (np.abs(relaxed.x - np.round(relaxed.x)) < 1e-7)
    target = relaxed.objective - gap * abs(relaxed.objective)
    for share in shares:
        if matrix.integer.sum() < least:
            break
        limit = np.quantile(decided[decided > 0], share) if (decided > 0).any() else np.inf
        shut = whole & (decided >= limit) & (decided > 0)
        here = np.round(relaxed.x)
        inner = matrix.within(np.where(shut, here, matrix.lower), np.where(shut, here, matrix.upper))
        found = highs.run(inner, gap=gap / 2, seed=seed, target=target)
        if found.status == highs.OPTIMAL and found.objective >= target:
            return replace(found, bound=relaxed.objective)
    found = highs.run(matrix, gap=gap, seed=seed, target=target)
    return replace(found, bound=min(found.bound, relaxed.objective))


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


def _prices(model: LayoutModel, relaxed: highs.Outcome) -> dict[str, np.ndarray]:
    return {name: relaxed.row_duals[block.span] for name, block in model.rows.items()}


def _contradiction(model: LayoutModel, matrix: Matrix) -> str:
    """Hard rules by name, thinned out until dropping any one leaves a plan (of the relaxation, else of whole numbers)."""
    rules = {(name, k): block.start + k for name, block in model.rows.items() if name.split(" ")[0] in HARD
             for k in range(len(block.labels))}  # fmt: skip
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
        members = [model.rows[family].labels[k] for name, k in named if name == family]
        more = f" and {len(members) - FEW} more" if len(members) > FEW else ""
        said.append(f"{WORDS[family.split(' ')[0]]} {', '.join(members[:FEW])}{more}")
    return f"No plan satisfies the rules. These cannot all hold: {'; '.join(said)}. -> Loosen any one of them."


def _without(matrix: Matrix, rows: list[int]) -> Matrix:
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(matrix, cost=np.zeros_like(matrix.cost), row_lower=lower, row_upper=upper)
