"""YOLO text files: boxes, polygons, poses and oriented boxes in shares of the picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from benchsmith.annotations.found_file import one_file, text_of
from benchsmith.annotations.polygon_checks import crosses_itself, is_rectangle
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents import yaml
from benchsmith.documents.labels import Yolo
from benchsmith.text.plain_numbers import plain_number

BOX, OBB_CORNERS = 4, 8
"""Numbers of a box, and of the four corners of an oriented box."""
ROUNDING = 0.01
"""Shares may leave 0 to 1 by this much: writers round."""
EDGE_MARGIN = 0.02
"""A box may leave the picture by this share of its sides: what leaves it by more has other numbers."""
BOX_MARGIN = 0.1
"""A box before keypoints may leave the picture by this share of its sides."""
KEYPOINT_MARGIN = 0.25
"""Keypoints may lie this share of the box's sides outside it."""
NUMBERED = re.compile(r"([0-9]{1,4})(?:\s*[:.)=,;]\s*|\s+)([^\W\d].*)")
"""A line that begins with a number, and goes on with a name."""
VISIBILITIES = (0.0, 1.0, 2.0)


class _Row(NamedTuple):
    """The content of one row: a box, or the corners of a polygon, in shares; or a fault."""

    box: Sequence[float] = ()
    """x, y, width, height, the centre first."""
    corners: Sequence[float] = ()
    fault: str = ""


def read(labels: Yolo, request: Request) -> Annotations:
    """Read the objects of one picture, a class and its numbers in each row.

    An empty file means that nothing was found; so does a missing one with `without_file: nothing`.
    Otherwise a missing file leaves every label unknown, because it may not have been copied. A name
    that differs in case does the same. Raises DataFault.
    """
    if labels.names is not None:
        names = labels.names
    else:
        assert labels.names_file is not None
        names = names_in(one_file(labels.names_file, request))
    found = request.find(labels.file)
    if len(found) > 1:
        raise DataFault("file-missing", labels.file, f"means {len(found)} files")
    marks = PictureMarks(request)
    if not found:
        if near := request.missed(labels.file):
            marks.fault(near[0][0], labels.file, near[0][1])
            return marks.all(frozenset())
        if labels.without_file == "unknown":
            what = (
                "there is no file; set `without_file: nothing` if this means that nothing was found"
            )
            marks.fault("not-looked-for", labels.file, what)
            return marks.all(frozenset())
        marks.fault("empty-structure", labels.file, "there is no file: nothing is marked")
        return marks.all(frozenset(names.values()))
    path = found[0][0]
    height, width = request.image.voxels.shape[1:3]
    shown = request.show(path)
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if not line.strip():
            continue
        at = f"{shown}:{number}"
        try:
            value, *shares = (plain_number(n) for n in line.split())
        except ValueError:
            marks.fault("box-unsound", at, f"is not a row of numbers: {line[:60]!r}")
            continue
        raw = names.get(int(value)) if isfinite(value) and value == value // 1 else None
        if raw is None:
            said = f"the class {line.split()[0]} has no name"
            if value != value // 1:
                said = (
                    f"{line.split()[0]} is not a class: a row begins with the number of its class"
                )
            marks.fault("class-unknown", at, said)
            continue
        row = _row(shares, labels.form, labels.confidence)
        if row.fault:
            boxed = labels.form == "box" or len(shares) <= BOX + 1
            reason = "box-unsound" if boxed else "polygon-unsound"
            marks.fault(reason, at, f"{raw}: {row.fault}", raw)
        elif row.box:
            x, y, w, h = row.box
            if (beyond := _beyond(row.box)) is not None:
                what = (
                    f"{raw}: its box reaches {beyond:.3g} of the picture; "
                    "perhaps the numbers are two corners"
                )
                marks.fault("box-unsound", at, what, raw)
                continue
            marks.box(
                raw,
                at,
                ((x - w / 2) * width, (y - h / 2) * height,
                 (x + w / 2) * width, (y + h / 2) * height),
            )  # fmt: skip
        else:
            sides = (width, height)
            ring = [n * sides[i % 2] for i, n in enumerate(row.corners)]
            boxed = labels.form == "obb" or (labels.form == "auto" and is_rectangle(ring))
            marks.polygons(raw, at, [ring], box=boxed)
    return marks.all(frozenset(names.values()))


def _row(numbers: list[float], form: str, confidence: bool) -> _Row:
    """Return what the numbers after the class mean in a form of rows."""
    stated = len(numbers)
    if confidence:
        numbers = numbers[:-1]
    count = len(numbers)
    if form == "auto":
        return _undeclared(numbers)
    if form in ("box", "pose"):
        keypoints = count - BOX
        fits = keypoints == 0 if form == "box" else _is_pose_length(keypoints)
        found = _Row(box=numbers[:BOX])
    elif form == "obb":
        fits, found = count == OBB_CORNERS, _Row(corners=numbers)
    else:
        fits, found = count >= 6 and count % 2 == 0, _Row(corners=numbers)
    if not fits:
        extra = " with a confidence" if confidence else ""
        return _Row(fault=f"a row of the form `{form}`{extra} has {stated} numbers after its class")
    return _in_picture(found)


def _undeclared(numbers: list[float]) -> _Row:
    """Return a box, or a polygon that can be nothing else; refuse any other row with the reason."""
    count = len(numbers)
    declare = "; declare the rows by `form` and `confidence`"
    if count == BOX:
        return _in_picture(_Row(box=numbers))
    if count == BOX + 1:
        return _Row(fault=f"5 numbers may be a box with a confidence or an angle{declare}")
    if count < 6 or count % 2:
        what = (
            f"{count} numbers are neither a box nor a polygon: keypoints, a confidence or an angle"
        )
        return _Row(fault=what + declare)
    if _may_be_pose(numbers):
        return _Row(fault=f"{count} numbers may be a box with keypoints{declare}")
    if crosses_itself(numbers):
        return _Row(fault=f"its polygon of {count // 2} corners crosses itself{declare}")
    return _in_picture(_Row(corners=numbers))


def _in_picture(row: _Row) -> _Row:
    """Return a row whose numbers are shares; refuse pixels."""
    numbers = row.box or row.corners
    wrong = next((n for n in numbers if not -ROUNDING <= n <= 1 + ROUNDING), None)
    if wrong is None:
        return row
    return _Row(fault=f"{wrong:g} is not a share of the picture, 0 to 1; are these pixels?")


def _beyond(box: Sequence[float]) -> float | None:
    """Return where a box (centre and size, in shares) ends outside its picture; None if it does not."""
    x, y, width, height = box
    ends = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return next((end for end in ends if not -EDGE_MARGIN <= end <= 1 + EDGE_MARGIN), None)


def _is_pose_length(keypoints: int) -> bool:
    """Return whether numbers after the box may be keypoints of x, y or of x, y, visibility."""
    return keypoints > 0 and (keypoints % 2 == 0 or keypoints % 3 == 0)


def _may_be_pose(numbers: Sequence[float]) -> bool:
    """Return whether a row may be a box in the picture with keypoints in or near the box."""
    x, y, width, height = numbers[:BOX]
    inside = (
        min(x - width / 2, y - height / 2) >= -BOX_MARGIN
        and max(x + width / 2, y + height / 2) <= 1 + BOX_MARGIN
    )
    rest = numbers[BOX:]
    if min(width, height) <= 0 or not inside:
        return False
    reach_x, reach_y = (side * (0.5 + KEYPOINT_MARGIN) for side in (width, height))

    def near(a: float, b: float) -> bool:
        unlabelled = a == 0 and b == 0
        return unlabelled or (abs(a - x) <= reach_x and abs(b - y) <= reach_y)

    pairs = len(rest) % 2 == 0 and all(map(near, rest[::2], rest[1::2]))
    triples = len(rest) % 3 == 0 and (
        all(map(near, rest[::3], rest[1::3])) and all(v in VISIBILITIES for v in rest[2::3])
    )
    return pairs or triples


def names_in(path: Path) -> dict[int, str]:
    """Return the names of a YOLO `data.yaml`, or of a text file with one a line.

    The class of a line is its position, from 0. If every line begins with a number, and the numbers rise, the
    number is the class: `1 nodule`, `2: mass`.

    Raises DataFault for a file that has none.
    """
    if path.suffix.lower() not in (".yaml", ".yml"):
        lines = text_of(path).split("\n")
        if any(line.lstrip().startswith("#") for line in lines):
            raise DataFault(
                "header", path, "has a line with `#`, but each line is the name of a class"
            )
        names = {i: n.strip() for i, n in enumerate(lines) if n.strip()}
        return _numbered(names.values()) or names
    return _from_yaml(path)


def _numbered(lines: Iterable[str]) -> dict[int, str]:
    """Return the names of lines that all begin with a number, by number; empty if they do not.

    The numbers must rise from 0 or 1, as a list's do, and name different things: `1 vessel disease` and
    `2 vessel disease` are names.
    """
    rows = [NUMBERED.fullmatch(line) for line in lines]
    found = [(int(row[1]), row[2]) for row in rows if row]
    numbers = [n for n, _ in found]
    rising = len(found) == len(rows) > 1 and all(a < b for a, b in pairwise(numbers))
    apart = len({name for _, name in found}) == len(found)
    return dict(found) if rising and apart and numbers[0] in (0, 1) else {}


def _from_yaml(path: Path) -> dict[int, str]:
    tree = yaml.plain(path)
    names = tree.get("names") if isinstance(tree, dict) else None
    if isinstance(names, list | tuple):
        names = dict(enumerate(names))
    found = names if isinstance(names, dict) else {}
    sound = all(type(k) is int and isinstance(v, str) and v.strip() for k, v in found.items())
    if not found or not sound:
        raise DataFault("header", path, "has no `names` of whole numbers and text")
    if type(tree.get("nc")) is int and tree["nc"] != len(found):
        what = f"states {tree['nc']} classes (`nc`) and names {len(found)}"
        raise DataFault("header", path, what)
    return found
