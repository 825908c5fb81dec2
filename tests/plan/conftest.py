"""The example up to the layout, with few draws: what the plan's tables are made from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.study import Bench, Study
from yindi.pipeline import run_stages
from yindi.plan import making, stage


@pytest.fixture(scope="session")
def laid_out(example) -> Study:
    """The example after the stage layout."""
    config = yaml.safe_load((example / "study.yaml").read_text(encoding="utf-8"))
    config["measure"] = {"draws": 20}
    config["disparity"] = {"bootstrap": 0, "permutations": 99}
    return run_stages(read_config(config), example, only="layout")


@pytest.fixture(scope="session")
def drafted(laid_out) -> Study:
    """The example with the plan's tables but no documents."""
    named = replace(laid_out, names=stage.with_words(laid_out.names))
    bench = Bench(making.with_departments(named), "plan")
    making.tables(bench)
    return making.draft(bench)
