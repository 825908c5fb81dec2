"""Stage 5: what a region could cultivate, whether advice of that kind ever worked, and what everybody else is told."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "advantage", "advice", "backtest", "carriers", "complexity", "conventions", "coordinate", "crowding", "endowment", "evidence",
    "features", "fit", "generic", "herding", "large", "models", "noise", "partners", "profile", "relatedness", "rules",
    "scoring", "sections", "stage", "transitions",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES)
