"""`yindi why`: the trace of a number, and the very lines of the files it stands on where those are still there."""

from __future__ import annotations

import re
from pathlib import Path

from yindi.core.finding import Ref
from yindi.core.study import Study
from yindi.shell import store

_PLACE = re.compile(r"\((?:\w+), (?P<path>[^!()]+?)(?:!(?P<sheet>.+))? row (?P<row>\d+) column (?P<column>\d+)\)$")


def value(study: Study, ref: str) -> float | str:
    """What stands in the referenced cell."""
    parsed = Ref.parse(ref)
    return study.table(parsed.name).at(dict(parsed.at), parsed.column)


def why(place: Path, ref: str) -> tuple[Study, str]:
    """The study and the trace of a reference, each cell followed by its line in the file."""
    study = store.load(place)
    text = study.why(ref)
    folder = inputs_folder(place)
    return study, text if folder is None else "\n".join(_with_raw_lines(study, text, folder))


def inputs_folder(place: Path) -> Path | None:
    """The folder of the study file, if results at `place` know it and it is still there."""
    if not (place / "manifest.json").is_file():
        return None
    relative = store.manifest(place).get("study_folder")
    found = None if relative is None else (place.resolve() / relative).resolve()
    return found if found is not None and found.is_dir() else None


def _with_raw_lines(study: Study, text: str, folder: Path) -> list[str]:
    hashes = {s.path: s.sha256 for s in study.ledger.sources.values()}
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        found = _PLACE.search(line)
        if found:
            pad = " " * (len(line) - len(line.lstrip()) + 2)
            lines.append(pad + _raw(folder / found["path"], hashes.get(found["path"], ""), int(found["row"])))
    return lines


def _raw(path: Path, sha256: str, row: int) -> str:
    if not path.is_file():
        return f"| (the file {path.name} is no longer there)"
    if sha256 and store.sha256(path) != sha256:
        return f"| (the file {path.name} has changed since it was read)"
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return f"| (open {path.name} to see row {row})"
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    found = text.splitlines()
    return f"| {found[row - 1]}" if row <= len(found) else f"| (the file has no line {row})"
