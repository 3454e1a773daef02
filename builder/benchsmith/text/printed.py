"""Untrusted texts for a terminal: control sequences are shown and not executed."""

from __future__ import annotations

import re

_STEERING = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printed(text: str) -> str:
    r"""Return a text without control characters, changes of direction and halves of characters.

    They are written as in JSON; tabs and ends of lines stay.

    >>> printed("a\x1b[2J\u202eb\n")
    'a\\u001b[2J\\u202eb\n'
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
