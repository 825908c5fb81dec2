"""Stage 1, intake: official tables as they come -> one checked Study."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "additivity",
    "assemble",
    "checks",
    "definitions",
    "examine",
    "geography",
    "impute",
    "numbers",
    "propose",
    "read",
    "regions",
    "series",
    "stage",
    "treat",
    "units",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"yindi.intake.{name}")
    raise AttributeError(f"module 'yindi.intake' has no attribute {name!r}")
