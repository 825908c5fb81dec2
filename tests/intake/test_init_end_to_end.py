"""From a folder of tables to a study that runs: `yindi init`, the questions answered, `yindi check`, every cell compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import written
import yaml
from written import PLACES, YEARS, Book

from yindi.core.config import read_config
from yindi.intake import stage
from yindi.shell import cli

FRAMEWORK = """code: own
title: {zh: 框架, en: Frame}
dimensions: {d: {zh: 维度, en: Dimension}}
indicators: [{code: gdp, dimension: d, direction: 1}, {code: population, dimension: d, direction: 1}]
"""
ANSWERS = {"地区生产总值": "gdp", "年末常住人口": "population"}
TITLED = {"bureau": written.bureau, "yearbook": written.yearbook, "sheets": written.sheets, "blocks": written.blocks}
PLAIN = {"long": written.long, "wide": written.wide, "across": written.across}
CASES = [(n, e) for n in TITLED for e in (".xlsx", ".xls", ".ods", ".csv") if (n, e) != ("sheets", ".csv")]
CASES += [(n, e) for n in PLAIN for e in written.FORMATS]


def answered(text: str) -> str:
    """The proposal with its questions answered as a reader of the tables would: known names get their code, the others go."""
    lines = []
    for line in text.replace("framework: nqpf_b", "framework: framework.yaml").splitlines():
        found = re.match(r"    (?:#   |  )('[^']+'): (\S+)(\s+#.*)?$", line)
        if line.startswith("    # columns:"):
            lines.append("    columns:")
        elif found:
            code = next((c for name, c in ANSWERS.items() if name in found[1] or found[2] == c), None)
            lines += [f"      {found[1]}: {code}"] if code else []
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def checked(place: Path, capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str, str], float]:
    """Init, answer, check (exit 0); the cells that were read."""
    assert cli.call(["init", str(place)]) == 0
    path = place / "study.yaml"
    raw = path.read_text(encoding="utf-8")
    assert cli.call(["check", str(place)]) in (0, 3)
    assert "Traceback" not in capsys.readouterr().err
    path.write_text(answered(raw), encoding="utf-8")
    (place / "framework.yaml").write_text(FRAMEWORK, encoding="utf-8")
    code = cli.call(["check", str(place)])
    said = capsys.readouterr()
    assert code == 0, f"{answered(raw)}\n{said.out}\n{said.err}"
    cube = stage.inspect(read_config(yaml.safe_load(answered(raw))), place).cube
    assert cube is not None
    return {(r, y, v): float(cube.values[i, t, k]) for i, r in enumerate(cube.regions) for t, y in enumerate(cube.years)
            for k, v in enumerate(cube.items) if cube.known[i, t, k]}  # fmt: skip


def compare(cells: dict[tuple[str, str, str], float], items: tuple[str, ...] = ("gdp", "population")) -> None:
    expected = {(c, str(y), i): getattr(written, i)(c, y) for c in PLACES for y in YEARS for i in items}
    assert cells == pytest.approx(expected)


@pytest.mark.parametrize(("layout", "ending"), CASES, ids=[f"{n}{e}" for n, e in CASES])
def test_a_table_of_every_layout_and_format(layout: str, ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = {**TITLED, **PLAIN}[layout]()
    written.FORMATS[ending](book, tmp_path / f"表{ending}")
    if layout == "bureau":
        written.csv(Book({"a": [["地区", "年份", "年末常住人口(人)"], *([n, y, written.population(c, y) * 10_000]
                                for c, n in PLACES.items() for y in YEARS)]}), tmp_path / "人口.csv")  # fmt: skip
    compare(checked(tmp_path, capsys))


def test_a_table_a_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for year in YEARS:
        written.xls(written.one_year(year), tmp_path / f"t{year}.xls")
    compare(checked(tmp_path, capsys))


def test_many_kinds_in_one_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bureau's export and a Stata panel together; a note and a picture beside them are said, not read."""
    written.csv(written.bureau(), tmp_path / "产值.csv")
    people = Book(
        {"a": [["prov", "year", "population"], *([n, y, written.population(c, y)] for c, n in PLACES.items() for y in YEARS)]}
    )
    written.dta(people, tmp_path / "人口.dta")
    (tmp_path / "说明.txt").write_text("本文件夹的数据来自统计局。\n", encoding="utf-8")
    (tmp_path / "图.png").write_bytes(b"\x89PNG")
    compare(checked(tmp_path, capsys))
    assert "# 说明.txt: no column of regions" in (tmp_path / "study.yaml").read_text(encoding="utf-8")


def test_totals_are_divided_where_the_study_measures_per_head(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """12,000 patents and 4 million residents are 30 patents per 10,000; 40 million yuan (4,000 x 10,000) are 10 yuan a head."""
    rows = [[n, y, 12_000.0 + k * 37 + y % 7, 4_000.0 + 3 * k] for k, n in enumerate(PLACES.values()) for y in YEARS]
    written.csv(Book({"a": [["地区", "年份", "专利(件)", "经费(万元)"], *rows]}), tmp_path / "科技.csv")
    people = [[n, y, 400.0 + k] for k, n in enumerate(PLACES.values()) for y in YEARS]
    written.xlsx(Book({"a": [["地区", "年份", "年末常住人口(万人)"], *people]}), tmp_path / "人口.xlsx")
    assert cli.call(["init", str(tmp_path)]) == 0
    path = tmp_path / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("framework: nqpf_b", "framework: framework.yaml")
    assert "per:" in text
    text = re.sub(r"    # columns:\n(    #.*\n)+", "    columns: {专利(件): patents, 经费(万元): rd_spend}\n", text)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "framework.yaml").write_text(FRAMEWORK.replace("gdp", "patents"), encoding="utf-8")
    assert cli.call(["check", str(tmp_path)]) == 3
    said = capsys.readouterr().out
    assert "per: {patents: population}" in said
    assert "per: {rd_spend: population}" in said
    path.write_text(
        text.replace("rd_spend}\n", "rd_spend}\n    per: {patents: population, rd_spend: population}\n"), encoding="utf-8"
    )
    seen = stage.inspect(read_config(yaml.safe_load(path.read_text(encoding="utf-8"))), tmp_path)
    assert not seen.problems
    cube = seen.cube
    assert cube is not None
    at = cube.regions.index("110000"), cube.years.index("2019")
    assert cube.values[*at, cube.at("patents")] == pytest.approx((12_000 + 3) / 400)
    assert cube.values[*at, cube.at("rd_spend")] == pytest.approx(10.0)
    assert cube.values[*at, cube.at("population")] == 400.0


def test_a_code_that_is_no_variable_is_never_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written.csv(written.bureau(), tmp_path / "a.csv")
    assert cli.call(["init", str(tmp_path), "--json"]) == 0
    path = tmp_path / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(": gdp", ": CODE"), encoding="utf-8")
    capsys.readouterr()
    assert cli.call(["check", str(tmp_path)]) == 3
    assert "'CODE' is the code of no variable" in capsys.readouterr().out


def test_units_in_the_items_of_a_long_table_count(tmp_path: Path) -> None:
    """9,000 in an item named in 10,000 yuan are 0.9 of 100 million; so they are where the head of the numbers says it."""
    spec = {"layout": "long", "region": "地区", "year": "年份", "item": "指标", "value": "数值"}
    for name, head, file in (("地区生产总值(万元)", "数值", "a.csv"), ("地区生产总值", "数值(万元)", "b.csv")):
        rows = "".join(f"{p},{y},{name},9000\n" for p in ("北京", "上海") for y in YEARS)
        (tmp_path / file).write_text(f"地区,年份,指标,{head}\n{rows}", encoding="utf-8")
        inputs = [{"file": file, **spec, "value": head, "columns": {name: "gdp"}}]
        tree = {"title": {"zh": "a", "en": "b"}, "years": [2019, 2021], "regions": {"scope": "present"}, "inputs": inputs}
        cube = stage.inspect(read_config({**tree, "framework": "nqpf_b"}), tmp_path).cube
        assert cube is not None
        assert cube.values[:, :, cube.at("gdp")] == pytest.approx(0.9), file
