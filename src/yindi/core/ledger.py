"""Source, Step, Ledger: where each array came from. Ids are digests of content, so equal work has equal ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np


def digest(*parts: object) -> str:
    """Sixteen hex digits of the content of arrays and JSON-able values."""
    h = hashlib.blake2b(digest_size=8)
    for p in parts:
        if isinstance(p, np.ndarray) and p.dtype.kind in "fiub":
            h.update(f"{p.dtype.str}{p.shape}".encode())
            h.update(np.ascontiguousarray(p).tobytes())
        elif isinstance(p, np.ndarray) and p.ndim > 1:
            for n, part in enumerate(p):
                h.update((b", " if n else b"[") + _json(part.tolist()))
            h.update(b"]" if len(p) else b"[]")
        else:
            h.update(_json(p.tolist() if isinstance(p, np.ndarray) else p))
        h.update(b"\x00")
    return h.hexdigest()


def _json(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()


@dataclass(frozen=True, slots=True)
class Source:
    """A file as received."""

    title: str
    producer: str
    path: str
    sha256: str
    licence: str = ""

    @property
    def id(self) -> str:
        """Digest of the content."""
        return "src-" + digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Step:
    """One application of one method: what it made, from what, with which parameters, after whom.

    `made` and `inputs` are result names ("scores.index", "panel") or source ids; `output` is the digest of the array made.
    """

    method: str
    made: str
    inputs: tuple[str, ...]
    output: str
    params: Mapping[str, object] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    version: str = ""

    @property
    def id(self) -> str:
        """Digest of the method, its inputs' ids, its parameters and its output."""
        return "stp-" + digest(
            self.method, self.made, list(self.inputs), list(self.after), self.output, dict(self.params), self.version
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """Sources and steps by id, in the order they were added."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)

    def add(self, *new: Source | Step) -> Ledger:
        """A new ledger with the records added."""
        sources = {r.id: r for r in new if isinstance(r, Source)}
        steps = {r.id: r for r in new if isinstance(r, Step)}
        return Ledger({**self.sources, **sources}, {**self.steps, **steps})
