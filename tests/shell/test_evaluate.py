"""An earlier plan beside later data, from two runs to the tables."""

from __future__ import annotations

import csv
import json

import pytest
from small_study import write

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
