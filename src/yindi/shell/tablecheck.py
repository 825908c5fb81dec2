"""`yindi check FILE`: a lone table, examined without a study file, as text and as records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yindi.core.errors import UsageError
from yindi.intake import definitions, examine, found, series, shapes
from yindi.intake.examine import Examination, Repair
from yindi.intake.findings import Found
from yindi.intake.read import BOOKS, TEXT
from yindi.shell import checktext

NO_ERRORS = frozenset(["absent"])


def is_table(path: Path) -> bool:
    """True for a file that is a table by its ending, not a study file."""
    ends = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    return not path.is_dir() and ends.lower() in (*TEXT, *BOOKS, ".parquet", ".dta")


def look(path: Path, sheet: str | None = None) -> list[Examination]:
    """The examination of every sheet; raises UsageError where the file is not there."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file.")
    return [examine.examine(path, sheet=sheet)] if sheet else examine.examine_all(path)


def errors(seen: Sequence[Examination]) -> int:
    """How many sure errors there are: slips with their right value, and sure findings other than absent values."""
    repairs = sum(r.sure for e in seen for r in e.repairs)
    return repairs + sum(f.sure and f.kind not in NO_ERRORS for e in seen for f in e.series)


def names(e: Examination) -> dict[str, str]:
    """Code -> Chinese name of the regions of a table."""
    if e.shape is None or e.shape.level == shapes.OWN:
        return {c: c for c in e.cube.regions} if e.cube is not None else {}
    return {c: n[0] for c, n in definitions.region_names(e.shape.level).items()}


def record(seen: Sequence[Examination]) -> dict[str, Any]:
    """The examinations as plain records; `findings` are sure, `look` may be real."""
    count = errors(seen)
    tables = [_table(e) for e in seen]
    error = f"{count} sure error(s)." if count else ""
    return {"ok": count == 0, "exit_code": 3 if count else 0, "error": error, "tables": tables,
            "findings": [f for t in tables for f in t.pop("findings")], "look": [f for t in tables for f in t.pop("look")],
            "problems": []}  # fmt: skip


def _table(e: Examination) -> dict[str, Any]:
    called = names(e)
    told = [_found(e, f, called) for f in e.series] + [_repair(e, r) for r in e.repairs]
    units = [{"head": h, "unit": u, "known_as": code} for h, (u, code) in series.units(e.heads).items()]
    heads = [{"place": p, "written": old, "read_as": new} for p, old, new in e.broken_heads]
    return {
        "file": e.file, "sheet": e.sheet, "layout": e.shape.layout if e.shape else "", "level": e.shape.level if e.shape else "",
        "regions": list(e.cube.regions) if e.cube else [], "years": list(e.cube.years) if e.cube else [],
        "items": list(e.cube.items) if e.cube else [], "heads": list(e.heads), "units": units, "broken_heads": heads,
        "sums": list(e.sums), "incomplete": list(e.incomplete),
        "derived": [{"column": c, "formula": how, "share": share} for c, how, share in e.derived],
        "text_cells": [{"place": p, "text": t} for p, t in e.text_cells],
        "findings": [r for r in told if r["sure"]], "look": [r for r in told if not r["sure"]],
    }  # fmt: skip


def _found(e: Examination, f: Found, called: dict[str, str]) -> dict[str, Any]:
    title = found.rules()[f.kind]["title"]
    right = [
        {"region": r, "name": called.get(r, ""), "year": y, "value": v, "found": _holds(e, f.variable, r, y)}
        for r, y, v in f.right
    ]
    return {"table": f"{e.file}{'!' + e.sheet if e.sheet else ''}", "kind": f.kind, "title": dict(title), "sure": f.sure,
            "certainty": "sure" if f.sure else "may be real", "variable": f.variable, "years": list(f.years),
            "regions": list(f.regions), "names": [called.get(r, r) for r in f.regions], "share": f.share, "size": f.size,
            "place": f.place, "right": right, "evidence": {"en": f.detail, "zh": f.zh or f.detail},
            "effect": {"en": f.effect, "zh": f.effect_zh}, "ways_out": list(f.ways_out)}  # fmt: skip


def _holds(e: Examination, variable: str, region: str, year: str) -> str:
    """What a cell holds, as text; "" where it is empty."""
    if e.cube is None or variable not in e.cube.items or region not in e.cube.regions or year not in e.cube.years:
        return ""
    at = (e.cube.regions.index(region), e.cube.years.index(year), e.cube.at(variable))
    return f"{e.cube.values[at]:.12g}" if e.cube.known[at] else ""


def _repair(e: Examination, r: Repair) -> dict[str, Any]:
    en, zh = r.evidence
    return {"table": f"{e.file}{'!' + e.sheet if e.sheet else ''}", "kind": r.kind, "title": dict(found.rules()["sum"]["title"]),
            "sure": r.sure, "certainty": "sure" if r.sure else "may be real", "variable": r.head, "years": [],
            "regions": [], "names": [r.region], "share": 0.0, "size": 0.0, "place": r.place, "found": r.found,
            "right": [{"region": "", "name": r.region, "year": "", "value": r.right}][: r.kind != "gap"],
            "evidence": {"en": en, "zh": zh},
            "effect": _moved(r), "ways_out": ["correct", "keep"]}  # fmt: skip


def _moved(r: Repair) -> dict[str, str]:
    if r.kind == "gap":
        return {"en": "", "zh": ""}
    try:
        gap = f"{r.right - float(r.found):+,.10g}"
    except ValueError:
        return {"en": "", "zh": ""}
    return {"en": f"the sums that hold the cell move by {gap}", "zh": f"含该单元格的合计变动{gap}"}


def text(seen: Sequence[Examination]) -> str:
    """The examinations for people: how many errors of which kind, what was recognised, then each kind in its group."""
    made: list[str] = []
    for e in seen:
        table = _table(e)
        made += checktext.lines(table, table["findings"], table["look"])
    count = errors(seen)
    return "\n".join([*made, f"{count} sure error(s)." if count else "no sure error."])
