"""The order that numbers in file names state, whatever zeros they begin with."""

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

    None if several numbers change, or none does.
    """
    keys = [[number for _, number in natural_key(p.stem)] for p in files]
    if len({len(key) for key in keys}) != 1:
        return None
    columns = [list(column) for column in zip(*keys, strict=True) if len(set(column)) > 1]
    return np.diff(np.array(columns[0], dtype=object)) if len(columns) == 1 else None
