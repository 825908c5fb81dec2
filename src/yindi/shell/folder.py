"""A result folder is replaced as a whole: written beside, then moved into place. A kill at any moment leaves the old one whole.

This guards against the death of the process, not against loss of power.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from yindi.core.errors import UsageError

MANIFEST = "manifest.json"
FORMAT = "yindi-results"
_MARK = ".yindi-unfinished"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_count = itertools.count()
_active: set[Path] = set()


def is_results(folder: Path) -> bool:
    """True where a folder holds results of yindi (its manifest says so)."""
    try:
        return bool(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder. Choose another --out.")
    if any(folder.iterdir()) and not is_results(folder):
        raise UsageError(f"{folder} exists and is no result folder of yindi; it is left alone. Choose another --out.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _beside(folder: Path, kind: str) -> Iterator[tuple[Path, int]]:
    for path in sorted(folder.parent.glob(f"{_escape(folder.name)}.{kind}-*")):
        numbers = path.name.rpartition(f".{kind}-")[2].split("-")
        if len(numbers) == 2 and all(n.isdigit() for n in numbers) and path.is_dir() and not path.is_symlink():
            yield path, int(numbers[0])


def _escape(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def recover(folder: Path) -> None:
    """Put back what a killed process left: old results that were moved aside, and clear its unfinished folders."""
    for old, pid in _beside(folder, "old"):
        if old in _active or (pid != os.getpid() and _alive(pid)):
            continue
        if not folder.exists() and is_results(old):
            os.rename(old, folder)
        elif _ours(old):
            discard(old)
    for left, pid in _beside(folder, "tmp"):
        dead = left not in _active and (pid == os.getpid() or not _alive(pid))
        if dead and _ours(left):
            discard(left)


def _ours(folder: Path) -> bool:
    return (folder / _MARK).exists() or is_results(folder) or not any(folder.iterdir())


def discard(folder: Path) -> None:
    """Delete a folder of ours; what shows that it is ours goes last."""
    for path in folder.iterdir():
        if path.name in (MANIFEST, _MARK):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    for name in (MANIFEST, _MARK):
        (folder / name).unlink(missing_ok=True)
    folder.rmdir()


def _exchange(a: Path, b: Path) -> bool:
    """Swap two folders in one step where the system can; False where it cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    if call(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(number, os.strerror(number), str(b))


def _move_in(new: Path, folder: Path) -> Path | None:
    """Move the finished folder into place; the old one, to be deleted, or None."""
    if not folder.exists():
        os.rename(new, folder)
        return None
    if _exchange(new, folder):
        return new
    old = folder.with_name(new.name.replace(".tmp-", ".old-"))
    _active.add(old)
    os.rename(folder, old)
    try:
        os.rename(new, folder)
    except BaseException:
        if not folder.exists():
            os.rename(old, folder)
        raise
    return old


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new empty folder beside `folder` that takes its place when the block ends well, and vanishes when it does not.

    Raises UsageError when `folder` is foreign, unwritable or the disk is full; nothing of `folder` is touched then.
    """
    folder = Path(folder).resolve()
    new = folder.with_name(f"{folder.name}.tmp-{os.getpid()}-{next(_count)}")
    _active.add(new)
    try:
        with _system_errors(folder, _PLACE | _FULL):
            _prepare(folder, new)
        with _system_errors(folder, _FULL):
            yield new
        with _system_errors(folder, _PLACE | _FULL):
            _finish(folder, new)
    finally:
        _active.discard(new)
        shutil.rmtree(new, ignore_errors=True)


def _prepare(folder: Path, new: Path) -> None:
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    new.mkdir()
    (new / _MARK).touch()


def _finish(folder: Path, new: Path) -> None:
    if not is_results(new):
        raise RuntimeError(f"{new} was not finished: it has no manifest.")
    (new / _MARK).unlink()
    _refuse_foreign(folder)
    old = _move_in(new, folder)
    if old is not None:
        discard(old)
        _active.discard(old)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PLACE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT, errno.EBUSY, errno.EXDEV,
                    errno.ENAMETOOLONG, errno.EEXIST})  # fmt: skip


@contextlib.contextmanager
def _system_errors(folder: Path, numbers: frozenset[int]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in numbers:
            raise
        reason = "the disk is full" if error.errno in _FULL else "cannot be written there"
        text = f"{folder}: {reason} ({error.strerror}). Nothing was changed; free the place or choose another --out."
        raise UsageError(text) from error
