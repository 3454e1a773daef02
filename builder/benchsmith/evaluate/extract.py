"""The reader of replies and its outcomes, for evaluation; exports carry the same reader."""

from __future__ import annotations

from benchsmith.replies.reader import (
    ABSTAINED,
    CUT,
    EMPTY,
    LETTER,
    MARKED,
    MENTION,
    PICKED,
    REFUSED,
    TEXT,
    UNCLEAR,
    Extracted,
    extract,
)

__all__ = [
    "ABSTAINED",
    "CUT",
    "EMPTY",
    "LETTER",
    "MARKED",
    "MENTION",
    "PICKED",
    "REFUSED",
    "TEXT",
    "UNCLEAR",
    "Extracted",
    "extract",
]
