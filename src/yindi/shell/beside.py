"""Commands beside the main line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yindi.shell.terminal import give, json_option


@click.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The zip to write (default: DIR.zip).")
@click.option("--inputs", metavar="DIR", type=click.Path(path_type=Path), help="The study's folder, where it was moved.")
@json_option
def archive(results: Path, out: Path | None, inputs: Path | None, as_json: bool) -> None:
    """Pack DIR's inputs, study file, versions and tables so that others get the same numbers again."""
    from yindi.shell import replication

    target = out or results.resolve().with_suffix(".zip")
    names = replication.archive(results, target, inputs=inputs)
    give(as_json, {"archive": str(target), "files": names}, f"{target}: {len(names)} files")


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), required=True, help="Folder for activity.csv and its manifest."
)
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="DuckDB here, or Apache Spark.")
@click.option("--memory", default="4GB", show_default=True, help="What the engine may hold; DuckDB spills the rest to disk.")
@click.option("--master", metavar="URL", help="Spark: the cluster (default: as Spark is configured, else this machine).")
@json_option
def aggregate(spec: Path, out: Path, engine: str, memory: str, master: str | None, as_json: bool) -> None:
    """Single records (firms, patents, loans, jobs) as SPEC says -> region x industry x year, every record accounted for."""
    from yindi.intake import microrun, microspec
    from yindi.shell import yamlfile

    asked = microspec.read_spec(yamlfile.read(spec), place=spec.name)
    done = microrun.run(asked, spec.resolve().parent, out, engine=engine, memory=memory, master=master, place=spec.name)
    content = {"ok": True, "exit_code": 0, "activity": str(out / microrun.CELLS), **microrun.record(done)}
    give(as_json, content, "\n".join([str(out / microrun.CELLS), *microrun.lines(done)]))


def _pair(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = [v.partition("=") for v in value]
    if any(not name or not sign for name, sign, _ in pairs):
        raise click.BadParameter("write COLUMN=VALUE.")
    return {name: wanted for name, _, wanted in pairs}


@click.command()
@click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--region", default="region", show_default=True, metavar="COL", help="Column with the region's code or name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column with the year; =2020: all is of 2020.")
@click.option("--activity", default="activity", show_default=True, metavar="COL", help="Column with the activity.")
@click.option("--value", default="value", show_default=True, metavar="COL", help="Column with the amount.")
@click.option("--wide", type=click.Choice(["year", "activity"]), help="Every year, or every activity, has a column of its own.")
@click.option("--where", multiple=True, callback=_pair, metavar="COL=VALUE", help="Only rows with this value.")
@click.option("--duplicates", default="refuse", show_default=True, help="Cells listed twice: refuse, or sum.")
@click.option("--count", default=5, show_default=True, help="How many activities to cultivate per region.")
@click.option("--cap", default=0.1, show_default=True, help="Most that all lists may expand one activity nationally.")
@click.option("--min-region", default=0.0, help="Leave out regions with less than this in the first used year.")
@click.option("--min-activity", default=0.0, help="Leave out activities with less than this in the first used year.")
@click.option("--minimum-activities", default=40, show_default=True, help="Fewer activities carry no relatedness.")
@click.option("--seed", default=20240305, show_default=True)
@click.option("--declared", type=click.Path(path_type=Path), metavar="FILE", help="What plans declare: region, activity, year.")
@click.option("--capacity", type=click.Path(path_type=Path), metavar="FILE", help="Overcapacity: activity, year, components.")
@click.option("--other", type=click.Path(path_type=Path), metavar="FILE", help="Another kind of activity of the same regions.")
@click.option("--other-region", metavar="COL", help="Its columns, where they are called otherwise.")
@click.option("--other-year", metavar="COL")
@click.option("--other-activity", metavar="COL")
@click.option("--other-value", metavar="COL")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write tables and pages into this folder.")
@json_option
def advise(table: Path, out: Path | None, as_json: bool, **asked: Any) -> int:
    """Which activities each region should cultivate, from a table of amounts by region, year and activity - if the data prove it.

    The proof comes first: what was foretold from earlier years is compared with what came. Where it fails, the command says why
    and gives no list; it then ends with exit code 3, as for data that cannot carry what is asked.
    """
    from yindi.shell import advicefolder, advicepage, advising
    from yindi.shell.advisetable import Columns

    columns = {k: asked.pop(k) for k in ("region", "year", "activity", "value")}
    others = {k: asked.pop(f"other_{k}") or v for k, v in columns.items()}
    wide = asked.pop("wide") or ""
    options = advising.Options(
        Columns(**columns, where=asked.pop("where"), wide=wide), asked.pop("other"), Columns(**others), **asked
    )
    found = advising.advise(table, options)
    names = advicefolder.write(found, out) if out is not None else []
    content = {**advising.record(found), "files": names, "out": str(out) if out else None}
    give(as_json, content, advicepage.summary(found, names, out))
    return 0 if found.allowed else 3


@click.command()
@click.argument("plan", metavar="EARLIER", type=click.Path(path_type=Path))
@click.argument("later", metavar="LATER", type=click.Path(path_type=Path))
@click.option("--built", metavar="FILE", type=click.Path(path_type=Path), help="CSV of what is there now: region, industry.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder for the tables and the text.")
@click.option("--lang", metavar="LIST", help="zh, en or zh,en (default: as the later study file says).")
@json_option
def evaluate(plan: Path, later: Path, built: Path | None, out: Path | None, lang: str | None, as_json: bool) -> None:
    """An earlier plan (results folder) beside a later run of the same study: which forecasts held, which targets are on their
    path, what the layout would choose again, what was built, and what to look at anew.
    """
    from yindi.shell import evaluated, evaluating, store

    pairs, now = evaluating.pairs_of(built) if built is not None else None, store.load(later)
    languages = tuple(x.strip() for x in lang.split(",")) if lang else now.config.report.languages
    unknown = [x for x in languages if x not in evaluated.LANGUAGES]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: zh, en or zh,en.", param_hint="--lang")
    found = evaluating.evaluate(store.load(plan), now, pairs)
    names = evaluated.write(found, out) if out is not None else []
    told = {x: evaluated.lines(found, x) for x in languages}
    text = "\n\n".join("\n".join(x) for x in told.values()) + (f"\n\n{out}: {', '.join(names)}" if names else "")
    tables = {name: [list(map(_plain, row)) for row in rows] for name, rows in found.rows.items()}
    summary = {k: _plain(v) for k, v in found.summary.items()}
    give(as_json, {"then": found.then, "now": found.now, "summary": summary, "said": told, **tables}, text)


def _plain(value: Any) -> Any:
    """A value that JSON can hold: absent numbers as null."""
    number = float(value) if isinstance(value, (float, int)) or hasattr(value, "dtype") else None
    return value if number is None else (None if number != number else number)
