"""Small CSV tables beside the study file (regions, neighbours, variables, candidates) as rows of text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from yindi.core.errors import Problems, ProblemsError
from yindi.intake import charset, limits

LARGEST = 50_000_000


def lines(text: str, file: str, problems: Problems) -> list[list[str]]:
    """The rows of CSV text; none, with a problem, where it is no CSV."""
    csv.field_size_limit(limits.TEXT_CHARACTERS)
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as fault:
        problems.add(file, f"is not well-formed CSV: {fault}.", "check the quotation marks, or export it again")
        return []


def keyed(text: str, file: str, problems: Problems) -> list[dict[str, str]]:
    """The rows of CSV text below its head, each by the names of the columns; cells that are not there are empty texts."""
    rows = [row for row in lines(text, file, problems) if row]
    head = [name.strip() for name in rows[0]] if rows else []
    return [dict(zip(head, (*row, *[""] * len(head)), strict=False)) for row in rows[1:]]


def records(path: Path, file: str, problems: Problems) -> list[dict[str, str]]:
    """The rows of a CSV file below its head; none, with a problem, where it cannot be read."""
    if path.stat().st_size > LARGEST:
        problems.add(file, f"has more than {LARGEST:,} bytes.", "keep the rows that are needed")
        return []
    try:
        return keyed(charset.decode(path.read_bytes(), file)[0], file, problems)
    except ProblemsError as fault:
        problems.found.extend(fault.problems)
        return []
