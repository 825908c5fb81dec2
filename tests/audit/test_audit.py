"""The audit finds what is known to be wrong in published tables, and finds nothing in tables that are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yindi import audit
from yindi.core.errors import ProblemsError, UsageError


def rows(text: str) -> list[dict[str, str]]:
    """Rows from a small table, columns parted by blanks."""
    head, *lines = [line.split() for line in text.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def broken(text: str, kind: str | None = None) -> list[tuple[str, int]]:
    return [(b.rule, b.row) for b in audit.rows(rows(text), kind).broken]


# published tables


def test_a_right_dagum_table_is_clean(shared: Path) -> None:
    report = audit.table(shared / "oracles/published_tables/dagum_s41598-024-84112-w_T6.csv")
    assert (report.kind, report.rows, report.clean) == ("dagum", 20, True)


def test_a_copied_zone_is_found(shared: Path) -> None:
    report = audit.table(shared / "oracles/published_tables/hqid_s41598-024-84112-w_T5_partial.csv")
    assert [b.columns for b in report.broken] == [("east_coast", "northwest")]


def test_p_that_contradicts_z_is_found(shared: Path) -> None:
    """DDNS 2022 9730564 T4: z = 3.502 printed with p = .010 (two-sided .0005). The four other p may be right after rounding."""
    report = audit.table(shared / "oracles/published_tables/moran_ddns2022_9730564_T4.csv")
    wrong = {b.row for b in report.broken if b.rule == "p follows from z"}
    assert wrong == {1, 2, 3, 5, 7, 8, 9}
    assert {b.label for b in report.broken} == {"2010", "2011", "2012", "2014", "2016", "2017", "2018"}


def test_a_fair_moran_table_is_clean(shared: Path) -> None:
    assert audit.table(shared / "oracles/published_tables/moran_resci2018_40_6_1163_T3.csv").clean


def test_a_changed_digit_in_a_right_table_is_found(shared: Path, tmp_path: Path) -> None:
    source = (shared / "oracles/published_tables/dagum_s41598-024-84112-w_T6.csv").read_text(encoding="utf-8")
    changed = tmp_path / "changed.csv"
    changed.write_text(source.replace("0.0702", "0.0720").replace("0.0739", "0.0793"), encoding="utf-8")
    rules = {b.rule for b in audit.table(changed).broken}
    assert {"parts add to the whole", "shares follow from parts"} <= rules


def test_markov_rows_of_the_geographic_journal() -> None:
    """Acta Geographica Sinica 78(9):2163 T6 (METHODS 2.3): rows that sum to 1.0600, and n = 31 printed with p = .0032."""
    table = """
        class n    I      II     III
        I     40  0.9250 0.0750 0.0000
        II    50  0.1000 0.8600 0.1000
        III   31  0.0032 0.1258 0.8710
    """
    assert ("rows sum to 1", 2) in broken(table)
    assert ("p times n is a count", 3) in broken(table)
    assert not [b for b in broken(table) if b[1] == 1]


def test_theil_parts_that_exceed_the_total() -> None:
    """HSSCOMM s41599-025-05158-3 T11 (METHODS 2.3): parts exceed the total by 38 to 42 per cent, the share is another number."""
    table = """
        year total within between within_share
        2011 0.100 0.085  0.054   0.60
        2012 0.100 0.060  0.040   0.60
    """
    assert broken(table) == [("parts add to the whole", 1), ("shares follow from parts", 1)]


# recipes known to be wrong


def test_entropies_above_one_are_named() -> None:
    """METHODS 0.1: divided by ln T; e between 1.83 and 2.29, every 1 - e negative, weights positive again."""
    table = """
        indicator e    weight
        a         1.83 0.2632
        b         2.04 0.3302
        c         2.28 0.4066
    """
    assert broken(table) == [("entropy lies in [0, 1]", n) for n in (1, 2, 3)]


def test_reversed_weights_are_found_with_the_data() -> None:
    x = np.random.default_rng(1).lognormal(sigma=[0.1, 0.5, 1.0, 1.5], size=(60, 4))
    data = [dict(zip("abcd", map(repr, map(float, line)), strict=True)) for line in x]
    right = rows("indicator weight\na 0.05\nb 0.15\nc 0.30\nd 0.50")
    wrong = rows("indicator weight\na 0.50\nb 0.30\nc 0.15\nd 0.05")
    assert audit.rows(right, "weights", data=data).clean
    assert [b.rule for b in audit.rows(wrong, "weights", data=data).broken] == ["the order is not reversed"]


def test_weights_must_sum_to_one_and_follow() -> None:
    assert broken("indicator weight\na 0.50\nb 0.30\nc 0.10") == [("weights sum to 1", 1)]
    assert broken("indicator weight\na 0.333\nb 0.333\nc 0.333") == []
    table = "indicator e d weight\na 0.90 0.10 0.25\nb 0.70 0.30 0.75\nc 0.80 0.30 0.00"
    assert ("divergence is 1 - e", 3) in broken(table)
    assert ("weights follow from divergence", 3) in broken(table)


def test_the_lost_two_of_coupling() -> None:
    """U = .4, .9: sqrt(.36) = .6; C = 1.2 / 1.3 = .923; without the 2 .462. T = .65, D = sqrt(.923 x .65) = .775."""
    assert broken("u1 u2 C T D\n0.400 0.900 0.923 0.650 0.775", "coupling") == []
    report = audit.rows(rows("u1 u2 C T D\n0.400 0.900 0.462 0.650 0.548"), "coupling")
    assert "factor 2 was lost" in str(report)


def test_the_form_of_wang_is_known() -> None:
    """U = .4, .9: sqrt((1 - .5) x .4 / .9) = .471."""
    assert broken("u1 u2 C T D\n0.400 0.900 0.471 0.650 0.553", "coupling") == []


def test_grades_cut_to_the_observed_range() -> None:
    """Geogr. Science 2017 37(7):1032 T2 (METHODS 2.3): cuts at .16, .17, .18; grades at tenths pass."""
    assert broken("D grade\n0.155 low\n0.162 mid\n0.171 high\n0.185 top", "coupling") == [("grades are cut at tenths", 0)] * 3
    assert broken("D grade\n0.155 low\n0.262 mid\n0.297 mid\n0.305 high", "coupling") == []


def test_negative_rho_beside_positive_moran() -> None:
    table = "year I z rho\n2011 0.43 3.90 -0.63\n2012 0.44 3.99 0.44"
    assert broken(table) == [("rho and I agree in sign", 1)]


# reading


def test_kinds_are_guessed_by_chinese_headers_too(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes("年份,总体基尼系数,区域内,区域间,超变密度\n2011,0.30,0.10,0.15,0.05\n".encode("gb18030"))
    assert (audit.table(file).kind, audit.table(file).clean) == ("dagum", True)


def test_sheets_are_read(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for line in (["year", "G", "Gw", "Gnb", "Gt"], [2011, 0.31, 0.11, 0.15, 0.05], [2012, 0.31, 0.11, 0.15, 0.09]):
        book.active.append(line)
    book.save(tmp_path / "t.xlsx")
    assert [(b.rule, b.row, b.label) for b in audit.table(tmp_path / "t.xlsx").broken] == [("parts add to the whole", 2, "2012")]


def test_a_results_folder_is_audited_whole(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "disparity.theil.csv").write_text("year,total,between,within\n2011,0.1,0.04,0.06\n", encoding="utf-8")
    (tmp_path / "tables" / "scores.weights.csv").write_text(
        "scheme,indicator,value\nentropy,a,0.41\nentropy,b,0.59\ncritic,a,0.50\ncritic,b,0.61\n", encoding="utf-8")  # fmt: skip
    report = audit.table(tmp_path)
    assert [(b.rule, b.label) for b in report.broken] == [("weights sum to 1", "critic")]
    assert "scores.weights" in str(report)


def test_what_cannot_be_audited_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dagum"):
        audit.rows(rows("year G\n2011 0.3"), "dagun")
    with pytest.raises(UsageError, match="needs columns"):
        audit.rows(rows("year G\n2011 0.3"), "theil")
    with pytest.raises(ProblemsError, match="no such file"):
        audit.table(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="no header with rows"):
        audit.table(tmp_path / "empty.csv")
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match="holds neither"):
        audit.table(tmp_path / "bare")


# recipes found with the data


def panel_rows(name: str, values: np.ndarray) -> list[dict[str, str]]:
    """Rows region, year, `name` from values (R,T)."""
    cells = np.ndenumerate(values)
    return [{"region": f"r{r}", "year": str(2011 + t), name: repr(float(v))} for (r, t), v in cells]


def test_years_that_shock_all_regions_break_one_way_residuals() -> None:
    """R 31, T 10: shocks of variance 1 beside noise of variance 1 leave years half of what regional means leave."""
    rng = np.random.default_rng(5)
    noise, shock = rng.standard_normal((31, 10)), rng.standard_normal((1, 10))
    y = noise + shock + rng.standard_normal((31, 1))
    one_way = y - y.mean(axis=1, keepdims=True)
    two_way = one_way - one_way.mean(axis=0)
    found = audit.rows(panel_rows("residual", one_way))
    assert found.kind == "panel"
    assert [b.rule for b in found.broken] == ["years shock no residual"]
    assert 0.3 < found.broken[0].found < 0.7
    assert audit.rows(panel_rows("residual", two_way)).clean
    assert audit.rows(panel_rows("residual", noise)).breaks == ()
    raw = audit.rows(panel_rows("output", y), "panel")
    assert raw.clean
    assert "two-way" in str(raw)


def test_share_of_years_by_hand() -> None:
    """(1, 3), (2, 6): within regions (-1, 1), (-2, 2), squares 10; yearly means -1.5, 1.5 make 2 x 4.5 = 9 of them."""
    from yindi.audit.panel import year_share

    assert year_share(np.array([[1.0, 3.0], [2.0, 6.0]]))[0] == pytest.approx(0.9)
    assert year_share(np.array([[1.0, 1.0], [2.0, 2.0]])) == (0.0, 1.0)


def test_published_panel_needs_effects_of_years(shared: Path) -> None:
    """The inputs of a published spatial Durbin model: digital finance and quality rise everywhere; road mileage does in part."""
    found = audit.table(shared / "oracles/nqp127/sdm_inputs.csv", "panel")
    assert found.clean
    named = {b.columns[0] for b in found.breaks}
    assert "高质量发展_组合得分" in named


def test_a_panel_with_gaps_is_refused() -> None:
    with pytest.raises(UsageError, match="once"):
        audit.rows(panel_rows("residual", np.ones((3, 3)))[:-1], "panel")


def test_entropies_over_the_log_of_years(shared: Path) -> None:
    """403 rows, 13 years: with ln 13 for ln 403 every entropy exceeds 1 and weights follow from 1 - e < 0; right ones pass."""
    import csv

    source = shared / "oracles/nqp127/inputs_8indicators_403.csv"
    with source.open(encoding="utf-8-sig") as file:
        data = list(csv.DictReader(file))
    names = list(data[0])[2:]
    x = np.array([[float(r[n]) for n in names] for r in data])
    z = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    p = z / z.sum(axis=0)
    entropy = -np.sum(p * np.log(p, out=np.zeros_like(p), where=p > 0), axis=0)

    def printed(divisor: int) -> list[dict[str, str]]:
        d = 1 - entropy / np.log(divisor)
        return [{"indicator": n, "weight": f"{w:.4f}"} for n, w in zip(names, d / d.sum(), strict=True)]

    rule = "entropies are over the log of all rows"
    assert audit.rows(printed(403), "weights", data=data).clean
    assert rule in {b.rule for b in audit.rows(printed(13), "weights", data=data).broken}
    assert rule in {b.rule for b in audit.rows(printed(31), "weights", data=data).broken}


def test_a_table_of_no_known_kind_is_not_called_sound():
    from yindi.audit import rows

    report = rows([{"甲": "1", "乙": "4"}, {"甲": "2", "乙": "9"}])
    assert report.kind == "any"
    assert "not recognised" in str(report)
    assert "holds" not in str(report)


ODD = {
    "two lines of heads, shares before parts": (
        "年份,总体基尼系数,贡献（%）,,,差异来源,,\n,,区域内,区域间,超变密度,区域内,区域间,超变密度\n"
        "2015,0.300***,33.33%,50.00%,16.67%,0.100,0.150,0.050\n2016,0.310**,32.26%,48.39%,19.35%,0.100,0.150,{}\n"
        "注：***表示在1%水平上显著。\n",
        "dagum", "0.060", "0.090",
    ),
    "on its side": (
        "指标,2015,2016\n总体基尼系数,0.300,0.310\n区域内,0.100,0.100\n区域间,0.150,0.150\n超变密度,0.050,{}\n",
        "dagum", "0.060", "0.090",
    ),
    "English names of papers": (
        "Year,Overall,Within-group,Between-group,Hypervariable density\n2011,0.300,0.100,0.150,{}\n", "dagum", "0.050", "0.080",
    ),
    "symbols behind the words, a row of totals": (
        "指标,信息熵值e,信息效用值d,权重系数w\n研发,0.90,0.10,50.00%\n专利,0.90,0.10,{}\n合计,,0.20,100.00%\n",
        "weights", "50.00%", "60.00%",
    ),
    "coupling with symbols": (
        "地区,U1,U2,耦合度C,综合协调指数T,耦合协调度D\n北京,0.8,0.6,{},0.70,0.832\n", "coupling", "0.990", "0.495",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ODD))
def test_tables_as_papers_print_them(tmp_path: Path, name: str) -> None:
    text, kind, right, wrong = ODD[name]
    for cell, sound in ((right, True), (wrong, False)):
        file = tmp_path / "table.csv"
        file.write_text(text.format(cell), encoding="utf-8")
        found = audit.table(file)
        assert (found.kind, found.clean) == (kind, sound), str(found)
