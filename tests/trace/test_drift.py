"""A changed digit anywhere in stored results is caught, even by one who also corrects the manifest."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.shell import archive, cli, store
from yindi.shell import verify as verifying
from yindi.shell.verify import Report, verify


@pytest.fixture(autouse=True)
def words_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documents here are made up, so the plan cannot compose them again; test_example_trace looks at real words."""
    monkeypatch.setattr(verifying, "reworded", lambda study: [])


@pytest.fixture
def results(full: Study, tmp_path: Path) -> Path:
    """Saved results whose inputs lie beside them."""
    for n, name in enumerate(("indicators.csv", "industries.csv")):
        (tmp_path / name).write_text(f"file {n}")
    hashes = {s.path: store.sha256(tmp_path / s.path) for s in full.ledger.sources.values()}
    return store.save(with_hashes(full, hashes), tmp_path / "out", origin=tmp_path)


def with_hashes(study: Study, hashes: dict[str, str]) -> Study:
    sources = [dataclasses.replace(s, sha256=hashes[s.path]) for s in study.ledger.sources.values()]
    panel = store_digest(study, "panel")
    activity = store_digest(study, "activity")
    steps = {**study.ledger.steps, study.panel.step: panel, study.activity.step: activity}  # type: ignore[union-attr]
    ledger = dataclasses.replace(study.ledger, sources={s.id: s for s in sources}, steps={s.id: s for s in steps.values()})
    return dataclasses.replace(
        study,
        panel=dataclasses.replace(study.panel, step=panel.id),
        activity=dataclasses.replace(study.activity, step=activity.id),  # type: ignore[type-var]
        ledger=ledger,
    )


def store_digest(study: Study, name: str):  # type: ignore[no-untyped-def]
    from yindi.core.ledger import digest

    return dataclasses.replace(study.ledger.steps[study.table(name).step], output=digest(study.table(name).digest))


def correct_manifest(results: Path) -> None:
    """What a careful forger does: bring the hashes of the manifest up to date."""
    path = results / "manifest.json"
    content = json.loads(path.read_text())
    content["outputs"] = {name: store.sha256(results / name) for name in content["outputs"]}
    path.write_text(json.dumps(content))


def places(report: Report) -> set[str]:
    return {m.place for m in report.mismatches}


def test_untouched_results_agree(results: Path) -> None:
    report = verify(results)
    assert report.ok, report.mismatches
    assert report.checked["numbers in tables"] > 500
    assert report.checked["numbers in documents"] == 8
    assert report.checked["inputs"] == 2


def test_a_digit_in_a_csv(results: Path) -> None:
    path = results / "tables" / "layout.allocation.csv"
    raw = path.read_bytes()
    at = max(n for n, c in enumerate(raw) if chr(c).isdigit())
    path.write_bytes(raw[:at] + str((raw[at] - 48 + 1) % 10).encode() + raw[at + 1 :])
    assert places(verify(results)) == {"tables/layout.allocation.csv"}
    correct_manifest(results)
    report = verify(results)
    assert places(report) == {"tables/layout.allocation.csv"}
    assert "stored is" in report.mismatches[0].message


def change_stored(results: Path, change: Callable[[Study], Study]) -> None:
    archive.write(change(store.load(results)), results / "study.yindi")
    correct_manifest(results)


def test_a_digit_in_a_stored_table(results: Path) -> None:
    def change(study: Study) -> Study:
        table = study.table("layout.allocation")
        values = np.array(table.columns["value"])
        values[1, 0] = np.nextafter(values[1, 0], 9)
        forged = Table(table.name, table.axes, {**table.columns, "value": values}, table.step, table.units, table.marks)
        layout = dataclasses.replace(study.results["layout"], allocation=forged)
        return dataclasses.replace(study, results={**study.results, "layout": layout})

    change_stored(results, change)
    report = verify(results)
    assert places(report) == {"layout.allocation", "tables/layout.allocation.csv", "document 130000.zh", "document 130000.en"}


def test_a_digit_in_the_panel(results: Path) -> None:
    def change(study: Study) -> Study:
        values = np.array(study.panel.values)
        values[0, 0, 0] += 1
        return dataclasses.replace(study, panel=dataclasses.replace(study.panel, values=values))

    change_stored(results, change)
    assert places(verify(results)) == {"panel", "tables/panel.csv"}


def test_a_digit_in_a_document(results: Path) -> None:
    def forge(part: object) -> object:
        return dataclasses.replace(part, value=part.value + 1e-9) if isinstance(part, Quantity) else part

    def change(study: Study) -> Study:
        plan = study.results["plan"]
        first = plan.documents[0]
        paragraph = first.blocks[1]
        sentence = dataclasses.replace(paragraph.sentences[0], parts=tuple(map(forge, paragraph.sentences[0].parts)))
        blocks = (first.blocks[0], dataclasses.replace(paragraph, sentences=(sentence,)), *first.blocks[2:])
        documents = (dataclasses.replace(first, blocks=blocks), *plan.documents[1:])
        return dataclasses.replace(study, results={**study.results, "plan": dataclasses.replace(plan, documents=documents)})

    change_stored(results, change)
    assert places(verify(results)) == {"document 130000.zh"}


def test_a_parameter_in_the_ledger(results: Path) -> None:
    def change(study: Study) -> Study:
        steps = dict(study.ledger.steps)
        key = study.table("layout.duals").step
        steps[key] = dataclasses.replace(steps[key], params={"n": 99})
        return dataclasses.replace(study, ledger=dataclasses.replace(study.ledger, steps=steps))

    change_stored(results, change)
    assert places(verify(results)) == {"ledger layout.duals"}


def test_files_that_are_gone_or_new(results: Path) -> None:
    (results / "tables" / "panel.csv").unlink()
    (results / "tables" / "own.csv").write_text("x")
    (results / "reports").mkdir()
    (results / "reports" / "another.html").write_text("x")
    lost = {f"reports/130000.{language}.{kind}" for language in ("zh", "en") for kind in ("docx", "html")}
    assert places(verify(results)) == {"tables/panel.csv", "tables/own.csv", "reports/another.html"} | lost


def test_inputs_that_changed_or_moved(results: Path, tmp_path: Path) -> None:
    (tmp_path / "indicators.csv").write_text("file 9")
    assert places(verify(results)) == {"indicators.csv"}
    (tmp_path / "elsewhere").mkdir()
    report = verify(results, inputs=tmp_path / "elsewhere")
    assert [m.message for m in report.mismatches] == [
        "the input is not there, so it cannot be checked; say where with --inputs DIR."
    ] * 2


def test_results_copied_without_their_inputs(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Inputs that are not there are a state of their own: a note, and a failure only under --strict."""
    copy = tmp_path / "far" / "away" / "out"
    shutil.copytree(results, copy)
    report = verify(copy)
    assert report.ok
    assert list(report.unchecked.items()) == [("inputs not found beside the results (give --inputs DIR)", 2)]
    assert cli.call(["verify", str(copy)]) == 0
    assert "not checked: 2 inputs not found beside the results (give --inputs DIR)" in capsys.readouterr().out
    assert cli.call(["verify", str(copy), "--strict"]) == 3
    assert cli.call(["verify", str(copy), "--strict", "--inputs", str(tmp_path)]) == 0
    (tmp_path / "industries.csv").unlink()
    assert places(verify(results)) == {"industries.csv"}


def test_a_configuration_in_the_manifest(results: Path) -> None:
    path = results / "manifest.json"
    content = json.loads(path.read_text())
    content["config"]["measure"]["draws"] = 10
    path.write_text(json.dumps(content))
    assert places(verify(results)) == {"manifest.json"}
