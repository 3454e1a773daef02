"""Which axes there are, and where a row has its place on one.

An axis is a file `lexicon/tree/<axis>.tsv`. Its name is the field of a target that holds the ids of
its terms, so that a new axis is a new file; two names stand for a field of another name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchsmith.core.model import PLANAR, Target
from benchsmith.documents.problems import Problems, did_you_mean

NEEDED = ("task", "department", "modality", "label", "granularity")
"""Axes that every lexicon has, in the order in which they are shown."""
DIMENSION = "dimension"
"""``2d`` for a picture that was planar from the start, ``3d`` for a plane of a volume."""
PLAIN = ("source", "split")
"""What a query may speak of beside the axes; these have no file."""
ASKED = {"granularity": "view", "split": "split"}
"""Axes that a row has only once it is asked about, and their fields."""
OF_TARGETS = frozenset(
    {DIMENSION, *(f.name for f in dataclasses.fields(Target) if f.type in (str, "str"))}
)
"""Axes that a target has before it is asked about."""


def value(row: Any, axis: str) -> str:
    """Return where a row stands on an axis; empty where its source does not say."""
    if axis == DIMENSION:
        return "2d" if row.axis == PLANAR else "3d"
    found: str = getattr(row, ASKED.get(axis, axis))
    return found


def sql(axis: str) -> str:
    """Return the same as an expression over columns that have the fields' names."""
    if axis == DIMENSION:
        return f"CASE WHEN \"axis\" = '{PLANAR}' THEN '2d' ELSE '3d' END"
    return '"' + ASKED.get(axis, axis).replace('"', '""') + '"'


def in_order(names: Iterable[str]) -> list[str]:
    """Return axes as they are shown: those that every lexicon has first, then by name."""
    there = set(names)
    first = [name for name in (*NEEDED, DIMENSION) if name in there]
    return [*first, *sorted(there - set(first))]


def files(folder: Path, problems: Problems) -> dict[str, Path]:
    """Return the axes' files, those that are needed whether they are there or not.

    A file whose name is no field of a target is a problem.
    """
    found = {name: folder / f"{name}.tsv" for name in NEEDED}
    for path in sorted(folder.glob("*.tsv")):
        if path.stem in found or "." in path.stem:  # `label.zh.tsv` has an axis' names
            continue
        if path.stem in PLAIN or path.stem not in OF_TARGETS:
            near = did_you_mean(path.stem, (OF_TARGETS - set(PLAIN)) | set(NEEDED))
            problems.add(
                path,
                1,
                f"no target has a place on an axis {path.stem!r}",
                near or "name the file for a field of a target, such as laterality",
            )
        found[path.stem] = path
    return {name: found[name] for name in in_order(found)}
