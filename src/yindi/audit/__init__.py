"""Audit (表格核查): does the arithmetic of a published or pasted table hold? `audit.table(path)`; knows core only, no stage."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = ("coupling", "dagum", "findings", "markov", "moran", "numbers", "read", "run", "theil", "weights")
_NAMES = {"table": "run", "rows": "run", "KINDS": "run", "Report": "findings", "Break": "findings"}


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_MODULES, *_NAMES])
