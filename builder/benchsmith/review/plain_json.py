"""JSON from an unknown client, read only if it can be stored as UTF-8 and written as JSON again."""

from __future__ import annotations

import json
from typing import Any

MAX_DEPTH = 32
"""Objects and lists within each other; the pages send three, Label Studio ten."""


def parse(data: bytes) -> Any:
    r"""Return the value of a JSON text. Raises ValueError, whose message says what is wrong.

    >>> parse(b'{"note": "caf\\u00e9"}')
    {'note': 'café'}
    >>> parse(b'{"note": "\\ud800"}')
    Traceback (most recent call last):
    ...
    ValueError: half a character: a lone surrogate
    """
    try:
        found = json.loads(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("too many levels") from None
    if _depth(found) > MAX_DEPTH:
        raise ValueError("too many levels")
    try:
        # refuses NaN and infinite numbers, which are not JSON
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("half a character: a lone surrogate") from None
    except ValueError:
        raise ValueError("a number that is not finite") from None
    return found


def _depth(value: Any) -> int:
    """Return how many objects and lists lie within each other, without recursion."""
    level, depth = [value], 0
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [v for each in level for v in (each.values() if isinstance(each, dict) else each)]
    return depth
