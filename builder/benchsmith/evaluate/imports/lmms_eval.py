"""lmms-eval's `*_samples_*.jsonl`: one line per question, with the dataset's row as `doc`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchsmith.evaluate.imports.matching import Row


def samples(path: Path) -> Iterator[Row]:
    """Read a file of samples. Raises ValueError for anything else."""
    split = next((s for s in ("val", "test") if f"_{s}" in path.stem.lower()), "")
    with path.open(encoding="utf-8") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                sample = json.loads(text)
            except ValueError as error:
                raise ValueError(f"line {line} is not JSON: {error}") from error
            if not isinstance(sample, dict) or "doc_id" not in sample:
                raise ValueError(f"line {line} has no doc_id: is it a file of lmms-eval?")
            known = sample.get("doc")
            doc: dict[str, Any] = known if isinstance(known, dict) else {}
            options = doc.get("options")
            try:
                place = int(sample["doc_id"])
            except (TypeError, ValueError) as error:
                raise ValueError(f"line {line}: doc_id is not a number") from error
            yield Row(
                line=line,
                text=_first(sample.get("resps", sample.get("filtered_resps"))),
                id=str(doc.get("id") or ""),
                place=place,
                split=str(doc.get("split") or split),
                question=str(doc.get("question") or ""),
                options=tuple(map(str, options)) if isinstance(options, list) else (),
            )


def _first(replies: Any) -> str:
    """Return the first reply; lmms-eval nests them by request and repeat."""
    while isinstance(replies, list):
        replies = replies[0] if replies else ""
    return "" if replies is None else str(replies)
