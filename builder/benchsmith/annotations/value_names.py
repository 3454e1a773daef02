"""Names of the values of a label volume, from a text file or a `dataset.json`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchsmith.annotations.strict_documents import load_json
from benchsmith.annotations.text_files import text_of
from benchsmith.core.contracts import DataFault

IGNORE = "ignore"
"""The name that nnU-Net v2 reserves for the value of what was not annotated."""


class ValueNames(NamedTuple):
    """What the values of a label volume mean."""

    names: Mapping[int, str]
    """Of the values that are labels."""
    ignored: frozenset[int] = frozenset()
    """Values of voxels that were not annotated."""


def of_file(path: Path) -> ValueNames:
    """Read values and names from a text file or a `dataset.json`. Raises DataFault."""
    if path.suffix.lower() == ".json":
        return _from_dataset(path)
    names: dict[int, str] = {}
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if not line.strip():
            continue
        value, name = (*(cell.strip() for cell in line.strip().split("\t")), "")[:2]
        if not value.isdecimal() or not name:
            raise DataFault(
                "header", path, f"line {number} is not a value, a tab and a name: {line!r}"
            )
        if names.setdefault(int(value), name) != name:
            raise DataFault("header", path, f"the value {value} has two names")
    return ValueNames(names)


def _from_dataset(path: Path) -> ValueNames:
    """Read `labels` of a Medical Segmentation Decathlon or nnU-Net v2 `dataset.json`.

    The first has `{"1": "liver"}`, the second `{"liver": 1}`; in the second `ignore` marks what was
    not annotated. Raises DataFault for regions of nnU-Net (lists of values), whose labels have no names
    of their own.
    """
    tree = load_json(path)
    stated = tree.get("labels") if isinstance(tree, dict) else None
    if not isinstance(stated, dict):
        raise DataFault("header", path, "has no `labels`")
    names: dict[int, str] = {}
    ignored: set[int] = set()
    for key, value in stated.items():
        pair = (int(key), value) if key.isdecimal() and isinstance(value, str) else (value, key)
        if type(pair[0]) is not int:
            raise DataFault("header", path, f"its label {key!r} is {value!r}, not one value")
        if pair[0] in names:
            raise DataFault("header", path, f"the value {pair[0]} has two names")
        names[pair[0]] = pair[1]
        if pair == (value, IGNORE):
            ignored.add(pair[0])
    labels = {value: name for value, name in names.items() if value != 0 and value not in ignored}
    return ValueNames(labels, frozenset(ignored))
