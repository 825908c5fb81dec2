"""PySAL's expectations put to yindi: figures of its own tests, its results on its example data and on made-up data.

Figures without another source stand in tests of inequality 1.1.2, giddy 2.3.8 and esda 2.8.2; pysal_peers.json was written by
peers/pysal_peers.py. Where PySAL departs from theory a test says so by name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pysal_adapters import (
    Atkinson,
    Geary,
    Gini,
    Markov,
    Moran,
    MoranLocal,
    SpatialMarkov,
    Theil,
    TheilD,
    row_standardised,
    wolfson,
)

from yindi.disparity import association, clubs, decompose, distribution, inequality

PEERS: dict[str, Any] = json.loads((Path(__file__).parent / "peers" / "pysal_peers.json").read_text(encoding="utf-8"))
MEXICO, MOVES = PEERS["mexico"], PEERS["markov"]
Y = np.array(MEXICO["y"])


def panel() -> np.ndarray:
    """The made-up panel of peers/pysal_peers.py."""
    r, t = np.indices((30, 12))
    level = 1.0 + ((17 * r * r + 5 * r) % 23) / 10
    return np.asarray(level * (1.0 + 0.02 * t + ((13 * r * r + 7 * t * t + 3 * r * t) % 19 - 9) / 60))


def ring() -> np.ndarray:
    """Two neighbours on either side of 30 units."""
    return np.asarray(sum(np.roll(np.eye(30), shift, axis=0) for shift in (-2, -1, 1, 2)) / 4.0)


class TestInequality:
    def test_gini(self) -> None:
        assert Gini(Y[:, 0]).g == pytest.approx(0.35372371173452849, abs=1e-7)

    def test_theil(self) -> None:
        expected = [0.20894344, 0.15222451, 0.10472941, 0.10194725, 0.09560113, 0.10511256, 0.10660832]
        np.testing.assert_almost_equal(Theil(Y).T, expected)

    def test_theil_between(self) -> None:
        expected = [0.0345889, 0.02816853, 0.05260921, 0.05931219, 0.03205257, 0.02963731, 0.03635872]
        np.testing.assert_almost_equal(TheilD(Y, MEXICO["regimes"]).bg, expected)

    def test_theil_of_zeros(self) -> None:
        found = TheilD(np.array([0, 0, 0, 10, 10, 10]), np.array([0, 0, 0, 1, 1, 1]))
        assert (found.T[0], found.bg[0], found.wg[0]) == pytest.approx((0.6931471805599453, 0.6931471805599453, 0.0))

    def test_chance_of_the_between_part(self) -> None:
        """PySAL's own test prints .400, .344, .001, .001, .034, .072, .032 for 999 draws; here 9,999 of each."""
        found = TheilD(Y, MEXICO["regimes"], permutations=9999).bg_pvalue
        np.testing.assert_allclose(found, MEXICO["p"], atol=0.015)
        np.testing.assert_allclose(found, [0.4, 0.344, 0.001, 0.001, 0.034, 0.072, 0.032], atol=0.04)

    @pytest.mark.parametrize(("epsilon", "index", "equivalent"), [(0.5, 0.06315, 28.105398233), (1, 0.1316096, 26.0517108)])
    def test_atkinson(self, epsilon: float, index: float, equivalent: float) -> None:
        found = Atkinson(np.array([10.0, 20, 30, 40, 50]), epsilon)
        assert pytest.approx(index, abs=1e-5) == found.A
        assert pytest.approx(equivalent, abs=1e-5) == found.EDE

    def test_wolfson(self) -> None:
        assert wolfson([6, 6, 8, 8, 10, 10, 12, 12]) == pytest.approx(1 / 12)
        assert wolfson([2, 4, 6, 8, 10, 12, 14, 16]) == pytest.approx(11 / 72)
        ten = [20000, 25000, 27000, 30000, 35000, 45000, 60000, 75000, 80000, 120000]
        assert wolfson(ten) == pytest.approx(0.2013, abs=1e-4)

    @pytest.mark.parametrize("column", range(8))
    def test_every_index(self, column: int) -> None:
        """Seven years of Mexico and the first of the made-up panel."""
        expected = [*MEXICO["indices"], PEERS["made_up"]][column]
        y = Y[:, column] if column < 7 else panel()[:, 0]
        found = {"gini": Gini(y).g, "theil": Theil(y).T[0], "atkinson_half": Atkinson(y, 0.5).A,
                 "atkinson_one": Atkinson(y, 1).A, "wolfson": wolfson(y)}  # fmt: skip
        assert found == pytest.approx(expected, abs=1e-10)


class TestGiddy:
    def test_chain_at_given_cuts(self) -> None:
        found = Markov((panel()[:, :, None] > np.array(MOVES["cuts"])).sum(axis=2), 4)
        np.testing.assert_array_equal(found.transitions, MOVES["counts"])
        np.testing.assert_allclose(found.p, MOVES["p"], atol=1e-12)
        np.testing.assert_allclose(found.steady_state, MOVES["steady"], atol=1e-10)
        np.testing.assert_allclose(found.mfpt, MOVES["passage"], rtol=1e-9)

    def test_spatial_chain_at_given_cuts(self) -> None:
        found = SpatialMarkov(panel(), ring(), MOVES["cuts"], MOVES["lag_cuts"])
        np.testing.assert_array_equal(found.T, MOVES["spatial_counts"])
        np.testing.assert_allclose(found.P, MOVES["spatial_p"], atol=1e-12)
        assert pytest.approx((MOVES["q"], MOVES["lr"])) == (found.Q, found.LR)
        assert found.dof_hom == MOVES["freedom"]

    def test_a_lag_class_that_never_occurs_is_kept(self) -> None:
        found = SpatialMarkov(panel(), ring(), MOVES["cuts"], MOVES["empty"]["lag_cuts"])
        np.testing.assert_array_equal(found.T, MOVES["empty"]["counts"])
        assert found.T[3].sum() == 0
        assert pytest.approx((MOVES["empty"]["q"], MOVES["empty"]["lr"])) == (found.Q, found.LR)

    def test_ergodic_quantities_of_a_small_matrix(self) -> None:
        p = np.array([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]])
        np.testing.assert_allclose(distribution.steady_state(p), [0.4, 0.2, 0.4])
        np.testing.assert_allclose(distribution.first_passage(p), [[5 / 2, 4, 10 / 3], [8 / 3, 5, 8 / 3], [10 / 3, 4, 5 / 2]])

    def test_passage_past_classes_without_return(self) -> None:
        """From the second class the third is always met before the fourth, which is never left: 9 years, then 20."""
        classes = [[0, 0]] * 10 + [[1, 1]] * 8 + [[1, 2]] + [[2, 1]] + [[2, 2]] * 9 + [[2, 3]] + [[3, 3]] * 8 + [[4, 3]]
        found = Markov(np.array(classes + [[4, 4]] * 9), 5)
        inf = np.inf
        expected = [[1, inf, inf, inf, inf], [inf, inf, 9, 29, inf], [inf, inf, inf, 20, inf], [inf, inf, inf, 1, inf],
                    [inf, inf, inf, 10, inf]]  # fmt: skip
        np.testing.assert_allclose(found.mfpt, expected)

    def test_classic_chain_of_the_states(self, shared: Path) -> None:
        """giddy's test of Rey (2001): 48 states, quintiles of every year, figures to six digits."""
        incomes = pd.read_csv(shared / "oracles/giddy/us_pci_1929_2009.csv", index_col=0).to_numpy(float)
        found = distribution.markov(incomes, k=5, convention="yearly")
        np.testing.assert_array_equal(found.counts[0], [729, 71, 1, 0, 0])
        assert found.steady == pytest.approx([0.20774716, 0.18725774, 0.20740537, 0.18821787, 0.20937187], abs=1e-6)
        assert found.passage[0] == pytest.approx([4.81354357, 11.50292712, 29.60921231, 53.38594954, 103.59816743], abs=1e-6)
        assert found.passage[4] == pytest.approx([98.41295543, 56.36521038, 30.66046735, 14.21158356, 4.77619083], abs=1e-6)


@pytest.mark.parametrize("name", ["stl", "sids2"])
class TestEsda:
    def given(self, name: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray]:
        peer = PEERS["moran"][name]
        y, x = np.array(peer["y"]), np.array(peer["x"])
        return peer, y, x, row_standardised(peer["edges"], len(y))

    def test_moran(self, name: str) -> None:
        """I of esda's own tests: St. Louis .24365582621771659, p .00013573931; North Carolina .24772519320480135, 5.79165e-5."""
        peer, y, _, w = self.given(name)
        found = Moran(y, w)
        own = {"stl": (0.24365582621771659, 0.00013573931385468807), "sids2": (0.24772519320480135, 5.7916539074498452e-05)}
        assert pytest.approx(own[name][0], rel=1e-9) == found.I
        assert peer["p_normal_curve"] == pytest.approx(own[name][1])
        keys = {"expected": found.EI, "variance_normal": found.VI_norm, "variance": found.VI_rand, "z": found.z_rand,
                "z_normal": found.z_norm, "p_rand": found.p_rand}  # fmt: skip
        assert keys == pytest.approx({k: peer[k] for k in keys}, rel=1e-9)

    def test_geary(self, name: str) -> None:
        peer, y, _, w = self.given(name)
        found = Geary(y, w)
        assert (found.C, found.VC_norm, found.VC_rand) == pytest.approx(
            (peer["c"], peer["c_variance_normal"], peer["c_variance"]), rel=1e-9
        )

    def test_local(self, name: str) -> None:
        peer, y, _, w = self.given(name)
        found = MoranLocal(y, w, 9999)
        np.testing.assert_allclose(found.Is, peer["local"], atol=1e-10)
        np.testing.assert_array_equal(found.q[w.any(axis=1)], np.array(peer["quadrant"])[w.any(axis=1)])
        assert np.abs(found.p_sim - peer["local_p"])[w.any(axis=1)].max() < 0.025

    def test_two_variables(self, name: str) -> None:
        peer, y, x, w = self.given(name)
        assert association.bivariate_moran(y, x, w, permutations=99).i == pytest.approx(peer["bivariate"], rel=1e-9)
        np.testing.assert_allclose(MoranLocal(y, w, 99, x).Is, peer["local_bivariate"], atol=1e-10)


class TestWherePysalDepartsFromTheory:
    def test_wolfson_is_half_of_wolfson(self) -> None:
        """Half the people at 0, half at 2: L(1/2) = 0, G = 1/2, so 4 (1/2 - 1/4) = 1, the index's largest value."""
        assert inequality.wolfson([0, 0, 0, 1, 2, 2, 2]) == pytest.approx(2 * wolfson([0, 0, 0, 1, 2, 2, 2]))
        assert inequality.wolfson([0.0] * 5 + [2.0] * 5) == pytest.approx(1.0)

    def test_local_p_takes_one_tail(self) -> None:
        """The mean of p under no association is a quarter of one by esda's rule, a half by two tails."""
        rng = np.random.default_rng(4)
        draws = [association.local_moran(rng.normal(size=30), ring(), permutations=99) for _ in range(20)]
        halved = [association.local_moran(rng.normal(size=30), ring(), permutations=99, convention="esda") for _ in range(20)]
        assert np.mean([d.p.mean() for d in draws]) == pytest.approx(0.5, abs=0.06)
        assert np.mean([d.p.mean() for d in halved]) == pytest.approx(0.25, abs=0.03)

    def test_population_weights_are_not_there(self) -> None:
        """Two states of ten and one million count ten to one here; PySAL has no weights: a state is a state."""
        assert inequality.theil([1.0, 3.0], weights=[10.0, 1.0]) == pytest.approx(inequality.theil([1.0] * 10 + [3.0]))
        assert decompose.theil([1.0, 3.0, 2.0], ["a", "b", "b"], weights=[2.0, 1, 1]).total == pytest.approx(
            Theil(np.array([1.0, 1, 3, 2])).T[0]
        )


class TestClubs:
    @pytest.mark.parametrize("convention", ["phillips_sul", "r", "stata"])
    def test_planted_clubs(self, convention: Any) -> None:
        """Three clubs of eight, told apart and left apart; t and slope as the port of R's ConvergenceClubs has them."""
        r, t = np.indices((24, 20))
        start = 1.0 + ((11 * r * r + 3 * r) % 13) / 20 - 0.3
        ripple = 1.0 + ((7 * r * r + 5 * t * r + 3 * t * t) % 11 - 5) / 4000
        y = np.array([4.0, 2.5, 1.5])[r % 3] * (1.0 + (start - 1.0) * np.exp(-0.25 * t)) * (1 + 0.02 * t) * ripple
        peer, found = PEERS["clubs"][convention], clubs.clubs(y, merge=False, convention=convention)
        assert [np.flatnonzero(found.club == n + 1).tolist() for n in range(3)] == peer["members"]
        assert [test.t for test in found.tests] == pytest.approx(peer["t"], rel=1e-7)
        assert [test.slope for test in found.tests] == pytest.approx(peer["slope"])
        assert clubs.clubs(y, convention=convention).club.tolist() == (np.arange(24) % 3 + 1).tolist()
        assert not found.overall.converges

    @pytest.mark.parametrize("convention", ["phillips_sul", "r"])
    def test_published_clubs_of_152_countries(self, convention: Any) -> None:
        """Phillips & Sul (2009), table 1, and Sichera & Pizzuto (2019): 152 countries 1970-2003, sizes, t values, merging."""
        peer = pytest.importorskip("convergence_clubs", reason="the panel of Phillips & Sul comes with convergence-clubs")
        y = peer.load_filtered_gdp().to_numpy()
        found, merged = (clubs.clubs(y, merge=merge, convention=convention) for merge in (False, True))
        assert np.bincount(found.club).tolist() == [0, 50, 30, 21, 24, 14, 11, 2]
        assert [round(t.t, 3) for t in found.tests] == [9.282, 6.904, 3.402, 2.055, 1.701, 6.024, -0.559]
        assert (round(found.overall.slope, 3), round(found.overall.t, 2)) == (-0.875, -159.56)
        assert np.bincount(merged.club).tolist() == [0, 50, 30, 21, 38, 11, 2]
