"""Stage intake: read, resolve, check and treat the input files; gather all problems; make the Study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDICATOR, INDUSTRY
from yindi.core.config import Input, StudyConfig, Treatment
from yindi.core.errors import Problem, Problems, ProblemsError, UsageError, did_you_mean
from yindi.core.framework import Framework, Variable
from yindi.core.ledger import Ledger, Source
from yindi.core.panel import ABSENT, CORRECTED, IMPUTED, OBSERVED, Origin, Panel
from yindi.core.space import Space
from yindi.core.study import Bench, Study
from yindi.intake import assemble, checks, definitions, findings, geography, layouts, read, treat
from yindi.intake.findings import Found
from yindi.intake.regions import Gazetteer, mainland

_STATE = np.array([ABSENT, OBSERVED, CORRECTED, IMPUTED])
SHOWN = 8


@dataclass(slots=True)
class Draft:
    """Everything intake knows before it decides: what was read and found, and what stands in the way."""

    config: StudyConfig
    folder: Path
    problems: Problems = field(default_factory=lambda: Problems("intake"))
    variables: dict[str, Variable] = field(default_factory=dict)
    framework: Framework | None = None
    sources: list[Source] = field(default_factory=list)
    grids: list[read.Grid] = field(default_factory=list)
    readings: list[layouts.Reading] = field(default_factory=list)
    specs: list[Input] = field(default_factory=list)
    panel: assemble.Cube | None = None
    activity: assemble.Cube | None = None
    found: list[Found] = field(default_factory=list)
    segments: dict[str, treat.Segments] = field(default_factory=dict)

    def of(self, content: str) -> list[int]:
        """Positions of the inputs of a content."""
        return [n for n, spec in enumerate(self.specs) if spec.content == content]


def _read_inputs(d: Draft) -> None:
    try:
        gazetteer = Gazetteer(d.config.regions.level, d.config.regions.aliases)
    except UsageError as fault:
        d.problems.add("study.yaml: regions.aliases", str(fault), "name codes of GB/T 2260")
        return
    for spec in d.config.inputs:
        path = d.folder / spec.file
        try:
            grid = read.read(path, spec.file, spec.sheet)
        except ProblemsError as fault:
            d.problems.found.extend(fault.problems)
            continue
        d.sources.append(Source(spec.title or path.name, spec.producer, spec.file, read.sha256(path), spec.licence))
        d.grids.append(grid)
        d.specs.append(spec)
        d.readings.append(layouts.cells(grid, spec, gazetteer=gazetteer, variables=d.variables, problems=d.problems))


def _regions(d: Draft) -> tuple[str, ...]:
    seen = {r for n in d.of("indicators") for r, _ in d.readings[n].rows}
    if d.config.regions.scope == "present" or d.config.regions.level != "province":
        return tuple(sorted(seen))
    gone = [f"{definitions.region_names('province')[c][0]} {c}" for c in mainland() if c not in seen]
    if gone and seen:
        d.problems.add("inputs", f"{len(gone)} of 31 mainland provinces are in no file: {', '.join(gone[:SHOWN])}.",
                       "add their rows, or choose regions: {scope: present}")  # fmt: skip
    return mainland()


def _build(d: Draft) -> None:
    indicators = d.of("indicators")
    if not indicators:
        if not d.problems.found:
            d.problems.add("study.yaml: inputs", "no input holds indicators.", "add one with content: indicators")
        return
    years = d.config.year_labels
    readings = [d.readings[n] for n in indicators]
    in_files = {c.item for r in readings for c in r.cells}
    items = [v for v in d.variables if v in in_files]
    d.panel = assemble.cube(readings, [d.grids[n] for n in indicators], regions=_regions(d), years=years, items=items,
                            problems=d.problems)  # fmt: skip
    seen = {y for r in readings for _, y in r.rows}
    for y in years:
        if y not in seen:
            d.problems.add("study.yaml: years", f"no file holds a row of {y}.", f"choose years within {min(seen)} to {max(seen)}"
                           if seen else "add rows")  # fmt: skip
    _build_activity(d)


def _build_activity(d: Draft) -> None:
    activity = d.of("activity")
    if not activity or d.panel is None:
        return
    readings = [d.readings[n] for n in activity]
    years = sorted({y for r in readings for _, y in r.rows} & set(d.panel.years))
    items = sorted({c.item for r in readings for c in r.cells})
    d.activity = assemble.cube(readings, [d.grids[n] for n in activity], regions=d.panel.regions, years=years, items=items,
                               problems=d.problems)  # fmt: skip
    totals = {d.specs[n].total for n in activity} - {None}
    for total in sorted(t for t in totals if t is not None and t not in d.panel.items):
        d.problems.add("study.yaml: inputs", f"total: {total!r} is no variable in the files.", "name the variable with the total",
                       did_you_mean(total, d.panel.items))  # fmt: skip


def _indicator_codes(d: Draft) -> list[str]:
    return [i.code for i in d.framework.indicators] if d.framework else []


def _missing_indicators(d: Draft, cube: assemble.Cube) -> None:
    gone = treat.dropped(d.config.treatments)
    for code in _indicator_codes(d):
        if code not in cube.items and code not in gone:
            heads = sorted({str(c) for n in d.of("indicators") for c in d.grids[n].rows[0] if str(c).strip()})
            d.problems.add("inputs", f"no file has a column with values for the indicator {code!r} ({d.variables[code].zh}).",
                           "map its column under `columns`, or choose another `framework`", did_you_mean(code, heads))  # fmt: skip


def _missing_rows(d: Draft, cube: assemble.Cube) -> frozenset[tuple[str, str]]:
    readings = {d.specs[n].file: d.readings[n] for n in d.of("indicators")}
    ignored = set()
    for file, region, year in assemble.missing_rows(readings, cube.regions, cube.years):
        held = {c.item for c in readings[file].cells} & set(_indicator_codes(d))
        if all(_declared(d.config.treatments.get(v, ()), region, year) for v in held):
            continue
        ignored.add((region, year))
        name = definitions.region_names(d.config.regions.level)[region][0]
        d.problems.add(file, f"there is no row for {name} ({region}) in {year}.",
                       "add the row, shorten `years`, or declare an imputation (finding: absent, choice: impute) for "
                       f"{', '.join(sorted(held))}")  # fmt: skip
    return frozenset(ignored)


def _declared(answers: Sequence[Treatment], region: str, year: str) -> bool:
    return any(t.finding == "absent" and t.choice in ("impute", "drop") and (not t.regions or region in t.regions)
               and (not t.years or year in t.years) for t in answers)  # fmt: skip


def _bounds(d: Draft, cube: assemble.Cube) -> None:
    for k, code in enumerate(cube.items):
        v = d.variables[code]
        wrong = np.argwhere(checks.out_of_bound(cube.values[:, :, k], cube.known[:, :, k], v.bound))
        for r, t in wrong[:SHOWN]:
            d.problems.add(cube.place(r, t, k), f"{cube.values[r, t, k]:.12g} is impossible: {v.zh} ({code}) is {_meaning(v.bound)}.",
                           f"correct the file, or declare it: treatments: {{{code}: [{{finding: outlier, choice: correct, regions: "
                           f"['{cube.regions[r]}'], years: ['{cube.years[t]}'], value: VALUE, reason: '...'}}]}}")  # fmt: skip
        if len(wrong) > SHOWN:
            d.problems.add(code, f"{len(wrong) - SHOWN} more values are out of bounds.", "look at the whole column")


def _meaning(bound: str) -> str:
    return {"share": "a share between 0 and 1", "percent": "a percentage between 0 and 100", "positive": "above zero"}.get(
        bound, "never negative")


def _find(d: Draft, cube: assemble.Cube) -> None:
    ignore = _missing_rows(d, cube)
    for code in cube.items:
        d.found += sorted(findings.absences(cube, code, ignore), key=lambda f: f.id)
        d.found += sorted(findings.of_variable(cube, d.variables[code]), key=lambda f: f.id)
    for n, spec in enumerate(d.specs):
        for reason, rows in sorted(d.readings[n].left_out.items()):
            d.found.append(Found("", "left_out", (), (), 0.0, float(len(rows)), False, detail=f"{spec.file}: {len(rows)} row(s), {reason}"))


def _unanswered(d: Draft) -> None:
    needed = set(_indicator_codes(d))
    for f in d.found:
        answers = d.config.treatments.get(f.variable, ())
        if not f.sure or findings.answered(f, answers) or (f.kind in ("absent", "constant") and f.variable not in needed):
            continue
        d.problems.add(_where(d, f), _sentence(d, f), _paste(f))


def _where(d: Draft, f: Found) -> str:
    if d.panel is None:
        return f.variable
    books = d.panel.book[:, :, d.panel.at(f.variable)]
    files = sorted({d.panel.grids[b].file for b in np.unique(books) if b >= 0})
    return f"{', '.join(files)}, {f.variable}"


def _sentence(d: Draft, f: Found) -> str:
    title = findings.rules()[f.kind]["title"]
    v = d.variables[f.variable]
    when = f"{f.years[0]} to {f.years[-1]}" if len(f.years) > 2 else " and ".join(f.years)
    if f.kind in ("break", "vintage"):
        before = str(int(f.years[0]) - 1)
        return f"{title['en']} ({title['zh']}): {v.zh} {before}/{f.years[0]}, {f.share:.0%} of the regions, size {np.expm1(f.size):+.0%}."
    who = "every region" if len(f.regions) == len(d.panel.regions if d.panel else ()) else ", ".join(f.regions[:SHOWN])
    return f"{title['en']} ({title['zh']}): {v.zh}, {who}, {when}."


def _paste(f: Found) -> str:
    some = "" if f.share == 1.0 else f", regions: [{', '.join(repr(r) for r in f.regions)}]"
    years = f", years: [{', '.join(repr(y) for y in f.years)}]" if f.kind != "constant" else ""
    more = ", method: interpolate" if f.ways_out and f.ways_out[0] == "impute" else ""
    scope = (some if f.kind == "absent" else "") + years
    line = f"{{finding: {f.kind}, choice: {f.ways_out[0]}{more}{scope}, reason: '...'}}"
    return f"answer in study.yaml with one of {', '.join(f.ways_out)}, e.g. treatments: {{{f.variable}: [{line}]}}"


def _treat(d: Draft, cube: assemble.Cube) -> None:
    treat.stale(d.config.treatments, d.found, d.problems)
    for code in cube.items:
        answers = d.config.treatments.get(code, ())
        d.segments[code] = treat.segments(code, cube.years, answers, d.found)
    treat.apply(cube, d.config.treatments, d.segments, d.found, d.problems)
    kept = set(_indicator_codes(d)) - treat.dropped(d.config.treatments)
    for code in [c for c in cube.items if c in kept]:
        gaps = np.argwhere(~cube.known[:, :, cube.at(code)])
        if len(gaps) and any(t.choice == "keep" and t.finding == "absent" for t in d.config.treatments.get(code, ())):
            r, t = gaps[0]
            d.problems.add(f"study.yaml: treatments.{code}", f"keep leaves {len(gaps)} cell(s) absent (the first: {cube.regions[r]} "
                           f"{cube.years[t]}), but an indicator of the framework must be complete.", "choose impute or drop")  # fmt: skip


def draft(config: StudyConfig, folder: Path) -> Draft:
    """Read and check everything; problems and findings are gathered, nothing is raised."""
    d = Draft(config, Path(folder))
    d.variables = definitions.variables(config, d.folder, d.problems)
    d.framework = definitions.framework(config, d.folder, d.variables, d.problems)
    groupings = {r["grouping"] for r in resources.rows("regions/groups.csv")}
    if config.regions.grouping not in groupings:
        d.problems.add("study.yaml: regions.grouping", f"no grouping is called {config.regions.grouping!r}.", "", sorted(groupings))
    _read_inputs(d)
    _build(d)
    if d.panel is not None:
        _missing_indicators(d, d.panel)
        _find(d, d.panel)
        _treat(d, d.panel)
        _bounds(d, d.panel)
    return d


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `yindi check` shows: findings (with their choice, if the study file answers them) and problems that stop a run."""

    findings: tuple[Found, ...]
    problems: tuple[Problem, ...]
    unanswered: tuple[Problem, ...]


def inspect(config: StudyConfig, folder: Path) -> Inspection:
    """Read and check only; raises nothing about the data."""
    d = draft(config, folder)
    problems = tuple(d.problems.found)
    _unanswered(d)
    return Inspection(tuple(d.found), problems, tuple(d.problems.found[len(problems) :]))


def intake(config: StudyConfig, folder: Path) -> Study:
    """The checked Study of a study folder; raises ProblemsError with every problem of every file at once."""
    d = draft(config, folder)
    _unanswered(d)
    d.problems.raise_if_any()
    if d.panel is None or d.framework is None:
        raise ProblemsError("intake", [Problem("study.yaml", "nothing could be read.", "look at `inputs`")])
    return _study(d, d.panel, d.framework)


def _to_panel(d: Draft, cube: assemble.Cube, axis: str) -> Panel:
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


def _space(d: Draft, regions: tuple[str, ...]) -> Space:
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


def _study(d: Draft, cube: assemble.Cube, chosen: Framework) -> Study:
    framework = chosen.without(treat.dropped(d.config.treatments))
    panel = _to_panel(d, cube, INDICATOR)
    activity = _to_panel(d, d.activity, INDUSTRY) if d.activity is not None else None
    names = definitions.names(d.variables, framework, d.config, d.folder)
    study = Study(d.config, d.variables, framework, panel, activity, _space(d, panel.regions), names, Ledger().add(*d.sources))
    study = _with_steps(d, study)
    return _results(d, study)


def _with_steps(d: Draft, study: Study) -> Study:
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


def _choice(f: Found, answers: Mapping[str, tuple[Treatment, ...]]) -> tuple[str, str]:
    mine = [t for t in answers.get(f.variable, ()) if findings.covers(t, f)]
    return " ".join(t.choice + (f" ({t.method})" if t.method else "") for t in mine), " ".join(t.reason for t in mine)


def _results(d: Draft, study: Study) -> Study:
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
    return bench.done()


def _findings_table(d: Draft, bench: Bench) -> None:
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
        "choice": np.array([c for c, _ in chosen], dtype=str),
        "reason": np.array([r for _, r in chosen], dtype=str),
        "ways_out": np.array([" ".join(f.ways_out) for f in d.found], dtype=str),
        "detail": np.array([f.detail for f in d.found], dtype=str),
    }
    bench.make("findings", (("finding", tuple(labels)),), columns, method="intake.checks", inputs=["panel"],
               units={"share": "share"})  # fmt: skip
