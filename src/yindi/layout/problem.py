"""Problem: what the planner states, as plain arrays. R regions, C industries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.further import require_whole, taken
from yindi.layout.national import National


def _numbered(n: int, letter: str) -> tuple[str, ...]:
    return tuple(f"{letter}{k:0{len(str(n))}d}" for k in range(1, n + 1))


@dataclass(frozen=True, slots=True)
class Problem:
    """Values and rules of one layout.

    `value` (R,C) >= 0: what industry c in region r is worth. `limit` (C,): most regions with an industry; where `over_price`
    (C,) is finite the limit may be passed at that price per region. `portfolio_min`, `portfolio_max` (R,): industries a region.
    `lagging` (R,) regions the floor protects: together they keep at least `floor` of the highest value they could have.
    `forbidden`, `locked` (R,C): the planner's rules about pairs; `closed` (R,C): pairs that are no candidates, which is no rule
    and has no price. Scalars are spread. `regions`, `industries`: labels; plans do not depend on their order. `nation`: further
    rules over all R x C pairs, row by row (packages, bands, zones, strategic industries, capability units, links).
    """

    value: np.ndarray
    limit: np.ndarray | float = np.inf
    portfolio_min: np.ndarray | float = 0
    portfolio_max: np.ndarray | float = np.inf
    lagging: np.ndarray | bool = False
    floor: float = 0.0
    forbidden: np.ndarray | bool = False
    locked: np.ndarray | bool = False
    closed: np.ndarray | bool = False
    over_price: np.ndarray | float = np.inf
    regions: Sequence[str] = ()
    industries: Sequence[str] = ()
    nation: National | None = None

    def __post_init__(self) -> None:
        value = np.array(self.value, dtype=float)
        if value.ndim != 2 or not np.isfinite(value).all() or (value < 0).any():
            raise MethodError(f"layout: `value` must be a finite (R,C) array without negative numbers, got shape {value.shape}.")
        r, c = value.shape
        shapes = {"limit": (c,), "portfolio_min": (r,), "portfolio_max": (r,), "lagging": (r,), "forbidden": (r, c),
                  "locked": (r, c), "closed": (r, c), "over_price": (c,)}  # fmt: skip
        object.__setattr__(self, "value", value)
        for name, shape in shapes.items():
            object.__setattr__(self, name, _spread(name, getattr(self, name), shape))
        for name, n, letter in (("regions", r, "r"), ("industries", c, "c")):
            object.__setattr__(self, name, _labels(name, getattr(self, name), n, letter))
        if not 0 <= self.floor <= 1:
            raise MethodError(f"layout: `floor` is a share of the best attainable, between 0 and 1, got {self.floor}.")
        if self.nation is not None:
            require_whole(self.nation, value.shape)

    @property
    def open(self) -> np.ndarray:
        """(R,C), True where a region may hold an industry."""
        return np.asarray(~self.shut)

    @property
    def shut(self) -> np.ndarray:
        """(R,C), True where a pair is forbidden or no candidate."""
        return np.asarray(np.asarray(self.forbidden) | np.asarray(self.closed))

    def take(self, rows: np.ndarray, columns: np.ndarray) -> Problem:
        """The problem with regions and industries in the given order."""
        changes: dict[str, object] = {}
        for f in fields(self):
            held = getattr(self, f.name)
            if f.name in ("value", "forbidden", "locked", "closed"):
                changes[f.name] = held[np.ix_(rows, columns)]
            elif f.name in ("limit", "over_price"):
                changes[f.name] = held[columns]
            elif f.name in ("portfolio_min", "portfolio_max", "lagging"):
                changes[f.name] = held[rows]
        changes["nation"] = None if self.nation is None else taken(self.nation, rows, columns)
        changes["regions"] = [self.regions[k] for k in rows]
        changes["industries"] = [self.industries[k] for k in columns]
        return replace(self, **changes)  # type: ignore[arg-type]

    def order(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions that put regions and industries in the order of their labels."""
        rows = np.array(sorted(range(len(self.regions)), key=lambda k: self.regions[k]), dtype=np.intp)
        columns = np.array(sorted(range(len(self.industries)), key=lambda k: self.industries[k]), dtype=np.intp)
        return rows, columns


def _spread(name: str, given: object, shape: tuple[int, ...]) -> np.ndarray:
    kind = bool if name in ("lagging", "forbidden", "locked", "closed") else float
    array = np.asarray(given, dtype=kind)
    if array.ndim and array.shape != shape:
        raise MethodError(f"layout: `{name}` has shape {array.shape}, `value` asks for {shape}.")
    if array.dtype.kind == "f" and (np.isnan(array).any() or (array < 0).any()):
        raise MethodError(f"layout: `{name}` must hold no negative and no absent number.")
    return np.array(np.broadcast_to(array, shape))


def _labels(name: str, given: Sequence[str], n: int, letter: str) -> tuple[str, ...]:
    labels = tuple(given) or _numbered(n, letter)
    if len(labels) != n or len(set(labels)) != n:
        raise MethodError(f"layout: `{name}` must be {n} different labels, got {len(labels)} ({len(set(labels))} different).")
    return labels
