"""Logs of inspect: `.json`, and `.eval`, which is an archive with one JSON a sample."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.evaluate.imports.matching import Row

LARGEST = 1 << 28
"""Bytes of one sample, its picture with it; more is no sample."""


def whole(path: Path) -> Iterator[Row]:
    """Read a .json log. Raises ValueError for one that is none."""
    try:
        log = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from error
    samples = log.get("samples") if isinstance(log, dict) else None
    if not samples:
        raise ValueError("has no samples: is it a log of inspect?")
    for number, sample in enumerate(samples, start=1):
        yield from _row(number, sample)


def packed(path: Path) -> Iterator[Row]:
    """Read an .eval log. Raises ValueError for one that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(
                n for n in archive.namelist() if n.startswith("samples/") and n.endswith(".json")
            )
            for number, name in enumerate(names, start=1):
                if archive.getinfo(name).file_size > LARGEST:
                    raise ValueError(f"{name} is larger than {LARGEST} bytes")
                yield from _row(number, json.loads(archive.read(name)))
    except NotImplementedError as error:
        raise ValueError(
            "is packed in a way that Python cannot read; `inspect log convert` to .json"
        ) from error
    except (zipfile.BadZipFile, json.JSONDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error


def _row(number: int, sample: Any) -> Iterator[Row]:
    """Yield a sample's first answer, unless it failed: that is a question without an answer."""
    if not isinstance(sample, dict) or "id" not in sample:
        raise ValueError(f"sample {number} has no id: is it a log of inspect?")
    if sample.get("error") or sample.get("epoch", 1) != 1:
        return
    output = sample.get("output") or {}
    choices = output.get("choices") or [{}]
    metadata = sample.get("metadata") or {}
    options = sample.get("choices")
    yield Row(
        line=number,
        text=_text((choices[0].get("message") or {}).get("content")),
        id=str(metadata.get("id") or sample["id"]),
        options=tuple(map(str, options)) if isinstance(options, list) else (),
    )


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(
            str(p.get("text", ""))
            for p in content
            if isinstance(p, dict) and p.get("type") == "text"
        )
    return "" if content is None else str(content)
