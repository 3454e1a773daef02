"""Labels in paths, sheets, columns of the Hub and `dataset.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Image
from tests.marked_files import picture
from tests.test_annotations import read, read_sheet

__all__ = ["picture"]


def test_the_label_in_a_path(tmp_path: Path, picture: Image) -> None:
    entry = {"kind": "path", "names": {"N": "normal", "P": "pneumonia"}}
    assert [s.raw for s in read(entry, tmp_path, picture, label="P").stated] == ["pneumonia"]
    assert read(entry, tmp_path, picture, label="X").faults[0].reason == "value-without-name"


def test_columns_of_a_data_set_of_the_hub(tmp_path: Path, picture: Image) -> None:
    rows = {"image": [{"bytes": b"", "path": "x.png"}], "dx": ["mel"], "n": [3]}
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    entry = {"kind": "columns", "labels": ("dx", "n"), "values": {"mel": "melanoma"}}
    found = read(entry, tmp_path, picture, name="t.parquet", part="0")
    assert [s.raw for s in found.stated] == ["melanoma"]
    assert [f.reason for f in found.faults] == ["value-without-name"]


def test_one_hot_delimited_and_graded_sheets(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "s.csv").write_text(
        "id;find;grade;edema;mass;nodule\np;a|b;2;1.0;0;-1.0\nq;No Finding;7;;;\n"
    )
    entry = {
        "kind": "sheet", "file": "s.csv", "key": "id", "separator": ";", "labels": ("find",),
        "delimiter": "|", "silent": ("No Finding",), "one_hot": ("edema", "mass", "nodule"),
    }  # fmt: skip
    found = read_sheet(entry, tmp_path, picture, "p")
    assert [(s.raw, s.group, s.perhaps) for s in found.stated] == [
        ("a", "find", ()),
        ("b", "find", ()),
        ("edema", "finding", ("nodule",)),
    ]
    assert not read_sheet(entry, tmp_path, picture, "q").stated
    graded = {**entry, "labels": ("grade",), "one_hot": (), "values": {"2": "moderate"}}
    assert [s.raw for s in read_sheet(graded, tmp_path, picture, "p").stated] == ["moderate"]
    assert read_sheet(graded, tmp_path, picture, "q").faults[0].reason == "value-without-name"


@pytest.mark.parametrize("ending", ["xlsx", "json", "tsv"])
def test_tables_of_every_kind_say_the_same(tmp_path: Path, picture: Image, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    rows = [["id", "kind", "n"], ["007", "a, b", "3"], ["7", "", "4"]]
    if ending == "xlsx":
        book = openpyxl.Workbook()
        for row in [rows[0], ["007", "a, b", 3], ["7", None, 4.0]]:
            book.active.append(row)
        book.save(path)
    elif ending == "json":
        path.write_text(json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]))
    else:
        path.write_text("".join("\t".join(row) + "\n" for row in rows))
    entry = {"kind": "sheet", "file": path.name, "key": "id", "labels": ("kind", "n")}
    assert [s.raw for s in read_sheet(entry, tmp_path, picture, "007").stated] == ["a, b", "3"]
    assert [s.raw for s in read_sheet(entry, tmp_path, picture, "7").stated] == ["4"]


@pytest.mark.parametrize(
    "labels",
    [{"background": 0, "liver": 1, "tumor": 2}, {"0": "background", "1": "liver", "2": "tumor"}],
)
def test_dataset_json_of_nnunet_and_of_the_decathlon(
    tmp_path: Path, labels: dict[str, Any]
) -> None:
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}))
    voxels = np.zeros((5, 6, 7), np.uint8)
    voxels[1, 1, 1], voxels[3:5, 3, 3] = 1, 2
    for name in ("image", "seg"):
        nib.save(nib.Nifti1Image(voxels, np.eye(4)), tmp_path / f"{name}.nii.gz")
    found = read(
        {"kind": "volume", "file": "seg.nii.gz", "names_file": "dataset.json"},
        tmp_path,
        formats.read(tmp_path / "image.nii.gz"),
    )
    assert {s.raw for s in found.layers[0].structures.values()} == {"liver", "tumor"}
