"""Logs of inspect: `.json`, and `.eval`, an archive with one JSON file per sample."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from benchsmith.evaluate.imports.matching import Row

ZSTD = 93
"""Compression method of a ZIP member (APPNOTE 6.3.10, section 4.4.5)."""
MAX_SAMPLE_BYTES = 1 << 28
"""Size limit of one sample with its picture."""


def whole(log: Any) -> Iterator[Row]:
    """Read the document of a .json log. Raises ValueError for anything else."""
    samples = log.get("samples") if isinstance(log, dict) else None
    if not samples:
        raise ValueError("has no samples: is this a log of inspect-ai?")
    for number, sample in enumerate(samples, start=1):
        yield from _row(number, sample)


def packed(path: Path) -> Iterator[Row]:
    """Read an .eval log. Raises ValueError for anything else."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            entries = sorted(archive.infolist(), key=lambda e: e.filename)
            samples = [e for e in entries if re.fullmatch(r"samples/.+\.json", e.filename)]
            for number, entry in enumerate(samples, start=1):
                if entry.file_size > MAX_SAMPLE_BYTES:
                    raise ValueError(f"{entry.filename} is larger than {MAX_SAMPLE_BYTES} bytes")
                zstd = entry.compress_type == ZSTD
                data = _zstd(raw, entry) if zstd else archive.read(entry)
                yield from _row(number, json.loads(data))
    except (zipfile.BadZipFile, NotImplementedError, json.JSONDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error


def _zstd(raw: BinaryIO, entry: zipfile.ZipInfo) -> bytes:
    """Decompress a Zstandard member; zipfile supports it only since Python 3.14."""
    import pyarrow as pa

    raw.seek(entry.header_offset)
    header = raw.read(30)
    name, extra = struct.unpack("<HH", header[26:30])
    raw.seek(name + extra, 1)
    try:
        data: bytes = pa.decompress(
            raw.read(entry.compress_size), entry.file_size, codec="zstd", asbytes=True
        )
    except (OSError, pa.ArrowException) as error:
        raise zipfile.BadZipFile(f"{entry.filename}: {error}") from error
    if zlib.crc32(data) != entry.CRC:
        raise zipfile.BadZipFile(f"{entry.filename}: its checksum does not match")
    return data


def _row(number: int, sample: Any) -> Iterator[Row]:
    """Yield a sample's answer of the first epoch; a failed sample has a fault instead."""
    if not isinstance(sample, dict) or "id" not in sample:
        raise ValueError(f"sample {number} has no id: is this a log of inspect-ai?")
    if sample.get("epoch", 1) != 1:
        return
    choices = _inside(sample, "output").get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = _inside(first, "message")
    options = sample.get("choices")
    failed = sample.get("error") is not None or first is None
    yield Row(
        line=number,
        text="" if failed else _text(message.get("content")),
        id=str(_inside(sample, "metadata").get("id") or sample["id"]),
        question=_asked(sample.get("input")),
        options=tuple(map(str, options)) if isinstance(options, list) else (),
        fault=str(_inside(sample, "error").get("message") or "no output") if failed else "",
    )


def _asked(messages: Any) -> str:
    """Return the text of a sample's input, which is a text or a list of messages."""
    if isinstance(messages, list):
        contents = [m.get("content") for m in messages if isinstance(m, dict)]
        return "\n".join(_text(content) for content in contents)
    return str(messages or "")


def _inside(value: Any, name: str) -> dict[str, Any]:
    """Return an object inside another; an empty one if it is missing."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(
            str(p.get("text", ""))
            for p in content
            if isinstance(p, dict) and p.get("type") == "text"
        )
    return "" if content is None else str(content)
