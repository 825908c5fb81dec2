"""A study whose variables carry no need of any candidate: its own activities by learned chances, from files to reports."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from test_own_candidates import study

import yindi
from yindi.core.errors import ProblemsError
from yindi.shell import cli
from yindi.shell.verify import verify


def learned(folder, **changes):
    """The study of own candidates without its tables: nothing of the packaged needs is carried."""
    study(folder, {})
    tree = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    tree |= {"report": {"languages": ["en", "zh"], "voices": ["plan", "research", "brief"], "formats": ["html"]}}
    tree |= {"simulate": {"draws": 20}, "layout": {"portfolio_min": 0, "portfolio_max": 3, "cap_share": 0.2}, **changes}
    (folder / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learned")
    assert cli.call(["--quiet", "run", str(learned(folder)), "--out", str(folder / "out")]) == 0
    return folder / "out"


def test_candidates_are_the_panels_activities_by_their_chances(done):
    made = yindi.load(done)
    assert made.config.opportunities.feasibility == "learned"
    fit, entries = made.opportunities.fit, made.opportunities.entries
    assert fit.labels("industry") == entries.labels("activity")
    chance, quadrant = fit.array(), entries.array("quadrant")
    known = np.isfinite(chance)
    assert known.any()
    assert (chance[known] >= made.config.layout.minimum_fit - 1e-12).all()
    assert not np.isin(quadrant[known], ("strength", "threat")).any()
    assert set(made.opportunities.industries.array("class").tolist()) == {"activity"}
    binding = made.opportunities.candidates.array("binding")[known]
    here = {c: quadrant[:, k] for k, c in enumerate(fit.labels("industry"))}
    lacks = [here[b][r] not in ("strength", "threat") for r, b in zip(np.nonzero(known)[0], binding, strict=True) if b]
    assert all(lacks)
    assert made.opportunities.generic is None


def test_value_is_chance_times_attractiveness(done):
    made = yindi.load(done)
    appeal = made.opportunities.industries.array("attractiveness")
    value = made.layout.allocation.array("value")
    known = np.isfinite(value)
    np.testing.assert_allclose(value[known], (made.opportunities.fit.array() * appeal)[known], rtol=1e-9)
    chosen = made.layout.allocation.array("chosen") > 0
    assert chosen.any()
    assert known[chosen].all()
    assert chosen.sum(axis=0).max() <= 8  # a fifth of forty regions


def test_reports_say_that_chances_are_learned_and_agree(done):
    assert verify(done).ok
    pages = "".join(p.read_text(encoding="utf-8") for p in sorted((done / "reports").rglob("*en*.html")))
    assert "learned chance of entry" in pages
    assert not [w for w in ("requirement profile", "Least fit", "all requirements are met") if w in pages]


def test_judged_feasibility_stops_and_names_both_ways_out(tmp_path):
    folder = learned(tmp_path, opportunities={"feasibility": "judged"})
    with pytest.raises(ProblemsError, match=r"(?s)opportunities\.sources.*feasibility: learned"):
        yindi.run(folder, only="opportunities")


def test_a_panel_that_proves_nothing_stops_with_its_reason(tmp_path):
    folder = learned(tmp_path, opportunities={"minimum_activities": 100})
    with pytest.raises(ProblemsError, match="too few activities to learn from"):
        yindi.run(folder, only="opportunities")
