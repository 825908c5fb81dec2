"""Disparity kernels against numbers from outside: hand-worked, printed, or from R spdep, dineq, PySAL."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.core.errors import MethodError
from yindi.disparity.association import bivariate_moran, geary, local_moran, moran
from yindi.disparity.converge import beta, clubs, sigma
from yindi.disparity.decompose import dagum, theil
from yindi.disparity.inequality import atkinson, cv, duclos_esteban_ray, esteban_ray, gini, mld, tsui_wang, wolfson
from yindi.disparity.inequality import theil as theil_index

BLOCKS = {
    **dict.fromkeys(["北京", "天津", "河北", "上海", "江苏", "浙江", "福建", "山东", "广东", "海南"], "east"),
    **dict.fromkeys(["山西", "安徽", "江西", "河南", "湖北", "湖南"], "central"),
    **dict.fromkeys(["辽宁", "吉林", "黑龙江"], "northeast"),
}


@pytest.fixture(scope="module")
def scores(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "oracles/nqp127/scores_A1.csv", index_col=0)


@pytest.fixture(scope="module")
def columbus(shared: Path) -> tuple[pd.DataFrame, np.ndarray]:
    binary = pd.read_csv(shared / "oracles/spdep/columbus_W_binary.csv", index_col=0).to_numpy(float)
    return pd.read_csv(shared / "oracles/spdep/columbus_localmoran.csv", index_col=0), binary / binary.sum(axis=1, keepdims=True)


class TestInequality:
    """Worked by hand unless another source is named."""

    def test_gini(self) -> None:
        # pairs of 1,2,3,6: gaps 1,2,5,1,4,3 sum 16; both orders 32 over 2 n^2 mean = 2*16*3 = 96 -> 1/3
        assert gini([1, 2, 3, 6]) == pytest.approx(1 / 3, abs=1e-15)
        # values 1 (three people) and 5 (one): mean 2, mean gap 2*(3/4)(1/4)*4 = 3/2, over 2*2 -> 3/8
        assert gini([1, 5], weights=[3, 1]) == pytest.approx(3 / 8, abs=1e-15)

    def test_conventions(self) -> None:
        # 1/3 of four values, times 4/3
        assert gini([1, 2, 3, 6], convention="sample") == pytest.approx(4 / 9, abs=1e-15)
        y = np.random.default_rng(0).lognormal(size=60)
        assert duclos_esteban_ray(y, alpha=0, convention="gini_scale") == pytest.approx(gini(y), abs=1e-12)
        with pytest.raises(MethodError):
            gini([1, 2], convention="sample", weights=[1, 2])

    def test_theil_and_mld(self) -> None:
        # 1 and 3, mean 2: T = (1/2)(1/2 ln 1/2 + 3/2 ln 3/2) ; L = (1/2)(ln 2 + ln 2/3) = (1/2) ln 4/3
        assert theil_index([1, 3]) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5), abs=1e-15)
        assert mld([1, 3]) == pytest.approx(0.5 * math.log(4 / 3), abs=1e-15)
        # one of n holds all: T = ln n
        assert theil_index([0, 0, 0, 7]) == pytest.approx(math.log(4), abs=1e-15)

    def test_atkinson(self) -> None:
        # epsilon 1: 1 - geometric mean / mean = 1 - sqrt(3)/2; epsilon 2: 1 - harmonic / mean = 1 - 1.5/2
        assert atkinson([1, 3], epsilon=1) == pytest.approx(1 - math.sqrt(3) / 2, abs=1e-14)
        assert atkinson([1, 3], epsilon=2) == pytest.approx(0.25, abs=1e-14)
        # epsilon 1/2 of 1 and 9: ((1 + 3)/2)^2 = 4 against mean 5
        assert atkinson([1, 9], epsilon=0.5) == pytest.approx(0.2, abs=1e-14)

    def test_cv(self) -> None:
        assert cv([1, 3]) == pytest.approx(0.5)
        assert cv([1, 3], ddof=1) == pytest.approx(math.sqrt(2) / 2)
        # shares 3/4, 1/4 of 1 and 5: mean 2, variance 3
        assert cv([1, 5], weights=[3, 1]) == pytest.approx(math.sqrt(3) / 2)

    def test_gini_of_the_panel_2011_2020_2023(self, scores: pd.DataFrame) -> None:
        printed = {"2011": 0.489, "2020": 0.178, "2023": 0.295}
        assert {y: round(gini(scores[y]), 3) for y in printed} == printed


class TestPolarisation:
    def test_wolfson_on_the_scale_of_pysal(self) -> None:
        assert wolfson([6, 6, 8, 8, 10, 10, 12, 12], convention="pysal") == pytest.approx(1 / 12, abs=1e-14)
        assert wolfson(range(2, 17, 2), convention="pysal") == pytest.approx(11 / 72, abs=1e-14)
        assert wolfson([6, 6, 8, 8, 10, 10, 12, 12]) == pytest.approx(1 / 6, abs=1e-14)

    def test_two_equal_poles(self) -> None:
        # halves at 1 and 3: mean = median = 2, L(1/2) = 1/4, G = 1/4 -> 4 (1/2 - 1/4 - 1/8) = 1/2
        assert wolfson([1, 1, 3, 3]) == pytest.approx(0.5, abs=1e-14)
        # pi 1/2 each, gap 1 of the mean: 2 (1/2)^(2 + alpha) at alpha 1 -> 1/4
        assert esteban_ray([1, 1, 3, 3], list("aabb"), alpha=1.0) == pytest.approx(0.25, abs=1e-14)
        # |y - 2| / 2 = 1/2 everywhere, its root
        assert tsui_wang([1, 1, 3, 3]) == pytest.approx(math.sqrt(0.5), abs=1e-14)

    @pytest.mark.parametrize(
        ("year", "er", "w", "tw"), [("2011", 0.134, 0.588, 0.874), ("2020", 0.044, 0.128, 0.419), ("2023", 0.076, 0.291, 0.625)]
    )
    def test_nqp127(self, scores: pd.DataFrame, year: str, er: float, w: float, tw: float) -> None:
        groups = [BLOCKS.get(p, "west") for p in scores.index]
        assert esteban_ray(scores[year], groups, alpha=1.5) == pytest.approx(er, abs=5e-4)
        # the printed figures rest on the unrounded scores; the file has four digits
        assert wolfson(scores[year]) == pytest.approx(w, abs=1e-3)
        assert tsui_wang(scores[year]) == pytest.approx(tw, abs=5e-4)

    def test_duclos_esteban_ray_limits(self) -> None:
        y = np.random.default_rng(3).lognormal(size=400)
        assert duclos_esteban_ray(y, alpha=0) == pytest.approx(2 * gini(y), abs=1e-12)
        # uniform on [0, 2], mean 1: density 1/2, E|x - y| = 2/3 -> (1/2)^alpha * 2/3; a fine grid stands for it
        grid = (np.arange(4000) + 0.5) / 2000
        assert duclos_esteban_ray(grid, alpha=1.0, bandwidth=0.004) == pytest.approx(1 / 3, abs=2e-3)


class TestDecomposition:
    def test_dagum_by_hand(self) -> None:
        r = dagum([1, 3, 2, 6], ["a", "a", "b", "b"])
        assert (r.gini, r.within, r.between, r.transvariation) == pytest.approx((1 / 3, 1 / 8, 1 / 6, 1 / 24), abs=1e-15)
        # b is richer: E max(b - a, 0) = (1 + 5 + 0 + 3) / 4, E max(a - b, 0) = (0 + 0 + 1 + 0) / 4; means 4 and 2
        assert r.pairs.gross == pytest.approx(np.array([[0.5, 0.25], [2.25, 1.0]]))
        assert r.pairs.at("b", "a") == pytest.approx({"gini": 2.5 / 6, "distance": 2 / 2.5, "gap": 2 / 3})

    def test_identities_of_the_moments(self) -> None:
        rng = np.random.default_rng(5)
        y, groups, weights = rng.lognormal(size=90), rng.integers(0, 5, 90), rng.uniform(0.2, 3, 90)
        r = dagum(y, groups, weights=weights)
        gaps = r.mean[:, None] - r.mean[None, :]
        assert r.pairs.gross - r.pairs.gross.T == pytest.approx(gaps, abs=1e-12)
        net = sum(
            r.population_share[j] * r.population_share[h] * abs(gaps[j, h]) for j in range(5) for h in range(j)
        ) / float(r.population_share @ r.mean)  # fmt: skip
        assert r.between == pytest.approx(net, abs=1e-13)

    def test_parts_as_dineq_has_them(self) -> None:
        """R dineq::gini_decomp: between is the Gini of everyone at the mean of the group; transvariation is the overlap."""
        rng = np.random.default_rng(6)
        y, groups = rng.gamma(2.0, size=120), rng.integers(0, 4, 120)
        r = dagum(y, groups)
        at_means = np.array([y[groups == g].mean() for g in groups])
        assert r.gini == pytest.approx(gini(y), abs=1e-13)
        assert r.between == pytest.approx(gini(at_means), abs=1e-13)
        apart = dagum([1, 2, 10, 11, 30], list("aabbc"))
        assert apart.transvariation == pytest.approx(0, abs=1e-15)

    def test_bootstrap_is_the_decomposition_of_resamples(self) -> None:
        """A group of one never changes; equal values inside groups leave no spread at all."""
        r = dagum([1, 1, 1, 4, 4, 9], list("aaabbc"), bootstrap=200, seed=3)
        assert r.intervals is not None
        assert r.interval == pytest.approx((r.gini, r.gini), abs=1e-12)
        assert r.intervals["between"] == pytest.approx((r.between, r.between), abs=1e-12)
        y = np.random.default_rng(8).lognormal(sigma=0.5, size=600)
        wide = dagum(y, np.arange(600) % 3, bootstrap=500, seed=1)
        assert wide.draws is not None
        # asymptotic standard error of the Gini by the jackknife
        jack = np.array([gini(np.delete(y, i)) for i in range(600)])
        error = math.sqrt(599 / 600 * np.sum((jack - jack.mean()) ** 2))
        assert float(wide.draws[:, 0].std()) == pytest.approx(error, rel=0.12)

    def test_theil_by_hand(self) -> None:
        # groups {1,3} and {2,6}: means 2 and 4 of 3, income shares 1/3 and 2/3; inside both are 1:3
        inside = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
        across = 1 / 3 * math.log(2 / 3) + 2 / 3 * math.log(4 / 3)
        r = theil([1, 3, 2, 6], ["a", "a", "b", "b"])
        assert r.by_group == pytest.approx({"a": inside, "b": inside}, abs=1e-14)
        assert (r.between, r.within, r.total) == pytest.approx((across, inside, across + inside), abs=1e-14)

    def test_published_table_adds_up(self, shared: Path) -> None:
        """Sci Rep s41598-024-84112-w Table 6 satisfies the identity that the kernel is built on."""
        t = pd.read_csv(shared / "oracles/published_tables/dagum_s41598-024-84112-w_T6.csv")
        assert (t["Gw"] + t["Gnb"] + t["Gt"] - t["G"]).abs().max() <= 1.5e-4


class TestAssociation:
    def test_nqp127_moran_whatever_the_row_order(self, scores: pd.DataFrame, shared: Path) -> None:
        printed = pd.read_csv(shared / "oracles/nqp127/moran_T2.csv", index_col=0)
        edges = pd.read_csv(shared / "oracles/nqp127/china31_contiguity_edges.csv")
        order = list(np.random.default_rng(2).permutation(scores.index))
        w = pd.DataFrame(0.0, order, order)
        for a, b in edges.itertuples(index=False):
            w.loc[a, b] = w.loc[b, a] = 1.0
        w = w.div(w.sum(axis=1), axis=0)
        for year in printed.index:
            found = moran(scores.loc[order, str(year)], w.to_numpy(), permutations=0)
            assert found.i == pytest.approx(printed.at[year, "I_nqp"], abs=7e-4)
        first = moran(scores.loc[order, "2011"], w.to_numpy(), permutations=9999)
        assert (round(first.z_normal, 2), round(first.z, 2)) == (3.90, 4.00)
        assert first.p == pytest.approx(0.0013, abs=1e-3)

    def test_columbus_global(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        data, w = columbus
        r = moran(data["CRIME"], w, permutations=99)
        assert (r.i, r.expected) == pytest.approx((0.510951264, -0.020833333), abs=5e-10)
        assert (r.variance_normal, r.variance) == pytest.approx((0.008779831, 0.008908762), abs=5e-10)
        assert r.p == pytest.approx(0.01)
        assert geary(data["CRIME"], w).c == pytest.approx(0.52986993, abs=5e-9)

    def test_geary_moments_by_permutation(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        data, w = columbus
        y, rng = data["CRIME"].to_numpy(), np.random.default_rng(0)
        drawn = [geary(rng.permutation(y), w).c for _ in range(4000)]
        assert np.mean(drawn) == pytest.approx(1.0, abs=0.006)
        assert np.var(drawn) == pytest.approx(geary(y, w).variance, rel=0.07)

    def test_columbus_local(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        data, w = columbus
        r = local_moran(data["CRIME"], w, permutations=0)
        for mine, theirs in ((r.i, "Ii"), (r.expected, "E.Ii"), (r.variance, "Var.Ii"), (r.z, "Z.Ii"), (r.p, "Pr(z != E(Ii))")):
            assert mine == pytest.approx(data[theirs].to_numpy(), abs=1e-12)
        drawn = local_moran(data["CRIME"], w, permutations=9999)
        assert np.abs(drawn.p - r.p).max() < 0.05
        assert drawn.significant.sum() <= (drawn.p <= 0.05).sum()
        one_tail = local_moran(data["CRIME"], w, permutations=9999, convention="esda")
        assert np.minimum(1, 2 * one_tail.p) == pytest.approx(drawn.p)

    def test_bivariate_with_itself_is_moran(self, columbus: tuple[pd.DataFrame, np.ndarray]) -> None:
        data, w = columbus
        assert bivariate_moran(data["CRIME"], data["CRIME"], w, permutations=99).i == pytest.approx(0.510951264, abs=5e-10)
        one = bivariate_moran(data["CRIME"], data["INC"], w, permutations=99).i
        other = bivariate_moran(data["INC"], data["CRIME"], w, permutations=99).i
        assert abs(one - other) > 1e-3

    def test_islands_are_allowed(self) -> None:
        w = np.zeros((5, 5))
        w[0, 1] = w[1, 0] = w[2, 3] = w[3, 2] = 1
        r = local_moran([1.0, 2, 5, 6, 9], w, permutations=99)
        assert (r.i[4], r.p[4], r.quadrant[4]) == (0, 1, "")


class TestConvergence:
    def test_cv_of_the_panel_before_and_after_the_rebased_series(self, scores: pd.DataFrame) -> None:
        found = sigma(scores.to_numpy())
        assert (round(float(found.cv[9]), 3), round(float(found.cv[10]), 3)) == (0.388, 0.585)

    def test_two_way_beta_of_the_panel(self, scores: pd.DataFrame) -> None:
        r = beta(scores.to_numpy(), model="panel")
        assert (r.coefficient, r.speed) == pytest.approx((-0.448, 0.594), abs=1e-3)
        assert r.half_life == pytest.approx(1.2, abs=0.05)

    def test_speed_over_the_years_of_the_sample(self, scores: pd.DataFrame) -> None:
        """METHODS 3.12: the same b with the speed divided by 12 years: .0495, half-life 14 years."""
        r = beta(scores.to_numpy(), model="panel", convention="sample_span")
        assert (r.speed, r.half_life) == pytest.approx((0.0495, 14.0), rel=2e-3)

    def test_absolute_beta_by_hand(self) -> None:
        # ln y goes from 0, 1, 2 to 2, 2.5, 3 in two years: growth 1, .75, .5 = 1 - ln y0 / 4; 1 + b tau = 1/2
        r = beta(np.exp([[0, 9, 2], [1, 9, 2.5], [2, 9, 3.0]]))
        assert r.coefficient == pytest.approx(-0.25, abs=1e-12)
        assert r.speed == pytest.approx(math.log(2) / 2, abs=1e-12)
        assert r.half_life == pytest.approx(2.0, abs=1e-12)

    def test_clubs_of_two_levels(self) -> None:
        """Ten regions that settle at twice the level of ten others are two clubs; all at one level are one."""
        rng, t = np.random.default_rng(1), np.arange(1, 21)
        level = np.repeat([2.0, 1.0], 10)[:, None]
        y = np.exp(0.03 * t) * level * (1 + rng.normal(0, 0.3, 20)[:, None] / t**0.7 / np.log(t + 1))
        assert clubs(y).club.tolist() == [1] * 10 + [2] * 10
        assert not clubs(y).overall.converges
        assert clubs(y / level).club.tolist() == [1] * 20


@pytest.mark.parametrize("bad", [[1.0, float("nan")], [1.0, -1.0], [0.0, 0.0], []])
def test_clear_refusals(bad: list[float]) -> None:
    for index in (gini, theil_index, mld, atkinson, cv, wolfson, tsui_wang, duclos_esteban_ray):
        with pytest.raises(MethodError):
            index(bad)
    with pytest.raises(MethodError):
        dagum(bad, ["a"] * len(bad))
    with pytest.raises(MethodError):
        moran(bad, np.zeros((len(bad), len(bad))))


class TestDegenerate:
    """Constant, zero, one region, one year, ties, islands, groups of one: a defined result or a clear refusal."""

    def test_constant_values(self) -> None:
        flat = np.full(6, 0.1) * (1 + 1e-16)
        r = dagum(flat, list("aabbcc"), bootstrap=20)
        assert (r.gini, r.within, r.between, r.transvariation, r.interval) == (0, 0, 0, 0, (0, 0))
        assert not r.pairs.distance.any()
        assert theil(flat, list("aabbcc")).total == 0
        with pytest.raises(MethodError, match="no variation"):
            moran(flat, 1 - np.eye(6))
        with pytest.raises(MethodError, match="no variation"):
            local_moran(flat, 1 - np.eye(6))

    def test_one_unit_and_groups_of_one(self) -> None:
        assert gini([3.0]) == theil_index([3.0]) == cv([3.0]) == 0
        r = dagum([1, 2, 9], list("abc"), bootstrap=20)
        assert (r.within, r.transvariation) == (0, 0)
        assert r.between == pytest.approx(r.gini)
        one = dagum([1, 2, 9], list("aaa"))
        assert (one.within, one.between) == (pytest.approx(one.gini), 0)

    def test_a_zero_among_the_values(self) -> None:
        assert theil([0, 1, 2, 3], list("aabb")).total == pytest.approx(theil_index([0, 1, 2, 3]))
        assert dagum([0, 0, 2, 3], list("aabb")).gini == pytest.approx(gini([0, 0, 2, 3]))
        with pytest.raises(MethodError, match="logarithm"):
            mld([0, 1])
        with pytest.raises(MethodError, match="logarithm"):
            beta(np.array([[0, 1], [1, 2], [2, 3.0]]))

    def test_one_year_and_too_few_regions(self) -> None:
        for call in (beta, clubs):
            with pytest.raises(MethodError, match="needs 3 regions"):
                call(np.ones((5, 1)))
        assert sigma(np.array([[1.0], [2.0]])).trend_p == 1.0
        with pytest.raises(MethodError, match="at least 4"):
            moran([1, 2, 3], 1 - np.eye(3))

    def test_weights_that_are_none(self) -> None:
        y = [1.0, 2, 3, 4]
        refused = {
            "no unit has a neighbour": np.zeros((4, 4)),
            "own neighbour": np.ones((4, 4)),
            "shape": np.ones((3, 3)),
            "not negative": np.eye(4) - 1,
        }
        for reason, w in refused.items():
            with pytest.raises(MethodError, match=reason):
                moran(y, w)

    def test_two_parts_without_a_way_between(self) -> None:
        w = np.kron(np.eye(2), np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) / 2)
        assert moran([1, 1.1, 0.9, 5, 5.1, 4.9], w, permutations=99).i > 0.9

    def test_ties_everywhere(self) -> None:
        r = local_moran([1, 1, 1, 1, 2.0], 1 - np.eye(5), permutations=99)
        assert np.isfinite(r.i).all()
        assert gini([1, 1, 2, 2]) == pytest.approx(1 / 6)

    def test_weight_of_a_group_is_nought(self) -> None:
        with pytest.raises(MethodError, match="'b' has no weight"):
            dagum([1, 2, 3], ["a", "a", "b"], weights=[1, 1, 0])
