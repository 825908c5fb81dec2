"""The user's own tables of the plan: departments, projects and phrases, refused where unsound, all faults at once."""

from __future__ import annotations

import pytest
import yaml

from yindi.core import resources
from yindi.core.config import read_config
from yindi.core.errors import ProblemsError
from yindi.core.study import Bench
from yindi.pipeline import run_stages
from yindi.plan import departments, making, phrases, projects, stage
from yindi.plan.owners import tasks_of
from yindi.plan.writer import Writer

PACKAGED = departments.packaged(resources.rows("departments.csv"))


def test_roles_that_data_name_are_departments():
    tree = resources.tree("tasks.yaml")
    named = " ".join([*tree["levers"].values(), *tree["requirements"].values(), *(s["roles"] for s in tree["sections"].values()),
                      *tree["industries"].values(), tree["partners"], tree["refrain"], tree["generic"]])  # fmt: skip
    rows = resources.rows("targets.csv")
    assert set(named.split()) | {d for r in rows for d in (r["lead"], *r["support"].split()) if d} <= set(PACKAGED.roles)


@pytest.mark.parametrize(
    ("region", "name", "standard", "level", "form", "zh"),
    [
        ("420000", "湖北", "gbt2260", "province", "province", "省科学技术厅"),
        ("540000", "西藏", "gbt2260", "province", "autonomous", "自治区科学技术厅"),
        ("310000", "上海", "gbt2260", "province", "municipality", "市科学技术局（科委）"),
        ("420100", "武汉市", "gbt2260", "city", "city", "市科学技术局"),
        ("420115", "江夏区", "gbt2260", "county", "county", "县（市、区）科学技术局"),
        ("DE21", "Oberbayern", "nuts", "nuts2", "", "科技主管部门"),
    ],
)
def test_a_role_is_named_at_each_level_of_government(region, name, standard, level, form, zh):
    assert departments.form_of(region, name, standard, level) == form
    assert PACKAGED.names[PACKAGED.code("science", region, form)][0] == zh


def test_outside_china_roles_are_general_in_both_languages():
    assert PACKAGED.names[PACKAGED.code("science", "US-CA", "")] == ("科技主管部门", "science and technology authority")


def test_own_names_replace_the_packaged_and_one_region_may_have_its_own():
    rows = [{"code": "science", "zh": "科工局", "en": "science and industry bureau", "region": ""},
            {"code": "science", "zh": "市科委", "en": "science commission", "region": "310000"}]  # fmt: skip
    held = departments.own(PACKAGED, rows, ["310000", "420000"], "departments.csv")
    assert held.names[held.code("science", "420000", "province")] == ("科工局", "science and industry bureau")
    assert held.names[held.code("science", "310000", "municipality")] == ("市科委", "science commission")
    assert held.codes("science finance", "420000", "province") == "science.province finance.province"


def test_all_faults_of_departments_are_told_at_once():
    rows = [
        {"code": "sience", "zh": "科技局", "en": "x"},
        {"code": "finance", "zh": "财政局", "en": ""},
        {"code": "data", "zh": "数据局", "en": "data", "region": "42000"},
        {"code": "finance", "zh": "财", "en": "f"},
    ]
    with pytest.raises(ProblemsError) as caught:
        departments.own(PACKAGED, rows, ["420000"], "departments.csv")
    said = str(caught.value)
    for wanted in (
        "row 2: no role is called 'sience'. Candidates: science",
        "row 3: finance: has no name in en",
        "row 4: no region of the study has the code '42000'. Candidates: 420000",
        "row 5: 'finance' stands twice",
    ):
        assert wanted in said


PROJECT = {
    "region": "420000",
    "name_zh": "光谷算力中心",
    "name_en": "Optics Valley computing centre",
    "place": "武汉",
    "investment": "12.5",
    "unit": "100m_yuan",
    "first": "2026",
    "last": "2028",
    "lead": "data",
    "source": "省重点项目清单",
}


def read(*rows):
    return projects.read(rows, ["420000"], PACKAGED.roles, ["100m_yuan", "km"], "projects.csv")


def test_a_project_is_taken_as_written():
    (made,) = read(PROJECT)
    assert (made.region, made.investment, made.texts["place"], made.texts["last"]) == ("420000", 12.5, "武汉", "2028")
    (bare,) = read({"region": "420000", "name_zh": "甲", "name_en": "A", "source": "list"})
    assert bare.investment != bare.investment, "what the file leaves open stays open"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"region": "420001"}, "no region of the study has the code '420001'. Candidates: 420000"),
        ({"name_en": ""}, "name_en is empty"),
        ({"source": ""}, "source is empty"),
        ({"investment": "12亿"}, "the investment '12亿' is no number"),
        ({"investment": "-3"}, "the investment '-3' is no amount of money"),
        ({"unit": "100m_yuans"}, "unit '100m_yuans' is not known.*Candidates"),
        ({"lead": "dta"}, "no role is called 'dta'. Candidates: data"),
        ({"last": "soon"}, "last: 'soon' is no year"),
        ({"last": "2025"}, "ends in 2025, before it begins in 2026"),
    ],
)
def test_an_unsound_project_is_refused(change, message):
    with pytest.raises(ProblemsError, match=f"projects.csv, row 2: {message}" if "unit" not in change else "unit '100m_yuans'"):
        read({**PROJECT, **change})


def own(*rows):
    return phrases.load(tuple(rows))


BOTH = (("zh", "sentences", "thought_frame", "以本市为先。"), ("en", "sentences", "thought_frame", "This city first."))


def test_own_phrases_replace_the_packaged():
    assert own(*BOTH)["zh"].template("thought_frame") == "以本市为先。"
    assert phrases.load()["zh"].template("thought_frame") != "以本市为先。", "the packaged ones stay as they are"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((("zh", "sentences", "thought_frame", "三年见效。"), BOTH[1]), "zh: thought_frame: holds a number"),
        ((("zh", "sentences", "thought_frame", "到2030年见效。"), BOTH[1]), "zh: thought_frame: holds a number"),
        (BOTH[:1], "en.sentences.thought_frame: is given in the other language only"),
        ((("zh", "sentences", "thought_fram", "好。"), ("en", "sentences", "thought_fram", "Good.")),
         "Candidates: thought_frame"),
        ((("zh", "sentences", "standing", "{regio}好。"), ("en", "sentences", "standing", "{regio} good.")),
         "has no slot regio.*Candidates: region"),
        ((("zh", "sentences", "thought_frame", "{好。"), BOTH[1]), "opens or closes no slot"),
        ((("fr", "sentences", "thought_frame", "Bon."),), "is in no known language and section"),
        ((("zh", "words", "rose_fell.up", "涨"), ("en", "words", "rose_fell.up", "up")), "has no sign 'up'"),
    ],
)  # fmt: skip
def test_unsound_own_phrases_are_refused_at_load(rows, message):
    with pytest.raises(ProblemsError, match=f"(?s){message}"):
        own(*rows)


def test_slots_may_be_left_out_but_alike_in_both_languages():
    assert own(("zh", "sentences", "standing", "{region}位次{rank}。"), ("en", "sentences", "standing", "{region}: rank {rank}."))
    with pytest.raises(ProblemsError, match="standing: has other slots in each language"):
        own(("zh", "sentences", "standing", "{region}位次{rank}。"), ("en", "sentences", "standing", "{region}."))


@pytest.fixture
def folder(example, tmp_path):
    """The example with files of its own beside the study file."""
    for name in ("indicators.csv", "industries.csv"):
        (tmp_path / name).symlink_to(example / name)
    config = yaml.safe_load((example / "study.yaml").read_text(encoding="utf-8"))
    config["plan"] = {"departments": "departments.csv", "projects": "projects.csv", "texts": "texts.yaml"}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    (tmp_path / "departments.csv").write_text("code,zh,en,region\nscience,科创局,innovation bureau,\n", encoding="utf-8")
    (tmp_path / "projects.csv").write_text(",".join(PROJECT) + "\n" + ",".join(PROJECT.values()) + "\n", encoding="utf-8")
    texts = {x: {"sentences": {"thought_frame": t}} for x, t in (("zh", "以我为主。"), ("en", "Ours first."))}
    (tmp_path / "texts.yaml").write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    return tmp_path


def config_of(folder):
    return read_config(yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8")))


def test_the_files_beside_the_study_file_reach_the_tables_and_the_ledger(folder):
    study = run_stages(config_of(folder), folder, only="intake")
    stage.check(study)
    assert {"departments.csv", "projects.csv", "texts.yaml"} <= {s.path for s in study.ledger.sources.values()}
    assert stage.phrases_of(study)["en"].template("thought_frame") == "Ours first."
    held = making.departments_of(study)
    assert held.names[held.code("science", "420000", "province")] == ("科创局", "innovation bureau")
    bench = Bench(making.with_departments(study), "plan")
    making._project_table(bench, held, making.forms_of(study))
    table = bench.made["projects"]
    assert table.quantity("investment", region="420000", project="p01").unit == "100m_yuan"
    assert table.text("lead", region="420000", project="p01") == "data.province"
    assert not table.has("name_zh", region="110000", project="p01")


def test_an_unsound_file_is_refused_before_anything_is_computed(folder):
    (folder / "departments.csv").write_text("code,zh,en\nsience,科技局,science\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="Candidates: science"):
        run_stages(config_of(folder), folder)


def test_absent_files_and_columns_are_told_with_everything_else(folder):
    (folder / "departments.csv").unlink()
    (folder / "projects.csv").write_text("region,name\n420000,x\n", encoding="utf-8")
    (folder / "texts.yaml").write_text("zh: {sentences: [a]}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        run_stages(config_of(folder), folder, only="intake")
    said = str(caught.value)
    for wanted in ("departments.csv: there is no such file", "projects.csv: has no column name_zh, name_en, source",
                   "texts.yaml: zh.sentences is no text"):  # fmt: skip
        assert wanted in said


def test_tasks_are_said_with_own_departments(drafted):
    rows = [{"code": "science", "zh": "科创局", "en": "innovation bureau", "region": ""}]
    held = departments.own(PACKAGED, rows, drafted.panel.regions, "departments.csv")
    names = drafted.names.plus("department", held.names)
    w = Writer(drafted, phrases.load()["zh"], "420000")
    table = drafted.table("plan.tasks")
    leads = {names.of("department", table.text("lead", region="420000", task=t), "zh") for t in tasks_of(w)}
    assert "科创局" in leads
