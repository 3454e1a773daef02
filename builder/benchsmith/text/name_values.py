"""The placeholder values of many names, without a dictionary for each name."""

from __future__ import annotations

from collections.abc import Callable

from benchsmith.text import path_patterns, unicode_names

Values = tuple[str, ...]
"""The values of the placeholders of a name, in the order in which they stand there."""


def values_of(part: str) -> Callable[[str], Values | None]:
    """Return a function that gives the values of :func:`benchsmith.text.path_patterns.match_name`, in order."""
    names = path_patterns.placeholders(part)
    if path_patterns.is_easy(part) and not path_patterns.steps(part):
        fullmatch = path_patterns.expression(part).fullmatch

        def easy(name: str) -> Values | None:
            found = fullmatch(name if name.isascii() else unicode_names.composed(name))
            return None if found is None else found.groups()

        return easy

    def values(name: str) -> Values | None:
        found = path_patterns.match_name(part, name)
        return None if found is None else tuple(found[own] for own in names)

    return values
