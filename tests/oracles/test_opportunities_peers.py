"""Fermi and ecomplexity beyond one index: where they are right, where they are wrong; complexity under other zeros."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from peers.complexity_peers import ACTIVITIES, NEAREST, REGIONS, amounts, matrix

from yindi.core.errors import MethodError
from yindi.opportunities import advantage, zeros
from yindi.opportunities.complexity import eci_pci, fitness
from yindi.opportunities.conventions import ZEROS, outlook_by_zero
from yindi.opportunities.noise import counts, eci_interval
from yindi.opportunities.panels import cube
from yindi.opportunities.relatedness import density, outlook, proximity
from yindi.opportunities.sections import Sections
from yindi.opportunities.standing import interval, specialisation, standing

M = matrix()
PEERS = json.loads(Path(__file__).with_name("peers").joinpath("complexity_peers.json").read_text(encoding="utf-8"))
TWICE = [*({"region": r, "year": 1, "activity": c, "value": v} for (r, c), v in np.ndenumerate(amounts())),
         {"region": 0, "year": 1, "activity": 0, "value": 500.0}]  # fmt: skip


def peer(program: str, quantity: str) -> np.ndarray:
    return np.array(PEERS[program][quantity])


def test_proximity_is_fermis_off_its_diagonal():
    np.testing.assert_allclose(proximity(M, diagonal=1.0), peer("fermi_relatedness", "proximity"), atol=1e-12)


def test_density_is_fermis_with_its_diagonal():
    np.testing.assert_allclose(density(M, proximity(M, diagonal=1.0)), peer("fermi_relatedness", "density"), atol=1e-12)


def test_density_of_the_nearest_is_fermis():
    """Where ecomplexity counts neighbours, fermi's share of the nearest and ours agree."""
    near = density(M, proximity(M, knn=NEAREST))
    np.testing.assert_allclose(near, peer("fermi_relatedness", "density_nearest"), atol=1e-12)


def test_fitness_is_fermis_run_to_its_end():
    found = fitness(M, iterations=100_000, tolerance=1e-15)
    np.testing.assert_allclose(found.fitness, peer("fermi_fitness", "fitness"), atol=1e-9)
    np.testing.assert_allclose(found.complexity, peer("fermi_fitness", "complexity"), atol=1e-9)


def test_fermi_lets_its_own_diagonal_lift_what_is_held():
    """An activity counts as its own neighbour there: what is held looks nearer, what is lacking farther."""
    own, theirs = density(M, proximity(M)), peer("fermi_relatedness", "density")
    assert (theirs[M == 1] >= own[M == 1] - 1e-12).all()
    assert (theirs[M == 0] <= own[M == 0] + 1e-12).all()
    assert np.abs(theirs - own).max() > 0.03


def table(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    return {k: [row[k] for row in rows] for k in rows[0]}


def test_ecomplexity_drops_the_second_row_of_a_cell_and_here_it_is_refused_or_added():
    assert peer("atlas_rows", "twice").tolist() == peer("atlas_rows", "plain").tolist()
    x = cube(table(TWICE[:-1])).values[:, 0]
    np.testing.assert_allclose(eci_pci(advantage.rca(x) >= 1).eci, np.array(by_text(peer("atlas_rows", "plain"))), atol=1e-12)
    with pytest.raises(MethodError, match="listed twice"):
        cube(table(TWICE))
    added = cube(table(TWICE), duplicates="sum")
    assert added.values.sum() == amounts().sum() + 500


def by_text(value: np.ndarray) -> list[float]:
    """Values by region 0, 1, 2, ... in the order of their labels as text."""
    return [value[int(r)] for r in sorted(str(n) for n in range(REGIONS))]


def test_ecomplexity_counts_with_a_negative_amount_and_here_it_is_refused():
    assert np.abs(peer("atlas_rows", "negative") - peer("atlas_rows", "plain")).max() > 0.1
    spoilt = amounts()
    spoilt[0, 3] = -5
    with pytest.raises(MethodError, match=r"negative amount at \(0, 3\)"):
        advantage.rca(spoilt)


def test_an_empty_region_has_fitness_zero_as_in_fermi_and_no_complexity():
    assert peer("fermi_empty", "fitness")[-1] == 0
    empty = np.vstack([M, np.zeros(ACTIVITIES)])
    assert np.isnan(eci_pci(empty).eci[-1])
    assert np.isnan(zeros.by_zero(empty).eci_rank[-1])
    assert fitness(empty).fitness[-1] == 0


# zeros


def test_outlook_by_zero_is_outlook_with_shifted_pci():
    found = zeros.by_zero(M)
    assert tuple(found.outlook) == ZEROS
    for zero in ZEROS[1:]:
        np.testing.assert_allclose(found.outlook[zero], outlook(M, proximity(M), found.pci - found.at[zero]), atol=1e-10)
    for zero, value in outlook_by_zero(M).items():
        np.testing.assert_allclose(found.outlook[zero], value, atol=1e-10)


def test_ranks_by_zero_by_hand():
    # nested: regions hold {a,b,c}, {a,b}, {a}; a's partners: ubiquities 3, 2, 1; phi ab 2/3, ac 1/3, bc 1/2. Region 1 lacks
    # nothing: outlook 0 under every zero. Under the lowest zero (pci of a) all that is absent counts for something, so the
    # region that has all comes last; region 3 lacks b at density (2/3)/(7/6) = 4/7 and c at (1/3)/(5/6) = 2/5,
    # region 2 lacks c at density 1
    m = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]])
    found = zeros.by_zero(m)
    assert found.eci_rank.tolist() == [1, 2, 3]
    assert found.pci_rank.tolist() == [3, 2, 1]
    value = found.pci - found.pci[0]
    np.testing.assert_allclose(found.outlook["lowest"], [0, value[2], 4 / 7 * value[1] + 2 / 5 * value[2]])
    assert found.outlook_rank["lowest"][0] == 3
    assert np.isnan(found.gain["lowest"][0])  # a is held by all: nobody gains it
    assert found.agreement["own_eci"] == 1
    assert np.isnan(found.at["own_eci"])


def test_ties_share_the_smaller_rank():
    assert zeros.ranks(np.array([2.0, 3.0, np.nan, 2.0, 1.0]))[[0, 1, 3, 4]].tolist() == [2, 1, 2, 4]


def test_parts_have_no_common_zero():
    with pytest.raises(MethodError, match="no common zero"):
        zeros.by_zero(np.kron(np.eye(2), [[1, 1], [1, 0]]))
    assert zeros.attempt(np.kron(np.eye(2), [[1, 1], [1, 0]])) is None


# what is certain


def test_what_is_certain_of_counts_by_hand():
    # x = [[2, 2], [2, 10]]: expected 1 in the first cell, chance to exceed 1 .6767 (worked in test_opportunities_noise): open
    small, large = specialisation(np.array([[2, 2], [2, 10]])), specialisation(np.array([[2, 2], [2, 10]]) * 1000)
    assert small["certain"][0, 0] == "open"
    assert large["certain"].tolist() == [["above", "below"], ["below", "above"]]
    assert counts(np.array([[2.0, 3.0]]))
    assert not counts(np.array([[2.5, 3.0]]))
    assert not counts(np.array([[0.0, 1.0]]))


def test_a_small_region_with_the_same_mix_is_less_certain():
    mix = np.array([[8, 1, 1], [2, 4, 4]])
    told = specialisation(np.vstack([mix * 500, mix[:1]]))
    assert told["certain"][0, 0] == "above"
    assert told["certain"][2, 0] == "open"
    assert told["quotient"][2, 0] == pytest.approx(told["quotient"][0, 0])


def parts_of(x: np.ndarray) -> Sections:
    names = tuple(f"a{n}" for n in range(x.shape[1]))
    return Sections(names, ("2023",), x[:, None, :], np.zeros((len(x), 1, x.shape[1]), bool), False)


def test_tables_follow_what_the_panel_carries():
    regions = tuple(f"r{n:02d}" for n in range(REGIONS))

    def names(x: np.ndarray, least: int) -> list[str]:
        return [shown.name for shown in standing(parts_of(x), regions, least=least, seed=1)]

    x = amounts() * 3
    assert names(x, ACTIVITIES + 1) == ["structure", "specialisation"]
    assert names(x, ACTIVITIES) == ["structure", "specialisation", "complexity", "complexity_activities", "zeros"]
    assert names(x + 0.5 * (x > 0), ACTIVITIES) == ["structure", "complexity", "complexity_activities", "zeros"]


def test_order_of_regions_does_not_change_the_intervals():
    regions, x, turn = tuple(f"r{n:02d}" for n in range(REGIONS)), amounts() * 3, np.random.default_rng(1).permutation(REGIONS)
    one, other = (standing(parts_of(v), r, least=5, seed=1)[2].columns
                  for v, r in ((x, regions), (x[turn], tuple(regions[n] for n in turn))))  # fmt: skip
    for column in one:
        np.testing.assert_array_equal(one[column][turn], other[column])


def test_the_interval_of_complexity_holds_what_is_published():
    x = amounts() * 2
    eci = eci_pci(advantage.rca(x) >= 1).eci
    found = interval(x, eci, seed=4)
    assert ((found["eci_low"] <= eci) & (eci <= found["eci_high"])).all()
    assert (found["eci_low"] < found["eci_high"]).all()
    assert np.isnan(interval(x + 0.5, eci, seed=4)["eci_low"]).all()


def test_counts_that_fall_apart_have_no_interval():
    """Every draw falls into parts of one region and one activity: no interval, no crash."""
    found = eci_interval(np.diag([50, 60, 70]), draws=12)
    assert np.isnan([found.low, found.high, found.sure]).all()
