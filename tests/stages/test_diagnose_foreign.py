"""Diagnose without packaged variables: peers by index and size, coupling left out with its reason, one neighbour."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import yaml

from yindi.core.config import read_config
from yindi.diagnose.stage import diagnose
from yindi.intake.stage import intake
from yindi.measure.stage import measure

FRAME = (
    "code: f\ntitle: {zh: 框架, en: frame}\ndimensions:\n  d: {zh: 维度, en: one}\n"
    "indicators:\n  - {code: wage, dimension: d, direction: 1}\n"
)
VARIABLES = "code,zh,en,unit,kind,direction,lever,pace\nwage,工资,Wage,yuan_per_person,intensity,1,talent,slow\n"
CITIES = ["620100", "620200", "620300", "620400", "620500", "620600"]


def study(folder: Path, codes: list[str], regions: dict[str, object], **more: object):
    draw = random.Random(3)
    rows = [
        f"{c},{y},{1000 * (1 + n * 0.13) * 1.03 ** (y - 2010) * draw.uniform(0.98, 1.02):.2f}"
        for n, c in enumerate(codes)
        for y in range(2010, 2016)
    ]
    (folder / "a.csv").write_text("code,year,wage\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "f.yaml").write_text(FRAME, encoding="utf-8")
    (folder / "variables.csv").write_text(VARIABLES, encoding="utf-8")
    (folder / "regions.csv").write_text("code,name\n" + "".join(f"{c},Land {c}\n" for c in codes), encoding="utf-8")
    tree = {"title": {"zh": "试", "en": "trial"}, "framework": "f.yaml", "variables": "variables.csv", "years": [2010, 2015],
            "regions": regions, "inputs": [{"file": "a.csv"}], "measure": {"draws": 5}, **more}  # fmt: skip
    return measure(intake(read_config(yaml.safe_load(yaml.safe_dump(tree))), folder))


def test_one_indicator_and_no_packaged_variable(tmp_path):
    codes = [f"L{n}" for n in range(9)]
    done = diagnose(study(tmp_path, codes, {"standard": "own", "table": "regions.csv"}))
    peers = done.diagnosis.peers.array("peer")
    assert set(peers[0]) == {"L1", "L2", "L3", "L4", "L5", "L6"}  # incomes rise with the number: the nearest are the next six
    coupling = done.diagnosis.coupling
    assert np.isnan(coupling.array("coupling")).all()
    step = next(s for s in done.ledger.steps.values() if s.id == coupling.step)
    assert "diagnose.outcomes" in str(step.params["left_out"])


def test_fewer_regions_than_the_usual_number_of_peers(tmp_path):
    done = diagnose(study(tmp_path, ["A", "B", "C", "D"], {"standard": "own", "table": "regions.csv"}))
    assert done.diagnosis.peers.array("peer").shape == (4, 3)


def test_a_region_with_one_neighbour(tmp_path):
    codes = ["ME", "NH", "VT", "MA", "CT"]
    (tmp_path / "edges.csv").write_text("ME,NH\nNH,VT\nNH,MA\nVT,MA\nMA,CT\n", encoding="utf-8")
    chosen = {"standard": "own", "table": "regions.csv", "neighbours": "edges.csv"}
    done = diagnose(study(tmp_path, codes, chosen, diagnose={"peers": {"rule": "neighbours"}}))
    rows = done.diagnosis.peers
    maine = rows.labels("region").index("ME")
    assert [str(r) for r in rows.array("rule")[maine][:2]] == ["neighbour", "nearest"]
    assert rows.array("peer")[maine][0] == "NH"


def test_cities_belong_to_the_block_of_their_province(tmp_path):
    given = study(tmp_path, CITIES, {"level": "city", "scope": "present"})
    assert set(given.space.group_of("four_blocks", CITIES)) == {given.space.groups["four_blocks"]["620000"]}


def test_named_outcomes_must_be_there(tmp_path):
    from yindi.core.errors import ProblemsError

    given = study(tmp_path, CITIES, {"level": "city", "scope": "present"}, diagnose={"outcomes": ["income_per_capita"]})
    with pytest.raises(ProblemsError, match="income_per_capita"):
        diagnose(given)
