"""What arrays and numbers of a layout must be: shapes, kinds and ranges, all faults told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError

FEW = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """Numbers from `least` to `most`, `whole` or not, `endless` where infinity is one of them; or `flags` of true and false."""

    least: float = -np.inf
    most: float = np.inf
    whole: bool = False
    endless: bool = False
    flags: bool = False

    @property
    def said(self) -> str:
        """What is asked for, in words."""
        if self.flags:
            return "true or false (or 1 and 0)"
        number = "whole numbers" if self.whole else "numbers"
        least = f", {self.least:g} or more" if np.isfinite(self.least) else ""
        most = f", {self.most:g} or less" if np.isfinite(self.most) else ""
        return f"{'' if self.endless else 'finite '}{number}{least}{most}"

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Where x is of this kind."""
        if self.flags:
            return np.asarray((x == 0) | (x == 1))
        good = (x >= self.least) & (x <= self.most)
        if not self.endless:
            good &= np.isfinite(x)
        return np.asarray(good & (np.round(x) == x) if self.whole else good)

    def kept(self, x: np.ndarray) -> np.ndarray:
        """x in the type of its kind."""
        if self.flags:
            return np.asarray(x, dtype=bool)
        return np.asarray(x, dtype=np.intp if self.whole and np.isfinite(self.most) else float)


FLAG, FREE, SOME, ENDLESS = Kind(flags=True), Kind(), Kind(0.0), Kind(0.0, endless=True)
COUNT, UNITS = Kind(0.0, whole=True), Kind(0.0, whole=True, endless=True)
SHARE = Kind(0.0, 1.0)


def position(count: int) -> Kind:
    """Positions among `count`."""
    return Kind(0.0, max(count - 1, 0), whole=True)


def numbers(name: str, given: object, faults: list[str]) -> np.ndarray | None:
    """Any array or list as numbers; None, with a fault, where it is none."""
    try:
        array = np.asarray(given)
        return array if array.dtype.kind in "biuf" else np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        faults.append(f"`{name}` holds something that is no number")
        return None


def checked(held: Mapping[str, Any], asked: Mapping[str, tuple[tuple[int, ...], Kind]]) -> tuple[dict[str, Any], list[str]]:
    """Every array in the type of its kind, and what is wrong with those that are not of their shape or kind."""
    faults: list[str] = []
    kept: dict[str, Any] = {}
    for name, (shape, kind) in asked.items():
        array = numbers(name, held[name], faults)
        if array is None:
            continue
        if array.shape != shape:
            faults.append(f"`{name}` has shape {array.shape}, {shape} was expected")
        elif not kind.holds(array).all():
            faults.append(f"`{name}` asks for {kind.said}, got {_first(array, kind)}")
        else:
            kept[name] = kind.kept(array) if shape else array.item()
    return kept, faults


def _first(array: np.ndarray, kind: Kind) -> str:
    wrong = np.asarray(array)[~kind.holds(array)].ravel()
    return f"{wrong[0]:g}" + (f" and {wrong.size - 1} more" if wrong.size > 1 else "")


def refuse(faults: Iterable[str], *, where: str) -> None:
    """Raise MethodError with all faults, where there are any."""
    told = list(faults)
    if told:
        more = f"; and {len(told) - FEW} more" if len(told) > FEW else ""
        raise MethodError(f"{where}: {'; '.join(told[:FEW])}{more}.")


def require_solve(gap: float, seed: int) -> None:
    """Raise MethodError unless `gap` is finite and not negative, and `seed` a whole number."""
    faults = [] if 0 <= gap < np.inf else [f"`gap` is a finite share of the value, not negative, got {gap}"]
    faults += [] if isinstance(seed, int | np.integer) else [f"`seed` is a whole number, got {seed!r}"]
    refuse(faults, where="layout")
