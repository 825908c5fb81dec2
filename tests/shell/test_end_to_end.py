"""The whole line on the real example: equal bytes, order of rows, aliases, kill -9, reports again."""

from __future__ import annotations

import csv
import io
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import yindi
from yindi.core.study import Study
from yindi.shell import cli, render, store

SMALL = {"measure.draws": 50, "disparity.bootstrap": 50, "disparity.permutations": 199}


def files(place: Path) -> dict[str, bytes]:
    return {
        p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file() and p.name != "manifest.json"
    }


def same_files(a: Path, b: Path) -> None:
    left, right = files(a), files(b)
    assert left.keys() == right.keys()
    assert [name for name in left if left[name] != right[name]] == []


@pytest.fixture(scope="module")
def own(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example that tests may change copies of."""
    place = tmp_path_factory.mktemp("study") / "china"
    shutil.copytree(example, place, ignore=shutil.ignore_patterns("results"))
    return place


@pytest.fixture(scope="module")
def small(own: Path) -> Study:
    return yindi.run(own, only="layout", **SMALL)


def changed(own: Path, tmp_path: Path, change: Callable[[str, list[list[str]]], list[list[str]]]) -> Path:
    """A copy of the study with the rows of its files changed."""
    place = tmp_path / "changed"
    shutil.copytree(own, place)
    for name in ("indicators.csv", "industries.csv"):
        rows = list(csv.reader((place / name).read_text(encoding="utf-8-sig").splitlines()))
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(change(name, rows))
        (place / name).write_text(out.getvalue(), encoding="utf-8")
    return place


def tables(study: Study) -> dict[str, bytes]:
    return {name: store.csv_bytes(study.table(name)) for name in study.table_names()}


def differing(a: Study, b: Study) -> list[str]:
    left, right = tables(a), tables(b)
    assert left.keys() == right.keys()
    return [name for name in left if left[name] != right[name]]


@pytest.mark.slow
def test_run_again_gives_equal_bytes_in_every_file(example: Path, example_results: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "yindi", "run", str(example), "--out", str(tmp_path / "again")]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    same_files(example_results, tmp_path / "again")
    assert "nation.zh.html" in done.stdout
    assert "yindi serve" in done.stdout


def test_another_seed_changes_what_is_random_and_nothing_else(own: Path, small: Study) -> None:
    other = yindi.run(own, only="layout", seed=1, **SMALL)
    found = differing(small, other)
    assert "scores.rank_low" in found
    assert "disparity.moran" in found
    assert {"panel", "scores.index", "scores.weights", "diagnosis.obstacle", "opportunities.fit"}.isdisjoint(found)


def test_rows_in_another_order(own: Path, small: Study, tmp_path: Path) -> None:
    def shuffle(_: str, rows: list[list[str]]) -> list[list[str]]:
        body = rows[1:]
        random.Random(3).shuffle(body)
        return [rows[0], *body]

    assert differing(small, yindi.run(changed(own, tmp_path, shuffle), only="layout", **SMALL)) == []


def test_columns_in_another_order(own: Path, small: Study, tmp_path: Path) -> None:
    other = yindi.run(changed(own, tmp_path, lambda _, rows: [row[::-1] for row in rows]), only="layout", **SMALL)
    assert differing(small, other) == []


def test_a_region_under_another_name(own: Path, small: Study, tmp_path: Path) -> None:
    names = {"110000": "首都", "620000": "甘肃省", "540000": "Tibet"}

    def rename(_: str, rows: list[list[str]]) -> list[list[str]]:
        return [[names.get(row[0], row[0]), *row[1:]] for row in rows]

    place = changed(own, tmp_path, rename)
    other = yindi.run(place, only="layout", **{"regions.aliases": {"首都": "110000"}}, **SMALL)
    assert differing(small, other) == []


def test_run_on_a_study_that_was_read(own: Path, small: Study) -> None:
    read = yindi.run(own, only="intake")
    again = yindi.run(read, only="layout", measure={"draws": 50}, disparity={"bootstrap": 50, "permutations": 199})
    assert differing(small, again) == []
    assert all(step.id == key for key, step in again.ledger.steps.items())
    with pytest.raises(yindi.YindiError, match="decide how files are read"):
        yindi.run(read, years=[2014, 2023])


def drop_cell(own: Path, tmp_path: Path) -> Path:
    """Gansu has no patents in 2020."""

    def empty(name: str, rows: list[list[str]]) -> list[list[str]]:
        if name == "indicators.csv":
            at = rows[0].index("patents_per_10k")
            rows = [[*row[:at], "", *row[at + 1 :]] if row[0] == "620000" and row[2] == "2020" else row for row in rows]
        return rows

    return changed(own, tmp_path, empty)


def test_a_missing_value_is_a_problem_until_it_is_declared_and_then_marked(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = drop_cell(own, tmp_path)
    assert cli.call(["--quiet", "run", str(place), "--out", str(tmp_path / "out"), "--only", "intake"]) == 3
    err = capsys.readouterr().err
    assert "patents" in err
    assert "620000" in err
    assert "2020" in err
    assert "impute" in err
    assert not (tmp_path / "out").exists()
    answer = "{finding: absent, choice: impute, method: interpolate, regions: ['620000'], years: ['2020'], reason: one year}"
    study = yindi.run(place, only="measure", **SMALL, **{"treatments.patents": [cli_value(answer)]})
    cell = {"region": "620000", "year": "2020"}
    assert study.table("panel").text("status", **cell, indicator="patents") == "imputed"
    assert study.table("scores.index").quantity(**cell).marked
    assert not study.table("scores.index").quantity(region="110000", year="2020").marked


def cli_value(text: str) -> object:
    from yindi.shell.yamlfile import parse

    return parse(text)


def test_reports_again(example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    shutil.copytree(example_results, out)
    (out / "reports" / "620000.en.html").write_text("spoilt")
    (out / "reports" / "620000.en.docx").unlink()
    assert cli.call(["report", str(out), "--region", "620000", "--lang", "en", "--voice", "plan"]) == 0
    assert capsys.readouterr().out.split() == [str(out / "reports" / f"620000.en.{kind}") for kind in ("docx", "html")]
    same_files(example_results, out)
    assert store.manifest(out)["outputs"] == store.manifest(example_results)["outputs"]


def test_reports_that_there_are_not(example_results: Path) -> None:
    study = yindi.load(example_results)
    assert len(render.chosen(study)) == 3 * 128
    assert len(render.chosen(study, ["nation"], [], ["html"])) == 6
    for asked, said in (((["62000"],), "620000"), (([], ["fr"]), "en, zh"), (([], [], ["odt"]), "docx, figures, html")):
        with pytest.raises(yindi.YindiError, match=said):
            render.chosen(study, *asked)


KILLED = {
    "computing": ("*.tmp-*/.yindi-unfinished", 1, ["--only", "layout"]),
    "tables": ("*.tmp-*/tables/*.csv", 3, ["--only", "layout"]),
    "reports": ("*.tmp-*/reports/*", 3, ["-c", "report.languages=[zh]"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("moment", KILLED)
def test_killed_in_the_middle(moment: str, own: Path, example_results: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    shutil.copytree(example_results, out)
    before = files(out)
    sign, count, arguments = KILLED[moment]
    arguments += [word for key, value in SMALL.items() for word in ("-c", f"{key}={value}")]
    command = [sys.executable, "-m", "yindi", "run", str(own), "--out", str(out), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list(tmp_path.glob(sign))) < count:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert len(list(tmp_path.glob("results.tmp-*"))) == 1
    assert files(out) == before
    assert yindi.load(out).results.keys() == yindi.load(example_results).results.keys()
    assert cli.call(["--quiet", "run", str(own), "--out", str(out), "--only", "intake"]) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["results"]
    assert store.manifest(out)["stages"] == ["intake"]
