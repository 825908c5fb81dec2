"""The shell: files, clock, environment, command line and web app. Everything inside it is pure functions of a Study."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "archive",
    "auditing",
    "catalogue",
    "cli",
    "codec",
    "doctor",
    "folder",
    "inspect",
    "job",
    "render",
    "store",
    "trace",
    "verify",
    "web",
    "webdata",
    "yamlfile",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
