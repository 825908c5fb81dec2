"""Configurations (组态分析, fsQCA): calibration, truth table, minimisation with all tied solutions, necessity; and NCA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.diagnose.ceiling import Ceiling, nca
from yindi.diagnose.cubes import Cover, Term, contains, prime_implicants, smallest_covers

__all__ = ["Ceiling", "Fit", "Solution", "TruthTable", "calibrate", "minimise", "nca", "necessity", "sufficiency", "truth_table"]

SLACK = 1e-12
SNAP = 1e-4
Kind = Literal["conservative", "parsimonious", "intermediate"]


@dataclass(frozen=True, slots=True)
class Fit:
    """How well sets (P,) fit an outcome: inclusion, coverage, and PRI (sufficiency) or RoN (necessity)."""

    inclusion: np.ndarray
    coverage: np.ndarray
    pri: np.ndarray
    relevance: np.ndarray


@dataclass(frozen=True, slots=True)
class TruthTable:
    """The observed configurations (M,k), how many cases each holds, and what each says of the outcome.

    `row` is the number of the configuration counted from 1 as in R QCA; `output` is "1", "0", or "?" where fewer cases than the
    frequency threshold stand (a remainder, like every configuration not listed); `cases` are positions of the cases.
    """

    names: tuple[str, ...]
    levels: tuple[int, ...]
    row: np.ndarray
    configurations: np.ndarray
    n: np.ndarray
    inclusion: np.ndarray
    pri: np.ndarray
    output: tuple[str, ...]
    cases: tuple[tuple[int, ...], ...]
    conditions: np.ndarray
    outcome: np.ndarray


@dataclass(frozen=True, slots=True)
class Solution:
    """All smallest models: each is a set of `terms` (positions); `fit` per term, `model_fit` per model, unique coverage.

    `complete` is False when there are more ties than the limit. A term has -1 where a condition does not matter.
    """

    kind: str
    names: tuple[str, ...]
    levels: tuple[int, ...]
    terms: tuple[Term, ...]
    models: tuple[Cover, ...]
    fit: Fit
    model_fit: Fit
    unique: tuple[tuple[float, ...], ...]
    complete: bool

    @property
    def expressions(self) -> tuple[str, ...]:
        """Each model in the usual notation: `DEV*~URB + LIT`, `DEV[2]` where a condition has more than two levels."""
        return tuple(" + ".join(self.expression(p) for p in model) for model in self.models)

    def expression(self, position: int) -> str:
        """One term in the usual notation."""
        term = self.terms[position]
        several = max(self.levels) > 2
        return "*".join(_literal(n, v, several) for n, v in zip(self.names, term, strict=True) if v >= 0)


def _literal(name: str, value: int, several: bool) -> str:
    if several:
        return f"{name}[{value}]"
    return name if value == 1 else f"~{name}"


@method(
    "configuration",
    "calibrate",
    cites=("Ragin (2008) Redesigning Social Inquiry", "Dusa (2019) QCA with R"),
    laws=("anchors_are_kept", "monotone_membership", "unit_free_membership", "refuses_nan"),
)
def calibrate(
    x: ArrayLike,
    anchors: Sequence[float],
    *,
    kind: Literal["fuzzy", "crisp"] = "fuzzy",
    inclusion: float = 0.95,
    nudge: float = 0.0,
) -> np.ndarray:
    """Membership (直接校准) (N,) of x (N,) by three anchors: full exclusion, crossover, full inclusion; falling anchors reverse.

    The log-odds are linear on each side of the crossover and reach those of `inclusion` at the anchors (.95 as R QCA; Ragin's
    +-3 gives .953). As in R QCA, memberships within 1e-4 of 0 and 1 become 0 and 1; exactly .5 becomes .5 + nudge. Crisp: any
    number of rising anchors cuts x into levels 0, 1, ..., a value at an anchor into the upper one. Raises MethodError for
    absent values or anchors out of order.
    """
    values, marks = np.asarray(x, dtype=float), np.asarray(anchors, dtype=float)
    if values.ndim != 1 or not np.isfinite(values).all() or not np.isfinite(marks).all() or marks.ndim != 1:
        raise MethodError("calibrate: x must be (N,) and, like the anchors, finite.")
    if kind == "crisp":
        if not len(marks) or (np.diff(marks) <= 0).any():
            raise MethodError(f"calibrate: crisp anchors must rise, got {marks}.")
        return np.searchsorted(marks, values, side="right").astype(float)
    if (
        kind != "fuzzy"
        or marks.shape != (3,)
        or not 0.5 < inclusion < 1
        or not ((np.diff(marks) > 0).all() or (np.diff(marks) < 0).all())
    ):
        raise MethodError(
            f"calibrate: {kind} needs three anchors in strict order and inclusion in (.5, 1), got {marks}, {inclusion}."
        )
    out, cross, full = marks
    toward = (values - cross) * np.sign(full - cross)
    width = np.where(toward >= 0, abs(full - cross), abs(cross - out))
    member = 1.0 / (1.0 + np.exp(-np.log(inclusion / (1 - inclusion)) * toward / width))
    member = np.where(member < SNAP, 0.0, np.where(member > 1 - SNAP, 1.0, member))
    return np.asarray(np.where(member == 0.5, 0.5 + nudge, member))


def _overlap(sets: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    both = np.minimum(sets, outcome[:, None])
    neither_way = np.minimum(both, 1.0 - outcome[:, None]).sum(axis=0)
    return both.sum(axis=0), sets.sum(axis=0), neither_way


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > SLACK))


def _fit(sets: np.ndarray, outcome: np.ndarray, *, necessary: bool = False) -> Fit:
    """Parameters of fit of sets (N,P) for an outcome (N,): sufficiency, or necessity with the roles of the two sums exchanged."""
    both, size, ambiguous = _overlap(sets, outcome)
    target = np.full_like(size, outcome.sum())
    pri = _share(both - ambiguous, size - ambiguous)
    trivial = _share((1 - sets).sum(axis=0), (1 - np.minimum(sets, outcome[:, None])).sum(axis=0))
    suffices, covers = _share(both, size), _share(both, target)
    return Fit(covers, suffices, pri, trivial) if necessary else Fit(suffices, covers, pri, trivial)


def _memberships(sets: ArrayLike, outcome: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(sets, dtype=float), np.asarray(outcome, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or y.shape != (len(x),) or not len(x):
        raise MethodError(f"configurations: sets {x.shape} and outcome {y.shape} must be (N, P) and (N,).")
    if not (np.isfinite(x).all() and np.isfinite(y).all()) or (y < 0).any() or (y > 1).any() or (x < 0).any():
        raise MethodError("configurations: memberships must be there and lie in [0, 1].")
    return x, y


@method("configuration", "necessity", cites=("Schneider & Wagemann (2012) Set-Theoretic Methods for the Social Sciences",),
        laws=("superset_is_necessary", "fit_in_unit_interval", "refuses_nan"))  # fmt: skip
def necessity(sets: ArrayLike, outcome: ArrayLike) -> Fit:
    """Necessity (必要性) of sets (N,) or (N,P) for an outcome (N,): inclusion sum min(x,y) / sum y, coverage, RoN (relevance).

    For the absence of a condition pass 1 - x. Raises MethodError for memberships outside [0, 1].
    """
    x, y = _memberships(sets, outcome)
    if (x > 1).any():
        raise MethodError("necessity: memberships must lie in [0, 1].")
    return _fit(x, y, necessary=True)


@method("configuration", "sufficiency", cites=("Ragin (2006) Political Analysis 14(3):291-310",),
        laws=("subset_is_sufficient", "fit_in_unit_interval", "refuses_nan"))  # fmt: skip
def sufficiency(sets: ArrayLike, outcome: ArrayLike) -> Fit:
    """Sufficiency (充分性) of sets (N,) or (N,P) for an outcome (N,): inclusion sum min(x,y) / sum x, coverage, PRI.

    Raises MethodError for memberships outside [0, 1].
    """
    x, y = _memberships(sets, outcome)
    if (x > 1).any():
        raise MethodError("sufficiency: memberships must lie in [0, 1].")
    return _fit(x, y)


def _levels(x: np.ndarray) -> tuple[int, ...]:
    """Levels per condition: 2 for crisp and fuzzy sets, more where whole numbers above 1 stand."""
    found = []
    for j in range(x.shape[1]):
        column = x[:, j]
        if column.max() > 1 and (column != np.round(column)).any():
            raise MethodError(f"truth_table: condition {j + 1} is neither a membership in [0, 1] nor whole levels.")
        if (column == 0.5).any():
            at = np.flatnonzero(column == 0.5)[:5].tolist()
            raise MethodError(f"truth_table: condition {j + 1} is exactly .5 in cases {at}: they belong to no configuration. "
                              "Calibrate with nudge=.001, or move the crossover.")  # fmt: skip
        found.append(max(2, int(column.max()) + 1) if column.max() > 1 else 2)
    return tuple(found)


def _membership(x: np.ndarray, terms: Sequence[Term], levels: Sequence[int]) -> np.ndarray:
    """Membership (N,P) of cases in terms: minimum over conditions; a level of several is held or not."""
    held = np.ones((len(x), len(terms)))
    for p, term in enumerate(terms):
        for j, value in enumerate(term):
            if value >= 0 and levels[j] == 2:
                held[:, p] = np.minimum(held[:, p], x[:, j] if value == 1 else 1.0 - x[:, j])
            elif value >= 0:
                held[:, p] = np.minimum(held[:, p], x[:, j] == value)
    return held


@method("configuration", "truth_table", cites=("Ragin (2008) Redesigning Social Inquiry",),
        laws=("every_case_in_one_row", "case_order_free", "refuses_nan"))  # fmt: skip
def truth_table(
    conditions: ArrayLike,
    outcome: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    inclusion: float = 0.8,
    pri: float = 0.0,
    frequency: int = 1,
) -> TruthTable:
    """Truth table (真值表) of conditions (N,k), crisp, fuzzy or whole levels, for an outcome (N,) in [0, 1].

    Output 1 where inclusion and PRI reach their thresholds. Raises MethodError for memberships of exactly .5 (they belong to no
    configuration) and for names that do not fit.
    """
    x, y = _memberships(conditions, outcome)
    levels, count = _levels(x), x.shape[1]
    labels = tuple(names) if names is not None else tuple(f"X{j + 1}" for j in range(count))
    if len(labels) != count or len(set(labels)) != count:
        raise MethodError(f"truth_table: {count} conditions need as many different names, got {labels}.")
    corner = np.where(np.array(levels) > 2, x, x > 0.5).astype(np.intp)
    place = np.ravel_multi_index(tuple(corner.T), levels)
    rows, first = np.unique(place, return_index=True)
    found = corner[first]
    n = np.array([(place == r).sum() for r in rows], dtype=float)
    fit = _fit(_membership(x, [tuple(c) for c in found.tolist()], levels), y)
    passes = (fit.inclusion >= inclusion - SLACK) & (fit.pri >= pri - SLACK)
    output = tuple("?" if few else "1" if ok else "0" for few, ok in zip(n < frequency, passes, strict=True))
    cases = tuple(tuple(int(c) for c in np.flatnonzero(place == r)) for r in rows)
    return TruthTable(labels, levels, rows + 1, found, n, fit.inclusion, fit.pri, output, cases, x, y)


def _on_and_off(table: TruthTable) -> tuple[np.ndarray, np.ndarray]:
    on, off = np.zeros(table.levels, dtype=bool), np.zeros(table.levels, dtype=bool)
    for configuration, output in zip(table.configurations, table.output, strict=True):
        on[tuple(configuration)] |= output == "1"
        off[tuple(configuration)] |= output == "0"
    if not on.any() or not off.any():
        which = "1: nothing is to be explained" if not on.any() else "0: nothing is to be told apart"
        raise MethodError(f"minimise: no configuration has output {which}. Look at the thresholds of the truth table.")
    return on, off


def _covers(on: np.ndarray, off: np.ndarray, limit: int) -> tuple[list[frozenset[Term]], bool]:
    """All smallest models over the positive rows `on`; rows in neither array are free."""
    primes = prime_implicants(on, off)
    rows = np.argwhere(on)
    chart = np.stack([contains(term, rows) for term in primes], axis=1)
    found, complete = smallest_covers(chart, limit=limit)
    return [frozenset(primes[c] for c in cover) for cover in found], complete


def _within(inner: Term, outer: Term) -> bool:
    return all(o < 0 or i == o for i, o in zip(inner, outer, strict=True))


def _easy(complex_model: frozenset[Term], simple_model: frozenset[Term], directions: Sequence[int | None]) -> set[Term]:
    """Complex terms less the literals that expectations contradict and the simple term does not ask for (Ragin 2008)."""
    return {
        tuple(-1 if s < 0 and d is not None and c >= 0 and c != d else c for c, s, d in zip(one, two, directions, strict=True))
        for one in complex_model
        for two in simple_model
        if _within(one, two)
    }


def _intermediate(
    on: np.ndarray, off: np.ndarray, directions: Sequence[int | None], limit: int
) -> tuple[list[frozenset[Term]], bool]:
    conservative, first = _covers(on, ~on, limit)
    parsimonious, second = _covers(on, off, limit)
    free = np.argwhere(~on & ~off)
    seen: dict[bytes, None] = {}
    models: dict[frozenset[Term], None] = {}
    complete = first and second
    for one, two in product(conservative, parsimonious):
        assumed = np.zeros(on.shape, dtype=bool)
        easy = [contains(t, free) for t in _easy(one, two, directions)]
        simple = [contains(t, free) for t in two]
        if len(free) and easy:
            assumed[tuple(free[np.any(easy, axis=0) & np.any(simple, axis=0)].T)] = True
        if assumed.tobytes() in seen:
            continue
        seen[assumed.tobytes()] = None
        found, done = _covers(on, ~(on | assumed), limit)
        models.update(dict.fromkeys(found))
        complete = complete and done
    return list(models), complete


@method("configuration", "minimise", cites=("Ragin (2008) Redesigning Social Inquiry", "Dusa (2018) The R Journal 10(2):357-370"),
        laws=("solution_covers_what_it_explains", "case_order_free"))  # fmt: skip
def minimise(
    table: TruthTable,
    *,
    solution: Kind = "parsimonious",
    expectations: Sequence[int | None] | None = None,
    limit: int = 2_000,
) -> Solution:
    """All smallest models (布尔最小化) of a truth table: conservative, parsimonious, or intermediate by expected directions.

    `expectations` holds per condition 1 (present), 0 (absent) or None; by default all are expected present. Raises MethodError
    when there is nothing to explain or nothing to tell apart.
    """
    on, off = _on_and_off(table)
    directions = tuple(expectations) if expectations is not None else (1,) * len(table.names)
    if len(directions) != len(table.names):
        raise MethodError(f"minimise: {len(table.names)} conditions need as many expectations, got {directions}.")
    if solution == "conservative":
        models, complete = _covers(on, ~on, limit)
    elif solution == "parsimonious":
        models, complete = _covers(on, off, limit)
    elif solution == "intermediate":
        models, complete = _intermediate(on, off, directions, limit)
    else:
        raise MethodError(f"minimise: solution {solution!r} is not conservative, parsimonious or intermediate.")
    return _solution(table, solution, models, complete)


def _solution(table: TruthTable, kind: str, models: Sequence[frozenset[Term]], complete: bool) -> Solution:
    terms = sorted({t for m in models for t in m}, key=lambda t: (sum(v >= 0 for v in t), tuple(-v for v in t)))
    at = {t: n for n, t in enumerate(terms)}
    covers = sorted(tuple(sorted(at[t] for t in m)) for m in models)
    held = _membership(table.conditions, terms, table.levels)
    whole = np.stack([held[:, list(c)].max(axis=1) for c in covers], axis=1)
    fit, model_fit = _fit(held, table.outcome), _fit(whole, table.outcome)
    unique = tuple(_unique(held[:, list(c)], table.outcome) for c in covers)
    return Solution(kind, table.names, table.levels, tuple(terms), tuple(covers), fit, model_fit, unique, complete)


def _unique(held: np.ndarray, outcome: np.ndarray) -> tuple[float, ...]:
    """What the coverage of a model loses without each of its terms (N,P): only where that term alone is the highest."""
    own = held.argmax(axis=1)
    ranked = np.sort(np.column_stack([np.zeros(len(held)), held]), axis=1)
    lost = np.minimum(ranked[:, -1], outcome) - np.minimum(ranked[:, -2], outcome)
    return tuple((np.bincount(own, weights=lost, minlength=held.shape[1]) / outcome.sum()).tolist())
