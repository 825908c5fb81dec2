"""The law book: a law is a function of a Method that raises AssertionError when the method breaks it.

Each stage keeps its laws in `laws_<stage>.py` beside this file: `@law("weights", "simplex")` above `def check(method): ...`.
`test_laws.py` collects them and runs every law that a registered method declares; a declared law that nobody wrote is a failure.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, settings

import yindi
from yindi.core.registry import Method

Check = Callable[[Method], None]
LAWS: dict[tuple[str, str], Check] = {}
NOT_METHODS = ("yindi.shell", "yindi.report", "yindi.plan", "yindi.core", "yindi.data")

law_settings = settings(max_examples=40, deadline=None, derandomize=True, database=None,
                        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip


def law(kind: str, name: str) -> Callable[[Check], Check]:
    """Write the decorated function into the law book."""

    def keep(check: Check) -> Check:
        if (kind, name) in LAWS:
            raise ValueError(f"The law {name!r} of {kind!r} is written twice.")
        LAWS[kind, name] = check
        return check

    return keep


def load_methods() -> None:
    """Import every module that may register methods."""
    for module in pkgutil.walk_packages(yindi.__path__, "yindi."):
        if not module.name.startswith(NOT_METHODS):
            importlib.import_module(module.name)


def load_laws() -> None:
    """Import every laws_<stage>.py beside this file."""
    for path in sorted(Path(__file__).parent.glob("laws_*.py")):
        importlib.import_module(path.stem)
