"""Treatments: what the study file declares is done, marked, and only that."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.panel import CORRECTED, IMPUTED, OBSERVED
from yindi.intake import impute


def test_missing_row_with_declared_imputation(folder, plain):
    folder.write([r for r in folder.rows() if not (r[0] == "620000" and r[2] == "2018")])
    answer = {
        "finding": "absent",
        "choice": "impute",
        "method": "interpolate",
        "regions": ["620000"],
        "years": [2018],
        "reason": "lost",
    }
    codes = [i.code for i in plain.framework.indicators]

    def change(tree):
        for code in codes:
            method = {"method": "nearest"} if code != "telecom" else {"method": "declared", "value": 0.5}
            tree["treatments"][code] = [*tree["treatments"].get(code, []), {**answer, **(method if code == "telecom" else {})}]

    study = folder.run(change)
    panel = study.panel
    r, t = panel.regions.index("620000"), panel.years.index("2018")
    for code in codes:
        k = panel.items.index(code)
        assert panel.status[r, t, k] == IMPUTED
        if code != "telecom":
            assert panel.values[r, t, k] == pytest.approx((panel.values[r, t - 1, k] + panel.values[r, t + 1, k]) / 2, rel=1e-12)
    assert panel.values[r, t, panel.items.index("telecom")] == 0.5
    assert panel.table().quantity(region="620000", year="2018", indicator="patents").marked


def test_interpolation_never_crosses_a_break(folder, plain):
    folder.edit(2 + 3, "telecom_per_capita", "")  # Beijing 2016, first year of the second base
    answer = {"finding": "absent", "choice": "impute", "method": "interpolate", "reason": "lost"}
    split = {"finding": "break", "choice": "split", "reason": "three bases"}
    error = folder.fails(lambda tree: tree["treatments"].update(telecom=[split, answer]))
    assert "interpolate cannot fill 1 cell(s): 110000 2016" in str(error)
    study = folder.run(lambda tree: tree["treatments"].update(telecom=[split, {**answer, "method": "nearest"}]))
    assert study.panel.segments_of("telecom") == (
        ("2013", "2014", "2015"), ("2016", "2017", "2018", "2019", "2020"), ("2021", "2022", "2023"))  # fmt: skip
    table = study.panel.table()
    assert table.number(region="110000", year="2016", indicator="telecom") == table.number(
        region="110000", year="2017", indicator="telecom")  # fmt: skip


def test_drop_takes_the_indicator_out_of_framework_and_panel(folder, plain):
    study = folder.run(
        lambda tree: tree["treatments"].update(telecom=[{"finding": "break", "choice": "drop", "reason": "bases"}])
    )
    assert "telecom" not in [i.code for i in study.framework.indicators]
    assert "telecom" not in study.panel.items
    assert len(study.framework.indicators) == len(plain.framework.indicators) - 1


def test_correction_is_marked_and_touches_one_cell(folder, plain):
    at = {
        "finding": "outlier",
        "choice": "correct",
        "regions": ["450000"],
        "years": [2021],
        "value": 1000.0,
        "reason": "misprint",
    }
    study = folder.run(lambda tree: tree["treatments"]["tech_market"].append(at))
    changed = np.argwhere((study.panel.values != plain.panel.values) & (study.panel.status != 0))
    r, t, k = changed[0]
    assert len(changed) == 1
    assert (study.panel.regions[r], study.panel.years[t], study.panel.items[k]) == ("450000", "2021", "tech_market")
    assert study.panel.status[r, t, k] == CORRECTED
    assert study.intake.summary.number(item="corrected") == 1


def test_correction_answers_an_impossible_value(folder, plain):
    folder.edit(40, "urbanisation_pct", "-58.5")
    rows = folder.rows()
    at = {"finding": "outlier", "choice": "correct", "regions": [rows[39][0]], "years": [int(rows[39][2])], "reason": "sign"}
    study = folder.run(lambda tree: tree["treatments"].update(urbanisation=[{**at, "value": 58.5}]))
    assert study.panel.table().number(region=rows[39][0], year=rows[39][2], indicator="urbanisation") == 58.5
    assert "impossible" in str(folder.fails(lambda tree: tree["treatments"].update(urbanisation=[{**at, "value": 158.5}])))


def test_correction_stops_when_the_source_was_mended(folder):
    folder.edit(40, "urbanisation_pct", "-58.5")
    rows = folder.rows()
    at = {"finding": "outlier", "choice": "correct", "regions": [rows[39][0]], "years": [int(rows[39][2])], "reason": "sign"}

    def change(tree):
        tree["treatments"]["urbanisation"] = [{**at, "value": 58.5, "expect": -58.5}]

    study = folder.run(change)
    assert study.panel.table().number(region=rows[39][0], year=rows[39][2], indicator="urbanisation") == 58.5
    column = folder.edit(40, "urbanisation_pct", "58.9")
    (problem,) = folder.fails(change).problems
    assert f"row 40, column {column}" in problem.place
    assert "expects -58.5" in problem.message
    assert "holds 58.9" in problem.message


X = np.array([[1.0, 0, 3, 0], [2, 4, 6, 8], [4, 8, 12, 16], [0, 0, 0, 0]])
KNOWN = np.array([[1, 0, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]], bool)


def test_interpolate_by_hand():
    """Row 0: 1, ?, 3, ? -> 2 inside; the last stays open; a region without any value stays open."""
    out = impute.interpolate(X, KNOWN)
    np.testing.assert_array_equal(out.values[0, :3], [1, 2, 3])
    assert out.known[0].tolist() == [True, True, True, False]
    assert not out.known[3].any()


def test_nearest_by_hand():
    """Row 0: 1, ?, 3, ? -> the earlier of two equally near (1), and 3 carried on."""
    np.testing.assert_array_equal(impute.nearest(X, KNOWN).values[0], [1, 1, 3, 3])


def test_ratio_to_national_by_hand():
    """Whole rows 1 and 2 have the means 3, 6, 9, 12; row 0 is 1/3 of it in both known years -> 2 and 4."""
    np.testing.assert_allclose(impute.ratio_to_national(X, KNOWN).values[0], [1, 2, 3, 4], rtol=1e-15)


def test_lowest_observed_by_hand():
    np.testing.assert_array_equal(impute.lowest_observed(X, KNOWN).values[3], [1, 4, 3, 8])


def test_declared_by_hand():
    out = impute.declared(X, KNOWN, value=7)
    np.testing.assert_array_equal(out.values[0], [1, 7, 3, 7])
    assert out.known.all()


def test_untouched_cells_stay_observed(folder, plain):
    assert (plain.panel.status == OBSERVED).sum() == 5215
