"""The content of a question, independent of its id: the digest of its stem, options and picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b

NUMBERS = 10**15
"""More digits would be lost where a spreadsheet stores a number."""


def content(question: str, options: Sequence[str], picture: bytes) -> str:
    """Return the digest of a question, its options and its picture."""
    digest = blake2b(json.dumps([question, *options]).encode(), digest_size=12)
    digest.update(picture)
    return digest.hexdigest()


def number(digest: str) -> int:
    """Return a digest as a number of at most 15 digits, for tools that need numbers as ids.

    >>> number("0000000000000000000000ff")
    255
    """
    return int(digest, 16) % NUMBERS
