"""Random order from hashes of names, without a random number generator.

A random order is the order of the items' hashes. It therefore depends neither on the order of the
input nor on the number of workers or a library's version. Adding an item moves no other item, and
a smaller draw is a subset of a larger one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from math import log
from typing import TypeVar

T = TypeVar("T")
RANK_SPAN = 1 << 64
"""How many ranks there are."""


def rank(seed: int, *key: str) -> int:
    """Return a 64-bit integer that depends only on the seed and the names.

    BLAKE2b over the seed and each name with its length in front, so that ("ab", "c") and
    ("a", "bc") differ.

    >>> rank(1, "a") == rank(1, "a"), rank(1, "ab", "c") == rank(1, "a", "bc")
    (True, False)
    """
    digest = blake2b(str(seed).encode(), digest_size=8)
    for part in key:
        data = part.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return int.from_bytes(digest.digest(), "big")


def ranks(seed: int, context: Iterable[str], names: Iterable[str]) -> bytes:
    """Return the ranks of many names in one context, 8 bytes each, most significant byte first.

    >>> ranks(1, ("a",), ["b", "c"])[8:] == rank(1, "a", "c").to_bytes(8, "big")
    True
    """
    prefix = blake2b(str(seed).encode(), digest_size=8)
    for part in context:
        data = part.encode()
        prefix.update(b"%d:%b" % (len(data), data))
    found = []
    for name in names:
        data = name.encode()
        digest = prefix.copy()
        digest.update(b"%d:%b" % (len(data), data))
        found.append(digest.digest())
    return b"".join(found)


def order(items: Iterable[T], seed: int, *context: str, name: Callable[[T], str]) -> list[T]:
    """Return `items` in random order. Names must be distinct.

    >>> sorted(order("abc", 7, name=str))
    ['a', 'b', 'c']
    """
    return sorted(items, key=lambda item: (rank(seed, *context, name(item)), name(item)))


def dealt(number: int, size: int, seed: int, *context: str) -> int:
    """Return the place, 0 to `size` - 1, of the `number`-th of many items, dealt like cards.

    Each place occurs once among every `size` consecutive items. The context's names choose the
    deal.

    >>> [sorted(dealt(n, 3, 7, "key") for n in hand) for hand in (range(3), range(3, 6))]
    [[0, 1, 2], [0, 1, 2]]
    """
    hand, card = divmod(number, size)
    return order(range(size), seed, *context, str(hand), name=str)[card]


def randint(seed: int, low: int, high: int, *key: str) -> int:
    """Return a uniformly distributed integer n with ``low <= n <= high``.

    Raises ValueError for an empty range.

    >>> {randint(1, 3, 4, str(i)) for i in range(99)}
    {3, 4}
    """
    if high < low:
        raise ValueError(f"empty range {low}..{high}")
    return low + rank(seed, *key) % (high - low + 1)


def draw(weights: Mapping[str, float], count: int, seed: int, *context: str) -> list[str]:
    """Draw up to `count` names without replacement, with probability proportional to weight.

    Exponential clocks (Efraimidis and Spirakis 2006): names are drawn in ascending order of
    ``-ln(u) / weight``, with u in (0, 1) from the name's rank. Names of weight 0 are never drawn.

    >>> len(draw({"a": 1, "b": 9, "c": 0}, 3, 5))
    2
    """

    def clock(name: str) -> float:
        u = (rank(seed, *context, name) + 0.5) / RANK_SPAN
        return -log(u) / weights[name]

    return sorted((n for n in weights if weights[n] > 0), key=lambda n: (clock(n), n))[:count]


def public_id(seed: int, name: str) -> str:
    """Return the id under which a content name, or an id with one, is published.

    Do not pass a name that can be guessed: anyone who knows the seed could confirm the guess.

    >>> len(public_id(1, "source/9f86d081884c7d65#label@z3:box"))
    16
    """
    return f"{rank(seed, 'public id', name):016x}"
