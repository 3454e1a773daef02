"""Random order from names.

There is no random number generator here. A draw is the order of hashes of names, so it does not
depend on the order of the input, on the number of workers or on a library's version; adding an
item moves no other, and a smaller draw is part of a larger one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from math import log
from typing import TypeVar

T = TypeVar("T")
SPAN = 1 << 64


def rank(seed: int, *key: str) -> int:
    """Return a 64-bit number that depends on nothing but the seed and the names.

    Each part is written with its length before it, so that ("ab", "c") and ("a", "bc") differ.

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
    """Return the ranks of many names in one context, 8 bytes each, the highest first.

    >>> ranks(1, ("a",), ["b", "c"])[8:] == rank(1, "a", "c").to_bytes(8, "big")
    True
    """
    begun = blake2b(str(seed).encode(), digest_size=8)
    for part in context:
        data = part.encode()
        begun.update(b"%d:%b" % (len(data), data))
    found = []
    for name in names:
        data = name.encode()
        digest = begun.copy()
        digest.update(b"%d:%b" % (len(data), data))
        found.append(digest.digest())
    return b"".join(found)


def order(items: Iterable[T], seed: int, *context: str, name: Callable[[T], str]) -> list[T]:
    """Return `items` in random order; equal names are an error of the caller.

    >>> sorted(order("abc", 7, name=str))
    ['a', 'b', 'c']
    """
    return sorted(items, key=lambda item: (rank(seed, *context, name(item)), name(item)))


def randint(seed: int, low: int, high: int, *key: str) -> int:
    """Return an integer with ``low <= n <= high``, both ends included, evenly.

    Raises ValueError for an empty range.

    >>> {randint(1, 3, 4, str(i)) for i in range(99)}
    {3, 4}
    """
    if high < low:
        raise ValueError(f"empty range {low}..{high}")
    return low + rank(seed, *key) % (high - low + 1)


def draw(weights: Mapping[str, float], count: int, seed: int, *context: str) -> list[str]:
    """Draw `count` names without replacement, each in proportion to its weight.

    Exponential clocks: the name whose clock ``-ln(u) / weight`` rings first is drawn first
    (Efraimidis and Spirakis 2006), with u from the name's rank. Names of no weight are never
    drawn; fewer names than `count` come back when there are fewer.

    >>> len(draw({"a": 1, "b": 9, "c": 0}, 3, 5))
    2
    """

    def clock(name: str) -> float:
        u = (rank(seed, *context, name) + 0.5) / SPAN
        return -log(u) / weights[name]

    return sorted((n for n in weights if weights[n] > 0), key=lambda n: (clock(n), n))[:count]


def public_id(seed: int, name: str) -> str:
    """Return the id under which a name is published: names of files may say more than they should.

    >>> len(public_id(1, "source/key#label@z3:box"))
    16
    """
    return f"{rank(seed, 'public id', name):016x}"
