"""Laws of forecasts of relative levels."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.registry import Method

SEEDS = st.integers(0, 2**32 - 1)
few = settings(law_settings, max_examples=15)


def history(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Relative levels (T,R) and row-standardised neighbours without islands."""
    rng = np.random.default_rng(seed)
    t, r = int(rng.integers(8, 16)), int(rng.integers(3, 9))
    y = rng.standard_normal(r) + 0.1 * rng.standard_normal((t, r)).cumsum(axis=0)
    contact = (rng.random((r, r)) < 0.4).astype(float)
    contact = np.maximum(contact, contact.T) * (1 - np.eye(r))
    step = np.arange(r)
    contact[step, (step + 1) % r] = contact[(step + 1) % r, step] = 1.0
    return y - y.mean(axis=1, keepdims=True), contact / contact.sum(axis=1, keepdims=True)


@law("simulation", "relative")
def forecasts_stay_relative(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        found = method.fn(*history(seed), horizon=6)
        assert found.shape[0] == 6
        np.testing.assert_allclose(found.mean(axis=1), 0, atol=1e-9)

    check()


@law("simulation", "equivariant")
def the_order_of_regions_does_not_matter(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        y, w = history(seed)
        order = np.random.default_rng(seed + 1).permutation(y.shape[1])
        mixed = method.fn(y[:, order], w[np.ix_(order, order)], horizon=4)
        np.testing.assert_allclose(mixed, method.fn(y, w, horizon=4)[:, order], atol=1e-5)

    check()


@law("simulation", "nothing_moves_nothing")
def a_history_without_change_goes_on_without_change(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        y, w = history(seed)
        still = np.tile(y[-1], (len(y), 1))
        np.testing.assert_allclose(method.fn(still, w, horizon=4), still[:4], atol=1e-6)

    check()
