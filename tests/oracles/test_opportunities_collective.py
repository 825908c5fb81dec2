"""The collective check beyond one list: likeness, piling in, signs of overcapacity, shared capabilities; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.opportunities import crowding, generic, herding


def test_likeness_by_hand():
    # shares (1/2, 1/2), (1, 0), (1, 0): cosines 1/sqrt 2, 1/sqrt 2, 1; Krugman / 2: 1/2, 1/2, 0
    x = [[1, 1], [3, 0], [5, 0]]
    found = herding.similarity(x, pairs=[[1, 2]])
    assert (found.cosine, found.krugman) == (pytest.approx(1), pytest.approx(0))
    assert found.cosine_all == pytest.approx((2 / np.sqrt(2) + 1) / 3)
    assert found.krugman_all == pytest.approx(1 / 3)
    assert found.activities == 2


def test_likeness_falls_with_the_digit_level():
    """The same regions look more alike when activities are merged: never one coefficient without its level."""
    x = np.random.default_rng(3).gamma(0.5, 1.0, (12, 24))
    fine, coarse = herding.similarity(x), herding.similarity(x.reshape(12, 6, 4).sum(axis=2))
    assert coarse.cosine > fine.cosine
    assert coarse.krugman < fine.krugman
    assert (fine.activities, coarse.activities) == (24, 6)


def test_piling_in_by_hand():
    # four regions, three years. Item 1: two enter in the second year, one in the third; the first of them is gone at the end:
    # entrants 3, rush 2/3, breadth 2/4, left 1/3. Item 2: nobody enters
    item = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 1], [0, 0, 0]])
    found = herding.herding(np.stack([item, np.ones((4, 3))], axis=2))
    np.testing.assert_allclose(found.entrants, [3, 0])
    np.testing.assert_allclose(found.rush, [2 / 3, 0])
    np.testing.assert_allclose(found.breadth, [0.5, 0])
    np.testing.assert_allclose(found.left, [1 / 3, 0])


def test_board_by_hand():
    # utilisation .8, .7, .75, .72: worse than .8 and .75, better than .7: 2 of 3; it fell by .03. Stocks 1, 2, 3, 4: worst of all
    found = herding.board({"utilisation": [[0.8, 0.7, 0.75, 0.72]], "inventories": [[1, 2, 3, 4]]})
    assert found["utilisation"].strain[0] == pytest.approx(2 / 3)
    assert found["utilisation"].worsening[0] == pytest.approx(0.03)
    assert found["inventories"].strain[0] == 1
    assert set(found) == {"utilisation", "inventories"}
    with pytest.raises(MethodError, match="planned_to_market"):
        herding.board({"profits": [[1, 2]]})


def test_common_choices_by_hand():
    # region 1: declared {a, b}, recommended {b}: 1/2; region 2: {a} and {a}: 1; region 3 has neither
    found = herding.common_choices({"declared": [[1, 1], [1, 0], [0, 0]], "recommended": [[0, 1], [1, 0], [0, 0]]})
    assert found == {("declared", "recommended"): 0.75}


def test_shared_capability_by_hand():
    # one industry needs .8 of q1 and .8 of q2. Region 1 (.8, 0): coverage 1/2, weakest .2: fit .316; with q2 met it is 1: opened.
    # region 2 (0, .8) the same by q1; region 3 (0, 0): with one of them met coverage 1/2, weakest .2: .316 < .4: stays closed
    found = generic.generic([[0.8, 0], [0, 0.8], [0, 0]], [[0.8, 0.8]])
    np.testing.assert_array_equal(found.opens, [1, 1])
    np.testing.assert_array_equal(found.regions, [1, 1])
    np.testing.assert_array_equal(found.holder, [0, 1])
    # region 1 by q2 gains 1 - .3162278, region 3 gains .3162278 - 0
    np.testing.assert_allclose(found.gain, [1, 1])


def test_unknown_capability_opens_nothing():
    found = generic.generic([[0.8, 0.0]], [[0.8, 0.8]], known=[[True, False]])
    assert found.opens.tolist() == [0, 0]


def test_addition_against_growth_and_idle_capacity_by_hand():
    # output 3 + 1 = 4, both add a tenth: .4. Growth .2 a year: two years. Use 80 per cent: idle 4 * (1/.8 - 1) = 1: 2.5 times
    found = crowding.collective_check([[1], [1]], [[3], [1]], commitment=0.1, growth=[0.2], utilisation=[0.8])
    assert found.years_of_growth[0] == pytest.approx(2)
    assert found.idle_cover[0] == pytest.approx(2.5)
    with pytest.raises(MethodError, match="shrinks"):
        crowding.collective_check([[1], [1]], [[3], [1]], commitment=0.1, growth=[-0.2 + 0.2])
    nothing = crowding.collective_check([[0], [0]], [[3], [1]], commitment=0.1, utilisation=[0.8])
    assert np.isinf(nothing.idle_cover[0])
