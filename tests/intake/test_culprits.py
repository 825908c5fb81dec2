"""Which cell is wrong: told only where one cell explains the sums best; values a row off; rows without a code."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.intake import additivity, families
from yindi.intake.examine import examine

CODES = ["510000", "510100", "510101", "510102", "510103", "510200", "510201", "510202", "510203"]
LEAVES = {0: (2, 3, 4, 6, 7, 8), 1: (2, 3, 4), 5: (6, 7, 8)}


def tree(seed=3, columns=6, copies=6):
    """Provinces of two cities with three counties each; nothing adds across the columns."""
    rng = np.random.default_rng(seed)
    x = np.zeros((9 * copies, columns))
    groups = []
    for c in range(copies):
        at = 9 * c
        x[[at + k for k in LEAVES[0]]] = rng.integers(4000, 6000, (6, columns))
        for p in (1, 5, 0):
            x[at + p] = x[[at + k for k in LEAVES[p]]].sum(axis=0)
        groups += [(p + at, tuple(k + at for k in kids)) for p, kids in families.families(CODES)]
    return x, groups


def test_an_empty_cell_explains_a_gap_before_any_full_one():
    """Any county of the city could be raised by 4711; the one that is empty is the culprit."""
    x, groups = tree()
    right = x[3, 2]
    x[3, 2] = 0
    (slip,) = additivity.slips(x, [], groups, absent=x == 0)
    assert (slip.row, slip.column, slip.right, slip.kind, slip.sure) == (3, 2, right, "empty", True)


def test_a_gap_that_any_county_could_explain_is_not_sure():
    """One off by one: each of the three counties may be it, and no proposal is made."""
    x, groups = tree()
    x[3, 2] += 1
    (slip,) = additivity.slips(x, [], groups)
    assert (slip.kind, slip.sure) == ("gap", False)
    assert slip.row == 1  # told of the city, the smallest sum that does not hold


def test_the_size_beside_the_most_alike_column_tells_the_culprit():
    """Columns 0 and 1 go together (women and men); a changed first digit of one county stands out beside its twin."""
    x, groups = tree()
    for at in range(0, len(x), 9):
        leaves = [at + k for k in LEAVES[0]]
        x[leaves, 1] = x[leaves, 0] + 7
        for p in (1, 5, 0):
            x[at + p] = x[[at + k for k in LEAVES[p]]].sum(axis=0)
    right = x[2, 1]
    x[2, 1] -= 4000
    slips = additivity.slips(x, [], groups)
    assert [(s.row, s.column, s.right, s.sure) for s in slips] == [(2, 1, right, True)]


def test_a_value_that_stands_a_row_too_high():
    """Rows 2 and 3 belong to one city, so its sum holds; the sums across the columns tell the exchange."""
    rng = np.random.default_rng(1)
    x = np.zeros((40, 4))
    x[:, 1:] = rng.integers(100, 900, (40, 3))
    x[:, 0] = x[:, 1:].sum(axis=1)
    x[[11, 12], 3] = x[[12, 11], 3]
    slips = additivity.slips(x, [additivity.Sum(0, (1, 2, 3), 0.95)], [])
    assert {(s.row, s.column, s.kind) for s in slips} == {(11, 3, "changed places"), (12, 3, "changed places")}
    assert all(s.sure for s in slips)


def test_a_row_without_a_code_completes_its_family():
    """Six provinces; in the first a county has no code, stands in its city, and both sums hold only with it."""
    x, _ = tree()
    codes = [p + c[2:] for p in ("51", "52", "53", "54", "61", "62") for c in CODES]
    codes[4] = ""
    good, lacking = additivity.complete(x, families.families(codes), codes=codes)
    assert lacking == []
    assert {(1, (2, 3, 4)), (0, (2, 3, 4, 6, 7, 8))} <= set(good)


def test_cities_without_counties_are_leaves_of_their_province():
    codes = ["440000", "440100", "440101", "440102", "441900", "442000"]
    assert (0, (2, 3, 4, 5)) in families.families(codes)
    assert (0, (1, 4, 5)) in families.families(codes)


def test_the_nation_is_the_sum_of_the_provinces():
    assert families.families(["000000", "110000", "120000"]) == [(0, (1, 2))]


def test_nuts_codes_nest():
    assert families.families(["DE", "DE1", "DE2", "DE11", "DE12"]) == [(0, (1, 2)), (1, (3, 4))]


def test_rounded_figures_leave_room():
    """Counties in ten thousands with one decimal: a city may differ by .05 a row, a slip of 10 may not."""
    x, groups = tree(seed=5)
    rounded = np.round(x / 10000, 2)
    assert additivity.slips(rounded, [], groups) == []
    right = rounded[6, 0]
    rounded[6, 0] = round(right * 10, 2)
    slips = additivity.slips(rounded, [], groups)
    assert [(s.row, s.column, s.right, s.kind) for s in slips if s.sure] == [(6, 0, pytest.approx(right), "decimal point")]


@pytest.fixture(scope="module")
def census2020(shared):
    return examine(shared / "data" / "cn" / "messy" / "census_county_2020_v1.xlsx")


def test_census_of_2020_names_the_county_not_its_province(census2020):
    """A sign, an empty cell, two decimal points; 苍梧 848: 1,124 men and 3,461 illiterate women speak for 3,848."""
    sure = {(r.region, r.found, r.right) for r in census2020.repairs if r.sure}
    assert {("田阳区", "-980.0", 980.0), ("景东彝族自治县", "0.349", 349.0), ("江孜县", "0.12", 12.0)} <= {
        (n, str(float(f)), v) for n, f, v in sure if f.replace(".", "").lstrip("-").isdigit()
    }
    assert ("长汀县", 9691.0) in {(n, v) for n, _, v in sure}
    assert ("苍梧县", 3848.0) in {(n, v) for n, _, v in sure}
    assert len(census2020.incomplete) <= 2
