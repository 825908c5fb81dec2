"""Disparity (区域差距): how unequal, how grouped, how clustered, and whether the regions converge."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "inequality",
    "decompose",
    "distribution",
    "density",
    "association",
    "converge",
    "spatial",
    "lagrange",
    "geography",
    "network",
    "warning",
    "stage",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"yindi.disparity.{name}")
    raise AttributeError(f"module 'yindi.disparity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES)
