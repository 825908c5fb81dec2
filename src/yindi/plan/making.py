"""The tables a plan is written from: targets and their skill, cascade, tasks, projects; and after writing, similarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from yindi.core import resources
from yindi.core.axes import REGION
from yindi.core.document import Document
from yindi.core.results import Plan
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.core.wording import units
from yindi.plan import cascade, departments, goals, projects, similarity, tasks
from yindi.plan.departments import Departments
from yindi.plan.handing import cascade_table
from yindi.plan.rules import path_type

SHOWN = 3


def rows_of(table: Table | None) -> list[dict[str, str]]:
    """The rows of a table of text, as dictionaries."""
    if table is None:
        return []
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*(v.tolist() for v in table.columns.values()), strict=True)]


def departments_of(study: Study) -> Departments:
    """The departments: the packaged ones, with the user's own names."""
    base = departments.packaged(resources.rows("departments.csv"))
    held = study.need("intake").departments
    return (
        base if held is None else departments.own(base, rows_of(held), study.panel.regions, study.config.plan.departments or "")
    )


def forms_of(study: Study) -> dict[str, str]:
    """The level of government of every region; "" outside China."""
    where, level = study.config.regions.standard, study.config.regions.level
    return {r: departments.form_of(r, study.names.of(REGION, r, "zh"), where, level) for r in study.panel.regions}


def check(study: Study) -> None:
    """Refuse the user's own files of the plan that are unsound, before anything is computed."""
    held = departments_of(study)
    goals.higher_of(study)
    _projects(study, held)


def with_departments(study: Study) -> Study:
    """The study with the names of all departments (kind `department`) and of the codes in the plan's tables."""
    names = study.names.plus("department", departments_of(study).names).plus("parent", _parents(study))
    for kind, table in resources.tree("plan_names.yaml").items():
        names = names.plus(kind, {code: (row["zh"], row["en"]) for code, row in table.items()})
    return replace(study, names=names)


def _parents(study: Study) -> dict[str, tuple[str, str]]:
    """Names of the regions that a higher plan is of, where the packaged table has them."""
    held = study.need("intake").higher
    known = {r["code"]: (r["zh"], r["en"]) for r in resources.rows("regions/provinces.csv")}
    known |= dict.fromkeys(cascade.WHOLE, ("全国", "the whole of China"))
    return {} if held is None else {c: known[c] for c in sorted(set(held.array("parent").tolist())) if c in known}


def draft(bench: Bench) -> Study:
    """The study as documents see it while the stage is at work: with the tables made so far."""
    empty = Table("plan.sentences", (("sentence", ()),), {})
    made = {k: v for k, v in bench.made.items() if k not in ("sentences", "quantities")}
    plan = Plan(sentences=empty, quantities=replace(empty, name="plan.quantities"), **made)  # type: ignore[arg-type]
    return replace(bench.study, results={**bench.study.results, "plan": plan})


def tables(bench: Bench) -> None:
    """All tables that documents are written from."""
    study = bench.study
    held, forms = departments_of(study), forms_of(study)
    g = goals.goals(study, held, forms)
    goals.skill_table(bench, g)
    goals.target_table(bench, g, cascade_table(bench, g))
    tasks.task_table(bench, draft(bench), held, forms, g.period)
    _project_table(bench, held, forms)


def _projects(study: Study, held: Departments) -> list[projects.Project]:
    rows = rows_of(study.need("intake").projects)
    return projects.read(rows, study.panel.regions, held.roles, units(), study.config.plan.projects or "projects")


def _project_table(bench: Bench, held: Departments, forms: Mapping[str, str]) -> None:
    found = _projects(bench.study, held)
    if not found:
        return
    regions = bench.study.panel.regions
    mine = {r: [p for p in found if p.region == r] for r in regions}
    count = max(len(x) for x in mine.values())
    texts = {c: np.full((len(regions), count), "", dtype=object) for c in projects.TEXTS}
    investment = np.full((len(regions), count), np.nan)
    for r, region in enumerate(regions):
        for n, p in enumerate(mine[region]):
            investment[r, n] = p.investment
            for c, value in p.texts.items():
                texts[c][r, n] = held.code(value, region, forms[region]) if c == "lead" else value
    labels = tuple(f"p{n:02d}" for n in range(1, count + 1))
    bench.make("projects", ((REGION, regions), ("project", labels)),
               {"investment": investment, **{c: v.astype(str) for c, v in texts.items()}}, method="plan.projects",
               inputs=("intake.projects", "config"), units={"investment": "@unit"})  # fmt: skip


def similarity_tables(bench: Bench, documents: Sequence[Document]) -> None:
    """plan.similarity and its summary, from the planning documents of all regions in one language."""
    if len(documents) < 2:
        return
    study = bench.study
    codes = [d.subject for d in documents]
    language = documents[0].language
    names = {c: study.names.of(REGION, c, language) for c in codes}
    reads, phrases = similarity.read(documents, names, resources.tree("frame.yaml")["frame"])
    found = similarity.overlap([x.own for x in reads])
    frame = similarity.overlap([x.frame for x in reads])
    desk = tasks.Desk(study)
    facts = [_facts(desk, c) for c in codes]
    portfolio = similarity.jaccard([frozenset(desk.chosen(c)) for c in codes])
    share = np.divide(found.shared, found.sentences, out=np.zeros_like(found.shared), where=found.sentences > 0)
    pairs = tuple(f"{codes[a]}|{codes[b]}" for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True))
    columns = {"sentences": found.sentences, "shared": found.shared, "share": share, "frame": frame.shared,
               "portfolio": portfolio, "common": np.array(similarity.shared_reasons(facts, found), dtype=str),
               "top": np.array(similarity.most_shared(reads, phrases, found), dtype=str)}  # fmt: skip
    inputs = ("plan.targets", "plan.tasks", "layout.allocation", "opportunities.candidates", "diagnosis.obstacle",
              "diagnosis.peers", "scores.trend")  # fmt: skip
    counts = {"sentences": "count", "shared": "count", "share": "share", "frame": "count", "portfolio": "share"}
    bench.make("similarity", (("pair", pairs),), columns, method="plan.similarity", inputs=inputs, units=counts,
               params={"language": language})  # fmt: skip
    _summary(bench, pairs, columns, counts)


def _summary(bench: Bench, pairs: tuple[str, ...], columns: Mapping[str, np.ndarray], counts: Mapping[str, str]) -> None:
    at = similarity.extremes(columns["share"])
    kept = {c: np.array([columns[c][n] for n in at.values()]) for c in ("sentences", "shared", "share", "portfolio", "common")}
    bench.make("similarity_summary", (("item", tuple(at)),), {**kept, "pair": np.array([pairs[n] for n in at.values()])},
               method="plan.similarity_summary", inputs=("plan.similarity",),
               units={c: u for c, u in counts.items() if c in kept})  # fmt: skip


def _facts(desk: tasks.Desk, region: str) -> dict[str, object]:
    """What two regions may have in common, by code."""
    degree = desk.row("diagnosis.obstacle", "degree", region)
    ranked = [i for i in tasks.falling(degree) if degree[i] > 0]
    peers = frozenset(p for p in desk.texts("diagnosis.peers", "peer", region).values() if p)
    return {
        "industries": frozenset(desk.chosen(region)),
        "main_obstacle": ranked[0] if ranked else "",
        "obstacles": frozenset(ranked[:SHOWN]),
        "peers": peers,
        "path": path_type(desk.study, region),
        "specialisation": _specialisation(desk, region),
    }


def _specialisation(desk: tasks.Desk, region: str) -> str:
    if desk.study.opportunities.structure is None:
        return ""
    quotient = desk.row("opportunities.structure", "quotient", region)
    return tasks.falling(quotient)[0] if quotient else ""
