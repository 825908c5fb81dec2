"""Laws of normalisers, weights, combinations, aggregates and rank intervals."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.errors import MethodError
from yindi.core.registry import Method

ROWS = st.integers(3, 9)
COLUMNS = st.integers(1, 5)
SEEDS = st.integers(0, 2**32 - 1)
NEEDS = {"toward": {"low": 1.0, "high": 2.0}}


def matrix(rows: int, columns: int, seed: int, *, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Uniform values with some ties and, in [0, 1], the exact ends."""
    rng = np.random.default_rng(seed)
    x = low + (high - low) * rng.integers(0, 21, size=(rows, columns)) / 20
    x[rng.integers(rows), :] = low
    x[(np.flatnonzero(x[:, 0] == low)[0] + 1) % rows, :] = high
    return x


def simplex(columns: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed + 1).dirichlet(np.ones(columns))


def normalise(method: Method, x: np.ndarray, direction: int | np.ndarray = 1) -> np.ndarray:
    options: dict[str, Any] = NEEDS.get(method.name, {"direction": direction})
    return np.asarray(method.fn(x, **options))


def aggregate(method: Method, z: np.ndarray, w: np.ndarray) -> np.ndarray:
    positional = [p for p in inspect.signature(method.fn).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    return np.asarray(method.fn(z, w) if len(positional) == 2 else method.fn(z))


# normalisers


@law("normaliser", "monotone")
def better_is_never_lower(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.sampled_from([1, -1]))
    def check(rows: int, columns: int, seed: int, direction: int) -> None:
        x = matrix(rows, columns, seed, low=1, high=3)
        z = normalise(method, x, direction)
        for j in range(columns):
            order = np.argsort(direction * x[:, j], kind="stable")
            assert (np.diff(z[order, j]) >= -1e-12).all()
            assert z[order[-1], j] > z[order[0], j]

    check()


@law("normaliser", "unit_free")
def unit_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.floats(0.01, 1000), st.floats(-100, 100), st.sampled_from([1, -1]))
    def check(rows: int, columns: int, seed: int, factor: float, shift: float, direction: int) -> None:
        x = matrix(rows, columns, seed, low=1, high=3)
        np.testing.assert_allclose(normalise(method, factor * x + shift, direction), normalise(method, x, direction), atol=1e-8)

    check()


@law("normaliser", "bounded")
def within_zero_and_one(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.sampled_from([1, -1]))
    def check(rows: int, columns: int, seed: int, direction: int) -> None:
        z = normalise(method, matrix(rows, columns, seed, low=-5, high=3), direction)
        assert z.min() == 0.0
        assert z.max() == 1.0

    check()


@law("normaliser", "row_order_free")
def row_order_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        x = matrix(rows, columns, seed, low=1, high=3)
        order = np.random.default_rng(seed).permutation(rows)
        np.testing.assert_allclose(normalise(method, x[order]), normalise(method, x)[order], atol=1e-12)

    check()


@law("normaliser", "refuses_nan")
def normaliser_refuses_absent(method: Method) -> None:
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(MethodError):
            normalise(method, np.array([[1.0, 2.0], [3.0, bad], [2.0, 1.0]]))


# weights


@law("weights", "simplex")
def weights_are_shares(method: Method) -> None:
    @law_settings
    @given(st.integers(8, 20), COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        w = method.fn(matrix(rows, columns, seed))
        assert w.shape == (columns,)
        assert (w >= 0).all()
        assert w.sum() == pytest.approx(1, abs=1e-12)

    check()


@law("weights", "row_order_free")
def weights_ignore_row_order(method: Method) -> None:
    @law_settings
    @given(st.integers(8, 20), COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        x = matrix(rows, columns, seed)
        order = np.random.default_rng(seed).permutation(rows)
        np.testing.assert_allclose(method.fn(x[order]), method.fn(x), atol=1e-9)

    check()


@law("weights", "unit_free")
def weights_ignore_scale(method: Method) -> None:
    @law_settings
    @given(st.integers(8, 20), COLUMNS, SEEDS, st.floats(1e-6, 1e6))
    def check(rows: int, columns: int, seed: int, factor: float) -> None:
        x = matrix(rows, columns, seed)
        scale = np.ones(columns)
        scale[0] = factor
        np.testing.assert_allclose(method.fn(x * scale), method.fn(x), atol=1e-9)

    check()


@law("weights", "constant_is_nothing")
def constant_column_has_no_weight(method: Method) -> None:
    """A constant column, rounding noise included, gets 0 beside one that varies; where all are constant, weights are equal."""

    @law_settings
    @given(st.integers(8, 60), st.floats(0.001, 1), st.booleans(), SEEDS)
    def check(rows: int, level: float, noisy: bool, seed: int) -> None:
        x = matrix(rows, 3, seed)
        noise = np.random.default_rng(seed).integers(-2, 3, size=rows) * np.spacing(level) if noisy else 0.0
        x[:, 1] = level + noise
        assert method.fn(x)[1] == 0
        np.testing.assert_allclose(method.fn(np.full((rows, 3), level) + np.reshape(noise, (-1, 1))), 1 / 3, atol=1e-12)

    check()


@law("weights", "refuses_nan")
def weights_refuse_absent(method: Method) -> None:
    bad = matrix(8, 2, 1)
    bad[3, 1] = np.nan
    with pytest.raises(MethodError):
        method.fn(bad)


@law("combination", "simplex")
def combined_weights_are_shares(method: Method) -> None:
    @law_settings
    @given(st.integers(1, 4), COLUMNS, SEEDS)
    def check(schemes: int, columns: int, seed: int) -> None:
        w = method.fn(np.stack([simplex(columns, seed // 7 + n) for n in range(schemes)]))
        assert w.shape == (columns,)
        assert (w >= 0).all()
        assert w.sum() == pytest.approx(1, abs=1e-12)

    check()


@law("combination", "idempotent")
def combining_equals_changes_nothing(method: Method) -> None:
    @law_settings
    @given(st.integers(1, 4), COLUMNS, SEEDS)
    def check(schemes: int, columns: int, seed: int) -> None:
        w = simplex(columns, seed)
        np.testing.assert_allclose(method.fn(np.stack([w] * schemes)), w, atol=1e-9)

    check()


# aggregates


@law("aggregate", "monotone")
def raising_a_value_never_lowers(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.floats(0.01, 0.5))
    def check(rows: int, columns: int, seed: int, rise: float) -> None:
        z = 0.25 + 0.5 * matrix(rows, columns, seed)
        z[0], z[1] = 0.0, 1.0
        w = simplex(columns, seed)
        raised = z.copy()
        raised[2, 0] = min(1.0, z[2, 0] + rise)
        assert aggregate(method, raised, w)[2] >= aggregate(method, z, w)[2] - 1e-12

    check()


@law("aggregate", "idempotent")
def equal_values_give_that_value(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        value = np.random.default_rng(seed).uniform(0.01, 1, size=(rows, 1))
        z = np.repeat(value, columns, axis=1)
        np.testing.assert_allclose(aggregate(method, z, simplex(columns, seed)), value[:, 0], atol=1e-9)

    check()


@law("aggregate", "within_range")
def between_lowest_and_highest(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z = matrix(rows, columns, seed)
        y = aggregate(method, z, simplex(columns, seed))
        assert (y >= z.min(axis=1) - 1e-12).all()
        assert (y <= z.max(axis=1) + 1e-12).all()

    check()


@law("aggregate", "within_unit")
def between_zero_and_one(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        y = aggregate(method, matrix(rows, columns, seed), simplex(columns, seed))
        assert (y >= 0).all()
        assert (y <= 1).all()

    check()


@law("aggregate", "row_order_free")
def aggregate_follows_its_row(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z, w = matrix(rows, columns, seed), simplex(columns, seed)
        order = np.random.default_rng(seed).permutation(rows)
        np.testing.assert_allclose(aggregate(method, z[order], w), aggregate(method, z, w)[order], atol=1e-9)

    check()


@law("aggregate", "refuses_nan")
def aggregate_refuses_absent(method: Method) -> None:
    with pytest.raises(MethodError):
        aggregate(method, np.array([[0.1, np.nan], [0.2, 0.3]]), np.array([0.5, 0.5]))


# robustness


@law("robustness", "ordered")
def low_median_high(method: Method) -> None:
    @law_settings
    @given(st.integers(3, 12), st.integers(2, 5), SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        found = method.fn(matrix(rows, columns, seed), draws=50, seed=seed)
        assert (found.low >= 1).all()
        assert (found.low <= found.median).all()
        assert (found.median <= found.high).all()
        assert (found.high <= rows).all()

    check()


@law("robustness", "reproducible")
def same_seed_same_bytes(method: Method) -> None:
    z = matrix(12, 4, 3)
    one, two = method.fn(z, draws=60, seed=5), method.fn(z.copy(), draws=60, seed=5)
    assert one.low.tobytes() == two.low.tobytes()
    assert one.high.tobytes() == two.high.tobytes()


@law("robustness", "refuses_nan")
def robustness_refuses_absent(method: Method) -> None:
    with pytest.raises(MethodError):
        method.fn(np.array([[0.1, np.nan], [0.2, 0.3], [1.0, 0.0]]), draws=10, seed=0)


@law("robustness", "additive_model")
def shares_of_an_additive_model(method: Method) -> None:
    """y = 3 a + b of independent uniforms: first and total are both 9/10 and 1/10."""
    found = method.fn(lambda u: 3 * u[:, 0] + u[:, 1], factors={"a": 1, "b": 1}, draws=20000, seed=1)
    for shares in (found.first, found.total):
        assert float(shares["a"]) == pytest.approx(0.9, abs=0.03)
        assert float(shares["b"]) == pytest.approx(0.1, abs=0.03)


@law("robustness", "reproducible_sobol")
def same_seed_same_indices(method: Method) -> None:
    def shares() -> list[float]:
        found = method.fn(lambda u: u[:, 0] * u[:, 1], factors={"a": 1, "b": 1}, draws=50, seed=4)
        return [float(found.first["a"]), float(found.total["b"])]

    assert shares() == shares()
