"""Stage layout: one plan of all regions at once, proven, priced and checked outside the solver."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    *("assemble", "check", "conflict", "frontier", "highs", "instances", "levers", "marginal"),
    *("model", "national", "prices", "problem", "program", "rules", "solver", "stability", "stage", "value"),
)
_WHERE = {"solve": "solver", "Problem": "problem", "layout": "stage"}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
