"""What every command shares: one JSON object or text on stdout."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

SCHEMA_VERSION = 1
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


def give(as_json: bool, content: dict[str, Any], text: str) -> None:
    """Print the object with `schema_version` under --json, else the text; a reader that went away is no error."""
    if as_json:
        text = json.dumps({"schema_version": SCHEMA_VERSION, **content}, ensure_ascii=False, allow_nan=False)
    try:
        click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
