"""Pictures that differ in only one number, such as the pages of a file, as columns."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.stages.picture_list import Pictures
from benchsmith.text import path_patterns

MOST_DIGITS = 18
"""Longer numbers are names: nobody counts so far."""


class Template(NamedTuple):
    """How the labels of pictures are named."""

    text: str
    """The path pattern of label files, or the template of the keys of rows."""
    has_label: Callable[[Mapping[str, str]], bool]
    """Whether there is a label for a picture with these values of placeholders."""


class Ends(NamedTuple):
    """The first and the last picture of each run, and its labels; the runs are in the order of pictures."""

    first: npt.NDArray[np.intp]
    """Rows of the pictures with the least number."""
    last: npt.NDArray[np.intp]
    at_first: npt.NDArray[np.bool_]
    """Whether there is a label of the first picture's number."""
    at_last: npt.NDArray[np.bool_]
    paired: npt.NDArray[np.intp]
    """Pictures with a label of their number."""
    pictures: npt.NDArray[np.intp]


class Runs:
    """The pictures of an entry by one placeholder; the pictures of a run differ, for a template, only in it."""

    def __init__(self, template: Template, name: str, pictures: Pictures) -> None:
        self.template, self.name = template, name
        self._shared = [n for n in path_patterns.placeholders(template.text) if n != name]
        self._pictures = pictures
        self._run, self._value, self._digits = array("q"), array("q"), array("B")
        self._paired, self._picture = bytearray(), array("I")

    def add(self, picture: int, fields: Mapping[str, str], value: str, *, paired: bool) -> None:
        """Add a number of a picture, of those for which `is_number` holds; `paired` if it has a label."""
        self._run.append(hash(tuple(fields.get(n, "") for n in self._shared)))
        self._value.append(int(value))
        self._digits.append(len(value))
        self._paired.append(paired)
        self._picture.append(picture)

    def value(self, row: int) -> int:
        """Return the number of a row."""
        return self._value[row]

    def has_beside(self, row: int, step: int) -> bool:
        """Return whether there is a label of the number before or after that of a row."""
        text = str(self._value[row]).zfill(self._digits[row])
        value = path_patterns.stepped(text, step)
        fields = self._pictures[self._picture[row]].fields
        return value.isdecimal() and self.template.has_label({**fields, self.name: value})

    def ends(self) -> Ends:
        """Return the ends of all runs. A number that several pictures of a run have counts once."""
        if not self._run:
            none = np.empty(0, np.intp)
            return Ends(none, none, none.astype(bool), none.astype(bool), none, none)
        run, value = np.frombuffer(self._run, np.int64), np.frombuffer(self._value, np.int64)
        digits = np.frombuffer(self._digits, np.uint8)
        paired = np.frombuffer(self._paired, np.uint8)
        order = np.lexsort((digits, value, run))
        kept = np.sort(order[_starts(run[order], value[order], digits[order])])
        order = kept[np.lexsort((value[kept], run[kept]))]
        starts = np.flatnonzero(_starts(run[order]))
        ends = np.append(starts[1:], len(order))
        # hashes differ between processes, but first occurrences do not
        turn = np.argsort(np.minimum.reduceat(order, starts))
        first, last = order[starts][turn], order[ends - 1][turn]
        sums = np.add.reduceat(paired[order].astype(np.intp), starts)[turn]
        return Ends(first, last, paired[first] > 0, paired[last] > 0, sums, (ends - starts)[turn])


def is_number(value: str) -> bool:
    """Return whether a text is a number that may count pictures, from 0."""
    return value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS


def _starts(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return the rows in which one of some sorted columns differs from the previous row."""
    differ = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.concatenate([[True], differ])
