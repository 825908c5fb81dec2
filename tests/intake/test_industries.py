"""Faults of the activity file are found by the check, with file and row, not by a later stage."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import Problems
from yindi.intake import industries
from yindi.intake.assemble import Cube
from yindi.intake.read import Grid

FILE = "industries.csv"


def change(folder, column, text):
    return folder.edit(30, column, text, FILE)


def test_unknown_industry_code(folder):
    at = change(folder, "industry", "BCE")
    seen = folder.inspect()
    (problem,) = seen.problems
    assert problem.place == f"{FILE}, row 30, column {at + 2} (F)"
    assert "'BCE' stands in 1 region-year(s) only" in problem.message
    assert "BCD" in problem.candidates


def test_negative_value(folder):
    change(folder, "value", "-12")
    (problem,) = folder.fails().problems
    assert problem.place.startswith(f"{FILE}, row 30, column 6")
    assert "-12 is impossible" in problem.message


def test_one_row_in_another_unit(folder):
    at = change(folder, "unit", "万元")
    (problem,) = folder.fails().problems
    assert problem.place.startswith(f"{FILE}, row 30, column {at} ")
    assert "'万元' here and '100m_yuan' in 1952 other rows" in problem.message


@pytest.mark.parametrize("how", ["blank", "no row"])
def test_an_absent_cell_must_be_answered(folder, how):
    rows = folder.rows(FILE)
    region, year, item = rows[29][0], rows[29][2], rows[29][3]
    if how == "blank":
        change(folder, "value", "")
    else:
        folder.write(rows[:29] + rows[30:], FILE)
    (problem,) = folder.inspect().unanswered
    assert problem.place.startswith(f"{FILE}, row ")
    assert f"industry {item}" in problem.message
    assert "one of impute, keep" in problem.way_out
    answer = {"finding": "absent", "choice": "impute", "method": "interpolate", "regions": [region], "years": [year],
              "reason": "one year between two"}  # fmt: skip
    study = folder.run(lambda tree: tree["treatments"].update({item: [answer]}))
    assert study.activity is not None
    assert study.activity.table().quantity(region=region, year=year, industry=item).marked
    kept = {"finding": "absent", "choice": "keep", "reason": "the year is left out"}
    assert not folder.inspect(lambda tree: tree["treatments"].update({item: [kept]})).unanswered


def test_a_rare_industry_of_regions_outside_the_study_is_no_crash():
    """Industry Z stands only in rows of a region that the study does not have: it has no cell, so no place can be named."""
    shape = (1, 11, 3)  # one region, eleven years; A and B stand in all of them, Z in none
    book, at = np.zeros(shape, int), np.ones(shape, int)
    book[:, :, 2] = -1
    years = tuple(str(y) for y in range(2010, 2021))
    cube = Cube(("110000",), years, ("A", "B", "Z"), np.ones(shape), np.ones(shape, np.int8), book, at, at.copy(),
                (Grid("a.csv", "", ()),))  # fmt: skip
    problems = Problems("intake")
    industries.faults(cube, ["A", "B"], problems)
    assert problems.found == []
    cube.book[0, 0, 2], cube.row[0, 0, 2], cube.column[0, 0, 2] = 0, 2, 3
    industries.faults(cube, ["A", "B"], problems)
    (problem,) = problems.found
    assert "'Z' stands in 1 region-year(s) only" in problem.message
