"""What people type for a label: its code, or a name in either language where only one code is called so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yindi.core.axes import INDICATOR, REGION
from yindi.core.errors import AxisError, UsageError, did_you_mean, suggestion
from yindi.core.finding import Ref
from yindi.core.names import Names
from yindi.core.study import Study

_KINDS = {INDICATOR: (INDICATOR, "variable")}
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市", " province", " municipality")


def resolve(study: Study, text: str) -> tuple[Ref, tuple[str, ...]]:
    """The reference with codes for names, and a line for each name read; raises where an axis or a label is not known."""
    ref = Ref.parse(text)
    axes = dict(study.table(ref.name).axes)
    at, notes = [], []
    for axis, label in ref.at:
        if axis not in axes:
            raise UsageError(f"{ref.name} has no axis {axis!r}; it has {', '.join(axes)}.{suggestion(axis, axes)}")
        code = code_of(study.names, axis, label, axes[axis], where=ref.name)
        at.append((axis, code))
        if code != label:
            notes.append(f"{axis} {label!r} is read as {code}.")
    return replace(ref, at=tuple(at)), tuple(notes)


def code_of(names: Names, axis: str, label: str, known: Sequence[str], *, where: str) -> str:
    """The one code among `known` that is `label` or is called so; raises AxisError with candidates where there is not one."""
    if label in known:
        return label
    called = {code: _called(names, axis, code) for code in known}
    found = [code for code in known if _bare(label) in {_bare(n) for n in called[code]}]
    if len(found) == 1:
        return found[0]
    words = {n: code for code in known for n in (code, *called[code])}
    near = found or list(dict.fromkeys(words[n] for n in did_you_mean(label, words)))
    hint = f" Candidates: {', '.join(_shown(code, called[code]) for code in near)}." if near else ""
    fault = f"{len(found)} are called {label!r}" if found else f"has no {label!r}"
    raise AxisError(f"{where}: axis {axis!r} {fault} ({len(known)} labels).{hint}")


def _called(names: Names, axis: str, code: str) -> tuple[str, ...]:
    rows = (names.table.get(kind, {}).get(code, ()) for kind in _KINDS.get(axis, (axis,)))
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _shown(code: str, called: Sequence[str]) -> str:
    return f"{code} ({', '.join(called)})" if called else code


def _bare(name: str) -> str:
    plain = name.strip().casefold()
    ending = next((e for e in _ENDINGS if plain.endswith(e) and len(plain) > len(e)), "")
    return plain.removesuffix(ending)


def subject(names: Names, text: str, known: Sequence[str]) -> str:
    """The subject of a report that a code or a name means."""
    return code_of(names, REGION, text, known, where="reports")
