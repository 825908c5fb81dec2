"""Stage diagnose: what a region has, what holds it back, and how its new productive forces go with its development."""

from __future__ import annotations

import importlib
from types import ModuleType

_MODULES = ("configure", "coupling", "endowment", "obstacle", "stage")


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        return importlib.import_module(f"yindi.diagnose.{name}")
    raise AttributeError(f"module 'yindi.diagnose' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(_MODULES)
