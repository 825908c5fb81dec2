"""Words follow from tables: what is stored is composed again and compared (law 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.document import Paragraph
from yindi.core.finding import Quantity
from yindi.pipeline import run_stages
from yindi.plan.stage import reworded


@pytest.fixture(scope="module")
def study(example):
    text = (example / "study.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    config["measure"] = {"draws": 20}
    config["disparity"] = {"bootstrap": 0, "permutations": 99}
    config["report"]["voices"] = ["plan"]
    return run_stages(read_config(config), example)


def with_sentence(study, change):
    """The study with the first lead sentence of its first document changed."""
    plan = study.plan
    first = plan.documents[0]
    at = next(n for n, b in enumerate(first.blocks) if isinstance(b, Paragraph) and b.style == "lead")
    block = first.blocks[at]
    changed = replace(block, sentences=(change(block.sentences[0]), *block.sentences[1:]))
    blocks = (*first.blocks[:at], changed, *first.blocks[at + 1 :])
    documents = (replace(first, blocks=blocks), *plan.documents[1:])
    return replace(study, results={**study.results, "plan": replace(plan, documents=documents)})


def test_what_is_stored_is_what_the_tables_give(study):
    assert reworded(study) == []


def test_a_changed_word_is_found_though_no_number_changed(study):
    other = with_sentence(study, lambda s: replace(s, parts=tuple("，指数靠后的是" if "居前" in str(p) else p for p in s.parts)))
    assert len(reworded(other)) == 1
    place, message = reworded(other)[0]
    assert place == "document nation.zh"
    assert "靠后" in message
    assert "居前" in message


def test_a_changed_number_is_found(study):
    def change(s):
        return replace(s, parts=tuple(replace(p, value=p.value + 0.1) if isinstance(p, Quantity) else p for p in s.parts))

    assert [place for place, _ in reworded(with_sentence(study, change))] == ["document nation.zh"]


def test_every_region_has_a_plan_in_every_language_and_every_number_is_cited(study):
    assert {(d.subject, d.language) for d in study.plan.documents} == {
        (s, x) for s in ("nation", *study.panel.regions) for x in ("zh", "en")
    }
    assert len(study.plan.documents) == 64
    cited = study.frame("plan.quantities")
    for ref, value in zip(cited["cited"], cited["value"], strict=True):
        assert study.look(ref).value == value


def test_plans_of_two_regions_differ_where_the_regions_do(study):
    said = study.frame("plan.sentences")
    own = said[
        (said.language == "zh")
        & said.phrase.isin(["industry_item", "industry_beside", "main_obstacle_short", "endowment_strong"])
    ]
    texts = own.groupby("subject")["text"].apply(frozenset)
    pairs = [(a, b) for n, a in enumerate(texts) for b in texts.iloc[n + 1 :]]
    assert max(len(a & b) / len(a | b) for a, b in pairs) < 0.2
