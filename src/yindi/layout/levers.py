"""The lever layer: budgets of the five levers over all regions, with diminishing returns, absorption limits and spillovers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import InfeasibleError, MethodError, YindiError, need
from yindi.core.registry import method
from yindi.layout.sound import ENDLESS, FREE, SOME, Kind, numbers, refuse

BELOW = Kind(most=1e300, endless=True)


@dataclass(frozen=True, slots=True)
class LeverProblem:
    """R regions, L levers; scalars are spread.

    Spending b (R,L) raises region r by e_r = sum_l effect log(1 + b / half) and, through spillovers, by u: (I - rho W) u = e.
    `effect` (R,L) >= 0, `half` (R,L) > 0 (spending that brings log 2), `budget` (L,), `weight` (R,) of each region's gain,
    `w` (R,R) row-standardised neighbours, `rho` in [0,1); `least`, `most` (R,) spending a region gets at least and can absorb
    at most; `least_gain` (R,); `level` (R,) before; `worst` regions whose mean level afterwards must reach `floor`.
    `complementary`: the lever that does least decides, e_r = min_l of what levers with an effect do there (O-ring, Kremer 1993).
    """

    effect: np.ndarray
    budget: np.ndarray
    half: np.ndarray | float = 1.0
    weight: np.ndarray | float = 1.0
    w: np.ndarray | None = None
    rho: float = 0.0
    least: np.ndarray | float = 0.0
    most: np.ndarray | float = np.inf
    least_gain: np.ndarray | float = -np.inf
    level: np.ndarray | float = 0.0
    worst: int = 0
    floor: float = -np.inf
    complementary: bool = False

    def __post_init__(self) -> None:
        effect = np.array(self.effect, float)
        if effect.ndim != 2 or not np.isfinite(effect).all() or (effect < 0).any():
            raise MethodError(f"levers: `effect` must be a finite (R,L) array without negative numbers, got {effect.shape}.")
        r, l = effect.shape
        object.__setattr__(self, "effect", effect)
        faults: list[str] = []
        for name, shape, kind in (("budget", (l,), SOME), ("half", (r, l), SOME), ("weight", (r,), SOME), ("least", (r,), SOME),
                                  ("most", (r,), ENDLESS), ("least_gain", (r,), BELOW), ("level", (r,), FREE)):  # fmt: skip
            object.__setattr__(self, name, _filled(name, getattr(self, name), shape, kind, faults))
        if not faults and (np.asarray(self.half) <= 0).any():
            faults.append("`half` must be positive")
        refuse([*faults, *_single(self), *_neighbours(self, r)], where="levers")


def _filled(name: str, given: object, shape: tuple[int, ...], kind: Kind, faults: list[str]) -> np.ndarray:
    array = numbers(name, given, faults)
    if array is not None and (array.ndim and array.shape != shape):
        faults.append(f"`{name}` must have shape {shape}, got {array.shape}")
    elif array is not None and not kind.holds(array).all():
        faults.append(f"`{name}` asks for {kind.said}")
    elif array is not None:
        return np.array(np.broadcast_to(np.asarray(array, float), shape))
    return np.zeros(shape)


def _single(p: LeverProblem) -> list[str]:
    r, faults = len(p.effect), []
    if not 0 <= p.rho < 1 or (p.rho > 0 and p.w is None):
        faults.append("`rho` lies in [0, 1) and needs the neighbours `w` where it is not 0")
    if p.worst != int(p.worst) or not 0 <= p.worst <= r:
        faults.append(f"`worst` must be a whole number between 0 and {r}")
    if p.complementary and (np.asarray(p.effect).any(axis=0) & (np.asarray(p.budget) == 0)).any():
        faults.append("`complementary` levers all need a `budget`: without one no region gains")
    if np.isnan(p.floor) or p.floor == np.inf or (np.isfinite(p.floor) and p.worst == 0):
        faults.append("`floor` is the mean level of the `worst` regions, finite, and `worst` is then 1 or more")
    return faults


def _neighbours(p: LeverProblem, r: int) -> list[str]:
    if p.w is None:
        return []
    w = np.asarray(p.w)
    if w.shape != (r, r) or w.dtype.kind not in "biuf" or not np.isfinite(w).all():
        return [f"`w` must be ({r},{r}), dense and finite"]
    if (w < 0).any() or (w.sum(axis=1) > 1 + 1e-9).any():
        return ["`w` must be row-standardised: no negative number, no row above 1"]
    return []


@dataclass(frozen=True, slots=True)
class LeverPlan:
    """Spending (R,L), gains (R,) with spillovers, their weighted sum, and the price (L,) of one more unit in each lever."""

    spending: np.ndarray
    gain: np.ndarray
    objective: float
    price: np.ndarray
    status: str


def _spread(problem: LeverProblem, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
    """Solve (I - rho W) u = right, or its transpose."""
    if problem.w is None or problem.rho == 0:
        return np.array(right, float)
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import spsolve

    system = csc_matrix(identity(len(right)) - problem.rho * csc_matrix(np.asarray(problem.w)))
    return np.asarray(spsolve(csc_matrix(system.T) if transposed else system, right)).reshape(len(right))


def multiplier(problem: LeverProblem) -> np.ndarray:
    """(R,) what one unit of direct gain in a region is worth to all: (I - rho W)' m = weight."""
    return _spread(problem, np.asarray(problem.weight), transposed=True)


def gains_of(problem: LeverProblem, spending: np.ndarray) -> np.ndarray:
    """(R,) gains of any spending (R,L), computed from the problem and not by the solver of the plan."""
    parts, served = problem.effect * np.log1p(spending / problem.half), problem.effect > 0
    if not problem.complementary:
        return _spread(problem, parts.sum(axis=1))
    least = np.where(served, parts, np.inf).min(axis=1, initial=np.inf)
    return _spread(problem, np.where(served.any(axis=1), least, 0.0))


@method("layout", "water_filling", cites=("Cover and Thomas 2006, 9.4",), laws=("spends_all", "equal_for_equal"))
def water_filling(problem: LeverProblem) -> LeverPlan:
    """Closed form when only the budgets bind: b = max(0, m effect / price - half), the price found per lever by bisection.

    Raises MethodError when the problem has limits or floors that it does not know.
    """
    free = (np.asarray(problem.least) <= 0).all() and np.isinf(np.asarray(problem.most)).all()
    if not free or np.isfinite(np.asarray(problem.least_gain)).any() or np.isfinite(problem.floor) or problem.complementary:
        raise MethodError("water_filling knows budgets only; use `levers` for limits and floors (extra: levers).")
    worth = multiplier(problem)[:, None] * problem.effect
    spending, price = np.zeros_like(problem.effect), np.zeros(problem.effect.shape[1])
    half = np.asarray(problem.half)
    for k, budget in enumerate(np.asarray(problem.budget)):
        if budget > 0 and (worth[:, k] > 0).any():
            price[k] = _price(worth[:, k], half[:, k], float(budget))
            spending[:, k] = np.maximum(0.0, worth[:, k] / price[k] - half[:, k])
        elif (worth[:, k] > 0).any():
            price[k] = float((worth[:, k] / half[:, k]).max())
    gain = gains_of(problem, spending)
    return LeverPlan(spending, gain, float(problem.weight @ gain), price, "optimal")


def _price(worth: np.ndarray, half: np.ndarray, budget: float) -> float:
    """The price at which demand equals the budget: exact, over the regions in the order in which they start to receive."""
    start = worth / half
    order = np.argsort(-start, kind="stable")
    top, base = np.cumsum(worth[order]), np.cumsum(half[order])
    price = top / (budget + base)
    served = np.append(start[order][1:], 0.0) <= price
    return float(price[np.argmax(served)])


@method("layout", "levers", cites=("Goulart and Chen 2024",), laws=("spends_all", "equal_for_equal"))
def levers(problem: LeverProblem, *, tolerance: float = 1e-8) -> LeverPlan:
    """The spending of highest weighted gain under all limits and floors, by exponential cones (Clarabel).

    Raises InfeasibleError when limits and floors contradict each other, UsageError without the extra `levers`.
    """
    clarabel = need("clarabel", "levers")
    cones = _Cones(problem)
    solution = _run(clarabel, cones, tolerance)
    if str(solution.status) in ("PrimalInfeasible", "AlmostPrimalInfeasible"):
        raise InfeasibleError(_why(problem))
    if str(solution.status) not in ("Solved", "AlmostSolved"):
        raise YindiError(f"Clarabel ended with {solution.status}.")
    spending = cones.spending(np.array(solution.x))
    gain = gains_of(problem, spending)
    price = cones.prices(np.array(solution.z))
    _require(problem, spending, gain)
    return LeverPlan(spending, gain, float(problem.weight @ gain), price, "optimal")


class _Cones:
    """Columns: spending, logarithm (one per live pair), gain (R), then threshold and shortfalls of the worst regions.

    Without a rule about gains there are no gain columns: each logarithm counts with what its region's gain is worth to all.
    """

    def __init__(self, problem: LeverProblem):
        self.problem = problem
        self.rows: dict[str, slice] = {}
        live = (problem.effect > 0) | (np.asarray(problem.least) > 0)[:, None]
        self.r, self.l = np.nonzero(live & (np.asarray(problem.budget) > 0))
        regions, self.n = len(problem.effect), len(self.r)
        ruled = problem.worst > 0 or problem.complementary or bool(np.isfinite(np.asarray(problem.least_gain)).any())
        self.gain = 2 * self.n + np.arange(regions if ruled else 0)
        self.worst = 2 * self.n + regions + np.arange(regions + 1 if problem.worst else 0)
        self.own = 2 * self.n + len(self.gain) + len(self.worst) + np.arange(regions if problem.complementary else 0)
        self.size = 2 * self.n + len(self.gain) + len(self.worst) + len(self.own)
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._right: list[np.ndarray] = []
        self.count = 0
        if ruled:
            self._equalities()
        self.equal = self.count
        self._inequalities()
        self.unequal = self.count - self.equal
        self._logarithms()

    def add(self, name: str, right: np.ndarray, *terms: tuple[Any, Any, Any]) -> None:
        """Rows A x + s = right; each term is (row, column, coefficient)."""
        for row, column, value in terms:
            row, column = np.asarray(row), np.asarray(column)
            self._parts.append((row + self.count, column, np.broadcast_to(np.asarray(value, float), row.shape)))
        self.rows[name] = slice(self.count, self.count + len(right))
        self._right.append(np.asarray(right, float))
        self.count += len(right)

    def _equalities(self) -> None:
        p, live = self.problem, np.arange(self.n)
        every = np.arange(len(p.effect))
        terms: list[tuple[Any, Any, Any]] = [(every, self.gain, 1.0)]
        terms += [(every, self.own, -1.0)] if p.complementary else [(self.r, self.n + live, -p.effect[self.r, self.l])]
        if p.w is not None and p.rho > 0:
            a, b = np.nonzero(np.asarray(p.w))
            terms.append((a, self.gain[b], -p.rho * np.asarray(p.w)[a, b]))
        self.add("effect", np.zeros(len(p.effect)), *terms)

    def _inequalities(self) -> None:
        p, live = self.problem, np.arange(self.n)
        self.add("budget", np.asarray(p.budget), (self.l, live, 1.0))
        self.add("spending", np.zeros(self.n), (live, live, -1.0))
        for name, bound, sign in (("most", np.asarray(p.most), 1.0), ("least", np.asarray(p.least), -1.0)):
            chosen = np.flatnonzero(np.isfinite(bound) if sign > 0 else bound > 0)
            place = np.full(len(bound), -1)
            place[chosen] = np.arange(len(chosen))
            keep = place[self.r] >= 0
            self.add(name, sign * bound[chosen], (place[self.r[keep]], live[keep], sign))
        wanted = np.flatnonzero(np.isfinite(np.asarray(p.least_gain)))
        self.add("least_gain", -np.asarray(p.least_gain)[wanted], (np.arange(len(wanted)), self.gain[wanted], -1.0))
        if p.worst:
            self._worst()
        if p.complementary:
            self._weakest()

    def _weakest(self) -> None:
        """A region's own gain is at most what each of its levers does, and nothing where it has none."""
        p = self.problem
        pairs = np.flatnonzero(p.effect[self.r, self.l] > 0)
        terms = [(np.arange(len(pairs)), self.own[self.r[pairs]], 1.0),
                 (np.arange(len(pairs)), self.n + pairs, -p.effect[self.r[pairs], self.l[pairs]])]  # fmt: skip
        self.add("weakest", np.zeros(len(pairs)), *terms)
        none = np.flatnonzero(~(p.effect > 0).any(axis=1))
        self.add("none", np.zeros(len(none)), (np.arange(len(none)), self.own[none], 1.0))

    def _worst(self) -> None:
        """k t - sum e >= k floor, e >= t - level - gain, e >= 0: the mean of the k worst is at least the floor."""
        p, every = self.problem, np.arange(len(self.problem.effect))
        threshold, short = self.worst[0], self.worst[1:]
        self.add("floor", np.array([-p.worst * p.floor]), ([0], [threshold], -float(p.worst)), (every * 0, short, 1.0))
        self.add("short", np.asarray(p.level), (every, np.full(len(every), threshold), 1.0), (every, short, -1.0),
                 (every, self.gain, -1.0))  # fmt: skip
        self.add("positive", np.zeros(len(every)), (every, short, -1.0))

    def _logarithms(self) -> None:
        """(t, 1, 1 + b / half) in the exponential cone, that is t <= log(1 + b / half)."""
        live, half = np.arange(self.n), np.asarray(self.problem.half)[self.r, self.l]
        right = np.tile([0.0, 1.0, 1.0], self.n)
        self.add("logarithm", right, (3 * live, self.n + live, -1.0), (3 * live + 2, live, -1.0 / half))

    def matrices(self) -> tuple[Any, np.ndarray, np.ndarray]:
        """A (sparse columns), right side, cost."""
        from scipy.sparse import csc_matrix

        row, column, value = (np.concatenate([p[k] for p in self._parts]) for k in range(3))
        a = csc_matrix((value, (row, column)), shape=(self.count, self.size))
        cost = np.zeros(self.size)
        if len(self.gain):
            cost[self.gain] = -np.asarray(self.problem.weight)
        else:
            worth = multiplier(self.problem)[:, None] * self.problem.effect
            cost[self.n : 2 * self.n] = -worth[self.r, self.l]
        return a, np.concatenate(self._right), cost

    def prices(self, dual: np.ndarray) -> np.ndarray:
        """(L,) what one more unit of each lever is worth; of one without budget, what its first unit would bring where it pays
        most, less what absorption there costs."""
        p = self.problem
        price = np.maximum(0.0, dual[self.rows["budget"]])
        worth = dual[self.rows["effect"]] if "effect" in self.rows else multiplier(p)
        place = np.zeros(len(p.effect))
        place[np.isfinite(np.asarray(p.most))] += dual[self.rows["most"]]
        place[np.asarray(p.least) > 0] -= dual[self.rows["least"]]
        first = (worth[:, None] * p.effect / np.asarray(p.half) - place[:, None]).max(axis=0, initial=0.0)
        priced = np.isin(np.arange(len(price)), self.l)
        return np.where(priced, price, np.where(np.asarray(p.effect).any(axis=0), first, 0.0))

    def spending(self, x: np.ndarray) -> np.ndarray:
        """(R,L) with the solver's last digits cut, and never over the budgets."""
        result = np.zeros_like(self.problem.effect)
        result[self.r, self.l] = np.maximum(0.0, x[: self.n])
        over = result.sum(axis=0) / np.maximum(np.asarray(self.problem.budget), 1e-300)
        return np.asarray(result / np.maximum(over, 1.0))


def _run(clarabel: Any, cones: _Cones, tolerance: float) -> Any:
    from scipy.sparse import csc_matrix

    a, right, cost = cones.matrices()
    kinds = [clarabel.ZeroConeT(cones.equal)] if cones.equal else []
    kinds += [clarabel.NonnegativeConeT(cones.unequal)]
    kinds += [clarabel.ExponentialConeT()] * cones.n
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    solver = clarabel.DefaultSolver(csc_matrix((cones.size, cones.size)), cost, a, right, kinds, settings)
    return solver.solve()


def _require(problem: LeverProblem, spending: np.ndarray, gain: np.ndarray, slack: float = 1e-5) -> None:
    """The plan checked outside the solver: budgets, limits, floors."""
    total, scale = spending.sum(axis=1), max(1.0, float(np.asarray(problem.budget).max(initial=0.0)))
    worst = np.sort(np.asarray(problem.level) + gain)[: problem.worst]
    checks: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("budget", lambda: (spending.sum(axis=0) <= np.asarray(problem.budget) + slack * scale).all()),
        ("absorption limit", lambda: (total <= np.asarray(problem.most) + slack * scale).all()),
        ("least spending", lambda: (total >= np.asarray(problem.least) - slack * scale).all()),
        ("least gain", lambda: (gain >= np.asarray(problem.least_gain) - slack).all()),
        ("floor of the worst", lambda: not problem.worst or worst.mean() >= problem.floor - slack),
    )
    broken = [name for name, holds in checks if not holds()]
    if broken:
        raise YindiError(f"levers: the solver's plan breaks {broken}.")


def _why(problem: LeverProblem) -> str:
    least, total = float(np.asarray(problem.least).sum()), float(np.asarray(problem.budget).sum())
    if least > total:
        return (
            f"No plan: the regions' least spending adds up to {least:.6g}, the budgets to {total:.6g}. -> Lower it or add budget."
        )
    if (np.asarray(problem.least) > np.asarray(problem.most)).any():
        return "No plan: a region's least spending is above what it can absorb. -> Change one of the two."
    return "No plan: the budgets cannot lift regions to the floor or least gains asked for. -> Lower the floor or add budget."
