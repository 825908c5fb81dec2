"""A higher plan handed down: shares of a total sum to one, an intensity grows as the parent's, parents are never guessed."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.errors import Problems, ProblemsError
from yindi.core.study import Bench
from yindi.intake.beside import beside
from yindi.pipeline import go_on, run_stages, up_to
from yindi.plan import cascade, making

CITIES = {"420100": "110000", "420200": "120000", "420300": "130000", "420500": "140000", "420600": "150000", "420700": "210000"}
OTHERS = {"430100": "220000", "430200": "230000", "430300": "310000"}
UNITS = {"gdp": "100m_yuan", "rd_spend": "yuan_per_person", "urbanisation": "percent"}
HEAD = "parent,variable,year,value,unit,source\n"


def test_shares_of_a_total_sum_to_one_and_targets_to_the_parents():
    # 100, 300 and 600 of 1000; the parent wants 1500: 150, 450 and 900
    given = {"parent_base": np.nan, "parent_target": 1500.0, "year": 2030, "final": 2030}
    got = cascade.hand_down_total(np.array([100.0, 300, 600]), np.full(3, 2023), **given)
    assert got.share == pytest.approx([0.1, 0.3, 0.6])
    assert got.share.sum() == pytest.approx(1.0)
    assert got.target == pytest.approx([150, 450, 900])


def test_regions_that_are_a_part_of_the_parent_are_asked_for_their_part():
    # 400 of the parent's 1000: two fifths of 1500 are 600
    got = cascade.hand_down_total(np.array([100.0, 300]), np.full(2, 2023), parent_base=1000.0, parent_target=1500.0, year=2030,
                                  final=2030)  # fmt: skip
    assert got.cover == pytest.approx(0.4)
    assert got.share.sum() == pytest.approx(1.0)
    assert got.target.sum() == pytest.approx(600.0)


def test_a_later_year_of_the_parent_is_reached_on_the_way():
    # the parent doubles in ten years; after five the region stands at the square root of two
    got = cascade.hand_down_total(
        np.array([100.0]), np.array([2025]), parent_base=np.nan, parent_target=200.0, year=2035, final=2030
    )
    assert got.target[0] == pytest.approx(100 * 2**0.5)


def test_an_intensity_grows_as_the_parents():
    # the parent goes from 10 to 20 in seven years; 3 and 30 double as well
    given = {"parent_base": 10, "parent_target": 20, "parent_year": 2023, "year": 2030, "final": 2030, "bound": "positive"}
    got = cascade.hand_down_rate(np.array([3.0, 30]), np.full(2, 2023), **given)
    assert got.target == pytest.approx([6.0, 60.0])
    assert got.growth == pytest.approx(np.full(2, 2 ** (1 / 7) - 1))
    assert np.isnan(got.share).all()


def test_a_percentage_never_passes_the_whole():
    given = {"parent_base": 60, "parent_target": 75, "parent_year": 2023, "year": 2030, "final": 2030, "bound": "percent"}
    got = cascade.hand_down_rate(np.array([98.0]), np.array([2023]), **given)
    assert 98 < got.target[0] < 100
    assert cascade.hand_down_growth(np.array([98.0]), np.array([2023]), rate=0.1, final=2030, bound="percent").target[0] == 100


@pytest.mark.parametrize(
    ("region", "known", "standard", "table", "parent"),
    [
        ("420100", {"420000"}, "gbt2260", {}, "420000"),
        ("420102", {"420000", "420100"}, "gbt2260", {}, "420100"),
        ("420100", {"430000"}, "gbt2260", {}, None),
        ("420000", {"100000"}, "gbt2260", {}, "100000"),
        ("DE21", {"DE2"}, "nuts", {}, "DE2"),
        ("DE21", {"DE"}, "nuts", {}, "DE"),
        ("DE21", {"D"}, "nuts", {}, None),
        ("US-CA", {"US"}, "iso3166_2", {}, "US"),
        ("x1", {"top"}, "own", {"x1": "middle", "middle": "top"}, "top"),
        ("x1", {"top"}, "own", {"x1": "x2", "x2": "x1"}, None),
        ("x1", {"x"}, "own", {}, None),
    ],
)
def test_parents_come_from_the_table_or_the_code(region, known, standard, table, parent):
    assert cascade.parents([region], known, standard, table).get(region) == parent


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader((HEAD + text).splitlines()))


def test_all_faults_of_a_higher_plan_are_told_at_once():
    text = """420000,rd_spent,2030,900,yuan_per_person,outline
420000,rd_spend,2030,many,yuan_per_person,outline
420000,gdp,20x0,90000,yuan,outline
420000,urbanisation,2030,70,percent,
,gdp,2030,1,100m_yuan,outline
420000,urbanisation,2030,71,percent,outline
"""
    with pytest.raises(ProblemsError) as caught:
        cascade.read(rows(text), UNITS, "higher.csv")
    said = str(caught.value)
    for wanted in ("row 2: the study has no variable 'rd_spent'. Candidates: rd_spend", "row 3: the value 'many' is no number",
                   "row 4: gdp is in '100m_yuan', not 'yuan'", "row 4: the year '20x0' is no year",
                   "row 5: has no source: a target without evidence", "row 6: names no parent",
                   "row 7: urbanisation of 420000 in 2030 stands twice"):  # fmt: skip
        assert wanted in said


@pytest.fixture(scope="module")
def folder(example, tmp_path_factory):
    """A made-up province: cities of Hubei and Hunan that carry the figures of other provinces."""
    at = tmp_path_factory.mktemp("cities")
    called = {old: new for new, old in {**CITIES, **OTHERS}.items()}
    for name in ("indicators.csv", "industries.csv"):
        with (example / name).open(encoding="utf-8-sig", newline="") as stream:
            held = [{**r, "code": called[r["code"]]} for r in csv.DictReader(stream) if r["code"] in called]
        for r in held:
            r.pop("name_zh", None)
        with (at / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, held[0])
            writer.writeheader()
            writer.writerows(held)
    config = yaml.safe_load((example / "study.yaml").read_text(encoding="utf-8"))
    config["regions"] = {"level": "city", "scope": "present", "bridges": []}
    for entry in config["inputs"]:
        entry.pop("name")
    config["treatments"] = {v: config["treatments"][v] for v in ("telecom", "gdp_per_capita")}
    config["measure"] = {"draws": 20}
    config["disparity"] = {"bootstrap": 0, "permutations": 0}
    (at / "study.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return at


def planned(folder, text: str):
    (folder / "higher.csv").write_text(HEAD + text, encoding="utf-8")
    return run(folder, "higher.csv")


def run(folder, higher: str):
    config = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    config["plan"] = {"higher": higher}
    study = run_stages(read_config(config), folder, only="intake")
    blocks = {r: "central" if r in CITIES else "west" for r in study.panel.regions}
    study = replace(study, space=replace(study.space, groups={"four_blocks": blocks}))
    study = go_on(study, up_to("layout")[1:], lambda _: None)
    bench = Bench(making.with_departments(study), "plan")
    making.tables(bench)
    return making.draft(bench)


@pytest.fixture(scope="module")
def handed(folder):
    return planned(folder, """420000,gdp,2030,400000,100m_yuan,outline of the province
420000,rd_spend,2023,1000,yuan_per_person,yearbook of the province
420000,rd_spend,2030,2000,yuan_per_person,outline of the province
420000,ecommerce,2030,12,percent_per_year,outline of the province
420000,income_per_capita,2030,60000,yuan_per_person,outline of the province
""")  # fmt: skip


def test_a_province_cascades_to_its_cities(handed):
    table = handed.table("plan.cascade")
    cities = list(CITIES)
    shares = [table.number("share", region=c, variable="gdp") for c in cities]
    assert sum(shares) == pytest.approx(1.0)
    targets = [table.number("target", region=c, variable="gdp") for c in cities]
    assert sum(targets) == pytest.approx(400000.0)
    for city in cities:
        at = {"region": city, "variable": "rd_spend"}
        assert table.number("target", **at) == pytest.approx(2 * table.number("base", **at))
        assert table.number("growth", region=city, variable="ecommerce") == pytest.approx(0.12)
        assert table.text("parent", **at) == "420000"
        assert table.text("reason", region=city, variable="income_per_capita") == "no_parent_base"
    assert {table.text("reason", region=c, variable="gdp") for c in OTHERS} == {"no_parent"}


def test_targets_take_the_higher_plan_where_it_asks_for_more(handed):
    table, cascaded = handed.table("plan.targets"), handed.table("plan.cascade")
    higher = table.array("method") == "higher"
    assert higher.any()
    for r, k in np.argwhere(higher):
        region, variable = table.labels("region")[r], table.labels("variable")[k]
        assert table.array("final")[r, k] == pytest.approx(cascaded.number("target", region=region, variable=variable))
        assert table.array("source")[r, k] == "420000"
    given = np.isfinite(cascaded.array("target")) & np.isfinite(table.array("final"))
    assert (table.array("final") >= cascaded.array("target") * (1 - 1e-9))[given].all()


def test_the_ledger_leads_from_a_target_to_the_higher_plan(handed):
    assert [s.path for s in handed.ledger.sources.values()][-1] == "higher.csv"
    assert handed.intake.higher.array("source")[0] == "outline of the province"


def test_a_results_folder_of_the_higher_plan_is_taken(folder, example_results):
    (folder / "province").symlink_to(example_results)
    made = run(folder, "province")
    cascaded = made.table("plan.cascade")
    assert sum(cascaded.number("share", region=c, variable="gdp") for c in CITIES) == pytest.approx(1.0)
    assert {cascaded.text("parent", region=c, variable="gdp") for c in OTHERS} == {"430000"}


def test_a_higher_plan_of_another_place_is_refused(folder):
    with pytest.raises(ProblemsError, match="no region lies in 510000"):
        planned(folder, "510000,gdp,2030,400000,100m_yuan,outline\n")


def test_the_users_own_table_of_regions_names_the_parents(tmp_path):
    (tmp_path / "regions.csv").write_text("code,name,parent\nx1,One,top\nx2,Two,top\ntop,Top,\n", encoding="utf-8")
    (tmp_path / "higher.csv").write_text(HEAD + "top,gdp,2030,5,100m_yuan,outline\n", encoding="utf-8")
    config = read_config({"title": {"zh": "甲", "en": "A"}, "years": [2020, 2023], "inputs": [{"file": "x.csv"}],
                          "regions": {"table": "regions.csv"}, "plan": {"higher": "higher.csv"}})  # fmt: skip
    problems = Problems("intake")
    found = {b.kind: b for b in beside(config, tmp_path, problems)}
    assert problems.found == []
    assert found["parents"].rows == (("x1", "top"), ("x2", "top"))
    assert found["higher"].rows == (("top", "gdp", "2030", "5", "100m_yuan", "outline"),)
