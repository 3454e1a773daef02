"""Match one part of a pattern whose wildcards take any text: a name is split in one walk from its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


def greedy_split(
    name: str, start: int, end: int, between: Sequence[str], least: Sequence[int]
) -> list[tuple[int, int]] | None:
    """Return where each wildcard begins and ends, of which the first takes as much as it can, then the second.

    The first begins at `start`, and the last ends at `end`; `between` are the texts between them, and `least`
    is the least length of each. None if they do not fit. Each text is taken as late as it can be, which
    leaves the most room for all those before it; so none is tried twice.

    >>> greedy_split("a_b_c_d", 0, 7, ["_", "_"], [1, 1, 1])
    [(0, 3), (4, 5), (6, 7)]
    >>> greedy_split("a__b", 0, 4, ["_", "_"], [1, 1, 1]) is None
    True
    """
    spans = []
    for number in range(len(between) - 1, -1, -1):
        text, latest = between[number], end - least[number + 1]
        place = name.rfind(text, start, latest) if latest >= start else -1
        if place < 0:
            return None
        spans.append((place + len(text), end))
        end = place
    if end - start < least[0]:
        return None
    spans.append((start, end))
    return spans[::-1]


class PlainPart(NamedTuple):
    """One part of a pattern whose wildcards have no shape, so that any text is a value."""

    names: tuple[str | None, ...]
    """Of the wildcards; None of a star."""
    first: str
    between: tuple[str, ...]
    last: re.Pattern[str]
    least: tuple[int, ...]

    def match(self, name: str) -> dict[str, str] | None:
        """Return what :func:`benchsmith.text.path_patterns.match_name` does for a name in its composed form."""
        if not name.startswith(self.first):
            return None
        # the ending may be another one of its kind, in any case
        ends = range(len(name), len(self.first) - 1, -1)
        end = next((end for end in ends if self.last.fullmatch(name, end)), None)
        if end is None:
            return None
        spans = greedy_split(name, len(self.first), end, self.between, self.least)
        if spans is None:
            return None
        return {own: name[a:b] for own, (a, b) in zip(self.names, spans, strict=True) if own}
