"""yindi (因地): from official regional statistics to a plan for every region, every number traceable to its cells."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"
__all__ = ["Study", "YindiError", "__version__", "load", "run"]

_WHERE = {
    "run": "yindi.shell.job",
    "load": "yindi.shell.store",
    "Study": "yindi.core.study",
    "YindiError": "yindi.core.errors",
}
_PACKAGES = (
    "core",
    "intake",
    "measure",
    "disparity",
    "diagnose",
    "opportunities",
    "layout",
    "simulate",
    "plan",
    "report",
    "shell",
    "audit",
)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    if name in _PACKAGES:
        return importlib.import_module(f"yindi.{name}")
    raise AttributeError(f"module 'yindi' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_PACKAGES])
