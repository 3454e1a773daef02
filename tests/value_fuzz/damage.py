"""Damage of a file's bytes: cut, a bit flipped, bytes exchanged, doubled, lost or appended."""

from __future__ import annotations

from collections.abc import Callable

from tests.value_fuzz.chance import Chance


def _cut(data: bytes, chance: Chance) -> bytes:
    return data[: chance.whole(0, max(len(data) - 1, 0))]


def _flip(data: bytes, chance: Chance) -> bytes:
    made = bytearray(data)
    for _ in range(chance.whole(1, 3)):
        made[chance.whole(0, len(made) - 1)] ^= 1 << chance.whole(0, 7)
    return bytes(made)


def _flip_early(data: bytes, chance: Chance) -> bytes:
    """Flip a bit of the first 512 bytes, where headers are."""
    made = bytearray(data)
    made[chance.whole(0, min(len(made), 512) - 1)] ^= 1 << chance.whole(0, 7)
    return bytes(made)


def _splice(data: bytes, chance: Chance) -> bytes:
    """Copy some bytes over others."""
    size = chance.whole(1, max(len(data) // 8, 1))
    source, target = (chance.whole(0, len(data) - size) for _ in range(2))
    return data[:target] + data[source : source + size] + data[target + size :]


def _lose(data: bytes, chance: Chance) -> bytes:
    at, size = chance.whole(0, len(data) - 1), chance.whole(1, 16)
    return data[:at] + data[at + size :]


def _double(data: bytes, chance: Chance) -> bytes:
    at, size = chance.whole(0, len(data) - 1), chance.whole(1, 16)
    return data[: at + size] + data[at:]


def _extend(data: bytes, chance: Chance) -> bytes:
    return data + bytes(chance.array((chance.whole(1, 64),), 0, 255, "u1"))


DAMAGES: dict[str, Callable[[bytes, Chance], bytes]] = {
    "bytes: cut": _cut,
    "bytes: bits flipped": _flip,
    "bytes: a bit of the header flipped": _flip_early,
    "bytes: copied over others": _splice,
    "bytes: lost": _lose,
    "bytes: doubled": _double,
    "bytes: appended": _extend,
}
