"""The made-up example of national rules is what its script writes, runs, agrees with itself, and shows every rule at work."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

import yindi
from yindi.report.text import plain
from yindi.shell import cli, render

EXAMPLE = Path(__file__).parents[2] / "examples" / "national-rules"
SMALL = ("measure.draws=50", "simulate.draws=200", "disparity.bootstrap=0", "disparity.permutations=99", "report.formats=[html]")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("national") / "out"
    chosen = [word for value in SMALL for word in ("-c", value)]
    assert cli.call(["--quiet", "run", str(EXAMPLE), "--out", str(out), *chosen]) == 0
    return out


def test_the_tables_are_made_by_the_script(tmp_path):
    shutil.copy(EXAMPLE / "make.py", tmp_path)
    runpy.run_path(str(tmp_path / "make.py"), run_name="__main__")
    for name in ("regions.csv", "indicators.csv", "sections.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), name


def test_it_runs_and_agrees_with_itself(done, capsys):
    assert cli.call(["verify", str(done), "--inputs", str(EXAMPLE)]) == 0
    assert "all agree" in capsys.readouterr().out


def test_every_rule_is_at_work(done):
    study = yindi.load(done)
    layout = study.layout
    parts = {p: layout.parts.number(part=p) for p in layout.parts.labels("part")}
    assert parts["support"] > 0
    assert parts["over"] < 0
    assert parts["duplication"] < 0
    assert parts["links"] > 0
    assert layout.pools.number("used", pool="slots") > 0
    assert (layout.units.array("borrowed") > 0).any()
    held = layout.allocation.array("chosen")[:, layout.allocation.labels("industry").index("chips")].sum()
    assert held >= 4
    assert set(layout.rolling.array("period").ravel().tolist()) >= {1.0, 2.0}
    binding = {k for k, p in zip(layout.duals.array("kind"), layout.duals.array("price"), strict=True) if p > 0}
    assert binding >= {"limit", "band", "zone", "slots"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("best reply", "replacement cost", "levelling down", "no skill", "Period 1", "stronger spillovers")),
        ("zh", ("最好的应对", "替换代价", "向下拉平", "无预测能力", "时期1", "溢出增强")),
    ],
)
def test_the_report_of_the_whole_tells_it(done, language, words):
    document = next(
        d for d in render.documents(yindi.load(done)) if (d.subject, d.voice, d.language) == ("nation", "plan", language)
    )
    told = "".join(plain(p, language) for p in document.parts())
    assert [w for w in words if w not in told] == []
