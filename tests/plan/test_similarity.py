"""How alike plans are: a planted case counted by hand, and the rule of the house on the example."""

from __future__ import annotations

import time

import numpy as np
import pytest

from yindi.core import resources
from yindi.core.document import Document, Grid, Paragraph, Sentence
from yindi.core.finding import Label, Quantity, Ref
from yindi.core.study import Bench
from yindi.plan import making, similarity, stage

FRAME = ["safeguard_*", "*_note"]
NAMES = {"a": "Anan", "b": "Beibei", "c": "Cici"}


def place(code: str) -> Label:
    return Label("region", code, NAMES[code])


def number(value: float, name: str = "x.y") -> Quantity:
    return Quantity(value, Ref(name, (("region", "any"),)), "index")


def said(*parts, phrase: str = "finding") -> Sentence:
    return Sentence(parts, phrase)


def plan(code: str, *sentences: Sentence, note: tuple[Sentence, ...] = ()) -> Document:
    grid = Grid(("g",), (), (), note)
    return Document(code, "en", (place(code),), (), (Paragraph(sentences), grid))


def planted() -> list[Document]:
    shared = said("Build roads.")
    same_but_name = {c: said(place(c), " should open labs.") for c in NAMES}
    same_but_number = {c: said("Its index is ", number(v), ".") for c, v in (("a", 0.5), ("b", 0.6), ("c", 0.5))}
    frame = said("One body leads.", phrase="safeguard_lead")
    note = said("How to read this.", phrase="fit_note")
    return [
        plan("a", shared, same_but_name["a"], same_but_number["a"], frame, said("Only a."), note=(note,)),
        plan("b", shared, same_but_name["b"], same_but_number["b"], frame, said("Only b."), said("And b."), note=(note,)),
        plan("c", same_but_number["c"], frame, said("Only c: ", place("a"), " helps."), note=(note,)),
    ]


def test_the_planted_case_is_counted_right():
    reads, phrases = similarity.read(planted(), NAMES, FRAME)
    # own sentences: a 4, b 5, c 2. a and b share the roads and, but for the name, the labs; a and c the index of one half;
    # b and c nothing. Two sentences of the frame are shared by all and are not counted.
    assert [len(r.own) for r in reads] == [4, 5, 2]
    found = similarity.overlap([r.own for r in reads])
    pairs = dict(zip(zip(found.a.tolist(), found.b.tolist(), strict=True), found.shared.tolist(), strict=True))
    assert pairs == {(0, 1): 2.0, (0, 2): 1.0, (1, 2): 0.0}
    assert found.sentences.tolist() == [4.0, 2.0, 2.0]
    assert similarity.overlap([r.frame for r in reads]).shared.tolist() == [2.0, 2.0, 2.0]
    assert similarity.most_shared(reads, phrases, found) == ["finding", "finding", ""]


def test_a_name_inside_fixed_words_is_the_regions_own_too():
    docs = [plan("a", said("Anan should open labs.")), plan("b", said("Beibei should open labs."))]
    assert similarity.overlap([r.own for r in similarity.read(docs, NAMES, [])[0]]).shared.tolist() == [1.0]


def test_another_regions_name_is_not_ones_own():
    docs = [plan("a", said(place("c"), " is the partner.")), plan("b", said(place("c"), " is the partner.")),
            plan("c", said(place("c"), " is the partner."))]  # fmt: skip
    assert similarity.overlap([r.own for r in similarity.read(docs, NAMES, [])[0]]).shared.tolist() == [1.0, 0.0, 0.0]


def test_the_same_number_from_another_cell_is_the_same_sentence_for_a_reader():
    docs = [plan("a", said("It is ", number(0.5, "x.y"), ".")), plan("b", said("It is ", number(0.5, "z.w"), "."))]
    assert similarity.overlap([r.own for r in similarity.read(docs, NAMES, [])[0]]).shared.tolist() == [1.0]


def test_equal_plans_share_everything_and_strangers_nothing():
    same = similarity.overlap([frozenset({1, 2, 3}), frozenset({1, 2, 3}), frozenset({4})])
    assert (same.shared / same.sentences).tolist() == [1.0, 0.0, 0.0]


def test_overlap_of_portfolios_by_hand():
    # {x, y} and {y, z}: one of three; nothing and nothing: 0
    assert similarity.jaccard([frozenset("xy"), frozenset("yz"), frozenset()]) == pytest.approx([1 / 3, 0, 0])
    assert similarity.jaccard([frozenset(), frozenset()]) == pytest.approx([0])


def test_what_two_regions_have_in_common_is_named():
    facts = [{"path": "rising", "peers": frozenset("xy"), "main_obstacle": "rd"},
             {"path": "rising", "peers": frozenset("xz"), "main_obstacle": "software"},
             {"path": "steady", "peers": frozenset("xy"), "main_obstacle": "rd"}]  # fmt: skip
    found = similarity.overlap([frozenset({n}) for n in range(3)])
    assert similarity.shared_reasons(facts, found) == ["path", "peers main_obstacle", ""]


def test_the_pairs_of_the_summary():
    assert similarity.extremes(np.array([0.2, 0.1, 0.4, 0.3])) == {"lowest": 1, "median": 0, "highest": 2}


def test_three_hundred_plans_are_compared_in_a_moment():
    rng = np.random.default_rng(1)
    sets = [frozenset(rng.integers(0, 20_000, 120).tolist()) for _ in range(300)]
    start = time.process_time()
    found = similarity.overlap(sets)
    assert time.process_time() - start < 2.0
    assert len(found.shared) == 300 * 299 // 2
    assert found.shared[0] == len(sets[0] & sets[1])


def test_the_frame_names_phrases_that_exist():
    from fnmatch import fnmatchcase

    from yindi.plan import phrases

    known = phrases.load()["zh"].sentences
    unused = [p for p in resources.tree("frame.yaml")["frame"] if not any(fnmatchcase(k, p) for k in known)]
    assert unused == []


@pytest.fixture(scope="module")
def compared(drafted):
    bench = Bench(drafted, "plan", made={"targets": drafted.table("plan.targets"), "tasks": drafted.table("plan.tasks")})
    documents = stage.regions_first(drafted)
    bench.steps = {n: drafted.step(n, "made", (), "") for n in ("plan.targets", "plan.tasks")}
    making.similarity_tables(bench, documents)
    return bench.made


def test_any_two_plans_of_the_example_share_less_than_half_beyond_the_frame(compared):
    table = compared["similarity"]
    assert len(table.labels("pair")) == 31 * 30 // 2
    assert table.array("share").max() < 0.5
    assert table.array("sentences").min() > 40, "what is compared is the plan, not a rest of it"
    assert table.array("sentences").min() > table.array("frame").max() / 2


def test_the_example_names_why_the_most_alike_are_alike(compared):
    summary, table = compared["similarity_summary"], compared["similarity"]
    pair = summary.text("pair", item="highest")
    assert summary.number("share", item="highest") == table.array("share").max() == table.number("share", pair=pair)
    assert summary.text("common", item="highest") != ""


def test_lead_ins_that_carry_a_finding_are_no_frame():
    patterns = resources.tree("frame.yaml")["frame"]
    for finding in ("role_lead", "goals_lead", "obstacle_lead", "renew_lead", "crowded_lead", "displaced_lead"):
        assert not similarity.is_frame(finding, patterns), finding
    assert similarity.is_frame("safeguard_money", patterns)
