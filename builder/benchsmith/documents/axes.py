"""The axes of the tree, and the value of a row on each.

An axis is a file `lexicon/tree/<axis>.tsv`. It is named for the field of a target that holds its
ids, so that a new axis is a new file. The exceptions are `dimension`, which is computed, and
`granularity` and `skill`, on which only questions have a value; a question's granularity is its
field `view`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchsmith.core.model import PLANAR, Target
from benchsmith.documents import shipped
from benchsmith.documents.problems import Problems, did_you_mean

REQUIRED = ("task", "department", "modality", "label", "granularity")
"""Axes that every lexicon has, in display order."""
DIMENSION = "dimension"
"""The axis that is ``2d`` for pictures that are planar in the source, ``3d`` for planes of a volume."""
FIELDS_WITHOUT_FILE = ("source", "split")
"""Fields that a query may name beside the axes; they have no file."""
QUESTION_FIELDS = {"granularity": "view", "split": "split", "skill": "skill"}
"""Axes on which only questions have a value, with the name of the field."""
OF_TARGETS = frozenset(
    {DIMENSION, *(f.name for f in dataclasses.fields(Target) if f.type in (str, "str"))}
)
"""Axes on which a target has a value before questions are asked."""


def value(row: Any, axis: str) -> str:
    """Return a row's id on an axis; empty if the source does not state it."""
    if axis == DIMENSION:
        return "2d" if row.axis == PLANAR else "3d"
    found: str = getattr(row, QUESTION_FIELDS.get(axis, axis))
    return found


def sql(axis: str) -> str:
    """Return :func:`value` as an SQL expression over columns named like the fields.

    The dimension is null for a row that does not state its plane, as in a hidden split.
    """
    if axis == DIMENSION:
        return f"CASE WHEN \"axis\" = '{PLANAR}' THEN '2d' WHEN \"axis\" <> '' THEN '3d' END"
    return '"' + QUESTION_FIELDS.get(axis, axis).replace('"', '""') + '"'


def in_order(names: Iterable[str]) -> list[str]:
    """Return axes in display order: the required ones first, the others by name."""
    there = set(names)
    first = [name for name in (*REQUIRED, DIMENSION) if name in there]
    return [*first, *sorted(there - set(first))]


def files(folder: Path, problems: Problems) -> dict[str, Path]:
    """Return the axes' files by axis, required ones even if they are missing.

    A file whose name is not a field of a target is added to `problems`.
    """
    found = {name: folder / f"{name}.tsv" for name in REQUIRED}
    for shown in shipped.files(folder, "*.tsv", problems.home):
        path = folder / shown.name
        if path.stem in found or "." in path.stem:  # `label.zh.tsv` has names of an axis in Chinese
            continue
        if path.stem in FIELDS_WITHOUT_FILE or path.stem not in OF_TARGETS | QUESTION_FIELDS.keys():
            near = did_you_mean(path.stem, (OF_TARGETS - set(FIELDS_WITHOUT_FILE)) | set(REQUIRED))
            problems.add(
                path,
                1,
                f"targets have no field {path.stem!r}",
                near or "name the file after a field of a target, such as laterality",
            )
        found[path.stem] = path
    return {name: found[name] for name in in_order(found)}
