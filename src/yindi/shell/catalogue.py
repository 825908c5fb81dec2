"""What `yindi methods` lists: every registered method of every stage and plug-in."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from typing import Any

from yindi.core import registry
from yindi.core.errors import UsageError, suggestion

PACKAGES = ("intake", "measure", "disparity", "diagnose", "opportunities", "layout", "simulate")


def load_all() -> None:
    """Import every module of the stages, so that all their methods are registered."""
    for package in PACKAGES:
        try:
            found = importlib.import_module(f"yindi.{package}")
        except ModuleNotFoundError:
            continue
        for module in pkgutil.iter_modules(found.__path__):
            if module.name != "stage":
                importlib.import_module(f"yindi.{package}.{module.name}")


def rows(kind: str | None = None) -> list[dict[str, Any]]:
    """One plain record a method; raises UsageError for a kind without methods."""
    load_all()
    found = registry.methods(kind)
    if kind is not None and not found:
        kinds = sorted({m.kind for m in registry.methods()})
        raise UsageError(f"No method is of kind {kind!r}. Kinds: {', '.join(kinds)}.{suggestion(kind, kinds)}")
    return [{"kind": m.kind, "name": m.name, "parameters": {k: _plain(v) for k, v in m.params.items()}, "laws": list(m.laws),
             "cites": list(m.cites), "summary": m.summary, "function": f"{m.fn.__module__}.{m.fn.__qualname__}"}
            for m in found]  # fmt: skip


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def text(found: list[dict[str, Any]]) -> str:
    """The records as lines for people, grouped by kind."""
    lines: list[str] = []
    for kind, group in itertools.groupby(found, key=lambda row: row["kind"]):
        lines.append(kind)
        lines += [line for row in group for line in _lines(row)]
    return "\n".join(lines)


def _lines(row: dict[str, Any]) -> list[str]:
    parameters = ", ".join(f"{k}={v}" for k, v in row["parameters"].items())
    details = (("parameters", parameters), ("laws", ", ".join(row["laws"])), ("after", "; ".join(row["cites"])))
    return [f"  {row['name']}: {row['summary']}", *(f"      {what}: {said}" for what, said in details if said)]
