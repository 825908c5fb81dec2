"""The command line: results on stdout, everything else on stderr, exit codes of the contract, no traceback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from yindi.core.errors import AxisError, InfeasibleError, PartialError
from yindi.core.study import Study
from yindi.shell import cli, job, naming, store


@pytest.fixture
def results(full: Study, tmp_path: Path) -> Path:
    return store.save(full, tmp_path / "out")


def test_why(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ref = "layout.allocation[region=130000][industry=A]"
    assert cli.call(["why", str(results), ref]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(ref + " = ")
    assert "indicators.csv row" in out
    assert err == ""
    assert cli.call(["why", str(results), ref, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema_version"] == 1
    assert said["ref"] == ref
    assert len(said["trace"]) == len(out.splitlines())


@pytest.mark.parametrize(
    ("ref", "code", "said"),
    [
        ("layout.alocation[region=130000][industry=A]", 2, "layout.allocation"),
        ("layout.allocation[region=999999][industry=A]", 3, "999999"),
        ("not a ref", 2, "is not a reference"),
        ("layout.allocation[region=110000][industry=A]", 3, "absent"),
    ],
)
def test_why_of_what_is_not_there(results: Path, ref: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["why", str(results), ref]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_verify_says_three(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["verify", str(results), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert not said["ok"]
    assert {m["place"] for m in said["mismatches"]} == {"panel", "activity", "plan"}


def test_methods(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["methods", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["methods"]
    assert {"kind", "name", "parameters", "laws", "cites", "summary", "function"} == set(rows[0])
    assert len(rows) > 20
    assert cli.call(["methods", "inequality"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("inequality\n")
    assert "gini" in out
    assert cli.call(["methods", "inequalty"]) == 2
    assert "inequality" in capsys.readouterr().err


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["doctor", "--json"]) == 0
    checks = {c["name"]: c for c in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["solver"]["ok"]
    assert checks["map"]["ok"]


def test_check_of_the_example(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["check", str(example), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"]
    assert {"break", "vintage", "absent"} <= {f["kind"] for f in said["findings"]}
    assert cli.call(["check", str(example), "-c", "treatments.telecom=[]"]) == 3
    out = capsys.readouterr().out
    assert "telecom" in out
    assert "cannot run yet" in out


def test_run_up_to_a_stage(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    assert cli.call(["run", str(example), "--out", str(out), "--only", "intake", "--json"]) == 0
    stdout, stderr = capsys.readouterr()
    said = json.loads(stdout)
    assert said["stages"] == ["intake"]
    assert "intake" in stderr
    assert store.manifest(out)["stages"] == ["intake"]
    assert cli.call(["--quiet", "verify", str(out)]) == 0
    assert cli.call(["why", str(out), "panel[region=620000][year=2023][indicator=patents]"]) == 0
    trace = capsys.readouterr().out
    assert "indicators.csv row 309 column 8" in trace
    assert "| 620000,甘肃,2023,47867" in trace
    assert cli.call(["--quiet", "run", str(example), "--out", str(out), "--only", "intake"]) == 0
    assert capsys.readouterr().err == ""


def test_strict_is_for_findings_without_an_answer(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["--quiet", "run", str(example), "--out", str(tmp_path / "out"), "--only", "intake", "--strict"]) == 5
    err = capsys.readouterr().err
    assert "trade_openness" in err
    assert "telecom" not in err
    assert store.manifest(tmp_path / "out")["stages"] == ["intake"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "{example}", "--only", "mesure"], 2, "measure"),
        (["run", "{example}", "-c", "measure.drws=2"], 3, "did you mean 'draws'"),
        (["run", "{example}", "-c", "measure.draws=many"], 3, "measure.draws"),
        (["run", "{example}", "-c", "measure.draws"], 2, "key=value"),
        (["run", "{example}", "-c", "measure.draws=[1"], 3, "is no YAML"),
        (["run", "{tmp}/nowhere"], 2, "no such file"),
        (["run", "{example}", "--out", "{example}"], 2, "no result folder"),
        (["run"], 2, "Missing argument"),
        (["rn"], 2, "No such command"),
        (["verify", "{tmp}"], 2, "no result folder"),
        (["why", "{tmp}/nowhere", "scores.index"], 2, "no such folder"),
    ],
)
def test_errors(
    arguments: list[str], code: int, said: str, example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [a.format(example=example, tmp=tmp_path) for a in arguments]
    assert cli.call(given) == code
    out, err = capsys.readouterr()
    assert said in err
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InfeasibleError("no plan fits"), 4, "no plan fits"),
        (PartialError("some warnings"), 5, "some warnings"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("division by zero"), 1, "--debug"),
        (PermissionError(13, "Permission denied", "a.csv"), 2, "a.csv: Permission denied"),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, said: str, example: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(job, "read_study_file", fail)
    assert cli.call(["run", str(example)]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback(example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(job, "read_study_file", lambda *_: 1 / 0)
    assert cli.call(["--debug", "run", str(example)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_no_colour_when_asked_or_not_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cli.call(["why", "nowhere", "a"])
    assert "\x1b" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    cli.call(["why", "nowhere", "a"])
    assert "\x1b" not in capsys.readouterr().err


def yindi(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "yindi", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload,no-any-return]


def test_a_closed_pipe_is_no_error() -> None:
    process = yindi("methods")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 0
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_an_ascii_terminal_is_no_error(results: Path) -> None:
    plain = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = yindi("why", str(results), "layout.allocation[region=130000][industry=A].said", env=plain)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert out.startswith("layout.allocation[region=130000][industry=A].said = ")


def test_interrupted_in_the_middle(example: Path, tmp_path: Path) -> None:
    code = ("import os, signal\nfrom yindi import pipeline\nfrom yindi.shell import cli\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
            "pipeline.run_stages = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)\n"
            f"raise SystemExit(cli.call(['run', {str(example)!r}, '--out', {str(tmp_path / 'out')!r}]))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert signal.SIGINT


@pytest.mark.parametrize("name", ["run", "run into old results"])
def test_asked_to_end_in_the_middle(name: str, example: Path, results: Path, tmp_path: Path) -> None:
    out = results if name == "run into old results" else tmp_path / "new"
    before = sorted(tmp_path.rglob("*"))
    code = ("import os, signal\nfrom yindi import pipeline\nfrom yindi.shell import cli\n"
            "pipeline.run_stages = lambda *a, **k: os.kill(os.getpid(), signal.SIGTERM)\n"
            f"cli.main(['run', {str(example)!r}, '--out', {str(out)!r}, '--json'])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 143, done.stderr
    assert json.loads(done.stdout)["exit_code"] == 143
    assert "interrupted" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


FAILURES = [
    (["check", "{example}", "-c", "measure.drws=2"], 3, "measure.drws", ["did you mean 'draws'?", "did you mean 'pairwise'?"]),
    (["run", "{example}", "-c", "measure.drws=2"], 3, "measure.drws", ["did you mean 'draws'?", "did you mean 'pairwise'?"]),
    (["run", "{tmp}/nowhere"], 2, "no such file", []),
    (["run"], 2, "Missing argument", []),
    (["why", "{tmp}/nowhere", "scores.index"], 2, "no such folder", []),
    (["verify", "{tmp}"], 2, "no result folder", []),
    (["report", "{tmp}"], 2, "no result folder", []),
]


@pytest.mark.parametrize(("arguments", "code", "said", "candidates"), FAILURES)
def test_a_failure_is_one_json_object_too(
    arguments: list[str], code: int, said: str, candidates: list[str], example: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert cli.call([a.format(example=example, tmp=tmp_path) for a in arguments] + ["--json"]) == code
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert {"schema_version", "ok", "exit_code", "error", "problems"} == set(told)
    assert (told["ok"], told["exit_code"]) == (False, code)
    assert said in told["error"]
    assert err
    (problem,) = told["problems"]
    assert set(problem) == {"place", "message", "way_out", "candidates"}
    assert problem["candidates"] == candidates


def test_strict_with_json_is_one_object(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert cli.call(["--quiet", "run", str(example), "--out", out, "--only", "intake", "--strict", "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["exit_code"], told["results"]) == (False, 5, out)


@pytest.mark.parametrize(("on_path", "said"), [(False, "{venv}/yindi"), (True, "yindi")])
def test_the_closing_lines_can_be_typed(on_path: bool, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "yindi"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path) if on_path else str(tmp_path / "empty"))
    lines = cli._where(Path("results"), ["nation.zh.html"]).splitlines()
    assert f"app      {said.format(venv=tmp_path)} serve results" in lines


DAGUM = "year,gini,within,between,transvariation\n2020,0.300,0.080,0.170,0.050\n2021,0.310,0.080,0.170,0.050\n"


def test_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In 2021 the parts add to 0.300, not to the 0.310 that is printed."""
    table = tmp_path / "table.csv"
    table.write_text(DAGUM)
    assert cli.call(["audit", str(table), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert said["kind"] == "dagum"
    assert [b["row"] for b in said["breaks"] if not b["note"]] == [2]
    table.write_text(DAGUM.replace("0.310", "0.300"))
    assert cli.call(["audit", str(table)]) == 0
    assert "every identity holds" in capsys.readouterr().out
    assert cli.call(["audit", str(table), "--kind", "dagun"]) == 2
    assert "dagum" in capsys.readouterr().err
    assert cli.call(["audit", str(tmp_path / "nothing.csv")]) == 3


def test_our_own_tables_pass_our_audit(example_results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["audit", str(example_results)]) == 0, capsys.readouterr().out


INDEX = "scores.index[region={}][year=2023]"


@pytest.mark.parametrize("name", ["甘肃", "甘肃省", "Gansu", "gansu"])
def test_why_reads_a_name(name: str, example_results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["why", str(example_results), INDEX.format("620000")]) == 0
    by_code, _ = capsys.readouterr()
    assert cli.call(["why", str(example_results), INDEX.format(name)]) == 0
    by_name, err = capsys.readouterr()
    assert by_name == by_code
    assert err == f"yindi: region {name!r} is read as 620000.\n"


@pytest.mark.parametrize(
    ("ref", "code", "said"),
    [
        (INDEX.format("Gansoo"), 3, "Candidates: 620000 (甘肃, Gansu)"),
        (INDEX.format("nonsense"), 3, "has no 'nonsense'"),
        ("scores.index[regon=620000][year=2023]", 2, "no axis 'regon'; it has region, year. Did you mean region?"),
        ("scores.index[zzz=620000][year=2023]", 2, "no axis 'zzz'; it has region, year."),
        ("scores.index[region=620000]", 3, "is addressed by region, year, not by region."),
        ("layout.allocation[region=620000]", 3, "is addressed by region, industry, not by region."),
        (INDEX.format("620000") + ".zzz", 2, "has no column 'zzz'"),
        ("qqq", 2, "No result is called 'qqq'. All: config, panel"),
    ],
)
def test_why_says_what_there_is(
    ref: str, code: int, said: str, example_results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.call(["why", str(example_results), ref]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert not {"()", "['", "('"} & {err[n : n + 2] for n in range(len(err))}, err


def test_a_name_of_two_is_not_guessed(full: Study) -> None:
    names = full.names.plus("region", {"1": ("甲市", "Same"), "2": ("乙市", "Same")})
    assert naming.code_of(names, "region", "甲", ("1", "2"), where="here") == "1"
    with pytest.raises(AxisError, match=r"2 are called 'Same'.* Candidates: 1 \(甲市, Same\), 2 \(乙市, Same\)"):
        naming.code_of(names, "region", "Same", ("1", "2"), where="here")


def test_a_cell_without_a_column_shows_all_columns(example_results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ref = "layout.allocation[region=620000][industry=software]"
    assert cli.call(["why", str(example_results), ref, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    table = store.load(example_results).table("layout.allocation")
    at = {"region": "620000", "industry": "software"}
    assert told["columns"] == {c: table.at(at, c) for c in table.columns if table.has(c, **at)}
    assert told["value"] == table.number(**at)
    assert any(line.startswith("  chosen = ") for line in told["trace"])
    assert cli.call(["why", str(example_results), f"{ref}.chosen"]) == 0
    assert "  value = " not in capsys.readouterr().out


def test_report_reads_a_name(example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    shutil.copytree(example_results, out)
    assert cli.call(["report", str(out), "--region", "甘肃省", "--lang", "zh", "--voice", "plan", "--format", "html"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(out / "reports" / "620000.zh.html")]
    assert cli.call(["report", str(out), "--region", "Gansoo"]) == 3
    assert "Candidates: 620000 (甘肃, Gansu)" in capsys.readouterr().err
