"""Stage intake: from a study folder to the checked Study; all problems of all files are raised once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDICATOR, INDUSTRY
from yindi.core.config import StudyConfig, Treatment
from yindi.core.errors import Problem, ProblemsError
from yindi.core.framework import Framework
from yindi.core.ledger import Ledger
from yindi.core.panel import ABSENT, CORRECTED, IMPUTED, OBSERVED, Origin, Panel
from yindi.core.space import Space
from yindi.core.study import Bench, Study
from yindi.intake import assemble, definitions, findings, geography, treat
from yindi.intake import draft as gather
from yindi.intake.beside import Beside, beside
from yindi.intake.findings import Found

_STATE = np.array([ABSENT, OBSERVED, CORRECTED, IMPUTED])


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `yindi check` shows: findings (with their choice, if the study file answers them) and problems that stop a run."""

    findings: tuple[Found, ...]
    problems: tuple[Problem, ...]
    unanswered: tuple[Problem, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def inspect(config: StudyConfig, folder: Path) -> Inspection:
    """Read and check only; raises nothing about the data."""
    d = gather.draft(config, folder)
    beside(config, folder, d.problems)
    problems = tuple(d.problems.found)
    gather.unanswered(d)
    names = {c: n[0] for c, n in definitions.region_names(config.regions.level).items()}
    return Inspection(tuple(d.found), problems, tuple(d.problems.found[len(problems) :]), names)


def intake(config: StudyConfig, folder: Path) -> Study:
    """The checked Study of a study folder; raises ProblemsError with every problem of every file at once."""
    d = gather.draft(config, folder)
    gather.unanswered(d)
    extra = beside(config, folder, d.problems)
    d.problems.raise_if_any()
    if d.panel is None or d.framework is None:
        raise ProblemsError("intake", [Problem("study.yaml", "nothing could be read.", "look at `inputs`")])
    return _study(d, d.panel, d.framework, extra)


def _to_panel(d: gather.Draft, cube: assemble.Cube, axis: str) -> Panel:
    ids = {s.path: s.id for s in d.sources}
    books = tuple((ids[g.file], g.sheet) for g in cube.grids)
    status = _STATE[cube.state]
    values = np.where(status == ABSENT, np.nan, cube.values)
    units = tuple(d.variables[c].unit if axis == INDICATOR else cube.units.get(c, "plain") for c in cube.items)
    parts = tuple((c, d.segments[c]) for c in cube.items if len(d.segments.get(c, ())) > 1)
    origin = Origin(books, cube.book, cube.row, cube.column)
    panel = Panel(cube.regions, cube.years, cube.items, values, status, origin, units, axis, parts)
    gone = treat.dropped(d.config.treatments) if axis == INDICATOR else set()
    return panel.take(items=[c for c in cube.items if c not in gone]) if gone else panel


def _space(d: gather.Draft, regions: tuple[str, ...]) -> Space:
    inside = set(regions)
    bridges = tuple((a, b) for a, b in d.config.regions.bridges if {a, b} <= inside)
    land = [e for e in geography.borders(d.config.regions.level) if set(e) <= inside]
    edges = tuple(sorted({(min(e), max(e)) for e in (*land, *bridges)}))
    groups: dict[str, dict[str, str]] = {}
    for row in resources.rows("regions/groups.csv"):
        groups.setdefault(row["grouping"], {})[row["code"]] = row["group"]
    known = geography.places(d.config.regions.level)
    shapes = {r: known[r] for r in regions if r in known}
    return Space(regions, edges, tuple(b for b in bridges if tuple(sorted(b)) not in set(land)), groups,
                 {r: s.centroid for r, s in shapes.items()}, {r: s.area for r, s in shapes.items()})  # fmt: skip


def _study(d: gather.Draft, cube: assemble.Cube, chosen: Framework, extra: list[Beside]) -> Study:
    framework = chosen.without(treat.dropped(d.config.treatments))
    panel = _to_panel(d, cube, INDICATOR)
    activity = _to_panel(d, d.activity, INDUSTRY) if d.activity is not None else None
    names = definitions.names(d.variables, framework, d.config, d.folder)
    sources = Ledger().add(*d.sources, *(b.source for b in extra))
    study = Study(d.config, d.variables, framework, panel, activity, _space(d, panel.regions), names, sources)
    study = _with_steps(d, study)
    return _results(d, study, extra)


def _with_steps(d: gather.Draft, study: Study) -> Study:
    treatments = {v: [t.model_dump(mode="json", exclude_defaults=True) for t in ts] for v, ts in d.config.treatments.items()}
    used = [[d.sources[n].id for n in d.of(content)] for content in ("indicators", "activity")]
    first = study.step("panel", "intake.read", used[0], study.panel.table().digest, params={"treatments": treatments})
    space = study.space
    rule = {"contiguity": "shared border arcs", "bridges": [list(b) for b in space.bridges], "level": d.config.regions.level}
    second = study.step("space", "intake.space", [], [list(e) for e in space.edges], params=rule)
    steps = [first, second]
    study = replace(study, panel=replace(study.panel, step=first.id), space=replace(space, step=second.id))
    if study.activity is not None:
        third = study.step("activity", "intake.read", used[1], study.activity.table().digest)
        steps.append(third)
        study = replace(study, activity=replace(study.activity, step=third.id))
    return replace(study, ledger=study.ledger.add(*steps))


CHOSEN = ("choice", "imputer", "reason", "reason_en")


def _choice(f: Found, answers: Mapping[str, tuple[Treatment, ...]]) -> tuple[str, ...]:
    mine = [t for t in answers.get(f.variable, ()) if findings.covers(t, f)]
    methods = " ".join(t.method for t in mine if t.method)
    return " ".join(dict.fromkeys(t.choice for t in mine)), methods, *(" ".join(t.said(x) for t in mine) for x in ("zh", "en"))


def _results(d: gather.Draft, study: Study, extra: list[Beside]) -> Study:
    bench = Bench(study, "intake")
    panel = study.panel
    counts = {s: int((panel.status == n).sum()) for n, s in enumerate(("absent", "observed", "corrected", "imputed", "derived"))}
    items = {"regions": len(panel.regions), "years": len(panel.years), "indicators": len(study.framework.indicators),
             "variables": len(panel.items), "files": len(d.sources), "cells": panel.values.size, **counts,
             "findings": len(d.found), "findings_sure": sum(f.sure for f in d.found)}  # fmt: skip
    bench.make("summary", (("item", tuple(items)),), np.array(list(items.values()), float), method="intake.summary",
               inputs=["panel"], units="count")  # fmt: skip
    _findings_table(d, bench)
    share = np.stack([(panel.status == n).sum(axis=(0, 1)) for n in range(4)])
    columns = {"observed": share[1], "imputed": share[3], "corrected": share[2], "absent": share[0],
               "share": 1 - share[0] / (len(panel.regions) * len(panel.years))}  # fmt: skip
    bench.make("coverage", ((INDICATOR, panel.items),), columns, method="intake.coverage", inputs=["panel"],
               units={**dict.fromkeys(columns, "count"), "share": "share"})  # fmt: skip
    for b in extra:
        rows = np.array(b.rows, dtype=str).reshape(len(b.rows), len(b.columns))
        bench.make(b.kind, (("row", tuple(str(n) for n in range(1, len(rows) + 1))),),
                   {c: rows[:, n] for n, c in enumerate(b.columns)}, method="intake.read", inputs=[b.source.id])  # fmt: skip
    return bench.done()


def _findings_table(d: gather.Draft, bench: Bench) -> None:
    labels: list[str] = []
    for f in d.found:
        label = f.id if f.id and f.id not in labels else f"{f.id}.{len(labels) + 1}"
        labels.append(label)
    chosen = [_choice(f, d.config.treatments) for f in d.found]
    columns = {
        "variable": np.array([f.variable for f in d.found], dtype=str),
        "kind": np.array([f.kind for f in d.found], dtype=str),
        "years": np.array([" ".join(f.years) for f in d.found], dtype=str),
        "regions": np.array([" ".join(f.regions) for f in d.found], dtype=str),
        "share": np.array([f.share for f in d.found]),
        "size": np.array([f.size for f in d.found]),
        "sure": np.array(["yes" if f.sure else "no" for f in d.found], dtype=str),
        **{
            c: np.array([row[n] for row in chosen], dtype=str) for n, c in enumerate(("choice", "imputer", "reason", "reason_en"))
        },
        "ways_out": np.array([" ".join(f.ways_out) for f in d.found], dtype=str),
        "detail": np.array([f.detail for f in d.found], dtype=str),
    }
    bench.make("findings", (("finding", tuple(labels)),), columns, method="intake.checks", inputs=["panel"],
               units={"share": "share"})  # fmt: skip
