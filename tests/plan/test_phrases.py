"""Phrase tables: no number, both languages, same slots; words follow the sign of a quantity (law 6)."""

from __future__ import annotations

import copy

import pytest

from yindi.core import resources
from yindi.core.errors import EvidenceError, ProblemsError, UsageError
from yindi.core.finding import Choice, Finding, Label, Quantity, Ref
from yindi.core.names import Names
from yindi.plan import phrases
from yindi.plan.compose import sentence
from yindi.plan.rules import first_match

NAMES = Names({"region": {"620000": ("甘肃", "Gansu"), "630000": ("青海", "Qinghai"), "640000": ("宁夏", "Ningxia")}})


def tables() -> dict:
    return {x: copy.deepcopy(resources.tree(f"phrases/{x}.yaml")) for x in ("zh", "en")}


@pytest.mark.parametrize("words", ["共3个", "共三个地区", "增长一半", "翻了两倍", "the two regions", "Half of it", "第5位"])
def test_a_template_with_a_number_is_refused(words):
    broken = tables()
    for t in broken.values():
        t["sentences"]["planted"] = words
    with pytest.raises(ProblemsError, match="planted: holds a number"):
        phrases.check(broken)


@pytest.mark.parametrize("words", ["一般而言，统一部署", "tenable, often, stone, weighty"])
def test_words_that_only_look_like_numbers_are_let_through(words):
    table = tables()
    for t in table.values():
        t["sentences"]["planted"] = words
    phrases.check(table)


def test_a_phrase_missing_in_one_language_or_with_other_slots_is_refused():
    broken = tables()
    del broken["en"]["sentences"]["standing"]
    broken["zh"]["sentences"]["trend"] += "{extra}"
    with pytest.raises(ProblemsError) as caught:
        phrases.check(broken)
    assert "en: standing: is missing from sentences" in str(caught.value)
    assert "trend: has other slots in each language" in str(caught.value)


def test_every_indicator_of_the_packaged_frameworks_has_a_measure_in_both_languages():
    known = set(phrases.load()["zh"].sentences)
    variables = {r["code"] for r in resources.rows("variables.csv")} - {"gdp", "population"}
    assert {f"measure_{v}" for v in variables} <= known


def spoken(language: str, value: float, mean: float) -> str:
    q = {"index": Quantity(value, Ref("scores.index"), "index"), "mean": Quantity(mean, Ref("scores.national"), "index")}
    finding = Finding("against_nation", "620000", q, {}, {"direction": Choice("above_below", "index", than="mean")})
    return "".join(p for p in sentence(finding, phrases.load()[language], NAMES).parts if isinstance(p, str))


@pytest.mark.parametrize(("value", "zh", "en"), [(0.3, "高于", "above"), (0.1, "低于", "below"), (0.2, "等于", "equal to")])
def test_a_comparative_word_follows_the_numbers(value, zh, en):
    assert zh in spoken("zh", value, 0.2)
    assert en in spoken("en", value, 0.2)


def test_labels_are_joined_as_each_language_does():
    regions = tuple(Label("region", c) for c in ("620000", "630000", "640000"))
    said = {}
    for language in ("zh", "en"):
        parts = sentence(Finding("cluster_hh", "nation", {}, {"regions": regions}), phrases.load()[language], NAMES).parts
        said[language] = "".join(p if isinstance(p, str) else p.text for p in parts)
    assert said == {"zh": "高值集聚：甘肃、青海和宁夏。", "en": "High values among high values: Gansu, Qinghai and Ningxia."}


def test_a_slot_that_nothing_fills_and_an_unknown_phrase_are_errors():
    with pytest.raises(EvidenceError, match=r"fills \[\], not the slot 'direction'"):
        sentence(Finding("against_nation", "620000"), phrases.load()["zh"], NAMES)
    with pytest.raises(UsageError, match=r"Near: .*'standing'"):
        phrases.load()["zh"].template("standin")


def test_rules_take_the_first_that_holds_and_refuse_unknown_conditions():
    rules = [{"type": "leading", "rank_share_at_most": 0.25}, {"type": "rising", "rank_change_at_least": 2}, {"type": "other"}]
    assert first_match(rules, {"rank_share": 0.2, "rank_change": -5}) == "leading"
    assert first_match(rules, {"rank_share": 0.5, "rank_change": 2}) == "rising"
    assert first_match(rules, {"rank_share": 0.5, "rank_change": 1}) == "other"
    with pytest.raises(ValueError, match="unknown conditions \\['luck'\\]"):
        first_match([{"type": "x", "luck": 1}], {"rank_share": 0.5, "rank_change": 1})


def test_english_common_names_start_small_inside_a_sentence_and_acronyms_stay():
    names = NAMES.plus("indicator", {"a": ("甲", "Software revenue"), "b": ("乙", "R&D spending")}).plus(
        "lever", {"x": ("丙", "talent")}
    )
    said = []
    for code in "ab":
        q = {"degree": Quantity(0.4, Ref("d.o"), "share")}
        labels = {"indicator": Label("indicator", code), "lever": Label("lever", "x")}
        parts = sentence(Finding("main_obstacle_short", "620000", q, labels), phrases.load()["en"], names).parts
        said.append("".join(p if isinstance(p, str) else getattr(p, "text", "#") for p in parts))
    assert said[0].startswith("Its main obstacle is software revenue (")
    assert said[1].startswith("Its main obstacle is R&D spending (")
