"""The documents: sections of real plans, three voices with the same findings, a frame by country, and no empty heading."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from yindi.core import resources
from yindi.core.config import read_config
from yindi.core.document import Figure, Grid, Heading, Paragraph
from yindi.pipeline import run_stages
from yindi.plan import overall, phrases
from yindi.plan.stage import _document, compose, said, text_of
from yindi.plan.writer import Writer

CHINESE_FRAME = ("习近平", "新质生产力", "new quality productive forces", "National Bureau of Statistics", "先立后破", "一哄而上")
SECTIONS = ["现状与研判", "总体要求", "空间布局", "重点任务", "重大工程与项目", "保障措施"]
ANNEXES = ["任务分工表", "指标测算说明", "现状数据表", "数据、方法与读法说明"]


@pytest.fixture(scope="module")
def study(example):
    config = yaml.safe_load((example / "study.yaml").read_text(encoding="utf-8"))
    config |= {"measure": {"draws": 20}, "disparity": {"bootstrap": 0, "permutations": 99}}
    config["report"]["voices"] = ["plan", "research", "brief"]
    return run_stages(read_config(config), example)


def document(study, subject="620000", language="zh", voice="plan"):
    return _document(Writer(study, phrases.load()[language], subject, voice))


def without(study, stage, **gone):
    """The study as it is where the data do not carry some tables."""
    return replace(study, results={**study.results, stage: replace(study.results[stage], **gone)})


def abroad(study):
    """The same study with regions of another standard."""
    regions = study.config.regions.model_copy(update={"standard": "nuts"})
    return replace(study, config=study.config.model_copy(update={"regions": regions}))


def headings(document, *, annex=False, level=1):
    return [
        text_of(b.parts, document.language)
        for b in document.blocks
        if isinstance(b, Heading) and b.annex == annex and b.level == level
    ]


def used(document):
    """Phrases of all sentences."""
    return [s.finding for _, s in said(document)]


def test_a_plan_has_the_sections_of_real_plans_in_their_order(study):
    plan = document(study)
    assert headings(plan) == SECTIONS
    assert headings(plan, annex=True) == ANNEXES
    assert text_of(plan.title, "zh") == "甘肃因地制宜发展新质生产力实施方案（2026—2030年）"


@pytest.mark.parametrize("voice", ["plan", "research", "brief"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_heading_stands_over_nothing(study, voice, language):
    for d in study.plan.documents:
        if (d.voice, d.language) != (voice, language):
            continue
        for block, following in zip(d.blocks, (*d.blocks[1:], None), strict=True):
            if isinstance(block, Heading):
                assert following is not None, text_of(block.parts, language)
                deeper = isinstance(following, Heading) and following.level > block.level
                assert deeper or not isinstance(following, Heading), text_of(block.parts, language)


def test_every_voice_language_and_subject_is_there(study):
    made = {(d.voice, d.language, d.subject) for d in study.plan.documents}
    subjects = ("nation", *study.panel.regions)
    assert made == {(v, x, s) for v in ("plan", "research", "brief") for x in ("zh", "en") for s in subjects}


def test_a_brief_is_five_sentences_a_table_and_a_figure_and_says_what_the_plan_says(study):
    for subject in ("620000", "110000", "540000", "nation"):
        brief = document(study, subject, voice="brief")
        leads = [b for b in brief.blocks if isinstance(b, Paragraph) and b.style == "lead"]
        assert [len(b.sentences) for b in leads] == [5]
        assert sum(isinstance(b, Grid) for b in brief.blocks) == 1
        assert sum(isinstance(b, Figure) for b in brief.blocks) == 1
        plan = {text_of(s.parts, "zh") for _, s in said(document(study, subject))}
        assert sum(text_of(s.parts, "zh") in plan for s in leads[0].sentences) >= 4


def test_both_languages_cite_the_same_numbers(study):
    for voice in ("plan", "research", "brief"):
        for subject in ("620000", "nation"):
            cited = [{str(p.ref) for p in document(study, subject, x, voice).parts() if hasattr(p, "ref")} for x in ("zh", "en")]
            assert cited[0] == cited[1]


def test_measures_end_with_who_is_in_charge(study):
    plan, section, checked = document(study), "", 0
    for block in plan.blocks:
        if isinstance(block, Heading):
            section = text_of(block.parts, "zh") if block.level == 1 else section
        elif (
            section == "重点任务"
            and isinstance(block, Paragraph)
            and block.sentences[0].finding.startswith(("measure_", "industry_"))
        ):
            assert text_of(block.sentences[-1].parts, "zh").startswith("（牵头单位：")
            checked += 1
    assert checked >= 5


def test_two_plans_share_less_than_half_of_their_sentences_beyond_the_frame(study):
    share = study.table("plan.similarity").array("share")
    assert len(share) == 31 * 30 // 2
    assert share.max() < 0.5


def test_a_study_of_another_country_has_no_chinese_frame(study):
    other = abroad(study)
    for voice in ("plan", "research", "brief"):
        for subject in ("620000", "nation"):
            d = document(other, subject, "en", voice)
            own = {f"notes_{x}" for x in ("cells", "framework")}  # the sources and the framework are the study's own
            words = [text_of(d.title, "en"), *(text_of(s.parts, "en") for _, s in said(d) if s.finding not in own)]
            assert [w for w in words if any(x in w for x in CHINESE_FRAME)] == []
    assert "productive capacity" in text_of(document(other, language="en").title, "en")
    assert any("习近平" in text_of(s.parts, "zh") for _, s in said(document(study)))
    assert headings(document(other, language="zh"), level=2).count("指导思想") == 0


def test_every_fixed_text_of_a_frame_is_a_phrase():
    sentences = phrases.load()["zh"].sentences
    for frame in resources.tree("plan_frames.yaml")["frames"].values():
        keys = [frame["preamble"], frame["thought"], *frame["principles"], *frame["safeguards"]]
        assert set(keys) <= set(sentences)


def test_what_the_data_do_not_carry_is_said_in_a_sentence(study):
    bare = without(study, "plan", targets=None, target_skill=None, tasks=None, similarity_summary=None)
    bare = without(bare, "opportunities", structure=None, generic=None)
    bare = without(bare, "scores", standing=None, drivers=None, influence=None, frameworks=None)
    said_region = used(document(bare))
    for phrase in ("goals_none", "tasks_none", "derivation_none", "renew_none", "base_none", "projects_none"):
        assert phrase in said_region
    assert "alike_none" in used(document(bare, "nation"))
    assert "drivers_none" in used(document(bare, voice="research"))
    results = {k: v for k, v in bare.results.items() if k != "scenarios"}
    assert "outlook_none" in used(document(replace(bare, results=results), voice="research"))
    assert "outlook_none" in used(document(replace(bare, results=results), "nation", voice="research"))


def planted(study, table, column, value, **where):
    """The study with one number of a table changed."""
    stage, name = table.split(".")
    held = study.table(table)
    array = held.array(column).copy()
    array[tuple(labels.index(where[a]) for a, labels in held.axes)] = value
    return without(study, stage, **{name: replace(held, columns={**held.columns, column: array})})


def test_an_unchanged_rank_is_said_to_be_kept(study):
    calm = planted(study, "scores.trend", "rank_change", 0.0, region="620000")
    words = [text_of(s.parts, "zh") for _, s in said(document(calm)) if s.finding.startswith("trend")]
    assert "位次仍为第" in words[0]
    assert "由第" not in words[0]
    moved = planted(study, "scores.trend", "rank_change", 3.0, region="620000")
    assert "trend" in used(document(moved))


@pytest.mark.parametrize(
    ("distance", "returned", "phrase"),
    [
        (100.0, 0.6, "partner_near"),
        (100.0, 0.1, "partner_near_oneway"),
        (1500.0, 0.6, "partner_far"),
        (1500.0, 0.1, "partner_far_oneway"),
    ],
)
def test_a_partner_far_away_or_one_way_is_said_to_be_so(study, distance, returned, phrase):
    at = {"region": "620000", "place": "1"}
    other = planted(study, "opportunities.partners", "complement", 0.5, **at)
    other = planted(other, "opportunities.partners", "returned", returned, **at)
    other = planted(other, "opportunities.partners", "distance", distance, **at)
    assert phrase in used(document(other))
    assert "partner_item" in used(document(other))


def test_a_target_that_falls_is_not_said_to_rise(study):
    targets = study.table("plan.targets")
    w = Writer(study, phrases.load()["zh"], "620000")
    variable = overall.foremost(w, overall.aimed(w, targets))[0]
    base = targets.number("base", region="620000", variable=variable)
    for factor, phrase in ((0.5, "goal_down"), (1.0, "goal_hold"), (2.0, "goal")):
        other = planted(study, "plan.targets", "final", base * factor, region="620000", variable=variable)
        assert phrase in used(document(other))


def test_documents_follow_from_the_tables_alone(study):
    assert compose(study) == study.plan.documents


def test_levelling_down_is_said_where_a_rule_levels_down_and_only_there(study):
    for levelled in (0.0, 1.0):
        other = planted(study, "layout.equity", "levelled", levelled, policy="gap")
        assert ("equity_levelled" in used(document(other, "nation"))) == bool(levelled)


def test_the_point_a_coordinator_looks_at_first_is_the_last_before_the_cost_climbs(study):
    points = study.table("layout.frontier").labels("point")
    other = study
    for p in points[1:]:
        other = planted(other, "layout.frontier", "marginal", 0.5 if p == points[1] else 5.0, point=p)
    said_zh = [text_of(s.parts, "zh") for _, s in said(document(other, "nation")) if s.finding == "front_cheap"]
    assert len(said_zh) == 1
    assert f"点{points[1]}：" in said_zh[0]
    assert "0.50" in said_zh[0]


def test_why_a_region_passes_on_an_industry_is_the_reason_of_the_layout(study):
    table = study.table("layout.allocation")
    region, industry = next(
        (r, c)
        for r in table.labels("region")
        for c in table.labels("industry")
        if table.has("passes", region=r, industry=c) and table.text("passes", region=r, industry=c) == "limit"
    )
    other = planted(study, "layout.allocation", "passes", "floor", region=region, industry=industry)
    given = [text_of(s.parts, "zh") for _, s in said(document(other, region)) if s.finding == "give_item"]
    assert sum("让位于欠发达地区底线" in x for x in given) == 1


def test_no_result_promises_the_level_that_an_industry_needs(study):
    table = study.table("plan.tasks")
    kinds, references = table.array("result_kind").ravel(), table.array("reference").ravel()
    promised = [r for k, r in zip(kinds, references, strict=True) if k == "variable"]
    assert promised
    assert all(r.startswith("plan.targets") for r in promised)
    assert {"requirement"} <= set(kinds)
    for language, gap in (("zh", "差距逐年缩小"), ("en", "narrows every year")):
        assert gap in phrases.load()[language].template("result_requirement")


def test_an_ordinal_is_not_cut_by_a_mark():
    cut = [k for k, text in phrases.load()["zh"].sentences.items() if re.search(r"第\{\w+\}位", text)]
    assert cut == []


def test_names_abroad_are_not_those_of_the_chinese_framework(study):
    words = [text_of(s.parts, "zh") for _, s in said(document(abroad(study))) if s.finding.startswith(("dimensions", "coupling"))]
    assert words
    assert not [x for x in words if "新质" in x]


def front_with(study, marginal):
    """The study with other costs of the steps of its front."""
    points = study.table("layout.frontier").labels("point")
    for p, cost in zip(points[1:], marginal, strict=True):
        study = planted(study, "layout.frontier", "marginal", cost, point=p)
    return study


@pytest.mark.parametrize(
    ("marginal", "phrase", "point", "cost"),
    [
        ((0.1, 0.2, 0.3, 0.4, 2.0), "front_cheap", 5, "0.40"),
        ((0.1, 2.0, 0.3, 0.4, 2.0), "front_cheap", 2, "0.10"),
        ((0.1, 0.2, 0.9, 0.4, 0.5), "front_even", 3, "0.90"),
        ((3.0, 0.2, 0.9, 0.4, 0.5), "front_dear", 2, "3.00"),
    ],
)
def test_the_front_names_the_point_before_the_step_that_is_dear(study, marginal, phrase, point, cost):
    told = {
        s.finding: text_of(s.parts, "en") for _, s in said(document(front_with(study, marginal), "nation", "en")) if s.finding
    }
    assert {"front_first", "front_last", "front_own"} <= set(told)
    assert {f for f in told if f in ("front_cheap", "front_even", "front_dear")} == {phrase}
    assert f"point {point}" in told[phrase]
    assert cost in told[phrase]


@pytest.mark.parametrize(
    ("lost", "gained", "phrase"),
    [(0.0, 0.0, "equity_slack"), (1.2, 1.0, "equity_price"), (2.1, 1.0, "equity_levelled")],
)
def test_a_floor_that_costs_less_than_it_brings_is_no_levelling_down(study, lost, gained, phrase):
    """The whole loses 0.2 for 1.0 that lagging regions gain: a price. It loses 1.1 for 1.0: levelling down."""
    other = study
    for column, value in (("lost", lost), ("gained", gained), ("levelled", float(lost > gained))):
        other = planted(other, "layout.equity", column, value, policy="floor")
    told = [s.finding for _, s in said(document(other, "nation", "en")) if "“floor”" in text_of(s.parts, "en")]
    assert told == [phrase]


@pytest.mark.parametrize(
    ("margin", "whole", "region"),
    [(-0.2, "reply_item", "best_reply"), (0.0, "reply_even", "best_reply_even"), (0.2, "reply_whole", "best_reply_whole")],
)
def test_a_region_reads_its_best_reply_to_the_price_of_what_it_passes_on(study, margin, whole, region):
    table = study.table("layout.allocation")
    code, industry = next(
        (r, c)
        for r in table.labels("region")
        for c in table.labels("industry")
        if table.text("passes", region=r, industry=c) == "limit"
    )
    other = study
    for r in table.labels("region"):
        if r != code and table.text("passes", region=r, industry=industry) == "limit":
            other = planted(other, "layout.allocation", "margin", -5.0, region=r, industry=industry)
    other = planted(other, "layout.allocation", "margin", margin, region=code, industry=industry)
    named = study.names.of("industry", industry, "zh")
    value = f"{table.number('value', region=code, industry=industry):.3f}"
    blocks = [b for b in document(other, code).blocks if isinstance(b, Paragraph) and b.style == "item"]
    told = [b.sentences[1] for b in blocks if b.sentences[0].finding == "give_item" and len(b.sentences) > 1
            and text_of(b.sentences[0].parts, "zh").startswith(named)]  # fmt: skip
    assert [s.finding for s in told] == [region]
    assert value in text_of(told[0].parts, "zh")
    assert ("-0.200" in text_of(told[0].parts, "zh")) == (margin < 0)
    assert whole in used(document(other, "nation"))


def outlook_grid(study):
    """The table of the nation under each scenario."""
    blocks = document(study, "nation", "en").blocks
    return next(b for b in blocks if isinstance(b, Grid) and "under each scenario" in text_of(b.caption, "en"))


def test_scenarios_carry_the_skill_and_the_stamp(study):
    grid = outlook_grid(study)
    assert text_of(grid.head[-1], "en") == "Test on the past"
    assert {text_of(row[-1], "en") for row in grid.rows} == {"no skill"}
    nearest = study.table("scenarios.skill").labels("horizon")[0]
    assert {
        text_of(row[-1], "en") for row in outlook_grid(planted(study, "scenarios.skill", "skill", 0.1, horizon=nearest)).rows
    } == {"not tested"}
