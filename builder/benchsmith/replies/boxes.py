r"""Answers that are marked as such: ``\boxed{}``, ``<answer>``, ``[[]]``, boxes of GLM and JSON."""

from __future__ import annotations

import ast
import json
import re

from benchsmith.replies.vocabulary import ANSWER, OTHER

_BOX = re.compile(
    r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}|<answer>\s*(.*?)\s*</answer>|\[\[\s*([^\[\]]*)\]\]"
    r"|<\|begin_of_box\|>(.*?)<\|end_of_box\|>",
    re.IGNORECASE | re.DOTALL,
)

_PUT_ASIDE = re.compile(
    rf"{OTHER}|first|initial|previous|earlier|original|old|draft", re.IGNORECASE
)
_NOT = re.compile(
    "not|non|no|never|isnt|excluded?|eliminated?|discarded?|rejected?|impossible|unlikely|ruled",
    re.IGNORECASE,
)
"""What makes a key that of an option which is no answer: `not_answer`."""
_NAMES = re.compile(
    "texts?|names?|labels?|contents?|values?|organs?|structures?|class|category|terms?|strings?|titles?|words?|meaning",
    re.IGNORECASE,
)
"""Keys beside the answer whose value is its text; another option's contradicts it."""
_LAST = re.compile("final|revised|corrected|updated|last|new", re.IGNORECASE)
_TAGS = tuple(
    (re.compile(re.escape(opens), re.IGNORECASE), re.compile(re.escape(closes), re.IGNORECASE))
    for opens, closes in (("<answer>", "</answer>"), ("<|begin_of_box|>", "<|end_of_box|>"))
)
_ANSWER_OPENS = re.compile(r"<answer>|<\|begin_of_box\|>", re.IGNORECASE)
MOST_ANSWERS, LEADING = 100, 50
"""Boxes of a reply that are read; of more, so many of the first and of the last."""
LONGEST_JSON = 8_000
"""Characters of the JSON that is read."""


def boxes(reply: str) -> tuple[list[tuple[str, str]], str, list[str]]:
    r"""Return the contents of ``\boxed{}``, ``<answer>``, ``[[]]`` and JSON, with the text before each.

    The text behind the last one comes too, and the texts that JSON gives beside its answer. Of the answers in
    JSON, those that call themselves final count, and those of others or the first ones do not.
    """
    found, end = [], 0
    for marked in _BOX.finditer(_closable(reply)):
        content = next(g for g in marked.groups() if g is not None)
        content = _ANSWER_OPENS.split(content)[-1]  # a tag that opens twice and closes once
        found.append((reply[end : marked.start()], content))
        end = marked.end()
    if found:
        return _fewer(found), reply[end:], []
    start, last = reply.find("{"), reply.rfind("}")
    text = reply[start : last + 1] if 0 <= start < last < start + LONGEST_JSON else ""
    answers, final, denied, beside = [], [], False, []
    for before, name, inner in _pairs(text):
        words = re.sub(r"[_\-]|(?<=[a-z])(?=[A-Z])", " ", name).split()
        items = inner if isinstance(inner, list | tuple) else [inner]
        content = ", ".join(map(str, items))
        aside = any(_PUT_ASIDE.fullmatch(word) or _NOT.fullmatch(word) for word in words)
        if words and re.fullmatch(ANSWER, words[-1], re.IGNORECASE):
            box = (before, content)
            if not aside:
                answers.append(box)
            denied = denied or any(_NOT.fullmatch(word) for word in words)
            if any(_LAST.fullmatch(word) for word in words):
                final.append(box)
        elif words and _NAMES.fullmatch(words[-1]) and not aside:
            beside.append(content)
    if denied and not answers and not re.search(r"\w", reply[:start] + reply[last + 1 :]):
        answers = [("", "")]  # nothing but what is no answer
    return final or answers, reply[last + 1 :], beside


def _closable(reply: str) -> str:
    """Return a reply in which no tag opens behind the last that closes: the rest would be read for each of them."""
    for opens, closes in _TAGS:
        end = max((m.end() for m in closes.finditer(reply)), default=0)
        reply = reply[:end] + opens.sub(lambda m: " " * len(m[0]), reply[end:])
    return reply


def _fewer(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the first boxes and the last ones of many, as a model in a loop writes them."""
    return found if len(found) <= MOST_ANSWERS else [*found[:LEADING], *found[-LEADING:]]


def _pairs(text: str) -> list[tuple[str, str, object]]:
    """Return names and values of a JSON object, or of what only looks like one or several."""
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return [("", str(k), v) for k, v in value.items()] if isinstance(value, dict) else []
    found: list[tuple[str, str, object]] = []
    end = 0
    for pair in re.finditer(r"[\"'](\w*)[\"']\s*:\s*[\"']([^\"']{1,200})[\"']", text):
        found.append((text[end : pair.start()], pair[1], pair[2]))
        end = pair.end()
    return found
