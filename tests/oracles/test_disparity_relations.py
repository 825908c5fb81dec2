"""Blocks and QAP: planted blocks, the exact distribution over all relabellings, and the correlation it must be."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.disparity.relations import concor, qap


class TestConcor:
    def test_planted_blocks_are_found(self) -> None:
        """Four blocks of three with links 0 -> 1 -> 2 -> 3 and inside 0 and 3: members of a block have the same profile."""
        image = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1]])
        block = np.repeat(np.arange(4), 3)
        links = image[np.ix_(block, block)] * (1 - np.eye(12))
        mixed = np.random.default_rng(1).permutation(12)
        found = concor(links[np.ix_(mixed, mixed)])
        together = block[mixed][:, None] == block[mixed]
        assert ((found.block[:, None] == found.block) == together).all()

    def test_roles_by_hand(self) -> None:
        """Two cliques of three; the first also sends all its nine links to the second, which sends none back.

        First: 6 of 15 links stay, expected 2 / 5 = .4, it receives 6 and sends 15: two-way. Second: 6 of 6 stay, it receives 15:
        net benefit.
        """
        links = np.kron(np.array([[1, 1], [0, 1]]), np.ones((3, 3))) * (1 - np.eye(6))
        found = concor(links, depth=1)
        assert found.block.tolist() == [0, 0, 0, 1, 1, 1]
        assert found.links.tolist() == [[6, 9], [0, 6]]
        assert found.density.tolist() == [[1, 1], [0, 1]]
        assert found.within == pytest.approx([0.4, 1.0])
        assert found.role == ("two_way", "net_benefit")


class TestQap:
    def test_one_network_gives_the_correlation(self) -> None:
        rng = np.random.default_rng(2)
        y, x = rng.normal(size=(2, 9, 9))
        off = ~np.eye(9, dtype=bool)
        found = qap(y, x, permutations=99)
        assert found.coefficient[0] == pytest.approx(np.corrcoef(y[off], x[off])[0, 1])
        assert found.r2 == pytest.approx(found.coefficient[0] ** 2)

    def test_p_is_that_of_all_relabellings(self) -> None:
        """Five nodes have 120 labellings; the share at least as extreme is the limit of p."""
        rng = np.random.default_rng(5)
        x = rng.normal(size=(5, 5))
        y = x + 0.8 * rng.normal(size=(5, 5))
        off = ~np.eye(5, dtype=bool)
        every = [abs(np.corrcoef(y[np.ix_(o, o)][off], x[off])[0, 1]) for o in permutations(range(5))]
        exact = np.mean(np.array(every) >= every[0] - 1e-12)
        assert qap(y, x, permutations=4000).p[0] == pytest.approx(exact, abs=0.02)

    def test_dependent_rows_do_not_look_significant(self) -> None:
        """Networks made of two independent node effects: QAP rejects at five per cent about as often as it says."""
        rng = np.random.default_rng(9)
        p = []
        for _ in range(100):
            a, b = rng.normal(size=(2, 12))
            p.append(qap(np.add.outer(a, a), np.add.outer(b, b), permutations=199, seed=3).p[0])
        assert np.mean(np.array(p) <= 0.05) < 0.13

    def test_several_networks_and_refusals(self) -> None:
        rng = np.random.default_rng(7)
        x = rng.normal(size=(2, 10, 10))
        found = qap(x[0] + 0.01 * rng.normal(size=(10, 10)), x, permutations=199)
        assert found.coefficient == pytest.approx([1, 0], abs=0.05)
        assert found.p[0] < 0.01 < found.p[1]
        with pytest.raises(MethodError, match="collinear"):
            qap(x[0], np.stack([x[0], 2 * x[0]]))
        with pytest.raises(MethodError, match="same value"):
            qap(np.ones((5, 5)), rng.normal(size=(5, 5)))
