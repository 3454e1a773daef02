"""Inspect's logs and archives find their cases, or the error says why not."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import imports
from benchsmith.release.columns import LETTERS
from tests.imported_answers import Items, items, sample, scored

__all__ = ["items"]


def archive(path: Path, samples: list[dict[str, Any]], method: int) -> None:
    """Write an .eval; inspect packs with Zstandard where it can, which zipfile cannot write."""
    if method != 93:
        with zipfile.ZipFile(path, "w", method) as file:
            file.writestr("header.json", "{}")
            for s in samples:
                file.writestr(f"samples/{s['id']}_epoch_{s['epoch']}.json", json.dumps(s))
        return
    body, central = b"", b""
    for s in samples:
        name = f"samples/{s['id']}_epoch_{s['epoch']}.json".encode()
        data = json.dumps(s).encode()
        packed = pa.compress(data, codec="zstd", asbytes=True)
        sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
        head = struct.pack("<HHHHH", 63, 0, 93, 0, 33)
        central += b"PK\1\2" + struct.pack("<H", 63) + head + sizes
        central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + head + sizes + struct.pack("<HH", len(name), 0) + name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(samples), len(samples), len(central), len(body), 0)
    path.write_bytes(body + central + b"PK\5\6" + end)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, 93])
def test_inspect_s_archives(items: Items, tmp_path: Path, method: int) -> None:
    path = tmp_path / "log.eval"
    archive(path, [sample(i) for i in items[:9]], method)
    answers = imports.read([path], items)
    assert {a.case for a in answers} == {i.id for i in items[:9]}
    assert scored(items, answers) == 1.0


def test_a_damaged_archive_is_reported(items: Items, tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    archive(path, [sample(i) for i in items[:3]], 93)
    data = bytearray(path.read_bytes())
    data[80] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(DocumentError, match="cannot be read"):
        imports.read([path], items)


def test_inspect_s_logs_with_failures_and_epochs(items: Items, tmp_path: Path) -> None:
    first, second, third = items[:3]
    samples = [
        sample(first),
        sample(first, epoch=2),
        sample(second, error={"message": "timed out"}),
        sample(
            third, id=7, metadata={"id": third.id}, choices=[*third.options[1:], third.options[0]]
        ),
    ]
    samples[3]["output"]["choices"][0]["message"]["content"] = LETTERS[
        (third.key[0] - 1) % len(third.options)
    ]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"version": 2, "status": "success", "samples": samples}))
    answers = {a.case: a for a in imports.read([path], items)}
    assert len(answers) == 3
    assert answers[second.id].fault == "timed out"
    assert answers[third.id].shift == 1  # its options were shown turned by one
    assert scored(items, [answers[first.id], answers[third.id]]) == 1.0
