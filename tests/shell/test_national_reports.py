"""What further national rules give and cost can be read in the reports of the whole and of a region, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from small_study import write

import yindi
from yindi.layout import marginal
from yindi.report.text import plain
from yindi.shell import cli, render

NATIONAL = {"band": [0, 2], "zone_most": 1, "slots": 1, "link_bonus": 0.05, "units": 1,
            "packages": {"seed": {}, "flagship": {"chance": 0.3, "units": 1}}, "capabilities": {"skill": 3}}  # fmt: skip


def study(place):
    write(place, national=NATIONAL, cap_share=1.0, floor=0.0)
    assert cli.call(["--quiet", "run", str(place / "study.yaml"), "--only", "plan", "--out", str(place / "out"),
                     "-c", "simulate.draws=50", "-c", "report.voices=[plan, research, brief]"]) == 0  # fmt: skip
    return yindi.load(place / "out")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return study(tmp_path_factory.mktemp("national"))


def grids(done, subject, voice, language):
    """Rows of every table of a report, as texts."""
    found = [d for d in render.documents(done) if (d.subject, d.voice, d.language) == (subject, voice, language)]
    assert len(found) == 1
    return [["".join(plain(p, language) for p in cell) for cell in row]
            for block in found[0].blocks if hasattr(block, "rows") for row in (block.head, *block.rows)]  # fmt: skip


@pytest.mark.parametrize(("language", "names"), [("zh", ("起步支持", "重点支持")), ("en", ("seed support", "flagship support"))])
@pytest.mark.parametrize("voice", ["plan", "research", "brief"])
def test_a_region_reads_the_package_of_each_of_its_industries(done, voice, language, names):
    table, words = done.layout.support, dict(zip(("seed", "flagship"), names, strict=True))
    held = 0
    for region in table.labels("region"):
        told = grids(done, region, voice, language)
        for industry in table.labels("industry"):
            name = table.text("name", region=region, industry=industry)
            if name:
                held += 1
                said = done.names.of("industry", industry, language)
                assert any(row[0] == said and words[name] in row for row in told), (region, industry)
    assert held


@pytest.mark.parametrize("voice", ["plan", "research"])
def test_the_whole_reads_who_borrows_and_from_which_pool(done, voice):
    told = grids(done, "nation", voice, "en")
    units, pools = done.layout.units, done.layout.pools
    borrowers = [r for r in units.labels("region") if units.number("borrowed", region=r, capability="skill") > 0]
    assert borrowers
    for r in borrowers:
        own, used, lent = (f"{units.number(c, region=r, capability='skill'):.0f}" for c in ("own", "used", "borrowed"))
        assert any(row[:5] == [done.names.of("region", r, "en"), "Skills", own, used, lent] for row in told), told
    assert any(row[:2] == ["Skills", f"{pools.number('size', pool='skill'):.0f}"] for row in told)
    assert any(row[0] == "further places" for row in told)


def test_what_was_not_solved_again_has_no_column(done, tmp_path, monkeypatch):
    monkeypatch.setattr(marginal, "COLUMNS", 0)
    bare = study(tmp_path)
    heads = {True: [], False: []}
    for one, solved in ((done, True), (bare, False)):
        assert np.isfinite(one.layout.duals.array("gain")).any() == solved
        heads[solved] = [row for row in grids(one, "nation", "research", "en") if row[0] == "Rule" and "Shadow price" in row]
    assert len(heads[True]) == len(heads[False]) == 1
    assert len(heads[True][0]) == len(heads[False][0]) + 2
