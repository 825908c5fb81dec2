"""The table plan.cascade: a higher plan's targets handed down to the regions of a study."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import Problems
from yindi.core.study import Bench
from yindi.core.table import Table
from yindi.plan import cascade, targets
from yindi.plan.cascade import Handed, Higher
from yindi.plan.goals import STALE, Goals, base_values, course, higher_of

NUMBERS = ("base", "parent_base", "parent_target", "share", "cover", "growth", "target")
TEXTS = ("parent", "year", "basis", "unit", "reason")


def cascade_table(bench: Bench, g: Goals) -> Table | None:
    """plan.cascade, or None where the study file names no higher plan; raises ProblemsError where no region has a parent."""
    higher = higher_of(g.study)
    if higher is None:
        return None
    above = _parents(g, higher)
    panel = g.study.panel
    shape = (len(panel.regions), len(panel.items))
    numbers = {c: np.full(shape, np.nan) for c in NUMBERS}
    texts = {c: np.full(shape, "", dtype=object) for c in TEXTS}
    for k, variable in enumerate(panel.items):
        texts["unit"][:, k] = panel.units[k]
        for parent in higher.parents:
            _one(g, higher, above, parent, variable, numbers, texts)
        texts["reason"][:, k] = np.where(np.isfinite(numbers["target"][:, k]) | (texts["reason"][:, k] != ""),
                                         texts["reason"][:, k], "not_in_higher_plan")  # fmt: skip
    for r, region in enumerate(panel.regions):
        if region not in above:
            texts["reason"][r, :] = "no_parent"
    units = {**dict.fromkeys(("base", "parent_base", "parent_target", "target"), "@unit"), "share": "share", "cover": "share",
             "growth": "growth"}  # fmt: skip
    return bench.make("cascade", g.axes, {**numbers, **{c: v.astype(str) for c, v in texts.items()}},
                      method="plan.cascade", inputs=("panel", "config", "intake.higher"), units=units)  # fmt: skip


def _parents(g: Goals, higher: Higher) -> dict[str, str]:
    regions = g.study.config.regions
    held = g.study.need("intake").parents
    table = {} if held is None else dict(zip(held.array("code").tolist(), held.array("parent").tolist(), strict=True))
    found = cascade.parents(g.study.panel.regions, higher.parents, regions.standard, table)
    if not found:
        problems = Problems("plan.higher")
        problems.add("study.yaml: plan.higher", f"no region lies in {', '.join(higher.parents[:4])}.",
                     "parents are the codes above a region's own; your table of regions may name them (parent)")  # fmt: skip
        problems.raise_if_any()
    return found


def _one(
    g: Goals,
    higher: Higher,
    above: dict[str, str],
    parent: str,
    variable: str,
    numbers: dict[str, np.ndarray],
    texts: dict[str, np.ndarray],
) -> None:
    """Fill the cells of one parent's regions for one variable."""
    panel, key = g.study.panel, (parent, variable)
    if key not in higher.points and key not in higher.rates:
        return
    k, c, last = panel.items.index(variable), course(g.study, variable), len(g.years) - 1
    at = targets.last_seen(c, last, max(last - STALE, 0))
    inside = np.array([above.get(r) == parent for r in panel.regions])
    texts["parent"][inside, k] = parent
    known = np.flatnonzero(inside & (at >= 0))
    texts["reason"][inside & (at < 0), k] = "no_base"
    if not len(known):
        return
    base = base_values(g.study, k, at)[known]
    handed, year, basis, reason = _handed(g, higher, key, base, g.years[at[known]])
    numbers["base"][known, k] = base
    texts["reason"][known, k], texts["basis"][known, k], texts["year"][known, k] = reason, basis, year
    if handed is None:
        return
    for name in ("share", "growth", "target"):
        numbers[name][known, k] = getattr(handed, name)
    for name in ("cover", "parent_base", "parent_target"):
        numbers[name][known, k] = getattr(handed, name)


def _handed(
    g: Goals, higher: Higher, key: tuple[str, str], base: np.ndarray, years: np.ndarray
) -> tuple[Handed | None, str, str, str]:
    """(what is handed down, the year of the parent's target, basis, reason where nothing is)."""
    v, final, now = g.study.variables[key[1]], g.period[1], int(g.years[-1])
    if key in higher.rates:
        year, rate = higher.rates[key]
        return cascade.hand_down_growth(base, years, rate=rate, final=final, bound=v.bound), str(year), "stated_growth", ""
    points = higher.points[key]
    ahead = sorted(y for y in points if y > now)
    if not ahead:
        return None, "", "", "past_target"
    year = next((y for y in ahead if y >= final), ahead[-1])
    behind = [y for y in points if y <= now]
    start = max(behind) if behind else now
    parent_base = points[start] if behind else float("nan")
    if v.kind == "total":
        same = bool((years == years[0]).all()) and (not behind or start == int(years[0]))
        if not same:
            return None, str(year), "", "other_base_years"
        made = cascade.hand_down_total(base, years, parent_base=parent_base, parent_target=points[year], year=year, final=final)
        return made, str(year), "share", ""
    if not behind:
        return None, str(year), "", "no_parent_base"
    made = cascade.hand_down_rate(base, years, parent_base=parent_base, parent_target=points[year], parent_year=start, year=year,
                                  final=final, bound=v.bound)  # fmt: skip
    return made, str(year), "growth", ""
