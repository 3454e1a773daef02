"""Marks that their file takes back, denies or doubts, in a field or an attribute beside the label."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

REASON: Final = "mark-doubted"
AGAINST = frozenset(
    {
        "deleted", "deletedat", "removed", "discarded", "rejected", "excluded", "disabled", "invalid", "ignored", "incorrect",
        "obsolete", "cancelled", "negated", "negation", "negative", "absent", "ruledout", "uncertain", "unsure", "notsure",
        "doubt", "doubtful", "ambiguous", "unclear", "questionable", "equivocal", "indeterminate", "suspected", "possible",
        "probable", "tentative", "uncertainty",
    }
)  # fmt: skip
"""Fields that say so if they are set, and values of `STATES`: letters in lower case, without `is`."""
FOR = frozenset({"valid", "certain", "sure", "present", "approved", "accepted"})
"""Fields that say so if they are false."""
STATES = frozenset(
    {"status", "state", "certainty", "presence", "polarity", "assertion", "existence", "validity"}
)
"""Fields whose value says so."""
NESTED = frozenset({"attributes", "flags", "extra", "properties"})
"""Fields that hold others, by their names."""
UNSET = frozenset({"", "0", "0.0", "false", "no", "n", "f", "off", "none", "null", "na", "n/a", "nan", "low"})  # fmt: skip
FALSE = frozenset({"0", "0.0", "false", "no", "n", "f", "off"})
WEAK = frozenset({"low", "none", "unknown", "notpresent", "notcertain"})
"""Values of `STATES` that say so, beside those of `AGAINST` and `FALSE`."""


def stated(fields: Mapping[str, object], used: Collection[str | None] = ()) -> str:
    """Return which field takes a mark back, denies or doubts it, with its value; empty if none does.

    A value of such a field that is not understood counts as a doubt. `used` are fields that the recipe reads.

    >>> stated({"deleted": True}), stated({"deleted": 0}), stated({"attributes": {"isNegated": "yes"}})
    ('deleted True', '', 'isNegated yes')
    >>> stated({"Status": "rejected"}), stated({"is_valid": False}), stated({"occluded": True})
    ('Status rejected', 'is_valid False', '')
    """
    for name, value in with_attributes(fields):
        if name not in used and _says_so(_letters(name), value):
            return f"{name} {str(value)[:60]}"
    return ""


def why(raw: str, said: str) -> str:
    """Return the detail of a mark that its file takes back, denies or doubts."""
    return f"{raw}: its file says {said}; set `doubted: true` if such marks are to be taken"


def with_attributes(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield name and value of each field, and of those in `attributes` and the like."""
    for name, value in fields.items():
        if name.lower() in NESTED and isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value


def _letters(text: str) -> str:
    """Return the letters of a name or value in lower case, without `is`: `is_deleted` is `deleted`."""
    return re.sub(r"[\W\d_]+", "", text.lower()).removeprefix("is")


def _says_so(name: str, value: object) -> bool:
    words = [str(one).strip().lower() for one in _values(value)]
    if name in AGAINST:
        return any(word not in UNSET for word in words)
    if name in FOR:
        return any(word in FALSE for word in words)
    against = AGAINST | WEAK
    return name in STATES and any(word in FALSE or _letters(word) in against for word in words)


def _values(value: object) -> list[object]:
    """Return the values of a field; of boxes to tick, those that are ticked."""
    if isinstance(value, dict):
        return [name for name, on in value.items() if on]
    return list(value) if isinstance(value, list) else ["" if value is None else value]
