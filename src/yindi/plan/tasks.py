"""Tasks from findings: obstacles, what binds the chosen industries, partners, what to refrain from, what to renew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.axes import REGION
from yindi.core.finding import Ref
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.plan import goals, phrases
from yindi.plan.departments import Departments

TEXTS = ("lever", "kind", "measure", "object", "object_kind", "by", "by_kind", "lead", "support", "deadline", "result",
         "result_kind", "reference", "basis", "unit")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One task before it has a number: what it is, who does it (roles), what it rests on and what proves it."""

    sort: str
    kind: str
    lever: str
    measure: str
    object: str
    object_kind: str
    roles: str
    basis: Ref
    strength: float
    by: str = ""
    by_kind: str = ""
    result: str = ""
    result_kind: str = ""
    reference: str = ""
    unit: str = ""
    now: float = float("nan")
    level: float = float("nan")
    spare: bool = False


@dataclass(slots=True)
class Desk:
    """The tables that tasks are derived from; each is looked up once."""

    study: Study
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def tree(self) -> Mapping[str, Any]:
        """data/tasks.yaml."""
        found: Mapping[str, Any] = resources.tree("tasks.yaml")
        return found

    def table(self, name: str) -> Table:
        """A result table."""
        if name not in self.tables:
            self.tables[name] = self.study.table(name)
        return self.tables[name]

    def row(self, name: str, column: str, region: str) -> dict[str, float]:
        """label of the second axis -> number of a region, absent ones left out."""
        table = self.table(name)
        values = table.array(column)[table.labels(REGION).index(region)]
        labels = table.axes[1][1]
        return {c: float(v) for c, v in zip(labels, values.tolist(), strict=True) if v == v}

    def texts(self, name: str, column: str, region: str) -> dict[str, str]:
        """label of the second axis -> text of a region."""
        table = self.table(name)
        values = table.array(column)[table.labels(REGION).index(region)]
        return dict(zip(table.axes[1][1], values.tolist(), strict=True))

    def chosen(self, region: str) -> list[str]:
        """Industries that the layout gives a region, the best fitting first."""
        fit, got = self.row("opportunities.candidates", "fit", region), self.row("layout.allocation", "chosen", region)
        return falling({c: fit.get(c, 0.0) for c, x in got.items() if x > 0})


def falling(values: Mapping[str, float]) -> list[str]:
    """Labels by falling number; ties keep their order."""
    return sorted(values, key=lambda c: -values[c])


def select(
    found: Sequence[Task], counts: Mapping[str, int], weights: Mapping[str, float], *, least: int, most: int
) -> list[Task]:
    """At most `counts` of a sort, by falling importance, at most `most`; below `least` the spare ones follow."""
    ranked = sorted(found, key=lambda t: -weights[t.sort] * t.strength)
    used: dict[str, int] = {}
    kept: list[Task] = []
    spare: list[Task] = []
    for task in ranked:
        used[task.sort] = used.get(task.sort, 0) + (not task.spare)
        (spare if task.spare or used[task.sort] > counts[task.sort] else kept).append(task)
    kept = (kept + spare[: max(least - len(kept), 0)])[:most]
    return sorted(kept, key=lambda t: -weights[t.sort] * t.strength)


def of_region(desk: Desk, region: str) -> list[Task]:
    """The tasks of a region, the most important first."""
    made = (obstacles, needs, industries, partners, refrains, generic, renewals)
    tree = desk.tree
    found = [t for make in made for t in make(desk, region)]
    return select(found, tree["counts"], tree["weights"], least=tree["least"], most=tree["most"])


def worded(key: str, otherwise: str) -> str:
    """The key of a measure where the phrases have it, else the key for all others."""
    return phrases.load()["zh"].known(key, otherwise)


def _ref(name: str, column: str, **at: str) -> Ref:
    return Ref(name, tuple(at.items()), column)


def _target(desk: Desk, region: str, variables: Sequence[str], kind: str) -> dict[str, Any]:
    """What proves a task: the first variable's target at the deadline, else yearly watching of the first that is there."""
    table, column = desk.table("plan.targets"), desk.tree["deadlines"][kind]
    have = [v for v in variables if v in table.labels("variable")]
    for v in have:
        at = {REGION: region, "variable": v}
        if table.has("final", **at):
            return {"result": v, "result_kind": "variable", "now": table.number("base", **at), "unit": table.text("unit", **at),
                    "level": table.number(column, **at), "reference": str(_ref("plan.targets", column, **at))}  # fmt: skip
    return {"result": have[0], "result_kind": "watch"} if have else {}


def _proved(desk: Desk, region: str, requirement: str, kind: str) -> dict[str, Any]:
    """What proves that a requirement is supplied: the target of a variable that carries it, where one has a target."""
    directions = {code: v.direction for code, v in desk.study.variables.items()}
    found = _target(desk, region, _variables(requirement, directions), kind)
    return found if found.get("result_kind") == "variable" else {}


def _level(desk: Desk, region: str, requirement: str, need: float, reference: Ref) -> dict[str, Any]:
    """What a task without a target is measured against: the level of a requirement that an industry needs (not promised)."""
    now = desk.row("opportunities.endowment", "level", region).get(requirement, float("nan"))
    return {"result": requirement, "result_kind": "requirement", "now": now, "level": need, "unit": "index",
            "reference": str(reference)}  # fmt: skip


def obstacles(desk: Desk, region: str) -> Iterator[Task]:
    """A task for every indicator that holds the region back, by its obstacle degree."""
    distance = desk.row("diagnosis.obstacle", "distance", region)
    for indicator, degree in desk.row("diagnosis.obstacle", "degree", region).items():
        if degree <= 0:
            continue
        lever = desk.study.variables[indicator].lever
        lead, support = goals.roles(desk.study, indicator)
        way = "far" if distance.get(indicator, 0.0) >= desk.tree["far"] else "near"
        measure = worded(f"task_{indicator}_{way}", f"task_any_{way}")
        yield Task("obstacle", lever or "reform", lever, measure, indicator, "indicator", f"{lead} {support}",
                   _ref("diagnosis.obstacle", "degree", region=region, indicator=indicator), degree,
                   **_target(desk, region, [indicator], lever or "reform"))  # fmt: skip


def needs(desk: Desk, region: str) -> Iterator[Task]:
    """A task for every requirement that binds one of the region's industries, by its largest shortfall."""
    binding = desk.texts("opportunities.candidates", "binding", region)
    gap = desk.row("opportunities.candidates", "binding_gap", region)
    lever = desk.texts("opportunities.candidates", "lever", region)
    fixed = resources.tree("rules.yaml")["fixed_requirements"]
    waiting: dict[str, list[str]] = {}
    for c in desk.chosen(region):
        if binding[c] and binding[c] not in fixed:
            waiting.setdefault(binding[c], []).append(c)
    needed = desk.table("opportunities.requirements")
    for requirement, held in waiting.items():
        first = max(held, key=lambda c: gap.get(c, 0.0))
        need = needed.number("need", requirement=requirement, industry=first)
        reference = _ref("opportunities.requirements", "need", industry=first, requirement=requirement)
        measure = worded(f"task_need_{requirement}", "task_need_any")
        yield Task("need", lever[first] or "reform", lever[first], measure, requirement, "requirement",
                   desk.tree["requirements"].get(requirement, desk.tree["levers"].get(lever[first], "planning")),
                   _ref("opportunities.candidates", "binding_gap", region=region, industry=first), min(gap.get(first, 0.0), 1.0),
                   " ".join(held), "industry",
                   **(_proved(desk, region, requirement, lever[first] or "reform")
                      or _level(desk, region, requirement, need, reference)))  # fmt: skip


def _variables(requirement: str, directions: Mapping[str, int]) -> list[str]:
    """The variables that carry a requirement, those that need no scaling first; not those whose better is the other way."""
    rows = [r for r in resources.rows("industries/requirement_sources.csv") if r["requirement"] == requirement]
    rows = [r for r in rows if r["source"] == "panel" and int(r["direction"]) == directions.get(r["variable"], 1)]
    return list(dict.fromkeys(r["variable"] for r in sorted(rows, key=lambda r: r["scaled_by"] != "")))


def industries(desk: Desk, region: str) -> Iterator[Task]:
    """A task for every industry of the layout: strengthen an emerging one, prepare a future one."""
    table = desk.table("opportunities.industries")
    fit = desk.row("opportunities.candidates", "fit", region)
    strength = desk.texts("opportunities.candidates", "strength", region)
    binding = desk.texts("opportunities.candidates", "binding", region)
    needed, roles = desk.table("opportunities.requirements"), desk.tree["industries"]
    for c in desk.chosen(region):
        group, base = (table.text(x, industry=c) for x in ("class", "base"))
        kind = "prepare" if group == "future" else "strengthen"
        by, behind = strength[c] or binding[c], binding[c] or strength[c]
        proof = _proved(desk, region, behind, kind)
        if behind and not proof:
            need = needed.number("need", industry=c, requirement=behind)
            reference = _ref("opportunities.requirements", "need", industry=c, requirement=behind)
            proof = _level(desk, region, behind, need, reference)
        measure = f"task_{kind}" + ("" if by else "_plain")
        yield Task(kind, kind, "", measure, c, "industry", roles.get(group) or roles.get(base) or roles["otherwise"],
                   _ref("opportunities.candidates", "fit", region=region, industry=c), fit.get(c, 0.0), by,
                   "requirement" if by else "", **proof)  # fmt: skip


def partners(desk: Desk, region: str) -> Iterator[Task]:
    """A task for the best partners: what they are strong in and the region is weak in."""
    codes = desk.texts("opportunities.partners", "partner", region)
    helps = desk.row("opportunities.partners", "complement", region)
    own = desk.row("opportunities.endowment", "level", region)
    binding = desk.texts("opportunities.candidates", "binding", region)
    for place, code in codes.items():
        if not code:
            continue
        other = desk.row("opportunities.endowment", "level", code)
        ahead = falling({q: other[q] - own[q] for q in own if q in other and other[q] > own[q]})
        fixed = resources.tree("rules.yaml")["fixed_requirements"]
        bound = {binding[c] for c in desk.chosen(region)}
        by = next((q for q in ahead if q in bound and q not in fixed), next((q for q in ahead if q not in fixed), ""))
        if not by:
            continue
        reference = _ref("opportunities.endowment", "level", region=code, requirement=by)
        proof = {**_level(desk, region, by, other[by], reference), "result_kind": "joint"}
        yield Task("partner", "data", "data", "task_partner", code, REGION, desk.tree["partners"],
                   _ref("opportunities.partners", "complement", region=region, place=place), helps.get(place, 0.0), by,
                   "requirement", **proof)  # fmt: skip


def refrains(desk: Desk, region: str) -> Iterator[Task]:
    """What not to do: industries that the layout gives to others; spare: industries that fit least."""
    fit, gone = desk.row("opportunities.candidates", "fit", region), desk.row("layout.allocation", "given_up", region)
    table = desk.table("layout.industries")
    least = desk.study.config.layout.minimum_fit
    for c in falling({c: fit.get(c, 0.0) for c, x in gone.items() if x > 0}):
        before, limit = (table.number(x, industry=c) for x in ("before", "limit"))
        sort = "unfit" if fit.get(c, 0.0) < least else "crowded" if before > limit else "displaced"
        yield Task("refrain", "refrain", "", f"task_refrain_{sort}", c, "industry", desk.tree["refrain"],
                   _ref("layout.allocation", "given_up", region=region, industry=c), min(before / max(limit, 1.0), 2.0) / 2,
                   result=c, result_kind="limit", now=before, level=limit, unit="count",
                   reference=str(_ref("layout.industries", "limit", industry=c)))  # fmt: skip
    binding = desk.texts("opportunities.candidates", "binding", region)
    gap = desk.row("opportunities.candidates", "binding_gap", region)
    for c in sorted((c for c in fit if fit[c] < least and binding[c] and gone.get(c, 0.0) <= 0), key=lambda c: fit[c])[:3]:
        yield Task("refrain", "refrain", "", "task_refrain_unfit", c, "industry", desk.tree["refrain"],
                   _ref("opportunities.candidates", "binding_gap", region=region, industry=c), min(gap.get(c, 0.0), 1.0),
                   result=c, result_kind="fit", now=fit[c], level=least, unit="index",
                   reference=str(_ref("config", "value", item="layout.minimum_fit")), spare=True)  # fmt: skip


def generic(desk: Desk, region: str) -> Iterator[Task]:
    """A task for the region that holds the most of a requirement which opens industries elsewhere (generic technologies)."""
    if desk.study.opportunities.generic is None:
        return
    table = desk.table("opportunities.generic")
    gain = table.array("gain")
    whole = float(np.nansum(gain)) or 1.0
    for n, requirement in enumerate(table.labels("requirement")):
        if requirement not in desk.tree["generic_requirements"] or table.text("holder", requirement=requirement) != region:
            continue
        if np.isfinite(gain[n]) and gain[n] > 0:
            lever, opens = (table.text("lever", requirement=requirement), table.number("opens", requirement=requirement))
            yield Task("generic", "science", lever, "task_generic", requirement, "requirement", desk.tree["generic"],
                       _ref("opportunities.generic", "gain", requirement=requirement), min(4 * float(gain[n]) / whole, 1.0),
                       result=requirement, result_kind="opens", level=opens, unit="count",
                       reference=str(_ref("opportunities.generic", "opens", requirement=requirement)))  # fmt: skip


def renewals(desk: Desk, region: str) -> Iterator[Task]:
    """A task for the industries that the region is specialised in: renewed, not replaced."""
    if desk.study.opportunities.structure is None:
        return
    known, tree = desk.tree["sections"], desk.tree
    for section, quotient in desk.row("opportunities.structure", "quotient", region).items():
        row = known.get(section, known["otherwise"])
        measure = worded(f"task_renew_{section.lower()}", "task_renew_any")
        proof = _target(desk, region, row["results"], "renew") or _weight(desk, region, section)
        yield Task("renew", "renew", "", measure, section, "industry", row["roles"],
                   _ref("opportunities.structure", "quotient", region=region, industry=section),
                   min(max(quotient - 1, 0.0), 1.0), spare=quotient < tree["specialised"],
                   **proof)  # fmt: skip


def _weight(desk: Desk, region: str, section: str) -> dict[str, Any]:
    """What a renewal without a target is watched by: the section's part of value added."""
    share = desk.row("opportunities.structure", "share", region).get(section, float("nan"))
    at = _ref("opportunities.structure", "share", region=region, industry=section)
    return {"result": section, "result_kind": "section", "level": share, "unit": "share", "reference": str(at)}


def task_table(bench: Bench, study: Study, departments: Departments, forms: Mapping[str, str], period: tuple[int, int]) -> Table:
    """plan.tasks: region, task -> what, who, until when, proved by what, resting on what; `study` knows plan.targets."""
    desk = Desk(study)
    held = {r: of_region(desk, r) for r in study.panel.regions}
    count = max((len(x) for x in held.values()), default=0)
    labels = tuple(f"t{n:02d}" for n in range(1, count + 1))
    shape = (len(held), count)
    texts = {c: np.full(shape, "", dtype=object) for c in TEXTS}
    numbers = {c: np.full(shape, np.nan) for c in ("weight", "now", "level")}
    until = {"middle": str(period[0]), "final": str(period[1])}
    for r, (region, found) in enumerate(held.items()):
        for n, t in enumerate(found):
            lead, _, support = t.roles.strip().partition(" ")
            row = {c: getattr(t, c) for c in TEXTS if hasattr(t, c)} | {
                "lead": departments.code(lead, region, forms[region]),
                "support": departments.codes(support, region, forms[region]),
                "deadline": until[desk.tree["deadlines"][t.kind]],
                "basis": str(t.basis),
            }
            for c, value in row.items():
                texts[c][r, n] = value
            numbers["weight"][r, n] = desk.tree["weights"][t.sort] * t.strength
            numbers["now"][r, n], numbers["level"][r, n] = t.now, t.level
    inputs = ("plan.targets", "diagnosis.obstacle", "opportunities.candidates", "opportunities.partners",
              "opportunities.requirements", "opportunities.endowment", "layout.allocation", "layout.industries",
              *(f"opportunities.{x}" for x in ("generic", "structure")
                if getattr(study.opportunities, x) is not None))  # fmt: skip
    return bench.make("tasks", ((REGION, study.panel.regions), ("task", labels)),
                      {**numbers, **{c: v.astype(str) for c, v in texts.items()}}, method="plan.tasks", inputs=inputs,
                      units={"weight": "index", "now": "@unit", "level": "@unit"})  # fmt: skip
