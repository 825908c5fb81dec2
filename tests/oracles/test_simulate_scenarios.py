"""What scenarios add and what paths come to: hand-worked values, closed forms, limiting cases."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.core.streams import stream
from yindi.simulate.cases import cases, most_held
from yindi.simulate.national import national_hindcast, national_paths, yearly
from yindi.simulate.outcomes import against, at_start, by_class, by_nation, by_region, order
from yindi.simulate.push import blow, lever_lift, spread
from yindi.simulate.scores import classes, quantiles, shorrocks, transitions, wolfson_of_ordered

TAILS = (0.1, 0.9)


def test_wolfson_by_hand():
    # 1, 1, 3, 3: mean 2, median 2, lower half holds 2/8 = 0.25, Gini 0.25: 4 (1) (0.5 - 0.25 - 0.125) = 0.5.
    # 1, 2, 3: mean 2, median 2, lower half holds (1 + 1) / 6 = 1/3, Gini 2/9: 4 (1/2 - 1/3 - 1/9) = 2/9.
    assert wolfson_of_ordered(np.array([1.0, 1, 3, 3])) == pytest.approx(0.5)
    assert wolfson_of_ordered(np.array([1.0, 2, 3])) == pytest.approx(2 / 9)
    assert wolfson_of_ordered(np.full((2, 5), 3.0)) == pytest.approx([0, 0])


def test_a_squeeze_to_two_poles_polarises_while_the_gini_falls():
    # 1, 2, 4, 5 and 1.5, 1.5, 4.5, 4.5: each half moves together, its mean stays; Wolfson rises, Gini falls.
    apart, poles = np.log(np.array([[1.0, 2, 4, 5], [1.5, 1.5, 4.5, 4.5]]))
    assert at_start(poles)["polarisation"] > at_start(apart)["polarisation"]
    assert at_start(poles)["gini"] < at_start(apart)["gini"]


def test_classes_are_equal_in_size():
    assert classes(np.arange(1, 9), 8).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert np.bincount(classes(np.arange(1, 32), 31)).tolist() == [8, 8, 8, 7]
    assert classes(np.arange(1, 4), 3).tolist() == [0, 1, 2]


def test_mobility_of_classes_by_hand():
    start = np.array([0, 0, 1, 1])
    still, swapped = start[:, None], (1 - start)[:, None]
    np.testing.assert_array_equal(transitions(start, still), np.eye(2))
    np.testing.assert_array_equal(transitions(start, swapped), 1 - np.eye(2))
    # One of each class has left in one of two draws: the diagonal is (1 + 1/2) / 2 = 3/4, (2 - 3/2) / (2 - 1) = 1/2.
    half = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(transitions(start, half), [[0.75, 0.25], [0.25, 0.75]])
    np.testing.assert_allclose(shorrocks(start, np.stack([still, swapped, half[:, 1:]])), [0, 2, 1])
    assert shorrocks(np.array([0]), np.zeros((3, 1, 2), int)).tolist() == [0, 0, 0]  # one region cannot change places


@pytest.mark.parametrize("kind", [float, np.int16])
def test_quantiles_are_those_of_numpy(kind):
    values = (100 * np.random.default_rng(1).standard_normal((3, 41))).astype(kind)
    found = quantiles(values, (0.0, 0.1, 0.5, 0.93, 1.0))
    np.testing.assert_allclose(found, np.quantile(values, [0.0, 0.1, 0.5, 0.93, 1.0], axis=1), atol=1e-9)


def test_sure_levers_add_what_the_layout_says():
    # Gains 0.02 and 0.03 on a level of 0.5: ln 1.1; without the second ln 1.04; nothing where nothing is spent.
    gain, level = np.array([[0.02, 0.03], [0.0, 0.0]]), np.array([0.5, 0.2])
    for keep, expected in (([1, 1], 0.0953101798), ([1, 0], 0.0392207132), ([0, 0], 0.0)):
        lift = lever_lift(gain, level, np.array(keep), doubt=0.0, draws=3, rng=stream(1, "l"))
        np.testing.assert_allclose(lift, [[expected] * 3, [0.0] * 3], atol=1e-9)


def test_doubtful_levers_add_the_same_on_average_and_alike_everywhere():
    gain, level = np.array([[0.01], [0.002]]), np.ones(2)
    lift = np.expm1(lever_lift(gain, level, np.ones(1), doubt=0.5, draws=40_000, rng=stream(1, "l")))
    np.testing.assert_allclose(lift.mean(axis=1), [0.01, 0.002], rtol=0.01)
    np.testing.assert_allclose(lift[0], 5 * lift[1])
    assert lift[0].min() >= 0.005
    assert lift[0].max() <= 0.015


def test_a_lever_has_the_same_luck_whichever_others_are_kept():
    gain, level = np.array([[0.01, 0.02]]), np.ones(1)
    both, first, second = (lever_lift(gain, level, np.array(k), doubt=1.0, draws=5, rng=stream(1, "l"))
                           for k in ([1, 1], [1, 0], [0, 1]))  # fmt: skip
    np.testing.assert_allclose(np.expm1(both), np.expm1(first) + np.expm1(second))


def test_what_is_spread_adds_up_within_its_years():
    found = spread(np.array([[0.4]]), phase=4, horizon=3)
    np.testing.assert_allclose(found[:, 0, 0], [0.1, 0.1, 0.1])


def test_a_shock_takes_its_share():
    # An industry of 30 % of output that loses a tenth: ln 0.97.
    np.testing.assert_allclose(blow(np.array([0.3, 0.0, 1.0]), 0.1), [-0.0304592075, 0.0, -0.1053605157])


def scenarios(**changes):
    chosen = np.array([[1.0, 0.0], [1.0, 1.0]])
    options = {"failing": 0, "industry_hit": np.zeros(2), "region_hit": np.array([0.0, -0.1]), "weak": 0.5, "strong": 1.5,
               "switched_off": ("science", "talent")}  # fmt: skip
    return cases(chosen, 1 - chosen, ("science", "talent"), **{**options, **changes})


def test_every_scenario_differs_in_one_thing():
    found = scenarios()
    assert list(found) == ["baseline", "layout", "layout_levers", "alone", "no_spillover", "weak_spillover", "strong_spillover",
                           "industry_shock", "region_shock", "without_science", "without_talent"]  # fmt: skip
    for name, case in found.items():
        of = found["layout_levers" if name.startswith("without") else "layout"]
        differs = [bool((case.plan != of.plan).any()), bool((case.keep != of.keep).any()), case.spillover != of.spillover,
                   bool((case.hit != of.hit).any())]  # fmt: skip
        assert sum(differs) == (name != "layout"), name
    assert found["without_science"].keep.tolist() == [0, 1]
    assert found["industry_shock"].plan.tolist() == [[0, 0], [0, 1]]
    assert not found["baseline"].plan.any()


def test_without_budgets_there_are_no_scenarios_of_levers():
    chosen = np.ones((2, 1))
    found = cases(chosen, chosen, (), failing=None, industry_hit=np.array([-0.1, 0.0]), region_hit=np.zeros(2), weak=0.5,
                  strong=1.5, switched_off=())  # fmt: skip
    assert not [n for n in found if "lever" in n or n.startswith("without")]
    assert found["industry_shock"].hit.tolist() == [-0.1, 0.0]
    assert (found["industry_shock"].plan == chosen).all()


def test_the_most_crowded_industry():
    plan = np.array([[1.0, 0, 1], [1, 1, 1], [0, 1, 0]])
    assert most_held(plan, np.array([0.1, 0.9, 0.2])) == 1  # all in two regions, the second expands most
    assert most_held(plan, np.array([0.1, 0.1, 0.1])) == 0
    assert most_held(np.array([[1.0, 1, 1], [0, 0, 1]]), np.zeros(3)) == 2


def test_what_paths_come_to_by_hand():
    # Two regions, one of e and one of 1/e; in half of the draws they change places, in the other half nothing moves.
    last = np.array([1.0, -1.0])
    path = np.stack([np.column_stack([last, last[::-1]])])
    place, ordered = order(path)
    np.testing.assert_array_equal(place[0], [[1, 2], [2, 1]])
    np.testing.assert_allclose(ordered[0], [[1 / np.e, np.e]] * 2)
    found = by_nation(path, place, ordered, last, TAILS)
    # Gini of two: (e - 1/e) / (2 (e + 1/e)) = tanh(1) / 2.
    assert found["gini"] == pytest.approx([np.tanh(1) / 2])
    assert found["ratio"][0] == pytest.approx((np.e**2 + np.e**-2) / 2)
    assert found["mobility"].tolist() == [0.5]
    assert found["class_mobility"].tolist() == [1.0]  # trace 1 of 2: (2 - 1) / (2 - 1)
    assert found["narrowing"].tolist() == [0.0]
    np.testing.assert_array_equal(by_class(place[0], last), [[0.5, 0.5], [0.5, 0.5]])


def test_where_regions_converge_for_sure_the_gap_narrows_for_sure():
    last = np.array([1.0, 0.2, -0.4, -0.8])
    closer, further = 0.5 * last[None, :, None], 2 * last[None, :, None]
    for path, expected in ((closer, 1.0), (further, 0.0)):
        place, ordered = order(path)
        found = by_nation(path, place, ordered, last, TAILS)
        assert found["narrowing"].tolist() == [expected]
        assert found["polarising"].tolist() == [1 - expected]
        assert found["class_mobility"].tolist() == [0.0]


def test_the_index_is_the_standing_times_the_level_of_the_nation():
    path, nation = np.log(np.array([[[2.0, 2.0], [0.5, 0.5]]])), np.log(np.array([[0.3, 0.3]]))
    found = by_region(path, nation, order(path)[0], TAILS)
    np.testing.assert_allclose(found["index"], [[0.6, 0.15]])
    np.testing.assert_allclose(found["index_high"], [[0.6, 0.15]])
    np.testing.assert_array_equal(found["rank"], [[1, 2]])


def test_the_gain_is_the_change_of_standing_and_of_the_nation():
    base, end = np.array([[0.1, 0.1], [-0.1, -0.1]]), np.array([[0.2, 0.0], [-0.2, 0.0]])
    found = against(end, base, np.zeros((2, 2)), np.array([0.1, -0.1]), np.array([0.03, 0.05]), TAILS)
    np.testing.assert_allclose(found["change"], [0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(found["gain"], [0.04, 0.04])
    np.testing.assert_allclose(found["rising"], [0.5, 0.5])


def test_a_straight_course_drifts_and_a_turning_one_stands_still():
    assert yearly(0.05 * np.arange(10.0)) == pytest.approx(0.05)
    assert yearly(np.array([0.0, 0.1, 0.0, 0.1, 0.0, 0.1, 0.0, 0.1])) == 0.0
    assert yearly(np.array([0.0, 1.0])) == 0.0  # too short to have been tried
    sure = national_paths(0.05 * np.arange(10.0), horizon=3, draws=4, rng=stream(1, "n"))
    np.testing.assert_allclose(sure, np.repeat([[0.5], [0.55], [0.6]], 4, axis=1))


def test_a_nation_that_stands_still_spreads_alike_up_and_down():
    # Changes of +-0.1: after h years the variance is 0.01 h.
    found = national_paths(np.array([0.0, 0.1, 0.0, 0.1, 0.0, 0.1, 0.0, 0.1]), horizon=4, draws=40_000, rng=stream(1, "n"))
    np.testing.assert_allclose(found.mean(axis=1), 0.1, atol=0.005)
    np.testing.assert_allclose(found.var(axis=1), [0.01, 0.02, 0.03, 0.04], rtol=0.03)


def test_the_national_hindcast_by_hand():
    # Origins 3..8 of ten years at one year ahead: six; standing still errs by 0.05 each time, drifting by nothing.
    found = national_hindcast(0.05 * np.arange(10.0), (1, 6, 9), rng=stream(1, "n"))
    assert found.origins.tolist() == [6, 1, 0]
    np.testing.assert_allclose(found.still, [0.05, 0.3, np.nan])
    np.testing.assert_allclose(found.drifting, [0, 0, np.nan], atol=1e-12)
    assert found.chosen[0] == pytest.approx(0.05 / np.sqrt(6))  # at the first origin no drift had been tried yet
    with pytest.raises(MethodError, match="leave no origin"):
        national_hindcast(np.arange(4.0), (1,), rng=stream(1, "n"))
