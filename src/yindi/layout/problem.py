"""Problem: what the planner states, as plain arrays. R regions, C industries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.further import named, require_whole, taken
from yindi.layout.national import National
from yindi.layout.sound import ENDLESS, FLAG, Kind, numbers, refuse

LEAST_VALUE = 1e-6


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
        faults: list[str] = []
        value = numbers("value", self.value, faults)
        if value is None or value.ndim != 2 or not np.isfinite(value).all() or (value < 0).any():
            shape = np.shape(value) if value is not None else "something else"
            raise MethodError(f"layout: `value` must be a finite (R,C) array without negative numbers, got shape {shape}.")
        r, c = value.shape
        object.__setattr__(self, "value", np.array(value, dtype=float))
        for name, (shape, kind) in _asked(r, c).items():
            object.__setattr__(self, name, _spread(name, getattr(self, name), shape, kind, faults))
        refuse(faults, where="layout")
        _require_floor(self)
        nation = self.nation
        if nation is not None:
            require_whole(nation, value.shape)
        for name, n, letter, own in (("regions", r, "r", "region_codes"), ("industries", c, "c", "industry_codes")):
            given = getattr(self, name)
            known = () if nation is None else getattr(nation, own)
            object.__setattr__(self, name, _labels(name, given if len(given) else known, n, letter))
        if nation is not None:
            object.__setattr__(self, "nation", named(nation, self.regions, self.industries))

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


def _asked(r: int, c: int) -> dict[str, tuple[tuple[int, ...], Kind]]:
    """Shape and kind of every rule."""
    pairs, regions, industries = (r, c), (r,), (c,)
    return {"limit": (industries, ENDLESS), "portfolio_min": (regions, ENDLESS), "portfolio_max": (regions, ENDLESS),
            "lagging": (regions, FLAG), "forbidden": (pairs, FLAG), "locked": (pairs, FLAG), "closed": (pairs, FLAG),
            "over_price": (industries, ENDLESS)}  # fmt: skip


def _spread(name: str, given: object, shape: tuple[int, ...], kind: Kind, faults: list[str]) -> np.ndarray:
    array = numbers(name, given, faults)
    if array is None:
        return np.zeros(shape)
    if array.ndim and array.shape != shape:
        faults.append(f"`{name}` has shape {array.shape}, `value` asks for {shape}")
        return np.zeros(shape)
    if not kind.holds(array).all():
        told = kind.said if kind.flags else "no negative and no absent number"
        faults.append(f"`{name}` must hold {told}")
        return np.zeros(shape)
    return np.array(np.broadcast_to(kind.kept(array), shape))


def _require_floor(problem: Problem) -> None:
    floor, top = problem.floor, float(np.max(problem.value, initial=0.0))
    if not isinstance(floor, int | float | np.number) or not 0 <= float(floor) <= 1:
        raise MethodError(f"layout: `floor` is a share of the best attainable, between 0 and 1, got {floor}.")
    if 0 < top < LEAST_VALUE:
        raise MethodError(f"layout: the largest value is {top:.3g}, below what a solver tells from zero ({LEAST_VALUE:g}). "
                          "-> State values, and prices with them, in a smaller unit.")  # fmt: skip


def _labels(name: str, given: Sequence[object], n: int, letter: str) -> tuple[str, ...]:
    labels = tuple(str(label) for label in given) or _numbered(n, letter)
    if isinstance(given, str) or len(labels) != n or len(set(labels)) != n:
        raise MethodError(f"layout: `{name}` must be {n} different labels, got {len(labels)} ({len(set(labels))} different).")
    wrong = [label for label in labels if not label or "|" in label]
    if wrong:
        raise MethodError(f"layout: `{name}` must not be empty nor hold '|', which parts the names of rules, got {wrong[0]!r}.")
    return labels
