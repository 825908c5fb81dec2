"""`yindi why`: the trace of a number, and the very lines of the files it stands on where those are still there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from yindi.core.finding import Ref
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.intake.read import Grid, read
from yindi.shell import naming, store

_PLACE = re.compile(r"\((?:\w+), (?P<path>[^!()]+?)(?:!(?P<sheet>.+))? row (?P<row>\d+) column (?P<column>\d+)\)$")


@dataclass(frozen=True, slots=True)
class Traced:
    """A cell: the reference as it was read, what stands there (per column where none was named), its trace, and notes."""

    ref: Ref
    value: float | str
    columns: Mapping[str, float | str]
    text: str
    notes: tuple[str, ...]


def why(place: Path, text: str) -> Traced:
    """The trace of a reference, each cell followed by its line in the file; names are read as the codes they stand for."""
    study = store.load(place)
    ref, notes = naming.resolve(study, text)
    ref, columns = _columns(study.table(ref.name), ref, text)
    first, *rest = study.why(ref).splitlines()
    lines = [first, *(f"  {column} = {value!r}" for column, value in columns.items() if column != ref.column), *rest]
    folder = inputs_folder(place)
    if folder is not None:
        lines = _with_raw_lines(study, lines, folder)
    value = study.table(ref.name).at(dict(ref.at), ref.column)
    return Traced(ref, value, columns, "\n".join(lines), notes)


def _columns(table: Table, ref: Ref, text: str) -> tuple[Ref, dict[str, float | str]]:
    """The column that is meant, and the values of all present columns where none was named."""
    if not text.strip().endswith("]") or len(table.columns) == 1 or ref.name == "config":
        return ref, {}
    at = dict(ref.at)
    if set(at) != {axis for axis, _ in table.axes}:
        table.at(at, next(iter(table.columns)))
    values = {c: table.at(at, c) for c in table.columns if table.has(c, **at)}
    if "value" in table.columns or not values:
        return ref, values
    return replace(ref, column=next(iter(values))), values


def inputs_folder(place: Path) -> Path | None:
    """The folder of the study file, if results at `place` know it and it is still there."""
    if not (place / "manifest.json").is_file():
        return None
    relative = store.manifest(place).get("study_folder")
    found = None if relative is None else (place.resolve() / relative).resolve()
    return found if found is not None and found.is_dir() else None


def _with_raw_lines(study: Study, text: Iterable[str], folder: Path) -> list[str]:
    raw = _RawLines(folder, {s.path: s.sha256 for s in study.ledger.sources.values()})
    lines: list[str] = []
    for line in text:
        lines.append(line)
        found = _PLACE.search(line)
        if found:
            pad = " " * (len(line) - len(line.lstrip()) + 2)
            lines.append(f"{pad}| {raw.line(found['path'], found['sheet'], int(found['row']))}")
    return lines


@dataclass(slots=True)
class _RawLines:
    """The files as they are now; a file that changed since it was read is not quoted."""

    folder: Path
    sha256: Mapping[str, str]
    grids: dict[tuple[str, str | None], Grid | str] = field(default_factory=dict)

    def line(self, path: str, sheet: str | None, row: int) -> str:
        """One row as it stands in the file, or why it cannot be shown."""
        if (path, sheet) not in self.grids:
            self.grids[path, sheet] = self._open(path, sheet)
        grid = self.grids[path, sheet]
        if isinstance(grid, str):
            return grid
        return ",".join("" if cell is None else str(cell) for cell in grid.rows[row - 1])

    def _open(self, path: str, sheet: str | None) -> Grid | str:
        if not (self.folder / path).is_file():
            return f"({path} is no longer there)"
        if store.sha256(self.folder / path) != self.sha256.get(path):
            return f"({path} has changed since it was read)"
        return read(self.folder / path, path, sheet)
