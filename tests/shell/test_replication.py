"""The replication archive: equal bytes, the very inputs, and the same tables when it is unpacked and run."""

from __future__ import annotations

import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from yindi.core.errors import ProblemsError, UsageError
from yindi.shell import cli, replication

OPTIONS = [
    "-c",
    "measure.draws=50",
    "-c",
    "disparity.bootstrap=50",
    "-c",
    "disparity.permutations=199",
    "-c",
    "simulate.draws=200",
]


@pytest.fixture(scope="module")
def own(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("archived") / "study"
    shutil.copytree(example, place, ignore=shutil.ignore_patterns("results"))
    return place


@pytest.fixture(scope="module")
def results(own: Path) -> Path:
    out = own.parent / "results"
    assert cli.call(["--quiet", "run", str(own), "--out", str(out), "--only", "measure", *OPTIONS]) == 0
    return out


def test_unpacked_and_run_it_gives_the_same_tables(results: Path, tmp_path: Path) -> None:
    names = replication.archive(results, tmp_path / "a.zip")
    assert {"README.md", "requirements.txt", "study/study.yaml", "study/indicators.csv", "expected/scores.index.csv"} <= set(
        names
    )
    with zipfile.ZipFile(tmp_path / "a.zip") as zipped:
        zipped.extractall(tmp_path)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    said = next(line for line in readme.splitlines() if "yindi run" in line)
    options = shlex.split(said.split("results", 1)[1])
    assert "measure.draws=50" in options
    again = ["--quiet", "run", str(tmp_path / "study"), "--out", str(tmp_path / "again"), "--only", "measure", *options]
    assert cli.call(again) == 0
    for expected in sorted((tmp_path / "expected").glob("*.csv")):
        assert (tmp_path / "again" / "tables" / expected.name).read_bytes() == expected.read_bytes(), expected.name


def test_equal_bytes_and_nothing_half_written(results: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        replication.archive(results, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_an_input_that_changed_is_refused_by_name(own: Path, results: Path, tmp_path: Path) -> None:
    other = tmp_path / "study"
    shutil.copytree(own, other)
    (other / "industries.csv").write_bytes((other / "industries.csv").read_bytes() + b"\n")
    (other / "indicators.csv").unlink()
    with pytest.raises(ProblemsError) as told:
        replication.archive(results, tmp_path / "a.zip", inputs=other)
    assert "industries.csv" in str(told.value)
    assert "indicators.csv" in str(told.value)
    assert not (tmp_path / "a.zip").exists()


def test_results_without_their_study_say_what_to_do(results: Path, tmp_path: Path) -> None:
    alone = tmp_path / "far" / "results"
    shutil.copytree(results, alone)
    with pytest.raises(UsageError, match="--inputs"):
        replication.archive(alone, tmp_path / "a.zip")
