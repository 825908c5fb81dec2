"""A small part of tools/fuzz_readers.py: random and mutated inputs of every kind are read or refused."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
KINDS = ["csv", "gz", "xlsx", "ods", "xls", "dta", "parquet", "astray", "yaml", "study", "beside", "spec", "init"]


@pytest.fixture(scope="module")
def fuzz():
    sys.path.insert(0, str(TOOLS))
    spec = importlib.util.spec_from_file_location("fuzz_readers", TOOLS / "fuzz_readers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_readers"] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(TOOLS))


@pytest.mark.parametrize("kind", KINDS)
def test_no_crash(fuzz, kind, tmp_path):
    told = fuzz.trial(kind, 40, 7, tmp_path)
    assert told.inputs >= 30
    assert told.refused > 0
    assert told.slowest < fuzz.SLOW
    assert not told.crashes


def test_every_kind_is_tried(fuzz):
    assert list(fuzz.KINDS) == KINDS


def test_a_crash_and_a_hang_are_seen(fuzz, tmp_path, monkeypatch):
    """The net holds: what raises anything but a YindiError, and what does not end, is kept with its input."""

    def broken(data, _):
        raise KeyError(data)

    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(fuzz, "SLOW", 0.05)
    monkeypatch.setitem(fuzz.KINDS, "csv", (fuzz.made.raw, broken))
    monkeypatch.setitem(fuzz.KINDS, "gz", (fuzz.made.raw, endless))
    with pytest.raises(KeyError):
        fuzz.trial("csv", 2, 1, tmp_path)
    assert len(fuzz.trial("csv", 2, 1, tmp_path, tmp_path).crashes) == 2
    assert len(fuzz.trial("gz", 1, 1, tmp_path, tmp_path).crashes) == 1
    assert "Hang" in (tmp_path / "gz-1-1.txt").read_text(encoding="utf-8")


def test_sound_tables_are_read(fuzz, tmp_path):
    rows = [["省份", "年份", "GDP(亿元)"]] + [[n, str(y), "12"] for n in ("北京", "天津", "河北") for y in (2020, 2021)]
    for data, ending in ((fuzz.made.workbook(rows), ".xlsx"), (fuzz.made.ods(rows), ".ods"), (fuzz.made.xls(rows), ".xls"),
                         (fuzz.made.frames()[0][2], ".dta"), (fuzz.made.frames()[1][0], ".parquet")):  # fmt: skip
        fuzz.read_table(data, ending, tmp_path)
    assert list(fuzz.propose.grids(tmp_path))
