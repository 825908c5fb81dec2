"""Rates of a table without years: found from the figures, and the cells out of line told with what is right."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.intake import rates
from yindi.intake.examine import examine


def people(seed=2, rows=60):
    """Men, women, three ages, then sex ratio (two decimals), share of the young, old, rest; all made from the counts."""
    rng = np.random.default_rng(seed)
    x = np.zeros((rows, 10))
    x[:, 0] = rng.integers(40_000, 90_000, rows)
    x[:, 1] = rng.integers(40_000, 90_000, rows)
    x[:, 2] = x[:, 0] + x[:, 1]
    x[:, 3] = (x[:, 2] * rng.uniform(0.1, 0.3, rows)).round()
    x[:, 4] = (x[:, 2] * rng.uniform(0.4, 0.5, rows)).round()
    x[:, 5] = x[:, 2] - x[:, 3] - x[:, 4]
    x[:, 6] = (x[:, 0] / x[:, 1] * 100).round(2)
    for k in (3, 4, 5):
        x[:, k + 4] = (x[:, k] / x[:, 2] * 100).round(2)
    return x


def told(x):
    return [(o.row, o.column, o.right, o.kind) for o in rates.odd(x, np.ones(x.shape, bool))]


def test_a_sound_table_says_nothing():
    assert told(people()) == []


def test_rates_are_found_with_their_columns():
    x = people()
    steps = np.where(np.arange(10) < 6, 1.0, 0.01)
    found = {(r.made, r.over, r.under, r.factor) for r in rates.find(x, np.ones(x.shape, bool), steps)}
    assert {(6, (0,), 1, 100.0), (7, (3,), 2, 100.0)} <= found


@pytest.mark.parametrize(("factor", "kind"), [(100, "decimal point"), (-1, "sign")])
def test_a_slip_of_a_rate(factor, kind):
    x = people()
    right = x[20, 6]
    x[20, 6] = round(right * factor, 2)
    assert told(x) == [(20, 6, pytest.approx(right), kind)]


def test_a_number_kept_as_a_time_of_day():
    """3.33 typed as 3:33 is kept as 213 minutes of 1,440: .1479166."""
    x = people()
    x[7, 0], x[7, 2] = 3 * x[7, 1] + 12_345, 4 * x[7, 1] + 12_345
    x[:, 7:] = (x[:, 3:6] / x[:, 2:3] * 100).round(2)
    x[7, 5] = x[7, 2] - x[7, 3] - x[7, 4]
    x[7, 9] = round(x[7, 5] / x[7, 2] * 100, 2)
    x[:, 6] = (x[:, 0] / x[:, 1]).round(2)
    right = x[7, 6]
    x[7, 6] = (int(right) * 60 + round(right % 1 * 100)) / 1440
    assert told(x) == [(7, 6, pytest.approx(right), "time of day")]


def test_a_digit_lost_from_shares_that_sum_to_a_hundred():
    """Only the three shares are there, no counts: 100 less the others is the lost number with its first digit."""
    x = people()[:, 7:]
    right = x[9, 0]
    x[9, 0] = float(f"{right:.2f}"[1:])
    assert told(x) == [(9, 0, pytest.approx(right), "lost digits")]


def test_fractions_and_signs_among_counts():
    x = people(rows=400)[:, :6]
    x[4, 3], x[5, 4] = 87.4, -x[5, 4]
    found = {(r, c): (v, k) for r, c, v, k in told(x)}
    assert found[4, 3] == (874, "decimal point")
    assert found[5, 4][1] == "sign"


def test_census_rates(shared):
    """Lincang's sex ratio without its point, household size 3.33 kept as 3:33, four tertiary shares without their first digit."""
    seen = examine(shared / "data" / "cn" / "messy" / "census_county_2010_v1.xlsx")
    right = {(r.region, r.right): r.kind for r in seen.repairs if r.sure}
    assert right["临沧市", 110.38] == "decimal point"
    assert right["南漳县", 3.33] == "time of day"
    assert right["福泉市", 19.32] == right["瓮安县", 14.78] == "lost digits"
    assert right["兴山县", 9.29] == "sign"
    assert ("喀喇沁左翼蒙古族自治县", 0.0) in right
    assert ("北票市", 16.0) in right
