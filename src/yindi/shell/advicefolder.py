"""What `yindi advise` writes: tables, what every column means and comes from, one page per language, and a manifest."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from yindi import __version__
from yindi.core import resources
from yindi.shell import advicepage, advisetable, advising, folder
from yindi.shell.advisetable import Columns
from yindi.shell.advising import Result


def write(found: Result, target: Path) -> list[str]:
    """All files of a result into a folder, written beside and moved into place; their names."""
    with folder.replacing(target) as new:
        tables = dict(advising.tables(found))
        for name, rows in tables.items():
            with (new / name).open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(_heads(name))
                writer.writerows([_text(v) for v in row] for row in rows)
        _columns(found, new / "columns.csv", tuple(tables))
        for language in ("zh", "en"):
            (new / f"page.{language}.html").write_text(advicepage.page(found, language), encoding="utf-8")
        names = sorted(p.name for p in new.iterdir() if p.suffix in (".csv", ".html"))
        (new / folder.MANIFEST).write_text(json.dumps(_manifest(found, new, names, target), ensure_ascii=False, indent=1) + "\n",
                                           encoding="utf-8")  # fmt: skip
    return [*names, folder.MANIFEST]


def _manifest(found: Result, new: Path, names: Sequence[str], target: Path) -> dict[str, Any]:
    o = found.options
    inputs = _inputs([found.path, *(p for p in (o.other, o.declared, o.capacity) if p)])
    asked = {"columns": _named(o.columns), "duplicates": o.duplicates, "count": o.count, "cap": o.cap, "seed": o.seed,
             "min_region": o.min_region, "min_activity": o.min_activity, "minimum_activities": o.minimum_activities}  # fmt: skip
    return {"format": folder.FORMAT, "kind": "advice", "schema_version": 1,
            "input_folder": os.path.relpath(found.path.resolve().parent, target.resolve()), "yindi": __version__,
            "input_folders": {n: os.path.relpath(p.resolve().parent, target.resolve()) for n, p in inputs.items()},
            "options": asked, "verdict": found.verdict,
            "inputs": {n: _sha(p) for n, p in inputs.items()}, "files": {n: _sha(new / n) for n in names}}  # fmt: skip


def _inputs(paths: Sequence[Path]) -> dict[str, Path]:
    """Files by name; one of a name that another has is called by its folder, too."""
    found: dict[str, Path] = {}
    for path in paths:
        found[path.name if found.get(path.name, path) == path else f"{path.resolve().parent.name}/{path.name}"] = path
    return found


def _named(columns: Columns) -> dict[str, Any]:
    return {**{k: getattr(columns, k) for k in advisetable.KEYS}, "where": dict(columns.where)}


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _heads(name: str) -> list[str]:
    return [r["column"] for r in resources.rows("advise_columns.csv") if r["file"] == name]


def _columns(found: Result, path: Path, files: tuple[str, ...]) -> None:
    """What every column means, and which columns of the input it comes from."""
    c = found.options.columns
    source = {"value": f"{c.region}, {c.year}, {c.activity}, {c.value}", "region": c.region, "activity": c.activity}
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "column", "zh", "en", "source"])
        for row in resources.rows("advise_columns.csv"):
            if row["file"] in files:
                come = source.get(row["from"])
                writer.writerow([row["file"], row["column"], row["zh"], row["en"], f"{found.path.name}: {come}" if come else ""])


def _text(value: object) -> object:
    if isinstance(value, float | np.floating):
        return "" if not np.isfinite(value) else f"{float(value):.6g}"
    return value
