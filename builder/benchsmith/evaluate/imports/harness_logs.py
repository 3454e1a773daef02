"""Samples of lmms-eval and lm-evaluation-harness: JSON Lines with one question each.

Our task files have lmms-eval log the case's id; lm-evaluation-harness logs the data set's row as `doc`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith.evaluate.imports.matching import Row


def is_sample(value: Mapping[str, Any]) -> bool:
    """Return whether a line is a harness's sample."""
    return "doc_id" in value and ("filtered_resps" in value or "resps" in value)


def row(line: int, sample: Mapping[str, Any]) -> Row:
    """Return a sample as a row. If a question has several replies, the first counts."""
    known = sample.get("doc")
    doc: Mapping[str, Any] = known if isinstance(known, dict) else {}
    options = doc.get("options")
    asked = doc.get("question") or sample.get("input") or _prompt(sample.get("arguments"))
    return Row(
        line=line,
        text=_first(sample.get("resps", sample.get("filtered_resps"))),
        id=str(sample.get("id") or doc.get("id") or ""),
        question=str(asked or ""),
        options=tuple(map(str, options)) if isinstance(options, list) else (),
    )


def _first(value: Any) -> str:
    """Return the first reply; they are nested by request and repeat."""
    while isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None else str(value)


def _prompt(value: Any) -> str:
    """Return the prompt in the arguments of a request."""
    while isinstance(value, list | dict):
        inner = list(value.values()) if isinstance(value, dict) else value
        value = inner[0] if inner else ""
    return str(value or "")
