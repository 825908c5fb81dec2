"""Simulation kernels against hand-worked values, planted parameters, and a published-size hindcast on US states."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.simulate.dynamics import Dynamics, centred, fit, relative
from yindi.simulate.effects import effects
from yindi.simulate.fixedpoint import FixedPoint
from yindi.simulate.forecast import drift, persistence, project, spatial_pooled, trend
from yindi.simulate.hindcast import FORECASTS, hindcast
from yindi.simulate.paths import parameters, simulate_paths
from yindi.simulate.push import push, rooted
from yindi.simulate.scores import covered, crps, gini, rank_correlation, ranks


def ring(n: int) -> np.ndarray:
    w = np.zeros((n, n))
    w[np.arange(n), (np.arange(n) + 1) % n] = w[np.arange(n), (np.arange(n) - 1) % n] = 0.5
    return w


def still(n: int, **changes: float) -> Dynamics:
    values = {"rho": 0.0, "tau": 0.5, "eta": 0.0, **changes}
    return Dynamics(**values, mu=np.zeros(n), residuals=np.zeros((3, n)), covariance=np.zeros((3, 3)), theta=0.0)


def test_relative_levels_by_hand():
    # logs of 1 and e^2 are 0 and 2, their mean 1.
    np.testing.assert_allclose(relative(np.array([[1.0, np.e**2]])), [[-1, 1]])
    with pytest.raises(MethodError):
        relative(np.array([[1.0, 0.0]]))


def test_baselines_by_hand():
    y = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, -2.0]])
    np.testing.assert_allclose(persistence(y, ring(2), horizon=2), [[2, -2], [2, -2]])
    np.testing.assert_allclose(drift(y, ring(2), horizon=2), [[3, -3], [4, -4]])
    np.testing.assert_allclose(trend(y, ring(2), horizon=2), [[3, -3], [4, -4]])


def test_projection_by_hand():
    # Two neighbours of each other with y = (1, -1): W y = -y, so (1 + rho) y' = (tau - eta) y: (0.8 - 0.2) / 1.5 = 0.4.
    w = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = project(still(2, rho=0.5, tau=0.8, eta=0.2), w, np.array([1.0, -1.0]), 2)
    np.testing.assert_allclose(found, [[0.4, -0.4], [0.16, -0.16]])


def planted(years: int, n: int, rho: float, tau: float, eta: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng, w = np.random.default_rng(seed), ring(n)
    away = np.linalg.inv(np.eye(n) - rho * w)
    y = [np.zeros(n)]
    for _ in range(years):
        y.append(away @ (tau * y[-1] + eta * w @ y[-1] + 0.1 * rng.standard_normal(n)))
    return centred(np.array(y)), w


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_parameters_are_found_within_four_errors(seed):
    y, w = planted(400, 20, 0.4, 0.7, -0.2, seed)
    found = fit(y, w)
    error = np.sqrt(np.diag(found.covariance))
    for value, truth, e in zip((found.rho, found.tau, found.eta), (0.4, 0.7, -0.2), error, strict=True):
        assert abs(value - truth) < 4 * e
        assert 0.001 < e < 0.1


def one_sided(n: int) -> np.ndarray:
    """Everybody looks to the next one only: eigenvalues lie on the unit circle."""
    return np.roll(np.eye(n), 1, axis=1)


def made(w: np.ndarray, years: int, truth: tuple[float, float, float], rng: np.random.Generator) -> np.ndarray:
    """A panel with known parameters, each year by a dense solve."""
    n, (rho, tau, eta) = len(w), truth
    away = np.eye(n) - 1 / n
    spread, y, found = np.linalg.inv(np.eye(n) - rho * away @ w) @ away, np.zeros(n), []
    for _ in range(years + 40):
        y = spread @ (tau * y + eta * w @ y + 0.02 * rng.standard_normal(n))
        found.append(y)
    return np.array(found[40:])


def joined(n: int) -> np.ndarray:
    """A ring and two islands without neighbours."""
    w = np.zeros((n, n))
    w[: n - 2, : n - 2] = ring(n - 2)
    return w


@pytest.mark.parametrize("w", [ring(15), one_sided(15), joined(15)], ids=["mutual", "one-sided", "islands"])
def test_estimates_lie_around_the_truth_as_far_as_they_say(w):
    # 120 panels: means within 4 standard errors and .02 (small samples are biased), spreads and their correlations as reported.
    rng, truth = np.random.default_rng(8), (0.45, 0.8, -0.3)
    models = [fit(made(w, 15, truth, rng), w) for _ in range(120)]
    found = np.array([(m.rho, m.tau, m.eta) for m in models])
    told = np.mean([m.covariance for m in models], axis=0)
    seen = np.cov(found.T)
    assert np.all(np.abs(found.mean(axis=0) - truth) <= 4 * np.sqrt(np.diag(seen) / 120) + 0.02)
    np.testing.assert_allclose(np.sqrt(np.diag(told)), np.sqrt(np.diag(seen)), rtol=0.25)
    size = [np.sqrt(np.outer(np.diag(c), np.diag(c))) for c in (told, seen)]
    np.testing.assert_allclose(told / size[0], seen / size[1], atol=0.25)


def test_without_neighbours_it_is_the_pooled_autoregression():
    y, w = planted(60, 10, 0.0, 0.6, 0.0, 4)
    before, now = y[:-1].ravel(), y[1:].ravel()
    assert fit(y, w, spatial=False).tau == pytest.approx((before @ now) / (before @ before))


def test_fixed_effects_find_the_level_a_region_returns_to():
    level = np.array([1.0, -1.0, 0.5, -0.5])
    y = [np.zeros(4)]
    for _ in range(200):
        y.append(0.5 * y[-1] + 0.5 * level)
    assert project(fit(np.array(y), ring(4), theta=1.0, spatial=False), ring(4), y[-1], 50)[-1] == pytest.approx(level, abs=1e-6)


def test_long_and_short_effects_on_a_ring():
    # Rows of W sum to 1, so total effects are 1 / (1 - rho) = 2 and 1 / (1 - 0.3 - 0.5 - 0.1) = 10.
    found = effects(still(6, rho=0.5, tau=0.3, eta=0.1), ring(6))
    assert found.direct_now + found.indirect_now == pytest.approx(2)
    assert found.direct_long + found.indirect_long == pytest.approx(10)
    assert np.isnan(effects(still(6, rho=0.5, tau=0.6), ring(6)).direct_long)


def noisy(n: int) -> Dynamics:
    rng = np.random.default_rng(3)
    return Dynamics(0.4, 0.8, -0.3, centred(0.01 * rng.standard_normal(n)), centred(0.02 * rng.standard_normal((12, n))),
                    np.diag([1e-3, 1e-4, 1e-4]), 0.5)  # fmt: skip


def test_eigenvectors_and_fixed_point_give_the_same_paths():
    n, start = 9, centred(np.random.default_rng(1).standard_normal(9))
    added = 0.01 * np.random.default_rng(2).random((6, n, 40))
    both = [simulate_paths([noisy(n), still(n)], ring(n), start, horizon=6, draws=40, rng=stream(1, "p"), push=added,
                           spectral=s) for s in (True, False)]  # fmt: skip
    np.testing.assert_allclose(both[0], both[1], atol=2e-5)
    np.testing.assert_allclose(both[0].mean(axis=1), 0, atol=1e-12)


def test_one_sided_neighbours_are_stepped_by_iteration():
    w = np.roll(np.eye(5), 1, axis=1)
    start = centred(np.arange(5.0))
    paths = simulate_paths([still(5, rho=0.3, tau=0.5, eta=0.1)], w, start, horizon=3, draws=2, rng=stream(1, "p"))
    np.testing.assert_allclose(paths[:, :, 0], project(still(5, rho=0.3, tau=0.5, eta=0.1), w, start, 3), atol=1e-5)


def chain(n: int) -> np.ndarray:
    """Everybody looks to the one before, the first to nobody: no eigenvalue but zero, and steps for real ones grow at first."""
    return np.eye(n, k=-1)


def dense_paths(model: Dynamics, w: np.ndarray, start: np.ndarray, drawn: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Every path and year by a dense solve of its own."""
    n, found = len(w), []
    away = np.eye(n) - 1 / n
    for (rho, tau, eta), own in zip(drawn.T, years.T, strict=True):
        y = away @ start
        for t in own:
            right = tau * y + eta * w @ y + model.residuals[t] - model.residuals.mean(axis=0) + model.mu
            y = np.linalg.solve(np.eye(n) - rho * away @ w, away @ right)
            found.append(y)
    return np.array(found).reshape(drawn.shape[1], len(years), n)


@pytest.mark.parametrize("rho", [0.0, 0.45, -0.7, 0.97])
@pytest.mark.parametrize("w", [ring(40), one_sided(40), joined(40), chain(40), np.zeros((40, 40))],
                         ids=["mutual", "circle", "islands", "chain", "nobody"])  # fmt: skip
@pytest.mark.parametrize(("kind", "within"), [(np.float64, 2e-10), (np.float32, 8e-6)])
def test_the_fixed_point_is_as_near_to_a_dense_solve_as_it_says(w, rho, kind, within):
    rng = np.random.default_rng(6)
    own = np.clip(rho + 0.01 * rng.standard_normal(30), -0.985, 0.985).astype(kind) if rho else np.zeros(30, kind)
    right, y = (centred(rng.standard_normal((30, 40))).T.astype(kind) for _ in range(2))
    system = FixedPoint(w, kind)
    found, near = system.solve(own, right, y, system.pull(y))
    away = np.eye(40) - 1 / 40
    exact = np.array([np.linalg.solve(np.eye(40) - r * away @ w, b) for r, b in zip(own.astype(float), right.T, strict=True)]).T
    rounding = 128 * np.finfo(kind).eps * np.abs(exact).max() / (1 - np.abs(own).max())
    assert np.abs(found - exact).max() <= within / (1 - np.abs(own).max()) + rounding
    np.testing.assert_allclose(away @ near, away @ w @ exact, atol=10 * (within / (1 - np.abs(own).max()) + rounding))


@pytest.mark.parametrize("w", [one_sided(24), joined(24), chain(24)], ids=["circle", "islands", "chain"])
def test_paths_of_any_neighbours_are_those_of_dense_solves(w):
    start = centred(np.random.default_rng(4).standard_normal(24))
    model = noisy(24)
    rng = stream(1, "p")
    drawn, years = parameters(model, 12, rng), rng.integers(0, 12, (8, 12))
    found = simulate_paths([model], w, start, horizon=8, draws=12, rng=stream(1, "p"))
    np.testing.assert_allclose(found.transpose(2, 0, 1), dense_paths(model, w, start, drawn, years), atol=1e-8)


def test_paths_without_chance_are_the_projection():
    start = centred(np.arange(6.0))
    model = still(6, rho=0.2, tau=0.7, eta=0.1)
    paths = simulate_paths([model], ring(6), start, horizon=4, draws=3, rng=stream(1, "p"))
    np.testing.assert_allclose(paths, np.repeat(project(model, ring(6), start, 4)[:, :, None], 3, axis=2), atol=1e-9)


def test_no_spillover_leaves_the_own_root_only():
    start = centred(np.arange(6.0))
    paths = simulate_paths([still(6, rho=0.2, tau=0.7, eta=0.1)], ring(6), start, horizon=2, draws=1, rng=stream(1, "p"),
                           spillover=0.0)  # fmt: skip
    np.testing.assert_allclose(paths[1, :, 0], 0.49 * start)


def modes(drawn: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(D,) largest eigenvalue, in size, of (I - rho W)^-1 (tau I + eta W) on relative levels, draw by draw."""
    n = len(w)
    away = np.eye(n) - 1 / n
    return np.array([np.abs(np.linalg.eigvals(away @ np.linalg.solve(np.eye(n) - r * w, t * np.eye(n) + e * w))).max()
                     for r, t, e in drawn.T])  # fmt: skip


@pytest.mark.parametrize("spillover", [0.0, 1.0, 1.5])
def test_drawn_parameters_do_not_explode(spillover):
    wild = Dynamics(0.5, 0.6, -0.4, np.zeros(7), np.zeros((3, 7)), np.diag([0.5, 0.5, 0.5]), 0.0)
    drawn = parameters(wild, 300, stream(1, "p"), spillover=spillover)
    assert modes(drawn, ring(7)).max() <= 1 + 1e-9
    assert np.abs(drawn[0]).max() < 1


def test_draws_that_stay_calm_are_left_as_drawn():
    # At the estimate every mode shrinks: |0.6 - 0.2 v| / (1 - 0.2 v) < 0.9 for v in [-1, 1]; errors of 0.01 do not reach 1.
    calm = Dynamics(0.2, 0.6, -0.2, np.zeros(3), np.zeros((3, 3)), np.diag([1e-4, 1e-4, 1e-4]), 0.0)
    drawn = parameters(calm, 20_000, stream(1, "p"))
    np.testing.assert_allclose(drawn.mean(axis=1), [0.2, 0.6, -0.2], atol=4 * 0.01 / np.sqrt(20_000))
    np.testing.assert_allclose(drawn.std(axis=1), 0.01, rtol=0.03)


def test_paths_spread_as_the_closed_form_says():
    # y' = tau y + e: after h years the variance is sigma^2 (1 - tau^2h) / (1 - tau^2). Residuals +-0.1 in turn: sigma^2 = 0.01.
    n, tau = 6, 0.8
    sign = np.where(np.arange(n) % 2 == 0, 0.1, -0.1)
    model = Dynamics(0.0, tau, 0.0, np.zeros(n), np.array([sign, -sign]), np.zeros((3, 3)), 0.0)
    paths = simulate_paths([model], ring(n), np.zeros(n), horizon=8, draws=40_000, rng=stream(1, "p"))
    expected = [0.01 * (1 - tau ** (2 * h)) / (1 - tau**2) for h in range(1, 9)]
    np.testing.assert_allclose(paths.var(axis=2).mean(axis=1), expected, rtol=0.03)


def test_uncertain_parameters_widen_the_paths():
    # tau ~ N(0.5, 0.05^2) and no noise: the first year is tau y, so its standard deviation is 0.05 |y|.
    start = centred(np.arange(6.0))
    model = Dynamics(0.0, 0.5, 0.0, np.zeros(6), np.zeros((3, 6)), np.diag([0.0, 0.0025, 0.0]), 0.0)
    paths = simulate_paths([model], ring(6), start, horizon=1, draws=20_000, rng=stream(1, "p"))
    np.testing.assert_allclose(paths[0].std(axis=1), 0.05 * np.abs(start), rtol=0.03)


def test_a_push_adds_up_over_its_phase():
    count = np.array([[2.0], [0.0]])
    added = push(count, uplift=0.01, phase=4, horizon=6)
    np.testing.assert_allclose(added.sum(axis=0), [[2 * 0.009950330853168092], [0]])  # 2 ln 1.01
    assert (added[4:] == 0).all()


def test_certain_pairs_root_and_impossible_ones_do_not():
    plan = np.array([[1.0, 1.0, 0.0]])
    np.testing.assert_array_equal(rooted(plan, np.array([[1.0, 0.0, 1.0]]), draws=5, rng=stream(1, "r")), np.ones((1, 5)))


def test_scores_by_hand():
    # Sample {0, 1}, actual 0: mean distance 0.5 less half the mean distance within the sample 0.5 / 2 = 0.25.
    np.testing.assert_allclose(crps(np.array([[0.0, 1.0]]), np.array([0.0])), [0.25])
    np.testing.assert_allclose(crps(np.array([[3.0, 3.0]]), np.array([1.0])), [2.0])
    np.testing.assert_allclose(gini(np.array([1.0, 3.0])), 0.25)
    np.testing.assert_array_equal(ranks(np.array([0.3, 0.9, 0.1])), [2, 1, 3])
    assert rank_correlation(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)
    assert covered(np.arange(11.0)[None], np.array([5.0]), interval=0.8).all()
    assert not covered(np.arange(11.0)[None], np.array([9.5]), interval=0.8).any()


@pytest.fixture(scope="module")
def states(shared) -> tuple[np.ndarray, np.ndarray]:
    """Per-head income of 48 US states relative to each year's mean, 1929-2009 (Rey 2001), and their contacts."""
    folder = shared / "oracles" / "giddy"
    with open(folder / "us_pci_1929_2009.csv", encoding="utf-8") as file:
        income = np.array([row[1:] for row in list(csv.reader(file))[1:]], float)
    with open(folder / "states48_W.csv", encoding="utf-8") as file:
        contact = np.array([row[1:] for row in list(csv.reader(file))[1:]], float)
    return relative(income.T), contact / contact.sum(axis=1, keepdims=True)


# Root mean square errors at 1, 5 and 10 years over 40 origins 1960-1999, window 25 (LAYOUT.md 4.2, an independent script).
PUBLISHED = {
    "persistence": (0.0209, 0.0464, 0.0612),
    "trend": (0.0417, 0.0624, 0.0795),
    "drift": (0.0229, 0.0701, 0.1189),
    "pooled": (0.0207, 0.0448, 0.0579),
    "fixed_effects": (0.0232, 0.0527, 0.0679),
}


def test_hindcast_of_the_baselines_on_us_states(states):
    y, w = states
    found = hindcast(y, w, rng=stream(1, "h"), origins=range(31, 71), draws=2, models={m: FORECASTS[m] for m in PUBLISHED})
    for model, expected in PUBLISHED.items():
        np.testing.assert_allclose(found.rmse[found.models.index(model)], expected, atol=6e-5, err_msg=model)
    np.testing.assert_array_equal(found.origins, 40)


def test_the_combination_beats_persistence_at_ten_years_and_its_bands_cover(states):
    """All 40 origins: relative error below 1 against persistence, drift and trend; 80 % bands cover 70-90 % everywhere."""
    y, w = states
    few = {m: FORECASTS[m] for m in ("persistence", "drift", "trend", "combination")}
    found = hindcast(y, w, rng=stream(1, "h"), origins=range(31, 71), models=few, draws=200)
    best, still, drifting, straight = (found.rmse[found.models.index(m), 2] for m in ("combination", *list(few)[:3]))
    assert best < 0.95 * still
    assert best < 0.8 * straight < 0.8 * drifting
    assert found.skill("combination", 10) == pytest.approx(1 - best / still)
    assert (found.coverage >= 0.7).all()
    assert (found.coverage <= 0.9).all()
    assert (found.score < 0.8).all()  # bands say more than the point that stands still: CRPS of a sure forecast is its error


def test_bands_cover_what_a_planted_process_does():
    y, w = planted(120, 20, 0.3, 0.9, -0.2, 7)
    few = {m: FORECASTS[m] for m in ("persistence", "combination")}
    found = hindcast(y[20:], w, rng=stream(1, "h"), origins=range(24, 90, 3), models=few, draws=200)
    assert ((found.coverage > 0.7) & (found.coverage < 0.92)).all()
    assert found.skill("combination", 10) > 0


def test_nothing_beats_persistence_on_a_random_walk():
    walk = centred(np.random.default_rng(2).standard_normal((70, 12)).cumsum(axis=0))
    found = hindcast(walk, ring(12), rng=stream(1, "h"), draws=2)
    for model in set(found.models) - {"persistence"}:
        assert found.skill(model, 1) < 0.02, model


def test_spatial_dependence_of_us_states_is_strong_and_persistent(states):
    found = fit(states[0][-25:], states[1])
    assert 0.3 < found.rho < 0.7
    assert 0.95 < found.tau < 1.02


def test_too_short_a_history_is_refused():
    for call in (lambda: spatial_pooled(np.zeros((2, 4)), ring(4)), lambda: fit(np.zeros((2, 4)), ring(4)),
                 lambda: hindcast(np.zeros((5, 4)), ring(4), rng=stream(1, "h"), window=8)):  # fmt: skip
        with pytest.raises(MethodError):
            call()
