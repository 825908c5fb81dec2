"""Studies of other countries from files to index: own tables, NUTS and ISO codes, neighbours, activity of parts as a census."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.errors import ProblemsError
from yindi.intake.stage import inspect, intake

FRAMEWORK = {
    "code": "two",
    "title": {"zh": "两项", "en": "Two indicators"},
    "dimensions": {"d": {"zh": "维度", "en": "Dimension"}},
    "variables": [
        {"code": "income", "zh": "人均收入", "en": "Income per head", "unit": "value"},
        {"code": "pupils", "zh": "学生", "en": "Pupils per head", "unit": "value"},
    ],
    "indicators": [{"code": "income", "dimension": "d"}, {"code": "pupils", "dimension": "d"}],
}


def study(folder, regions, rows, *, activity=None, files=(), **more):
    (folder / "fw.yaml").write_text(yaml.safe_dump(FRAMEWORK, allow_unicode=True), encoding="utf-8")
    with (folder / "i.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["region", "year", "income", "pupils"], *rows])
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    inputs = [{"file": "i.csv", "region": "region"}, *([activity] if activity else [])]
    tree = {
        "title": {"zh": "他国", "en": "Abroad"},
        "years": [2019, 2020],
        "regions": regions,
        "framework": "fw.yaml",
        "inputs": inputs,
    }
    return read_config({**tree, **more})


def rows(codes, noise=7):
    stream = np.random.default_rng(noise)
    return [[c, y, round(100 + 10 * k + y % 10 + stream.random(), 3), round(5 + k % 4 + stream.random(), 3)]
            for k, c in enumerate(codes) for y in (2019, 2020)]  # fmt: skip


TABLE = "code,name,name_en,parent,group,longitude,latitude\n" + "".join(
    f"R{k},地区{k},Region {k},L,{'g1' if k < 4 else 'g2'},{k},{k % 3}\n" for k in range(8)
)


def test_own_table_with_edge_list(tmp_path):
    config = study(tmp_path, {"table": "r.csv", "neighbours": "e.csv"}, rows([f"地区{k}" for k in range(8)]),
                   files=[("r.csv", TABLE), ("e.csv", "a,b\n" + "".join(f"R{k},R{k + 1}\n" for k in range(7)))])  # fmt: skip
    made = intake(config, tmp_path)
    assert made.panel.regions == tuple(f"R{k}" for k in range(8))
    assert made.space.neighbours("R3") == ("R2", "R4")
    assert made.space.group_of("group", ("R0", "R7")) == ("g1", "g2")
    assert made.names.of("region", "R3", "en") == "Region 3"
    assert made.space.centroids["R4"] == (4.0, 1.0)


def test_regions_may_be_the_name_of_a_table(tmp_path):
    config = study(tmp_path, "r.csv", rows([f"R{k}" for k in range(8)]), files=[("r.csv", TABLE)])
    made = intake(config, tmp_path)
    assert made.space.edges == ()
    assert made.space.islands() == made.panel.regions


def test_nearest_neighbours(tmp_path):
    config = study(tmp_path, {"table": "r.csv", "nearest": 2}, rows([f"R{k}" for k in range(8)]), files=[("r.csv", TABLE)])
    assert all(len(intake(config, tmp_path).space.neighbours(r)) >= 2 for r in ("R0", "R7"))


def test_a_region_that_the_table_lacks_asks(tmp_path):
    config = study(tmp_path, "r.csv", rows(["R0", "R1", "R9", "R3"]), files=[("r.csv", TABLE)])
    with pytest.raises(ProblemsError, match=r"'R9' is no region of r\.csv"):
        intake(config, tmp_path)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(ProblemsError, match=r"r\.csv: there is no such file"):
        intake(study(tmp_path, "r.csv", rows(["R0"])), tmp_path)


def test_measure_runs_on_nuts(tmp_path):
    from yindi.measure.stage import measure

    config = study(tmp_path, {"standard": "nuts", "version": "2021"}, rows(["DE11", "DE12", "FRF2", "FRB0", "AT11", "AT12"]),
                   measure={"draws": 20})  # fmt: skip
    made = measure(intake(config, tmp_path))
    index = made.table("scores.index")
    assert index.labels("region") == ("AT11", "AT12", "DE11", "DE12", "FRB0", "FRF2")
    assert np.isfinite(index.array()).all()
    assert made.space.group_of("group", ("DE11", "FRF2")) == ("DE", "FR")


def test_nuts_code_of_an_older_version(tmp_path):
    config = study(tmp_path, {"standard": "nuts", "version": "2021"}, rows(["DE11", "FR21"]))
    with pytest.raises(ProblemsError, match="FR21 ended with NUTS 2013"):
        intake(config, tmp_path)


ACTIVITY = {
    "file": "a.csv",
    "content": "activity",
    "layout": "long",
    "region": "fips",
    "prefix": 2,
    "item": "naics",
    "value": "emp",
}
COUNTIES = "fips,year,naics,emp\n" + "".join(
    f"{s}{c},{y},{n},{10 + int(n) % 7}\n"
    for s in ("01", "02", "04", "05")
    for c in ("001", "003")
    for y in (2017, 2018)
    for n in ("1111", "2222", "3333", "4444", "5555")
    if (int(s) + int(n)) % 3
)


def test_activity_of_counties_as_a_census_of_other_years(tmp_path):
    states = ["Alabama", "Alaska", "Arizona", "Arkansas"]
    declared = {**ACTIVITY, "years": [2017, 2018], "absent": "zero"}
    config = study(
        tmp_path, {"standard": "iso3166_2", "country": "US"}, rows(states), activity=declared, files=[("a.csv", COUNTIES)]
    )
    made = intake(config, tmp_path)
    assert made.panel.regions == ("US-AK", "US-AL", "US-AR", "US-AZ")
    assert made.activity is not None
    assert made.activity.years == ("2017", "2018")
    x = made.activity.dense()
    assert (x == 0).any()
    # Alabama (01): 1 + 1111 = 1112 is no multiple of 3: two counties of 10 + 1111 % 7 = 15
    assert made.activity.table().number(region="US-AL", year="2017", industry="1111") == 30
    assert "absent" in str(made.ledger.steps[made.activity.step].params)


def test_sparse_activity_must_say_what_absence_means(tmp_path):
    declared = {**ACTIVITY, "years": [2017, 2018]}
    config = study(tmp_path, {"standard": "iso3166_2", "country": "US"}, rows(["Alabama", "Alaska", "Arizona", "Arkansas"]),
                   activity=declared, files=[("a.csv", COUNTIES)])  # fmt: skip
    problems = inspect(config, tmp_path).problems
    assert len(problems) == 1
    assert "zero, or unknown?" in problems[0].message
    assert "absent: zero" in problems[0].way_out


def test_states_of_the_united_states(shared, tmp_path):
    """Income of 48 states 1929-2009 as published: 48 states by name, one column a year."""
    source = shared / "oracles" / "giddy" / "us_pci_1929_2009.csv"
    (tmp_path / "pci.csv").write_bytes(source.read_bytes())
    config = study(tmp_path, {"standard": "iso3166_2", "country": "US"}, [])
    one = {**FRAMEWORK, "variables": FRAMEWORK["variables"][:1], "indicators": FRAMEWORK["indicators"][:1]}
    (tmp_path / "fw.yaml").write_text(yaml.safe_dump(one), encoding="utf-8")
    tree = config.model_dump(mode="json")
    tree["years"] = [1990, 2009]
    tree["inputs"] = [{"file": "pci.csv", "layout": "years", "region": "#1", "columns": {"income": "income"}}]
    made = intake(read_config(tree), tmp_path)
    assert len(made.panel.regions) == 48
    with source.open(encoding="utf-8") as file:
        table = {r[0]: r for r in csv.reader(file)}
    at = table[""].index("2009")
    assert made.panel.table().number(region="US-AL", year="2009", indicator="income") == float(table["Alabama"][at])


def test_bridged_cities_in_a_study(tmp_path):
    """Laiwu's rows of 2018 are added to Jinan's; without the bridge the study stops and names the change."""
    data = [["370100", 2018, 100.0, 8], ["371200", 2018, 10.0, 4], ["370100", 2019, 115.0, 9], ["370200", 2018, 90, 5],
            ["370200", 2019, 95, 5.5], ["370300", 2018, 70, 6], ["370300", 2019, 75, 6.5]]  # fmt: skip
    bridge = {"into": "370100", "parts": ["370100", "371200"], "years": [2018, 2018], "sum": ["income"],
              "mean": {"pupils": "income"},
              "reason": "merged in 2019"}  # fmt: skip
    base = {"years": [2018, 2019]}
    with pytest.raises(ProblemsError, match="Laiwu was merged into Jinan"):
        intake(study(tmp_path, {"level": "city"}, data, **base), tmp_path)
    made = intake(study(tmp_path, {"level": "city"}, data, bridges=[bridge], **base), tmp_path)
    table = made.panel.table()
    assert made.panel.regions == ("370100", "370200", "370300")
    assert table.number(region="370100", year="2018", indicator="income") == 110
    assert table.number(region="370100", year="2018", indicator="pupils") == pytest.approx((8 * 100 + 4 * 10) / 110)
    assert table.text("status", region="370100", year="2018", indicator="income") == "derived"
    assert table.quantity(region="370100", year="2018", indicator="income").marked
    assert not table.quantity(region="370100", year="2019", indicator="income").marked
    assert "370100" in made.why("panel[region=370100][year=2018][indicator=income]")
