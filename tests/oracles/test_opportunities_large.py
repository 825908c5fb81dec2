"""The sparse path gives what the dense kernels give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from yindi.core.errors import MethodError
from yindi.opportunities import advantage, complexity, large, neighbours, reasons, relatedness


@pytest.fixture(scope="module")
def amounts():
    rng = np.random.default_rng(8)
    x = rng.lognormal(0, 1, (60, 400)) * (rng.random((60, 400)) < np.linspace(0.7, 0.1, 60)[:, None])
    x[:, 0], x[0] = 1.0, np.maximum(x[0], 0.5)
    m = advantage.rca(x) >= 1
    return x[m.any(axis=1)][:, m.any(axis=0)]


def test_presence_is_the_dense_one(amounts):
    np.testing.assert_array_equal(large.presence(csr_matrix(amounts)).toarray() > 0, advantage.rca(amounts) >= 1)


def test_nearest_is_the_dense_one(amounts):
    m = (advantage.rca(amounts) >= 1).astype(float)
    np.testing.assert_allclose(neighbours.nearest(csr_matrix(m), knn=7).toarray(), relatedness.proximity(m, knn=7), atol=1e-7)


def test_portrait_is_the_dense_one(amounts):
    m = (advantage.rca(amounts) >= 1).astype(float)
    phi = relatedness.proximity(m, knn=20)
    eci, pci = complexity.eci_pci(m)
    dense, found = relatedness.surroundings(m, phi, pci), large.portrait(amounts, knn=20)
    np.testing.assert_allclose(found.eci, eci, atol=1e-9)
    np.testing.assert_allclose(found.pci, pci, atol=1e-9)
    np.testing.assert_allclose(found.density, dense.density, atol=1e-6)
    np.testing.assert_allclose(found.outlook, dense.outlook, atol=2e-4)
    np.testing.assert_allclose(found.gain, dense.gain, atol=1e-5)


def test_counting_by_lists_and_by_products_agree(amounts, monkeypatch):
    m = (advantage.rca(amounts) >= 1).astype(float)
    ways = []
    for listed, mirror in ((0.0, 1e9), (0.0, 0.0), (1e9, 1e9), (1e9, 0.0)):
        monkeypatch.setattr(neighbours, "LISTED", listed)
        monkeypatch.setattr(neighbours, "MIRROR", mirror)
        monkeypatch.setattr(neighbours, "BLOCK", 37)
        ways.append(np.vstack([found for _, found in neighbours._together(csr_matrix(m))]))
    for found in ways:
        np.testing.assert_array_equal(found, m.T @ m)


def test_above_three_thousand_activities_the_nearest_fifty_are_kept():
    rng = np.random.default_rng(1)
    m = (rng.random((30, 3001)) < 0.1).astype(float)
    few, all_of_them = relatedness.proximity(m), relatedness.proximity(m, knn=0)
    near = np.sort(all_of_them[:, 7])[::-1]
    assert (few[:, 7] > 0).sum() == min((near >= near[49]).sum(), (near > 0).sum()) < (near > 0).sum()
    np.testing.assert_array_equal(few[:, 7], np.where(all_of_them[:, 7] >= near[49], all_of_them[:, 7], 0))


def test_negative_amounts_are_refused():
    with pytest.raises(MethodError, match="negative"):
        large.presence([[1.0, -1.0]])
    with pytest.raises(MethodError, match="no finite"):
        large.presence([[1.0, np.nan]])


def test_empty_rows_have_no_complexity_and_change_nobody_else(amounts):
    more = np.vstack([amounts, np.zeros(amounts.shape[1])])
    more = np.hstack([more, np.zeros((len(more), 1))])
    before, after = large.portrait(amounts, knn=20), large.portrait(more, knn=20)
    assert np.isnan(after.eci[-1])
    assert np.isnan(after.pci[-1])
    assert np.isnan(after.gain[:, -1]).all()
    assert not after.density[-1].any()
    assert not after.density[:, -1].any()
    assert after.outlook[-1] == 0
    np.testing.assert_allclose(after.eci[:-1], before.eci, atol=1e-12)
    np.testing.assert_allclose(after.density[:-1, :-1], before.density, atol=1e-6)


def test_parts_are_solved_one_by_one_with_a_warning(amounts):
    twice = np.kron(np.eye(2), amounts)
    with pytest.warns(complexity.ComplexityWarning, match="2 parts"):
        found = large.portrait(twice, knn=20)
    half = len(amounts)
    np.testing.assert_allclose(found.eci[:half], found.eci[half:], atol=1e-9)
    assert not found.density[:half, amounts.shape[1] :].any()


def test_second_eigenvector_is_the_dense_one_on_either_side():
    """Lanczos against LAPACK on the whole non-symmetric matrix of reflections, wide and tall."""
    rng = np.random.default_rng(4)
    for shape in ((260, 420), (420, 260), (200, 200)):
        rank = np.linspace(0, 1, shape[0])[:, None] + np.linspace(0, 1, shape[1])
        m = (rng.random(shape) < 1 / (1 + np.exp(5 * (rank - 0.7)))).astype(float)
        eci, _ = complexity.eci_pci(m)
        reflections = (m / m.sum(axis=1, keepdims=True)) @ (m / m.sum(axis=0)).T
        value, vector = np.linalg.eig(reflections)
        second = vector[:, np.argsort(-value.real)[1]].real
        second = (second - second.mean()) / second.std()
        np.testing.assert_allclose(eci, second * np.sign(second @ eci), atol=1e-12)


def test_lanczos_says_when_it_cannot():
    """A start inside a small invariant space spans too little: None, and the caller solves densely."""
    values = np.linspace(0, 1, 400)
    start = np.zeros(400)
    start[5:8] = 1.0
    assert complexity.lanczos(lambda v: values * v, start, np.eye(400)[0]) is None


def test_above_three_thousand_activities_no_pair_is_left_out_of_the_nearest():
    """Sparse surroundings of the nearest 50 equal the dense ones of the same proximities; sums of ties in single precision."""
    rng = np.random.default_rng(1)
    here = rng.random((40, 3100)) < 0.05
    here[0] = True
    pci = rng.normal(size=3100)
    found = large.around(here, pci)[0]
    exact = relatedness.surroundings(here, relatedness.proximity(here), pci)
    for one, other in zip(found, exact, strict=True):
        np.testing.assert_allclose(one, other, atol=5e-5)


def test_reasons_are_the_nearest_in_order_also_far_down():
    """A holds only what is far: past the first 64 in order the search goes on; ties stand in order of position."""
    regions, many = 200, 120
    here = np.zeros((regions, many), bool)
    for c in range(1, many):  # activity c shares regions with activity 0 in falling number
        here[: regions - c, c] = True
    here[: regions - 1, 0] = True
    here[regions - 1] = False
    here[regions - 1, 100:110] = True
    asked = np.zeros_like(here)
    asked[regions - 1, 0] = True
    found = reasons.reasons(here, asked)
    assert found.carried[0].tolist() == [100, 101, 102]
    assert found.lacking[0].tolist() == [1, 2, 3]
