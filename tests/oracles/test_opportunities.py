"""Opportunities kernels against values worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError, ProblemsError
from yindi.opportunities import advantage, complexity, crowding, fit, partners, profile, relatedness, scoring
from yindi.opportunities.endowment import Carrier, levels


def test_rca_by_hand():
    # region a makes 6 and 2 (8), b makes 2 and 6 (8); the nation 8 and 8 of 16. a: (6/8) / (8/16) = 1.5 and (2/8) / .5 = .5
    np.testing.assert_allclose(advantage.rca([[6, 2], [2, 6]]), [[1.5, 0.5], [0.5, 1.5]])


def test_rca_against_chosen_benchmark():
    # the yardstick is a alone: 3/4 and 1/4. b: (2/8) / (3/4) = 1/3 and (6/8) / (1/4) = 3
    np.testing.assert_allclose(advantage.rca([[6, 2], [2, 6]], benchmark=[True, False])[1], [1 / 3, 3])


def test_rca_of_empty_region_and_activity_is_zero():
    np.testing.assert_array_equal(advantage.rca([[0, 0, 0], [1, 3, 0]]), [[0, 0, 0], [1, 1, 0]])


def test_rca_refuses_negatives_and_absence():
    with pytest.raises(MethodError, match=r"negative amount at \(0, 1\)"):
        advantage.rca([[1, -1], [1, 1]])
    with pytest.raises(MethodError, match="no finite number"):
        advantage.rca([[1, np.nan], [1, 1]])


def test_hysteresis_keeps_what_threshold_drops():
    quotients = np.array([[[1.2], [0.7], [0.6], [0.4], [0.7]]])  # enters, stays twice, leaves under .5, .7 is not enough to enter
    assert advantage.present(quotients, quotients=True)[0, :, 0].tolist() == [True, True, True, False, False]
    assert advantage.present(quotients, quotients=True, rule="threshold")[0, :, 0].tolist() == [True, False, False, False, False]


def test_unknown_presence_rule_is_named():
    with pytest.raises(MethodError, match="hysteresis"):
        advantage.present([[1.0]], rule="hysteresi")


M = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1]])


def test_proximity_by_hand():
    # ubiquities 2, 3, 2; together: a-b 2, a-c 1, b-c 2. phi = 2/3, 1/2, 2/3
    np.testing.assert_allclose(relatedness.proximity(M), [[0, 2 / 3, 1 / 2], [2 / 3, 0, 2 / 3], [1 / 2, 2 / 3, 0]])


def test_density_by_hand():
    # region 2 holds a and b; around c stand 1/2 and 2/3, both held: 1. Around a stand b 2/3 and c 1/2: (2/3) / (7/6) = 4/7
    np.testing.assert_allclose(relatedness.density(M, relatedness.proximity(M))[1], [4 / 7, 1 / 2, 1])


def test_nearest_neighbour_only():
    # a's nearest is b; b's two neighbours tie at 2/3 and both stay
    np.testing.assert_allclose(relatedness.proximity(M, knn=1), [[0, 2 / 3, 0], [2 / 3, 0, 2 / 3], [0, 2 / 3, 0]])


@pytest.mark.parametrize("knn", [None, 2])
def test_gain_is_the_difference_of_outlooks(knn):
    rng = np.random.default_rng(5)
    m = (rng.random((12, 9)) < 0.5).astype(float)
    phi, pci = relatedness.proximity(m, knn=knn), rng.standard_normal(9)
    gain, before = relatedness.gain(m, phi, pci), relatedness.outlook(m, phi, pci)
    for r, p in np.argwhere(m == 0):
        more = m.copy()
        more[r, p] = 1
        assert relatedness.outlook(more, phi, pci)[r] - before[r] == pytest.approx(gain[r, p], abs=1e-12)


def test_complexity_of_a_nested_world():
    # the region with all three activities is the most complex; the activity only it holds too
    eci, pci = complexity.eci_pci([[1, 1, 1], [1, 1, 0], [1, 0, 0]])
    assert eci[0] > eci[1] > eci[2]
    assert pci[2] > pci[1] > pci[0]


def test_complexity_by_hand():
    # two activities a, b; regions {a,b}, {a}, {a}. Reflections kp -> kp: a: mean over its regions of (kp_a+kp_b)/2,
    # kp_a, kp_a; b: (kp_a+kp_b)/2. So kp_a' = (5 kp_a + kp_b) / 6, kp_b' = (kp_a + kp_b) / 2: kp ~ (-1, 3), kc = (1, -1, -1).
    # mean of kc -1/3, sd sqrt(8)/3: eci = (sqrt 2, -1/sqrt 2, -1/sqrt 2); pci = ((-1 + 1/3), (3 + 1/3)) * 3 / sqrt 8
    eci, pci = complexity.eci_pci([[1, 1], [1, 0], [1, 0]])
    np.testing.assert_allclose(eci, [np.sqrt(2), -np.sqrt(0.5), -np.sqrt(0.5)])
    np.testing.assert_allclose(pci, [-2 / np.sqrt(8), 10 / np.sqrt(8)])


def test_complexity_of_separate_parts_warns_and_of_empty_is_absent():
    block = np.array([[1, 1], [1, 0], [1, 0]])
    m = np.zeros((7, 5))
    m[:3, :2] = m[3:6, 2:4] = block
    with pytest.warns(complexity.ComplexityWarning, match="2 parts"):
        eci, pci = complexity.eci_pci(m)
    np.testing.assert_allclose(eci[:3], eci[3:6])
    assert np.isnan(eci[6])
    assert np.isnan(pci[4])


def test_fitness_of_equal_regions():
    found = complexity.fitness(np.ones((3, 2)))
    np.testing.assert_allclose(found.fitness, 1)
    np.testing.assert_allclose(found.complexity, 1)


def test_fitness_first_steps_by_hand():
    # regions {a,b}, {a}. One step: F = (2, 1) / 1.5 = (4/3, 2/3); Q_a = 1/(1+1) = 1/2, Q_b = 1; / .75 = (2/3, 4/3)
    found = complexity.fitness([[1, 1], [1, 0]], iterations=1)
    np.testing.assert_allclose(found.fitness, [4 / 3, 2 / 3])
    np.testing.assert_allclose(found.complexity, [2 / 3, 4 / 3])


def test_fit_by_hand():
    # level .5, .2; need .8, .4. coverage .7 / 1.2 = .583333; largest shortfall .3, weakest .7; root of the product .6390097
    # meeting the first: (.8 + .2) / 1.2 = .833333, weakest .8: .8164966, that is + .1774869
    # meeting the second: (.5 + .4) / 1.2 = .75, weakest .7: .7245688, which is less
    found = fit.limiting([[0.5, 0.2]], [[0.8, 0.4]])
    assert found.value[0, 0] == pytest.approx(0.6390097, abs=5e-8)
    assert (found.binding[0, 0], found.strength[0, 0]) == (0, 1)  # the first carries most, but what binds is no strength
    assert found.gap[0, 0] == pytest.approx(0.3)
    assert found.cost[0, 0] == pytest.approx(0.1774869, abs=5e-8)


def test_fit_is_one_when_all_is_met_and_nothing_binds():
    found = fit.limiting([[0.9, 0.4]], [[0.9, 0.0]])
    assert found.value[0, 0] == 1
    assert found.binding[0, 0] == -1


def test_unknown_requirement_is_left_out():
    known = fit.limiting([[0.5, 0.0]], [[0.8, 0.4]], known=[[True, False]])
    assert known.value == pytest.approx(fit.limiting([[0.5]], [[0.8]]).value)
    with pytest.raises(MethodError, match="nothing that is known"):
        fit.limiting([[0.5, 0.5]], [[0.0, 1.0]], known=[[True, False]])


def test_levels_by_hand():
    # x: 10, 30, absent, 20 -> positions 0, 1, -, 1/2; y (less is better): 4, 3, 2, 1 -> 1 - (1, 2/3, 1/3, 0) = 0, 1/3, 2/3, 1
    none = np.zeros(4, bool)
    x = Carrier(0, "x", np.array([10, 30, np.nan, 20]), 1, none)
    y = Carrier(0, "y", np.array([4.0, 3, 2, 1]), -1, none)
    found = levels([x, y], 4, 2)
    np.testing.assert_allclose(found.level[:, 0], [0, (1 + 1 / 3) / 2, 2 / 3, (0.5 + 1) / 2])
    assert found.left_out[2, 0] == "x"
    assert not found.known[:, 1].any()


def test_collective_check_by_hand():
    # both regions are told item 1, only the second item 2. Output of item 1: 3 and 1 of 4; of item 2: 2 and 6 of 8.
    # Each adds a tenth of its own: item 1 .3 + .1 = .4 (a tenth of the nation), item 2 .6 = .075 of 8
    found = crowding.collective_check([[1, 0], [1, 1]], [[3, 2], [1, 6]], commitment=0.1)
    np.testing.assert_allclose(found.share, [1, 0.5])
    np.testing.assert_allclose(found.base_share, [1, 0.75])
    np.testing.assert_allclose(found.addition, [0.4, 0.6])
    np.testing.assert_allclose(found.expansion, [0.1, 0.075])
    assert found.overlap == 0.5  # one common of two


def test_collective_check_up_to_the_proportional_part():
    # region sizes 5 and 7 of 12; item 1 totals 4: its parts are 5*4/12 = 5/3 and 7*4/12 = 7/3. The second lacks 7/3 - 1 = 4/3
    found = crowding.collective_check([[1, 0], [1, 0]], [[3, 2], [1, 6]])
    np.testing.assert_allclose(found.addition, [4 / 3, 0])
    np.testing.assert_allclose(found.expansion, [1 / 3, 0])
    # sizes alone: told to the second only, 7/12 of the nation
    np.testing.assert_allclose(crowding.collective_check([[0], [1]], [5, 7]).expansion, [7 / 12])


def test_collective_check_refuses_item_without_base():
    with pytest.raises(MethodError, match="nobody has"):
        crowding.collective_check([[1, 0], [1, 1]], [[3, 0], [1, 0]], commitment=0.1)


def test_great_circle_quarter():
    # a quarter of the equator: 6371.0088 * pi / 2 = 10007.557
    assert partners.great_circle([0, 90], [0, 0])[0, 1] == pytest.approx(10007.557, abs=1e-3)


def test_partner_is_strong_where_the_other_is_weak():
    level = np.array([[0.2, 0.9], [0.8, 0.1], [0.3, 0.3]])
    found = partners.choose(level, np.array([[1.0, 0], [0, 1], [1, 0]]), np.zeros((3, 3)))
    assert found.partner[0].tolist() == [1, 2]
    assert found.complement[0, 1] == pytest.approx(0.6)
    np.testing.assert_allclose(found.similarity, found.similarity.T)
    assert found.similarity[0, 1] == pytest.approx(1 - (0.6 + 0.8) / 2)


def test_average_precision_by_hand():
    # order: true, false, true, false: precision at the true ones 1 and 2/3: mean 5/6. All tied: the base rate
    assert scoring.average_precision(np.array([1, 0, 1, 0]), np.array([4, 3, 2, 1])) == pytest.approx(5 / 6)
    assert scoring.average_precision(np.array([1, 0, 0, 0]), np.zeros(4)) == pytest.approx(1 / 4)


def test_faulty_tables_are_told_all_at_once():
    industry = dict.fromkeys(profile.REASONS, "0.5") | {"industry": "x", "zh": "", "en": "", "class": "emergin", "base": "BCD"}
    needs = [{"industry": "x", "requirement": "talen", "need": "1"}, {"industry": "x", "requirement": "talent", "need": "2"}]
    with pytest.raises(ProblemsError) as caught:
        profile.read([industry], [{"requirement": "talent", "zh": "", "en": "", "lever": "talent"}], needs, [])
    assert [p.candidates for p in caught.value.problems] == [("emerging",), ("talent",), ()]
