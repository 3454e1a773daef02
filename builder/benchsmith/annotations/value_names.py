"""Names of label values and colours from files beside a data set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import DataFault

MAX_TEXT_BYTES = 16 << 20
_TABLE_ROW = re.compile(r"([0-9]+)\s+(\S+)(?:\s+[0-9]+){3,4}")
"""A row of a colour table of FreeSurfer or 3D Slicer: value, name, red, green, blue, alpha."""
_SNAP_ROW = re.compile(r'([0-9]+)(?:\s+[0-9.]+){6}\s+"([^"]+)"')
"""A row of a label description of ITK-SNAP: value, colour, visibilities, name."""


class LabelNames(NamedTuple):
    """Names by value, and what the file says by listing them."""

    names: dict[int, str]
    of_data_set: bool
    """The names are what the data set looked for; false for a table of everything that a program
    could mark, such as FreeSurferColorLUT.txt."""


def text_of(path: Path) -> str:
    """Return the text of a small UTF-8 file. Raises DataFault."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise DataFault("too-large", path, f"has {path.stat().st_size} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFault("header", path, f"is not UTF-8 text: {error.reason}") from error
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def names_in(path: Path) -> LabelNames:
    """Return the names in a text or JSON file. Raises DataFault.

    Text is `value<tab>name` lines, a colour table of FreeSurfer or 3D Slicer, or a label description
    of ITK-SNAP; the latter two have comments after ``#``. JSON is a `dataset.json` of nnU-Net v2 or of
    the Medical Segmentation Decathlon, one object `{"name": value}`, or a list of objects with `name`
    and `classid`.
    """
    if path.suffix.lower() == ".json":
        return LabelNames(_unique(_from_json(load_json(path), path), path), of_data_set=True)
    lines = [(n, line.strip()) for n, line in enumerate(text_of(path).splitlines(), start=1)]
    lines = [(n, line) for n, line in lines if line and not line.startswith("#")]
    for pattern, of_data_set in ((_TABLE_ROW, False), (_SNAP_ROW, True)):
        rows = [pattern.fullmatch(line) for _, line in lines]
        if rows and all(rows):
            pairs = ((int(row[1]), row[2]) for row in rows if row)
            found = {v: n for v, n in _unique(pairs, path).items() if v != 0}
            return LabelNames(found, of_data_set)
    return LabelNames(_unique(_tabbed(lines, path), path), of_data_set=True)


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
            raise DataFault("header", path, "is no list of objects with a name and a color")
        if len(colour) != 3 or not all(type(c) is int and 0 <= c <= 255 for c in colour):
            raise DataFault("header", path, f"the colour of {name!r} is {colour}")
        code = "#" + bytes(colour).hex()
        if found.setdefault(code, name) != name:
            raise DataFault("header", path, f"the colour {code} has two names")
    return found


def _tabbed(lines: list[tuple[int, str]], path: Path) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        value, name = (*(cell.strip() for cell in line.split("\t")), "")[:2]
        if not value.isdecimal() or not name:
            what = f"line {number} is not a value, a tab and a name: {line!r}"
            raise DataFault("header", path, what)
        yield int(value), name


def _from_json(tree: Any, path: Path) -> Iterator[tuple[int, str]]:
    """Yield values and names; 0, the background, has none.

    The `labels` of a data set are `{"1": "liver"}` or `{"liver": 1}`. Regions of nnU-Net (lists of
    values) have no names of their own.
    """
    if isinstance(tree, list):
        pairs = [
            (i.get("classid"), i.get("name")) if isinstance(i, dict) else (None, None) for i in tree
        ]
    else:
        stated = tree.get("labels", tree) if isinstance(tree, dict) else None
        if not isinstance(stated, dict):
            raise DataFault("header", path, "has no `labels`")
        pairs = [
            (int(k), v) if k.isdecimal() and isinstance(v, str) else (v, k)
            for k, v in stated.items()
        ]
    for value, name in pairs:
        if type(value) is not int or not isinstance(name, str):
            raise DataFault("header", path, f"its label {name!r} is {value!r}, not one value")
        if value != 0:
            yield value, name


def _unique(pairs: Iterator[tuple[int, str]], path: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for value, name in pairs:
        if found.setdefault(value, name) != name:
            raise DataFault("header", path, f"the value {value} has two names")
    return found
