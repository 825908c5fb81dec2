"""Seconds and peak memory from xlsx to a checked Study: python benchmarks/bench_intake.py [CASE ...] [--profile]

Cases: provinces (31 regions x 60 indicators x 20 years), cities (300), counties (2,850; the same in CSV: counties-csv). A study
folder is made in a temporary place (openpyxl writes the workbook), and read in a process of its own. Made-up figures, calm
enough that next to nothing is to be answered; every check of `yindi check` runs on them, and where one asks, that is said.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

SEED, INDICATORS, FIRST, LAST = 20240305, 60, 2001, 2020
CASES = {
    "provinces": ("province", 31, "xlsx"),
    "cities": ("county", 300, "xlsx"),
    "counties": ("county", 2850, "xlsx"),
    "counties-csv": ("county", 2850, "csv"),
}
STUDY = """
title: {zh: 合成, en: made up}
years: [FIRST, LAST]
regions: REGIONS
variables: variables.csv
framework: framework.yaml
inputs:
  - {file: FILE, region: code, name: name, year: year}
"""


def places(level: str, count: int) -> list[tuple[str, str]]:
    """Codes and names: the provinces, or made-up counties."""
    from yindi.core import resources

    if level == "province":
        return [(r["code"], r["zh"]) for r in resources.rows("regions/provinces.csv") if r["mainland"] == "yes"]
    return [(f"{100_000 + n}", f"made-up county {n}") for n in range(count)]


def table(level: str, count: int) -> Iterator[list[object]]:
    """Head and rows: sizes differ between places, growth between indicators, and a little noise."""
    rng = np.random.default_rng(SEED)
    where = places(level, count)
    years = np.arange(FIRST, LAST + 1)
    size = rng.normal(0, 0.4, (len(where), 1, 1))
    growth = rng.uniform(0.04, 0.08, (1, 1, INDICATORS)) * (years - FIRST)[None, :, None]
    level_of = rng.uniform(3, 5, (1, 1, INDICATORS))
    noise = rng.normal(0, 0.02, (len(where), len(years), INDICATORS)) + rng.normal(0, 0.1, (len(where), 1, INDICATORS))
    values = np.round(np.exp(size + growth + level_of + noise), 6)
    yield ["code", "name", "year", *(f"v{k:02d}" for k in range(1, INDICATORS + 1))]
    for r, (code, name) in enumerate(where):
        for t, year in enumerate(years):
            yield [code, name, int(year), *values[r, t].tolist()]


def make(folder: Path, case: str) -> None:
    """A study folder."""
    from yindi.core import resources

    level, count, kind = CASES[case]
    rows = list(table(level, count))
    if kind == "csv":
        with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("data")
        for row in rows:
            sheet.append(row)
        book.save(folder / "data.xlsx")
    regions = "{level: province}" if level == "province" else "{table: regions.csv, grouping: group, scope: present}"
    if level == "county":
        with (folder / "regions.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("code", "name", "group"), *((c, n, c[:2]) for c, n in places(level, count))])
    text = STUDY.replace("FIRST", str(FIRST)).replace("LAST", str(LAST)).replace("REGIONS", regions)
    (folder / "study.yaml").write_text(text.replace("FILE", f"data.{kind}"), encoding="utf-8")
    head = list(resources.rows("variables.csv")[0])
    with (folder / "variables.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, restval="")
        writer.writeheader()
        for k in range(1, INDICATORS + 1):
            writer.writerow({"code": f"v{k:02d}", "zh": f"指标{k}", "en": f"Indicator {k}", "unit": "100m_yuan", "kind": "total",
                             "bound": "positive", "direction": "1", "lever": "reform", "pace": "slow"})  # fmt: skip
    listed = "\n".join(f"  - {{code: v{k:02d}, dimension: all, direction: 1}}" for k in range(1, INDICATORS + 1))
    frame = "code: made_up\nversion: '1'\nconcept: other\ntitle: {zh: 合成, en: made up}\nsource: made up\nnote: ''\n"
    frame += "dimensions:\n  all: {zh: 全部, en: all}\nindicators:\n" + listed + "\n"
    (folder / "framework.yaml").write_text(frame, encoding="utf-8")


def work(folder: Path, *, profile: bool) -> None:
    """From the folder to a checked Study, in this process; prints the figures."""
    import cProfile
    import pstats

    from yindi.core.errors import ProblemsError
    from yindi.intake.stage import intake
    from yindi.shell import job

    config, place = job.read_study_file(folder, {})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    try:
        said = " x ".join(map(str, intake(config, place).panel.values.shape)) + ": a checked Study"
    except ProblemsError as error:
        said = f"refused after all checks, {len(error.problems)} findings to answer"
    if profiler:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(45)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{wall:8.1f} s wall {cpu:8.1f} s CPU {peak:7.0f} MB ({before:.0f} MB before)  {said}", flush=True)


def main() -> None:
    """Every case asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", type=Path)
    asked = parser.parse_args()
    if asked.only:
        work(asked.only, profile=asked.profile)
        return
    for case in asked.cases:
        with tempfile.TemporaryDirectory() as made:
            make(Path(made), case)
            size = max(p.stat().st_size for p in Path(made).glob("data.*"))
            print(f"{case}: {size:,} bytes", flush=True)
            command = [sys.executable, __file__, "--only", made] + (["--profile"] if asked.profile else [])
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
