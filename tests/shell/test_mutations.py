"""`verify` against a careful forger: one thing is changed and the manifest's hash is mended; each change must still be told."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yindi.core.document import Document, Paragraph, Sentence
from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.shell import archive, render, store, verify

REGION = "620000"


@pytest.fixture(scope="module")
def few(example_results: Path, example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's results with the reports of one region only, so that each of many checks is quick."""
    study = store.load(example_results)
    kept = tuple(d for d in study.plan.documents if d.subject == REGION)
    plan = replace(study.results["plan"], documents=kept)
    small = replace(study, results={**study.results, "plan": plan})
    out = tmp_path_factory.mktemp("few") / "results"
    store.save(small, out, origin=example, reports=render.write_reports)
    return out


def in_text(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(results: Path) -> None:
        path = results / name
        before = path.read_bytes().decode("utf-8")
        after = change(before)
        assert after != before, "the mutation did nothing"
        path.write_bytes(after.encode("utf-8"))

    return apply


def in_word(change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(results: Path) -> None:
        path, out = results / f"reports/{REGION}.zh.docx", io.BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
            for item in old.infolist():
                content = old.read(item)
                if item.filename == "word/document.xml":
                    after = change(content.decode())
                    assert after != content.decode(), "the mutation did nothing"
                    content = after.encode()
                new.writestr(item, content)
        path.write_bytes(out.getvalue())

    return apply


def in_study(change: Callable[[Study], Study]) -> Callable[[Path], None]:
    def apply(results: Path) -> None:
        archive.write(change(store.load(results)), results / store.STUDY)

    return apply


def other_digit(match: re.Match[str]) -> str:
    digit = match.group(2)
    return f"{match.group(1)}{(int(digit) + 1) % 10}{match.group(3)}"


def raised(study: Study) -> Study:
    table = study.table("scores.index")
    values = np.array(table.columns["value"])
    values[3, -1] += 0.01
    changed = replace(table, columns={**table.columns, "value": values})
    return replace(study, results={**study.results, "scores": replace(study.results["scores"], index=changed)})


def in_document(study: Study, change: Callable[[Sentence], Sentence], wanted: Callable[[Sentence], bool]) -> Study:
    """The first sentence that is wanted, changed in the stored document."""
    documents: list[Document] = list(study.plan.documents)
    done = False
    blocks = []
    for block in documents[0].blocks:
        if isinstance(block, Paragraph) and not done:
            found = next((n for n, s in enumerate(block.sentences) if wanted(s)), None)
            if found is not None:
                said = [change(s) if n == found else s for n, s in enumerate(block.sentences)]
                block, done = replace(block, sentences=tuple(said)), True
        blocks.append(block)
    assert done
    documents[0] = replace(documents[0], blocks=tuple(blocks))
    plan = replace(study.results["plan"], documents=tuple(documents))
    return replace(study, results={**study.results, "plan": plan})


def other_number(study: Study) -> Study:
    def change(s: Sentence) -> Sentence:
        return replace(s, parts=tuple(replace(p, value=p.value + 1) if isinstance(p, Quantity) else p for p in s.parts))

    return in_document(study, change, lambda s: any(isinstance(p, Quantity) for p in s.parts))


def other_words(study: Study) -> Study:
    def change(s: Sentence) -> Sentence:
        return replace(s, parts=tuple(p + "，形势大好" if isinstance(p, str) and len(p) > 3 else p for p in s.parts))

    return in_document(study, change, lambda s: any(isinstance(p, str) and len(p) > 3 for p in s.parts))


def other_setting(results: Path) -> None:
    path = results / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    said["config"]["layout"]["cap_share"] = 0.9
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def swapped_files(results: Path) -> None:
    one, two = (results / f"reports/{REGION}.{language}.html" for language in ("zh", "en"))
    left, right = one.read_bytes(), two.read_bytes()
    one.write_bytes(right)
    two.write_bytes(left)


def turned(match: re.Match[str]) -> str:
    return {"高于": "低于", "低于": "高于"}[match.group()]


TABLE = "tables/scores.index.csv"
PAGE = f"reports/{REGION}.zh.html"
CELL = re.compile(r"((?:^|\n)620000,2023,0\.\d{3})(\d)(\d*)")
SHOWN = re.compile(r'(<data class="q"[^>]*>[^<]*?)(\d)([^<]*</data>)')
WORD_NUMBER = re.compile(r'(<w:rStyle w:val="Number"/></w:rPr><w:t xml:space="preserve">[^<]*?)(\d)([^<]*<)')
TIP = re.compile(r'(w:tooltip="[^"]* = \d*\.?)(\d)([^"]*")')
ROW = re.compile(r'(<w:bookmarkStart w:id="\d+" w:name="E1"/>.*?preserve">)(\d)(\.\d+<)', re.S)

CAPTION = re.compile(r"(<figcaption[^>]*>.)(.)", re.S)
WORD_CAPTION = re.compile(
    r'(<w:pStyle w:val="FigureCaption"/>.*?</w:fldSimple>.*?<w:t xml:space="preserve">[^<]{2,}?)(.</w:t>)', re.S
)

MUTATIONS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a digit shown on a page": (in_text(PAGE, lambda t: SHOWN.sub(other_digit, t, count=1)), "the report says"),
    "a stored value on a page": (in_text(PAGE, lambda t: re.sub(r'(class="q" value="0\.)(\d)(\d*")', other_digit, t, count=1)),
                                 "the report holds"),
    "where a number of a page points": (in_text(PAGE, lambda t: t.replace(f"[region={REGION}]", "[region=610000]", 1)), PAGE),
    "the title of a page": (in_text(PAGE, lambda t: t.replace("甘肃", "陕西", 1)), "heading of the page"),
    "a region's name on a page": (in_text(PAGE, lambda t: re.sub("(</header>.*?)甘肃", r"\1陕西", t, count=1, flags=re.S)), PAGE),
    "a comparing word on a page": (in_text(PAGE, lambda t: re.sub("高于|低于", turned, t, count=1)), PAGE),
    "a bare number written into a page": (in_text(PAGE, lambda t: t.replace("</p>", "，增长12.5%</p>", 1)), PAGE),
    "a digit shown in Word": (in_word(lambda t: WORD_NUMBER.sub(other_digit, t, count=1)), "the report says"),
    "the value behind a number in Word": (in_word(lambda t: TIP.sub(other_digit, t, count=1)), f"{REGION}.zh.docx"),
    "a word in Word": (in_word(lambda t: t.replace("位", "名", 1)), f"{REGION}.zh.docx"),
    "a bare number written into Word": (in_word(lambda t: t.replace("。</w:t>", "，共12项。</w:t>", 1)), f"{REGION}.zh.docx"),
    "words put into a page": (in_text(PAGE, lambda t: t.replace("</p>", "前景一片光明。</p>", 1)), "前景一片光明"),
    "the caption of a figure on a page": (in_text(PAGE, lambda t: CAPTION.sub(r"\1美好的\2", t, count=1)), "美好的"),
    "words put into Word": (in_word(lambda t: t.replace("。</w:t>", "。前景一片光明。</w:t>", 1)), "前景一片光明"),
    "the caption of a figure in Word": (in_word(lambda t: WORD_CAPTION.sub(r"\1美好的\2", t, count=1)), "美好的"),
    "a paragraph put into a page": (in_text(PAGE, lambda t: t.replace("</main>", "<p>特此说明。</p></main>", 1)), "特此说明"),
    "a cell of a table file": (in_text(TABLE, lambda t: CELL.sub(other_digit, t, count=1)), TABLE),
    "a stored value": (in_study(raised), "not those its ledger step made"),
    "a number of a stored document": (in_study(other_number), "the document holds"),
    "words of a stored document": (in_study(other_words), "its tables give"),
    "two reports exchanged": (swapped_files, PAGE),
    "a setting in the manifest": (other_setting, "its configuration is not the stored one"),
    "a report taken away": (lambda results: (results / PAGE).unlink(), "is missing"),
    "a report added": (lambda results: shutil.copy(results / PAGE, results / "reports/999999.zh.html"), "belongs to no document"),
}  # fmt: skip


def mend(results: Path) -> None:
    """What a forger does who knows of the manifest: its hashes are those of the changed files."""
    said = store.manifest(results)
    said["outputs"] = store.hashes(results)
    store.write_manifest(said, results)


def test_untouched_results_agree(few: Path, example: Path) -> None:
    assert verify.verify(few, inputs=example).mismatches == []


@pytest.mark.parametrize("what", MUTATIONS)
def test_every_mutation_is_told_though_the_hashes_were_mended(what: str, few: Path, example: Path, tmp_path: Path) -> None:
    change, said = MUTATIONS[what]
    results = tmp_path / "results"
    shutil.copytree(few, results)
    change(results)
    mend(results)
    found = [str(m) for m in verify.verify(results, inputs=example).mismatches]
    assert any(said in m for m in found), found
    assert not any("sha256" in m for m in found), found


def test_a_changed_input_is_told(few: Path, example: Path, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    shutil.copytree(example, inputs, ignore=shutil.ignore_patterns("results"))
    path = inputs / "industries.csv"
    path.write_bytes(path.read_bytes().replace(b"2022", b"2021", 1))
    found = [str(m) for m in verify.verify(few, inputs=inputs).mismatches]
    assert any("industries.csv" in m and "has changed" in m for m in found), found
