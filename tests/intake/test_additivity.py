"""Sums that a table must keep: found from the figures, slips named with the right value and the evidence for it."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from yindi.intake import additivity, classes
from yindi.intake.examine import examine

CODES = ["610000", "610100", "610101", "610102", "610200", "610201", "610202", "620000", "620100", "620101", "620102"]


def made(seed=1):
    """Two provinces of small towns: column 0 = 1 + 2 + 3, and every row of the tree the sum of its children."""
    rng = np.random.default_rng(seed)
    x = np.zeros((11, 4))
    leaves = [2, 3, 5, 6, 9, 10]
    x[leaves, 1:] = rng.integers(200, 900, (6, 3))
    x[:, 0] = x[:, 1:].sum(axis=1)
    x[1], x[4], x[8] = x[2] + x[3], x[5] + x[6], x[9] + x[10]
    x[0], x[7] = x[1] + x[4], x[8]
    return np.vstack([x, x, x, x]), CODES * 4


@pytest.fixture
def town():
    x, _ = made()
    groups = [(p + 11 * k, tuple(c + 11 * k for c in kids)) for k in range(4) for p, kids in additivity.families(CODES)]
    return x, groups


def test_families_follow_the_codes():
    assert additivity.families(CODES) == [
        (0, (1, 4)), (0, (2, 3, 5, 6)), (1, (2, 3)), (4, (5, 6)), (7, (9, 10)), (8, (9, 10))]  # fmt: skip


def test_sums_are_found_from_the_figures(town):
    x, _ = town
    assert [(s.total, s.parts) for s in additivity.column_sums(x)] == [(0, (1, 2, 3))]


@pytest.mark.parametrize(
    ("factor", "kind"), [(-1, "sign"), (0.1, "decimal point"), (0.001, "decimal point"), (100, "decimal point")]
)
def test_one_slip_is_found_with_its_value(town, factor, kind):
    x, groups = town
    right = x[13, 2]
    x[13, 2] *= factor
    slips = additivity.slips(x, [additivity.Sum(0, (1, 2, 3), 1.0)], groups)
    assert [(s.row, s.column, s.right, s.kind, s.sure) for s in slips] == [(13, 2, right, kind, True)]
    assert slips[0].equations == 3  # its row, its city, its province


def test_two_slips_in_one_column_are_told_apart(town):
    x, groups = town
    right = x[[2, 3], 1].copy()
    x[2, 1], x[3, 1] = x[2, 1] * 10 + 7, x[3, 1] + 300
    slips = additivity.slips(x, [additivity.Sum(0, (1, 2, 3), 1.0)], groups)
    assert {(s.row, s.column, s.right) for s in slips} == {(2, 1, right[0]), (3, 1, right[1])}
    assert all(s.sure for s in slips)


def test_a_gap_without_a_culprit_is_not_sure():
    x = np.array([[10.0, 4, 3, 3]] * 30)
    x[4, 0] = 11
    (slip,) = additivity.slips(x, [additivity.Sum(0, (1, 2, 3), 0.97)], [])
    assert (slip.row, slip.kind, slip.sure) == (4, "gap", False)


def test_nothing_is_found_in_a_sound_table(town):
    x, groups = town
    assert additivity.slips(x, additivity.column_sums(x), groups) == []


def test_a_family_without_one_of_its_rows_is_no_slip(town):
    x, groups = town
    short = [(p, kids[:-1]) if len(kids) > 2 and p == 0 else (p, kids) for p, kids in groups]
    good, lacking = additivity.complete(x, short)
    assert [p for p, _ in lacking] == [0]
    assert len(good) == len(groups) - 1


KINDS = [
    (-331, 331, "sign"),
    (61.3, 613, "decimal point"),
    (0.125, 125, "decimal point"),
    (2006, 2390479, ""),
    (0, 5, "empty"),
    (1110, 110, "extra digits"),
    (48236, 18236, "one digit"),
    (9.04, 90496, "lost digits"),
    (213, 231, "swapped digits"),
]


@pytest.mark.parametrize(("found", "right", "kind"), KINDS)
def test_kinds_of_slips(found, right, kind):
    assert additivity.kind_of(found, right) == kind


def test_heads_whose_lines_slipped():
    names = [zh for _, zh in classes.standards()["GB/T 4754-2002"]]
    names[5:8] = ["仓储和邮政业", "交通运输、\n计算机服务和软件业", "信息传输、\n批发和零售业"]
    (run,) = classes.find(["地区", "合计", *names])
    assert (run.standard, run.start, "".join(run.codes)) == ("GB/T 4754-2002", 2, "ABCDEFGHIJKLMNOPQRST")
    assert [k for k, _ in run.repaired] == [7, 8, 9]
    names[5] = "什么业"
    assert classes.find(names) == []


@pytest.fixture(scope="module")
def census(shared):
    return examine(shared / "data" / "cn" / "messy" / "census_county_2010_v1.xlsx")


def test_census_workbook_heads(census):
    """Read as it is: the heads of transport, information and trade have slipped by a line."""
    assert [(new, old) for _, old, new in census.broken_heads if "勘" not in new] == [
        ("交通运输、仓储和邮政业", "仓储和邮政业"),
        ("信息传输、计算机服务和软件业", "交通运输、计算机服务和软件业"),
        ("批发和零售业", "信息传输、批发和零售业")]  # fmt: skip


def test_census_workbook_slips(census):
    """The slips listed for this workbook, each with the value that the sums prove."""
    sure = {
        (r.region, round(float(r.found or 0), 6), r.right)
        for r in census.repairs
        if r.sure and r.kind != "two numbers in one cell"
    }
    assert {("河北省", 2006.0, 2390479.0), ("什邡市", 61.3, 613.0), ("汉寿县", 0.125, 125.0)} <= sure
    assert sum(r.kind == "sign" for r in census.repairs) >= 3
    assert {r.region for r in census.repairs if r.kind == "two numbers in one cell"} >= {"梁子湖区"}


def test_census_sections_by_province_equal_the_tidy_table(shared, census):
    """After the proposed repairs the sections of every province equal the published tidy table."""
    from yindi.intake.examine import matrix
    from yindi.intake.read import read

    path = shared / "data" / "cn" / "messy" / "census_county_2010_v1.xlsx"
    m = matrix(read(path, path.name))
    run = next(r for r in classes.find(m.names) if r.standard == "GB/T 4754-2002")
    at = {(m.place(i, j)): (i, j) for i in range(len(m.rows)) if m.codes[i].endswith("0000") for j in range(len(m.columns))}
    for repair in census.repairs:
        if repair.sure and repair.place in at:
            m.values[at[repair.place]] = repair.right
    renamed = {
        "F": "G",
        "G": "I",
        "H": "F",
        "I": "H",
    }  # the tidy table has the letters of 2017: transport G, information I, trade F
    columns = {renamed.get(code, code): m.columns.index(run.start + k) for k, code in enumerate(run.codes)}
    with (shared / "data" / "cn" / "cn_census_industry_province_2010_2020.csv").open(encoding="utf-8-sig") as file:
        tidy = [r for r in csv.DictReader(file) if r["year"] == "2010" and r["section"] in columns and r["code"] != "000000"]
    assert len(tidy) > 600
    row = {c: i for i, c in enumerate(m.codes)}
    wrong = [r for r in tidy if m.values[row[r["code"]], columns[r["section"]]] != float(r["employed_sample"] or 0)]
    assert wrong == []
