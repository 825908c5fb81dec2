"""Commands beside the main line."""

from __future__ import annotations

from pathlib import Path

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
