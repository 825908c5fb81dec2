"""Few counts, cross-space and relative density: limiting cases and values by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.opportunities import noise, relatedness


def test_chance_of_a_specialisation_by_hand():
    # counts 2 of 8 expected 1: x = [[2, 2], [2, 10]]: row 4, column 4, total 16: expected 1. Posterior Gamma(shape 3, rate 2);
    # P(quotient > 1) = P(Poisson(2) < 3) = e^-2 (1 + 2 + 2) = .676676
    found = noise.rca_interval([[2, 2], [2, 10]])
    assert found.sure[0, 0] == pytest.approx(5 * np.exp(-2))
    assert found.low[0, 0] < 1 < found.high[0, 0]


def test_many_counts_leave_no_doubt():
    few, many = noise.rca_interval([[2, 2], [2, 10]]), noise.rca_interval(np.array([[2, 2], [2, 10]]) * 1000)
    assert many.sure[0, 0] > 0.999
    assert many.high[0, 0] - many.low[0, 0] < 0.1 * (few.high[0, 0] - few.low[0, 0])
    np.testing.assert_allclose((many.low + many.high)[0, 0] / 2, 2.0, rtol=0.01)


def test_small_regions_have_wider_complexity():
    rank = np.repeat(np.arange(8), 2)[:, None]  # two regions of each rank, a small and a big one, with the same mix
    mix = np.where(np.arange(20) < 20 - 2 * rank, 1.0 + 0.1 * np.arange(20), 0.02)
    size = np.where(np.arange(16) % 2 == 0, 20.0, 20_000.0)[:, None]
    found = noise.eci_interval(mix / mix.sum(axis=1, keepdims=True) * size, draws=60)
    width = found.high - found.low
    assert width[::2].mean() > 2 * width[1::2].mean()


def test_complexity_of_a_region_that_is_mostly_empty_is_not_published():
    x = np.vstack([np.round(np.random.default_rng(2).gamma(0.6, 40.0, (9, 8))) + 1, np.zeros(8)])
    assert np.isnan(noise.eci_interval(x, draws=20).low[-1])


def test_too_few_draws_are_refused():
    with pytest.raises(MethodError, match="ten"):
        noise.eci_interval([[1, 2], [3, 4]], draws=2)


def test_cross_space_by_hand():
    # technology a in regions 1 and 2, b in 3; industry p in 1 and 3, q in 2. a-p: 1 / 2; a-q: 1 / 2; b-p: 1 / 2; b-q: 0
    technologies, industries = [[1, 0], [1, 0], [0, 1]], [[1, 0], [0, 1], [1, 0]]
    phi = relatedness.cross_proximity(technologies, industries)
    np.testing.assert_allclose(phi, [[0.5, 0.5], [0.5, 0]])
    # region 2 holds a only: half of what surrounds p, all of what surrounds q
    np.testing.assert_allclose(relatedness.cross_density(technologies, phi)[1], [0.5, 1])


def test_cross_space_of_a_kind_with_itself_is_proximity():
    m = (np.random.default_rng(3).random((9, 6)) < 0.5).astype(float)
    phi = relatedness.cross_proximity(m, m)
    np.testing.assert_allclose(phi - np.diag(np.diag(phi)), relatedness.proximity(m))


def test_relative_density_by_hand():
    # absent densities .2 and .4: mean .3, sd .1: -1 and 1; the present activity has none
    np.testing.assert_allclose(relatedness.relative([[1, 0, 0]], [[0.9, 0.2, 0.4]]), [[0, -1, 1]])
