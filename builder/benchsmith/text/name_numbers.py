"""The order of file names by their numbers, whatever their leading zeros."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[str, int], ...]:
    """Return a key that sorts names by their numbers: ``s2.png`` before ``s10.png``.

    >>> sorted(["s10.png", "s9.png", "s010b.png"], key=natural_key)
    ['s9.png', 's10.png', 's010b.png']
    """
    pieces = _DIGITS.split(name)
    numbers = [int(n) for n in pieces[1::2]] + [-1]
    return tuple(zip(pieces[::2], numbers, strict=True))


def without_numbers(name: str) -> str:
    """Return a name with each of its numbers as ``#``.

    >>> without_numbers("liver_GT_007.png")
    'liver_GT_#.png'
    """
    return _DIGITS.sub("#", name)


def steps_of(files: Sequence[Path]) -> npt.NDArray[np.object_] | None:
    """Return the differences of the only number that changes in the names of files, in their order.

    None if several numbers change, or none.
    """
    numbers = changing_numbers(files)
    if not numbers or len(numbers[0]) != 1:
        return None
    return np.diff(np.array([number for (number,) in numbers], dtype=object))


def changing_numbers(files: Sequence[Path]) -> list[tuple[int, ...]]:
    """Return, for each file, the numbers of its name that differ between the files.

    Empty if the names do not have equally many numbers. For a single file they are all its numbers.

    >>> changing_numbers([Path("IMG-4-1.png"), Path("IMG-4-2.png")])
    [(1,), (2,)]
    """
    keys = [tuple(n for _, n in natural_key(p.stem))[:-1] for p in files]
    if len({len(key) for key in keys}) != 1:
        return []
    if len(keys) == 1:
        return keys
    changing = [i for i, column in enumerate(zip(*keys, strict=True)) if len(set(column)) > 1]
    return [tuple(key[i] for i in changing) for key in keys]
