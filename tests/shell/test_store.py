"""Results on disk: everything comes back, equal studies give equal bytes, damage is told."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yindi
from yindi.core.errors import UsageError, YindiError
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.shell import store


def same(a: Any, b: Any, path: str = "study") -> None:
    """Equal in type, structure and every bit of every array."""
    assert type(a) is type(b), path
    if isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b, err_msg=path)
        assert a.dtype.kind == b.dtype.kind, path
    elif dataclasses.is_dataclass(a):
        for f in dataclasses.fields(a):
            same(getattr(a, f.name), getattr(b, f.name), f"{path}.{f.name}")
    elif isinstance(a, dict):
        assert list(a) == list(b), path
        for key in a:
            same(a[key], b[key], f"{path}[{key}]")
    elif isinstance(a, (tuple, list)):
        assert len(a) == len(b), path
        for n, (x, y) in enumerate(zip(a, b, strict=True)):
            same(x, y, f"{path}[{n}]")
    else:
        assert a == b, path


def with_text_params(study: Study) -> Study:
    """The one thing the format does not keep: a parameter that JSON has no type for comes back as text."""
    steps = {i: dataclasses.replace(s, params={k: str(v) if k == "whole" else v for k, v in s.params.items()})
             for i, s in study.ledger.steps.items()}  # fmt: skip
    return dataclasses.replace(study, ledger=dataclasses.replace(study.ledger, steps=steps))


def test_everything_comes_back(full: Study, tmp_path: Path) -> None:
    store.save(full, tmp_path / "out")
    again = yindi.load(tmp_path / "out")
    same(with_text_params(full), again)
    assert again.why("layout.allocation[region=130000][industry=A]") == full.why("layout.allocation[region=130000][industry=A]")


def test_ids_and_digests_survive(full: Study, tmp_path: Path) -> None:
    again = store.load(store.save(full, tmp_path / "out"))
    assert all(step.id == key for key, step in again.ledger.steps.items())
    for name in again.table_names()[2:]:
        assert again.table(name).digest == full.table(name).digest


def test_a_study_without_activity_or_results(bare: Study, tmp_path: Path) -> None:
    small = dataclasses.replace(bare, activity=None)
    same(small, store.load(store.save(small, tmp_path / "out")))


def test_equal_studies_give_equal_bytes(full: Study, tmp_path: Path) -> None:
    a, b = store.save(full, tmp_path / "a"), store.save(store.load(tmp_path / "a"), tmp_path / "b")
    names = sorted(p.relative_to(a) for p in a.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(b) for p in b.rglob("*") if p.is_file())
    assert all((a / n).read_bytes() == (b / n).read_bytes() for n in names)


def test_csv_is_tidy_exact_and_readable_by_excel() -> None:
    table = Table("x.y", (("region", ("010000", "b")), ("year", ("2020",))),
                  {"value": [[0.1 + 0.2], [np.nan]], "said": [["甲,乙"], [""]]}, marks=np.array([[True], [False]]))  # fmt: skip
    raw = store.csv_bytes(table)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows == [["region", "year", "value", "said", "marked"], ["010000", "2020", "0.30000000000000004", "甲,乙", "yes"],
                    ["b", "2020", "", "", ""]]  # fmt: skip


def test_manifest_says_what_was_done(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out", timings={"layout": 0.25}, origin=tmp_path)
    said = store.manifest(out)
    assert said["schema_version"] == 1
    assert said["seed"] == 7
    assert said["yindi"] == yindi.__version__
    assert said["timings_seconds"] == {"layout": 0.25}
    assert said["study_folder"] == ".."
    assert [i["path"] for i in said["inputs"]] == ["indicators.csv", "industries.csv"]
    assert said["outputs"]["study.yindi"] == store.sha256(out / "study.yindi")
    assert set(said["outputs"]) == {"study.yindi", *(f"tables/{n}.csv" for n in full.table_names())}


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_off_is_told(full: Study, tmp_path: Path, part: float) -> None:
    out = store.save(full, tmp_path / "out")
    raw = (out / "study.yindi").read_bytes()
    (out / "study.yindi").write_bytes(raw[: int(len(raw) * part)])
    with pytest.raises(YindiError, match="damaged or cut off"):
        store.load(out)


def test_a_flipped_bit_is_never_passed_over(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out")
    raw = (out / "study.yindi").read_bytes()
    for place in np.linspace(0, len(raw) - 1, 60).astype(int):
        damaged = bytearray(raw)
        damaged[place] ^= 0x10
        (out / "study.yindi").write_bytes(bytes(damaged))
        try:
            again = store.load(out)
        except YindiError:
            continue
        same(with_text_params(full), again)


def rewrite(path: Path, member: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {i.filename: old.read(i) for i in old.infolist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, raw in {**parts, member: content}.items():
            new.writestr(name, raw)


def test_a_newer_file_is_refused(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out")
    rewrite(out / "study.yindi", "format.json", json.dumps({"format": "yindi-study", "schema_version": 2, "arrays": 0}).encode())
    with pytest.raises(UsageError, match="newer yindi"):
        store.load(out)


def test_an_unknown_class_or_mark_is_damage(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out")
    for tree in ({"c": ["Popen", {}]}, {"z": 1}, 5, {"c": ["Study", {}]}):
        rewrite(out / "study.yindi", "study.json", json.dumps(tree).encode())
        with pytest.raises(YindiError, match="damaged"):
            store.load(out)


def test_no_pickle_is_ever_read(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out")
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    rewrite(out / "study.yindi", "arrays/00000.npy", buffer.getvalue())
    with pytest.raises(YindiError, match="damaged"):
        store.load(out)


def test_no_results_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        store.load(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no such file"):
        store.load(tmp_path)
    with pytest.raises(UsageError, match="no result folder"):
        store.manifest(tmp_path)
