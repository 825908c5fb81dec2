"""Study <-> a JSON tree and a list of arrays, class by class; nothing is pickled.

A JSON list is a tuple; a JSON object always has one tag as its key:
q Quantity, n Label, c dataclass [class, fields], d mapping, l list, a numeric array (its number), u text array [shape, values],
x a float that JSON lacks.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from yindi.core import document, results
from yindi.core.config import StudyConfig, read_config
from yindi.core.errors import EvidenceError
from yindi.core.finding import Choice, Finding, Label, Quantity, Ref
from yindi.core.framework import Framework, Indicator, Variable
from yindi.core.ledger import Ledger, Source, Step
from yindi.core.names import Names
from yindi.core.panel import Origin, Panel
from yindi.core.space import Space
from yindi.core.study import Study
from yindi.core.table import Table

_DOCUMENT = (document.Sentence, document.Heading, document.Paragraph, document.Grid, document.Series, document.Figure,
             document.Document)  # fmt: skip
CLASSES: dict[str, type[Any]] = {
    c.__name__: c
    for c in (Study, Variable, Framework, Indicator, Panel, Origin, Space, Names, Ledger, Source, Step, Table, Ref, Choice,
              Finding, *_DOCUMENT, *results.STAGES.values())
}  # fmt: skip


@dataclasses.dataclass(slots=True)
class Encoder:
    """Encodes values; the numeric arrays it met are in `arrays`."""

    arrays: list[np.ndarray] = dataclasses.field(default_factory=list)

    def encode(self, value: Any) -> Any:
        """The JSON tree of a value; raises EvidenceError for a type that the format does not know."""
        if value is None or isinstance(value, (str, bool)):
            return value
        if isinstance(value, (int, float)):
            return _number(value)
        if isinstance(value, Quantity):
            at = [word for pair in value.ref.at for word in pair]
            return {"q": [_number(value.value), value.unit, bool(value.marked), value.ref.name, value.ref.column, *at]}
        if isinstance(value, Label):
            return {"n": [value.kind, value.code, value.text]}
        if isinstance(value, tuple):
            return [self.encode(v) for v in value]
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, StudyConfig):
            return {"c": ["StudyConfig", value.model_dump(mode="json")]}
        if isinstance(value, Step):
            own = dataclasses.replace(value, params={})
            return {"c": ["Step", {**self._fields(own), "params": {"d": {k: _param(v) for k, v in value.params.items()}}}]}
        if dataclasses.is_dataclass(value) and CLASSES.get(type(value).__name__) is type(value):
            return {"c": [type(value).__name__, self._fields(value)]}
        if isinstance(value, Mapping):
            return {"d": {str(k): self.encode(v) for k, v in value.items()}}
        raise EvidenceError(f"The study format has no place for {type(value).__name__}: {value!r:.80}.")

    def _fields(self, value: Any) -> dict[str, Any]:
        return {f.name: self.encode(getattr(value, f.name)) for f in dataclasses.fields(value)}

    def _array(self, array: np.ndarray) -> Any:
        if array.dtype.kind == "U":
            return {"u": [list(array.shape), array.ravel().tolist()]}
        if array.dtype.kind not in "fiub":
            raise EvidenceError(f"The study format has no place for arrays of {array.dtype}.")
        self.arrays.append(array)
        return {"a": len(self.arrays) - 1}


def _number(value: float) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"x": repr(float(value))}
    return value


def _param(value: Any) -> Any:
    """A step's parameter so that its digest, which writes unknown types as text, stays the same."""
    match value:
        case None | bool() | str():
            return value
        case float() | int():
            return _number(value)
        case tuple():
            return [_param(v) for v in value]
        case list():
            return {"l": [_param(v) for v in value]}
        case Mapping():
            return {"d": {str(k): _param(v) for k, v in value.items()}}
        case _:
            return str(value)


class Decoder:
    """Decodes trees whose numeric arrays are in `arrays`."""

    def __init__(self, arrays: list[np.ndarray]):
        self.arrays = arrays
        self.by_tag: dict[str, Callable[[Any], Any]] = {
            "q": lambda p: Quantity(self.decode(p[0]), Ref(p[3], tuple(zip(p[5::2], p[6::2], strict=True)), p[4]), p[1], p[2]),
            "n": lambda p: Label(*p),
            "c": self._object,
            "d": lambda p: {k: self.decode(v) for k, v in p.items()},
            "l": lambda p: [self.decode(v) for v in p],
            "a": lambda p: self.arrays[p],
            "u": lambda p: np.array(p[1], dtype=np.str_).reshape(p[0]),
            "x": float,
        }

    def decode(self, tree: Any) -> Any:
        """The value of a tree; raises EvidenceError for a tag or class that this version does not know."""
        if isinstance(tree, list):
            return tuple(self.decode(v) for v in tree)
        if not isinstance(tree, dict):
            return tree
        if len(tree) != 1 or next(iter(tree)) not in self.by_tag:
            raise EvidenceError(f"unknown mark {sorted(tree)[:3]}")
        ((tag, payload),) = tree.items()
        return self.by_tag[tag](payload)

    def _object(self, payload: Any) -> Any:
        name, content = payload
        if name == "StudyConfig":
            return read_config(content, place="stored configuration")
        if name not in CLASSES:
            raise EvidenceError(f"unknown class {name!r}")
        return CLASSES[name](**{k: self.decode(v) for k, v in content.items()})
