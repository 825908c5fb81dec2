"""`yindi doctor`: what works on this machine, and what would make the rest work."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "firefox")
EXTRAS = {"web": ("starlette", "uvicorn"), "test": ("pytest", "hypothesis", "playwright", "openpyxl")}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    way_out: str = ""


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), sys.version.split()[0], "needs Python 3.11 or newer")


def _fonts() -> Check:
    from yindi.report import fonts

    found = fonts.chinese()
    if found is None:
        return Check("fonts", False, "no font holds Chinese characters", "install one, e.g. apt-get install fonts-noto-cjk")
    return Check("fonts", True, f"Chinese with {found.name}")


def _map() -> Check:
    from yindi.intake import geography

    found = geography.places("province")
    return Check("map", len(found) >= 31, f"{len(found)} provinces with neighbours in the packaged map")


def _solver() -> Check:
    import importlib.metadata

    import numpy as np
    from scipy.optimize import Bounds, milp

    solved = milp(np.array([-1.0, -1.0]), integrality=np.array([1, 1]), bounds=Bounds(0, 1.5))
    ok = bool(solved.success) and abs(float(solved.fun) + 2) < 1e-9
    return Check("solver", ok, f"HiGHS {importlib.metadata.version('highspy')}", "reinstall highspy and scipy")


def _browser() -> Check:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    way_out = "any browser opens the HTML reports; the tests want Chromium"
    return Check("browser", found is not None, found or "none on the search path", way_out)


def _extras() -> list[Check]:
    checks = []
    for extra, modules in EXTRAS.items():
        absent = [m for m in modules if importlib.util.find_spec(m) is None]
        detail = f"missing: {', '.join(absent)}" if absent else ", ".join(modules)
        checks.append(Check(f"extra {extra}", not absent, detail, f"pip install 'yindi[{extra}]'"))
    return checks


def _writable() -> Check:
    here = os.getcwd()
    return Check("writing", os.access(here, os.W_OK), here, "choose a folder with --out where you may write")


def examine() -> list[Check]:
    """Look at everything; a check that itself fails is reported, not raised."""
    single: list[Callable[[], Check]] = [_python, _fonts, _map, _solver, _browser, _writable]
    return [_safely(check) for check in single] + _extras()


def _safely(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a doctor reports what is broken
        return Check(check.__name__.strip("_"), False, f"{type(error).__name__}: {error}", "reinstall yindi")


def text(checks: list[Check]) -> str:
    """The checks as lines for people."""
    return "\n".join(f"{'ok' if c.ok else 'no':<4}{c.name:<12} {c.detail}{_hint(c)}" for c in checks)


def _hint(check: Check) -> str:
    return f" -> {check.way_out}" if check.way_out and not check.ok else ""
