"""The fast ways of the disparity kernels give what the slow ways give: binned densities, dealt units, blocks."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from yindi.core.streams import stream
from yindi.disparity import binned
from yindi.disparity.arrays import shuffles
from yindi.disparity.decompose import dagum, theil
from yindi.disparity.density import kde
from yindi.disparity.distribution import spatial_markov

RNG = np.random.default_rng(20240305)
SAMPLES = {
    "lognormal": RNG.lognormal(size=4000),
    "far apart": np.concatenate([RNG.normal(size=2000), RNG.normal(50, 1, 2000)]),
    "ties": RNG.integers(0, 9, 4000).astype(float),
}


def direct(grid: np.ndarray, y: np.ndarray, h: float) -> np.ndarray:
    """The sum of normal densities, value by value."""
    return sum(np.exp(-((grid - v) ** 2) / (2 * h * h)) for v in y) / (len(y) * h * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("name", SAMPLES)
def test_binned_density_is_the_direct_sum(name: str) -> None:
    y = SAMPLES[name]
    found = kde(y)
    assert binned.affordable(found.grid, y, found.bandwidth)
    assert len(y) * len(found.grid) >= binned.WORTH
    right = direct(found.grid, y, found.bandwidth)
    clear = right > 1e-10 * right.max()
    np.testing.assert_allclose(found.density[clear], right[clear], rtol=1e-4)
    np.testing.assert_allclose(found.density, right, atol=1e-8 * right.max())


@pytest.mark.parametrize("bounds", [(-3.0, 8.0), (0.5, 1.5), (-60.0, 90.0)])
def test_grids_inside_and_beyond_the_data(bounds: tuple[float, float]) -> None:
    y = SAMPLES["lognormal"]
    for grid in (np.linspace(*bounds, 300), np.linspace(*bounds, 300)[::-1]):
        right = direct(grid, y, 0.2)
        found = binned.gaussian(grid, y, np.full(len(y), 1 / len(y)), 0.2)
        np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-10 * right.max())


def test_one_value_gives_the_normal_density() -> None:
    """phi(0) = .398942, phi(1) = .241971, phi(2) = .053991, halved by the bandwidth 2."""
    found = binned.gaussian(np.array([3.0, 5.0, 7.0]), np.array([3.0]), np.array([1.0]), 2.0)
    np.testing.assert_allclose(found, [0.1994711, 0.1209854, 0.0269955], atol=1e-6)


def test_reflection_at_a_floor_keeps_all_mass() -> None:
    found = kde(SAMPLES["lognormal"], floor=0.0, grid=np.linspace(0, 80, 900))
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1, abs=2e-3)


def test_uneven_or_huge_grids_are_summed_directly() -> None:
    y = SAMPLES["lognormal"]
    assert not binned.affordable(np.geomspace(1, 9, 300), y, 0.2)
    assert not binned.affordable(np.linspace(0, 9, 300), np.append(y, 1e9), 0.2)


def test_every_order_is_equally_likely() -> None:
    """Six orders of three units, 60,000 draws: each 10,000 with a standard deviation of 91."""
    counts = dict.fromkeys(itertools.permutations((1.0, 2.0, 3.0)), 0)
    for (rows,) in shuffles((np.array([1.0, 2.0, 3.0]),), 60_000, stream(7, "test")):
        for row in rows.tolist():
            counts[tuple(row)] += 1
    assert sum(counts.values()) == 60_000
    assert max(abs(c - 10_000) for c in counts.values()) < 4 * 91


@pytest.mark.parametrize("n", [1, 2, 37, 17_000])
def test_columns_are_dealt_together_and_whole(n: int) -> None:
    one = np.arange(n, dtype=float)
    rows = [(a, b) for a, b in shuffles((one, one**2), 5, stream(1, "test"))]
    a, b = (np.concatenate(part) for part in zip(*rows, strict=True))
    assert a.shape == (5, n)
    np.testing.assert_array_equal(b, a**2)
    np.testing.assert_array_equal(np.sort(a, axis=1), np.tile(one, (5, 1)))


def test_chance_of_a_theil_between_is_that_of_all_dealings() -> None:
    """{1,1,1} and {1,1,9}, {9} alone sits in either of two equal groups: every dealing has the same between, p = 1.

    {1,2} and {8,9}: of the three ways to pair four, one reaches this between; p = 1/3.
    """
    assert theil([1, 1, 1, 1, 1, 9], list("aaabbb"), permutations=199).p == 1
    assert theil([1, 2, 8, 9], list("aabb"), permutations=9999, weights=[1, 1, 1, 1]).p == pytest.approx(1 / 3, abs=0.02)


def test_weighted_dealing_carries_the_weights_along() -> None:
    """Incomes per head 1, 2, 8, 9 with people 1, 1, 1, 3, in pairs; total 38, six people.

    {1,2} {8,9}: group means 1.5 and 8.75, farthest apart of the three pairings ({1,8} 4.5 {2,9} 7.25; {1,9} 7 {2,8} 5): p = 1/3.
    """
    assert theil([1, 2, 8, 9], list("aabb"), permutations=9999, weights=[1, 1, 1, 3]).p == pytest.approx(1 / 3, abs=0.02)


def test_dagum_over_many_blocks_is_the_double_sum() -> None:
    rng = np.random.default_rng(3)
    y, groups = rng.lognormal(size=9000).round(2), rng.integers(0, 3, 9000)
    found = dagum(y, groups)
    one, other = y[groups == 0], y[groups == 2]
    # E max(Y_0 - Y_2, 0), pair by pair
    gain = np.mean([np.maximum(v - other, 0).mean() for v in one])
    assert found.pairs.gross[0, 2] == pytest.approx(gain, rel=1e-12)
    assert found.within + found.between + found.transvariation == pytest.approx(found.gini, abs=1e-14)


def test_relabelling_that_changes_nothing_has_p_one() -> None:
    """All regions have the same path, so whoever the neighbours are, the table is the same."""
    w = np.kron(np.eye(3), [[0, 1], [1, 0]]).astype(float)
    same = np.tile([1.0, 1.0, 2.0, 1.0], (6, 1)) + np.arange(4) * 0.01
    assert spatial_markov(same, w, k=2, permutations=19).q_permutation == 1
