"""A study folder to spoil: the embedded example, copied, with one thing changed at a time."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from yindi.core.config import StudyConfig, read_config
from yindi.core.errors import ProblemsError
from yindi.core.study import Study
from yindi.intake.stage import Inspection, inspect, intake

Rows = list[list[str]]


@dataclass
class Folder:
    """A copy of the example whose files and study file can be changed."""

    path: Path

    def tree(self) -> dict[str, Any]:
        return yaml.safe_load((self.path / "study.yaml").read_text(encoding="utf-8"))

    def config(self, change: Callable[[dict[str, Any]], object] | None = None) -> StudyConfig:
        tree = self.tree()
        if change:
            change(tree)
        return read_config(tree)

    def rows(self, file: str = "indicators.csv") -> Rows:
        return list(csv.reader(io.StringIO((self.path / file).read_text(encoding="utf-8"))))

    def write(self, rows: Rows, file: str = "indicators.csv", encoding: str = "utf-8") -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        (self.path / file).write_bytes(out.getvalue().encode(encoding))

    def edit(self, row: int, column: str, text: str, file: str = "indicators.csv") -> int:
        """Write `text` into a cell; `row` counts from 1 with the head; returns the column number."""
        rows = self.rows(file)
        at = rows[0].index(column)
        rows[row - 1][at] = text
        self.write(rows, file)
        return at + 1

    def run(self, change: Callable[[dict[str, Any]], object] | None = None) -> Study:
        return intake(self.config(change), self.path)

    def inspect(self, change: Callable[[dict[str, Any]], object] | None = None) -> Inspection:
        return inspect(self.config(change), self.path)

    def fails(self, change: Callable[[dict[str, Any]], object] | None = None) -> ProblemsError:
        with pytest.raises(ProblemsError) as caught:
            self.run(change)
        assert caught.value.exit_code == 3
        return caught.value


@pytest.fixture
def folder(example: Path, tmp_path: Path) -> Folder:
    shutil.copytree(example, tmp_path / "study")
    return Folder(tmp_path / "study")


@pytest.fixture(scope="session")
def plain(example: Path) -> Study:
    """The example as it is."""
    return intake(read_config(yaml.safe_load((example / "study.yaml").read_text(encoding="utf-8"))), example)
