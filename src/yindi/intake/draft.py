"""Draft: read, resolve, check and treat the input files of a study; problems and findings are gathered, nothing is raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from yindi.core import resources
from yindi.core.config import Input, StudyConfig, Treatment
from yindi.core.errors import Problems, ProblemsError, UsageError, did_you_mean
from yindi.core.framework import Framework, Variable
from yindi.core.ledger import Source
from yindi.intake import (
    assemble,
    bridges,
    checks,
    definitions,
    findings,
    flood,
    hierarchy,
    industries,
    inputs,
    layouts,
    limits,
    nested,
    perhead,
    prices,
    read,
    treat,
    wholes,
    wide,
)
from yindi.intake.findings import Found
from yindi.intake.reader import Reading
from yindi.intake.regions import Gazetteer, mainland
from yindi.intake.standards import Register

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
    readings: list[Reading] = field(default_factory=list)
    specs: list[Input] = field(default_factory=list)
    panel: assemble.Cube | None = None
    activity: assemble.Cube | None = None
    found: list[Found] = field(default_factory=list)
    segments: dict[str, treat.Segments] = field(default_factory=dict)
    of_input: list[str] = field(default_factory=list)
    register: Register | None = None
    edges: tuple[tuple[str, str], ...] | None = None
    territory: set[tuple[str, str]] = field(default_factory=set)

    def of(self, content: str) -> list[int]:
        """Positions of the inputs of a content."""
        return [n for n, spec in enumerate(self.specs) if spec.content == content]


def _read_inputs(d: Draft) -> None:
    gazetteer = _gazetteer(d)
    if gazetteer is None:
        return
    for spec in inputs.expanded(d.config.inputs, d.folder, d.problems):
        _read_input(d, spec, gazetteer)


def _gazetteer(d: Draft) -> Gazetteer | None:
    regions = d.config.regions
    d.register = inputs.register(regions, d.folder, d.problems)
    try:
        gazetteer = Gazetteer(regions.level, regions.aliases, d.register)
    except UsageError as fault:
        d.problems.add("study.yaml: regions.aliases", str(fault), "name codes of the study's regions")
        return None
    if regions.neighbours:
        d.edges = inputs.neighbours(regions.neighbours, d.folder, gazetteer, d.problems)
    return gazetteer


def _read_input(d: Draft, spec: Input, gazetteer: Gazetteer) -> None:
    path = d.folder / spec.file
    if limits.own_results(path, d.folder):
        d.problems.add(spec.file, "is one of the study's own results.", "name the table that the study starts from")
        return
    try:
        grid = read.read(path, spec.file, spec.sheet, spec.encoding)
    except ProblemsError as fault:
        d.problems.found.extend(fault.problems)
        return
    source = Source(spec.title or path.name, spec.made_by("en"), spec.file, read.sha256(path), spec.licence)
    if source.id not in {s.id for s in d.sources}:
        d.sources.append(source)
    d.of_input.append(source.id)
    d.grids.append(grid)
    d.specs.append(spec)
    must = mainland() if (d.config.regions.level, d.config.regions.scope) == ("province", "mainland") else None
    made = layouts.cells(grid, spec, gazetteer=gazetteer, variables=d.variables, problems=d.problems, expected=must)
    d.readings.append(inputs.within(made, spec.years))


def _regions(d: Draft) -> tuple[str, ...]:
    rows = {pair for n in d.of("indicators") for pair in d.readings[n].rows}
    seen = ({r for r, _ in rows} | {b.into for b in d.config.bridges}) - bridges.consumed(d.config.bridges, rows)
    if d.config.regions.scope == "present" or d.config.regions.level != "province":
        return tuple(sorted(seen))
    gone = [f"{definitions.region_names('province')[c][0]} {c}" for c in mainland() if c not in seen]
    if gone and seen and not d.problems.found:
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
    in_files = set().union(*(r.cells.items for r in readings))
    items = [v for v in d.variables if v in in_files]
    regions = _regions(d)
    parts = tuple(
        sorted(
            {*regions, *(p for b in d.config.bridges for p in b.parts)} & ({r for x in readings for r, _ in x.rows} | {*regions})
        )
    )
    cube = assemble.cube(readings, [d.grids[n] for n in indicators], regions=parts, years=years, items=items, problems=d.problems)
    if d.config.bridges and not d.problems.found:
        cube = bridges.apply(cube, d.config.bridges, d.problems)
    d.panel = assemble.only(cube, regions) if parts != regions else cube
    perhead.divide(d.panel, [d.specs[n] for n in indicators], d.variables, d.problems)
    inputs.versions(d.config.regions, d.panel.regions, d.problems)
    _territory(d)
    seen = {y for r in readings for _, y in r.rows}
    for n, reading in zip(indicators, readings, strict=True):
        if not reading.rows and not (seen and hierarchy.elsewhere(reading)):
            d.problems.add(d.specs[n].file, "the heads are there, but no row of data follows.", "export it again with its rows")
    missing = [y for y in years if y not in seen]
    if missing and seen:
        d.problems.add("study.yaml: years", f"no file holds a row of {', '.join(missing)}.",
                       f"choose years within {min(seen)} to {max(seen)}")  # fmt: skip
    _build_activity(d)


def _build_activity(d: Draft) -> None:
    activity = d.of("activity")
    if not activity or d.panel is None:
        return
    readings = [d.readings[n] for n in activity]
    chosen = any(d.specs[n].years for n in activity)
    years = sorted(
        {y for r in readings for _, y in r.rows}
        & (set(d.panel.years) if not chosen else {y for r in readings for _, y in r.rows})
    )
    items = sorted(set().union(*(r.cells.items for r in readings)))
    if not (years and items) and not d.problems.found:
        d.problems.add(d.specs[activity[0]].file, "holds no value in the years of the study.",
                       "correct `years`, say the input's own `years: [FIRST, LAST]`, or leave the file out")  # fmt: skip
    d.activity = assemble.cube(readings, [d.grids[n] for n in activity], regions=d.panel.regions, years=years, items=items,
                               problems=d.problems)  # fmt: skip
    census = all(d.specs[n].absent == "zero" for n in activity)
    sparse = industries.sparse(d.activity)
    if census:
        industries.zeros(d.activity)
    elif sparse:
        industries.undeclared(d.activity, d.specs[activity[0]].file, d.problems)
    named = definitions.names_of_industries(d.config, d.folder)
    industries.faults(d.activity, named, d.problems, rare_ones=not (census or sparse))
    for n in activity:
        industries.odd_units(d.readings[n], d.grids[n], d.problems)
    totals = {d.specs[n].total for n in activity} - {None}
    for total in sorted(t for t in totals if t is not None and t not in d.panel.items):
        d.problems.add("study.yaml: inputs", f"total: {total!r} is no variable in the files.", "name the variable with the total",
                       did_you_mean(total, d.panel.items))  # fmt: skip


def _territory(d: Draft) -> None:
    """Add a problem for every change of territory that the rows run across without a bridge."""
    if d.register is None or d.register.standard != "gbt2260" or d.panel is None:
        return
    rows = {(r, y) for n in d.of("indicators") for r, y in d.readings[n].rows if y in d.panel.years}
    names = {r: d.register.name(r) for r, _ in rows}
    d.territory = bridges.bridged(d.config.bridges, d.panel.years)
    for m in bridges.mixed(d.config.regions.level, rows, d.panel.years, names, d.config.bridges):
        d.territory |= m.explained
        d.problems.add("study.yaml: bridges", m.message, m.way_out)


def _indicator_codes(d: Draft) -> list[str]:
    return [i.code for i in d.framework.indicators] if d.framework else []


def _missing_indicators(d: Draft, cube: assemble.Cube) -> None:
    gone = treat.dropped(d.config.treatments)
    for code in _indicator_codes(d):
        if code not in cube.items and code not in gone:
            near = did_you_mean(code, sorted({str(c) for n in d.of("indicators") for c in d.grids[n].rows[0] if str(c).strip()}))
            message = f"no file has a column with values for the indicator {code!r} ({d.variables[code].zh})."
            d.problems.add("inputs", message, "map its column under `columns`, or choose another `framework`", near)


def _missing_rows(d: Draft, cube: assemble.Cube) -> set[tuple[str, str]]:
    ignored = set()
    for n in d.of("indicators"):
        held = d.readings[n].cells.items & set(_indicator_codes(d))
        for region, year in assemble.missing_rows(d.readings[n], cube.regions, cube.years):
            if (region, year) in d.territory or all(_declared(d.config.treatments.get(v, ()), region, year) for v in held):
                continue
            ignored.add((region, year))
            name = d.register.name(region) if d.register else region
            way = "add the row, shorten `years`, or declare an imputation (finding: absent, choice: impute) for "
            d.problems.add(d.specs[n].file, f"there is no row for {name} ({region}) in {year}.", way + ", ".join(sorted(held)))
    return ignored


def _not_read(d: Draft, cube: assemble.Cube) -> set[tuple[str, str]]:
    """Region-years without any row: with faults in the rows, nothing can be said about them."""
    seen = {pair for n in d.of("indicators") for pair in d.readings[n].rows}
    return {(r, y) for r in cube.regions for y in cube.years} - seen


def _declared(answers: Sequence[Treatment], region: str, year: str) -> bool:
    return any(t.finding == "absent" and t.choice in ("impute", "drop") and _names(t, region, year) for t in answers)


def _bounds(d: Draft, cube: assemble.Cube, state: int) -> None:
    for k, code in enumerate(cube.items):
        v = d.variables[code]
        wrong = np.argwhere(checks.out_of_bound(cube.values[:, :, k], cube.state[:, :, k] == state, v.bound))
        answers = [t for t in d.config.treatments.get(code, ()) if t.choice == "correct"] if state == assemble.OBSERVED else []
        for r, t in [at for at in wrong if not any(_names(a, cube.regions[at[0]], cube.years[at[1]]) for a in answers)][:SHOWN]:
            message = f"{cube.values[r, t, k]:.12g} is impossible: {v.zh} ({code}) is {_meaning(v.bound)}."
            d.problems.add(cube.place(r, t, k), message, _correction(code, cube.regions[r], cube.years[t]))
        if len(wrong) > SHOWN:
            d.problems.add(code, f"{len(wrong) - SHOWN} more values are out of bounds.", "look at the whole column")


def _correction(code: str, region: str, year: str) -> str:
    answer = f"finding: outlier, choice: correct, regions: ['{region}'], years: ['{year}'], value: VALUE, reason: '...'"
    return f"correct the file, or declare it: treatments: {{{code}: [{{{answer}}}]}}"


def _names(t: Treatment, region: str, year: str) -> bool:
    return (not t.regions or region in t.regions) and (not t.years or year in t.years)


def _meaning(bound: str) -> str:
    return {"share": "a share between 0 and 1", "percent": "a percentage between 0 and 100", "positive": "above zero"}.get(
        bound, "never negative"
    )


def _find(d: Draft, cube: assemble.Cube) -> None:
    ignore = _not_read(d, cube) if d.problems.found else _missing_rows(d, cube)
    faulty = {cell for n in d.of("indicators") for cell in d.readings[n].faulty}
    for code in cube.items:
        mine = ignore | {(r, y) for r, y, item in faulty if item == code}
        d.found += sorted(findings.absences(cube, code, mine), key=lambda f: f.id)
        d.found += sorted(findings.of_variable(cube, d.variables[code]), key=lambda f: f.id)
    at = d.of("indicators")
    books = [nested.Book(d.specs[n], d.grids[n], d.readings[n]) for n in at]
    d.found += hierarchy.further(d.found, nested.found(d.config.regions, cube, d.variables, books, d.register))
    d.found += wide.found(d.config, cube, d.variables, [d.readings[n] for n in at], [d.grids[n] for n in at])
    if d.activity is not None:
        for total in sorted({t for n in d.of("activity") if (t := d.specs[n].total)}):
            d.found += hierarchy.further(d.found, wholes.found(d.activity, cube, total))
    needed = set(_indicator_codes(d))
    d.found = [replace(f, refused=("keep",)) if f.kind in ("absent", "constant") and f.variable in needed else f for f in d.found]
    if d.activity is not None and not industries.sparse(d.activity):
        d.found += industries.absences(d.activity, {c for n in d.of("activity") for c in d.readings[n].faulty})
    for n in d.of("activity"):
        d.found += hierarchy.not_in_panel(d.readings[n], d.specs[n].file, cube.regions, d.register.name if d.register else str)
    for n, spec in enumerate(d.specs):
        d.found += hierarchy.not_yet(d.found, hierarchy.found(d.grids[n], d.readings[n]))
        said = [("left_out", f"{len(rows)} row(s), {why}", rows) for why, rows in d.readings[n].left_out.items()]
        said += [("name", f"row {rows[0]}: {name}", rows) for name, rows in d.readings[n].by_missing.items()]
        said += [("history", f"row {rows[0]}: {name}", rows) for name, rows in d.readings[n].told.items()]
        for kind, text, rows in sorted(said):
            d.found.append(Found("", kind, (), (), 0.0, float(len(rows)), False, detail=f"{spec.file}: {text}"))


def unanswered(d: Draft) -> None:
    """Add a problem, with the lines to paste, for every sure finding that matters and that the study file leaves open."""
    needed = set(_indicator_codes(d))
    for f in d.found:
        answers = d.config.treatments.get(f.variable, ())
        noted = f.kind in ("break", "vintage") and f.years[0] in treat.declared_cuts(d.config.series.get(f.variable))
        if (
            not f.sure
            or noted
            or findings.answered(f, answers)
            or (f.kind in ("absent", "constant", "filled") and f.variable not in needed and not _of_activity(d, f))
        ):
            continue
        d.problems.add(_where(d, f), _sentence(d, f), _paste(f))


def _of_activity(d: Draft, f: Found) -> bool:
    return d.activity is not None and f.variable in d.activity.items and (d.panel is None or f.variable not in d.panel.items)


def _where(d: Draft, f: Found) -> str:
    if d.activity is not None and _of_activity(d, f):
        return industries.places(d.activity, f)
    if d.panel is None:
        return f.variable
    books = d.panel.book[:, :, d.panel.at(f.variable)]
    files = sorted({d.panel.grids[b].file for b in np.unique(books) if b >= 0})
    return f"{', '.join(files)}, {f.variable}"


def _sentence(d: Draft, f: Found) -> str:
    title = findings.rules()[f.kind]["title"]
    name = d.variables[f.variable].zh if f.variable in d.variables else f"industry {f.variable}"
    head = f"{title['en']} ({title['zh']}): {name}"
    if f.kind in ("break", "vintage"):
        return f"{head} {int(f.years[0]) - 1}/{f.years[0]}, {f.share:.0%} of the regions, size {np.expm1(f.size):+.0%}."
    when = f"{f.years[0]} to {f.years[-1]}" if len(f.years) > 2 else " and ".join(f.years)
    everywhere = d.panel is not None and len(f.regions) == len(d.panel.regions)
    said = f": {f.detail}" if f.kind in ("outlier", "sum") and f.detail else ""
    return f"{head}, {'every region' if everywhere else ', '.join(f.regions[:SHOWN])}, {when}{said}."


def _paste(f: Found) -> str:
    some = "" if f.share == 1.0 else f", regions: [{', '.join(repr(r) for r in f.regions)}]"
    years = f", years: [{', '.join(repr(y) for y in f.years)}]" if f.kind != "constant" else ""
    more = {"impute": ", method: interpolate", "correct": ", value: VALUE"}.get(f.ways_out[0], "")
    scope = (some if f.kind in ("absent", "filled", *findings.CELLS) else "") + years
    line = f"{{finding: {f.kind}, choice: {f.ways_out[0]}{more}{scope}, reason: '...'}}"
    return f"answer in study.yaml with one of {', '.join(f.ways_out)}, e.g. treatments: {{{f.variable}: [{line}]}}"


def _treat(d: Draft, cube: assemble.Cube) -> None:
    treat.stale(d.config.treatments, d.found, d.problems)
    for code in cube.items:
        answers = d.config.treatments.get(code, ())
        d.segments[code] = treat.segments(code, cube.years, answers, d.found, treat.declared_cuts(d.config.series.get(code)))
    theirs = industries.of(d.config.treatments, d.activity, cube)
    mine = {v: answers for v, answers in d.config.treatments.items() if v not in theirs}
    treat.apply(cube, mine, d.segments, d.found, d.problems)
    if d.activity is not None:
        parts = dict.fromkeys(theirs, (d.activity.years,))
        treat.apply(d.activity, {v: d.config.treatments[v] for v in theirs}, parts, d.found, d.problems)
    for state in (assemble.CORRECTED, assemble.IMPUTED):
        _bounds(d, cube, state)
    prices.deflate(cube, d.config.deflators, d.problems)
    for code in sorted(set(_indicator_codes(d)) & set(cube.items) - treat.dropped(d.config.treatments)):
        _complete(d, cube, code)


def _complete(d: Draft, cube: assemble.Cube, code: str) -> None:
    gaps = np.argwhere(~cube.held(cube.at(code)))
    answers = d.config.treatments.get(code, ())
    if any(t.finding == "constant" and t.choice == "keep" for t in answers):
        message = "keep leaves an indicator of the framework constant: it tells no region from another, and cannot be weighted."
        d.problems.add(f"study.yaml: treatments.{code}", message, "choose drop")
    if len(gaps) and any(t.choice == "keep" and t.finding == "absent" for t in answers):
        cell = f"{cube.regions[gaps[0][0]]} {cube.years[gaps[0][1]]}"
        message = (
            f"keep leaves {len(gaps)} cell(s) absent (the first: {cell}), but an indicator of the framework must be complete."
        )
        d.problems.add(f"study.yaml: treatments.{code}", message, "choose impute or drop")


def draft(config: StudyConfig, folder: Path) -> Draft:
    """Read and check everything; problems and findings are gathered, nothing is raised."""
    d = Draft(config, Path(folder))
    d.variables = definitions.variables(config, d.folder, d.problems)
    d.framework = definitions.framework(config, d.folder, d.variables, d.problems)
    own = {"group", "parent"} if config.regions.standard != "gbt2260" else set()
    groupings = own or {r["grouping"] for r in resources.rows("regions/groups.csv")}
    if config.regions.grouping not in groupings:
        d.problems.add(
            "study.yaml: regions.grouping", f"no grouping is called {config.regions.grouping!r}.", "", sorted(groupings)
        )
    _read_inputs(d)
    _build(d)
    if d.panel is not None:
        _missing_indicators(d, d.panel)
        _find(d, d.panel)
        _bounds(d, d.panel, assemble.OBSERVED)
        if not d.problems.found:
            _treat(d, d.panel)
    d.problems.found[:] = flood.grouped(d.problems.found)
    return d
