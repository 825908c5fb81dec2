"""Distribution dynamics, spatial panels, places, networks, warnings: against giddy, spreg, Snyder, printed and worked numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.core.errors import MethodError
from yindi.disparity.association import bivariate_moran
from yindi.disparity.clubs import log_t
from yindi.disparity.converge import beta, spatial_beta
from yindi.disparity.decompose import change, theil, theil_nested
from yindi.disparity.determinant import determinant
from yindi.disparity.distribution import (
    first_passage,
    homogeneity,
    kde,
    markov,
    modes,
    silverman_test,
    spatial_markov,
    steady_state,
)
from yindi.disparity.geography import Albers, ellipse, great_circle, shift
from yindi.disparity.inequality import atkinson, gini, wolfson
from yindi.disparity.lag import weights_of
from yindi.disparity.lagrange import lagrange
from yindi.disparity.network import gravity, network, threshold_sensitivity
from yindi.disparity.spatial import choose, sar, sdm, sem
from yindi.disparity.warning import chance_of_rise, early_warning

BLOCKS = {
    **dict.fromkeys(["北京", "天津", "河北", "上海", "江苏", "浙江", "福建", "山东", "广东", "海南"], "east"),
    **dict.fromkeys(["山西", "安徽", "江西", "河南", "湖北", "湖南"], "central"),
    **dict.fromkeys(["辽宁", "吉林", "黑龙江"], "northeast"),
}


@pytest.fixture(scope="module")
def states(shared: Path) -> tuple[np.ndarray, np.ndarray, dict[str, list[float]]]:
    incomes = pd.read_csv(shared / "oracles/giddy/us_pci_1929_2009.csv", index_col=0)
    binary = pd.read_csv(shared / "oracles/giddy/states48_W.csv", index_col=0).loc[incomes.index, incomes.index].to_numpy(float)
    expected = json.loads((shared / "oracles/giddy/expected.json").read_text())
    return incomes.to_numpy(float), binary / binary.sum(axis=1, keepdims=True), expected


@pytest.fixture(scope="module")
def columbus(shared: Path) -> tuple[pd.DataFrame, np.ndarray]:
    binary = pd.read_csv(shared / "oracles/spdep/columbus_W_binary.csv", index_col=0).to_numpy(float)
    return pd.read_csv(shared / "oracles/spdep/columbus_localmoran.csv", index_col=0), binary / binary.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def provinces(shared: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y (31,13), x (31,13,5) and the contiguity, all in the order of the contiguity."""
    w = pd.read_csv(shared / "oracles/nqp127/W_adj_rowstd_31.csv", index_col=0)
    data = pd.read_csv(shared / "oracles/nqp127/sdm_inputs.csv")
    y, *x = (data.pivot(index="省份", columns="年份", values=c).loc[w.index].to_numpy() for c in data.columns[[3, 2, 4, 5, 6, 7]])
    x[3:] = [np.log(v) for v in x[3:]]
    return y, np.stack(x, axis=2), w.to_numpy()


class TestPySAL:
    """Columbus: numbers printed by inequality 1.1.2 and esda 2.8.2 on the same data."""

    def test_indices(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        values = columbus[0]["HOVAL"].to_numpy()
        assert gini(values) == pytest.approx(0.2489969412184851, abs=1e-13)
        assert atkinson(values, epsilon=0.5) == pytest.approx(0.04829528121049831, abs=1e-13)
        assert atkinson(values, epsilon=1) == pytest.approx(0.09216635238460946, abs=1e-13)
        assert wolfson(values, convention="pysal") == pytest.approx(0.11169928789621221, abs=1e-13)
        found = theil(values, np.arange(49) % 3)
        assert (found.total, found.between) == pytest.approx((0.10071931256439268, 9.90547742e-05), abs=1e-12)

    def test_bivariate(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        data, w = columbus
        assert bivariate_moran(data["CRIME"], data["INC"], w, permutations=99).i == pytest.approx(-0.4283873480159066, abs=1e-12)
        assert bivariate_moran(data["INC"], data["CRIME"], w, permutations=99).i == pytest.approx(-0.45761292856636415, abs=1e-12)

    def test_lagrange_multipliers(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        """spreg 1.9.0 OLS of CRIME on INC and HOVAL; LM error 5.7231 is also what R spdep prints."""
        data, w = columbus
        r = lagrange(data["CRIME"].to_numpy()[:, None], data[["INC", "HOVAL"]].to_numpy()[:, None, :], w, effects="none")
        found = (r.error, r.lag, r.robust_error, r.robust_lag)
        assert found == pytest.approx((5.72313094604134, 9.363683565604834, 0.07949492913252099, 3.720047548696017), abs=1e-10)
        assert (r.error_p, r.lag_p) == pytest.approx((0.016742848682705362, 0.002213269006666453), abs=1e-12)


class TestMarkov:
    def test_classic_chain_of_the_states(self, states: tuple[np.ndarray, np.ndarray, dict[str, list[float]]]) -> None:
        y, _, expected = states
        r = markov(y, k=5, convention="yearly")
        assert (r.counts == expected["classic_counts"]).all()
        # giddy 2.3.8: Markov.steady_state, ergodic.mfpt
        assert r.steady == pytest.approx([0.20774716, 0.18725774, 0.20740537, 0.18821787, 0.20937187], abs=5e-9)
        assert r.passage[0] == pytest.approx([4.81354357, 11.50292712, 29.60921231, 53.38594954, 103.59816743], abs=5e-8)
        assert r.passage[4] == pytest.approx([98.41295543, 56.36521038, 30.66046735, 14.21158356, 4.77619083], abs=5e-8)

    def test_spatial_chain_of_the_states(self, states: tuple[np.ndarray, np.ndarray, dict[str, list[float]]]) -> None:
        y, w, expected = states
        r = spatial_markov(y, w, k=5, relative=True, permutations=99)
        assert r.cuts == pytest.approx(expected["cutoffs"], abs=1e-12)
        assert r.lag_cuts == pytest.approx(expected["lag_cutoffs"], abs=1e-12)
        assert (r.counts == expected["spatial_counts"]).all()
        assert (r.q, r.lr, r.freedom) == pytest.approx((200.62372763076806, 170.6588284308426, 60), abs=1e-9)
        assert r.lr_p == pytest.approx(1.492250767398673e-12, rel=1e-4)
        assert max(r.q_permutation or 1, r.lr_permutation or 1) <= 0.05

    def test_a_lag_class_that_never_occurs_is_kept(self, states: tuple[np.ndarray, np.ndarray, dict[str, list[float]]]) -> None:
        y, w, _ = states
        r = spatial_markov(y, w, k=3, relative=True, lag_cuts=[0.5, 5.0], permutations=9)
        assert r.counts.shape == (3, 3, 3)
        assert r.counts[2].sum() == 0
        assert r.p[2].sum() == 0
        assert r.steady[2] is None
        assert r.thin[2].all()

    def test_two_states_by_hand(self) -> None:
        # p = [[.9,.1],[.3,.7]]: steady (3/4, 1/4); from 0 to 1 takes 1/.1 = 10, from 1 to 0 1/.3; return times 4/3 and 4
        p = np.array([[0.9, 0.1], [0.3, 0.7]])
        assert steady_state(p) == pytest.approx([0.75, 0.25])
        assert first_passage(p) == pytest.approx(np.array([[4 / 3, 10], [10 / 3, 4]]))
        assert steady_state(np.eye(2)) is None
        assert first_passage(np.array([[1.0, 0.0], [0.5, 0.5]]))[0, 1] == math.inf

    def test_homogeneity_by_hand(self) -> None:
        # rows 10,10 and 5,15 against the pooled 15,25 of 40: chi-square of the 2 x 2 table = 40 (10*15 - 10*5)^2 / (20*20*15*25)
        counts = np.zeros((2, 2, 2))
        counts[0, 0], counts[1, 0] = [10, 10], [5, 15]
        found = homogeneity(counts)
        assert (found.q, found.freedom) == pytest.approx((40 * 100**2 / (20 * 20 * 15 * 25), 1))

    def test_islands_and_ties_are_refused(self) -> None:
        w = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]])
        with pytest.raises(MethodError, match="no neighbour"):
            spatial_markov(np.random.default_rng(0).random((3, 9)), w, k=2)
        with pytest.raises(MethodError, match="do not ascend"):
            markov(np.ones((5, 5)), k=3)


class TestDensity:
    @pytest.mark.parametrize(("rule", "h", "count"), [("silverman", 0.044, 4), ("scott", 0.071, 2), ("matlab", 0.036, 4)])
    def test_bandwidths_of_the_tools(self, shared: Path, rule: str, h: float, count: int) -> None:
        y = pd.read_csv(shared / "oracles/nqp127/scores_A1.csv", index_col=0)["2023"]
        found = kde(y, bandwidth=rule)
        assert (round(found.bandwidth, 3), len(found.modes)) == (h, count)

    def test_one_point_is_the_kernel(self) -> None:
        # Gaussian of width 2 at its own centre: 1 / (2 sqrt(2 pi)); reflected at 0 it doubles there
        found = kde([0.0, 0.0], bandwidth=2.0, grid=[-1.0, 0.0, 1.0])
        assert found.density[1] == pytest.approx(1 / (2 * math.sqrt(2 * math.pi)))
        folded = kde([0.0, 0.0], bandwidth=2.0, grid=[-1.0, 0.0, 1.0], floor=0.0)
        assert folded.density.tolist()[0] == 0
        assert folded.density[1] == pytest.approx(2 * found.density[1])

    def test_silverman_tells_one_hump_from_two(self) -> None:
        rng = np.random.default_rng(4)
        one = silverman_test(rng.normal(size=120), most=2, draws=200)
        two = silverman_test(np.concatenate([rng.normal(-2.5, 1, 60), rng.normal(2.5, 1, 60)]), most=2, draws=200)
        assert one.modes == 1
        assert two.p[0] < 0.05
        assert two.modes == 2
        assert (np.diff(modes(rng.normal(size=50)).counts) <= 0).all()


class TestSpatialPanel:
    def test_two_way_durbin_of_the_provinces(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """The aligned, T ln|I - rho W| estimate of the oracle: the index alone lagged, roads and railways in logarithms."""
        y, x, w = provinces
        r = sdm(y, x, w, convention="direct", lagged=[0])
        assert (round(r.rho, 2), round(r.rho_se, 3)) == (0.44, 0.063)
        found = (r.direct.estimate[0], r.indirect.estimate[0], r.total.estimate[0])
        assert found == pytest.approx((0.156, 0.361, 0.518), abs=6e-4)
        assert r.indirect.low[0] > 0
        assert not r.contradiction

    def test_lee_yu_corrects_the_direct_estimate_upwards(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        y, x, w = provinces
        assert sdm(y, x, w, lagged=[0]).rho > sdm(y, x, w, lagged=[0], convention="direct").rho

    def test_the_row_order_of_the_paper_reverses_the_sign(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        y, x, w = provinces
        wrong = np.random.default_rng(0).permutation(31)
        assert sdm(y[wrong], x[wrong], w, lagged=[0]).rho < 0.2 < sdm(y, x, w, lagged=[0]).rho

    def test_one_way_models_as_in_spreg(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """spreg 1.9.0 Panel_FE_Lag and Panel_FE_Error on the index and urbanisation."""
        y, x, w = provinces
        lag = sar(y, x[:, :, :2], w, effects="region", convention="direct")
        assert lag.rho == pytest.approx(0.6981389575772531, abs=1e-6)
        assert lag.beta == pytest.approx([1.22421104e-01, -1.23112051e-05], abs=1e-8)
        assert lag.sigma2 == pytest.approx(0.00034226, abs=5e-9)
        error = sem(y, x[:, :, :2], w, effects="region", convention="direct")
        assert error.rho == pytest.approx(0.689701451429911, abs=1e-6)
        assert error.beta == pytest.approx([0.24340871, 0.00069411], abs=2e-8)

    @pytest.mark.slow
    @pytest.mark.parametrize("fit", [sdm, sar, sem])
    def test_truth_is_recovered_in_300_panels(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray], fit: object) -> None:
        """31 regions, 10 years, rho .4, region effects and year shocks of twice the noise."""
        w, rng, n = provinces[2], np.random.default_rng(2), 31
        inverse, found = np.linalg.inv(np.eye(n) - 0.4 * w), []
        theta = 0.5 if fit is sdm else 0.0
        for _ in range(300):
            x = rng.standard_normal((n, 10))
            fixed = 2 * rng.standard_normal((n, 1)) + 2 * rng.standard_normal((1, 10))
            noise, mean = rng.standard_normal((n, 10)), x + theta * (w @ x)
            y = mean + fixed + inverse @ noise if fit is sem else inverse @ (mean + fixed + noise)
            found.append(fit(y, x, w, draws=200))  # type: ignore[operator]
        rho = np.array([r.rho for r in found])
        assert rho.mean() == pytest.approx(0.40, abs=0.01)
        assert 0.93 <= np.mean([r.interval[0] <= 0.4 <= r.interval[1] for r in found]) <= 0.97
        assert 0.92 <= np.mean([abs(r.beta[0] - 1) <= 1.96 * r.beta_se[0] for r in found]) <= 0.98
        assert np.mean([r.sigma2 for r in found]) == pytest.approx(1.0, abs=0.03)

    def test_correction_takes_the_bias_off(self) -> None:
        """Inverse distances between 31 random places: maximum likelihood falls short of rho .4 by .05 or so; the same panels.

        The sampling error of the mean of 200 estimates (standard deviation .22) is .016.
        """
        rng, n = np.random.default_rng(8), 31
        place = rng.uniform(size=(n, 2))
        distance = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + np.diag(np.full(n, np.inf))
        w = 1 / distance / (1 / distance).sum(axis=1, keepdims=True)
        inverse, found = np.linalg.inv(np.eye(n) - 0.4 * w), []
        for _ in range(200):
            x = rng.standard_normal((n, 10, 2))
            shocks = rng.standard_normal((n, 1)) + 2 * rng.standard_normal((1, 10))
            y = inverse @ (x.sum(axis=2) + 0.5 * (w @ x[:, :, 0]) + shocks + rng.standard_normal((n, 10)))
            found.append([sdm(y, x, w, correction=c, draws=2) for c in ("none", "second_order")])
        plain, corrected = np.array([[r.rho for r in pair] for pair in found]).T
        assert plain.mean() < 0.375
        assert corrected.mean() == pytest.approx(0.4, abs=0.03)
        assert corrected.mean() > plain.mean() + 0.02
        covers = [r.interval[0] <= 0.4 <= r.interval[1] for _, r in found]
        assert 0.90 <= np.mean(covers) <= 0.99

    def test_correction_is_refused_by_an_unknown_name_and_left_out_of_direct(
        self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> None:
        y, x, w = provinces
        with pytest.raises(MethodError, match="correction is"):
            sdm(y, x, w, correction="bao")  # type: ignore[arg-type]
        assert sdm(y, x, w, convention="direct").rho == sdm(y, x, w, convention="direct", correction="none").rho

    def test_effects_without_feedback_are_the_coefficients(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        y, x, w = provinces
        r = sem(y, x, w)
        assert r.direct.estimate == pytest.approx(r.beta)
        assert np.abs(r.indirect.estimate).max() < 1e-12

    def test_effects_are_those_of_the_inverse(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """LeSage & Pace: mean of the diagonal and mean row sum of (I - rho W)^-1 (I beta + W theta), inverted outright."""
        y, x, w = provinces
        r = sdm(y, x, w)
        for j in range(5):
            s = np.linalg.solve(np.eye(31) - r.rho * w, np.eye(31) * r.beta[j] + w * r.theta[j])
            assert r.direct.estimate[j] == pytest.approx(np.trace(s) / 31, abs=1e-10)
            assert r.total.estimate[j] == pytest.approx(s.sum() / 31, abs=1e-10)

    def test_model_choice_finds_the_model(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        w, rng = provinces[2], np.random.default_rng(8)
        inverse, x = np.linalg.inv(np.eye(31) - 0.5 * w), rng.standard_normal((31, 12))
        noise = rng.standard_normal((31, 12))
        assert choose(inverse @ (x + noise), x, w).model == "sar"
        assert choose(x + inverse @ noise, x, w).model == "sem"
        assert choose(inverse @ (x + 2.0 * (w @ x) + noise), x, w).model == "sdm"

    def test_islands_and_collinear_regressors_are_refused(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        y, x, w = provinces
        island = w.copy()
        island[3] = 0
        with pytest.raises(MethodError, match="islands"):
            sdm(y, x, island)
        assert abs(sdm(y, x, island, convention="direct").rho) < 1
        with pytest.raises(MethodError, match="collinear"):
            sar(y, np.stack([x[:, :, 0], 2 * x[:, :, 0]], axis=2), w)
        with pytest.raises(MethodError, match="collinear"):
            sdm(y, np.broadcast_to(np.arange(13.0), (31, 13)), w)


class TestDeterminant:
    @pytest.mark.parametrize("standardised", [True, False])
    def test_polynomial_against_the_dense_determinant(self, standardised: bool) -> None:
        from scipy.sparse import csr_matrix

        rng, n = np.random.default_rng(1), 450
        w = (rng.random((n, n)) < 6 / n).astype(float)
        np.fill_diagonal(w, 0)
        w[np.arange(n), (np.arange(n) + 1) % n] = 1
        w = w / w.sum(axis=1, keepdims=True) if standardised else w
        det = determinant(weights_of(csr_matrix(w), n, where="test"))
        for share in (-0.9, -0.3, 0.0, 0.4, 0.8, 0.97):
            rho = np.array([share / det.radius])
            inverse = np.linalg.inv(np.eye(n) - rho[0] * w)
            assert det.value(rho)[0] == pytest.approx(np.linalg.slogdet(np.eye(n) - rho[0] * w)[1], abs=1e-5)
            assert det.trace(rho)[0] == pytest.approx(np.trace(w @ inverse), abs=1e-3)
            assert det.trace_of_square(float(rho[0])) == pytest.approx(np.trace(w @ inverse @ w @ inverse), rel=1e-3, abs=0.05)
            assert det.mean_total(rho)[0] == pytest.approx(inverse.sum() / n, rel=1e-6)


class TestConvergence:
    def test_log_t_slope_by_construction(self) -> None:
        """Two regions at 1 +- a_t with a_t^2 = a_1^2 t^-b / log(t)^2 give H_1/H_t = t^b log(t)^2, so the slope is b."""
        t = np.arange(1, 31)
        a = np.concatenate([[0.3], 0.3 * t[1:] ** -0.4 / np.log(t[1:])])
        assert log_t(np.vstack([1 + a, 1 - a])).slope == pytest.approx(0.8, abs=1e-10)

    def test_conditional_beta_by_construction(self) -> None:
        rng = np.random.default_rng(0)
        start, control = rng.normal(size=12), rng.normal(size=12)
        growth = 0.1 - 0.05 * start + 0.02 * control
        r = beta(np.exp(np.column_stack([start, start + growth, start + 2 * growth])), controls=control[:, None])
        assert (r.coefficient, float(r.controls[0])) == pytest.approx((-0.05, 0.02), abs=1e-12)
        assert r.speed == pytest.approx(-math.log(1 - 0.05 * 2) / 2)

    def test_spatial_beta_recovers_its_speed(self, provinces: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """ln y follows growth = -.3 ln y + .4 W growth + noise; the direct effect is -.3 tr (I - .4 W)^-1 / n."""
        w, rng, n = provinces[2], np.random.default_rng(3), 31
        inverse, logs = np.linalg.inv(np.eye(n) - 0.4 * w), [rng.standard_normal(n)]
        fixed = 0.3 * rng.standard_normal(n)
        for _ in range(60):
            logs.append(logs[-1] + inverse @ (-0.3 * logs[-1] + fixed + 0.1 * rng.standard_normal(n)))
        r = spatial_beta(np.exp(np.column_stack(logs)), w, model="sar")
        assert r.panel.rho == pytest.approx(0.4, abs=0.06)
        assert r.direct == pytest.approx(-0.3 * np.trace(inverse) / n, abs=0.05)
        assert r.speed == pytest.approx(-math.log1p(r.direct))


class TestDecomposition:
    def test_nested_theil_by_hand(self) -> None:
        # 1,1 | 3,3 in A and 4,4 in B: no spread in the innermost groups
        y, outer, inner = [1, 1, 3, 3, 4, 4], list("AAAABB"), list("ppqqrr")
        r = theil_nested(y, outer, inner)
        mean = 16 / 6
        across = 4 / 6 * (2 / mean) * math.log(2 / mean) + 2 / 6 * (4 / mean) * math.log(4 / mean)
        inside = 8 / 16 * (0.25 * math.log(0.5) + 0.75 * math.log(1.5))
        assert (r.between_outer, r.between_inner, r.within) == pytest.approx((across, inside, 0), abs=1e-14)
        with pytest.raises(MethodError, match="more than one outer group"):
            theil_nested(y, outer, list("pqpqpr"))

    def test_change_by_hand(self) -> None:
        # all values of b doubled twice over: groups {1,3} and {2,6} -> {1,3} and {4,12}; G from 1/3 to
        # gaps 2,3,11,1,9,8 sum 34, both orders 68 over 2*16*5 = 160 -> .425
        r = change([1, 3, 2, 6], [1, 3, 4, 12], list("aabb"), bootstrap=50)
        assert r.gini == pytest.approx(0.425 - 1 / 3)
        # inside a and b nothing changed: their inequality effect is nought, only shares moved
        assert np.diag(r.inequality) == pytest.approx([0, 0], abs=1e-15)
        assert r.certainty is not None
        unmoved = change([1, 3, 2, 6], [5, 15, 10, 30], list("aabb"))
        assert (unmoved.gini, *unmoved.shares.ravel()) == pytest.approx((0,) * 5, abs=1e-15)


class TestPermutedTheil:
    def test_groups_that_explain_everything_or_nothing(self) -> None:
        y = np.array([1.0, 1.1, 0.9, 1.0, 5.0, 5.1, 4.9, 5.0])
        # of the 70 ways to pick four of eight, two split them so: p close to 2/70
        assert theil(y, list("aaaabbbb"), permutations=4999).p == pytest.approx(2 / 70, abs=0.008)
        assert theil([1, 1, 5, 5], list("abab"), permutations=499, weights=[2, 2, 3, 3]).p == 1
        assert theil(y, list("aaaabbbb")).p is None


class TestEarlyWarning:
    def test_chance_by_counting_signs(self) -> None:
        # changes 1, 1: of ++ +- -+ -- only ++ ends two above its lowest point
        assert chance_of_rise(np.array([1.0, 2.0, 3.0]), np.random.default_rng(0)) == 0.25
        # changes -1, 2: the rise is 2; patterns with a last step of +2 reach it: half of them
        assert chance_of_rise(np.array([2.0, 1.0, 3.0]), np.random.default_rng(0)) == 0.5

    def test_a_steady_split_is_a_warning_with_its_drivers(self) -> None:
        rng, t = np.random.default_rng(5), np.arange(10)
        base = 1 + 0.05 * rng.random((20, 1))
        y = np.where(np.arange(20)[:, None] < 10, base + 0.04 * t, base - 0.04 * t)
        y[0] += 0.08 * t
        r = early_warning(y, ["north"] * 10 + ["south"] * 10, bootstrap=100)
        assert r.level == "warning"
        assert all(s.since <= 1 for s in r.signals)
        ray = next(s for s in r.signals if s.name == "esteban_ray")
        assert int(ray.drivers.argmax()) == 0
        assert ray.step_share < 0.3

    def test_one_jump_is_not_more_than_a_watch(self, shared: Path) -> None:
        """The panel with the re-based telecom series: the rise is there in every draw, but it is a single step in 2021."""
        scores = pd.read_csv(shared / "oracles/nqp127/scores_A1.csv", index_col=0)
        r = early_warning(scores.to_numpy(), [BLOCKS.get(p, "west") for p in scores.index], bootstrap=60)
        tsui = next(s for s in r.signals if s.name == "tsui_wang")
        assert (scores.columns[tsui.since], scores.columns[tsui.step]) == ("2020", "2021")
        assert tsui.step_share > 0.8
        assert tsui.level == "watch"


class TestPlaces:
    def test_albers_on_the_sphere(self) -> None:
        # Snyder (1987) p. 291: unit sphere, 29.5 and 45.5 N, origin 23 N 96 W; 35 N 75 W -> .2952720, .2416774
        plane = Albers(-96.0, (29.5, 45.5), 23.0, 1.0, 0.0)
        assert plane.forward([[-75.0, 35.0]])[0] == pytest.approx([0.2952720, 0.2416774], abs=5e-8)

    def test_albers_on_the_ellipsoid(self) -> None:
        # Snyder (1987) p. 292: Clarke 1866, the same place -> 1,885,472.7 m, 1,535,925.0 m
        plane = Albers(-96.0, (29.5, 45.5), 23.0, 6378.2064, 0.00676866)
        assert plane.forward([[-75.0, 35.0]])[0] == pytest.approx([1885.4727, 1535.9250], abs=1e-4)
        assert plane.inverse([[1885.4727, 1535.9250]])[0] == pytest.approx([-75.0, 35.0], abs=1e-6)

    def test_great_circle(self) -> None:
        quarter = great_circle([[0, 0], [90, 0], [0, 45]])
        assert (quarter[0, 1], quarter[0, 2]) == pytest.approx((6371.0072 * math.pi / 2, 6371.0072 * math.pi / 4))

    def test_ellipse_of_a_cross(self) -> None:
        """Two places 300 km east and west, two 100 km north and south: half axes 300/root 2 and 100/root 2, pointing east."""
        plane = Albers()
        places = plane.inverse([[300, 4000], [-300, 4000], [0, 4100], [0, 3900]])
        r = ellipse(places, [1, 1, 1, 1])
        assert (r.major, r.minor, r.azimuth) == pytest.approx((300 / math.sqrt(2), 100 / math.sqrt(2), 90), abs=1e-4)
        assert ellipse(places, [1, 1, 1, 1], convention="crimestat").major == pytest.approx(r.major * 2, abs=1e-3)
        moved = ellipse(plane.inverse([[303, 4004], [-297, 4004], [3, 4104], [3, 3904]]), [1, 1, 1, 1])
        assert shift(r, moved) == pytest.approx((5, math.degrees(math.atan2(3, 4))), abs=1e-3)
        # weights 2 and 1: squared they count 4 and 1
        squared = ellipse(places, [2, 2, 1, 1], convention="squared")
        assert squared.major**2 / squared.minor**2 == pytest.approx(4 * 9, rel=1e-6)


class TestNetwork:
    def test_gravity_by_hand(self) -> None:
        d = [[0, 2, 4], [2, 0, 1], [4, 1, 0]]
        # 3*5/4; with sizes 1 and 3 the pull of the first is a quarter of it; equal income per head pulls nothing
        assert gravity([3, 5, 1], d)[0, 1] == pytest.approx(15 / 4)
        assert gravity([3, 5, 1], d, size=[1, 3, 1])[0, 1] == pytest.approx(15 / 16)
        per_head = gravity([3, 5, 1], d, per_head=[2, 5, 5])
        assert (per_head[0, 1], per_head[1, 2]) == pytest.approx((9 * 15 / 4, 0))

    def test_a_path_by_hand(self) -> None:
        """1 <-> 2 -> 3: three of six links, all joined, one of three reachable pairs mutual, a tree, 2 lies between 1 and 3."""
        flows = np.array([[0, 9, 1], [9, 0, 9], [0, 0, 0.0]])
        r = network(flows, rule="mean")
        assert r.links.tolist() == [[False, True, False], [True, False, True], [False, False, False]]
        assert (r.density, r.connectedness, r.hierarchy, r.efficiency) == pytest.approx((0.5, 1, 2 / 3, 1))
        assert r.betweenness == pytest.approx([0, 0.5, 0])

    def test_density_falls_with_the_threshold(self) -> None:
        rng = np.random.default_rng(0)
        found = threshold_sensitivity(gravity(rng.random(12) + 0.1, np.abs(rng.random((12, 1)) - rng.random((1, 12))) + 0.2))
        assert (np.diff(found.density) <= 0).all()
        assert found.kept[2] == found.rank_agreement[2] == 1
