"""A study of another country with its own candidate industries, declared portfolios and capacity, from files to a layout."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import yaml
from small_study import FRAMEWORK
from worlds import related_world

import yindi
from yindi.core.errors import ProblemsError
from yindi.shell import cli
from yindi.shell.verify import verify

FILES = {
    "v.csv": "code,zh,en,unit,kind,bound,direction\nwage,工资,Wage,value,intensity,positive,1\n",
    "ind.csv": "industry,zh,en,class,base,growth,modernisation,advantage,system,concepts\n"
    "solar,光伏,Solar,emerging,a01,.8,.5,.5,.5,.5\nchips,芯片,Chips,emerging,a03,.9,.5,.5,.5,.5\n",
    "needs.csv": "industry,requirement,need\nsolar,power,.6\nsolar,skill,.4\nchips,skill,.7\nchips,power,.3\n",
    "req.csv": "requirement,zh,en,lever\npower,电力,Power,reform\nskill,技能,Skills,talent\n",
    "src.csv": "requirement,source,variable,scaled_by,direction\npower,activity,a05,,1\nskill,panel,wage,,1\n",
    "dec.csv": "region,industry\nR00,chips\nR01,solar\n",
    "cap.csv": "industry,year,utilisation\na01,2019,.8\na01,2020,.7\na01,2021,.75\n",
}
OWN = {"industries": "ind.csv", "needs": "needs.csv", "requirements": "req.csv", "sources": "src.csv", "declared": "dec.csv",
       "capacity": "cap.csv"}  # fmt: skip


def study(folder, own):
    x, rng = np.round(related_world(1) * 20)[:40], np.random.default_rng(7)
    codes, years = [f"R{k:02d}" for k in range(len(x))], range(2017, 2022)
    rows = [[c, y, 100 + k + y % 10 + rng.random(), 5 + k % 4 + rng.random(), 5000 + 200 * k + y % 10, 9 + (k * 7) % 11]
            for k, c in enumerate(codes) for y in years]  # fmt: skip
    made = [[codes[r], 2017 + t, f"a{c:02d}", v] for (r, t, c), v in np.ndenumerate(x) if v > 0]
    regions = [[c, c, c, "L", "g1" if k < 20 else "g2", k % 8, k // 8] for k, c in enumerate(codes)]
    heads = ["code", "name", "name_en", "parent", "group", "longitude", "latitude"]
    for name, content in (("i.csv", [["region", "year", "income", "pupils", "gdp", "wage"], *rows]),
                          ("a.csv", [["region", "year", "activity", "value"], *made]),
                          ("r.csv", [heads, *regions])):  # fmt: skip
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(content)
    for name, text in {**FILES, "fw.yaml": yaml.safe_dump(FRAMEWORK, allow_unicode=True)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    activity = {"file": "a.csv", "content": "activity", "layout": "long", "region": "region", "absent": "zero"}
    activity |= {"item": "activity", "value": "value"}
    tree = {"title": {"zh": "他国", "en": "Abroad"}, "years": [2017, 2021], "regions": {"table": "r.csv", "nearest": 3},
            "framework": "fw.yaml", "variables": "v.csv", "inputs": [{"file": "i.csv", "region": "region"}, activity],
            "measure": {"draws": 10}, "disparity": {"bootstrap": 10, "permutations": 99},
            "diagnose": {"peers": {"by": ["gdp"]}, "outcomes": ["wage"]}, "opportunities": own,
            "layout": {"portfolio_min": 0, "portfolio_max": 1, "cap_share": 0.6}}  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return folder


def test_own_candidates_from_files_to_layout(tmp_path):
    done = yindi.run(study(tmp_path, OWN), only="layout")
    made = done.opportunities
    assert made.fit.labels("industry") == ("chips", "solar")
    assert made.portfolios.number("declared", industry="chips") == 1
    assert made.portfolios.number("recommended", industry="chips") == 40
    assert made.board.number("strain", industry="a01", component="utilisation") == pytest.approx(0.5)
    assert done.layout.allocation.labels("industry") == ("chips", "solar")


def test_without_what_carries_the_needs_the_ways_out_are_said(tmp_path):
    folder = study(tmp_path, OWN)
    (folder / "src.csv").write_text(FILES["src.csv"].replace("wage", "nowhere").replace("a05", "elsewhere"), encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"opportunities\.sources"):
        yindi.run(folder, only="opportunities")


def test_a_missing_file_and_an_unknown_lever_are_told(tmp_path):
    folder = study(tmp_path, {**OWN, "needs": "nowhere.csv"})
    with pytest.raises(ProblemsError, match=r"opportunities\.needs"):
        yindi.run(folder, only="opportunities")
    (folder / "req.csv").write_text(FILES["req.csv"].replace("reform", "magic"), encoding="utf-8")
    with pytest.raises(ProblemsError, match="lever 'magic' is unknown"):
        yindi.run(study_again(folder), only="opportunities")


def study_again(folder):
    tree = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    tree["opportunities"] = OWN
    (folder / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return folder


def test_from_files_to_reports_that_agree_and_carry_no_chinese_frame(tmp_path):
    folder = study(tmp_path, OWN)
    tree = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    tree |= {"report": {"languages": ["en"], "voices": ["plan", "brief"]}, "simulate": {"draws": 50}}
    (folder / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    out = tmp_path / "results"
    assert cli.call(["--quiet", "run", str(folder), "--out", str(out)]) == 0
    assert len(list((out / "reports").iterdir())) == 41 * 2 * 2  # regions and the whole, two voices, Word and HTML
    said = verify(out)
    assert said.ok, said.mismatches[:5]
    pages = "".join(p.read_text(encoding="utf-8") for p in sorted((out / "reports").glob("*.html")))
    assert not [w for w in ("Xi Jinping", "NQPF", "new quality productive forces", "province", "China") if w in pages]
