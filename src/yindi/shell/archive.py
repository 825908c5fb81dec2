"""study.yindi: a zip of one JSON tree and its arrays, with the same bytes for the same study."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from yindi.core.errors import UsageError, YindiError
from yindi.core.study import Study
from yindi.shell.codec import Decoder, Encoder

SCHEMA_VERSION = 1
FORMAT = "yindi-study"
LARGEST = 4_000_000_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, TypeError, AttributeError, ValueError,
           NotImplementedError, RuntimeError, OverflowError, MemoryError)  # fmt: skip


def member(zipped: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file to a zip without a clock."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    zipped.writestr(info, content, compresslevel=6)


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def write(study: Study, path: Path) -> None:
    """Write the study into one file."""
    encoder = Encoder()
    tree = json.dumps(encoder.encode(study), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    head = json.dumps({"format": FORMAT, "schema_version": SCHEMA_VERSION, "arrays": len(encoder.arrays)})
    with zipfile.ZipFile(path, "w") as zipped:
        member(zipped, "format.json", head.encode())
        member(zipped, "study.json", tree.encode())
        for n, array in enumerate(encoder.arrays):
            member(zipped, f"arrays/{n:05d}.npy", _npy(array))


def read(path: Path) -> Study:
    """The study in a file; raises UsageError when it is absent or newer, YindiError when it is damaged."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; `yindi run` writes it.")
    try:
        with zipfile.ZipFile(path) as zipped:
            return _unpack(zipped, path)
    except UsageError:
        raise
    except _DAMAGE as error:
        text = str(error).strip("'\"") or type(error).__name__
        raise YindiError(f"{path}: the file is damaged or cut off ({text:.200}). Run the study again.") from error


def _unpack(zipped: zipfile.ZipFile, path: Path) -> Study:
    if sum(i.file_size for i in zipped.infolist()) > LARGEST:
        raise UsageError(f"{path}: unpacks to more than {LARGEST} bytes; that is no study.")
    head = json.loads(zipped.read("format.json"))
    if head["format"] != FORMAT:
        raise UsageError(f"{path}: the format is {head['format']!r}, not {FORMAT!r}.")
    if head["schema_version"] > SCHEMA_VERSION:
        raise UsageError(
            f"{path}: written by a newer yindi (schema {head['schema_version']}, this one reads up to {SCHEMA_VERSION}). "
            "Update yindi, or run the study again."
        )
    arrays = [_array(zipped.read(f"arrays/{n:05d}.npy")) for n in range(head["arrays"])]
    study = Decoder(arrays).decode(json.loads(zipped.read("study.json")))
    if not isinstance(study, Study):
        raise ValueError("no study inside")
    return study


def _array(content: bytes) -> Any:
    return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
