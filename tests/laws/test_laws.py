"""Every registered method obeys every law it declares."""

from __future__ import annotations

import pytest

import laws
from yindi.core.registry import Method, methods

laws.load_methods()
laws.load_laws()
DECLARED = [(m, name) for m in methods() for name in m.laws]


@pytest.mark.parametrize(("method", "name"), DECLARED, ids=[f"{m.kind}-{m.name}-{name}" for m, name in DECLARED])
def test_method_obeys_its_law(method: Method, name: str) -> None:
    assert (method.kind, name) in laws.LAWS, f"no laws_*.py writes the law {name!r} of {method.kind!r}"
    laws.LAWS[method.kind, name](method)


def test_every_method_declares_laws_and_says_what_it_does() -> None:
    bare = [f"{m.kind} {m.name}" for m in methods() if not m.laws or not m.summary]
    assert not bare, f"without laws or summary: {bare}"


def test_every_law_is_declared_by_a_method() -> None:
    idle = sorted(set(laws.LAWS) - {(m.kind, name) for m, name in DECLARED})
    assert not idle, f"laws that no method declares: {idle}"
