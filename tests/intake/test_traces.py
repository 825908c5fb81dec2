"""Filled series: copies and interpolations are found where chance cannot give them, and nowhere else."""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pytest

from yindi.core.panel import IMPUTED
from yindi.intake import traces
from yindi.intake.findings import rules

LIMITS = rules()["filled"]["thresholds"]
ALL = np.ones((6, 8), bool)


def measured(seed, digits=4):
    """Six regions, eight years, values as an office publishes them."""
    rng = np.random.default_rng(seed)
    return np.round(rng.uniform(50, 900, (6, 1)) * np.cumprod(rng.uniform(1.01, 1.12, (6, 8)), axis=1), digits)


def test_back_fill_of_all_regions():
    x = measured(1, digits=1)
    x[:, 0] = x[:, 1] = x[:, 2]
    expected = np.zeros_like(ALL)
    expected[:, :2] = True
    np.testing.assert_array_equal(traces.repeated(x, ALL, LIMITS), expected)


def test_value_carried_on_at_the_end():
    x = measured(2)
    x[3, 7] = x[3, 6]
    assert np.argwhere(traces.repeated(x, ALL, LIMITS)).tolist() == [[3, 7]]


def test_a_rounded_length_that_stays_is_no_copy():
    x = np.round(measured(3) / 100) * 100
    x[2, 4] = x[2, 3]
    assert not traces.repeated(x, ALL, LIMITS).any()


def test_interpolated_and_extrapolated_values():
    x = measured(4, digits=6)
    x[1, 3] = (x[1, 2] + x[1, 4]) / 2
    x[5, 5] = np.sqrt(x[5, 4] * x[5, 6])
    assert np.argwhere(traces.interpolated(x, ALL, LIMITS)).tolist() == [[1, 3], [5, 5]]


def test_a_coincidence_of_small_whole_numbers_is_none():
    x = np.round(measured(5, digits=0) / 20)
    assert not traces.interpolated(x, ALL, LIMITS).any()


@pytest.mark.parametrize("seed", range(20))
def test_measured_values_are_left_alone(seed):
    x = measured(seed)
    assert not traces.repeated(x, ALL, LIMITS).any()
    assert not traces.interpolated(x, ALL, LIMITS).any()


def test_every_block_of_a_published_panel(shared):
    """127ww (2026), inputs of the index: the cells said to be "very few" are whole years copied back, found one by one."""
    table = defaultdict(dict)
    with (shared / "oracles" / "nqp127" / "inputs_8indicators_403.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for head in list(row)[2:]:
                table[head][row["省份"], row["年份"]] = float(row[head])
    regions = sorted({r for r, _ in next(iter(table.values()))})
    years = [str(y) for y in range(2011, 2024)]
    got = {}
    for head, cells in table.items():
        x = np.array([[cells[r, y] for y in years] for r in regions])
        known = np.ones(x.shape, bool)
        found = traces.repeated(x, known, LIMITS)
        got[head.split("（")[0]] = {y: int(n) for y, n in zip(years, found.sum(axis=0), strict=True) if n}
        between = traces.interpolated(x, known, LIMITS)
        assert between.sum() == (1 if "软件" in head else 0)
    assert got.pop("人均软件产品收入")["2011"] >= 30
    assert set(got.pop("人均技术市场成交额").values()) <= {1}
    years_back = {"每万人R&D人员": {"2011": 31}, "人均R&D经费": {"2011": 31}, "人均电商销售额": {"2011": 31, "2012": 31}}
    assert got == {**years_back, "每万人专利授权数": {}, "人均电信业务总量": {}, "数字普惠金融总指数": {}}


def test_in_a_study_they_must_be_answered_and_are_marked(folder, plain):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    by_key = {(r[0], r[2]): r for r in rows[1:]}
    for (_code, year), row in by_key.items():
        if year == "2013":
            row[at] = by_key[row[0], "2014"][at]
    folder.write(rows)
    error = folder.fails()
    assert "filled" in str(error)
    keep = {"finding": "filled", "choice": "keep", "reason": "no other source"}
    study = folder.run(lambda tree: tree["treatments"].update(patents=[keep]))
    k = study.panel.items.index("patents")
    assert (study.panel.status[:, 0, k] == IMPUTED).all()
    assert (study.panel.status[:, 1:, k] != IMPUTED).all()
