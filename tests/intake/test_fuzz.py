"""A small part of tools/fuzz_readers.py: random and mutated inputs are read or refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "fuzz_readers.py"


@pytest.fixture(scope="module")
def fuzz():
    spec = importlib.util.spec_from_file_location("fuzz_readers", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml", "study"])
def test_no_crash(fuzz, kind, tmp_path):
    inputs, refused, slowest = fuzz.trial(kind, 60, 7, tmp_path)
    assert inputs >= 30
    assert refused > 0
    assert slowest < fuzz.SLOW


def test_a_sound_workbook_is_read(fuzz, tmp_path):
    rows = [["省份", "年份", "GDP(亿元)"]] + [[n, str(y), "12"] for n in ("北京", "天津", "河北") for y in (2020, 2021)]
    fuzz.read_table(fuzz.workbook(rows), ".xlsx", tmp_path)
