"""`yindi audit` opens no workbook that must not be opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from yindi.core.errors import ProblemsError
from yindi.shell import auditing


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    return path


@pytest.mark.parametrize("where", ["file", "folder", "data"])
def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path, where: str) -> None:
    book = bomb(tmp_path / "table.xlsx")
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    given = {"file": book, "folder": tmp_path, "data": table}[where]
    with pytest.raises(ProblemsError, match=r"table\.xlsx.*unpacks"):
        auditing.table(given, None, book if where == "data" else None)
