"""Results on disk: study.yindi (everything), tables/*.csv, manifest.json, reports/. Equal studies give equal bytes."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import json
import math
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from yindi.core.errors import UsageError, YindiError
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.shell import archive, folder

SCHEMA_VERSION = 1
STUDY, TABLES, REPORTS = "study.yindi", "tables", "reports"
LIBRARIES = ("numpy", "scipy", "pandas", "pydantic", "pyyaml", "python-calamine", "lxml", "pillow", "fonttools", "highspy",
             "typst")  # fmt: skip
Writer = Callable[[Study, Path], None]


def csv_bytes(table: Table) -> bytes:
    """A table as CSV: a row a cell, axes first; UTF-8 with BOM, LF, numbers by repr, absent empty."""
    grid = np.indices(table.shape).reshape(len(table.axes), -1) if table.axes else np.zeros((0, 1), int)
    columns: list[list[str]] = [np.array(labels, dtype=object)[grid[n]].tolist() for n, (_, labels) in enumerate(table.axes)]
    columns += [_text(values) for values in table.columns.values()]
    head = [axis for axis, _ in table.axes] + list(table.columns)
    if table.marks is not None:
        head.append("marked")
        columns.append(["yes" if m else "" for m in table.marks.ravel().tolist()])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def _text(values: np.ndarray) -> list[str]:
    if values.dtype.kind == "U":
        return [str(v) for v in values.ravel().tolist()]
    return ["" if math.isnan(v) else repr(v) for v in values.ravel().tolist()]


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hashes(place: Path) -> dict[str, str]:
    """SHA-256 of every file of a result folder but the manifest, by path."""
    files = sorted(p for p in place.rglob("*") if p.is_file() and not p.name.startswith(".") and p.name != folder.MANIFEST)
    return {p.relative_to(place).as_posix(): sha256(p) for p in files}


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """The version of every library that is installed."""
    found = {}
    for name in libraries:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def manifest_of(study: Study, place: Path, *, timings: Mapping[str, float], origin: Path | None, target: Path) -> dict[str, Any]:
    """What the manifest of the files now in `place` says."""
    from yindi import __version__

    sources = sorted(study.ledger.sources.values(), key=lambda s: (s.path, s.sha256))
    inputs = [{"path": s.path, "sha256": s.sha256, "title": s.title, "producer": s.producer, "licence": s.licence}
              for s in sources]  # fmt: skip
    return {
        "format": folder.FORMAT,
        "schema_version": SCHEMA_VERSION,
        "yindi": __version__,
        "python": platform.python_version(),
        "libraries": versions(),
        "seed": study.config.seed,
        "stages": list(study.results),
        "study_folder": None if origin is None else os.path.relpath(origin, target),
        "inputs": inputs,
        "outputs": hashes(place),
        "timings_seconds": {k: round(v, 3) for k, v in timings.items()},
        "config": study.config.model_dump(mode="json"),
    }


def write_manifest(content: Mapping[str, Any], place: Path) -> None:
    """Write the manifest; it comes last, because it says that the folder is whole."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (place / folder.MANIFEST).write_text(text + "\n", encoding="utf-8")


def write_results(study: Study, place: Path) -> None:
    """Write study.yindi and the tables into the existing folder `place`."""
    archive.write(study, place / STUDY)
    (place / TABLES).mkdir(exist_ok=True)
    for name in study.table_names():
        (place / TABLES / f"{name}.csv").write_bytes(csv_bytes(study.table(name)))


def save(
    study: Study,
    place: str | Path,
    *,
    timings: Mapping[str, float] | None = None,
    origin: Path | None = None,
    reports: Writer | None = None,
) -> Path:
    """Save a study as a result folder, replacing an older one as a whole; `reports` writes the reports into a given folder."""
    target = Path(place).resolve()
    with folder.replacing(target) as new:
        write_results(study, new)
        if reports is not None:
            (new / REPORTS).mkdir()
            reports(study, new / REPORTS)
        write_manifest(manifest_of(study, new, timings=timings or {}, origin=origin, target=target), new)
    return target


def load(place: str | Path) -> Study:
    """The study in a result folder (or in its study.yindi); raises UsageError when there is none."""
    path = Path(place)
    if path.is_file():
        return archive.read(path)
    if not path.exists():
        folder.recover(path.resolve())
    if not path.is_dir():
        raise UsageError(f"{path}: there is no such folder. `yindi run STUDY --out {path}` makes one.")
    return archive.read(path / STUDY)


def manifest(place: str | Path) -> dict[str, Any]:
    """The manifest of a result folder; raises UsageError when it is absent or newer, YindiError when it cannot be read."""
    path = Path(place) / folder.MANIFEST
    if not path.is_file():
        raise UsageError(f"{place}: no result folder of yindi (no {folder.MANIFEST}).")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("kind") == "advice":
            raise UsageError(f"{place} holds lists of `yindi advise`: open its page.zh.html or page.en.html in a browser; "
                             "`yindi verify` and `yindi why` read it.")  # fmt: skip
        known = content["format"] == folder.FORMAT and int(content["schema_version"]) <= SCHEMA_VERSION
    except UsageError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise YindiError(f"{path}: damaged ({error}).") from error
    if not known:
        raise UsageError(f"{path}: written by another or a newer program (schema {content['schema_version']}). Update yindi.")
    return dict(content)
