"""What a kernel owes on a degenerate input: a defined result, or a refusal that says why."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from yindi.core.errors import MethodError


def expect(fn: Callable[[], Any], expected: Any, *, atol: float = 1e-9) -> None:
    """A refusal with the word `expected`, or numbers (None: any finite ones); never a warning, never a value not finite."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if isinstance(expected, str):
            with pytest.raises(MethodError, match=expected):
                fn()
            return
        found = np.asarray(fn(), dtype=float)
    assert np.isfinite(found).all()
    if expected is not None:
        np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=atol)


def expect_positive_zero(fn: Callable[[], Any], expected: Any, *, atol: float = 1e-6) -> None:
    """As `expect`; a zero that prints as -0 is refused too."""
    seen: list[np.ndarray] = []

    def kept() -> Any:
        seen.append(np.asarray(fn(), dtype=float))
        return seen[-1]

    expect(kept, expected, atol=atol)
    assert not any((np.signbit(found) & (found == 0)).any() for found in seen)
