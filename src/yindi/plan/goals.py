"""The tables of targets: what earlier targets would have missed, what a higher plan asks, and every region's own targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from yindi.core import resources
from yindi.core.axes import REGION
from yindi.core.errors import EvidenceError
from yindi.core.panel import ABSENT, IMPUTED
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.plan import cascade, targets
from yindi.plan.departments import Departments

VARIABLE = "variable"
NUMBERS = ("base", "middle", "final", "low", "high", "growth", "trend", "peers", "ceiling")
TEXTS = ("year", "middle_year", "final_year", "unit", "method", "source", "source_kind", "limit", "duty", "lead", "support",
         "reason")  # fmt: skip
STALE = 2
HINDCAST_YEARS = 5
SKILL = ("regions", "miss", "size", "reached", "gain", "low", "high")


@dataclass(slots=True)
class Goals:
    """What the tables of targets are made from."""

    study: Study
    rules: targets.Rules
    period: tuple[int, int]
    peers: np.ndarray
    departments: Departments
    forms: Mapping[str, str]
    skills: dict[str, dict[str, targets.Skill | None]] = field(default_factory=dict)

    @property
    def axes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Axes of the tables of targets."""
        return ((REGION, self.study.panel.regions), (VARIABLE, self.study.panel.items))

    @property
    def years(self) -> np.ndarray:
        """The panel's years as numbers."""
        return np.array([int(y) for y in self.study.panel.years])


def goals(study: Study, departments: Departments, forms: Mapping[str, str]) -> Goals:
    """The inputs of all targets of a study."""
    tree = resources.tree("tasks.yaml")["targets"]
    rules = targets.Rules(**{k: type(getattr(targets.Rules(), k))(v) for k, v in tree.items()})
    period = targets.period(int(study.panel.years[-1]), study.config.plan.period)
    return Goals(study, rules, period, _peers(study), departments, forms)


def _peers(study: Study) -> np.ndarray:
    """(R,k) positions of each region's peers, -1 where there is none."""
    table, place = study.table("diagnosis.peers"), {r: n for n, r in enumerate(study.panel.regions)}
    rows = {r: n for n, r in enumerate(table.labels(REGION))}
    codes = table.array("peer")
    return np.array([[place.get(str(p), -1) for p in codes[rows[r]]] for r in study.panel.regions])


def rule_of(variable: str) -> Mapping[str, str]:
    """The row of data/targets.csv for a variable, or the row for all others."""
    table = {r["variable"]: r for r in resources.rows("targets.csv")}
    return table.get(variable, table["*"])


def course(study: Study, variable: str) -> targets.Course:
    """One variable's observed positive values on the additive scale, and the years of its last comparable span."""
    panel = study.panel
    k = panel.items.index(variable)
    values, status = panel.values[:, :, k], panel.status[:, :, k]
    seen = (status != ABSENT) & (status != IMPUTED) & (np.nan_to_num(values) > 0)
    bound = study.variables[variable].bound
    scaled = np.full(values.shape, np.nan)
    scaled[seen] = targets.to_scale(values[seen], bound)
    last = panel.segments_of(variable)[-1]
    span = np.array([y in last for y in panel.years])
    return targets.Course(scaled, seen, span, study.variables[variable].direction)


def skill_table(bench: Bench, g: Goals) -> Table:
    """plan.target_skill: targets set five years before the last year, by method, against what came."""
    items = g.study.panel.items
    columns = {c: np.full((len(items), len(targets.METHODS)), np.nan) for c in SKILL}
    for k, variable in enumerate(items):
        v = g.study.variables[variable]
        found = targets.hindcast(
            course(g.study, variable), g.peers, g.rules, years=HINDCAST_YEARS, bound=v.bound, total=v.kind == "total"
        )
        g.skills[variable] = found
        held = found["hold"]
        for m, name in enumerate(targets.METHODS):
            s = found[name]
            if s is None:
                continue
            gain = 1 - s.size / held.size if held is not None and held.size > 0 else np.nan
            for c, value in zip(SKILL, (s.regions, s.miss, s.size, s.reached, gain, s.low, s.high), strict=True):
                columns[c][k, m] = value
    known = np.isfinite(columns["regions"])
    last = int(g.study.panel.years[-1])
    text = {c: np.where(known, str(y), "") for c, y in (("origin", last - HINDCAST_YEARS), ("end", last))}
    units = {"regions": "count", "miss": "growth", "size": "share", "reached": "share", "gain": "share"}
    return bench.make("target_skill", ((VARIABLE, items), ("method", targets.METHODS)), {**columns, **text},
                      method="plan.hindcast_targets", inputs=("panel", "diagnosis.peers"), units=units,
                      params=_params(g))  # fmt: skip


def _params(g: Goals) -> dict[str, object]:
    return {"stale": STALE, "years": HINDCAST_YEARS, **asdict(g.rules)}


def target_table(bench: Bench, g: Goals, handed: Table | None) -> Table:
    """plan.targets: base, way and end of every variable of every region, with the method, its source and its range."""
    panel = g.study.panel
    shape = (len(panel.regions), len(panel.items))
    numbers = {c: np.full(shape, np.nan) for c in NUMBERS}
    texts = {c: np.full(shape, "", dtype=object) for c in TEXTS}
    marks = np.zeros(shape, bool)
    for k, variable in enumerate(panel.items):
        _fill(g, variable, k, numbers, texts, handed, marks)
    columns: dict[str, np.ndarray] = {**numbers, **{c: v.astype(str) for c, v in texts.items()}}
    inputs = ["panel", "diagnosis.peers", "config", "plan.target_skill", *(["plan.cascade"] if handed is not None else [])]
    table = bench.make("targets", g.axes, columns, method="plan.targets", inputs=inputs, marks=marks,
                       units={**dict.fromkeys(NUMBERS, "@unit"), "growth": "growth"}, params=_params(g))  # fmt: skip
    evidenced(table)
    return table


def _fill(
    g: Goals,
    variable: str,
    k: int,
    numbers: dict[str, np.ndarray],
    texts: dict[str, np.ndarray],
    handed: Table | None,
    marks: np.ndarray,
) -> None:
    v, c = g.study.variables[variable], course(g.study, variable)
    last = len(g.years) - 1
    at = targets.last_seen(c, last, max(last - STALE, 0))
    start = g.years[np.maximum(at, 0)]
    horizon = g.period[1] - start
    skills = g.skills[variable]
    total, use = v.kind == "total", targets.usable(skills, g.rules)
    found = targets.candidates(c, g.peers, at, last, horizon, g.rules, use=use, total=total)
    final, method = found.chosen.copy(), np.array(targets.METHODS, dtype=object)[found.method]
    limit = _limits(found, method, {m for m, s in skills.items() if targets.rarely_reached(s, g.rules)})
    if handed is not None:
        final, method, limit = _raised(g, variable, handed, found, final, method, limit)
    reason = _reasons(g, variable, k, c, at, found)
    ok = (reason == "") & np.isfinite(final)
    spread = np.array([_spread(skills, str(m)) for m in method])
    middle = targets.path(found.base, final, (g.period[0] - start) / np.maximum(horizon, 1))
    scaled = {"base": found.base, "middle": middle, "final": final, "trend": found.trend, "peers": found.peers,
              "ceiling": found.ceiling, "low": np.minimum(final, final + horizon * spread[:, 0]),
              "high": np.maximum(final, final + horizon * spread[:, 1])}  # fmt: skip
    for name, values in scaled.items():
        keep = np.isfinite(values) & (ok | (name == "base"))
        numbers[name][keep, k] = targets.from_scale(values[keep], v.bound)
    _exact(g, k, at, ok & (method == "hold"), numbers)
    numbers["growth"][ok, k] = (numbers["final"][ok, k] / numbers["base"][ok, k]) ** (1 / horizon[ok]) - 1
    _texts(g, variable, k, texts, ok, at, method, limit, reason, found, handed)
    status = g.study.panel.marks()[:, :, k]
    marks[:, k] = ok & status[np.arange(len(at)), np.maximum(at, 0)]


def _exact(g: Goals, k: int, at: np.ndarray, held: np.ndarray, numbers: dict[str, np.ndarray]) -> None:
    """The base as the panel has it, to the last digit, and what is held with it."""
    raw = base_values(g.study, k, at)
    numbers["base"][:, k] = raw
    for name in ("middle", "final"):
        numbers[name][held, k] = raw[held]


def base_values(study: Study, k: int, at: np.ndarray) -> np.ndarray:
    """The panel's values of variable k at the years `at` (R,), NaN where there is none."""
    return np.where(at >= 0, study.panel.values[np.arange(len(at)), np.maximum(at, 0), k], np.nan)


def _limits(found: targets.Candidates, method: np.ndarray, doubtful: set[str]) -> np.ndarray:
    rare = np.array([str(m) in doubtful for m in method])
    return np.where(found.capped, "capped", np.where(rare, "rarely_reached", "")).astype(object)


def _spread(skills: Mapping[str, targets.Skill | None], method: str) -> tuple[float, float]:
    """(low, high) a year of what came of targets of a method; NaN where that could not be tested."""
    s = skills.get(method if method in targets.METHODS else "chosen")
    return (np.nan, np.nan) if s is None else (s.low, s.high)


def _raised(
    g: Goals,
    variable: str,
    handed: Table,
    found: targets.Candidates,
    final: np.ndarray,
    method: np.ndarray,
    limit: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The higher plan's share where it asks for more, or where the target is binding; it may go beyond the ceiling."""
    v = g.study.variables[variable]
    values = handed.array("target")[:, handed.labels(VARIABLE).index(variable)]
    given = np.isfinite(values) & np.isfinite(found.base)
    asked = np.full(len(values), np.nan)
    asked[given] = targets.to_scale(values[given], v.bound)
    binding = rule_of(variable)["duty"] == "binding"
    more = given & (binding | ~np.isfinite(final) | (v.direction * (asked - np.where(np.isfinite(final), final, asked)) > 0))
    beyond = more & np.isfinite(found.ceiling) & (v.direction * (asked - found.ceiling) > 0)
    return np.where(more, asked, final), np.where(more, "higher", method), np.where(beyond, "beyond", np.where(more, "", limit))


def _reasons(g: Goals, variable: str, k: int, c: targets.Course, at: np.ndarray, found: targets.Candidates) -> np.ndarray:
    """Why a region gets no target of a variable (R,); "" where it gets one."""
    panel, rule = g.study.panel, rule_of(variable)
    present = (panel.status[:, :, k] != ABSENT).any(axis=1)
    observed = ((panel.status[:, :, k] != ABSENT) & (panel.status[:, :, k] != IMPUTED)).any(axis=1)
    broken = len(panel.segments_of(variable)) > 1 and int(c.span.sum()) <= g.rules.changes
    usable = (c.seen & c.span).any(axis=1)
    out = np.where(np.isfinite(found.rate), "", "few_years").astype(object)
    for condition, code in (
        (at < 0, "stale"),
        (~usable, "not_positive"),
        (np.full(len(at), broken), "broken_series"),
        (~observed, "not_observed"),
        (~present, "absent"),
        (np.full(len(at), rule["goal"] != "yes"), "no_goal"),
    ):
        out = np.where(condition, code, out)
    return np.asarray(out)


def _texts(
    g: Goals,
    variable: str,
    k: int,
    texts: dict[str, np.ndarray],
    ok: np.ndarray,
    at: np.ndarray,
    method: np.ndarray,
    limit: np.ndarray,
    reason: np.ndarray,
    found: targets.Candidates,
    handed: Table | None,
) -> None:
    panel, rule = g.study.panel, rule_of(variable)
    lead, support = roles(g.study, variable)
    span = [y for y, inside in zip(panel.years, course(g.study, variable).span, strict=True) if inside]
    texts["reason"][:, k] = reason
    texts["unit"][:, k] = panel.units[k]
    for r in np.flatnonzero(at >= 0):
        texts["year"][r, k] = panel.years[at[r]]
    for r in np.flatnonzero(ok):
        region, m = panel.regions[r], str(method[r])
        row = {"middle_year": str(g.period[0]), "final_year": str(g.period[1]), "method": m, "limit": str(limit[r]),
               "duty": rule["duty"], "lead": g.departments.code(lead, region, g.forms[region]),
               "support": g.departments.codes(support, region, g.forms[region])}  # fmt: skip
        sources = {"trend": (f"{span[0]}–{span[-1]}", "years"), "hold": (panel.years[at[r]], "year"),
                   "peers": (panel.regions[int(found.model[r])] if found.model[r] >= 0 else "", REGION)}  # fmt: skip
        if m == "higher" and handed is not None:
            sources["higher"] = (handed.text("parent", region=region, variable=variable), "parent")
        row["source"], row["source_kind"] = sources[m]
        for name, value in row.items():
            texts[name][r, k] = value


def roles(study: Study, variable: str) -> tuple[str, str]:
    """(lead, support) roles of a variable: its own row of data/targets.csv, else by its lever."""
    rule = rule_of(variable)
    if rule["lead"]:
        return rule["lead"], rule["support"]
    lever = study.variables[variable].lever if variable in study.variables else ""
    lead, _, support = resources.tree("tasks.yaml")["levers"].get(lever, "planning").partition(" ")
    return lead, support


def evidenced(table: Table) -> None:
    """Raise EvidenceError unless every target names base, year, method and source, and every cell without one its reason."""
    final = np.isfinite(table.array("final"))
    sound = np.isfinite(table.array("base"))
    for column in ("year", "method", "source", "unit", "final_year"):
        sound = sound & (table.array(column) != "")
    wrong = np.argwhere((final & ~sound) | (~final & (table.array("reason") == "")))
    if len(wrong):
        (_, regions), (_, variables) = table.axes
        cells = ", ".join(f"{variables[k]} of {regions[r]}" for r, k in wrong[:4])
        raise EvidenceError(f"{table.name}: {len(wrong)} target(s) without evidence (or gaps without a reason): {cells}.")


def higher_of(study: Study) -> cascade.Higher | None:
    """The higher plan of a study, read and checked."""
    held = study.need("intake").higher
    if held is None:
        return None
    rows = [dict(zip(held.columns, row, strict=True)) for row in zip(*(v.tolist() for v in held.columns.values()), strict=True)]
    return cascade.read(rows, dict(zip(study.panel.items, study.panel.units, strict=True)), study.config.plan.higher or "higher")
