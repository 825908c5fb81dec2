"""Obstacle, coupling and endowment kernels against values worked by hand, printed ones, and limiting cases."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.diagnose import coupling, endowment, obstacle
from yindi.diagnose.peers import by_contact, by_distance, by_similarity


class TestObstacle:
    def test_against_the_best_possible_score(self) -> None:
        """Weights .5 .3 .2; unit one scores .6 .5 1: distances .4 .5 0, burdens .20 .15 0 of .35 -> 4/7, 3/7, 0.
        Unit two scores 0 .9 .5: distances 1 .1 .5, burdens .50 .03 .10 of .63 -> 50/63, 3/63, 10/63."""
        found = obstacle.degree([[0.6, 0.5, 1.0], [0.0, 0.9, 0.5]], [0.5, 0.3, 0.2])
        assert found[0] == pytest.approx([4 / 7, 3 / 7, 0])
        assert found[1] == pytest.approx([50 / 63, 3 / 63, 10 / 63])

    def test_against_a_frontier(self) -> None:
        """Same unit, frontier .8 .5 .5: distances 1 - .6/.8 = .25, 0, and 0 where it is ahead: only the first holds back."""
        found = obstacle.degree([[0.6, 0.5, 1.0]], [0.5, 0.3, 0.2], frontier=[0.8, 0.5, 0.5])
        assert found[0] == pytest.approx([1, 0, 0])

    def test_each_unit_against_its_own_frontier(self) -> None:
        """Rows .2 .2 and .4 .2 with frontiers .4 .8 and .8 .4, weights 1 3: distances (.5, .75) and (.5, .5);
        burdens (.5, 2.25) of 2.75 and (.5, 1.5) of 2."""
        found = obstacle.degree([[0.2, 0.2], [0.4, 0.2]], [1, 3], frontier=[[0.4, 0.8], [0.8, 0.4]])
        assert found == pytest.approx(np.array([[0.5 / 2.75, 2.25 / 2.75], [0.25, 0.75]]))

    def test_nothing_holds_back_who_is_at_the_frontier(self) -> None:
        assert not obstacle.degree([[0.4, 0.0]], [1, 1], frontier=[0.4, 0.0]).any()

    @pytest.mark.parametrize(
        ("z", "w", "frontier"),
        [
            ([[np.nan, 0.5]], [1, 1], None),
            ([[-0.1, 0.5]], [1, 1], None),
            ([[1.2, 0.5]], [1, 1], None),
            ([[0.2, 0.5]], [1, -1], None),
            ([[0.2, 0.5]], [0, 0], None),
            ([[0.2, 0.5]], [1, 1, 1], None),
            ([[0.2, 0.5]], [1, 1], [0.5, np.nan]),
            ([[0.2, 0.5]], [1, 1], [0.5, 0.5, 0.5]),
        ],
    )
    def test_refuses_what_has_no_obstacle(self, z: list[list[float]], w: list[float], frontier: list[float] | None) -> None:
        with pytest.raises(MethodError):
            obstacle.degree(z, w, frontier=frontier)

    def test_places_break_ties_by_name_and_leave_out_zeros(self) -> None:
        found = obstacle.places([[0.25, 0.5, 0.25, 0.0]], ("zinc", "iron", "coal", "gold"))
        assert found.tolist() == [[3, 1, 2, 0]]


class TestCoupling:
    def test_two_systems(self) -> None:
        """.2 and .8: C = 2 * .4 / 1 = .8, T = .5, D = sqrt(.4); Wang sqrt((1 - .6) * .2/.8) = sqrt(.1)."""
        u = [[0.2, 0.8]]
        c, t = coupling.standard(u), coupling.level(u)
        assert c == pytest.approx([0.8])
        assert coupling.coordination(c, t) == pytest.approx([0.4**0.5])
        assert coupling.wang(u) == pytest.approx([0.1**0.5])

    def test_three_systems(self) -> None:
        """.1 .4 .8: product .032, cube root .3174802, C = 3 * .3174802 / 1.3 = .7326466.
        Wang: pairs differ by .3 .7 .4, mean 1.4/3; product of shares of the maximum .125 * .5 = .0625, root .25;
        sqrt((1 - 1.4/3) * .25) = sqrt(2/15) = .3651484."""
        u = [0.1, 0.4, 0.8]
        assert float(coupling.standard(u)) == pytest.approx(0.7326466, abs=5e-8)
        assert float(coupling.wang(u)) == pytest.approx(0.3651484, abs=5e-8)

    def test_the_lost_factor_is_not_lost(self) -> None:
        assert float(coupling.standard([0.5, 0.5])) == 1.0, "the misprinted form sqrt(u1 u2) / (u1 + u2) gives .5"

    def test_limits(self) -> None:
        assert coupling.standard([[0, 0], [0, 0.7], [1e-300, 1e-300], [1, 1]]).tolist() == [1, 0, 1, 1]
        assert coupling.wang([[0, 0], [0, 0.7], [0.3, 0.3], [1, 1]]).tolist() == [1, 0, 1, 1]

    def test_wang_2021_table_8(self, shared: Path) -> None:
        """Printed coupling degrees of 13 cities, 2008-2014, four digits: the U that carry them give both columns back."""
        with (shared / "oracles" / "o02_wangshujia2021_table8.csv").open(encoding="utf-8") as file:
            rows = [r for r in csv.DictReader(file) if r["feasible"] == "True"]
        u = np.array([[float(r["Umax"]), float(r["Umin"])] for r in rows])
        assert len(rows) == 90
        assert np.abs(coupling.standard(u) - [float(r["C_original"]) for r in rows]).max() < 1e-4
        assert np.abs(coupling.wang(u) - [float(r["C_modified"]) for r in rows]).max() < 1e-4

    def test_grades_hold_their_upper_end(self) -> None:
        cuts = [n / 10 for n in range(1, 11)]
        assert coupling.grade([0, 0.1, 0.1 + 1e-9, 0.1 + 0.2, 0.5, 0.51, 1.0], cuts).tolist() == [0, 0, 1, 2, 4, 5, 9]

    def test_pace_where_a_system_is_zero(self) -> None:
        assert coupling.pace([0.4, 0.0, 0.3], [0.5, 0.0, 0.0]).tolist() == [0.8, 1.0, np.inf]

    def test_unit_scale(self) -> None:
        assert coupling.unit_scale([2, 4, 10]).tolist() == [0, 0.25, 1]
        assert coupling.unit_scale([2, 4, 10], direction=-1).tolist() == [1, 0.75, 0]

    @pytest.mark.parametrize("u", [[0.5], [0.5, 1.2], [0.5, -0.1], [0.5, np.nan]])
    def test_refuses_other_systems(self, u: list[float]) -> None:
        for kernel in (coupling.standard, coupling.wang, coupling.level):
            with pytest.raises(MethodError):
                kernel(u)

    def test_refuses_a_constant_or_an_absent_value(self) -> None:
        for values in ([3.0, 3.0], [0.1 * 3, 0.3], [], [1.0, np.nan]):
            with pytest.raises(MethodError):
                coupling.unit_scale(values)


class TestEndowment:
    def test_similar_on_one_variable(self) -> None:
        """Logs 0, 1, 3, 7: mean 2.75, variance (7.5625 + 3.0625 + .0625 + 18.0625)/4 = 7.1875; neighbours by hand."""
        found = endowment.similar(np.exp([[0.0], [1.0], [3.0], [7.0]]), 2)
        assert found.order.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
        assert found.distance[0] == pytest.approx(np.array([1, 3]) / 7.1875**0.5)

    def test_similar_weighs_variables_by_their_spread(self) -> None:
        """Logs (0,0), (8,0), (0,1), (8,1): both variables split the four in halves, so both distances are 2."""
        found = endowment.similar(np.exp([[0.0, 0.0], [8.0, 0.0], [0.0, 1.0], [8.0, 1.0]]), 3)
        assert found.distance == pytest.approx(np.array([[2, 2, 8**0.5]] * 4))

    def test_a_constant_variable_separates_nobody(self) -> None:
        x = np.exp([[0.0, 0.3], [1.0, 0.3], [3.0, 0.3]])
        assert (endowment.similar(x, 2).order == endowment.similar(x[:, :1], 2).order).all()

    def test_blocks_join_without_a_seam(self) -> None:
        x = np.exp(np.random.default_rng(3).standard_normal((1100, 2)))
        found = endowment.similar(x, 3)
        z = endowment.standardise(x)
        for n in (0, 511, 512, 1023, 1024, 1099):
            far = np.linalg.norm(z - z[n], axis=1)
            far[n] = np.inf
            assert found.order[n].tolist() == np.argsort(far)[:3].tolist()

    def test_percentile_counts_ties_half(self) -> None:
        assert endowment.percentile([3, 1, 3, 7]).tolist() == [0.5, 0, 0.5, 1]

    def test_gap(self) -> None:
        assert endowment.gap([3, 3], [2, 4]).tolist() == [0.5, -0.25]
        assert endowment.gap([3, -1], [2, -4], direction=-1).tolist() == [-0.5, -0.75]

    def test_medians(self) -> None:
        assert endowment.medians([1, 5, 2, 10], [[1, 2, 3], [0, 3], [2]]).tolist() == [5, 5.5, 2]

    def test_kilometres(self) -> None:
        """A quarter of a great circle is pi/2 * 6371.0088 = 10007.557; a degree along the equator 111.195."""
        assert endowment.kilometres([0, 0], [[0, 90], [90, 0], [1, 0]]) == pytest.approx(
            [10007.557, 10007.557, 111.195], abs=1e-3
        )

    def test_contacts_are_filled_to_two(self) -> None:
        places = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [9.0, 0.0]])
        found = by_contact([[1], [0, 2], [1], []], by_distance(places, "abcd"))
        assert found.members == ((1, 2), (0, 2), (1, 0), (2, 1))
        assert found.rules[3] == ("nearest", "nearest")

    def test_exact_ties_go_to_the_smaller_label(self) -> None:
        points = np.array([[0.0], [1.0], [-1.0]])
        assert by_similarity(points, 1, ["m", "z", "a"]).members[0] == (2,)
        assert by_similarity(points, 1, ["m", "a", "z"]).members[0] == (1,)

    def test_refusals(self) -> None:
        for call in (
            lambda: endowment.similar([[1.0], [0.0]], 1),
            lambda: endowment.similar([[1.0], [2.0]], 2),
            lambda: endowment.percentile([1.0]),
            lambda: endowment.percentile([1.0, np.nan]),
            lambda: endowment.gap([1.0], [0.0]),
            lambda: endowment.medians([1.0, np.nan], [[0]]),
            lambda: endowment.medians([1.0], [[]]),
            lambda: by_contact([[], []], lambda unit: ()),
        ):
            with pytest.raises(MethodError):
                call()
