"""Names of label values and colours from files beside a data set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.annotations.found_file import text_of
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import DataFault
from benchsmith.text.background_words import is_background

_TABLE_ROW = re.compile(r"([0-9]+)\s+(\S+)(?:\s+[0-9]+){3,4}")
"""A row of a colour table of FreeSurfer or 3D Slicer: value, name, red, green, blue, alpha."""
_SNAP_ROW = re.compile(r'([0-9]+)(?:\s+[0-9.]+){6}\s+"([^"]+)"')
"""A row of a label description of ITK-SNAP: value, colour, visibilities, name."""


class LabelNames(NamedTuple):
    """Names by value, and what the file implies by listing them."""

    names: dict[int, str]
    of_data_set: bool
    """The names are what the data set looked for; false for a table of everything that a program
    could mark, such as FreeSurferColorLUT.txt."""


def names_in(path: Path) -> LabelNames:
    """Return the names in a text file. Raises DataFault.

    It has `value<tab>name` lines, or is a colour table of FreeSurfer or 3D Slicer, or a label description
    of ITK-SNAP; the latter two have comments after ``#``.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text_of(path).splitlines(), start=1)]
    lines = [(n, line) for n, line in lines if line and not line.startswith("#")]
    for pattern, of_data_set in ((_TABLE_ROW, False), (_SNAP_ROW, True)):
        rows = [pattern.fullmatch(line) for _, line in lines]
        if rows and all(rows):
            pairs = ((int(row[1]), row[2]) for row in rows if row)
            return LabelNames(without_zero(_unique(pairs, path), path), of_data_set)
    found = _unique(_tabbed(lines, path), path)
    return LabelNames(without_zero(found, path), of_data_set=True)


def without_zero(names: dict[int, str], path: Path) -> dict[int, str]:
    """Return names by value without that of 0, the background.

    Raises DataFault if 0 has the name of a structure: its voxels would be lost, or all of the
    background would count as it.
    """
    if (name := names.get(0)) is not None and not is_background(name):
        what = f"its value 0 is {name!r}, and 0 is the background"
        raise DataFault("header", path, f"{what}: give it its own value, in the labels too")
    return {value: own for value, own in names.items() if value != 0}


def colours_in(path: Path) -> dict[str, str]:
    """Return names by colour, ``#rrggbb``, of a JSON list of objects with `name` and `color`.

    Raises DataFault.
    """
    tree = load_json(path)
    found: dict[str, str] = {}
    for item in tree if isinstance(tree, list) else [None]:
        name = item.get("name") if isinstance(item, dict) else None
        colour = item.get("color") if isinstance(item, dict) else None
        if not isinstance(name, str) or not name.strip() or not isinstance(colour, list):
            raise DataFault("header", path, "is not a list of objects with a name and a color")
        if len(colour) != 3 or not all(type(c) is int and 0 <= c <= 255 for c in colour):
            raise DataFault("header", path, f"the colour of {name!r} is {colour}")
        code = "#" + bytes(colour).hex()
        if found.setdefault(code, name) != name:
            raise DataFault("header", path, f"the colour {code} has two names")
    return found


def _tabbed(lines: list[tuple[int, str]], path: Path) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        value, name = (*(cell.strip() for cell in line.split("\t")), "")[:2]
        if not value.removeprefix("-").isdecimal() or not name:
            what = f"line {number} is not a value, a tab and a name: {line!r}"
            raise DataFault("header", path, what)
        yield int(value), name


def listed_in(tree: Any, path: Path) -> dict[int, str]:
    """Return the names of a JSON object `{"name": value}`, or of a list of objects with name and classid.

    0, the background, has none. Raises DataFault.
    """
    if isinstance(tree, list):
        items = [i if isinstance(i, dict) else {} for i in tree]
        pairs: list[tuple[Any, Any]] = [(i.get("classid"), i.get("name")) for i in items]
    else:
        pairs = [(value, name) for name, value in tree.items()] if isinstance(tree, dict) else []
    sound = all(type(value) is int and isinstance(name, str) for value, name in pairs)
    if not pairs or not sound:
        raise DataFault("header", path, "has no `labels`, and is not a list of names and values")
    return without_zero(_unique(((int(v), str(n)) for v, n in pairs), path), path)


def _unique(pairs: Iterator[tuple[int, str]], path: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for value, name in pairs:
        if found.setdefault(value, name) != name:
            raise DataFault("header", path, f"the value {value} has two names")
    return found
