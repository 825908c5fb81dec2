"""Single records -> activity: every kind of fault by hand, 100,000 random rows against pandas, engines against each other."""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

pytest.importorskip("ibis", reason="needs the extra micro: pip install 'yindi[micro]'")
pytest.importorskip("duckdb", reason="needs the extra micro: pip install 'yindi[micro]'")

from yindi.core.errors import ProblemsError, UsageError
from yindi.intake import microlookup, microrun, microspec

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{w}") for w in ("DeprecationWarning", "FutureWarning", "ResourceWarning", "UserWarning")
]
HEAD = ["id", "county", "ind", "founded", "capital", "status"]
ROWS = [
    ["1", "310101", "C3911", "2015-03-01", "100.50", "open"],
    ["2", "310101", "3912", "2016", "200", "open"],
    ["2", " 310101 ", "3912", "2016年", ".25", "open"],
    ["3", "320102003000", "6510", "20160501", "300", "open"],
    ["4", "999999", "6510", "2016", "300", "open"],
    ["5", "320102", "ZZ", "2016", "300", "open"],
    ["6", "320102", "6510", "unknown", "300", "open"],
    ["7", "320102", "6510", "2016", "-3", "open"],
    ["8", "320102", "6510", "2016", "", "open"],
    ["9", "320102", "6510", "2016", "1,000", "open"],
    ["10", "", "6510", "2016", "1", "open"],
    ["11", "320102", "0111", "2016", "0.005", "closed"],
    ["12", "320102", "0111", "1999", "0.005", "open"],
    ["13", "469001", "0111", "2016", "0.125", "open"],
]


def spec(**changes: Any) -> dict[str, Any]:
    """The spec of the hand-made rows."""
    tree: dict[str, Any] = {
        "inputs": ["firms.csv"],
        "region": {"column": "county", "level": "province"},
        "industry": {"column": "ind", "standard": "GB/T 4754-2017", "level": "section"},
        "year": {"column": "founded"},
        "years": [2010, 2020],
        "values": {
            "firms": {"measure": "count"},
            "capital": {"measure": "sum", "column": "capital"},
            "owners": {"measure": "distinct", "column": "id"},
        },
        "filters": [{"column": "status", "in": ["open"]}],
        "most_left_out": 0.9,
    }
    return {**tree, **changes}


def write(path: Path, rows: list[list[str]], head: list[str] = HEAD, delimiter: str = ",") -> None:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([head, *rows])


def run(folder: Path, tree: dict[str, Any] | None = None, engine: str = "duckdb", out: str = "out") -> microrun.Outcome:
    return microrun.run(
        microspec.read_spec(tree or spec()), folder, folder / out, engine=engine, memory="1GB", place="aggregate.yaml"
    )


def cells(folder: Path, out: str = "out") -> list[list[str]]:
    with (folder / out / "activity.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "firms.csv", ROWS)
    return tmp_path


def test_every_row_is_used_or_counted_as_what_it_is(folder: Path) -> None:
    """Row 14 has 0.125, which two decimals keep as 0.13 and say so; firm 2 stands twice and is one owner."""
    done = run(folder)
    assert cells(folder) == [
        ["310000", "C", "2015", "1", "100.5", "1"],
        ["310000", "C", "2016", "2", "200.25", "1"],
        ["320000", "I", "2016", "1", "300", "1"],
        ["460000", "A", "2016", "1", "0.13", "1"],
    ]
    assert (done.records, done.used, done.faulty) == (14, 5, 7)
    assert done.not_chosen == {"filtered": 1, "outside_years": 1}
    assert done.left_out == {
        "industry_unmatched": 1, "region_absent": 1, "region_unmatched": 1, "value_absent:capital": 1,
        "value_negative:capital": 1, "value_unreadable:capital": 1, "year_unmatched": 1,
    }  # fmt: skip
    assert done.examples["region_unmatched"] == [("999999", 1)]
    assert done.examples["value_unreadable:capital"] == [("1,000", 1)]
    assert done.rounded == {"capital": 1}


def test_more_at_fault_than_declared_is_refused_with_a_report_and_no_cells(folder: Path) -> None:
    run(folder)
    with pytest.raises(ProblemsError, match=r"7 of 12 chosen records \(58\.33%\)") as refused:
        run(folder, spec(most_left_out=0.5))
    assert refused.value.exit_code == 3
    assert not (folder / "out" / "activity.csv").exists()
    assert "'999999': 1" in (folder / "out" / "aggregate.txt").read_text(encoding="utf-8")
    assert "result" not in json.loads((folder / "out" / "aggregate.json").read_text(encoding="utf-8"))


def test_the_manifest_traces_the_result_to_its_inputs(folder: Path) -> None:
    run(folder)
    told = json.loads((folder / "out" / "aggregate.json").read_text(encoding="utf-8"))
    assert told["inputs"][0]["file"] == "firms.csv"
    assert told["inputs"][0]["sha256"] == microrun.digest(folder / "firms.csv")
    assert told["result"]["sha256"] == microrun.digest(folder / "out" / "activity.csv")
    assert "GROUP BY" in told["sql"]
    assert set(told["versions"]) == {"yindi", "python", "ibis-framework", "duckdb"}
    assert told["sums"] == {"firms": "5", "capital": "600.88", "owners": "4"}


def test_files_rows_and_column_order_do_not_matter(folder: Path, tmp_path: Path) -> None:
    run(folder)
    first = (folder / "out" / "activity.csv").read_bytes()
    rows = ROWS[::-1]
    write(tmp_path / "z.csv.gz", rows[:5])
    write(tmp_path / "a.csv", [r[::-1] for r in rows[5:]], HEAD[::-1])
    run(tmp_path, spec(inputs=["[az].csv*"]), out="again")
    assert (tmp_path / "again" / "activity.csv").read_bytes() == first


def test_parquet_gives_the_same_as_csv(folder: Path) -> None:
    run(folder)
    frame = pd.DataFrame(ROWS, columns=HEAD)
    frame.iloc[:6].to_parquet(folder / "one.parquet")
    frame.iloc[6:].to_parquet(folder / "two.parquet")
    run(folder, spec(inputs=["*.parquet"]), out="parquet")
    assert cells(folder, "parquet") == cells(folder)


def test_typed_columns_of_parquet(tmp_path: Path) -> None:
    """A code stored as a number loses its zero; `width` puts it back: 111 -> 0111, division 01, section A."""
    frame = pd.DataFrame({"county": [310101.0, 310101.0, None], "ind": [111, 3911, 111],
                          "day": pd.to_datetime(["2015-12-31", "2016-01-01", "2016-01-01"]),
                          "capital": [0.1, 0.2, 0.3]})  # fmt: skip
    frame.to_parquet(tmp_path / "f.parquet")
    tree = spec(
        inputs=["f.parquet"], filters=[], year={"column": "day"}, values={"capital": {"measure": "sum", "column": "capital"}}
    )
    tree["industry"] = {**tree["industry"], "width": 4}
    done = run(tmp_path, tree)
    assert cells(tmp_path) == [["310000", "A", "2015", "0.1"], ["310000", "C", "2016", "0.2"]]
    assert done.left_out == {"region_absent": 1}


def test_own_table_and_leading_zeros(tmp_path: Path) -> None:
    write(
        tmp_path / "r.csv",
        [["007", "S", "1", "2020", "5", ""], ["7", "S", "1", "2020", "6", ""], ["8", "S", "1", "2020", "6", ""]],
    )
    write(tmp_path / "places.csv", [["007", "01"], ["7", "02"]], ["code", "zone"])
    tree = spec(inputs=["r.csv"], filters=[], region={"column": "id", "table": "places.csv", "to": "zone"},
                industry={"column": "county", "digits": 1}, values={"n": {}})  # fmt: skip
    done = run(tmp_path, tree)
    assert cells(tmp_path) == [["01", "S", "2020", "1"], ["02", "S", "2020", "1"]]
    assert done.examples == {"region_unmatched": [("8", 1)]}


def test_a_code_with_two_labels_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "firms.csv", ROWS)
    write(tmp_path / "places.csv", [["310101", "east"], ["310101", "west"], ["", "x"]], ["code", "to"])
    with pytest.raises(ProblemsError, match=r"310101 belongs to west here and to east in row 2"):
        run(tmp_path, spec(region={"column": "county", "table": "places.csv"}))


def test_numeric_filters_count_what_they_cannot_read(folder: Path) -> None:
    tree = spec(filters=[{"column": "capital", "at_least": 1, "at_most": 250}], values={"n": {}})
    done = run(folder, tree)
    assert done.left_out["filter_unreadable:capital"] == 1
    assert done.left_out["filter_absent:capital"] == 1
    assert sum(int(c[3]) for c in cells(folder)) == 2


def test_absent_as_zero(folder: Path) -> None:
    tree = spec(values={"capital": {"measure": "sum", "column": "capital", "absent": "zero"}})
    assert "value_absent:capital" not in run(folder, tree).left_out
    assert ["320000", "I", "2016", "300"] in cells(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"regoin": {}}, "did you mean 'region'"),
        ({"region": {"column": "county", "levle": "city"}}, "did you mean 'level'"),
        ({"region": {"column": "conty", "level": "city"}}, "county"),
        ({"inputs": ["firm.csv"]}, "firms.csv"),
        ({"values": {"year": {}}}, "none of region, industry, year"),
        ({"values": {"n": {"measure": "sum"}}}, "sum and distinct need `column`"),
        ({"region": {"column": "county", "table": "absent.csv"}}, "there is no such file"),
        ({"years": [2020, 2010]}, r"\[first, last\]"),
        ({"filters": [{"column": "status"}]}, "say what is asked"),
    ],
)
def test_wrong_specs_say_where_and_what_is_meant(folder: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ProblemsError, match=said):
        run(folder, spec(**change))


def test_broken_files_are_refused_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text(",".join(HEAD) + "\n" + ",".join(ROWS[0]) + "\n1,310101,C\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"(?s)firms\.csv"):
        run(tmp_path)
    (tmp_path / "firms.csv").write_bytes("编号,county".encode("gb18030"))
    with pytest.raises(ProblemsError, match="UTF-8"):
        run(tmp_path)
    write(tmp_path / "firms.csv", [])
    with pytest.raises(ProblemsError, match="no record"):
        run(tmp_path)


def test_marks_and_quotes_of_csv_files(tmp_path: Path) -> None:
    """A byte-order mark, quoted delimiters and line ends, a # in front, blank lines, tabs."""
    text = 'county\tind\tfounded\tname\n310101\t0111\t2015\t#a\n\n"310101"\t0111\t2015\t"a\tb\nc ""d"""\n'
    (tmp_path / "f.tsv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    run(
        tmp_path,
        spec(inputs=["f.tsv"], delimiter="\t", filters=[], values={"n": {}, "names": {"measure": "distinct", "column": "name"}}),
    )
    assert cells(tmp_path) == [["310000", "A", "2015", "2", "2"]]


def test_addresses_are_for_spark(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--engine spark"):
        run(tmp_path, spec(inputs=["hdfs://host/firms.parquet"]))


def test_levels_of_the_code_books() -> None:
    """GB/T 2260: Laiwu (371200) became a part of Jinan in 2019; Shihezi (659001) stands under no city; Shanghai is its own."""
    city, now = microlookup.units("city", today=False), microlookup.units("city", today=True)
    assert (city["310115"], city["659001"], city["371202"]) == ("310000", "659001", "371200")
    assert now["371203"] == "370100"
    assert "37" not in city
    assert microlookup.units("province", today=False)["37"] == "370000"
    edition = microlookup.divisions("GB/T 4754-2002", "section")
    assert (edition.get("38", ""), edition["37"], edition["65"]) == ("", "C", "H")


def random_rows(n: int, seed: int = 20240305) -> list[list[str]]:
    rng = random.Random(seed)
    counties = ["310101", "310115", "320102", "320505", "469001", "510104", "659001", "999999", ""]
    trades = ["0111", "C3911", "3912", "6510", "6420", "I6510", "ZZ", "", "0000"]
    days = ["2015", "2016-05-01", "20170101", "2018/1/1", "1999", "unknown", ""]
    return [
        [str(rng.randrange(n // 3)), rng.choice(counties), rng.choice(trades), rng.choice(days),
         rng.choice([f"{rng.randrange(-50, 100_000)}.{rng.randrange(100):02d}", "", "x", "12"]), rng.choice(["open", "closed"])]
        for _ in range(n)
    ]  # fmt: skip


def by_pandas(rows: list[list[str]]) -> list[list[str]]:
    """What pandas makes of the random rows, in whole cents, written without any of the tested code."""
    f = pd.DataFrame(rows, columns=HEAD)
    f = f[f.status == "open"]
    f["year"] = pd.to_numeric(f.founded.str[:4], errors="coerce")
    f = f[f.year.between(2010, 2020)]
    f["region"] = f.county.map({"310101": "310000", "310115": "310000", "320102": "320100", "320505": "320500",
                                "469001": "469001", "510104": "510100", "659001": "659001"})  # fmt: skip
    f["industry"] = f.ind.map({"0111": "01", "C3911": "39", "3912": "39", "6510": "65", "6420": "64", "I6510": "65"})
    f["cents"] = pd.to_numeric(f.capital, errors="coerce").mul(100).round()
    f = f[f.region.notna() & f.industry.notna() & (f.cents >= 0)]
    g = (
        f.groupby(["region", "industry", "year"])
        .agg(n=("id", "size"), cents=("cents", "sum"), owners=("id", "nunique"))
        .reset_index()
    )
    g = g.sort_values(["region", "industry", "year"])
    return [
        [r.region, r.industry, str(int(r.year)), str(r.n), f"{r.cents / 100:.2f}".rstrip("0").rstrip("."), str(r.owners)]
        for r in g.itertuples()
    ]


RANDOM = {"region": {"column": "county", "level": "city"},
          "industry": {"column": "ind", "standard": "GB/T 4754-2017", "level": "division"}}  # fmt: skip


def test_a_hundred_thousand_random_rows_equal_pandas(tmp_path: Path) -> None:
    rows = random_rows(100_000)
    for n in range(3):
        write(tmp_path / f"part{n}.csv", rows[n::3])
    done = run(tmp_path, spec(inputs=["part*.csv"], **RANDOM))
    assert cells(tmp_path) == by_pandas(rows)
    assert len(cells(tmp_path)) > 80
    assert done.records == len(rows) == done.used + done.faulty + sum(done.not_chosen.values())


@pytest.mark.slow
def test_spark_gives_the_same_bytes_as_duckdb(tmp_path: Path) -> None:
    """A real local Spark session; pip install 'yindi[spark]', and Java 17 or newer."""
    pytest.importorskip("pyspark", reason="needs the extra spark: pip install 'yindi[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    rows = random_rows(20_000)
    write(tmp_path / "a.csv", [*ROWS, *rows[:9_000]])
    write(tmp_path / "b.csv.gz", [r[::-1] for r in rows[9_000:]], HEAD[::-1])
    tree = spec(inputs=["*.csv*"], **RANDOM)
    one = run(tmp_path, tree, out="duckdb")
    pd.DataFrame([*ROWS, *rows], columns=HEAD).to_parquet(tmp_path / "f.parquet")
    two = run(tmp_path, tree, engine="spark", out="spark")
    three = run(tmp_path, {**tree, "inputs": [f"file://{tmp_path}/f.parquet"]}, engine="spark", out="address")
    reports = [microrun.lines(x) for x in (one, two, three)]
    assert reports[0] == reports[1] == reports[2]
    first = (tmp_path / "duckdb" / "activity.csv").read_bytes()
    assert first == (tmp_path / "spark" / "activity.csv").read_bytes() == (tmp_path / "address" / "activity.csv").read_bytes()
    (tmp_path / "a.csv").write_text(",".join(HEAD) + "\n1,310101,C\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="engine spark"):
        run(tmp_path, spec(inputs=["a.csv"], **RANDOM), engine="spark", out="broken")


def test_the_command_gives_json_and_exit_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from yindi.shell import cli

    (folder / "aggregate.yaml").write_text(yaml.safe_dump(spec(), allow_unicode=True), encoding="utf-8")
    assert cli.call(["aggregate", str(folder / "aggregate.yaml"), "--out", str(folder / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["used"], told["faulty"], told["cells"]) == (5, 7, 4)
    (folder / "aggregate.yaml").write_text(yaml.safe_dump(spec(most_left_out=0.01), allow_unicode=True), encoding="utf-8")
    assert cli.call(["aggregate", str(folder / "aggregate.yaml"), "--out", str(folder / "out"), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 3
    assert any("999999" in p["message"] for p in told["problems"])
