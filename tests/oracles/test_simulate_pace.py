"""Targets against what came, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.simulate.pace import pace

YEARS = np.array([[2020, 2025, 2030]] * 4)


def test_a_path_straight_between_base_middle_and_final():
    """100 -> 150 -> 250: due 130 in 2023; of a fall 50 -> 40 -> 20 due 44; of what stays 7; of a rise missed by one."""
    base, middle, final = np.array([100, 50, 7, 100]), np.array([150, 40, 7, 150]), np.array([250, 20, 7, 250])
    found = pace(base, middle, final, np.array([145, 43, 7, 129]), YEARS, now=2023)
    np.testing.assert_allclose(found.path, [130, 44, 7, 130])
    np.testing.assert_array_equal(found.met, [True, True, True, False])
    np.testing.assert_allclose(found.share, [45 / 30, 7 / 6, np.nan, 29 / 30])


def test_after_the_last_year_the_final_value_is_due():
    found = pace(np.array([1.0]), np.array([2.0]), np.array([4.0]), np.array([3.9]), YEARS[:1], now=2040)
    assert found.path[0] == 4.0
    assert not found.met[0]


def test_years_must_rise():
    with pytest.raises(MethodError, match="must rise"):
        pace(np.ones(1), np.ones(1), np.ones(1), np.ones(1), np.array([[2020, 2020, 2030]]), now=2023)
