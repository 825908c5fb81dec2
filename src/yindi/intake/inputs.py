"""What the study file says of its inputs and regions: one input per sheet or file of a year, the register, the neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from yindi.core.config import Input, Regions
from yindi.core.errors import Problems, ProblemsError
from yindi.intake import limits, places, read, standards
from yindi.intake.reader import Reading
from yindi.intake.regions import Gazetteer
from yindi.intake.years import split, year_or_none


def register(chosen: Regions, folder: Path, problems: Problems) -> standards.Register:
    """The register of the study's regions, with the user's own table where there is one."""
    text = places.text_of(folder, chosen.table, "regions.table", problems) if chosen.table else None
    return standards.register(chosen, text, problems)


def neighbours(file: str, folder: Path, gazetteer: Gazetteer, problems: Problems) -> places.Edges:
    """The edge list beside the study file."""
    text = places.text_of(folder, file, "regions.neighbours", problems)
    return places.edges(text, file, gazetteer, problems) if text is not None else ()


def within(reading: Reading, years: tuple[int, int] | None) -> Reading:
    """The reading with the cells and rows of the given years only."""
    if years is None:
        return reading
    inside = {str(y) for y in range(years[0], years[1] + 1)}
    reading.cells = reading.cells.within(inside)
    reading.rows = {pair: n for pair, n in reading.rows.items() if pair[1] in inside}
    return reading


def expanded(specs: Sequence[Input], folder: Path, problems: Problems) -> Iterator[Input]:
    """Inputs with one sheet a year ("@sheet") as one input per sheet; the others as they are."""
    for spec in specs:
        if spec.year == "@sheet":
            yield from _by_sheet(spec, folder, problems)
        else:
            yield spec


def _by_sheet(spec: Input, folder: Path, problems: Problems) -> Iterator[Input]:
    path = folder / spec.file
    if not limits.regular(path) or read.kind_of(path) not in read.BOOKS:
        said = "has no sheets." if limits.regular(path) else "there is no such file."
        problems.add(spec.file, said, 'year: "@sheet" wants a workbook with one sheet a year')
        return
    try:
        names = read.sheet_names(path, spec.file)
    except ProblemsError as fault:
        problems.found.extend(fault.problems)
        return
    found = {name: when for name in names if (when := year_of_name(name, spec.fiscal_year))}
    if not found:
        problems.add(spec.file, "no sheet is named after a year.", "name the sheet and the year of each table", names)
    for name, when in found.items():
        yield spec.model_copy(update={"sheet": name, "year": f"={when}"})


def year_of_name(name: str, fiscal: str | None = None) -> str | None:
    """The year that the name of a sheet says ("2010", "2010年", "表3 2010"), None where it says none."""
    parts = split(name, fiscal)
    return year_or_none(name, fiscal) or (parts[1] if parts else None)


def versions(chosen: Regions, regions: Sequence[str], problems: Problems) -> None:
    """Add a problem for every NUTS code that ended before the study's version, or stands beside its successors."""
    if chosen.standard != "nuts":
        return
    for code in regions:
        last, into = standards.nuts_changes().get(code, ("", ()))
        if not last or set(into) == {code}:
            continue
        if chosen.version is not None and last < chosen.version:
            message = (
                f"{code} ended with NUTS {last}; the study is in NUTS {chosen.version}, where {', '.join(into)} took its place."
            )
            way = f"recode the file, or regions: {{aliases: {{{code}: {into[0]}}}}}" if len(into) == 1 else "recode the file"
            problems.add("study.yaml: regions.version", message, way + "; or choose the version that the file is in")
        elif chosen.version is None and set(into) & set(regions):
            message = f"{code} (until NUTS {last}) stands beside {', '.join(into)}, which took its place: two versions are mixed."
            problems.add("inputs", message, "recode the file to one version, and say it: regions: {version: '2021'}")
