"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yindi import __version__
from yindi.core.errors import PartialError, YindiError
from yindi.shell import beside, failure
from yindi.shell.terminal import give as _give
from yindi.shell.terminal import json_option as _json

if TYPE_CHECKING:
    from yindi.core.study import Study

_override = click.option("-c", "--set", "changes", multiple=True, metavar="KEY=VALUE",
                         help="Set a key of the study file, e.g. -c measure.draws=200.")  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="yindi")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def yindi(context: click.Context, quiet: bool, debug: bool) -> None:
    """From official regional statistics to a plan for every region, every number traceable to its cells."""
    context.obj = {"quiet": quiet, "debug": debug}


def _quiet() -> bool:
    return bool((click.get_current_context().obj or {}).get("quiet"))


def _say(text: str) -> None:
    if not _quiet():
        click.echo(text, err=True)


def _where(target: Path, reports: Sequence[str]) -> str:
    lines = [f"results  {target}", f"tables   {target / 'tables'}"]
    if reports:
        first = next((n for n in ("nation.zh.html", "nation.en.html") if n in reports), "")
        lines += [f"reports  {target / 'reports'}: {len(reports)} files"]
        lines += [f"         start with {target / 'reports' / first} (open it in a browser)"] if first else []
        lines += [f"app      {_program()} serve {target}", f"check    {_program()} verify {target}"]
    return "\n".join(lines)


def _program() -> str:
    """How this program can be called here: by its name where that is on PATH, else as it was called."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{sys.executable} -m yindi"
    on_path = shutil.which("yindi")
    if called.stem != "yindi" or (on_path and called.exists() and os.path.samefile(on_path, called)):
        return "yindi"
    return str(called)


@yindi.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_json
def init(folder: Path, as_json: bool) -> None:
    """Write a commented study.yaml into DIR, proposed from the tables found there; an existing one is never touched."""
    from yindi.shell import job

    path = job.start(folder)
    _give(as_json, {"study": str(path)}, f"{path}\nNext: answer what is commented in it, then `yindi check {folder}`.")


@yindi.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Result folder (default: results beside the study file).")
@click.option("--only", metavar="STAGE", help="Stop after this stage; later results are not made.")
@click.option("--strict", is_flag=True, help="Exit with 5 where a finding in the data has no answer in the study file.")
@_override
@_json
def run(study: Path, out: Path | None, only: str | None, strict: bool, changes: Sequence[str], as_json: bool) -> int:
    """Run the whole pipeline of STUDY (a study file or its folder) and write the results."""
    from yindi.shell import job, yamlfile

    overrides = dict(yamlfile.parse_override(c) for c in changes)
    config, place = job.read_study_file(study, overrides)
    target = out or place / "results"
    clock = job.Clock(quiet=_quiet())
    done = job.run_into(config, place, target, only=only, clock=clock)
    place = target / "reports"
    reports = sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())
    content = {"results": str(target), "stages": list(done.results), "tables": list(done.table_names()), "reports": reports,
               "seconds": clock.seconds}  # fmt: skip
    partial = _partial(done) if strict else None
    _give(as_json, content | (failure.record(partial, partial.exit_code) if partial else {}), _where(target, reports))
    if partial is None:
        return 0
    _message(partial)
    return partial.exit_code


def _partial(done: Study) -> PartialError | None:
    from yindi.shell import job

    try:
        job.require_answers(done)
    except PartialError as error:
        return error
    return None


@yindi.command()
@click.argument("study", metavar="STUDY|FILE", type=click.Path(path_type=Path))
@click.option("--html", "page", metavar="FILE", type=click.Path(path_type=Path), help="Write the findings as one readable page.")
@click.option("--sheet", metavar="NAME", help="One sheet of a workbook (default: every sheet).")
@click.option(
    "--corrections", "draft", metavar="FILE", type=click.Path(path_type=Path), help="Write what is proposed as a draft to read."
)
@_override
@_json
def check(
    study: Path, page: Path | None, sheet: str | None, draft: Path | None, changes: Sequence[str], as_json: bool
) -> int:  # fmt: skip
    """Read and check the inputs of STUDY, or one table FILE: what is wrong, where, how sure, what is right, the ways out."""
    from yindi.shell import checkpage, inspect, job, proposals, tablecheck, yamlfile

    if tablecheck.is_table(study):
        seen = tablecheck.look(study, sheet)
        rows = [row for e in seen if e.cube is not None for row in proposals.entries(e.cube, e.series)]
        content, text = tablecheck.record(seen), tablecheck.text(seen)
    else:
        config, place = job.read_study_file(study, dict(yamlfile.parse_override(c) for c in changes))
        found = inspect.look(config, place)
        rows = proposals.entries(found.cube, found.findings) if found.cube is not None else []
        content, text = inspect.record(found), inspect.text(found)
    if page is not None:
        checkpage.write(page, content, study.name)
    if draft is not None:
        proposals.write(draft, rows)
        text += f"\n{draft}: {len(rows)} proposed correction(s), none applied"
    _give(as_json, content, text)
    return int(content["exit_code"])


@yindi.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--region", "regions", multiple=True, metavar="CODE", help="A region's code or name, or nation (default: all).")
@click.option("--lang", metavar="LIST", help="zh, en or zh,en (default: as the study file says).")
@click.option(
    "--format", "formats", metavar="LIST", help="docx, html, pdf, xlsx, figures, or several (default: as the study file says)."
)
@click.option("--voice", metavar="LIST", help="plan, research, brief, or several (default: as the study file says).")
@click.option("--profile", metavar="NAME", help="Look of Word and PDF: gbt9704, report or brief (zh), en (en).")
@click.option("--template", metavar="FILE", type=click.Path(path_type=Path), help="Your own Word file, {{report}} filled in.")
@_json
def report(
    results: Path, regions: Sequence[str], lang: str | None, formats: str | None, voice: str | None, profile: str | None,
    template: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the reports of a finished run again, all or some, in more formats or in your own template."""
    from yindi.shell import render

    written = render.again(results, subjects=regions, languages=_list(lang), formats=_list(formats), voices=_list(voice),
                           profile=profile, template=template)  # fmt: skip
    place = results / "reports"
    _give(as_json, {"reports": [str(place / n) for n in written]}, "\n".join(str(place / n) for n in written))


def _list(text: str | None) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()] if text else []


@yindi.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("ref")
@_json
def why(results: Path, ref: str, as_json: bool) -> None:
    """Trace REF, as printed in reports, back to its steps, cells and files."""
    from yindi.shell import adviceverify, trace

    found = (adviceverify if adviceverify.is_advice(results) else trace).why(results, ref)
    for note in found.notes:
        _message(note)
    content = {"ref": str(found.ref), "value": found.value, "columns": found.columns, "trace": found.text.splitlines()}
    _give(as_json, {**content, "notes": found.notes}, found.text)


@yindi.command()
@click.argument("results", metavar="DIR|FILE.docx", type=click.Path(path_type=Path))
@click.option("--inputs", type=click.Path(path_type=Path), help="Folder of the study file, if it is not where it was.")
@click.option("--against", metavar="DIR", type=click.Path(path_type=Path), help="Results that the edited Word file came from.")
@click.option("--strict", is_flag=True, help="Exit with 3, too, where inputs are not found or a file could not be checked.")
@_json
def verify(results: Path, inputs: Path | None, against: Path | None, strict: bool, as_json: bool) -> int:
    """Re-read every number in the tables and reports of DIR against the stored results, and the inputs' hashes.

    With --against: what was edited in one Word report, and whether its numbers still agree.
    """
    if against is not None or results.suffix == ".docx":
        return _edited(results, against, as_json)
    from yindi.shell import adviceverify
    from yindi.shell import verify as verifying

    report = (adviceverify if adviceverify.is_advice(results) else verifying).verify(results, inputs=inputs)
    wrong = [{"place": m.place, "message": m.message} for m in report.mismatches]
    if strict:
        wrong += [{"place": "", "message": f"not checked: {n} {what}"} for what, n in report.unchecked.items()]
        if report.unchecked:
            _message("--strict: what was not checked counts as wrong.")
    content = {**_outcome(not wrong, wrong), "checked": report.checked, "unchecked": report.unchecked, "mismatches": wrong}
    _give(as_json, content, "\n".join(verifying.lines(report)))
    return 3 if wrong else 0


def _outcome(ok: bool, wrong: Sequence[dict[str, str]]) -> dict[str, Any]:
    error = "" if ok else f"{len(wrong)} do not agree."
    problems = [{**w, "way_out": "", "candidates": []} for w in wrong]
    return {"ok": ok, "exit_code": 0 if ok else 3, "error": error, "problems": problems}


def _edited(file: Path, against: Path | None, as_json: bool) -> int:
    from dataclasses import asdict

    if against is None or file.suffix != ".docx":
        raise click.UsageError("One Word report is compared with its results: yindi verify FILE.docx --against DIR.")
    from yindi.shell import edited

    found = edited.against(file, against)
    wrong = [{"place": place, "message": message} for place, message in found.mismatches]
    content = {**_outcome(found.ok, wrong), "subject": found.subject, "language": found.language, "numbers": found.numbers,
               "edits": [asdict(e) for e in found.edits], "mismatches": wrong}  # fmt: skip
    _give(as_json, content, "\n".join(edited.lines(found)))
    return 0 if found.ok else 3


@yindi.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    metavar="KIND",
    help="dagum, theil, markov, moran, weights, coupling, panel, convergence, ranking or neighbours (default: guessed).",
)
@click.option("--data", type=click.Path(path_type=Path), help="The data behind weights, ranks or Moran's I.")
@click.option("--neighbours", type=click.Path(path_type=Path), help="The spatial weights behind Moran's I or beside a panel.")
@_json
def audit(file: Path, kind: str | None, data: Path | None, neighbours: Path | None, as_json: bool) -> int:
    """Check the arithmetic of a published table (CSV, xlsx), a folder of tables, or a results folder."""
    from yindi.shell import auditing

    report = auditing.table(file, kind, data, neighbours)
    _give(as_json, auditing.record(report), str(report))
    return 0 if report.clean else 3


@yindi.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), help="Port on 127.0.0.1 (default 8765, or a free one).")
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
def serve(results: Path, port: int | None, show: bool) -> None:
    """Show the results in DIR as a web app on 127.0.0.1, for this machine only."""
    from yindi.core.errors import need

    need("starlette", "web")
    need("uvicorn", "web")
    from yindi.shell import store, web

    store.manifest(results)
    chosen = web.free_port(port)
    address = f"http://{web.HOST}:{chosen}/"
    click.echo(address)
    if show:
        click.launch(address)
    web.serve(results, chosen)


@yindi.command()
@_json
def doctor(as_json: bool) -> None:
    """Look at fonts, map, solver, browser and optional extras: what works here."""
    from dataclasses import asdict

    from yindi.shell import doctor as doctoring

    checks = doctoring.examine()
    _give(as_json, {"checks": [asdict(c) for c in checks]}, doctoring.text(checks))


@yindi.command()
@click.argument("kind", required=False)
@_json
def methods(kind: str | None, as_json: bool) -> None:
    """List every method: kind, name, parameters, laws, citation."""
    from yindi.shell import catalogue

    rows = catalogue.rows(kind)
    _give(as_json, {"methods": rows}, catalogue.text(rows))


yindi.add_command(beside.archive)
yindi.add_command(beside.advise)
yindi.add_command(beside.aggregate)
yindi.add_command(beside.evaluate)


def _message(error: BaseException | str) -> None:
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stderr.isatty()
    click.echo(("yindi: " if plain else click.style("yindi: ", fg="red")) + str(error), err=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: runs a command and exits with the code of the contract."""
    failure.end_when_asked()
    sys.exit(call(sys.argv[1:] if arguments is None else list(arguments)))


def call(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code: 0 ok, 1 bug, 2 usage, 3 data, 4 infeasible, 5 partial, 130 or 143 ended.

    With --json a failure is told on stdout too, as one object.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = yindi.main(list(arguments), prog_name="yindi", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (Exception, KeyboardInterrupt, failure.Terminated) as error:  # noqa: BLE001 - the border: every error becomes an exit code
        code, said = _failed(error, debug="--debug" in arguments)
        if "--json" in arguments:
            _give(True, failure.record(said, code), "")
        return code


def _failed(error: BaseException, *, debug: bool) -> tuple[int, BaseException | str]:
    """Tell people of an error; its exit code, and what programs are told."""
    if debug and not isinstance(error, (click.ClickException, click.Abort, KeyboardInterrupt, failure.Terminated)):
        import traceback

        traceback.print_exception(error)
    match error:
        case click.ClickException():
            error.show()
            return 2, error.format_message()
        case KeyboardInterrupt() | click.Abort() | failure.Terminated():
            said: BaseException | str = "interrupted; the results of earlier runs are untouched."
            code = failure.TERMINATED if isinstance(error, failure.Terminated) else 130
        case YindiError():
            said, code = error, error.exit_code
        case OSError():
            said, code = f"{error.filename or 'the system'}: {error.strerror or error}", 2
        case _:
            said, code = f"this is a bug of yindi ({type(error).__name__}: {error}). `yindi --debug ...` shows where.", 1
    _message(said)
    return code, said


if __name__ == "__main__":
    main()
