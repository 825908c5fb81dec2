"""Effects with intervals, deviations by year, returns of levers and the placebo: against dense sums and hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.simulate.dynamics import Dynamics
from yindi.simulate.effects import band, drawn_effects, effects
from yindi.simulate.outcomes import deviation, returns
from yindi.simulate.placebo import placebo

COVARIANCE = np.array([[0.0025, 0.0, -0.002], [0.0, 0.0009, -0.0005], [-0.002, -0.0005, 0.0036]])


def model(rho: float = 0.4, tau: float = 0.6, eta: float = -0.2, covariance: np.ndarray = COVARIANCE) -> Dynamics:
    return Dynamics(rho, tau, eta, np.zeros(6), np.zeros((3, 6)), covariance, 0.0)


def path_graph(n: int, *, islands: int = 0, one_sided: bool = False) -> np.ndarray:
    w = np.zeros((n + islands, n + islands))
    for k in range(n - 1):
        w[k, k + 1] = 1.0
        w[k + 1, k] = 0.0 if one_sided and k else 1.0
    total = w.sum(axis=1, keepdims=True)
    return np.divide(w, total, out=np.zeros_like(w), where=total > 0)


@pytest.mark.parametrize("w", [path_graph(6), path_graph(4, islands=2), path_graph(6, one_sided=True)],
                         ids=["mutual", "islands", "one-sided"])  # fmt: skip
def test_effects_of_every_draw_are_those_of_dense_power_sums(w):
    """(I - rho W)^-1 = I + rho W + rho^2 W^2 + ..., summed to where nothing is left; so too in the long run."""
    drawn, four = drawn_effects(model(), w, draws=40, rng=stream(1, "e"))
    n = len(w)
    for (rho, tau, eta), told in zip(drawn.T, four.T, strict=True):
        now, later, power = np.zeros((n, n)), np.zeros((n, n)), np.eye(n)
        for k in range(400):
            now += rho**k * power
            later += ((rho + eta) / (1 - tau)) ** k / (1 - tau) * power
            power = power @ w
        for at, whole in ((0, now), (2, later)):
            own = np.trace(whole) / n
            np.testing.assert_allclose(told[at : at + 2], [own, whole.sum() / n - own], rtol=1e-9, atol=1e-12)


def test_without_doubt_every_draw_is_the_estimate():
    sure = model(covariance=np.zeros((3, 3)))
    told = effects(sure, path_graph(6))
    _, four = drawn_effects(sure, path_graph(6), draws=3, rng=stream(1, "e"))
    expected = [told.direct_now, told.indirect_now, told.direct_long, told.indirect_long]
    np.testing.assert_allclose(four, np.tile(np.array(expected)[:, None], 3), rtol=1e-6)


def test_draws_without_a_long_run_leave_the_upper_end_open():
    # tau + |rho + eta| = .99 with an error of .06: a good part of the draws has no long run.
    four = drawn_effects(model(rho=0.3, tau=0.8, eta=-0.11), path_graph(6), draws=400, rng=stream(1, "e"))[1]
    missing = np.isinf(four[2])
    assert 0.2 < missing.mean() < 0.7
    error, low, high = band(four, (0.1, 0.9))
    assert np.isnan(high[2:]).all()
    assert np.isfinite(low).all()
    assert np.isfinite(high[:2]).all()
    assert np.isnan(error[2:]).all()


def test_a_band_by_hand():
    error, low, high = band(np.array([[4.0, 0.0, 3.0, 1.0, 2.0]]), (0.25, 0.75))
    assert (error[0], low[0], high[0]) == (pytest.approx(2**0.5), 1.0, 3.0)


def test_deviations_by_hand():
    # One year, two regions, three draws: differences (0, 1, 2) and (0, -1, -2), and 0.5 on average to the mean.
    base = np.zeros((1, 2, 3))
    path = np.array([[[0.0, 1.0, 2.0], [0.0, -1.0, -2.0]]])
    found = deviation(path, base, np.array([[0.4, 0.5, 0.6]]), (0.0, 1.0))
    np.testing.assert_allclose(found["change"], [[1, -1]])
    np.testing.assert_allclose((found["low"], found["high"]), ([[0, -2]], [[2, 0]]))
    np.testing.assert_allclose(found["gain"], [[1.5, -0.5]])


def test_what_a_lever_brings_per_unit_by_hand():
    # Two regions spend 3 and 0; with the lever they gain .6 and .2, without it .3 and .1: .3 and .1 more, .2 on average.
    nation, region = returns(np.array([[0.6, 0.2]]), np.array([[[0.3, 0.1]]]), np.array([[3.0, 0.0]]))
    np.testing.assert_allclose(nation["gain"], [[0.2]])
    np.testing.assert_allclose(nation["spending"], [[3.0]])
    np.testing.assert_allclose(nation["per_unit"], [[0.2 / 1.5]])
    np.testing.assert_allclose(region["gain"], [[[0.3], [0.1]]])
    np.testing.assert_allclose(region["per_unit"][0, 0], [0.1])
    assert np.isnan(region["per_unit"][0, 1, 0])


def test_a_plan_that_follows_what_came_anyway_leans():
    rng = np.random.default_rng(3)
    effect = rng.standard_normal(30)
    followed = 0.4 * (effect - effect.mean()) + 0.05 * rng.standard_normal((8, 30))
    found = placebo(effect, followed, rng=stream(1, "p"))
    assert found.share == pytest.approx(0.4, abs=0.02)
    assert found.chance == pytest.approx(1 / 1000)


def test_lots_are_as_often_far_from_nothing_as_they_say():
    """Where misses have nothing to do with the plan, one in ten has a chance below .1 (200 worlds: 20, give or take 4 x 4.2)."""
    rng = np.random.default_rng(5)
    chances = [placebo(rng.standard_normal(12), rng.standard_normal((3, 12)), rng=rng).chance for _ in range(200)]
    assert abs(sum(c < 0.1 for c in chances) - 20) < 17


def test_a_plan_that_moves_nobody_has_no_placebo():
    assert np.isnan(placebo(np.full(4, 0.3), np.ones((2, 4)), rng=stream(1, "p")).share)
    with pytest.raises(MethodError, match="placebo"):
        placebo(np.zeros(4), np.zeros((2, 5)), rng=stream(1, "p"))
