"""Laws of advantage, complexity, relatedness, crowding, fit and backtest."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.errors import MethodError
from yindi.core.registry import Method
from yindi.opportunities.complexity import ComplexityWarning, eci_pci
from yindi.opportunities.relatedness import outlook, proximity

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(3, 9)


def on_seeds(check: Callable[[np.random.Generator, int, int], None]) -> None:
    """Run a check on many small sizes and seeds."""

    @law_settings
    @given(SIZES, SIZES, SEEDS)
    def run(rows: int, columns: int, seed: int) -> None:
        check(np.random.default_rng(seed), rows, columns)

    run()


def amounts(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Amounts with some zeros, no empty row or column."""
    x = rng.gamma(1.0, 1.0, (rows, columns)) * (rng.random((rows, columns)) < 0.7)
    x[np.arange(rows), np.arange(rows) % columns] += 0.5
    x[np.arange(columns) % rows, np.arange(columns)] += 0.5
    return x


def presence(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    return (amounts(rng, rows, columns) > 0.4).astype(float)


def close(left: Any, right: Any) -> None:
    np.testing.assert_allclose(np.asarray(left, float), np.asarray(right, float), rtol=1e-9, atol=1e-9)


# advantage


@law("advantage", "scale_free")
def unit_of_amounts_does_not_matter(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        x = amounts(rng, rows, columns)
        close(method.fn(x), method.fn(x * 1024.0))

    on_seeds(check)


@law("advantage", "equivariant")
def order_of_regions_and_activities_does_not_matter(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        x, r, c = amounts(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        close(np.asarray(method.fn(x))[np.ix_(r, c)], method.fn(x[np.ix_(r, c)]))

    on_seeds(check)


@law("advantage", "one_when_alike")
def equal_mixes_have_quotient_one(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        close(method.fn(np.outer(rng.random(rows) + 0.1, rng.random(columns) + 0.1)), np.ones((rows, columns)))

    on_seeds(check)


# complexity


def connected(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    m = presence(rng, rows, columns)
    m[0], m[:, 0] = 1, 1
    m[-1, -1] = 0
    return m


def distinct(m: np.ndarray) -> bool:
    """True where the second and third reflections differ, so that the eigenvector is one line."""
    scaled = m / np.sqrt(m.sum(axis=1, keepdims=True)) / np.sqrt(m.sum(axis=0))
    values = np.linalg.svd(scaled, compute_uv=False)
    return bool(len(values) > 2 and values[1] - values[2] > 1e-3)


def clear(m: np.ndarray) -> bool:
    """True where complexity has one direction and one sign: no two equal directions, no mirror image."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ComplexityWarning)
        try:
            eci_pci(m)
        except (MethodError, ComplexityWarning):
            return False
    return distinct(m)


def lean(m: np.ndarray, eci: np.ndarray) -> float:
    return float(np.corrcoef(m.sum(axis=1), eci)[0, 1]) if m.sum(axis=1).std() > 0 else 0.0


@law("complexity", "equivariant")
def complexity_follows_its_labels(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m, r, c = connected(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        assume(clear(m) if method.name == "eci_pci" else distinct(m))
        before, after = method.fn(m), method.fn(m[np.ix_(r, c)])
        assume(method.name != "eci_pci" or abs(lean(m, before[0])) > 1e-6)
        np.testing.assert_allclose(before[0][r], after[0], atol=1e-6)
        np.testing.assert_allclose(before[1][c], after[1], atol=1e-6)

    on_seeds(check)


@law("complexity", "standardised")
def mean_zero_and_spread_one(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m = connected(rng, rows, columns)
        assume(clear(m))
        eci = method.fn(m)[0]
        close([eci.mean(), eci.std()], [0, 1])

    on_seeds(check)


@law("complexity", "mean_of_pci")
def a_region_is_as_complex_as_its_mean_activity(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m = connected(rng, rows, columns)
        assume(clear(m))
        eci, pci = method.fn(m)
        close(eci, (m @ pci) / m.sum(axis=1))

    on_seeds(check)


@law("complexity", "diversity_sign")
def complexity_grows_with_diversity(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m = connected(rng, rows, columns)
        assume(clear(m))
        assert lean(m, method.fn(m)[0]) >= -1e-9

    on_seeds(check)


@law("complexity", "mean_one")
def both_have_mean_one(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        found = method.fn(connected(rng, rows, columns))
        close([found[0].mean(), found[1].mean()], [1, 1])

    on_seeds(check)


@law("complexity", "nonnegative")
def nothing_is_negative(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        found = method.fn(connected(rng, rows, columns))
        assert (found[0] >= 0).all()
        assert (found[1] >= 0).all()

    on_seeds(check)


# relatedness


def relatedness(method: Method, m: np.ndarray, pci: np.ndarray) -> np.ndarray:
    given_to = {"proximity": (), "density": (proximity(m),)}.get(method.name, (proximity(m), pci))
    return np.asarray(method.fn(m, *given_to))


@law("relatedness", "equivariant")
def relatedness_follows_its_labels(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m, pci = presence(rng, rows, columns), rng.standard_normal(columns)
        r, c = rng.permutation(rows), rng.permutation(columns)
        before, after = relatedness(method, m, pci), relatedness(method, m[np.ix_(r, c)], pci[c])
        at = {"proximity": np.ix_(c, c), "outlook": r}.get(method.name, np.ix_(r, c))
        close(before[at], after)

    on_seeds(check)


@law("relatedness", "symmetric")
def nearness_is_mutual(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        phi = method.fn(presence(rng, rows, columns))
        close(phi, phi.T)

    on_seeds(check)


@law("relatedness", "unit_interval")
def between_nothing_and_all(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        value = relatedness(method, presence(rng, rows, columns), np.zeros(columns))
        assert value.min() >= 0
        assert value.max() <= 1 + 1e-12

    on_seeds(check)


@law("relatedness", "monotone")
def holding_more_is_never_farther(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m = presence(rng, rows, columns)
        phi, more = proximity(m), m.copy()
        more[0, rng.integers(columns)] = 1
        assert (method.fn(more, phi) >= method.fn(m, phi) - 1e-12).all()

    on_seeds(check)


@law("relatedness", "outlook_difference")
def gain_is_the_change_of_outlook(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        m, pci = presence(rng, rows, columns), rng.standard_normal(columns)
        phi = proximity(m, knn=int(rng.integers(1, columns)))
        absent = np.argwhere(m == 0)
        assume(len(absent))
        r, p = absent[rng.integers(len(absent))]
        more = m.copy()
        more[r, p] = 1
        close(outlook(more, phi, pci)[r] - outlook(m, phi, pci)[r], method.fn(m, phi, pci)[r, p])

    on_seeds(check)


# crowding


def advice(rng: np.random.Generator, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    return (rng.random((rows, columns)) < 0.4).astype(float), amounts(rng, rows, columns)


@law("crowding", "equivariant")
def crowding_follows_its_labels(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        (told, size), r, c = advice(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        before, after = method.fn(told, size), method.fn(told[np.ix_(r, c)], size[np.ix_(r, c)])
        close(before.addition[c], after.addition)
        close(before.base_share[c], after.base_share)
        close(before.overlap, after.overlap)

    on_seeds(check)


@law("crowding", "scale_free")
def unit_of_size_does_not_matter_for_expansion(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        told, size = advice(rng, rows, columns)
        close(method.fn(told, size).expansion, method.fn(told, size * 1024).expansion)
        close(method.fn(told, size).addition * 1024, method.fn(told, size * 1024).addition)

    on_seeds(check)


@law("crowding", "counts")
def followers_are_counted(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        told, size = advice(rng, rows, columns)
        found = method.fn(told, size, commitment=0.1)
        assert [int(n) for n in found.regions] == [sum(bool(v) for v in column) for column in told.T]
        assert (found.expansion <= 0.1 + 1e-12).all()
        assert ((found.base_share >= 0) & (found.base_share <= 1 + 1e-12)).all()

    on_seeds(check)


@law("crowding", "nothing_from_nothing")
def no_advice_adds_nothing(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        found = method.fn(np.zeros((rows, columns)), amounts(rng, rows, columns))
        assert not found.addition.any()
        assert found.overlap == 0

    on_seeds(check)


# fit


def endowed(rng: np.random.Generator, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 11, (rows, 4)) / 10, np.maximum(rng.integers(0, 11, (columns, 4)) / 10, [0.1, 0, 0, 0])


@law("fit", "monotone")
def more_endowment_never_fits_less(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        level, need = endowed(rng, rows, columns)
        more = np.minimum(level + rng.random(level.shape) * 0.3, 1)
        assert (method.fn(more, need).value >= method.fn(level, need).value - 1e-12).all()

    on_seeds(check)


@law("fit", "unit_interval")
def fit_lies_between_zero_and_one(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        value = method.fn(*endowed(rng, rows, columns)).value
        assert value.min() >= 0
        assert value.max() <= 1

    on_seeds(check)


@law("fit", "one_when_met")
def fit_is_one_exactly_when_all_needs_are_met(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        level, need = endowed(rng, rows, columns)
        met = np.array([[all(have >= want) for want in need] for have in level])
        found = method.fn(level, need)
        np.testing.assert_array_equal(found.value > 1 - 1e-9, met)
        np.testing.assert_array_equal(found.binding == -1, met)

    on_seeds(check)


@law("fit", "equivariant")
def fit_follows_its_labels(method: Method) -> None:
    def check(rng: np.random.Generator, rows: int, columns: int) -> None:
        (level, need), r, c = endowed(rng, rows, columns), rng.permutation(rows), rng.permutation(columns)
        close(method.fn(level, need).value[np.ix_(r, c)], method.fn(level[r], need[c]).value)

    on_seeds(check)


# backtest


@law("backtest", "equivariant")
def a_proof_does_not_depend_on_the_order_of_rows(method: Method) -> None:
    @settings(law_settings, max_examples=5)
    @given(SEEDS)
    def check(seed: int) -> None:
        rng = np.random.default_rng(seed)
        x = rng.gamma(0.5, 1.0, (14, 3, 12)) * rng.gamma(1.0, 1.0, (14, 1, 12))
        r, c = rng.permutation(14), rng.permutation(12)
        before = method.fn(x, split=1, minimum_activities=5)
        after = method.fn(x[r][:, :, c], split=1, minimum_activities=5)
        assert (before.entries, before.candidates, before.verdict) == (after.entries, after.candidates, after.verdict)
        for name, value in before.precision.items():
            np.testing.assert_allclose(value, after.precision[name], atol=1e-6)

    check()
