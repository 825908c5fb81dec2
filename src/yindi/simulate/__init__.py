"""Stage simulate: what would come of a layout, with the skill of the forecasts printed beside it."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = ("combine", "dynamics", "effects", "forecast", "hindcast", "paths", "push", "review", "scores", "stage")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "simulate":
        return importlib.import_module(f"{__name__}.stage").simulate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
