"""Corrections beside the study file, the regression imputer, deflation, declared sums, units that do not fit, hidden breaks."""

from __future__ import annotations

import numpy as np
import pytest
from test_slips import cube_of, walk

from yindi.core.errors import MethodError, ProblemsError
from yindi.core.inputs import Identity
from yindi.intake import prices, wide
from yindi.intake.regression import panel_regression

ONE = """corrections:
  - variable: patents
    region: "110000"
    year: 2013
    expect: 29.492
    value: 30.5
    reason: {zh: 年鉴第二版更正, en: corrected in the second edition}
    source: China Statistical Yearbook on Science and Technology 2015, page 12
"""


def test_a_correction_is_applied_marked_and_told(folder):
    (folder.path / "corrections.yaml").write_text(ONE, encoding="utf-8")
    study = folder.run()
    cell = study.panel.take(regions=["110000"], years=["2013"], items=["patents"])
    assert (float(cell.values[0, 0, 0]), bool(cell.marks()[0, 0, 0])) == (30.5, True)
    assert "corrections.yaml" in {s.path for s in study.ledger.sources.values()}
    assert study.config.treatments["patents"][0].source.startswith("China Statistical Yearbook")


def test_a_mended_source_stops_the_run(folder):
    (folder.path / "corrections.yaml").write_text(ONE.replace("29.492", "28"), encoding="utf-8")
    fault = folder.fails()
    assert "expects 28" in str(fault)
    assert "the file holds 29.492" in str(fault)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: [", "is no YAML"), ("corrections: 3", "holds no list"), ("corrections: [{variable: gdp}]", "region"),
     ("a: &x [*x]", "anchors and aliases"), (ONE.replace("value: 30.5", "value: 30.5\n    factor: 2"), "one of value and factor"),
     (ONE.replace("    reason: {zh: 年鉴第二版更正, en: corrected in the second edition}\n", ""), "reason")],
)  # fmt: skip
def test_a_broken_file_of_corrections_is_refused(folder, text, said):
    (folder.path / "corrections.yaml").write_text(text, encoding="utf-8")
    assert said in str(folder.fails())


def test_regression_by_hand():
    """Two regions, two years, in logs: the absent cell is 2 x 12 / 4 = 6, as effects multiply; with a 0 they add to 14."""
    x, known = np.array([[4.0, 2.0], [12.0, 0.0]]), np.array([[True, True], [True, False]])
    made = panel_regression(x, known)
    assert made.values[1, 1] == pytest.approx(6.0, rel=1e-9)
    assert made.known.all()
    y = np.array([[0.0, 2.0], [12.0, 0.0]])
    assert panel_regression(y, known).values[1, 1] == pytest.approx(14.0, rel=1e-9)


def test_regression_with_a_covariate_recovers_what_made_the_data():
    """y = region x year x z^0.7 without noise: the absent cells come out exactly, and the interval has no width."""
    rng = np.random.default_rng(2)
    z = rng.uniform(1, 9, (12, 8))
    whole = rng.uniform(1, 5, (12, 1)) * rng.uniform(1, 2, (1, 8)) * z**0.7
    known = rng.random(z.shape) < 0.7
    made = panel_regression(np.where(known, whole, 0.0), known, covariates=[z])
    np.testing.assert_allclose(made.values, whole, rtol=1e-7)
    np.testing.assert_allclose(made.low, made.high, rtol=1e-5)


def test_the_interval_covers_nine_in_ten():
    """Noise of 10 % around region and year effects: of 90 % intervals, 85 to 95 in a hundred hold the hidden value."""
    inside = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        whole = np.exp(rng.normal(3, 1, (20, 1)) + rng.normal(0, 0.3, (1, 10)) + 0.1 * rng.standard_normal((20, 10)))
        known = rng.random(whole.shape) < 0.8
        made = panel_regression(np.where(known, whole, 0.0), known)
        gap = ~known & made.known
        inside += ((made.low <= whole) & (whole <= made.high))[gap].tolist()
    assert 0.85 < np.mean(inside) < 0.95


def test_a_region_without_any_value_stays_open():
    known = np.ones((4, 5), bool)
    known[2] = False
    made = panel_regression(np.where(known, 3.0, 0.0), known)
    assert not made.known[2].any()
    assert made.known[[0, 1, 3]].all()


def test_regression_in_a_study_is_marked_and_carries_its_interval(folder):
    def change(tree):
        tree["treatments"]["tech_market"][0] |= {"method": "panel_regression", "covariates": ["gdp_per_capita", "rd_spend"]}

    study = folder.run(change)
    table = study.table("intake.imputed")
    cell = "tech_market.540000.2013"
    low, value, high = (table.number(c, cell=cell) for c in ("low", "value", "high"))
    assert low < value < high
    assert table.text("method", cell=cell) == "panel_regression"
    assert study.panel.take(regions=["540000"], years=["2013"], items=["tech_market"]).marks().all()


def test_price_levels_by_hand():
    """Chain index 110, 120 after the base: levels 1, 1.1, 1.32; a fixed one 50, 100, 150: 0.5, 1, 1.5."""
    chain, _ = prices.level(np.array([[100.0, 110.0, 120.0]]), np.ones((1, 3), bool), 0, chain=True)
    np.testing.assert_allclose(chain, [[1.0, 1.1, 1.32]])
    back, _ = prices.level(np.array([[100.0, 110.0, 120.0]]), np.ones((1, 3), bool), 2, chain=True)
    np.testing.assert_allclose(back, [[1 / 1.32, 1.1 / 1.32, 1.0]])
    fixed, _ = prices.level(np.array([[50.0, 100.0, 150.0]]), np.ones((1, 3), bool), 1, chain=False)
    np.testing.assert_allclose(fixed, [[0.5, 1.0, 1.5]])
    with pytest.raises(MethodError):
        prices.level(np.array([[0.0, 1.0]]), np.ones((1, 2), bool), 0, chain=False)


def test_deflated_cells_are_derived_and_marked(folder):
    """Population as an index with base 2013 as a deflator has plain arithmetic: gdp x population(2013) / population."""
    plain = folder.run()
    study = folder.run(lambda tree: tree.update(deflators={"gdp": {"index": "population", "base": 2013}}))
    at = {"regions": ["110000"], "years": ["2014"]}
    old, people = (plain.panel.take(**at, items=[i]).values[0, 0, 0] for i in ("gdp", "population"))
    base = plain.panel.take(regions=["110000"], years=["2013"], items=["population"]).values[0, 0, 0]
    new = study.panel.take(**at, items=["gdp"])
    assert new.values[0, 0, 0] == pytest.approx(old * base / people)
    assert new.marks().all()
    with pytest.raises(ProblemsError, match="no variable 'cpi'"):
        folder.run(lambda tree: tree.update(deflators={"gdp": {"index": "cpi", "base": 2013}}))


def test_a_declared_price_base_answers_the_break_and_parts_the_years(folder):
    def change(tree):
        del tree["treatments"]["telecom"]
        bases = {2013: "2010 prices", 2016: "2015 prices", 2021: "2020 prices"}
        tree["series"] = {"telecom": {"price_base": bases, "source": "NBS"}}

    study = folder.run(change)
    assert [len(part) for part in study.panel.segments_of("telecom")] == [3, 5, 3]
    assert study.table("intake.series").text("price_base", note="telecom.2016") == "2015 prices"


def test_parts_and_total():
    """Total 10x too large in one cell, a part with a turned sign in another: both found with the right value."""
    a, b = walk(30), walk(31)
    cube = cube_of(np.stack([a + b, a, b], axis=2), ("total", "a", "b"))
    identity = Identity(total="total", parts=("a", "b"))
    assert list(wide.parts(cube, identity)) == []
    cube.values[2, 3, 0] *= 10
    cube.values[5, 6, 1] *= -1
    first, second = wide.parts(cube, identity)
    assert (first.variable, first.regions, first.years) == ("total", ("130000",), ("2014",))
    assert first.right[0][2] == pytest.approx(a[2, 3] + b[2, 3])
    assert (second.variable, second.right[0][2]) == ("a", pytest.approx(a[5, 6]))


def test_a_declared_identity_stops_the_run_until_answered(folder):
    def change(tree):
        tree["identities"] = [{"total": "gdp", "parts": ["population", "highway"]}]

    assert "parts and total disagree" in str(folder.fails(change))


@pytest.mark.parametrize(("factor", "unit"), [(1e4, "万元"), (1e8, "元")])
def test_a_column_in_another_unit_without_a_head_is_not_read_silently(folder, factor, unit):
    rows = folder.rows()
    at = rows[0].index("gdp_100m_yuan")
    rows[0][at] = "gdp_total"
    for row in rows[1:]:
        row[at] = f"{float(row[at]) * factor:.0f}" if row[at] else ""
    folder.write(rows)

    def change(tree):
        columns = tree["inputs"][0]["columns"]
        columns["gdp_total"] = columns.pop("gdp_100m_yuan")
        tree["inputs"][1].pop("total")

    seen = folder.inspect(change)
    (found,) = [f for f in seen.findings if f.kind == "unit"]
    assert found.variable == "gdp"
    assert found.sure
    assert unit in found.detail
    assert any("does not fit the unit" in str(p) for p in seen.unanswered)


def test_a_break_before_the_first_year_is_still_told(folder):
    """The study begins in 2017; the price base of telecom changed in 2016, which its files show."""
    seen = folder.inspect(lambda tree: tree.update(years=[2017, 2023]))
    assert any(f.variable == "telecom" and f.years == ("2016",) and "before the study's years" in f.detail for f in seen.findings)
    assert not any("before the study's years" in f.detail for f in folder.inspect().findings)
