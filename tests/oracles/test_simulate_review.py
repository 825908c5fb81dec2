"""Planned against actual, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.simulate.review import held, review


def test_what_was_built_by_hand():
    # Region 1 planned all three and had the first; of the other two the second came: 1 of 2. Region 2 planned nothing, had
    # nothing, and the third came: 1 of 3. Region 3 planned what it had and lost it.
    planned = np.array([[1, 1, 1], [0, 0, 0], [1, 0, 0]])
    before = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 1]])
    after = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 1]])
    found = review(planned, before, after)
    assert found.built == 0.5
    assert found.elsewhere == pytest.approx(1 / 3)
    np.testing.assert_array_equal(found.by_region, [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(found.by_industry, [np.nan, 1.0, 0.0])
    assert np.argwhere(found.missed).tolist() == [[0, 2]]
    assert np.argwhere(found.unplanned).tolist() == [[1, 2]]
    assert np.argwhere(found.lost).tolist() == [[2, 0]]


def test_which_forecasts_held_by_hand():
    # Errors of the forecast 1, 1, 1, 3: root of 12/4 = sqrt 3; of persistence 2, 2, 2, 6: sqrt 12. Ratio 1/2.
    found = held(low=[-2, -2, -2, -2], middle=[0, 0, 0, 0], high=[2, 2, 2, 2], last=[-1, -1, -1, -3], actual=[1, 1, 1, 3])
    assert found.inside.tolist() == [True, True, True, False]
    assert (found.coverage, found.above, found.below) == (0.75, 0.25, 0.0)
    assert found.skill == pytest.approx(0.5)


def test_nothing_planned_and_nothing_moved_have_no_share():
    nothing = np.zeros((2, 2))
    assert np.isnan(review(nothing, nothing, nothing).built)
    assert np.isnan(held([0.0], [0.0], [0.0], [0.0], [0.0]).skill)


def test_other_shapes_and_numbers_are_refused():
    with pytest.raises(MethodError):
        review(np.zeros((2, 2)), np.zeros((2, 3)), np.zeros((2, 2)))
    with pytest.raises(MethodError):
        review(np.full((1, 1), 0.5), np.zeros((1, 1)), np.zeros((1, 1)))
