"""`yindi why`: the trace of a number, and the very lines of the files it stands on where those are still there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yindi.core.finding import Ref
from yindi.core.study import Study
from yindi.intake.read import Grid, read
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
    raw = _RawLines(folder, {s.path: s.sha256 for s in study.ledger.sources.values()})
    lines: list[str] = []
    for line in text.splitlines():
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
