"""Draw wrong options of which none is related to or confusable with another.

If two options cannot both be false, or name one thing twice, a reader can rule options out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from benchsmith.core.random_order import draw

Apart = Callable[[str, str], bool]
"""Whether two labels must not be in one list of options; symmetric."""


def draw_unrelated(
    weights: Mapping[str, float], count: int, apart: Apart, seed: int, *context: str
) -> list[str]:
    """Draw up to `count` names in proportion to weight, each unrelated to all others drawn.

    A name that is related to an earlier one is skipped. If that leaves fewer than `count`,
    names with few relations come first, which may leave more. The result of a pool without
    relations is that of :func:`benchsmith.core.random_order.draw`.
    """
    names = draw(weights, len(weights), seed, *context)
    found = _first(names, count, apart)
    if len(found) == count:
        return found
    return max(found, _first(_by_relations(names, apart), count, apart), key=len)


def most_unrelated(names: Iterable[str], apart: Apart) -> int:
    """Return the least number of names that :func:`draw_unrelated` finds among some of equal weight."""
    listed = sorted(names)
    return len(_first(_by_relations(listed, apart), len(listed), apart))


def _first(names: Iterable[str], count: int, apart: Apart) -> list[str]:
    found: list[str] = []
    for name in names:
        if len(found) == count:
            break
        if not any(apart(name, other) for other in found):
            found.append(name)
    return found


def _by_relations(names: list[str], apart: Apart) -> list[str]:
    """Return names with the fewest relations first; others keep their order."""
    relations = {n: sum(apart(n, other) for other in names if other != n) for n in names}
    return sorted(names, key=lambda name: relations[name])
