"""Treatments: the study file's answers to findings, applied in order; every touched cell is marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from yindi.core import registry
from yindi.core.config import Treatment
from yindi.core.errors import MethodError, Problems
from yindi.core.inputs import SeriesNote
from yindi.intake import regression as _imputers  # noqa: F401  (registers the packaged imputers)
from yindi.intake.assemble import CORRECTED, IMPUTED, Cube
from yindi.intake.findings import Found, covers
from yindi.intake.impute import Filled

Segments = tuple[tuple[str, ...], ...]


def _place(variable: str, n: int) -> str:
    return f"study.yaml: treatments.{variable}[{n}]"


def stale(treatments: Mapping[str, tuple[Treatment, ...]], found: Sequence[Found], problems: Problems) -> None:
    """A treatment that answers nothing found is a problem: the data changed, or the study file names the wrong thing."""
    for variable, answers in treatments.items():
        for n, t in enumerate(answers):
            own_correction = t.choice == "correct" and t.regions and t.years
            if not own_correction and not any(f.variable == variable and covers(t, f) for f in found):
                have = [f"{f.kind} {' '.join(f.years[:3])}" for f in found if f.variable == variable]
                problems.add(_place(variable, n), f"nothing is found that this answers ({t.finding}, {t.choice}).",
                             "remove it, or correct finding, regions and years", have)  # fmt: skip


def declared_cuts(note: SeriesNote | None) -> set[str]:
    """Years in which a declared vintage or price base changes."""
    return set() if note is None else {y for named in (note.vintage, note.price_base) for y in sorted(named)[1:]}


def segments(
    variable: str, years: Sequence[str], treatments: Sequence[Treatment], found: Sequence[Found], declared: Collection[str] = ()
) -> Segments:
    """Groups of years that may be compared: each year alone (within_years), between the breaks (split), else all together."""
    if any(t.choice == "within_years" for t in treatments):
        return tuple((y,) for y in years)
    cuts = {y for t in treatments if t.choice == "split" for f in found if f.variable == variable and covers(t, f)
            for y in f.years if not t.years or y in t.years} | set(declared)  # fmt: skip
    groups: list[list[str]] = [[]]
    for y in years:
        if y in cuts and groups[-1]:
            groups.append([])
        groups[-1].append(y)
    return tuple(tuple(g) for g in groups)


def dropped(treatments: Mapping[str, tuple[Treatment, ...]]) -> set[str]:
    """Variables that the study file drops."""
    return {v for v, answers in treatments.items() if any(t.choice == "drop" for t in answers)}


def apply(
    cube: Cube,
    treatments: Mapping[str, tuple[Treatment, ...]],
    parts: Mapping[str, Segments],
    found: Sequence[Found],
    problems: Problems,
) -> None:
    """Correct and impute the cube's cells in place, in the order of the study file; faults are added to `problems`."""
    for variable, answers in treatments.items():
        if variable not in cube.items:
            near = [v for v in cube.items if v[:3] == variable[:3]]
            problems.add(f"study.yaml: treatments.{variable}", "the files hold no such variable.", "correct the name", near)
            continue
        for n, t in enumerate(answers):
            if t.finding == "filled":
                _as_filled(cube, variable, t, found)
            if t.choice == "correct":
                _correct(cube, variable, t, _place(variable, n), problems)
            elif t.choice == "impute":
                mine = [f for f in found if f.variable == variable]
                _impute(cube, variable, t, _place(variable, n), parts[variable], mine, problems)


def _as_filled(cube: Cube, variable: str, t: Treatment, found: Sequence[Found]) -> None:
    """Cells that somebody filled are no observations: marked as imputed where kept, absent where they shall be imputed anew."""
    named = {c for f in found if f.kind == "filled" and f.variable == variable for c in f.cells}
    at = np.array([[(r, y) in named for y in cube.years] for r in cube.regions], bool) & _selected(cube, t)
    k = cube.at(variable)
    cube.state[:, :, k][at] = IMPUTED if t.choice == "keep" else 0 if t.choice == "impute" else cube.state[:, :, k][at]


def _selected(cube: Cube, t: Treatment) -> np.ndarray:
    rows = np.array([not t.regions or r in t.regions for r in cube.regions])
    years = np.array([not t.years or y in t.years for y in cube.years])
    at: np.ndarray = rows[:, None] & years[None, :]
    return at


def _correct(cube: Cube, variable: str, t: Treatment, place: str, problems: Problems) -> None:
    if t.value is None or not t.regions or not t.years:
        problems.add(place, "a correction needs `value`, `regions` and `years`.", "give all three")
        return
    strange = [c for c in (*t.regions, *t.years) if c not in (*cube.regions, *cube.years)]
    if strange:
        problems.add(place, f"the study has no {strange}.", "correct regions and years")
        return
    at, k = _selected(cube, t), cube.at(variable)
    for r, c in np.argwhere(at):
        if t.expect is not None and not (cube.known[r, c, k] and cube.values[r, c, k] == t.expect):
            found = f"{cube.values[r, c, k]:.12g}" if cube.known[r, c, k] else "nothing"
            message = f"the correction expects {t.expect:.12g} for {cube.regions[r]} {cube.years[c]}, but the file holds {found}."
            problems.add(
                f"{place}, {cube.place(r, c, k)}", message, "the source has changed: look again, then remove or adapt it"
            )
            return
    cube.values[:, :, k][at] = t.value
    cube.state[:, :, k][at] = CORRECTED


def _fill(cube: Cube, k: int, t: Treatment, years: Sequence[str]) -> tuple[np.ndarray, Filled]:
    columns = np.array([cube.years.index(y) for y in years])
    given: dict[str, object] = {} if t.value is None else {"value": t.value}
    if t.covariates:
        at = [cube.at(c) for c in t.covariates if c in cube.items]
        if len(at) < len(t.covariates):
            raise MethodError(f"covariates: the files hold no {[c for c in t.covariates if c not in cube.items]}.")
        given["covariates"] = [np.where(cube.known[:, columns, c], cube.values[:, columns, c], np.nan) for c in at]
    fn = registry.get("imputer", t.method or "").bind(**given)
    return columns, fn(cube.values[:, columns, k], cube.known[:, columns, k])


def _keep_bounds(cube: Cube, variable: str, how: str, columns: np.ndarray, made: Filled, take: np.ndarray) -> None:
    for r, c in np.argwhere(take):
        value = float(made.values[r, c])
        low, high = (value if b is None else float(b[r, c]) for b in (made.low, made.high))
        cube.filled.append((variable, cube.regions[r], cube.years[columns[c]], how, value, low, high))


def _impute(
    cube: Cube, variable: str, t: Treatment, place: str, parts: Segments, found: Sequence[Found], problems: Problems
) -> None:
    k = cube.at(variable)
    named = {c for f in found if f.kind == t.finding for c in f.cells}
    gap = np.array([[(r, y) in named for y in cube.years] for r in cube.regions], bool)
    wanted = _selected(cube, t) & gap & ~cube.known[:, :, k]
    try:
        made = [_fill(cube, k, t, years) for years in parts]
    except MethodError as fault:
        problems.add(place, str(fault), "name an imputer of `yindi methods imputer` under `method`")
        return
    for columns, filled in made:
        take = wanted[:, columns] & filled.known
        _keep_bounds(cube, variable, t.method or "", columns, filled, take)
        cube.values[:, columns, k] = np.where(take, filled.values, cube.values[:, columns, k])
        cube.state[:, columns, k] = np.where(take, IMPUTED, cube.state[:, columns, k])
    still = np.argwhere(wanted & ~cube.known[:, :, k])
    if len(still) and t.method != "none":
        cells = ", ".join(f"{cube.regions[r]} {cube.years[c]}" for r, c in still[:4])
        problems.add(place, f"{t.method} cannot fill {len(still)} cell(s): {cells}.",
                     "choose another method for them (interpolate fills inside only, and never across a break)")  # fmt: skip
