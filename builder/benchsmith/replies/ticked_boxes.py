"""Write lists of ticked and empty boxes as one option a line, with its tick or cross behind it."""

from __future__ import annotations

import re

_TICKS = "✓✔✅☑🗹🗸"
_CROSSES = "✗✘❌✕✖❎"
_EMPTY = "☐□⬜◻▢🔲"
_CROSSED_BOX = "☒"
_BOX_MARK = re.compile(
    rf"(?P<sign>[{_TICKS}{_CROSSES}{_EMPTY}{_CROSSED_BOX}])\ufe0f?|(?P<box>\[\s{{0,3}}[xX✓✔✅]?\s{{0,3}}\]|\(\s{{0,3}}[xX✓✔✅]?\s{{0,3}}\))"
)
_BEFORE_BOX = re.compile(r"[\s\-*+•>|]*(?:\d{1,2}[.)]\s*)?$")
"""What may stand before the first box of a line."""
MOST_BOXES = 40
"""Boxes of a list."""
LONGEST_ITEM = 80


def in_lines(reply: str) -> str:
    r"""Return a reply in which each box of a list stands behind its option; other replies are unchanged.

    >>> in_lines("☐ A ☑ B").split("\n"), in_lines("A ☐ B ☑").split("\n"), in_lines("✓ B")
    (['A ✗', 'B ✓'], ['A ✗', 'B ✓'], '✓ B')
    """
    marks = [m for _, m in zip(range(MOST_BOXES + 1), _BOX_MARK.finditer(reply), strict=False)]
    kinds = [_kind(m) for m in marks]
    if not 1 < len(marks) <= MOST_BOXES or set(kinds) <= {"box"}:
        return reply
    # a crossed box is a ticked one of a form, unless ticks stand beside it
    crossed = "no" if "yes" in kinds or "empty" not in kinds else "yes"
    lines: list[str] = []
    for line in reply.split("\n"):
        found = list(_BOX_MARK.finditer(line))
        items = _items(line, found) if found else [line]
        if items is None:
            return reply
        if not found:
            lines.append(line)
        for mark, item in zip(found, items, strict=False):
            ticked = {"yes": True, "box": crossed == "yes"}.get(_kind(mark), False)
            lines.append(f"{item} {'✓' if ticked else '✗'}")
    return "\n".join(lines)


def _kind(mark: re.Match[str]) -> str:
    sign = mark["sign"] or mark["box"].strip("[]() \t\n") or _EMPTY[0]
    if sign in _TICKS:
        return "yes"
    if sign in _CROSSED_BOX + "xX":
        return "box"
    return "empty" if sign in _EMPTY else "no"


def _items(line: str, marks: list[re.Match[str]]) -> list[str] | None:
    """Return the text of each box of a line, behind it or before it; None if they are no list."""
    head, tail = line[: marks[0].start()], line[marks[-1].end() :]
    ends = [m.start() for m in marks[1:]]
    if _BEFORE_BOX.fullmatch(head):
        texts = [line[m.end() : e] for m, e in zip(marks, [*ends, len(line)], strict=True)]
    elif not re.search(r"\w", tail):
        texts = [line[s : m.start()] for m, s in zip(marks, [0, *(m.end() for m in marks)], strict=False)]  # fmt: skip
    else:
        return None
    items = [text.strip(" \t,;|") for text in texts]
    whole = all(re.search(r"\w", item) and len(item) <= LONGEST_ITEM for item in items)
    return items if whole else None
