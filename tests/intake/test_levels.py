"""Steps and levels that a slipped unit makes: found in the first and last year too, and nowhere in sound data."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import Problem
from yindi.intake import flood


def times(folder, region, years, factor, column="patents_per_10k"):
    rows = folder.rows()
    at = rows[0].index(column)
    for row in rows[1:]:
        if row[0] == region and row[2] in years:
            row[at] = repr(float(row[at]) * factor)
    folder.write(rows)


def test_steps_by_hand():
    """Five flat regions; the first is a thousand times higher in the last year, the second ten times in the first year."""
    from yindi.intake.findings import rules
    from yindi.intake.levels import steps

    x = np.full((5, 4), 10.0) + np.arange(5)[:, None]
    x[0, 3], x[1, 0] = 10_000.0, 110.0
    found = steps(x, np.ones(x.shape, bool), rules()["outlier"]["thresholds"])
    assert [(s.region, s.year, s.sure) for s in found] == [(0, 3, True), (1, 0, False)]
    assert found[0].size == pytest.approx(6.907755)  # ln 1000
    assert found[1].size == pytest.approx(2.302585)  # ln 10


@pytest.mark.parametrize("year", ["2013", "2018", "2023"])
@pytest.mark.parametrize("factor", [1000, 0.0001])
def test_a_slipped_unit_in_any_year_must_be_answered(folder, year, factor):
    times(folder, "110000", {year}, factor)
    seen = folder.inspect()
    assert [(f.variable, f.regions, f.years) for f in seen.findings if f.sure and f.kind == "outlier"] == [
        ("patents", ("110000",), (year,))]  # fmt: skip
    (problem,) = seen.unanswered
    assert f"choice: correct, value: VALUE, regions: ['110000'], years: ['{year}']" in problem.way_out
    for choice in ({"choice": "keep"}, {"choice": "correct", "value": 30.0}):
        answer = {"finding": "outlier", "regions": ["110000"], "years": [year], "reason": "seen", **choice}
        kept = folder.inspect(lambda tree, a=answer: tree["treatments"].update(patents=[a]))
        assert not kept.unanswered
        assert not kept.problems


def test_a_step_of_ten_is_a_warning(folder):
    times(folder, "110000", {"2023"}, 12)
    seen = folder.inspect()
    (found,) = [f for f in seen.findings if f.kind == "outlier" and f.regions == ("110000",) and f.variable == "patents"]
    assert not found.sure
    assert not seen.unanswered


def test_a_whole_series_in_another_unit(folder):
    times(folder, "620000", {str(y) for y in range(2013, 2024)}, 100_000)
    (problem,) = folder.inspect().unanswered
    assert "the whole series lies" in problem.message
    assert "620000" in problem.message
    assert problem.way_out.startswith("answer in study.yaml with one of keep, e.g.")


def test_constant_indicator_offers_drop_only_and_refuses_keep(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    folder.write([rows[0], *([*r[:at], "7", *r[at + 1 :]] for r in rows[1:])])
    (problem,) = folder.fails().problems
    assert "with one of drop, e.g." in problem.way_out
    keep = [{"finding": "constant", "choice": "keep", "reason": "let it be"}]
    error = folder.fails(lambda tree: tree["treatments"].update(patents=keep))
    assert "constant" in error.problems[0].message
    assert error.problems[0].way_out == "choose drop"


def test_an_empty_indicator_offers_drop_only(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    folder.write([rows[0], *([*r[:at], "", *r[at + 1 :]] for r in rows[1:])])
    (problem,) = folder.fails().problems
    assert "with one of drop, e.g." in problem.way_out


def test_floods_are_told_once(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    folder.write([rows[0], *([*r[:at], f"about {n}", *r[at + 1 :]] for n, r in enumerate(rows[1:]))])
    problem = folder.inspect().problems[0]
    assert problem.place == "indicators.csv"
    assert problem.message.startswith("341 problems of the same kind, the first at indicators.csv, row 2")
    assert "row 4" in problem.message
    assert "row 5" not in problem.message


def test_twenty_problems_stay_apart():
    few = [Problem(f"a.csv, row {n}, column 2 (B)", f"{n} is no number.") for n in range(20)]
    assert flood.grouped(few) == few
    other = Problem("b.csv, row 1, column 2 (B)", "1 is no number.")
    assert len(flood.grouped([*few, other, Problem("a.csv, row 30, column 2 (B)", "30 is no number.")])) == 2


def test_one_problem_on_many_sheets_is_told_once_with_the_sheets():
    """Three sheets lack one column; of two cells in one place only those with the same text are one problem."""
    lacks = [Problem(f"a.xlsx, sheet '{y}', row 1", "there is no column 'gdp'.", "correct it") for y in (2010, 2011, 2012)]
    cells = [Problem(f"a.xlsx, sheet '{y}', row 5, column 2 (B)", f"'{y % 7} x' is no number.") for y in (2010, 2011)]
    one, *others = flood.grouped([*lacks, *cells])
    assert one.message == "there is no column 'gdp'. The same on 3 sheets: '2010', '2011', '2012'."
    assert one.place == "a.xlsx, sheet '2010', row 1"
    assert others == cells
    twice = [Problem("a.csv, row 3", "stands here."), Problem("a.csv, row 3", "stands here.")]
    assert len(flood.grouped(twice)) == 1
