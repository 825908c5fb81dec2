"""Seconds and peak memory of `yindi aggregate` on made-up firm records: python benchmarks/bench_microdata.py [ROWS ...]

Default: 1,000,000 10,000,000 100,000,000 rows. Parquet files of a million rows each are made in a temporary folder (--folder),
aggregated in a process of its own with 4 GB for DuckDB, and deleted. Made-up records: they say nothing about any firm.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SEED, CHUNK = 20240305, 1_000_000
BYTES_A_ROW = 40
SPEC = """
title: made-up firms
inputs: ["firms_*.parquet"]
region: {column: county, level: LEVEL}
industry: {column: industry, standard: GB/T 4754-2017, level: division}
year: {column: founded}
years: [2001, 2020]
filters: [{column: status, in: [open, moved]}]
values:
  firms: {measure: count}
  capital: {measure: sum, column: capital, decimals: 2}
OWNERS
"""


def make(folder: Path, rows: int) -> None:
    """Write firms with a county of GB/T 2260, a four-digit industry, a date, capital and a status; 1 in 1,000 at fault."""
    import pyarrow as pa
    from pyarrow import parquet

    from yindi.core import resources
    from yindi.intake import history

    counties = np.array(sorted(history.units("county")) + ["999999"])
    divisions = [r["division"] for r in resources.rows("industries/divisions.csv") if r["standard"] == "GB/T 4754-2017"]
    classes = np.array([f"{d}{g}{c}" for d in divisions for g in range(1, 4) for c in range(1, 5)] + ["0000"])
    status = pa.array(["open", "closed", "moved"])
    for n in range(-(-rows // CHUNK)):
        rng = np.random.default_rng([SEED, n])
        size = min(CHUNK, rows - n * CHUNK)
        place = np.minimum((rng.pareto(1.2, size) * 100).astype(np.int32), len(counties) - 2)
        place[rng.random(size) < 5e-4] = len(counties) - 1
        trade = rng.integers(0, len(classes) - 1, size, dtype=np.int32)
        trade[rng.random(size) < 5e-4] = len(classes) - 1
        table = pa.table({
            "firm": pa.array(n * CHUNK + rng.integers(0, size, size)),
            "county": pa.DictionaryArray.from_arrays(pa.array(place), pa.array(counties)).cast(pa.string()),
            "industry": pa.DictionaryArray.from_arrays(pa.array(trade), pa.array(classes)).cast(pa.string()),
            "founded": pa.array((10957 + rng.integers(0, 7700, size)).astype("datetime64[D]")),
            "capital": pa.array(np.round(rng.lognormal(4, 2, size), 2)),
            "status": pa.DictionaryArray.from_arrays(pa.array(rng.choice(3, size, p=[0.7, 0.2, 0.1]).astype(np.int32)), status)
            .cast(pa.string()),
        })  # fmt: skip
        parquet.write_table(table, folder / f"firms_{n:04d}.parquet")


def work(folder: Path, level: str, owners: bool, engine: str) -> None:
    """One aggregate, in this process; prints its figures. Digests of the input are part of it, as in the command."""
    from yindi.intake import microrun, microspec
    from yindi.shell import yamlfile

    more = "  owners: {measure: distinct, column: firm}" if owners else ""
    spec = microspec.read_spec(yamlfile.parse(SPEC.replace("LEVEL", level).replace("OWNERS", more)))
    wall, cpu = time.perf_counter(), time.process_time()
    done = microrun.run(spec, folder, folder / "out", engine=engine, memory="4GB")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{done.records:>12,} rows {level:<9}{'distinct' if owners else '':<9}{wall:8.1f} s wall {cpu:8.1f} s CPU "
          f"{peak:7.0f} MB  {done.cells:,} cells, {done.faulty:,} left out, capital {done.sums['capital']}", flush=True)  # fmt: skip


def main() -> None:
    """Make the records of each size, and aggregate them in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--only", nargs=3, metavar=("FOLDER", "LEVEL", "OWNERS"))
    asked = parser.parse_args()
    if asked.only:
        work(Path(asked.only[0]), asked.only[1], asked.only[2] == "yes", asked.engine)
        return
    for rows in asked.rows:
        free = shutil.disk_usage(asked.folder).free
        if free < 3 * BYTES_A_ROW * rows:
            print(f"{rows:>12,} rows: {free:,} bytes are free, too few; left out")
            continue
        with tempfile.TemporaryDirectory(dir=asked.folder, prefix="bench-microdata-") as made:
            start = time.perf_counter()
            make(Path(made), rows)
            size = sum(p.stat().st_size for p in Path(made).iterdir())
            print(f"{rows:>12,} rows made in {time.perf_counter() - start:.0f} s, {size:,} bytes", flush=True)
            for level, owners in (("city", "no"), ("county", "no"), ("city", "yes")):
                command = [sys.executable, __file__, "--engine", asked.engine, "--only", made, level, owners]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
