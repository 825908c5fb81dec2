"""Wrong recipes with the data beside them, further kinds, our own results, and right tables that must pass."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from yindi import audit
from yindi.audit.findings import Report

RIGHT = [
    "nqp127/W_adj_rowstd_31.csv", "nqp127/scores_A1.csv", "nqp127/hqd_A2.csv", "nqp127/sdm_inputs.csv",
    "nqp127/inputs_8indicators_403.csv", "nqp127/china31_contiguity_edges.csv", "spdep/columbus_W_binary.csv",
    "spdep/columbus_localmoran.csv", "nca/nca_example.csv", "tai/tai_weights_T18_T22.csv", "tai/tai_raw_A2.csv",
    "tai/tai_ahp_matrix_T20.csv", "tai/tai_corr_T6.csv", "tai/tai_bod_T19.csv", "tai/tai_eigen_T7.csv", "tai/tai_varimax_T17.csv",
    "tai/tai_ranks_T23.csv", "qca_lipset/LF.csv", "qca_lipset/LF_truthtable_incl08.csv", "coinr_asem/asem_results.csv",
    "coinr_asem/asem_weights_original.csv", "coinr_asem/asem_aggregated.csv", "giddy/states48_W.csv",
    "giddy/us_pci_1929_2009.csv", "o02_wangshujia2021_table8.csv", "published_tables/dagum_s41598-024-84112-w_T6.csv",
    "published_tables/moran_resci2018_40_6_1163_T3.csv",
]  # fmt: skip


def rows(text: str) -> list[dict[str, str]]:
    """Rows from a small table, columns parted by blanks."""
    head, *lines = [line.split() for line in text.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def rules(report: Report) -> list[str]:
    return [b.rule for b in report.broken]


@pytest.mark.parametrize("name", RIGHT)
def test_right_tables_of_the_oracles_are_clean(shared: Path, name: str) -> None:
    assert audit.table(shared / "oracles" / name).clean


class TestWeightsOfNeighbours:
    def test_row_order_of_weights_and_panel(self, shared: Path) -> None:
        """127ww (METHODS 0.2): the panel begins with Shanghai, the weights with Peking; by label I is positive, by row not."""
        folder = shared / "oracles/nqp127"
        found = audit.table(folder / "sdm_inputs.csv", neighbours=folder / "W_adj_rowstd_31.csv")
        assert rules(found) == ["weights and panel stand in one order"]
        assert found.broken[0].found < 0.0 < 0.4 < found.broken[0].expected
        assert "'上海' in the panel, '北京' in the weights" in str(found)

    def test_one_order_passes(self, shared: Path) -> None:
        panel = "region year y\n" + "\n".join(f"{r} {t} {n * t % 7}" for n, r in enumerate("abcd") for t in (2011, 2012, 2013))
        w = rows("id a b c d\na 0 1 0 0\nb 1 0 1 0\nc 0 1 0 1\nd 0 0 1 0")
        assert audit.rows(rows(panel), "panel", neighbours=w).clean
        turned = [w[0], w[2], w[1], w[3]]
        assert rules(audit.rows(rows(panel), "panel", neighbours=turned)) == ["weights and panel stand in one order"]
        assert rules(audit.rows(turned)) == ["rows and columns stand in one order"]

    def test_a_matrix_of_its_own(self) -> None:
        table = "id a b c d\na 0 0.500 0.500 0\nb 0.500 0 0.400 0\nc 0.500 0.500 0 0\nd 0 0 0 0"
        found = audit.rows(rows(table))
        assert found.kind == "neighbours"
        assert [(b.rule, b.row) for b in found.broken] == [("rows sum to 1, or links are 0 and 1", 2)]
        assert "d is an island" in str(found)
        loop = rows("id a b c\na 1 1 0\nb 1 0 1\nc 0 1 0")
        assert rules(audit.rows(loop, "neighbours")) == ["no unit is its own neighbour"]


class TestMoran:
    @pytest.mark.parametrize(("data", "column"), [("scores_A1.csv", "Z_nqp_published"), ("hqd_A2.csv", "Z_hqd_published")])
    @pytest.mark.parametrize("w", ["W_adj_rowstd_31.csv", "china31_contiguity_edges.csv"])
    def test_slope_t_printed_as_z(self, shared: Path, data: str, column: str, w: str) -> None:
        """127ww Table 2 (METHODS 2.3): all 13 z of both indices are the t of the line; the 13 I are right."""
        folder = shared / "oracles/nqp127"
        found = audit.table(folder / "moran_T2.csv", data=folder / data, neighbours=folder / w)
        assert found.kind == "moran"
        assert [(b.rule, b.columns, b.row) for b in found.broken] == [
            ("z is that of Moran's I", (column,), n + 1) for n in range(13)
        ]
        assert all("the t of a line" in b.message for b in found.broken)

    def test_the_right_z_passes_and_a_wrong_i_does_not(self, shared: Path) -> None:
        """z of 2011 by the oracles' README: 3.90 under normality, 4.00 under randomisation."""
        folder = shared / "oracles/nqp127"
        with (folder / "scores_A1.csv").open(encoding="utf-8-sig") as file:
            data = list(csv.DictReader(file))
        with (folder / "W_adj_rowstd_31.csv").open(encoding="utf-8-sig") as file:
            w = list(csv.DictReader(file))
        for z in ("3.90", "4.00", "3.95"):
            assert audit.rows(rows(f"year I z\n2011 0.428 {z}"), data=data, neighbours=w).clean
        assert rules(audit.rows(rows("year I z\n2011 0.433 3.95"), data=data, neighbours=w)) == ["I follows from the data"]


class TestConvergence:
    def test_yearly_growth_divided_by_the_sample_span(self) -> None:
        """METHODS 3.12: b = -.448 over one year: -ln .552 = .594, half-life 1.2; divided by 12 years .0495 and 14 years."""
        right = audit.rows(rows("model beta speed half_life\ntwo-way -0.448 0.594 1.17"))
        wrong = audit.rows(rows("model beta speed half_life\ntwo-way -0.448 0.0495 14.0"))
        assert (right.kind, right.clean) == ("convergence", True)
        assert rules(wrong) == ["speed follows from the coefficient"]
        assert "was divided by 12" in str(wrong)

    def test_growth_over_many_years(self) -> None:
        """b = -.02 over 20 years: -ln(.6) / 20 = .02554; ln 2 / .02554 = 27.14."""
        assert audit.rows(rows("model beta speed half_life span\nabsolute -0.0200 0.02554 27.1 20")).clean
        found = audit.rows(rows("model beta speed half_life\nabsolute -0.0200 0.02554 37.1"))
        assert rules(found) == ["half-life is ln 2 over the speed"]
        assert rules(audit.rows(rows("model beta speed\ndiverging 0.02 0.02"))) == ["convergence is a negative coefficient"]


class TestRanking:
    def test_ranks_follow_from_scores(self) -> None:
        assert audit.rows(rows("region score rank\na 0.9 1\nb 0.7 2\nc 0.7 2\nd 0.1 4")).clean
        assert audit.rows(rows("region score rank\na 0.9 4\nb 0.7 3\nc 0.6 2\nd 0.1 1")).clean
        found = audit.rows(rows("region score rank\na 0.9 1\nb 0.5 2\nc 0.7 3\nd 0.1 4"))
        assert [(b.label, b.row) for b in found.broken] == [("b", 2), ("c", 3)]

    def test_ranks_from_hidden_bounds(self, shared: Path) -> None:
        """OECD Table 23 (METHODS 2.3): equal weights over its own 23 countries give 11 ranks by min-max, 7 by z-scores."""
        folder = shared / "oracles/tai"
        found = audit.table(folder / "tai_ranks_T23.csv", data=folder / "tai_raw_A2.csv")
        assert rules(found) == ["ranks follow from the data"]
        assert "min-max give 11 of 23, z-scores give 7 of 23" in str(found)


class TestCoupling:
    def test_a_published_scale_cut_to_the_data(self) -> None:
        """Geogr. Science 2017 37(7):1032 T2 (METHODS 2.3): cuts at .16, .17, .18."""
        wrong = audit.rows(
            [{"grade": g, "range": r} for g, r in zip("abcd", ("0~0.16", "0.16~0.17", "0.17~0.18", "0.18~1"), strict=True)]
        )
        assert wrong.kind == "coupling"
        assert [b.found for b in wrong.broken] == [0.16, 0.17, 0.18]
        fixed = [{"耦合协调等级": g, "D值区间": r} for g, r in zip("abc", ("[0.0,0.3)", "[0.3,0.5)", "[0.5,1.0]"), strict=True)]
        assert audit.rows(fixed).clean
        nines = [{"grade": g, "lower": a, "upper": b} for g, a, b in (("x", "0.000", "0.399"), ("y", "0.400", "1.000"))]
        assert audit.rows(nines, "coupling").clean

    def test_both_forms_need_common_systems(self) -> None:
        """r = U_min / U_max = .25: C = 2 x .5 / 1.25 = .8; the modified form lies in [.25, .5)."""
        assert audit.rows(rows("city C_original C_modified\na 0.800 0.400")).clean
        found = audit.rows(rows("city C_original C_modified\na 0.800 0.600\nb 0.800 0.200"))
        assert rules(found) == ["both forms of C have a common U1, U2"] * 2


class TestDuplicates:
    def test_keys_and_counts_are_not_copies(self) -> None:
        assert audit.rows(rows("id code y\n1 1 0.3\n2 2 0.4\n3 3 0.1")).breaks == ()
        counts = audit.rows(rows("id a b\nx 1 1\ny 5 5\nz 3 3"))
        assert counts.clean
        assert len(counts.breaks) == 1
        assert not audit.rows(rows("id a b\nx 0.1 0.1\ny 0.5 0.5\nz 0.3 0.3")).clean


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")


class TestOurOwnResults:
    def good(self, tmp_path: Path) -> Path:
        write(tmp_path, "scores.index", "region,year,value\n1,2020,0.5\n2,2020,0.7\n")
        write(tmp_path, "scores.rank", "region,year,value\n1,2020,2\n2,2020,1\n")
        write(
            tmp_path, "scores.dimensions", "region,year,dimension,value\n1,2020,a,0.2\n1,2020,b,0.3\n2,2020,a,0.3\n2,2020,b,0.4\n"
        )
        write(tmp_path, "disparity.markov", "from,to,count,p,passage\n1,1,3,0.75,2\n1,2,1,0.25,4\n2,1,0,0,\n2,2,0,0,\n")
        write(tmp_path, "diagnosis.obstacle", "region,indicator,degree\n1,a,0.4\n1,b,0.6\n2,a,\n2,b,\n")
        write(tmp_path, "disparity.change", "part,change\ngini,0.03\nwithin,0.01\nbetween,0.03\ntransvariation,-0.01\n")
        return tmp_path

    def test_clean(self, tmp_path: Path) -> None:
        found = audit.table(self.good(tmp_path))
        assert (found.kind, found.clean, found.breaks) == ("results", True, ())

    @pytest.mark.parametrize(("name", "old", "new"), [
        ("scores.rank", "1,2020,2", "1,2020,1"), ("scores.dimensions", "1,2020,b,0.3", "1,2020,b,0.31"),
        ("disparity.markov", "1,1,3,0.75", "1,1,3,0.8"), ("diagnosis.obstacle", "1,b,0.6", "1,b,0.5"),
        ("disparity.change", "within,0.01", "within,0.02"), ("scores.index", "1,2020,0.5", "1,2020,0.55"),
    ])  # fmt: skip
    def test_a_changed_number_is_found(self, tmp_path: Path, name: str, old: str, new: str) -> None:
        folder = self.good(tmp_path)
        write(folder, name, (folder / f"{name}.csv").read_text(encoding="utf-8-sig").replace(old, new))
        assert not audit.table(folder).clean

    def test_a_folder_of_papers(self, tmp_path: Path) -> None:
        write(tmp_path, "one", "year,total,within,between\n2011,0.100,0.040,0.060\n")
        write(tmp_path, "two", "year,total,within,between\n2011,0.100,0.040,0.080\n")
        (tmp_path / "three.csv").write_bytes(b"")
        found = audit.table(tmp_path)
        assert found.kind == "folder"
        assert {b.message.partition(":")[0] for b in found.broken} == {"two.csv", "three.csv"}


NO_TABLES = [b"", b"\n\n\n", b"a\n", b"\xff\xfe", b"\x00\x01\x02\x03" * 100, b"\x89PNG\r\n\x1a\n" + bytes(range(256))]


class TestHostileFiles:
    """Whatever is given: a report or an error that says what is wrong, never a traceback."""

    def read(self, tmp_path: Path, content: str | bytes, name: str = "t.csv") -> Report:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return audit.table(path)

    @pytest.mark.parametrize("content", NO_TABLES)
    def test_no_table(self, tmp_path: Path, content: bytes) -> None:
        from yindi.core.errors import ProblemsError

        with pytest.raises(ProblemsError, match=r"header|text"):
            self.read(tmp_path, content)

    def test_a_sheet_that_is_none(self, tmp_path: Path) -> None:
        from yindi.core.errors import ProblemsError

        with pytest.raises(ProblemsError, match="cannot be read"):
            self.read(tmp_path, b"not a zip", "t.xlsx")

    def test_no_number_and_one_column(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, "a,b\nx,y\nz,w\n").kind == "any"
        assert self.read(tmp_path, "a\n1\n2\n3\n").breaks == ()

    def test_caption_merged_heads_and_notes(self, tmp_path: Path) -> None:
        text = (
            "表3 Dagum 基尼系数分解,,,,,,\n年份,总体基尼系数,区域内,,区域间,,超变密度\n,,系数,贡献率,系数,贡献率,系数\n"
            "2011,0.30,0.10,33.3%,0.15,50.0%,0.05\n2012,0.30,0.10,33.3%,0.15,50.0%,0.08\n注：作者计算,,,,,,\n"
        )
        found = self.read(tmp_path, text)
        assert found.rows == 2
        assert found.source == "t.csv"

    def test_chinese_heads_with_brackets_stars_and_percent(self, tmp_path: Path) -> None:
        heads = "年份,总体基尼系数（G）,区域内（Gw）,区域间（Gnb）,超变密度（Gt）,区域内贡献率（%）"
        text = f"{heads}\n２０１１,0.300***,0.100,0.150,0.050,33.33％\n"
        assert self.read(tmp_path, text).clean
        assert rules(self.read(tmp_path, text.replace("33.33", "35.33"))) == ["shares follow from parts"]

    def test_ragged_rows_and_heads_that_repeat(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, "year,G,G,Gw,Gnb,Gt\n2011,0.3,0.4,0.1,0.15,0.05,extra,cells\n2012,0.3\n")
        assert found.rows == 2
        assert found.kind == "dagum"

    def test_utf16_tabs_and_semicolons(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, "year\tG\tGw\tGnb\tGt\n2011\t0.30\t0.10\t0.15\t0.05\n".encode("utf-16")).clean
        assert not self.read(tmp_path, "year;G;Gw;Gnb;Gt\n2011;0.30;0.10;0.15;0.09\n").clean

    def test_every_sheet_is_read(self, tmp_path: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        for name, gt in (("right", 0.05), ("wrong", 0.09)):
            sheet = book.create_sheet(name)
            for line in (["year", "G", "Gw", "Gnb", "Gt"], [2011, 0.31, 0.11, 0.15, gt]):
                sheet.append(line)
        book.save(tmp_path / "t.xlsx")
        found = audit.table(tmp_path / "t.xlsx")
        assert [b.message.partition(":")[0] for b in found.broken] == ["wrong"]

    def test_a_long_table(self, tmp_path: Path) -> None:
        import time

        rng = np.random.default_rng(0)
        lines = "\n".join(",".join(f"{v:.4f}" for v in row) for row in rng.random((40_000, 12)))
        began = time.process_time()
        found = self.read(tmp_path, ",".join(f"x{n}" for n in range(12)) + "\n" + lines)
        assert found.rows == 40_000
        assert time.process_time() - began < 15

    def test_numbers_that_are_none(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, "year,G,Gw,Gnb,Gt\n2011,n/a,—,inf,nan\n2012,1e400,0.1,0.1,0.1\n2013,-0.2,0.1,0.1,0.1\n")
        assert not found.clean
