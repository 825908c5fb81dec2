"""Plans and the overcapacity board beside tables that carry no proof: by hand, over time, on the page, and verified."""

from __future__ import annotations

import csv

import pytest

from yindi.shell import cli

HEADS = ("region", "year", "activity", "value")
# Four regions, three activities; solar exists only from 2015 on, so the test of entries cannot use it.
MADE = [("A", "2010", "coal", 30), ("B", "2010", "coal", 10), ("C", "2010", "wind", 20), ("D", "2010", "wind", 20),
        ("A", "2015", "coal", 30), ("B", "2015", "coal", 10), ("C", "2015", "wind", 20), ("D", "2015", "wind", 20),
        ("A", "2015", "solar", 5), ("A", "2020", "coal", 30), ("B", "2020", "coal", 30), ("C", "2020", "wind", 20),
        ("D", "2020", "wind", 30), ("A", "2020", "solar", 10)]  # fmt: skip


def write(path, heads, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])
    return path


def rows(folder, name, key="activity"):
    with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return {r[key]: r for r in csv.DictReader(stream)}


def run(folder, plans, heads=("region", "year", "activity"), *further):
    table, said = write(folder / "t.csv", HEADS, MADE), write(folder / "p.csv", heads, plans)
    return cli.call(["advise", str(table), "--declared", str(said), "--out", str(folder / "out"), *further])


def test_what_is_left_out_of_the_test_can_be_declared(tmp_path):
    """Of 120 in 2020 A holds 40, solar 10: B (30) and C (20) at their part would add 10 x (30 + 20) / 120 = 4.1667 to 10."""
    assert run(tmp_path, [("B", "2016", "wind"), ("B", "2021", "solar"), ("C", "2021", "solar")]) == 3
    solar = rows(tmp_path / "out", "declared.csv")["solar"]
    assert solar["declared"] == "2"
    assert float(solar["expansion"]) == pytest.approx(0.416667, rel=1e-4)
    assert solar["growth"] == ""
    assert "all 4 regions and 3 activities" in (tmp_path / "out" / "page.en.html").read_text(encoding="utf-8")
    assert cli.call(["verify", str(tmp_path / "out")]) == 0


def test_declarations_over_three_dates_pile_in_and_leave(tmp_path):
    """Solar: nobody, then A, B and C at once, then A only: three entries, all at one date, two thirds dropped again."""
    plans = [("D", "2011", "coal"), *((r, "2016", "solar") for r in "ABC"), ("A", "2021", "solar"), ("D", "2021", "wind")]
    assert run(tmp_path, plans) == 3
    solar = rows(tmp_path / "out", "declared.csv")["solar"]
    assert (solar["declared"], solar["plans_entrants"], solar["plans_rush"]) == ("1", "3", "1")
    assert float(solar["plans_breadth"]) == pytest.approx(0.75)
    assert float(solar["plans_left_again"]) == pytest.approx(2 / 3, rel=1e-4)


def test_two_dates_tell_no_rush_and_plans_without_dates_no_pace(tmp_path):
    assert run(tmp_path, [("A", "2016", "wind"), ("B", "2021", "wind")]) == 3
    wind = rows(tmp_path / "out", "declared.csv")["wind"]
    assert (wind["plans_entrants"], wind["plans_rush"]) == ("1", "")
    assert run(tmp_path, [("A", "wind"), ("B", "wind")], ("region", "activity")) == 3
    assert rows(tmp_path / "out", "declared.csv")["wind"]["plans_entrants"] == ""


def test_a_table_that_cannot_be_tested_keeps_the_check_of_plans(tmp_path):
    """One activity alone: nothing to test; both regions declare it and hold their part already, so nothing is added."""
    table = write(tmp_path / "t.csv", HEADS, [("A", 2020, "coal", 3), ("B", 2020, "coal", 1)])
    said = write(tmp_path / "p.csv", ("region", "activity"), [("A", "coal"), ("B", "coal")])
    assert cli.call(["advise", str(table), "--declared", str(said), "--out", str(tmp_path / "out")]) == 3
    coal = rows(tmp_path / "out", "declared.csv")["coal"]
    assert (coal["declared"], coal["share"], coal["expansion"]) == ("2", "1", "0")
    assert not (tmp_path / "out" / "activities.csv").exists()
    assert "What plans declare" in (tmp_path / "out" / "page.en.html").read_text(encoding="utf-8")
    assert cli.call(["verify", str(tmp_path / "out")]) == 0


def test_capacity_stands_by_components_and_covers_expansion(tmp_path, capsys):
    """Solar at 80 % use makes 10, idle 2.5; B and C would add 4.1667: cover .6. Use falls .9, .85, .8: strain 1, .05 worse."""
    board = write(
        tmp_path / "c.csv",
        ("activity", "year", "utilisation", "price"),
        [("solar", 2018, 0.9, 3), ("solar", 2019, 0.85, 1), ("solar", 2020, 0.8, 2), ("coal", 2020, 0.7, 4)],
    )
    assert run(tmp_path, [("B", "2021", "solar"), ("C", "2021", "solar")], ("region", "year", "activity"),
               "--capacity", str(board)) == 3  # fmt: skip
    assert float(rows(tmp_path / "out", "declared.csv")["solar"]["idle_cover"]) == pytest.approx(0.6, rel=1e-3)
    signs = rows(tmp_path / "out", "capacity.csv", "component")
    assert {k: r["activity"] for k, r in signs.items()} == {"utilisation": "solar", "price": "solar"}
    assert (signs["utilisation"]["strain"], signs["utilisation"]["worsening"]) == ("1", "0.05")
    assert (signs["price"]["strain"], signs["price"]["worsening"]) == ("0.5", "-1")
    capsys.readouterr()
    assert cli.call(["verify", str(tmp_path / "out")]) == 0
    write(board, ("activity", "year", "utilisation"), [("solar", 2019, "much"), ("solar", 2020, 0.8)])
    assert run(tmp_path, [("B", "2021", "solar")], ("region", "year", "activity"), "--capacity", str(board)) == 3
    assert "c.csv: --capacity row 2: utilisation" in capsys.readouterr().err


def test_plans_without_rows_or_with_odd_dates_are_refused(tmp_path, capsys):
    assert run(tmp_path, []) == 3
    assert "has no row" in capsys.readouterr().err
    assert run(tmp_path, [("A", "old", "wind"), ("B", "new", "wind")]) == 3
    assert "cannot be put in order" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_inputs_in_other_folders_are_found_again(tmp_path, capsys):
    (tmp_path / "plans").mkdir()
    table = write(tmp_path / "t.csv", HEADS, MADE)
    said = write(tmp_path / "plans" / "t.csv", ("region", "activity"), [("A", "wind")])
    assert cli.call(["advise", str(table), "--declared", str(said), "--out", str(tmp_path / "out")]) == 3
    capsys.readouterr()
    assert cli.call(["verify", str(tmp_path / "out")]) == 0
    assert "2 inputs" in capsys.readouterr().out
    write(said, ("region", "activity"), [("B", "wind")])
    assert cli.call(["verify", str(tmp_path / "out")]) == 3
