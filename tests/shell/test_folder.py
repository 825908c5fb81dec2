"""A result folder is replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from yindi.core.errors import UsageError
from yindi.core.study import Study
from yindi.shell import folder, store


def results(place: Path, word: str) -> Path:
    """A result folder that says `word`."""
    with folder.replacing(place) as new:
        (new / "word").write_text(word)
        (new / "tables").mkdir()
        (new / "tables" / "a.csv").write_text(word)
        (new / "manifest.json").write_text(json.dumps({"format": folder.FORMAT}))
    return place


def listing(place: Path) -> list[str]:
    return sorted(p.name for p in place.iterdir())


def test_new_and_again(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    assert (results(out, "one") / "word").read_text() == "one"
    assert (results(out, "two") / "word").read_text() == "two"
    assert listing(out) == ["manifest.json", "tables", "word"]
    assert listing(out.parent) == ["out"]


def test_without_an_exchange_in_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_exchange", lambda a, b: False)
    results(tmp_path / "out", "one")
    assert (results(tmp_path / "out", "two") / "word").read_text() == "two"
    assert listing(tmp_path) == ["out"]


def test_killed_between_the_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = results(tmp_path / "out", "one")
    dead = dead_process()
    out.rename(tmp_path / f"out.old-{dead}-0")
    folder.recover(out)
    assert (out / "word").read_text() == "one"
    assert listing(tmp_path) == ["out"]


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_leftovers_of_the_dead_are_cleared_and_of_the_living_kept(tmp_path: Path) -> None:
    out = results(tmp_path / "out", "one")
    dead = dead_process()
    for name, marked in ((f"out.tmp-{dead}-0", True), (f"out.tmp-{os.getppid()}-0", True), (f"out.tmp-{dead}-1", False)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("x")
        if marked:
            (tmp_path / name / ".yindi-unfinished").touch()
    (tmp_path / f"out.tmp-{dead}").mkdir()
    results(out, "two")
    assert listing(tmp_path) == sorted(["out", f"out.tmp-{dead}", f"out.tmp-{os.getppid()}-0", f"out.tmp-{dead}-1"])


def test_an_error_leaves_the_old_results(tmp_path: Path) -> None:
    out = results(tmp_path / "out", "one")
    with pytest.raises(ZeroDivisionError), folder.replacing(out) as new:
        (new / "word").write_text(str(1 / 0))
    assert (out / "word").read_text() == "one"
    assert listing(tmp_path) == ["out"]


def test_foreign_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.doc").write_text("years of work")
    with pytest.raises(UsageError, match="is no result folder"), folder.replacing(foreign):
        pass
    with pytest.raises(UsageError, match="is a file"), folder.replacing(foreign / "chapter.doc"):
        pass
    (foreign / "manifest.json").write_text('{"format": "another"}')
    with pytest.raises(UsageError, match="is no result folder"), folder.replacing(foreign):
        pass
    assert listing(foreign) == ["chapter.doc", "manifest.json"]


def test_an_empty_folder_and_a_link_are_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    results(tmp_path / "link", "one")
    results(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "word").read_text() == "two"


def test_below_a_file_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written there"), folder.replacing(tmp_path / "file" / "out"):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up root in a child process")
def test_unwritable_for_this_user(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            with folder.replacing(tmp_path / "out"):
                pass
        except UsageError as error:
            os._exit(42 if "cannot be written there" in str(error) else 43)
        finally:
            os._exit(44)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (42,)
    assert listing(tmp_path) == []


def test_a_full_disk(full: Study, tmp_path: Path) -> None:
    out = store.save(full, tmp_path / "out")
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(UsageError, match="the disk is full"):
            store.save(full, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert listing(tmp_path) == ["out"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a tiny disk")
def test_a_really_full_disk(full: Study, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(UsageError, match="the disk is full"):
            store.save(full, disk / "out")
        assert listing(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


WRITER = """
    import itertools, json, sys
    from pathlib import Path
    from yindi.shell import folder
    if sys.argv[2] == "two renames":
        folder._exchange = lambda a, b: False
    for n in itertools.count():
        with folder.replacing(Path(sys.argv[1])) as new:
            for k in range(20):
                (new / f"{k}").write_text(str(n))
            (new / "manifest.json").write_text(json.dumps({"format": folder.FORMAT, "n": n}))
        print(n, flush=True)
"""


@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_kill_nine_at_any_moment(tmp_path: Path, way: str) -> None:
    out = tmp_path / "out"
    for wait in (0.0, 0.0007, 0.0013, 0.0021, 0.0034, 0.0055):
        writer = subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), str(out), way], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        folder.recover(out)
        n = json.loads((out / "manifest.json").read_text())["n"]
        assert {(out / f"{k}").read_text() for k in range(20)} == {str(n)}
        assert listing(tmp_path) == ["out"]
