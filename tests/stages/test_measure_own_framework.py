"""A framework file of the user's own beside the study file, with variables of its own: from the files to the index."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from yindi.core import resources
from yindi.core.config import read_config
from yindi.core.errors import MethodError, ProblemsError
from yindi.core.registry import methods
from yindi.core.study import Study
from yindi.intake.stage import intake
from yindi.measure.recipe import JUDGED
from yindi.measure.stage import measure

EXAMPLE = Path(__file__).parents[2] / "examples/china-provinces"
FRAMEWORK: dict[str, Any] = {
    "code": "mine",
    "version": "2026-11",
    "concept": "nqpf",
    "title": {"zh": "自拟指标体系", "en": "Own system"},
    "source": "Planning office, working list",
    "dimensions": {"people": {"zh": "人", "en": "People"}, "things": {"zh": "物", "en": "Things"}},
    "indicators": [
        {"code": "rd_density", "dimension": "people", "direction": 1, "weight": 3},
        {"code": "rd_spend", "dimension": "people", "direction": 1, "weight": 1},
        {"code": "patents", "dimension": "things", "direction": 1, "weight": 2},
        {"code": "software", "dimension": "things", "direction": 1, "weight": 2},
        {"code": "road_total", "dimension": "things", "direction": -1, "weight": 2},
    ],
    "variables": [
        {"code": "rd_density", "zh": "研发人员密度", "en": "Researchers", "unit": "person_years_per_10k", "lever": "talent"},
        {"code": "road_total", "zh": "公路总里程", "en": "Roads", "unit": "km", "direction": -1},
    ],
}


def tree(measure_part: dict[str, Any] | None = None) -> dict[str, Any]:
    """The example's study file, indicators only, with the own framework."""
    made: dict[str, Any] = yaml.safe_load((EXAMPLE / "study.yaml").read_text(encoding="utf-8"))
    made["inputs"] = made["inputs"][:1]
    made["inputs"][0]["columns"] |= {"rd_fte_per_10k": "rd_density", "highway_km": "road_total"}
    return {**made, "framework": "mine.yaml", "measure": {"draws": 100, **(measure_part or {})}}


def study(folder: Path, framework: dict[str, Any]) -> Study:
    """The example with its own framework file, after intake."""
    shutil.copy(EXAMPLE / "indicators.csv", folder / "indicators.csv")
    (folder / "mine.yaml").write_text(yaml.safe_dump(framework, allow_unicode=True), encoding="utf-8")
    return intake(read_config(tree()), folder)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study(tmp_path_factory.mktemp("own"), FRAMEWORK)


def asked(read: Study, **measure_part: Any) -> Study:
    """The same study with other answers under `measure`."""
    return replace(read, config=read_config(tree(measure_part)))


def without(key: str, code: str) -> dict[str, Any]:
    return {**FRAMEWORK, key: [row for row in FRAMEWORK[key] if row["code"] != code]}


def test_an_own_framework_makes_an_index(read: Study) -> None:
    """Its variables have the names and units it gives them; its row stands beside the packaged frameworks."""
    done = measure(read)
    assert done.scores.normalised.labels("indicator") == ("rd_density", "rd_spend", "patents", "software", "road_total")
    assert done.variables["road_total"].zh == "公路总里程"
    frameworks = done.scores.frameworks
    assert frameworks.text("use", framework="mine") == "the study's own"
    assert frameworks.text("version", framework="mine") == "2026-11"
    assert frameworks.number("covered", framework="mine") == 5
    assert frameworks.number("spearman", framework="mine") == pytest.approx(1)


def test_printed_weights_are_taken_as_shares(read: Study) -> None:
    """3, 1, 2, 2, 2 of 10."""
    done = measure(asked(read, weights=["published"]))
    assert done.scores.weights.array()[0] == pytest.approx([0.3, 0.1, 0.2, 0.2, 0.2])
    assert "Planning office" in str(done.ledger.steps[done.scores.weights.step].cites)


def test_every_scheme_has_a_name_for_the_reports() -> None:
    named = resources.tree("names.yaml")["method"]
    wanted = {*(m.name for m in methods("weights")), *JUDGED}
    assert not wanted - set(named)
    for language in ("zh", "en"):
        titles = resources.tree(f"phrases/{language}.yaml")["titles"]
        assert not {f"scheme_{name}" for name in wanted} - set(titles)


def test_judgements_over_dimensions_are_shared_within(read: Study) -> None:
    """People twice as important as things: 2/3 over two indicators, 1/3 over three."""
    done = measure(asked(read, weights=["ahp"], pairwise=[[1, 2], ["1/2", 1]]))
    assert done.scores.weights.array()[0] == pytest.approx([1 / 3, 1 / 3, 1 / 9, 1 / 9, 1 / 9])
    assert done.ledger.steps[done.scores.weights.step].params["consistency ratio"] == pytest.approx(0, abs=1e-12)


def test_goalposts_hold_over_years(read: Study) -> None:
    """Researchers between 0 and 50: the value over 50; values beyond are cut."""
    z = measure(asked(read, goalposts={"rd_density": [0, 50]})).scores.normalised
    values = read.panel.values[..., read.panel.items.index("rd_density")]
    np.testing.assert_allclose(z.array()[..., 0], np.clip(values / 50, 0, 1))


def test_a_framework_that_the_data_cover_is_drawn(read: Study) -> None:
    """nqpf_b: six of seven indicators (R&D personnel has another name here): it takes part by itself, nqpf_c only if named."""
    done = measure(read)
    assert done.scores.frameworks.text("use", framework="nqpf_b") == "in the draws"
    assert done.scores.choices.text("options", choice="framework") == "mine; nqpf_b"
    assert done.scores.choices.number("share", choice="framework") > 0.05
    assert "framework" in done.scores.drivers.labels("choice")
    named = measure(asked(read, frameworks=["nqpf_c"]))
    assert named.scores.choices.text("options", choice="framework") == "mine; nqpf_c"


def test_a_framework_of_another_concept_is_not_drawn(read: Study) -> None:
    done = measure(replace(read, framework=replace(read.framework, concept="resilience")))
    options = done.scores.choices.text("options", choice="framework")
    assert options.startswith("not varied: fewer than two usable frameworks")
    assert "nqpf_b: another concept (nqpf)" in options
    assert "framework" not in done.scores.drivers.labels("choice")


def test_its_code_may_be_that_of_a_packaged_one(read: Study) -> None:
    done = measure(replace(read, framework=replace(read.framework, code="nqpf_b")))
    assert {"nqpf_b", "nqpf_b (own)"} <= set(done.scores.frameworks.labels("framework"))


@pytest.mark.parametrize(
    ("framework", "says"),
    [
        (without("variables", "rd_density"), "indicator 'rd_density' is no variable.*describe it under `variables`"),
        ({**FRAMEWORK, "indicators": [*FRAMEWORK["indicators"], {"code": "trade_openess", "dimension": "things"}]},
         "'trade_openess' is no variable.*trade_openness"),
        ({**FRAMEWORK, "indicators": [*FRAMEWORK["indicators"], {"code": "forest_cover", "dimension": "things"}]},
         "no file has a column with values for the indicator 'forest_cover'"),
        ({**FRAMEWORK, "variables": [{"code": "rd_density", "zh": "研", "en": "R", "unit": "smoots"}]}, "unit 'smoots' is not"),
        ({**FRAMEWORK, "variables": [{"code": "rd_density", "unit": "plain"}]}, "zh"),
        ({**FRAMEWORK, "variables": {"rd_density": "plain"}}, "is no list"),
        ({**FRAMEWORK, "dimensions": {}}, "unknown dimension"),
        ({k: v for k, v in FRAMEWORK.items() if k != "title"}, "the key 'title' is missing"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(tmp_path: Path, framework: dict[str, Any], says: str) -> None:
    with pytest.raises(ProblemsError, match=f"(?s){says}"):
        study(tmp_path, framework)


@pytest.mark.parametrize(
    ("part", "error", "says"),
    [
        ({"frameworks": ["nqpf_z"]}, ProblemsError, "'nqpf_z' is no packaged framework"),
        ({"goalposts": {"gdp": [0, 1]}}, ProblemsError, "'gdp' is no indicator"),
        ({"goalposts": {"patents": [9, 1]}}, ProblemsError, "low 9 is not below high 1"),
        ({"goalposts": {"patents": [0, 1]}, "normaliser": "zscore"}, MethodError, "goalposts belong to"),
        ({"weights": ["ahp"]}, MethodError, "0 row"),
        ({"weights": ["ahp"], "pairwise": [[1, 2], [2, 1]]}, MethodError, "1 / a"),
        ({"normaliser": "toward"}, MethodError, "needs bounds"),
    ],
)
def test_what_the_study_file_asks_wrongly_is_said(read: Study, part: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        measure(asked(read, **part))


def test_printed_weights_must_be_whole(read: Study) -> None:
    bare = tuple(replace(i, weight=None) if i.code == "patents" else i for i in read.framework.indicators)
    with pytest.raises(MethodError, match=r"prints no weight for \['patents'\]"):
        measure(asked(replace(read, framework=replace(read.framework, indicators=bare)), weights=["published"]))
