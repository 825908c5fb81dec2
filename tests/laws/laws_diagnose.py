"""Laws of obstacle degrees, coupling degrees and configurations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.errors import MethodError
from yindi.core.registry import Method

ROWS = st.integers(1, 9)
COLUMNS = st.integers(1, 6)
SYSTEMS = st.integers(2, 5)
SEEDS = st.integers(0, 2**32 - 1)


def scores(rows: int, columns: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with exact zeros, ones and ties; positive weights; a frontier some scores lie beyond."""
    rng = np.random.default_rng(seed)
    z = rng.integers(0, 11, size=(rows, columns)) / 10
    return z, rng.uniform(0.1, 3, columns), rng.integers(0, 11, size=columns) / 10


# obstacle


@law("obstacle", "rows_sum_to_one")
def shares_of_what_is_missing(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.booleans())
    def check(rows: int, columns: int, seed: int, peers: bool) -> None:
        z, w, frontier = scores(rows, columns, seed)
        degree = method.fn(z, w, frontier=frontier if peers else None)
        short = (z < (frontier if peers else 1.0)).any(axis=1)
        np.testing.assert_allclose(degree.sum(axis=1), short.astype(float), atol=1e-12)
        assert (degree >= 0).all()

    check()


@law("obstacle", "weight_scale_free")
def scale_of_weights_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.floats(1e-9, 1e9))
    def check(rows: int, columns: int, seed: int, factor: float) -> None:
        z, w, frontier = scores(rows, columns, seed)
        np.testing.assert_allclose(method.fn(z, factor * w, frontier=frontier), method.fn(z, w, frontier=frontier), atol=1e-12)

    check()


@law("obstacle", "order_free")
def order_of_units_and_indicators_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z, w, frontier = scores(rows, columns, seed)
        rng = np.random.default_rng(seed)
        r, c = rng.permutation(rows), rng.permutation(columns)
        shuffled = method.fn(z[np.ix_(r, c)], w[c], frontier=frontier[c])
        np.testing.assert_allclose(shuffled, method.fn(z, w, frontier=frontier)[np.ix_(r, c)], atol=1e-12)

    check()


@law("obstacle", "frontier_is_no_obstacle")
def nothing_is_missing_at_the_frontier(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z, w, frontier = scores(rows, columns, seed)
        assert (method.fn(z, w, frontier=frontier)[z >= frontier] == 0).all()
        assert not method.fn(z, w, frontier=z).any()

    check()


@law("obstacle", "nearer_is_less")
def an_indicator_that_improves_holds_back_less(method: Method) -> None:
    @law_settings
    @given(COLUMNS, SEEDS, st.floats(0.01, 0.5))
    def check(columns: int, seed: int, step: float) -> None:
        z, w, _ = scores(1, columns, seed)
        better = z.copy()
        better[0, 0] = min(1.0, z[0, 0] + step)
        assert method.fn(better, w)[0, 0] <= method.fn(z, w)[0, 0] + 1e-12

    check()


@law("obstacle", "refuses_nan")
def obstacle_refuses_absent(method: Method) -> None:
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(MethodError):
            method.fn([[0.2, bad]], [1, 1])
        with pytest.raises(MethodError):
            method.fn([[0.2, 0.3]], [1, bad])
        with pytest.raises(MethodError):
            method.fn([[0.2, 0.3]], [1, 1], frontier=[0.5, bad])


# coupling


def systems(rows: int, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 21, size=(rows, n)) / 20


@law("coupling", "in_unit_interval")
def coupling_is_a_share(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS)
    def check(rows: int, n: int, seed: int) -> None:
        c = method.fn(systems(rows, n, seed))
        assert c.shape == (rows,)
        assert ((c >= 0) & (c <= 1)).all()

    check()


@law("coupling", "one_at_equality")
def equal_systems_couple_fully(method: Method) -> None:
    @law_settings
    @given(st.floats(0, 1), SYSTEMS)
    def check(height: float, n: int) -> None:
        assert float(method.fn([height] * n)) == pytest.approx(1, abs=1e-12)

    check()


@law("coupling", "order_free")
def order_of_systems_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS)
    def check(rows: int, n: int, seed: int) -> None:
        u = systems(rows, n, seed)
        order = np.random.default_rng(seed).permutation(n)
        np.testing.assert_allclose(method.fn(u[:, order]), method.fn(u), atol=1e-12)

    check()


@law("coupling", "zero_where_a_system_is_zero")
def a_missing_system_couples_with_nothing(method: Method) -> None:
    @law_settings
    @given(SYSTEMS, SEEDS)
    def check(n: int, seed: int) -> None:
        u = systems(1, n, seed)[0]
        u[0], u[1] = 0.0, 0.7
        assert float(method.fn(u)) == 0.0

    check()


@law("coupling", "further_apart_is_less")
def systems_further_apart_couple_less(method: Method) -> None:
    @law_settings
    @given(st.floats(0.01, 0.99), st.floats(0.001, 0.5), st.floats(0.001, 0.5))
    def check(high: float, near: float, more: float) -> None:
        low = max(0.0, high - near)
        assert float(method.fn([high, max(0.0, low - more)])) <= float(method.fn([high, low])) + 1e-12

    check()


@law("coupling", "unit_free")
def a_common_factor_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS, st.floats(0.01, 1))
    def check(rows: int, n: int, seed: int, factor: float) -> None:
        u = systems(rows, n, seed)
        np.testing.assert_allclose(method.fn(factor * u), method.fn(u), atol=1e-12)

    check()


@law("coupling", "refuses_nan")
def coupling_refuses_absent(method: Method) -> None:
    for bad in (np.nan, np.inf, -np.inf, 1.01, -0.01):
        with pytest.raises(MethodError):
            method.fn([[0.5, bad]])
