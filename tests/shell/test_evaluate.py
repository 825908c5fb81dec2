"""An earlier plan beside later data, from two runs to the tables."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import yaml
from small_study import CODES, FILES, FRAMEWORK, write

import yindi
from yindi.shell import cli

BUILT = "region,industry\nnorth,chips\nhill,solar\n"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The plan of 2018 and the run of 2021 on the same files."""
    place = tmp_path_factory.mktemp("runs")
    for name, years in (("then", (2009, 2018)), ("now", (2009, 2021))):
        (place / name).mkdir()
        write(place / name, years=years, first=2009)
        done = ["--quiet", "run", str(place / name), "--only", "plan", "--out", str(place / f"{name}_out")]
        assert cli.call([*done, "-c", "simulate.draws=50"]) == 0
    return place


def later(place, name, codes=CODES, framework=FRAMEWORK, files=FILES):
    """A run of 2021 with other regions, another framework or other industries."""
    (place / name).mkdir()
    write(place / name, codes=codes, files=files, years=(2009, 2021), first=2009)
    (place / name / "fw.yaml").write_text(yaml.safe_dump(framework, allow_unicode=True), encoding="utf-8")
    done = ["--quiet", "run", str(place / name), "--only", "plan", "--out", str(place / f"{name}_out")]
    assert cli.call([*done, "-c", "simulate.draws=50"]) == 0
    return str(place / f"{name}_out")


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_loop_of_a_plan_period(runs, capsys):
    built, out = runs / "built.csv", runs / "evaluation"
    built.write_text(BUILT, encoding="utf-8")
    capsys.readouterr()
    asked = ["evaluate", str(runs / "then_out"), str(runs / "now_out"), "--built", str(built), "--out", str(out), "--json"]
    assert cli.call(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["then"], told["now"]) == ("2018", "2021")
    then, now = (yindi.load(runs / f"{n}_out") for n in ("then", "now"))
    old, new = (s.layout.allocation.array("chosen") for s in (then, now))
    assert told["summary"]["chosen"] == old.sum()
    assert told["summary"]["again"] == (old * new).sum()
    assert told["summary"]["dropped"] + told["summary"]["again"] == old.sum()
    forecasts = rows(out / "forecasts.csv")
    assert {r["year"] for r in forecasts} == {"2019", "2020", "2021"}
    assert all(0 <= float(r["inside"]) <= 1 for r in forecasts)
    for row in rows(out / "targets.csv"):
        actual = now.panel.take(regions=[row["region"]], years=["2021"], items=[row["variable"]]).values[0, 0, 0]
        assert float(row["actual"]) == pytest.approx(actual)
    there = {("north", "chips"), ("hill", "solar")}
    planned = {(r, i) for r in then.layout.allocation.labels("region") for i in then.layout.allocation.labels("industry")
               if then.layout.allocation.number("chosen", region=r, industry=i)}  # fmt: skip
    assert told["summary"]["built"] == pytest.approx(len(there & planned) / len(planned))
    outcome = {(r["region"], r["industry"]): r["outcome"] for r in rows(out / "built.csv")}
    assert {p for p, o in outcome.items() if o in ("built", "unplanned")} == there
    assert {p for p, o in outcome.items() if o == "missed"} == planned - there


def test_what_is_not_known_is_said(runs, capsys):
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "now_out")]) == 0
    assert "Built: not known" in capsys.readouterr().out
    assert cli.call(["evaluate", str(runs / "now_out"), str(runs / "then_out")]) == 2
    assert "nothing new came in" in capsys.readouterr().err
    wrong = runs / "wrong.csv"
    wrong.write_text("region,industry\nnorht,chips\n", encoding="utf-8")
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "now_out"), "--built", str(wrong)]) == 3
    assert "north" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "plan", "called"), [("zh", "规划依据截至2018年的数据", "芯片"), ("en", "data to 2018", "Chips")]
)
def test_the_result_is_told_in_words_with_names(runs, capsys, language, plan, called):
    out = runs / f"told_{language}"
    capsys.readouterr()
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "now_out"), "--lang", language, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert plan in said
    assert "baseline" not in said
    assert {"zh": "80%区间", "en": "the 80% band"}[language] in said
    text = (out / f"evaluation.{language}.txt").read_text(encoding="utf-8")
    assert said.startswith(text)
    choices = rows(out / "choices.csv")
    assert called in {r[f"industry_{language}"] for r in choices}
    assert all(r[f"region_{language}"] for r in choices)
    dropped = [r for r in choices if float(r["then"]) and not float(r["now"])]
    told = rows(out / "revise.csv")
    assert {(r["region"], r["subject"]) for r in told if r["what"] == "choice"} == {(r["region"], r["industry"]) for r in dropped}
    for row in told[:8]:
        assert row[f"subject_{language}"] in text


def test_both_languages_unless_one_is_asked_for(runs, capsys):
    asked = ["evaluate", str(runs / "then_out"), str(runs / "now_out")]
    assert cli.call(asked) == 0
    said = capsys.readouterr().out
    assert "规划依据" in said
    assert "The plan rests on" in said
    assert cli.call([*asked, "--lang", "fr"]) == 2
    assert "zh, en" in capsys.readouterr().err


def test_forecasts_are_held_against_what_changed_not_against_a_rescaled_index(runs, tmp_path):
    # By hand: where the later run puts a region in 2018 and in 2021, added to where the earlier one put it in 2018.
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "now_out"), "--out", str(tmp_path)]) == 0
    then, now = (yindi.load(runs / f"{n}_out") for n in ("then", "now"))

    def level(study, region, year):
        mean = np.mean([np.log(study.scores.index.number(region=r, year=year)) for r in CODES])
        return np.log(study.scores.index.number(region=region, year=year)) - mean

    inside, table = 0, then.scenarios.regions
    for region in CODES:
        came = level(then, region, "2018") + level(now, region, "2021") - level(now, region, "2018")
        low, high = (np.log(table.number(c, scenario="baseline", region=region, year="2021")) for c in ("low", "high"))
        inside += low <= came <= high
    (row,) = (r for r in rows(tmp_path / "forecasts.csv") if (r["scenario"], r["year"]) == ("baseline", "2021"))
    assert float(row["inside"]) == pytest.approx(inside / len(CODES))
    moved = [level(then, r, "2018") - level(now, r, "2018") for r in CODES]
    summary = {r["item"]: float(r["value"]) for r in rows(tmp_path / "summary.csv")}
    assert summary["revised"] == pytest.approx((sum(m * m for m in moved) / len(moved)) ** 0.5)


def test_regions_in_one_run_only_are_named_and_the_others_evaluated(runs, capsys):
    """One region is gone (coast), one is new (isle): the rest is compared, forecasts of standing are not."""
    out = later(runs, "moved", (*CODES[:-1], "isle"))
    capsys.readouterr()
    assert cli.call(["evaluate", str(runs / "then_out"), out, "--lang", "en", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    said = "\n".join(told["said"]["en"])
    assert "Coast" in said
    assert "Isle" in said
    assert (told["summary"]["regions"], told["summary"]["apart"]) == (5, 2)
    assert "forecasts" not in told
    assert "not compared" in said
    assert {r[0] for r in told["choices"]} | {r[0] for r in told["targets"]} <= set(CODES[:-1])
    assert told["choices"]


def test_runs_without_common_regions_are_refused(runs, capsys):
    out = later(runs, "elsewhere", tuple(f"{c}_2" for c in CODES))
    assert cli.call(["evaluate", str(runs / "then_out"), out]) == 2
    assert "in common" in capsys.readouterr().err


def test_forecasts_of_another_index_are_not_compared(runs, capsys):
    out = later(runs, "narrow", framework={**FRAMEWORK, "code": "one", "indicators": FRAMEWORK["indicators"][:1]})
    capsys.readouterr()
    assert cli.call(["evaluate", str(runs / "then_out"), out, "--lang", "zh,en", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "forecasts" not in told
    assert "different ways" in "\n".join(told["said"]["en"])
    assert "口径不同" in "\n".join(told["said"]["zh"])
    assert told["summary"]["targets"]


@pytest.mark.parametrize("content", ["", "region,sector\nnorth,chips\n", "region;industry\nnorth;chips\n"])
def test_a_file_of_what_was_built_without_its_columns_is_refused(runs, tmp_path, capsys, content):
    file = tmp_path / "built.csv"
    file.write_text(content, encoding="utf-8")
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "now_out"), "--built", str(file)]) == 2
    assert "columns region and industry" in capsys.readouterr().err


def test_the_same_run_twice_has_nothing_new(runs, capsys):
    assert cli.call(["evaluate", str(runs / "then_out"), str(runs / "then_out")]) == 2
    assert "nothing new came in" in capsys.readouterr().err


def test_an_industry_that_is_no_longer_listed_is_dropped_and_a_new_one_is_new(runs, tmp_path, capsys):
    """Chips are called circuits now: every choice of chips is dropped for that reason, those of circuits are new."""
    named = {k: v.replace("chips,芯片,Chips", "circuits,电路,Circuits").replace("chips,", "circuits,") for k, v in FILES.items()}
    out = later(runs, "renamed", files=named)
    capsys.readouterr()
    assert cli.call(["evaluate", str(runs / "then_out"), out, "--lang", "en", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    then, now = yindi.load(runs / "then_out"), yindi.load(out)
    assert told["summary"]["chosen"] == then.layout.allocation.array("chosen").sum()
    assert told["summary"]["again"] + told["summary"]["fresh"] == now.layout.allocation.array("chosen").sum()
    gone = [r for r in rows(tmp_path / "choices.csv") if r["industry"] == "chips"]
    assert gone
    assert {(r["now"], r["reason"], r["industry_en"]) for r in gone} == {("0", "not_listed", "Chips")}
    assert "does not list" in gone[0]["reason_en"]
