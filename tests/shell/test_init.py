"""`yindi init`: a study file from the tables that are there; nothing is ever overwritten."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from yindi.shell import cli, yamlfile


def test_from_the_tables_of_the_example(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("indicators.csv", "industries.csv"):
        shutil.copy(example / name, tmp_path)
    assert cli.call(["init", str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"schema_version": 1, "study": str(tmp_path / "study.yaml")}
    proposed = yamlfile.read(tmp_path / "study.yaml")
    assert [i["file"] for i in proposed["inputs"]] == ["indicators.csv", "industries.csv"]
    assert proposed["years"] == [2013, 2023]
    assert cli.call(["check", str(tmp_path)]) in (0, 3)
    assert "Traceback" not in capsys.readouterr().err


def test_an_existing_study_file_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.yaml").write_text("mine")
    assert cli.call(["init", str(tmp_path)]) == 2
    assert "left as it is" in capsys.readouterr().err
    assert (tmp_path / "study.yaml").read_text() == "mine"


def test_an_empty_new_folder(tmp_path: Path) -> None:
    assert cli.call(["init", str(tmp_path / "new")]) == 0
    text = (tmp_path / "new" / "study.yaml").read_text(encoding="utf-8")
    assert "#" in text
    assert cli.call(["check", str(tmp_path / "new")]) == 3


def test_below_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert cli.call(["init", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
