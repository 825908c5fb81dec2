"""Stage measure: from the panel to index, ranks and how sure they are (测度). Kernels by module; `measure(study)` in stage."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "aggregate",
    "check",
    "correlate",
    "factors",
    "hierarchy",
    "influence",
    "judgement",
    "normalise",
    "ranks",
    "robust",
    "sensitivity",
    "stage",
    "treat",
    "weights",
    "yardsticks",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "measure":
        return importlib.import_module(f"{__name__}.stage").measure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_MODULES, "measure"])
