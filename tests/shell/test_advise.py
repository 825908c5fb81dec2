"""`yindi advise FILE`: a proof and lists, or a refusal with its reason; clear errors; the same input gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import json

import numpy as np
import pytest
from worlds import related_world, unrelated_world

from yindi.shell import advisetable, cli
from yindi.shell.advisetable import Columns

YEARS = (2017, 2018, 2019, 2020, 2021)


def rows_of(x, region="R{:03d}", activity="a{:02d}"):
    return [(region.format(r), YEARS[t], activity.format(c), float(np.round(v)))
            for (r, t, c), v in np.ndenumerate(np.round(x)) if np.round(v) > 0]  # fmt: skip


def write(path, rows, heads=("region", "year", "activity", "value"), encoding="utf-8"):
    text = "\n".join(",".join(map(str, row)) for row in (heads, *rows)) + "\n"
    raw = text.encode(encoding)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def table(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def world():
    return rows_of(related_world(1) * 20)


@pytest.fixture(scope="module")
def done(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("advise")
    assert cli.call(["advise", str(write(folder / "w.csv", world)), "--out", str(folder / "out")]) == 0
    return folder / "out"


def proof(folder):
    return {(r["event"], r["item"]): r for r in table(folder, "proof.csv")}


def test_lists_come_with_their_proof(done):
    said = proof(done)
    assert said["data", "verdict"]["text"] == "allowed"
    assert float(said["entry", "gain_low"]["value"]) > 0
    assert float(said["lists", "expansion_coordinated"]["value"]) <= 0.1 + 1e-9
    assert float(said["entry", "expansion_coordinated"]["value"]) <= 0.1 + 1e-9
    lists = table(done, "lists.csv")
    assert {"cultivate", "hold"} <= {r["list"] for r in lists}
    per_region = [sum(r["list"] == "cultivate" and r["region"] == name for r in lists) for name in {r["region"] for r in lists}]
    assert max(per_region) <= 5
    cultivated = [r for r in lists if r["list"] == "cultivate"]
    assert all(r["lacking"] or r["carried_by"] for r in cultivated)
    shown = said["lists", "entry_chances"]["text"] == "shown"
    assert all(bool(r["entry_chance"]) == shown for r in cultivated)
    assert all(float(r["quotient_low"]) <= float(r["quotient_high"]) for r in lists)


def test_expansion_by_hand(done, world):
    """Expansion = sum over told regions of (region total x national share - own amount, where positive) / national amount."""
    made = {}
    for r, y, a, v in world:
        if y == 2021:
            made[r, a] = v
    regions = sorted({r for r, _, _, _ in world})
    total = {r: sum(v for (q, _), v in made.items() if q == r) for r in regions}
    nation = sum(made.values())
    lists = [r for r in table(done, "lists.csv") if r["list"] == "cultivate"]
    activity = lists[0]["activity"]
    whole = sum(v for (_, a), v in made.items() if a == activity)
    told = [r["region"] for r in lists if r["activity"] == activity]
    more = sum(max(total[r] * whole / nation - made.get((r, activity), 0.0), 0.0) for r in told)
    assert float(lists[0]["expansion"]) == pytest.approx(more / whole, rel=1e-4)
    assert int(lists[0]["regions_told"]) == len(told)


def test_every_column_has_its_source(done):
    told = {(r["file"], r["column"]) for r in table(done, "columns.csv")}
    for path in done.glob("*.csv"):
        if path.name != "columns.csv":
            heads = path.read_text(encoding="utf-8-sig").split("\n", 1)[0].split(",")
            assert {(path.name, h) for h in heads} <= told
    source = {(r["file"], r["column"]): r["source"] for r in table(done, "columns.csv")}
    assert source["lists.csv", "quotient"] == "w.csv: region, year, activity, value"


def test_pages_in_two_languages(done):
    zh, en = ((done / f"page.{k}.html").read_text(encoding="utf-8") for k in ("zh", "en"))
    assert "可以据此推荐" in zh
    assert "Lists are allowed" in en
    assert "http" not in en
    assert "{" not in en.split("</style>")[1]


def test_same_rows_in_any_order_give_the_same_bytes(done, world, tmp_path):
    order = np.random.default_rng(5).permutation(len(world))
    path = write(tmp_path / "w.csv", [world[n] for n in order])
    assert cli.call(["advise", str(path), "--out", str(tmp_path / "out")]) == 0
    for name in ("lists.csv", "proof.csv", "activities.csv", "regions.csv", "page.zh.html"):
        assert (tmp_path / "out" / name).read_bytes() == (done / name).read_bytes(), name


def test_unrelated_panel_is_refused(tmp_path, capsys):
    path = write(tmp_path / "u.csv", rows_of(unrelated_world(2) * 20))
    assert cli.call(["advise", str(path), "--json", "--out", str(tmp_path / "out")]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["allowed"], told["verdict"]) == (False, "no_gain")
    assert "lists" not in told
    assert (told["ok"], told["exit_code"]) == (False, 3)
    assert "finer classification" in told["problems"][0]["way_out"]
    assert not (tmp_path / "out" / "lists.csv").exists()
    assert "Refused" in (tmp_path / "out" / "page.en.html").read_text(encoding="utf-8")


def test_few_activities_are_refused(tmp_path, capsys, world):
    path = write(tmp_path / "f.csv", [r for r in world if r[2] < "a15"])
    assert cli.call(["advise", str(path), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["verdict"] == "few_activities"


def test_one_date_two_regions_do_not_crash(tmp_path, capsys):
    rows = [("北京", 2020, "A", 3), ("上海", 2020, "A", 5), ("上海", 2020, "B", 5)]
    assert cli.call(["advise", str(write(tmp_path / "t.csv", rows, encoding="gb18030")), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["allowed"] is False


def test_one_date_ranks_without_probabilities(tmp_path, capsys, world):
    path = write(tmp_path / "o.csv", [r for r in world if r[1] == 2021])
    assert cli.call(["advise", str(path), "--json", "--out", str(tmp_path / "out")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["proof"]["entry"]["proof"] == "hold_out"
    if told["allowed"]:
        assert told["proof"]["lists"]["entry_chances"] == "withheld"
        assert not any(r["entry_chance"] for r in table(tmp_path / "out", "lists.csv"))


def test_unknown_columns_are_named_with_candidates(tmp_path, capsys):
    path = write(tmp_path / "c.csv", [("a", 2020, "x", 1)], heads=("Region", "year", "sector", "amount"))
    assert cli.call(["advise", str(path)]) == 3
    said = capsys.readouterr().err
    assert "there is no column 'region'" in said
    assert "Region" in said
    assert "'sector' (e.g. x)" in said
    assert "--value" in said


def test_duplicates_are_refused_or_summed(tmp_path, capsys, world):
    path = write(tmp_path / "d.csv", [*world, world[0]])
    assert cli.call(["advise", str(path)]) == 3
    assert "--duplicates sum" in capsys.readouterr().err
    seen = advisetable.read(path, Columns(), duplicates="sum")
    assert seen.cube.values.sum() == pytest.approx(sum(r[3] for r in world) + world[0][3])


def test_what_a_cell_may_say(tmp_path):
    rows = [("01", "2019", "NA", '"1,200"'), ("NA", "2019", "b", "3"), ("02", "2019", "b", ".."), ("", "2019", "b", "4")]
    seen = advisetable.read(write(tmp_path / "n.csv", rows), Columns())
    assert seen.cube.regions == ("01", "NA")
    assert seen.cube.values.sum() == 1203
    assert (seen.unlabelled, seen.absent, seen.rows) == (1, 1, 4)


def test_text_in_place_of_a_number_names_its_row(tmp_path, capsys):
    path = write(tmp_path / "n.csv", [("a", 2019, "x", 1), ("b", 2019, "x", "many")])
    assert cli.call(["advise", str(path)]) == 3
    assert "row 3, value: 'many' is no number" in capsys.readouterr().err


def test_negative_amounts_are_refused(tmp_path, capsys):
    assert cli.call(["advise", str(write(tmp_path / "n.csv", [("a", 2019, "x", -1), ("b", 2019, "x", 2)]))]) == 3
    assert "negative" in capsys.readouterr().err


def test_a_total_row_is_left_out_and_said(tmp_path, world):
    from yindi.opportunities.clean import comparable

    sums = {}
    for _, y, a, v in world:
        sums[y, a] = sums.get((y, a), 0) + v
    path = write(tmp_path / "s.csv", [*world, *(("Total", y, a, v) for (y, a), v in sums.items())])
    found = comparable(advisetable.read(path, Columns()).cube)
    assert found.regions_sums == ("Total",)
    assert "Total" not in found.cube.regions
    assert found.activities_sums == ()


def test_subtotals_by_the_beginning_of_their_codes_are_left_out(tmp_path, world):
    from yindi.opportunities.clean import comparable

    sums = {}
    for r, y, a, v in world:
        sums[r, y, a[:2]] = sums.get((r, y, a[:2]), 0) + v
    path = write(tmp_path / "s.csv", [*world, *((*k, v) for k, v in sums.items())])
    found = comparable(advisetable.read(path, Columns()).cube)
    assert found.activities_sums == ("a0", "a1", "a2", "a3", "a4", "a5")
    assert len(found.cube.activities) == 60
    odd = write(tmp_path / "o.csv", [*world, *((*k, 3 * v) for k, v in sums.items())])
    assert comparable(advisetable.read(odd, Columns()).cube).activities_sums == ()


def test_years_that_no_number_orders_are_refused(tmp_path, capsys, world):
    seasons = dict(zip(YEARS, ("winter", "spring", "summer", "autumn", "later"), strict=True))
    path = write(tmp_path / "y.csv", [(r, seasons[y], a, v) for r, y, a, v in world])
    assert cli.call(["advise", str(path)]) == 3
    assert "cannot be put in order" in capsys.readouterr().err
    dated = write(tmp_path / "d.csv", [(r, f"31/12/{y}", a, v) for r, y, a, v in world])
    assert advisetable.read(dated, Columns()).cube.years == tuple(f"31/12/{y}" for y in YEARS)


@pytest.mark.parametrize("wide", ["year", "activity"])
def test_a_wide_table_holds_the_same(tmp_path, wide, world):
    import pandas

    frame = pandas.DataFrame(world, columns=["region", "year", "activity", "value"])
    keys = ["region", "activity" if wide == "year" else "year"]
    path = tmp_path / "w.csv"
    frame.pivot_table(index=keys, columns=wide, values="value").reset_index().to_csv(path, index=False)
    seen = advisetable.read(path, Columns(wide=wide))
    plain = advisetable.read(write(tmp_path / "p.csv", world), Columns())
    np.testing.assert_array_equal(seen.cube.values, plain.cube.values)
    assert seen.cube.years == plain.cube.years


def test_regions_absent_in_a_year_are_left_out_and_said(tmp_path, world):
    from yindi.opportunities.clean import comparable

    path = write(tmp_path / "s.csv", [r for r in world if not (r[0] == "R003" and r[1] == 2019)])
    assert comparable(advisetable.read(path, Columns()).cube).regions_left == ("R003",)


@pytest.mark.parametrize("ending", [".xlsx", ".parquet", ".dta", ".csv.gz"])
def test_other_kinds_of_files_hold_the_same(tmp_path, ending, world):
    import pandas

    few = world[:400]
    frame = pandas.DataFrame(few, columns=["region", "year", "activity", "value"])
    path = tmp_path / f"t{ending}"
    if ending == ".xlsx":
        frame.to_excel(path, index=False)
    elif ending == ".parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    elif ending == ".dta":
        frame.to_stata(path, write_index=False)
    else:
        write(path, few)
    seen, plain = advisetable.read(path, Columns()), advisetable.read(write(tmp_path / "p.csv", few), Columns())
    np.testing.assert_array_equal(seen.cube.values, plain.cube.values)
    assert (seen.cube.regions, seen.cube.years, seen.cube.activities) == (
        plain.cube.regions,
        plain.cube.years,
        plain.cube.activities,
    )


def test_the_other_table_is_tested_before_it_speaks(tmp_path, capsys, world):
    """Technologies that are the industries themselves, by other names, must carry them; noise must be refused."""
    x = related_world(1)
    mine = write(tmp_path / "w.csv", world)
    noise = np.random.default_rng(3).poisson(5.0, (len(x), 5, 20)).astype(float)
    verdicts = {}
    for name, y in (("same", x * 20), ("noise", noise)):
        other = write(tmp_path / f"{name}.csv", rows_of(y, activity="t{:02d}"))
        assert cli.call(["advise", str(mine), "--other", str(other), "--json", "--out", str(tmp_path / name)]) == 0
        verdicts[name] = json.loads(capsys.readouterr().out)["proof"]["cross"]["verdict"]
    assert verdicts == {"same": "allowed", "noise": "no_gain"}
    assert table(tmp_path / "same", "cross.csv")[0]["carried_by"].startswith("t")
    assert not (tmp_path / "noise" / "cross.csv").exists()


def test_a_foreign_folder_is_left_alone(tmp_path, capsys, world):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    assert cli.call(["advise", str(write(tmp_path / "w.csv", world[:50])), "--out", str(tmp_path / "mine")]) != 0
    assert "left alone" in capsys.readouterr().err


def test_verify_reads_every_number_of_the_pages_again(done, tmp_path, capsys):
    import shutil

    assert cli.call(["verify", str(done), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["checked"]["numbers on pages"] > 400
    assert told["checked"]["inputs"] == 1
    page = (done / "page.en.html").read_text(encoding="utf-8")
    row = next(r for r in table(done, "proof.csv") if (r["event"], r["item"]) == ("entry", "precision_density"))
    shown = f"{float(row['value']):.4f}"
    wrong = tmp_path / "wrong"
    shutil.copytree(done, wrong)
    (wrong / "page.en.html").write_text(page.replace(shown, "0.9876"), encoding="utf-8")
    assert cli.call(["verify", str(wrong), "--json"]) == 3
    places = [p["message"] for p in json.loads(capsys.readouterr().out)["problems"]]
    assert any("0.9876 stands in none" in m for m in places)
    assert any("sha256 differs" in m for m in places)


def test_why_and_serve_of_an_advice(done, capsys):
    first = next(r for r in table(done, "lists.csv") if r["list"] == "cultivate")
    ref = f"lists[region={first['region']}][activity={first['activity']}].quotient"
    assert cli.call(["why", str(done), ref]) == 0
    said = capsys.readouterr().out
    assert f"quotient = {first['quotient']}" in said
    assert "w.csv: region, year, activity, value" in said
    assert cli.call(["why", str(done), "nowhere[region=x]"]) == 2
    assert cli.call(["serve", str(done)]) == 2
    assert "page.en.html" in capsys.readouterr().err


def test_what_coordination_costs_stands_in_the_proof(done):
    said = {k[1]: float(v["value"]) for k, v in proof(done).items() if k[0] == "entry" and v["value"]}
    assert said["loss_low"] <= said["loss"] <= said["loss_high"]
    assert said["loss"] == pytest.approx(said["precision_independent"] - said["precision_coordinated"], abs=0.002)


def test_what_plans_declare_is_checked_together(tmp_path, world, capsys):
    """Every second region declares a05: counts, expansion by hand, and an unknown label named."""
    names = sorted({r for r, _, _, _ in world})
    said = [(r, "a05") for r in names[::2]] + [(names[1], "a07")]
    path, plans = write(tmp_path / "w.csv", world), write(tmp_path / "p.csv", said, heads=("region", "activity"))
    assert cli.call(["advise", str(path), "--declared", str(plans), "--out", str(tmp_path / "out")]) == 0
    row = next(r for r in table(tmp_path / "out", "declared.csv") if r["activity"] == "a05")
    made = {(r, a): v for r, y, a, v in world if y == 2021}
    total = {r: sum(v for (q, _), v in made.items() if q == r) for r in names}
    nation, whole = sum(total.values()), sum(v for (_, a), v in made.items() if a == "a05")
    more = sum(max(total[r] * whole / nation - made.get((r, "a05"), 0.0), 0.0) for r in names[::2])
    assert int(row["declared"]) == len(names[::2])
    assert float(row["expansion"]) == pytest.approx(more / whole, rel=1e-4)
    overlaps = {k[1]: float(v["value"]) for k, v in proof(tmp_path / "out").items() if k[0] == "declared"}
    assert overlaps["overlap_regions"] > 10 * overlaps["overlap_random"]
    assert "What plans declare" in (tmp_path / "out" / "page.en.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert cli.call(["verify", str(tmp_path / "out")]) == 0
    write(plans, [("nowhere", "a05")], heads=("region", "activity"))
    assert cli.call(["advise", str(path), "--declared", str(plans)]) == 3
    assert "'nowhere' is not in the table" in capsys.readouterr().err
