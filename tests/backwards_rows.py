"""Tables, COCO files, VOC files and lists of names of a miniature source."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from pydicom.uid import generate_uid

from benchsmith.documents import labels as kinds
from benchsmith.documents.recipe import Samples
from benchsmith.text import path_patterns
from tests import backwards_layouts as layouts
from tests.backwards_shapes import Miniature, blocks_of, place_of, write_dicom


def ignored_values(values: Sequence[Any]) -> dict[int, Any]:
    """Return an ignored value for the last corner."""
    first = next(iter(values), -1)
    return {} if isinstance(first, int) and first < 0 else {3: first}


def outer_first(labels: kinds.Made, values: list[Any], names: Mapping[Any, str]) -> list[Any]:
    """Return the values, first the part of a union that the other parts lie in.

    It is the part with the union's own name, else one that is not a label, else the last one.
    """
    for whole, parts in labels.union.items():
        of = {names.get(v, v): v for v in values}
        outer = [of[p] for p in parts if p == whole] or [v for v in values if v not in names]
        first = (outer or [of.get(parts[-1], parts[-1])])[0]
        return [first, *(v for v in values if v != first)]
    return values


def row_of(
    small: Miniature,
    entry: Samples,
    labels: kinds.Table,
    fields: Mapping[str, str],
    image: Path,
) -> None:
    """Add a picture's row to a table; several entries of one table fill the same row."""
    if labels.file.startswith("recipe:"):
        return
    path = str(place_of(small, labels.file, fields))
    small.sheets[path] = labels
    key = fields["key"] + (".png" if labels.key_is == "stem" else "")
    if labels.row:
        key = path_patterns.fill(labels.row, fields)
    if labels.rows_at:
        key = str(labels.rows_at.row_of(int(key)))
    if labels.key_is == "path":
        below = image.relative_to(small.roots[entry.images.rpartition(":")[0]])
        key = f"elsewhere/{below.as_posix()}"
    rows = small.rows[path]
    said = {c: kinds.cells(accepted)[0] for c, accepted in labels.where.items()}
    if column := fields.get("column"):
        said[column] = fields[kinds.READER]
    own = {labels.key: key, **said}
    row = next((r for r in rows if all(r.get(c, v) == v for c, v in own.items())), None)
    turn = len({r[labels.key] for r in rows if labels.key in r} - {key})
    if row is None:
        row = {}
        rows.append(row)
    row |= own
    if isinstance(labels, kinds.Sheet):
        words = list(labels.values) if labels.values else small.words
        for column in labels.labels:
            picked = [words[turn % len(words)], words[(turn + 1) % len(words)]]
            row[column] = labels.delimiter.join(picked) if labels.delimiter else picked[0]
            if labels.delimiter and "[" in labels.silent:
                row[column] = str(picked)
        for i, column in enumerate(labels.one_hot):
            row[column] = str(int(i == turn % len(labels.one_hot)))
    elif isinstance(labels, kinds.Boxes):
        numbers = {"xyxy": (20, 20, 60, 70), "xywh": (20, 20, 40, 50), "cxcywh": (40, 45, 40, 50)}
        scale = 144 if labels.unit == "share" else 1
        for column, n in zip(labels.box, numbers[labels.form], strict=True):
            row[column] = str(n / scale)
    elif isinstance(labels, kinds.RunLengths):
        gaps = [20 * 144 + 30, *[104] * 39]
        starts = gaps if labels.starts == "relative" else [144 * i + 30 for i in range(20, 60)]
        row[labels.mask] = " ".join(f"{start} 40" for start in starts)
    elif isinstance(labels, kinds.MaskFiles):
        row[labels.mask] = f"series/{fields['key']}/mask.png"
        place = place_of(small, labels.pattern_of(row[labels.mask]), {})
        if place.suffix == ".dcm":
            place.parent.mkdir(parents=True, exist_ok=True)
            write_dicom(place, 255 * np.kron(blocks_of({0: 1})[:, :, 8], np.ones((4, 4), np.int16)),
                   generate_uid(), 0)  # fmt: skip
        else:
            layouts.mask(place, of_crop=labels.left is not None)
        row |= {str(labels.left): "20", str(labels.top): "30"} if labels.left else {}
    if label_column := getattr(labels, "label_column", None):
        row[label_column] = small.words[0]
    for said in (entry.modality, entry.patient, *(v for _, v in entry.about if v)):
        if said.startswith("column:"):
            row.setdefault(said.removeprefix("column:"), f"{key}-{said[7:10]}")


def write_tables(small: Miniature) -> None:
    for name, rows in small.rows.items():
        path, labels = Path(name), small.sheets[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = list(labels.columns or dict.fromkeys(c for row in rows for c in row))
        cells = [[row.get(c, "") for c in columns] for row in rows]
        lines = cells if labels.columns else [columns, *cells]
        if path.suffix == ".xlsx":
            book = openpyxl.Workbook()
            for line in lines:
                book.active.append(line)
            book.save(path)
        elif path.suffix == ".json":
            path.write_text(json.dumps([dict(zip(columns, c, strict=True)) for c in cells]))
        else:
            tab = labels.separator or ("\t" if path.suffix in (".tsv", ".tab") else ",")
            with path.open("w", newline="", encoding=labels.encoding) as file:
                csv.writer(file, delimiter=tab).writerows(lines)


def write_coco_files(small: Miniature) -> None:
    for name, images in small.coco.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        listed, marked = [], []
        for i, (image, (height, width)) in enumerate(images):
            listed.append({"id": i, "file_name": image.name, "height": height, "width": width})
            ring = [20, 20, 80, 20, 80, 70, 20, 70]
            marked.append(
                {"id": i, "image_id": i, "category_id": 1, "bbox": [20, 20, 60, 50], "area": 3000,
                 "segmentation": [ring], "iscrowd": 0}
            )  # fmt: skip
        categories = [{"id": 1, "name": small.words[0]}]
        path.write_text(
            json.dumps({"images": listed, "annotations": marked, "categories": categories})
        )


def write_voc(path: Path, words: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    objects = "".join(
        f"<object><name>{w}</name><bndbox><xmin>{10 + 50 * i}</xmin><ymin>10</ymin>"
        f"<xmax>{50 + 50 * i}</xmax><ymax>60</ymax></bndbox></object>"
        for i, w in enumerate(words)
    )
    size = "<size><width>144</width><height>144</height><depth>3</depth></size>"
    path.write_text(f"<annotation>{size}{objects}</annotation>")


def write_names_file(path: Path, names: Mapping[int, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        said = {"0": "background"} | {str(v): n for v, n in names.items()}
        path.write_text(json.dumps({"labels": said}))
    else:
        path.write_text("".join(f"{v}\t{n}\n" for v, n in names.items()))
