"""Complexity against four published programs, where each is right, and named where each is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from peers.complexity_peers import matrix

from yindi.core.errors import MethodError
from yindi.opportunities.complexity import eci_pci, fitness
from yindi.opportunities.conventions import CONVENTIONS, outlook_by_zero, reproduce
from yindi.opportunities.relatedness import density, gain, outlook, proximity

M = matrix()
PEERS = json.loads(Path(__file__).with_name("peers").joinpath("complexity_peers.json").read_text(encoding="utf-8"))


def peer(program: str, quantity: str) -> np.ndarray:
    return np.array(PEERS[program][quantity])


def worst_break(gained: np.ndarray, pci: np.ndarray, phi: np.ndarray) -> float:
    """Largest difference between a gain (R,C) and the change of outlook it claims to be."""
    before, worst = outlook(M, phi, pci), 0.0
    for r, p in np.argwhere(M == 0):
        more = M.copy()
        more[r, p] = 1
        worst = max(worst, abs(outlook(more, phi, pci)[r] - before[r] - gained[r, p]))
    return worst


@pytest.mark.parametrize("quantity", ["eci", "pci", "density", "outlook", "gain"])
def test_atlas_is_reproduced(quantity):
    np.testing.assert_allclose(getattr(reproduce(M, convention="atlas"), quantity), peer("atlas", quantity), atol=1e-12)


@pytest.mark.parametrize("quantity", ["eci", "pci", "density", "outlook", "gain"])
def test_econcomplex_is_reproduced(quantity):
    np.testing.assert_allclose(
        getattr(reproduce(M, convention="econcomplex"), quantity), peer("econcomplex", quantity), atol=1e-12
    )


@pytest.mark.parametrize("quantity", ["eci", "pci", "density", "gain"])
def test_datawheel_is_reproduced(quantity):
    """To 1e-6: twenty reflections bring all regions within 1e-9 of each other, and standardising blows the rounding up."""
    np.testing.assert_allclose(getattr(reproduce(M, convention="datawheel"), quantity), peer("datawheel", quantity), atol=1e-6)


def test_eci_is_the_eigenvector_programs():
    eci = eci_pci(M).eci
    for program in ("atlas", "econcomplex", "fermi"):
        np.testing.assert_allclose(eci, peer(program, "eci"), atol=1e-12)


def test_fitness_is_econcomplex_run_to_its_end():
    found = fitness(M, iterations=100_000, tolerance=1e-14)
    np.testing.assert_allclose(found.fitness, peer("fitness", "fitness"), atol=1e-10)
    np.testing.assert_allclose(found.complexity, peer("fitness", "complexity"), atol=1e-10)


def test_gain_is_the_difference_of_outlooks_here():
    pci, phi = eci_pci(M).pci, proximity(M)
    assert worst_break(gain(M, phi, pci), pci, phi) < 1e-10


def test_no_other_gain_is_the_difference_of_outlooks():
    phi = proximity(M)
    for program in ("atlas", "econcomplex", "datawheel"):
        assert worst_break(np.where(M == 0, peer(program, "gain"), 0.0), peer(program, "pci"), phi) > 0.05


def test_fermi_has_the_wrong_sign_of_pci():
    assert np.corrcoef(peer("fermi", "pci"), M.sum(axis=0))[0, 1] > 0.3
    assert np.corrcoef(peer("fermi", "pci"), eci_pci(M).pci)[0, 1] < -0.999


def test_econcomplex_eci_is_not_the_mean_of_its_pci():
    mean = (M @ peer("econcomplex", "pci")) / M.sum(axis=1)
    assert np.abs(mean - peer("econcomplex", "eci")).max() > 0.1
    found = eci_pci(M)
    np.testing.assert_allclose((M @ found.pci) / M.sum(axis=1), found.eci, atol=1e-12)


def test_datawheel_has_not_converged():
    assert np.abs(eci_pci(M).eci * np.sqrt(15 / 16) - peer("datawheel", "eci")).max() > 0.1
    assert np.corrcoef(eci_pci(M).eci, peer("datawheel", "eci"))[0, 1] > 0.95


def test_diagonal_alone_separates_the_two_densities():
    np.testing.assert_allclose(density(M, proximity(M, diagonal=1.0)), peer("atlas", "density"), atol=1e-12)
    np.testing.assert_allclose(100 * density(M, proximity(M)), peer("econcomplex", "density"), atol=1e-12)


def test_zero_of_pci_moves_the_ranks():
    found = outlook_by_zero(M)
    assert set(found) == {"own_eci", "mean_pci", "eigenvector", "lowest"}
    orders = {tuple(np.argsort(v)) for v in found.values()}
    assert len(orders) > 1
    assert (found["lowest"] >= 0).all()


def test_unknown_convention_and_empty_rows_are_refused():
    with pytest.raises(MethodError, match="atlas"):
        reproduce(M, convention="atals")
    with pytest.raises(MethodError, match="take them out"):
        reproduce(np.vstack([M, np.zeros(M.shape[1])]), convention=CONVENTIONS[0])


def test_ecomplexity_counts_neighbours_and_calls_it_density():
    found = peer("atlas_knn", "density")
    assert set(np.unique(found)) == {0, 1, 2, 3, 4, 5}
    here = density(M, proximity(M, knn=5))
    assert here.max() <= 1
    assert len(np.unique(here.round(9))) > 6


def test_datawheel_loses_everything_to_one_empty_region():
    assert np.isnan(peer("datawheel_empty", "eci")).all()
    assert np.isnan(peer("datawheel_empty", "pci")).all()
    found, whole = eci_pci(np.vstack([M, np.zeros(M.shape[1])])), eci_pci(M)
    assert np.isnan(found.eci[-1])
    np.testing.assert_allclose(found.eci[:-1], whole.eci, atol=1e-12)
    np.testing.assert_allclose(found.pci, whole.pci, atol=1e-12)
