"""All results -> findings -> documents in words. Numbers enter only as Quantities (law 6)."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = ("claims", "compose", "nation", "notes", "phrases", "picks", "region", "rules", "stage", "writer")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"yindi.plan.{name}")
    raise AttributeError(f"module 'yindi.plan' has no attribute {name!r}")
