"""The page needs nothing from outside, is the same every time, and is built for readers without eyes or mouse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise

import made_up_report as made_up
import pytest
from lxml import html as reader

from yindi.core.document import Paragraph
from yindi.core.errors import EvidenceError
from yindi.core.finding import Label
from yindi.report.html import html


def tree(language: str = "zh"):
    return reader.fromstring(html(made_up.document(language), made_up.EVIDENCE).encode())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_loaded_from_outside(language: str) -> None:
    text = html(made_up.document(language), made_up.EVIDENCE)
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!#)", text)
    assert not re.search(r"https?://", text)
    assert "@import" not in text
    assert "url(" not in text


def test_the_same_document_gives_the_same_bytes() -> None:
    assert html(made_up.document(), made_up.EVIDENCE) == html(made_up.document(), made_up.EVIDENCE)


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_landmarks_language_and_headings(language: str, tag: str) -> None:
    page = tree(language)
    assert page.get("lang") == tag
    assert [len(page.findall(f".//{t}")) for t in ("main", "header", "nav", "h1")] == [1, 1, 1, 1]
    levels = [int(h.tag[1]) for h in page.iter("h1", "h2", "h3", "h4")]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    links = [a.get("href") for a in page.findall(".//nav//a")]
    assert all(page.get_element_by_id(link[1:]) is not None for link in links)
    ids = [e.get("id") for e in page.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids))


def test_tables_have_captions_and_scopes() -> None:
    page = tree()
    for box in page.findall(".//figure[@class='table']"):
        assert box.find(".//caption").text_content()
        assert all(th.get("scope") == "col" for th in box.findall(".//thead//th"))
        assert all(th.get("scope") == "row" for th in box.findall(".//tbody//th"))
        assert len({len(tr) for tr in box.findall(".//tr")}) == 1


def test_figures_have_a_name_a_description_and_points() -> None:
    page = tree()
    figures = page.findall(".//svg")
    assert len(figures) == 5
    for figure in figures:
        assert figure.get("role") == "img"
        assert figure.find("title").text
        assert figure.find("desc").text
        points = [e for e in figure.iter() if isinstance(e.tag, str) and e.get("data-ref")]
        assert points
        assert all(float(e.get("data-value")) is not None for e in points)


def test_numbers_can_be_reached_by_keyboard_and_have_evidence() -> None:
    page = tree()
    numbers = page.findall(".//data")
    assert len(numbers) > 100
    assert all(n.get("tabindex") == "0" and n.get("role") == "button" for n in numbers if not _in_link(n))
    evidence = json.loads(page.get_element_by_id("evidence-data").text)
    assert {n.get("data-ref") for n in numbers} <= set(evidence)
    assert evidence["scores.index[region=620000][year=2023]"][1] == list(
        made_up.EVIDENCE["scores.index[region=620000][year=2023]"]
    )


def _in_link(element) -> bool:
    return any(a.tag == "a" for a in element.iterancestors())


def test_words_are_escaped() -> None:
    evil = made_up.sentence("<b>x</b> & ", Label("region", "x", "<script>5</script>"))
    document = replace(made_up.document(), blocks=(Paragraph((evil,)),))
    text = html(document, {})
    assert "<b>x" not in text
    assert "<script>5" not in text


def test_evidence_cannot_close_its_script() -> None:
    ref = "scores.index[region=620000][year=2023]"
    text = html(made_up.document(), {ref: ("</script><script>alert(1)</script>",)})
    assert "</script><script>alert" not in text


def test_words_with_a_digit_are_refused() -> None:
    document = replace(made_up.document(), blocks=(Paragraph((made_up.sentence("Rank 3."),)),))
    with pytest.raises(EvidenceError, match="digit outside"):
        html(document)


def test_a_label_without_text_is_refused() -> None:
    document = replace(made_up.document(), blocks=(Paragraph((made_up.sentence(Label("region", "620000")),)),))
    with pytest.raises(EvidenceError, match="without its text"):
        html(document)


def test_marked_numbers_bring_the_legend_and_others_do_not() -> None:
    assert "带 † 的数" in html(made_up.document())
    plain = replace(made_up.document(), blocks=made_up.document().blocks[:2])
    assert "带 † 的数" not in html(plain)


def test_grades_are_told_apart() -> None:
    marks = [e.text for e in tree().findall(".//sup[@class='grade']")]
    assert set(marks) == {"模型", "判断"}
