"""The names of a label volume's values: from the recipe, or from a file beside the volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.annotations import name_tables
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.made_labels import MadeOf, made_of
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import DataFault, Request
from benchsmith.documents.labels import Volume

IGNORE = "ignore"
"""Label of nnU-Net's `dataset.json` for voxels in which nothing was looked for."""


class ValueNames(NamedTuple):
    """What the values of a label volume mean."""

    names: Mapping[int, str]
    """Names of values; also of those that are only a part of a made label."""
    made: MadeOf
    ignore: Sequence[int]
    """Values of voxels in which nothing was looked for."""
    of_data_set: bool = True
    """The names are what the data set looked for; false for a table of everything that a program
    could mark, such as FreeSurferColorLUT.txt."""


class _Stated(NamedTuple):
    """What a file states."""

    names: dict[int, str]
    regions: Mapping[str, Sequence[int]] = {}
    """Values of each label that has several."""
    ignore: Sequence[int] = ()
    of_data_set: bool = True


def of(labels: Volume, request: Request) -> ValueNames:
    """Return what the values of an entry's volumes mean. Raises DataFault."""
    stated = _Stated(dict(labels.names or {}))
    if labels.names_file is not None:
        stated = _of_file(one_file(labels.names_file, request))
    parts = [p for each in labels.made.values() for p in each if isinstance(p, int)]
    parts += [value for values in stated.regions.values() for value in values]
    hidden: dict[int | str, str] = {
        v: f"value {v}" for v in sorted(set(parts)) if v not in stated.names
    }
    made = made_of(labels, hidden, lambda p: stated.names[p] if isinstance(p, int) else p)
    names = stated.names | {int(v): name for v, name in hidden.items()}
    regions = {name: [names[v] for v in values] for name, values in stated.regions.items()}
    return ValueNames(
        names,
        replace(made, union={**regions, **made.union}),
        sorted({*labels.ignore, *stated.ignore}),
        stated.of_data_set,
    )


def names_in(path: Path) -> dict[int, str]:
    """Return the names of the single values that a text file or a `dataset.json` states.

    Raises DataFault for a file that cannot be read.
    """
    return _of_file(path).names


def _of_file(path: Path) -> _Stated:
    """Read values and names from a text file or JSON. Raises DataFault."""
    if path.suffix.lower() == ".json":
        return _of_dataset(path)
    found = name_tables.names_in(path)
    return _Stated(found.names, of_data_set=found.of_data_set)


def _of_dataset(path: Path) -> _Stated:
    """Read `labels` of a Medical Segmentation Decathlon or nnU-Net v2 `dataset.json`.

    The first has `{"1": "liver"}`, the second `{"liver": 1}`. In nnU-Net a region is a list of values
    (`{"whole_tumor": [1, 2, 3]}`), and `ignore` is the value of voxels that nobody looked at. Raises
    DataFault.
    """
    tree = load_json(path)
    stated = tree.get("labels") if isinstance(tree, dict) else None
    if not isinstance(stated, dict):
        return _Stated(name_tables.listed_in(tree, path))
    names: dict[int, str] = {}
    regions: dict[str, list[int]] = {}
    ignore: list[int] = []
    for key, value in stated.items():
        if key.removeprefix("-").isdecimal() and isinstance(value, str):
            _name(names, int(key), value, path)
        elif isinstance(value, list) and value and all(type(v) is int for v in value):
            if len(set(value)) > 1:
                regions[key] = value
            else:
                _name(names, value[0], key, path)
        elif type(value) is not int:
            raise DataFault("header", path, f"its label {key!r} is {value!r}, not one value")
        elif key == IGNORE:
            ignore.append(value)
        else:
            _name(names, value, key, path)
    if used := sorted(set(ignore) & {v for values in (names, *regions.values()) for v in values}):
        raise DataFault("header", path, f"the value {used[0]} is both a label and in `ignore`")
    names = name_tables.without_zero(names, path)
    if zero := sorted(name for name, values in regions.items() if 0 in values):
        raise DataFault("header", path, f"its label {zero[0]!r} has the value 0, the background")
    return _Stated(names, regions, ignore)


def _name(names: dict[int, str], value: int, name: Any, path: Path) -> None:
    if value in names:
        raise DataFault("header", path, f"the value {value} has two names")
    names[value] = name
