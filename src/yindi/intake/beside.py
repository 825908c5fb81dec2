"""Files that the plan is written with: departments, projects, own phrases, the higher plan. Read here, understood by the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yindi.core.config import StudyConfig
from yindi.core.errors import Problems, ProblemsError
from yindi.core.ledger import Source
from yindi.intake import limits, read, sidetables, yamltext

KINDS = ("departments", "projects", "texts", "higher")
TARGETS = "tables/plan.targets.csv"
COLUMNS = {
    "departments": ("code", "zh", "en"),
    "projects": ("region", "name_zh", "name_en", "source"),
    "higher": ("parent", "variable", "year", "value", "unit", "source"),
    "industries": ("industry", "zh", "en", "class", "base", "growth", "modernisation", "advantage", "system", "concepts"),
    "needs": ("industry", "requirement", "need"),
    "requirements": ("requirement", "zh", "en", "lever"),
    "sources": ("requirement", "source", "variable", "scaled_by", "direction"),
    "declared": ("region", "industry"),
    "capacity": ("industry", "year"),
}
CANDIDATES = ("industries", "needs", "requirements", "sources", "declared", "capacity")


@dataclass(frozen=True, slots=True)
class Beside:
    """One file as text rows: all rows have the same columns."""

    kind: str
    source: Source
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def beside(config: StudyConfig, folder: Path, problems: Problems) -> list[Beside]:
    """The files of the plan and of the opportunities that the study file names; what is wrong with them is gathered."""
    found = [_one(kind, getattr(config.plan, kind), folder, problems) for kind in KINDS]
    own = {kind: getattr(config.opportunities, kind) for kind in CANDIDATES}
    own["industries"] = own["industries"] if own["industries"].lower().endswith(".csv") else None
    found += [_one(kind, name, folder, problems, section="opportunities") for kind, name in own.items()]
    if config.plan.higher is not None and config.regions.table is not None:
        found.append(_parents(config.regions.table, folder, problems))
    return [b for b in found if b is not None]


def _parents(name: str, folder: Path, problems: Problems) -> Beside | None:
    """Region -> region above it, where the user's own table of regions says so."""
    content = _text(folder / name, name, problems) if limits.regular(folder / name) else None
    rows = sidetables.keyed(content, name, problems) if content else []
    said = tuple((str(r["code"]).strip(), str(r["parent"]).strip()) for r in rows if r.get("code") and r.get("parent"))
    return (
        Beside("parents", Source("regions.table", "", name, read.sha256(folder / name)), ("code", "parent"), said)
        if said
        else None
    )


def _text(path: Path, name: str, problems: Problems) -> str | None:
    try:
        return read.decode(path.read_bytes(), name)
    except ProblemsError as fault:
        problems.found.extend(fault.problems)
        return None


def _one(kind: str, name: str | None, folder: Path, problems: Problems, *, section: str = "plan") -> Beside | None:
    if name is None:
        return None
    path, results = folder / name, kind == "higher" and (folder / name).is_dir()
    if results:
        path, name = path / TARGETS, f"{name.rstrip('/')}/{TARGETS}"
    if not limits.regular(path):
        way_out = "run the higher plan first" if results else f"correct `{section}.{kind}` in study.yaml"
        problems.add(name, "there is no such file.", way_out)
        return None
    content = _text(path, name, problems)
    if content is None:
        return None
    rows = _phrases(content, name, problems) if kind == "texts" else _table(content, name, kind, results, problems)
    if not rows:
        return None
    columns = tuple(dict.fromkeys(c for r in rows for c in r))
    source = Source(f"{section}.{kind}", "", name, read.sha256(path))
    return Beside(kind, source, columns, tuple(tuple(r.get(c, "") for c in columns) for r in rows))


def _table(content: str, name: str, kind: str, results: bool, problems: Problems) -> list[dict[str, str]]:
    every = sidetables.keyed(content, name, problems)
    heads = list(every[0]) if every else [h.strip() for h in content.partition("\n")[0].split(",")]
    wanted = ("region", "variable", "year", "base", "final_year", "final", "unit") if results else COLUMNS[kind]
    gone = [c for c in wanted if c not in heads]
    if gone:
        problems.add(name, f"has no column {', '.join(gone)}.", f"its head needs {', '.join(wanted)}")
        return []
    rows = [{k: v.strip() for k, v in row.items()} for row in every]
    rows = [r for r in rows if any(r.values())]
    if not rows:
        problems.add(name, "the head is there, but no row follows.", f"add rows, or leave `{kind}` out")
    return list(_of_results(rows, name)) if results else rows


def _of_results(rows: list[dict[str, str]], name: str) -> Iterator[dict[str, str]]:
    """The targets of a results folder as rows of a higher plan: base and final year."""
    for row in rows:
        if row["final"]:
            common = {"parent": row["region"], "variable": row["variable"], "unit": row["unit"], "source": name}
            yield {**common, "year": row["year"], "value": row["base"]}
            yield {**common, "year": row["final_year"], "value": row["final"]}


def _phrases(content: str, name: str, problems: Problems) -> list[dict[str, str]]:
    """One row a text: language, section, key (of words: ROW.SIGN) and text."""
    try:
        tree: Any = yamltext.parse(content, place=name)
    except ProblemsError as fault:
        problems.found += [replace(p, way_out=p.way_out or "put texts with a colon or braces in quotes") for p in fault.problems]
        return []
    rows = list(_flat(tree, (), name, problems))
    return [dict(zip(("language", "section", "key", "text"), row, strict=True)) for row in rows]


def _flat(tree: Any, way: tuple[str, ...], name: str, problems: Problems) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(tree, Mapping):
        for key, inner in tree.items():
            yield from _flat(inner, (*way, str(key)), name, problems)
    elif len(way) in (3, 4) and isinstance(tree, str):
        yield way[0], way[1], ".".join(way[2:]), tree
    elif tree is not None:
        problems.add(name, f"{'.'.join(way) or 'the file'} is no text.", "lay it out as LANGUAGE: {sentences: {KEY: TEXT}}")
