"""Misspelt names through `yindi check STUDY`: each is read as its province, or asked about; none moves to another province."""

from __future__ import annotations

import csv
import json

import pytest
import yaml

from yindi.shell import cli


def by_name(tree):
    spec = tree["inputs"][0]
    spec["region"] = "name_zh"
    del spec["name"]


def spoiled(folder, names):
    """The table of the example read by names; each misspelt name stands in a year of its own of its province."""
    rows = folder.rows()
    at = {(r[0], r[2]): n for n, r in enumerate(rows)}
    years = sorted({r[2] for r in rows[1:]})
    used: dict[str, int] = {}
    for raw, code in names:
        year = years[used.setdefault(code, 0)]
        used[code] += 1
        rows[at[code, year]][1] = raw
    folder.write(rows)
    tree = folder.tree()
    by_name(tree)
    (folder.path / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")


def checked(folder, capsys):
    cli.call(["check", str(folder.path), "--json"])
    return json.loads(capsys.readouterr().out)


def test_all_misspelt_names_resolve_or_ask(folder, shared, capsys):
    with (shared / "data" / "cn" / "techme_messy_province_names.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [(r["raw_name"], r["code"]) for r in csv.DictReader(file)]
    assert len(names) >= 20
    spoiled(folder, names)
    told = checked(folder, capsys)
    said = json.dumps([*told["findings"], *told["problems"]], ensure_ascii=False)
    seen = folder.inspect()
    original = {(r[0], r[2]): float(r[3]) for r in folder.rows()[1:]}
    k = seen.cube.at("gdp_per_capita")
    for n, region in enumerate(seen.cube.regions):
        for t, year in enumerate(seen.cube.years):
            if seen.cube.known[n, t, k]:
                assert seen.cube.values[n, t, k] == original[region, year]
    open_ones = [raw for raw, code in names if not _read(seen, folder, raw, code)]
    assert all(raw in said or "".join(raw.split()) in said for raw in open_ones)


def _read(seen, folder, raw, code):
    (year,) = [r[2] for r in folder.rows()[1:] if r[0] == code and r[1] == raw]
    n, t = seen.cube.regions.index(code), seen.cube.years.index(year)
    return bool(seen.cube.known[n, t].any())


@pytest.mark.parametrize(("raw", "code"), [("江四", "360000"), ("山两", "140000")])
def test_a_misread_name_is_resolved_by_what_is_missing(folder, capsys, raw, code):
    """江四 may be 江西 or 江苏, 山两 山西 or 山东: only one of them is still missing in that table and year."""
    spoiled(folder, [(raw, code)])
    told = checked(folder, capsys)
    (said,) = [f for f in told["findings"] if f["kind"] == "name"]
    assert raw in said["detail"]
    assert code in said["detail"]


@pytest.mark.parametrize(("raw", "both"), [("江四", ("360000", "320000")), ("山两", ("140000", "370000"))])
def test_a_misread_name_is_asked_about_where_two_are_missing(folder, capsys, raw, both):
    spoiled(folder, [(raw, both[0])])
    rows = folder.rows()
    (year,) = [r[2] for r in rows if r[1] == raw]
    folder.write([r for r in rows if (r[0], r[2]) != (both[1], year)])
    told = checked(folder, capsys)
    assert not told["ok"]
    assert any(raw in p["message"] for p in told["problems"])
