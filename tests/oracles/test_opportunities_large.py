"""The sparse path gives what the dense kernels give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from yindi.core.errors import MethodError
from yindi.opportunities import advantage, complexity, large, relatedness


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
    np.testing.assert_allclose(large.nearest(csr_matrix(m), knn=7).toarray(), relatedness.proximity(m, knn=7), atol=1e-7)


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


def test_negative_amounts_and_empty_rows_are_refused(amounts):
    with pytest.raises(MethodError, match="negative"):
        large.presence([[1.0, -1.0]])
    with pytest.raises(MethodError, match="empty"):
        large.portrait(np.vstack([amounts, np.zeros(amounts.shape[1])]))
