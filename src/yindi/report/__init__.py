"""Report: renders documents into Word, HTML, PDF and tables, and reads their numbers back. It computes nothing."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "charts",
    "docx",
    "draw",
    "edits",
    "export",
    "fonts",
    "geo",
    "html",
    "maps",
    "package",
    "pdf",
    "png",
    "reread",
    "sheets",
    "styles",
    "svg",
    "tables",
    "template",
    "text",
    "words",
    "xlsx",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"yindi.report.{name}")
    raise AttributeError(f"module 'yindi.report' has no attribute {name!r}")
