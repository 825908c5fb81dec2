"""Packaged frameworks: published index systems as tables."""

from __future__ import annotations

from importlib.resources import files

import pytest

from yindi.core import resources
from yindi.core.framework import LEVERS, Framework, Indicator
from yindi.core.wording import units

NAMES = sorted(
    p.name.removesuffix(".yaml") for p in files("yindi.data").joinpath("frameworks").iterdir() if p.name.endswith(".yaml")
)
KNOWN = {r["code"] for r in resources.rows("variables.csv")}


@pytest.mark.parametrize("name", NAMES)
def test_a_framework_is_whole(name: str) -> None:
    """Its file is named like it, every indicator is a known variable or one it brings, names stand in both languages."""
    tree = resources.tree(f"frameworks/{name}.yaml")
    indicators = tuple(Indicator(i["code"], i["dimension"], i["direction"]) for i in tree["indicators"])
    dims = {d: (n["zh"], n["en"]) for d, n in tree["dimensions"].items()}
    made = Framework(tree["code"], (tree["title"]["zh"], tree["title"]["en"]), tree["source"], indicators, dims, tree["note"])
    brought = {v["code"]: v for v in tree.get("variables", [])}
    assert made.code == name
    assert tree["version"].isdigit()
    assert tree["concept"] == name.partition("_")[0]
    assert len(made.source) > 20
    assert {i.code for i in indicators} <= KNOWN | set(brought)
    assert not KNOWN & set(brought)
    assert set(dims) == {i.dimension for i in indicators}
    for code, v in brought.items():
        assert v["unit"] in units()
        assert v["lever"] in LEVERS
        assert v["zh"]
        assert v["en"]
        assert v["direction"] == next(i.direction for i in indicators if i.code == code)


def test_as_many_indicators_as_published() -> None:
    """A has 25, three negative; B 8; C 25, one negative; D 8, one; E 18, five; H 14, three: its printed weights sum to 100."""
    count = {n: [i["direction"] for i in resources.tree(f"frameworks/{n}.yaml")["indicators"]] for n in NAMES}
    assert {n: (len(d), d.count(-1)) for n, d in count.items()} == {
        "nqpf_a": (25, 3), "nqpf_b": (7, 0), "nqpf_b_full": (8, 0), "nqpf_c": (25, 1), "nqpf_d": (8, 1), "nqpf_e": (18, 5),
        "hqd_b": (6, 1), "hqd_h": (14, 3),
    }  # fmt: skip
    assert sum(i["weight"] for i in resources.tree("frameworks/hqd_h.yaml")["indicators"]) == pytest.approx(100)


def test_a_study_may_choose_each_of_them() -> None:
    """Intake knows the variables that a framework brings."""
    from pathlib import Path

    import made_up

    from yindi.core.errors import Problems
    from yindi.intake import definitions

    for name in NAMES:
        problems = Problems("intake")
        config = made_up.config(framework=name)
        known = definitions.variables(config, Path("."), problems)
        assert definitions.framework(config, Path("."), known, problems) is not None
        assert not problems.found


def test_one_code_means_one_thing_in_all_frameworks() -> None:
    meaning: dict[str, tuple[str, int]] = {}
    for name in NAMES:
        for v in resources.tree(f"frameworks/{name}.yaml").get("variables", []):
            assert meaning.setdefault(v["code"], (v["unit"], v["direction"])) == (v["unit"], v["direction"]), v["code"]
