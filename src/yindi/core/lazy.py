"""Packages whose modules load when they are first asked for, so that importing yindi imports nothing heavy (law 21)."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping
from typing import Any


def submodules(package: str, *, also: Mapping[str, str] | None = None) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package: its modules by name, and the names in `also` (name -> module that holds it)."""
    held = dict(also or {})

    def names() -> list[str]:
        found = {m.name for m in pkgutil.iter_modules(sys.modules[package].__path__)}
        return sorted(found | set(held))

    def get(name: str) -> Any:
        if name in held:
            return getattr(importlib.import_module(f"{package}.{held[name]}"), name)
        if not name.startswith("_") and name in names():
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}; it has {names()}")

    return get, names
