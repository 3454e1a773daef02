"""The differences between the inputs of two builds, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchsmith.tables.facts import Facts

MAX_CHARACTERS = 60
"""Characters of a value that are shown."""


def changed_facts(new: Facts, old: Facts) -> Iterator[tuple[str, str]]:
    """Yield each fact that changed, sorted by its place, with how it changed.

    >>> list(changed_facts({"a.yaml: seed": 2}, {"a.yaml: seed": 1}))
    [('a.yaml: seed', 'is 2; it was 1')]
    """
    new = json.loads(json.dumps(dict(new), default=str))  # `old` was read from JSON
    for fact in sorted(new.keys() | old.keys()):
        # a digest of verdicts explains nothing
        if fact == "verdicts":
            continue
        if fact not in old:
            yield fact, f"is new: {_shown(new[fact])}"
        elif fact not in new:
            yield fact, f"was removed; it was {_shown(old[fact])}"
        elif new[fact] != old[fact]:
            yield fact, f"is {_shown(new[fact])}; it was {_shown(old[fact])}"


def _shown(value: Any) -> str:
    """Return a value as text, shortened to `MAX_CHARACTERS`."""
    if isinstance(value, Mapping):
        value = [f"{key} {_shown(one)}" for key, one in value.items() if one not in ("", None)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ", ".join(_shown(one) for one in value if one not in ("", None))
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    text = text or "nothing"
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}..."
