"""YOLO files, judged by a short parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values


def _yolo(form: str, **how: Any) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        lines = []
        for _ in range(chance.whole(0, 4)):
            x, y, width, height = marks.box(chance, whole=True)
            shares = [
                (x + width / 2) / COLUMNS,
                (y + height / 2) / ROWS,
                width / COLUMNS,
                height / ROWS,
            ]
            numbers = shares
            if form == "polygon":
                numbers = [x / COLUMNS, y / ROWS, (x + width) / COLUMNS, y / ROWS,
                           (x + width) / COLUMNS, (y + height) / ROWS, x / COLUMNS, (y + height) / ROWS]  # fmt: skip
            if form == "pose":
                numbers = [*shares, *shares[:2], 2, 0, 0, 0]
            if how.get("confidence"):
                numbers = [*numbers, chance.real(0, 1)]
            number = how.get("number", chance.whole(0, 2))
            lines.append(" ".join([str(number), *(f"{n:.6f}".rstrip("0") for n in numbers)]))
        text = how.get("end", "\n").join(chance.shuffled(lines)) + how.get("last", "\n")
        text = text.replace(" ", how.get("space", " "))
        (folder / "a.txt").write_bytes(text.encode(how.get("encoding", "utf-8")))
        note(folder, form=how.get("declared", form), confidence=bool(how.get("confidence")))
        return folder / "a.txt"

    return change


def ours(path: Path) -> Values:
    """Return the marks of a picture."""
    entry = {
        "kind": "yolo",
        "file": path.name,
        "names": dict(enumerate(marks.NAMES)),
        **noted(path),
    }
    return marks.ours(path, entry)


def theirs(path: Path) -> Values:
    """Parse rows of the declared form; boxes by their centre and sides, polygons by their corners."""
    words = noted(path)
    found = []
    for line in path.read_text("utf-8-sig").splitlines():
        if not line.split():
            continue
        number, *shares = (float(n) for n in line.split())
        if words["confidence"]:
            shares = shares[:-1]
        polygon = words["form"] == "polygon" or (words["form"] == "auto" and len(shares) == 8)
        count = {"box": (4,), "pose": (10,), "polygon": (8,), "auto": (4, 8)}[words["form"]]
        if (
            number not in (0, 1, 2)
            or len(shares) not in count
            or not all(-0.01 <= n <= 1.01 for n in shares[:4])
        ):
            raise Refused("no row of this form")
        if polygon:
            xs, ys = np.array(shares[::2]) * COLUMNS, np.array(shares[1::2]) * ROWS
            corners = (xs.min(), ys.min(), xs.max(), ys.max())
            # pixel centres on an edge are a matter of rounding: pixel edges are meant
            corners = tuple(np.round(corners, 3))
            rectangle = (corners[0], corners[2], corners[2], corners[0])
            if (
                not np.allclose(xs, rectangle)
                or not np.allclose(ys, np.sort(ys))
                or ys[0] != ys[1]
                or ys[2] != ys[3]
            ):
                raise Refused("no polygon with straight sides")
        else:
            x, y, w, h = shares[:4]
            corners = (
                (x - w / 2) * COLUMNS,
                (y - h / 2) * ROWS,
                (x + w / 2) * COLUMNS,
                (y + h / 2) * ROWS,
            )
        if corners[2] - corners[0] <= 0 or corners[3] - corners[1] <= 0:
            raise Refused("an empty box")
        found.append(marks.mark(marks.NAMES[int(number)], marks.box_mask(*corners)))
    return marks.theirs(found)


FORMAT = Format(
    "YOLO",
    "`str.split`, in this test",
    {
        "boxes": _yolo("box"),
        "boxes, form not declared": _yolo("box", declared="auto"),
        "polygons": _yolo("polygon"),
        "polygons, form not declared": _yolo("polygon", declared="auto"),
        "boxes with keypoints": _yolo("pose"),
        "keypoints, form not declared": _yolo("pose", declared="auto"),
        "confidence": _yolo("box", confidence=True),
        "ends of lines": _yolo("box", end="\r\n"),
        "tabs": _yolo("box", space="\t"),
        "no last end of line": _yolo("box", last=""),
        "byte order mark": _yolo("box", encoding="utf-8-sig"),
        "class with decimals": _yolo("box", number="1.0"),
    },
    ours,
    theirs,
    alone={"no row of this form|could not convert|no polygon with|an empty box": "a damaged row is left out alone, or is a polygon of another form"},
)  # fmt: skip
