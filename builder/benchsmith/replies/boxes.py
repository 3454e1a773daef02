r"""Answers that are marked as such: ``\boxed{}``, ``<answer>``, ``[[]]``, boxes of GLM and JSON."""

from __future__ import annotations

import ast
import json
import re

from benchsmith.replies.vocabulary import ANSWER

_BOX = re.compile(
    r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}|<answer>\s*(.*?)\s*</answer>|\[\[\s*([^\[\]]*)\]\]"
    r"|<\|begin_of_box\|>(.*?)<\|end_of_box\|>",
    re.IGNORECASE | re.DOTALL,
)

LONGEST_JSON = 8_000
"""Characters of the JSON that is read."""


def boxes(reply: str) -> list[tuple[str, str]]:
    r"""Return the contents of ``\boxed{}``, ``<answer>``, ``[[]]`` and JSON, with the text before each."""
    found, end = [], 0
    for box in _BOX.finditer(reply):
        content = next(g for g in box.groups() if g is not None)
        found.append((reply[end : box.start()], content))
        end = box.end()
    if found:
        return found
    start, last = reply.find("{"), reply.rfind("}")
    value = _parsed(reply[start : last + 1]) if 0 <= start < last < start + LONGEST_JSON else None
    if isinstance(value, dict):
        for name, inner in value.items():
            words = re.sub(r"[_\-]|(?<=[a-z])(?=[A-Z])", " ", str(name)).split()
            if words and re.fullmatch(ANSWER, words[-1], re.IGNORECASE):
                items = inner if isinstance(inner, list | tuple) else [inner]
                return [("", ", ".join(map(str, items)))]
    return []


def _parsed(text: str) -> object:
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    found = re.search(r"[\"'](\w*)[\"']\s*:\s*[\"']([^\"']{1,200})[\"']", text)
    return {found[1]: found[2]} if found else None
