"""Faults of the activity file are found by the check, with file and row, not by a later stage."""

from __future__ import annotations

import pytest

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
