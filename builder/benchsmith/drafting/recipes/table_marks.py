"""Boxes and run lengths in tables: one row per object."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from benchsmith.annotations.stated_size import MAX_ROUNDING_PX, size_columns
from benchsmith.drafting.recipes import column_roles, said_of_marks, table_views
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels
from benchsmith.drafting.recipes.table_views import TableView

BOXES = (
    ("xyxy", (("xmin", "ymin", "xmax", "ymax"), ("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"),
              ("left", "top", "right", "bottom"))),
    ("xywh", (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("bboxx", "y", "w", "h"),
              ("left", "top", "width", "height"))),
    ("cxcywh", (("cx", "cy", "w", "h"), ("xcenter", "ycenter", "width", "height"),
                ("centerx", "centery", "width", "height"))),
)  # fmt: skip
GRADES = frozenset(
    {"birads", "rads", "tirads", "pirads", "density", "grade", "severity", "score", "stage"}
)
"""Words of columns that grade a finding or a picture, and name none."""
_RUNS = re.compile(r"\d+( \d+)+")


def boxes(
    table: TableView, base: dict[str, Any], roles: dict[str, str], pictures: PictureSet
) -> list[Labels]:
    """Return the entry for boxes, one row for each."""
    plain = {re.sub(r"[\W_]+", "", c.lower()): c for c in table.columns}
    for form, spellings in BOXES:
        for names in spellings:
            if not all(n in plain for n in names):
                continue
            keys = {"kind": "boxes", **base, "box": [plain[n] for n in names]}
            if form != "xyxy":
                keys["form"] = form
            cells = [c for n in names for c in table.cells(plain[n]) if c]
            if cells and all(_at_most_one(c) for c in cells):
                keys["unit"] = "share"
            entry = Labels(keys)
            entry.decide["box"] = f"are these columns {form}?"
            _state_size(entry, table, keys["box"])
            columns = _named_first(
                [c for c, r in roles.items() if r == "label" and c not in keys["box"]]
            )
            column = columns[0] if columns else ""
            if column:
                keys["label_column"] = column
                if len(columns) > 1:
                    others = ", ".join(columns[1:])
                    entry.decide["label_column"] = (
                        f"does it say what a box marks, or one of: {others}?"
                    )
                marked = {
                    r[column].strip() for r in table.rows if any(r[c].strip() for c in keys["box"])
                }
                silent = sorted(
                    {c for c in table.cells(column) if c.lower() in table_views.NOTHING}
                    | {c for c in table.cells(column) if c and c not in marked}
                )
                if silent:
                    keys["silent"] = ["", *silent]
            else:
                keys["label"] = "object"
                entry.decide["label"] = "what do these boxes mark?"
                entry.names_stated = False
            if pictures.family.end in (".dcm", ".dicom", ".ima", ".jpg", ".jpeg"):
                keys["frame"] = "stored"
                entry.decide["frame"] = "do coordinates count the pixels as the file stores them?"
            keys["exhaustive"] = False
            entry.decide["exhaustive"] = "did the source look for these labels in every picture?"
            said_of_marks.ask_table(entry, table.rows)
            return [entry]
    return []


def _state_size(entry: Labels, table: TableView, own: Sequence[str]) -> None:
    """Name the columns that state the size of the picture, if they are not the sides of boxes."""
    size = size_columns(table.columns, own)
    if size is None:
        return
    entry.keys["picture_size"] = list(size)
    entry.decide["picture_size"] = (
        "do these columns state the size of the picture that the marks count the pixels of? Set `ignore` if not"
    )
    if entry.keys.get("form", "xyxy") == "xyxy" and len(own) == 4:
        corners = [[row[column] for column in (*own, *size)] for row in table.rows]
        if all(_are_sides(cells) for cells in corners):
            entry.keys["picture_size"] = "ignore"
            entry.decide["picture_size"] = f"are {size[0]} and {size[1]} the sides of the boxes?"


def _are_sides(cells: Sequence[str]) -> bool:
    """Return whether the last two of six cells are the sides of the box whose corners the others are."""
    try:
        x0, y0, x1, y1, width, height = map(float, cells)
    except ValueError:
        return not any(cells)
    return abs(x1 - x0 - width) <= MAX_ROUNDING_PX and abs(y1 - y0 - height) <= MAX_ROUNDING_PX


def _named_first(columns: Sequence[str]) -> list[str]:
    """Return columns of labels: those that name findings first, those that grade them last."""

    def rank(column: str) -> int:
        words = set(tokens(column))
        return 2 if words & GRADES else 1 - bool(words & column_roles.LABEL)

    return sorted(columns, key=rank)


def _at_most_one(cell: str) -> bool:
    try:
        return 0 <= float(cell) <= 1
    except ValueError:
        return False


def runs(
    table: TableView, base: dict[str, Any], roles: dict[str, str], pictures: PictureSet
) -> list[Labels]:
    """Return the entry for run lengths, one row for each mask."""
    for column in table.columns:
        cells = [c for c in table.cells(column) if c not in ("", "-1")]
        cells_of_runs = [c for c in cells if _RUNS.fullmatch(c) and len(c.split()) % 2 == 0]
        if (
            not cells
            or len(cells_of_runs) < 0.9 * len(cells)
            or max(len(c.split()) for c in cells_of_runs) < 4
        ):
            continue
        entry = Labels({"kind": "run-lengths", **base, "mask": column})
        label = next((c for c, r in roles.items() if r == "label" and c != column), "")
        entry.keys |= {"label_column": label} if label else {"label": "object"}
        if not label:
            entry.decide["label"] = "what do these masks mark?"
            entry.names_stated = False
        _state_size(entry, table, [column])
        _order(entry, [[int(n) for n in c.split()] for c in cells_of_runs], pictures.look.shape)
        return [entry]
    return []


def _order(entry: Labels, runs: list[list[int]], shape: tuple[int, ...]) -> None:
    """Determine the order in which runs count pixels: a region's runs begin a row or a column apart.

    `shape` is the pictures' (z, y, x). In square pictures both are equal, so the order is unknown.
    """
    steps = Counter(b - a for own in runs for a, b in pairwise(own[::2]))
    height, width = shape[-2:] if len(shape) > 1 else (0, 0)
    near = {n: sum(steps[n + k] for k in range(-2, 3)) for n in {height, width}}
    down = near.get(height, 0) >= near.get(width, 0)
    entry.keys["order"] = "columns" if down else "rows"
    entry.decide["order"] = "are pixels counted down the columns, or along the rows?"
    if len(near) > 1 and near[height] != near[width]:
        return
    entry.unsure = "runs may count pixels down the columns, or along the rows: compare a preview"
    why = "pixels are counted along the rows"
    keys = {**entry.keys, "order": "rows"}
    entry.otherwise.append(Labels(keys, dict(entry.decide), why, [], entry.names_stated))
