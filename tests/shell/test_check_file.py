"""`yindi check FILE`: a lone table in text, JSON and one page; sure errors end with 3, none with 0."""

from __future__ import annotations

import json

import numpy as np
import pytest

from yindi.shell import cli

NAMES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"]


def table(path, *, spoil=None, swap=False):
    rng = np.random.default_rng(1)
    x = np.round(1000 * np.exp(np.cumsum(0.05 + 0.02 * rng.standard_normal((10, 9)), axis=1)), 2)
    x *= np.arange(1, 11)[:, None]
    if spoil:
        x[spoil[0], spoil[1]] *= spoil[2]
    lines = ["地区,年份,产值(亿元)"] + [f"{n},{2012 + t},{x[r, t]:.2f}" for r, n in enumerate(NAMES) for t in range(9)]
    path.write_text("\n".join(lines) + "\n注：数据来源略\n", encoding="gb18030")
    return x


def test_a_sound_table_ends_with_nought(tmp_path, capsys):
    table(tmp_path / "a.csv")
    assert cli.call(["check", str(tmp_path / "a.csv")]) == 0
    said = capsys.readouterr().out
    assert "layout wide, 10 regions (province), 1 items, 2012 to 2020" in said
    assert "no sure error." in said


def test_a_slip_is_told_with_its_right_value(tmp_path, capsys):
    x = table(tmp_path / "a.csv", spoil=(3, 4, 10))
    assert cli.call(["check", str(tmp_path / "a.csv"), "--json", "--html", str(tmp_path / "a.html")]) == 3
    told = json.loads(capsys.readouterr().out)
    (found,) = told["findings"]
    assert (told["schema_version"], told["ok"], told["exit_code"]) == (1, False, 3)
    assert (found["names"], found["years"], found["certainty"]) == (["山西"], ["2016"], "sure")
    assert found["right"][0]["value"] == pytest.approx(x[3, 4] / 10, abs=0.01)
    assert found["evidence"]["zh"]
    assert found["effect"]["en"]
    assert "row 33, column 3 (C)" in found["place"]
    assert told["tables"][0]["units"] == [
        {"head": "产值(亿元)", "unit": "亿元", "known_as": told["tables"][0]["units"][0]["known_as"]}
    ]
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "山西" in page
    assert "What the data show" in page
    assert "数据检查" in page
    assert "http" not in page
    assert "<script" not in page


def test_years_across(tmp_path, capsys):
    rows = ["指标,地区,2018年,2019年,2020年"] + [f"产值,{n},{100 + k},{107 + k},{118 + k}" for k, n in enumerate(NAMES)]
    (tmp_path / "b.csv").write_text("\n".join(rows), encoding="utf-8")
    cli.call(["check", str(tmp_path / "b.csv"), "--json"])
    (seen,) = json.loads(capsys.readouterr().out)["tables"]
    assert (seen["layout"], seen["items"], seen["years"]) == ("years", ["产值"], ["2018", "2019", "2020"])


def test_a_study_as_a_page(example, tmp_path, capsys):
    assert cli.call(["check", str(example), "--html", str(tmp_path / "s.html"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(f["certainty"] in ("sure", "may be real") and "title" in f for f in told["findings"])
    assert "telecom" in (tmp_path / "s.html").read_text(encoding="utf-8")


def test_no_such_file(tmp_path):
    assert cli.call(["check", str(tmp_path / "none.csv")]) == 2


def test_a_damaged_workbook_is_refused(tmp_path, capsys):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert cli.call(["check", str(tmp_path / "a.xlsx"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["problems"]
