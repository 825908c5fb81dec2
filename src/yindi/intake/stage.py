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
from yindi.core.names import Names
from yindi.core.panel import ABSENT, CORRECTED, DERIVED, IMPUTED, OBSERVED, Origin, Panel
from yindi.core.space import Space
from yindi.core.study import Bench, Study
from yindi.intake import assemble, corrections, definitions, findings, geography, places, treat
from yindi.intake import draft as gather
from yindi.intake.beside import Beside, beside
from yindi.intake.findings import Found
from yindi.intake.outlines import Rings, centroid, outlines

_STATE = np.array([ABSENT, OBSERVED, CORRECTED, IMPUTED, DERIVED])


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `yindi check` shows: findings (with their choice, if the study file answers them) and problems that stop a run."""

    findings: tuple[Found, ...]
    problems: tuple[Problem, ...]
    unanswered: tuple[Problem, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    cube: assemble.Cube | None = None


def inspect(config: StudyConfig, folder: Path) -> Inspection:
    """Read and check only; raises nothing about the data."""
    d = gather.draft(corrections.merged(config, folder), folder)
    beside(config, folder, d.problems)
    problems = tuple(d.problems.found)
    gather.unanswered(d)
    names = {c: n[0] for c, n in definitions.region_names(config.regions.level).items()}
    files = tuple(
        f"{s.file}{'!' + s.sheet if s.sheet else ''}: {s.content}, layout {s.layout}, encoding {g.encoding or 'of its format'}, "
        f"{len(r.rows)} region-years" for s, r, g in zip(d.specs, d.readings, d.grids, strict=False)
    )  # fmt: skip
    return Inspection(tuple(d.found), problems, tuple(d.problems.found[len(problems) :]), names, files, d.panel)


def intake(config: StudyConfig, folder: Path) -> Study:
    """The checked Study of a study folder; raises ProblemsError with every problem of every file at once."""
    d = gather.draft(corrections.merged(config, folder), folder)
    gather.unanswered(d)
    extra = beside(config, folder, d.problems)
    shapes, boundaries = outlines(config, folder, d.panel.regions if d.panel else (), d.problems)
    d.problems.raise_if_any()
    d.sources += [boundaries] if boundaries else []
    if (corrected := corrections.source(config, folder)) is not None:
        d.sources.append(corrected)
    if d.panel is None or d.framework is None:
        raise ProblemsError("intake", [Problem("study.yaml", "nothing could be read.", "look at `inputs`")])
    made = _study(d, d.panel, d.framework, extra, shapes)
    return replace(made, space=replace(made.space, outlines=shapes)) if shapes else made


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


def _own_space(d: gather.Draft, regions: tuple[str, ...], shapes: Mapping[str, Rings]) -> Space:
    """Space of regions that are not the packaged ones: the user's edge list, or the nearest (by table or map)."""
    if d.register is None:
        return Space(regions)
    chosen, inside = d.config.regions, set(regions)
    found = places.positions(d.register, regions) or {r: centroid(shapes[r]) for r in regions if r in shapes}
    if chosen.nearest and d.edges is None and set(found) != set(regions):
        way = "give `longitude` and `latitude` in the table of regions, a map (`regions.map`), or a list (`regions.neighbours`)"
        without = ", ".join(r for r in regions if r not in found)
        raise ProblemsError("intake", [Problem("study.yaml: regions.nearest", f"no position is known of {without:.200}.", way)])
    land = d.edges if d.edges is not None else places.nearest(found, chosen.nearest) if chosen.nearest and found else ()
    bridges = tuple((a, b) for a, b in chosen.bridges if {a, b} <= inside)
    edges = tuple(sorted({(min(e), max(e)) for e in (*land, *bridges) if set(e) <= inside}))
    areas = {r: a for r in regions if r in d.register.units and (a := d.register.units[r].area) is not None}
    new = tuple(b for b in bridges if tuple(sorted(b)) not in set(land))
    return Space(regions, edges, new, places.groups(d.register, regions), found, areas)


def _space(d: gather.Draft, regions: tuple[str, ...], drawn: Mapping[str, Rings]) -> Space:
    if d.config.regions.standard != "gbt2260":
        return _own_space(d, regions, drawn)
    inside = set(regions)
    bridges = tuple((a, b) for a, b in d.config.regions.bridges if {a, b} <= inside)
    borders = d.edges if d.edges is not None else geography.borders(d.config.regions.level)
    land = [e for e in borders if set(e) <= inside]
    edges = tuple(sorted({(min(e), max(e)) for e in (*land, *bridges)}))
    groups: dict[str, dict[str, str]] = {}
    for row in resources.rows("regions/groups.csv"):
        groups.setdefault(row["grouping"], {})[row["code"]] = row["group"]
    for table in groups.values():
        table.update({r: table[r[:2] + "0000"] for r in regions if r not in table and r[:2] + "0000" in table})
    known = geography.places(d.config.regions.level)
    shapes = {r: known[r] for r in regions if r in known}
    return Space(regions, edges, tuple(b for b in bridges if tuple(sorted(b)) not in set(land)), groups,
                 {r: s.centroid for r, s in shapes.items()}, {r: s.area for r, s in shapes.items()})  # fmt: skip


def _study(d: gather.Draft, cube: assemble.Cube, chosen: Framework, extra: list[Beside], shapes: Mapping[str, Rings]) -> Study:
    framework = chosen.without(treat.dropped(d.config.treatments))
    panel = _to_panel(d, cube, INDICATOR)
    activity = _to_panel(d, d.activity, INDUSTRY) if d.activity is not None else None
    space = _space(d, panel.regions, shapes)
    names = _named(d, definitions.names(d.variables, framework, d.config, d.folder), space)
    sources = Ledger().add(*d.sources, *(b.source for b in extra))
    study = Study(d.config, d.variables, framework, panel, activity, space, names, sources)
    study = _with_steps(d, study)
    return _results(d, study, extra)


def _named(d: gather.Draft, names: Names, space: Space) -> Names:
    """The names, with those of the study's own regions and groups."""
    if d.register is None:
        return names
    units = [d.register.units[r] for r in space.regions if r in d.register.units]
    made = names.plus(
        "region", {u.code: (u.zh, u.en) for u in units if d.register.standard != "gbt2260" or u.code not in names.table["region"]}
    )
    if d.register.standard == "gbt2260":
        return made
    return made.plus("group", places.group_names(d.register, space.groups))


def _with_steps(d: gather.Draft, study: Study) -> Study:
    treatments = {v: [t.model_dump(mode="json", exclude_defaults=True) for t in ts] for v, ts in d.config.treatments.items()}
    used = [sorted({d.of_input[n] for n in d.of(content)}) for content in ("indicators", "activity")]
    first = study.step("panel", "intake.read", used[0], study.panel.table().digest, params=_declared(d, treatments))
    space = study.space
    chosen = d.config.regions
    how = "edge list of the study" if chosen.neighbours else f"nearest {chosen.nearest}" if chosen.nearest else "none"
    shared = "shared border arcs" if chosen.standard == "gbt2260" and not chosen.neighbours else how
    rule = {"contiguity": shared, "bridges": [list(b) for b in space.bridges], "level": d.config.regions.level}
    second = study.step("space", "intake.space", [], [list(e) for e in space.edges], params=rule)
    steps = [first, second]
    study = replace(study, panel=replace(study.panel, step=first.id), space=replace(space, step=second.id))
    if study.activity is not None:
        said = {"absent": "zero"} if any(d.specs[n].absent == "zero" for n in d.of("activity")) else {}
        third = study.step("activity", "intake.read", used[1], study.activity.table().digest, params=said)
        steps.append(third)
        study = replace(study, activity=replace(study.activity, step=third.id))
    return replace(study, ledger=study.ledger.add(*steps))


def _declared(d: gather.Draft, treatments: Mapping[str, object]) -> dict[str, object]:
    """What the study file declares about the panel: treatments, and the bridges where there are any."""
    bridges = [b.model_dump(mode="json") for b in d.config.bridges]
    per = {code: by for spec in d.specs for code, by in spec.per.items()}
    return {"treatments": treatments, **({"bridges": bridges} if bridges else {}), **({"per": per} if per else {})}


CHOSEN = ("choice", "imputer", "reason", "reason_en")


def _choice(f: Found, answers: Mapping[str, tuple[Treatment, ...]]) -> tuple[str, ...]:
    mine = [t for t in answers.get(f.variable, ()) if findings.covers(t, f)]
    methods = " ".join(t.method for t in mine if t.method)
    reasons = (joint.join(t.said(x) for t in mine) for x, joint in (("zh", ""), ("en", " ")))
    return " ".join(dict.fromkeys(t.choice for t in mine)), methods, *reasons


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
    if d.panel is not None:
        _imputed_table(d.panel, bench)
    _series_table(d.config, bench)
    return bench.done()


def _imputed_table(cube: assemble.Cube, bench: Bench) -> None:
    """Cells that imputers filled, with their 90 % interval where the imputer has one (else both ends are the value)."""
    if not cube.filled:
        return
    labels = tuple(f"{v}.{r}.{y}" for v, r, y, *_ in cube.filled)
    texts, numbers = (("variable", "region", "year", "method"), ("value", "low", "high"))
    columns = {c: np.array([row[n] for row in cube.filled], dtype=str) for n, c in enumerate(texts)}
    columns |= {c: np.array([row[4 + n] for row in cube.filled], dtype=float) for n, c in enumerate(numbers)}
    bench.make("imputed", (("cell", labels),), columns, method="intake.impute", inputs=["panel"])


def _series_table(config: StudyConfig, bench: Bench) -> None:
    """Vintage and price base of the series, as the study file declares them."""
    rows = [(v, y, note.vintage.get(y, ""), note.price_base.get(y, ""), note.source)
            for v, note in sorted(config.series.items()) for y in sorted({*note.vintage, *note.price_base})]  # fmt: skip
    if not rows:
        return
    names = ("variable", "since", "vintage", "price_base", "source")
    columns = {c: np.array([row[n] for row in rows], dtype=str) for n, c in enumerate(names)}
    bench.make("series", (("note", tuple(f"{r[0]}.{r[1]}" for r in rows)),), columns, method="intake.series", inputs=["config"])


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
