"""`yindi audit`: a table's audit, and its report as plain records."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from yindi.audit import run
from yindi.audit.findings import Report
from yindi.intake import books


def table(path: Path, kind: str | None, data: Path | None, neighbours: Path | None = None) -> Report:
    """The audit of a file, a folder of tables or a results folder; a workbook that must not be opened is refused first."""
    for given in (path, data, neighbours):
        for book in sorted(given.iterdir()) if given and given.is_dir() else [given]:
            if book and book.is_file() and book.suffix.lower() in books.KINDS:
                books.sheet_names(book, book.name)
    return run.table(path, kind, data=data, neighbours=neighbours)


def record(report: Report) -> dict[str, Any]:
    """The report with numbers that JSON knows."""
    breaks = [{"rule": b.rule, "row": b.row, "label": b.label, "columns": list(b.columns), "found": _finite(b.found),
               "expected": _finite(b.expected), "size": _finite(b.size), "message": b.message, "note": b.note}
              for b in report.breaks]  # fmt: skip
    return {"ok": report.clean, "source": report.source, "kind": report.kind, "rows": report.rows,
            "rules": list(report.rules), "unknown": list(report.unknown), "breaks": breaks}  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
