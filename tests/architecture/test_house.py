"""The house law that a machine can check: imports, sizes, docstrings, borders to the outside, randomness."""

from __future__ import annotations

import ast
import functools
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yindi"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50
MAY_OPEN = ("shell/", "intake/", "report/", "audit/", "core/resources.py")
OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_excel", "to_csv", "savefig"}
CLOCKS = {"time", "now", "today", "utcnow", "perf_counter", "monotonic"}
UNFINISHED = tuple("".join(w) for w in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"), ("raise NotImplemented", "Error")))


def where(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@functools.cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree(path)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))


def code_lines(path: Path) -> set[int]:
    """Numbers of the lines that hold code: neither blank, comment nor docstring."""
    skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type not in skip:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield node.lineno, name


def test_import_rules() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_modules_are_short() -> None:
    long = {where(p): n for p in MODULES if (n := len(text(p).splitlines())) > LONGEST_MODULE}
    assert not long


def test_functions_are_short() -> None:
    long = {}
    for path in MODULES:
        lines = code_lines(path)
        for function in functions(path):
            size = len(lines & set(range(function.lineno, (function.end_lineno or 0) + 1)))
            if size > LONGEST_FUNCTION:
                long[f"{where(path)}:{function.name}"] = size
    assert not long


def test_everything_public_says_what_it_is() -> None:
    silent = []
    for path in MODULES:
        module = tree(path)
        if not ast.get_docstring(module):
            silent.append(where(path))
        for node in module.body:
            silent += [f"{where(path)}:{name}" for name in undocumented(node)]
    assert not silent


def undocumented(node: ast.stmt) -> Iterator[str]:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_"):
        return
    if not ast.get_docstring(node):
        yield node.name
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from (f"{node.name}.{name}" for name in undocumented(inner))


def test_only_the_shell_prints() -> None:
    assert not outside(("shell/",), {"print"})


def outside(allowed: tuple[str, ...], names: set[str]) -> list[str]:
    """Calls of any of the names in modules that are not below one of the allowed places."""
    modules = [p for p in MODULES if not where(p).startswith(allowed)]
    return [f"{where(p)}:{line} {c}" for p in modules for line, c in calls(p) if c in names]


def test_files_are_opened_only_at_the_border() -> None:
    assert not outside(MAY_OPEN, OPENERS)


def test_the_clock_is_read_only_in_the_shell() -> None:
    assert not outside(("shell/",), CLOCKS)


def test_no_global_random_state() -> None:
    allowed = {"default_rng", "SeedSequence", "Generator"}
    stray = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "random":
                stray += [f"{where(path)}:{node.lineno} {node.attr}"] if node.attr not in allowed else []
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [getattr(node, "module", "")] + [a.name for a in node.names]
                stray += [f"{where(path)}:{node.lineno} import random"] if "random" in names else []
    assert not stray


def test_a_seeded_generator_comes_from_a_named_stream() -> None:
    """Kernels take a seed; only core.streams and kernels' own `seed` arguments make generators, never a fixed number."""
    fixed = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            made = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "default_rng"
            if made and (not node.args or isinstance(node.args[0], ast.Constant)):
                fixed.append(f"{where(path)}:{node.lineno}")
    assert not fixed


def test_no_unfinished_work() -> None:
    marked = [where(p) for p in MODULES if any(w in text(p) for w in UNFINISHED)]
    assert not marked


def test_no_machine_is_named() -> None:
    kinds = ("*.py", "*.yaml", "*.yml", "*.md", "*.toml", "*.csv", "Makefile", "*.cff", "*.html", "*.js", "*.sh")
    folders = [ROOT / f for f in ("src", "tests", "docs", "tools", "examples")]
    paths = [p for f in folders for k in kinds for p in f.rglob(k)] + [p for k in kinds for p in ROOT.glob(k)]
    words = ["/" + "work/", "/" + "root/", "far" + "m-"]
    named = [f"{p.relative_to(ROOT)}: {w}" for p in paths for w in words if w in text(p)]
    assert not named


def test_asserts_are_no_guards() -> None:
    guards = [f"{where(p)}:{n.lineno}" for p in MODULES for n in ast.walk(tree(p)) if isinstance(n, ast.Assert)]
    assert not guards


def test_annotations_are_lazy_everywhere() -> None:
    future = "from __future__ import annotations"
    assert not [where(p) for p in MODULES if list(functions(p)) and future not in text(p)]


def test_no_two_test_files_have_one_name() -> None:
    """Test folders are no packages, so pytest imports each file by its bare name."""
    names = [p.name for p in (ROOT / "tests").rglob("*.py") if p.name != "conftest.py"]
    assert sorted({n for n in names if names.count(n) > 1}) == []
