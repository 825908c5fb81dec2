"""Methods by name (law 4). A method is a pure function on arrays; the registry adds its kind, citation and laws."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, TypeVar

from yindi.core.errors import MethodError, did_you_mean

F = TypeVar("F", bound=Callable[..., Any])

KINDS = (
    "normaliser",
    "weights",
    "combination",
    "aggregate",
    "robustness",
    "inequality",
    "polarisation",
    "decomposition",
    "distribution",
    "association",
    "convergence",
    "spatial",
    "obstacle",
    "coupling",
    "configuration",
    "advantage",
    "complexity",
    "relatedness",
    "crowding",
    "backtest",
    "fit",
    "partners",
    "layout",
    "imputer",
    "simulation",
)


@dataclass(frozen=True, slots=True)
class Method:
    """A pure function and what must be known to use it safely."""

    kind: str
    name: str
    fn: Callable[..., Any]
    cites: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, object]:
        """Keyword-only parameters and their defaults."""
        return {
            p.name: (None if p.default is p.empty else p.default)
            for p in inspect.signature(self.fn).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        }

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.fn) or "").split("\n", 1)[0]

    def bind(self, **given: object) -> Callable[..., Any]:
        """The function with checked parameters; raises MethodError for one it does not take."""
        unknown = sorted(set(given) - set(self.params))
        if unknown:
            raise MethodError(f"{self.kind} {self.name!r} takes {sorted(self.params)}, not {unknown}.")
        return functools.partial(self.fn, **given)


_METHODS: dict[tuple[str, str], Method] = {}


def method(kind: str, name: str, *, cites: tuple[str, ...] = (), laws: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Register the decorated function under (kind, name); it stays an ordinary importable function."""
    if kind not in KINDS:
        raise MethodError(f"Kind {kind!r} is not one of {KINDS}.")

    def keep(fn: F) -> F:
        if (kind, name) in _METHODS and _METHODS[kind, name].fn.__qualname__ != fn.__qualname__:
            raise MethodError(f"{kind} {name!r} is registered twice.")
        _METHODS[kind, name] = Method(kind, name, fn, cites, laws)
        return fn

    return keep


@functools.cache
def _load_plug_ins() -> None:
    for entry in entry_points(group="yindi.methods"):
        entry.load()


def get(kind: str, name: str) -> Method:
    """The method, or a MethodError that lists what there is."""
    if (kind, name) not in _METHODS:
        _load_plug_ins()
    if (kind, name) not in _METHODS:
        known = sorted(n for k, n in _METHODS if k == kind)
        near = did_you_mean(name, known)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise MethodError(f"No {kind} is called {name!r}. Known: {known}.{hint}")
    return _METHODS[kind, name]


def methods(kind: str | None = None) -> list[Method]:
    """All registered methods, sorted by kind and name."""
    _load_plug_ins()
    return [m for _, m in sorted(_METHODS.items(), key=lambda item: item[0]) if kind in (None, m.kind)]
