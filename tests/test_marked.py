"""Boxes, polygons, run lengths, colours and DICOM labels come to known pixels, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import highdicom
import nibabel as nib
import numpy as np
import openpyxl
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as second
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from benchsmith import formats
from benchsmith.annotations.run_lengths import coco_runs, kaggle_runs
from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.conftest import PROJECT
from tests.test_annotations import read, read_sheet
from tests.test_formats import write_dicom
from tests.test_geometry import nearest_by_numpy

HEIGHT, WIDTH = 30, 40


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def regions(found: Annotations) -> dict[str, np.ndarray]:
    """Return each structure's pixels, by its label."""
    return {
        s.raw: layer.voxels[0] == value
        for layer in found.layers
        for value, s in layer.structures.items()
    }


def block(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def coco(path: Path, *annotations: dict[str, Any], **image: Any) -> None:
    listed = [
        {"id": i, "image_id": 5, "category_id": 1, "iscrowd": 0, **a}
        for i, a in enumerate(annotations)
    ]
    where = {"id": 5, "file_name": "image.png", "height": HEIGHT, "width": WIDTH, **image}
    names = [{"id": 1, "name": "cell"}, {"id": 2, "name": "nucleus"}]
    path.write_text(json.dumps({"images": [where], "annotations": listed, "categories": names}))


def test_coco_polygons_boxes_and_run_lengths(tmp_path: Path, picture: Image) -> None:
    runs = second.encode(np.asfortranarray(block(2, 3, 9, 20).astype(np.uint8)))
    coco(
        tmp_path / "c.json",
        {"segmentation": [[10, 5, 20, 5, 20, 15, 10, 15]]},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": runs["counts"].decode()},
         "category_id": 2},
    )  # fmt: skip
    found = regions(read({"kind": "coco", "file": "c.json"}, tmp_path, picture))
    assert np.array_equal(found["cell"], block(10, 5, 20, 15))
    assert np.array_equal(found["nucleus"], block(2, 3, 9, 20))
    coco(tmp_path / "c.json", {"bbox": [3, 4, 10, 6]})
    boxed = read({"kind": "coco", "file": "c.json", "use": "bbox"}, tmp_path, picture)
    assert np.array_equal(regions(boxed)["cell"], block(3, 4, 13, 10))
    assert boxed.layers[0].structures[1].box


@given(mask=hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30)))
def test_run_lengths_agree_with_a_second_library(mask: np.ndarray) -> None:
    encoded = second.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    counts = coco_runs(encoded)
    assert counts is not None
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    assert np.array_equal(flat.reshape(mask.shape[::-1]).T, mask)


@given(mask=hnp.arrays(bool, (6, 7)))
def test_kaggle_s_run_lengths(mask: np.ndarray) -> None:
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    text = " ".join(f"{a} {b - a}" for a, b in zip(edges[::2], edges[1::2], strict=True))
    counts = kaggle_runs(text, mask.size)
    assert counts is not None
    again = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(mask.shape[::-1]).T
    assert np.array_equal(again, mask)


@pytest.mark.parametrize("text", ["1", "0 3", "5 2 4 2", "40 9", "a b", "3 -1", "3 0"])
def test_runs_that_overlap_or_leave_the_picture_are_refused(text: str) -> None:
    assert kaggle_runs(text, 42) is None


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [5, 5]}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [-5, 1205]}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": "0g"}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [9, 9], "counts": [81]}}, "shape-mismatch"),
        ({"segmentation": [[1, 1, 5, 5]]}, "polygon-unsound"),
        ({"segmentation": [[1, 1, 5, 5, 9]]}, "polygon-unsound"),
        ({"segmentation": [["1", 1, 5, 5, 9, 2]]}, "polygon-unsound"),
        ({"segmentation": [[90, 90, 99, 90, 99, 99]]}, "polygon-unsound"),
        ({"segmentation": [[1, 1, 5, 1, 9, 1]]}, "polygon-unsound"),
        ({"bbox": [3, 3, 0, 5]}, "box-unsound"),
        ({"bbox": [3, 3, -4, 5]}, "box-unsound"),
        ({"bbox": [35, 3, 30, 5]}, "box-unsound"),
        ({"bbox": [3, 3, 5]}, "box-unsound"),
        ({"bbox": [3, 3, 5, "9"]}, "box-unsound"),
        ({"bbox": [3, 3, 5, 5], "category_id": 9}, "class-unknown"),
        ({"bbox": [3, 3, 5, 5], "iscrowd": 1}, "region-crowd"),
    ],
)
def test_an_unsound_annotation_falls_alone(
    tmp_path: Path, picture: Image, annotation: dict[str, Any], reason: str
) -> None:
    coco(tmp_path / "c.json", annotation, {"bbox": [1, 1, 5, 5], "category_id": 2})
    found = read({"kind": "coco", "file": "c.json"}, tmp_path, picture)
    assert [f.reason for f in found.faults] == [reason]
    assert np.array_equal(regions(found)["nucleus"], block(1, 1, 6, 6))


@pytest.mark.parametrize(
    "text",
    [
        '{"images": [], "images": [], "annotations": [], "categories": []}',
        '{"images": [NaN], "annotations": [], "categories": []}',
        "[" * 100_000,
        '{"images": [{"id": 1}], "annotations": [], "categories": []}',
        '{"images": [], "annotations": [{"image_id": 4}], "categories": []}',
        '{"images": [], "annotations": [], "categories": [{"id": 1, "name": "a"}, {"id": 1}]}',
        "{",
        "[]",
        '{"images": 3, "annotations": [], "categories": []}',
    ],
)
def test_a_crooked_coco_file_is_refused(tmp_path: Path, picture: Image, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(DataFault) as caught:
        read({"kind": "coco", "file": "c.json"}, tmp_path, picture)
    assert caught.value.reason in ("header", "file-missing")


def test_a_coco_file_of_another_size_is_refused(tmp_path: Path, picture: Image) -> None:
    coco(tmp_path / "c.json", {"bbox": [1, 1, 5, 5]}, width=WIDTH * 2)
    with pytest.raises(DataFault, match="40 x 30 pixels"):
        read({"kind": "coco", "file": "c.json"}, tmp_path, picture)


def test_voc_counts_from_one(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "a.xml").write_text(
        "<annotation><size><width>40</width><height>30</height></size>"
        "<object><name>RBC</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax>"
        "<ymax>5</ymax></bndbox></object>"
        "<object><name>WBC</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>8</xmax>"
        "<ymax>12</ymax></bndbox></object></annotation>"
    )
    found = read({"kind": "voc", "file": "a.xml"}, tmp_path, picture)
    assert np.array_equal(regions(found)["RBC"], block(0, 0, 10, 5))
    assert [(f.reason, f.subject) for f in found.faults] == [("box-unsound", "a.xml object 2")]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>',
        "<annotation>",
        "<other/>",
    ],
)
def test_xml_has_no_entities(tmp_path: Path, picture: Image, text: str) -> None:
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(DataFault):
        read({"kind": "voc", "file": "a.xml"}, tmp_path, picture)


def test_yolo_boxes_and_polygons(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "a.txt").write_text(
        "0 0.5 0.5 0.25 0.2\n1 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5\n7 0.5 0.5 0.1 0.1\n0 x\n"
    )
    (tmp_path / "data.yaml").write_text("names:\n  0: polyp\n  1: ulcer\n")
    entry = {"kind": "yolo", "file": "a.txt", "names_file": "data.yaml"}
    found = read(entry, tmp_path, picture)
    shapes = regions(found)
    assert np.array_equal(shapes["polyp"], block(15, 12, 25, 18))
    assert np.array_equal(shapes["ulcer"], block(4, 3, 12, 15))
    assert [f.reason for f in found.faults] == ["class-unknown", "box-unsound"]


@pytest.mark.parametrize(
    ("form", "cells"), [("xyxy", "4,6,14,16"), ("xywh", "4,6,10,10"), ("cxcywh", "9,11,10,10")]
)
def test_boxes_of_a_table(tmp_path: Path, picture: Image, form: str, cells: str) -> None:
    (tmp_path / "b.csv").write_text(f"id,a,b,c,d,what\np.png,{cells},mass\np.png,,,,,No finding\n")
    entry = {
        "kind": "boxes", "file": "b.csv", "key": "id", "key_is": "stem", "form": form,
        "box": ("a", "b", "c", "d"), "label_column": "what",
    }  # fmt: skip
    found = read_sheet({**entry, "silent": ("", "No finding")}, tmp_path, picture, "p")
    assert np.array_equal(regions(found)["mass"], block(4, 6, 14, 16))
    assert not found.faults
    found = read_sheet(entry, tmp_path, picture, "p")
    assert [(f.reason, f.raw) for f in found.faults] == [("box-unsound", "No finding")]


@pytest.mark.parametrize(("order", "shape"), [("columns", (4, 2)), ("rows", (2, 4))])
def test_run_lengths_of_a_table(tmp_path: Path, order: str, shape: tuple[int, int]) -> None:
    PIL.Image.new("L", shape[::-1]).save(tmp_path / "image.png")
    image = formats.read(tmp_path / "image.png")
    (tmp_path / "r.csv").write_text("id,runs\np,2 2\nq,-1\n")
    entry = {
        "kind": "run-lengths", "file": "r.csv", "key": "id", "mask": "runs", "label": "air",
        "order": order,
    }  # fmt: skip
    mask = regions(read_sheet(entry, tmp_path, image, "p"))["air"]
    assert mask.ravel(order="F" if order == "columns" else "C").tolist() == [
        False, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert not read_sheet(entry, tmp_path, image, "q").layers


def test_colours(tmp_path: Path, picture: Image) -> None:
    mask = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask[2:5, 3:9] = (255, 0, 0)
    mask[20:25, 30:33] = (0, 0, 255)
    mask[0, 0] = (9, 9, 9)
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    names = {"#ff0000": "artery", "#0000ff": "vein", "#00ff00": "nerve"}
    found = read({"kind": "colours", "file": "m.png", "names": names}, tmp_path, picture)
    shapes = regions(found)
    assert np.array_equal(shapes["artery"], block(3, 2, 9, 5))
    assert np.array_equal(shapes["vein"], block(30, 20, 33, 25))
    assert sorted((f.reason, f.subject) for f in found.faults) == [
        ("empty-structure", "m.png colour #00ff00"),
        ("value-without-name", "m.png colour #090909"),
    ]


def test_a_grey_edged_mask_needs_a_threshold(tmp_path: Path, picture: Image) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[5:15, 5:15], mask[5, 5:15] = 255, 100
    PIL.Image.fromarray(mask).save(tmp_path / "polyp.png")
    entry = {"kind": "masks", "file": "polyp.png", "label": "polyp"}
    assert read(entry, tmp_path, picture).faults[0].reason == "value-without-name"
    found = regions(read({**entry, "threshold": 128}, tmp_path, picture))
    assert np.array_equal(found["polyp"], block(5, 6, 15, 15))


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


SERIES = np.diag([2.0, 2.0, 3.0, 1.0])


@pytest.fixture
def series(tmp_path: Path) -> Path:
    return write_dicom(tmp_path, np.arange(16 * 14 * 9).reshape(16, 14, 9) % 800, SERIES)


def test_dicom_seg_written_by_highdicom(tmp_path: Path, series: Path) -> None:
    """Two segments that overlap; empty frames are left out, as writers do."""
    slices = [pydicom.dcmread(p) for p in sorted(series.iterdir())]
    for one in slices:
        one.FrameOfReferenceUID, one.StudyID, one.SeriesNumber, one.InstanceNumber = (
            "1.2",
            "1",
            1,
            1,
        )
        one.PatientName, one.PatientBirthDate, one.PatientSex = "", "", ""
        one.AccessionNumber, one.StudyTime, one.SliceThickness = "", "", 3
    masks = np.zeros((9, 14, 16, 2), np.uint8)
    masks[3:6, 4:9, 5:12, 0] = 1
    masks[4:8, 6:11, 2:7, 1] = 1
    ours = masks[::-1]  # the files' names run against their places
    seg = highdicom.seg.Segmentation(
        slices, ours, highdicom.seg.SegmentationTypeValues.BINARY,
        [
            highdicom.seg.SegmentDescription(
                n, label, codes.SCT.Organ, codes.SCT.Organ,
                highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
            )
            for n, label in ((1, "Liver"), (2, "Mass"))
        ],
        generate_uid(), 2, generate_uid(), 1, "m", "m", "1", "1",
    )  # fmt: skip
    seg.save_as(tmp_path / "seg.dcm")
    image = formats.read(series)
    found = read({"kind": "dicom-seg", "file": "seg.dcm"}, tmp_path, image)
    shapes = {
        s.raw: layer.voxels == v for layer in found.layers for v, s in layer.structures.items()
    }
    assert np.array_equal(shapes["Liver"], masks[..., 0] > 0)
    assert np.array_equal(shapes["Mass"], masks[..., 1] > 0)
    seg.SegmentSequence[1].SegmentNumber = 9
    seg.save_as(tmp_path / "seg.dcm")
    with pytest.raises(DataFault, match="of segment 2, not described"):
        read({"kind": "dicom-seg", "file": "seg.dcm"}, tmp_path, image)


def rtstruct(path: Path, *contours: list[float]) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = generate_uid(), ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = RTStructureSetStorage, meta.MediaStorageSOPInstanceUID
    data.Modality = "RTSTRUCT"
    roi, item = pydicom.Dataset(), pydicom.Dataset()
    roi.ROINumber, roi.ROIName = 1, "Heart"
    item.ReferencedROINumber = 1
    item.ContourSequence = []
    for points in contours:
        one = pydicom.Dataset()
        one.ContourGeometricType, one.NumberOfContourPoints = "CLOSED_PLANAR", len(points) // 3
        one.ContourData = points
        item.ContourSequence.append(one)
    data.StructureSetROISequence, data.ROIContourSequence = [roi], [item]
    data.save_as(path, enforce_file_format=True)
    return path


def ring(x0: float, y0: float, x1: float, y1: float, z: float) -> list[float]:
    return [x0, y0, z, x1, y0, z, x1, y1, z, x0, y1, z]


def test_rtstruct_fills_its_contours_and_leaves_holes(tmp_path: Path, series: Path) -> None:
    """Voxels are 2 x 2 x 3 mm with their centres at whole steps from 0."""
    rtstruct(
        tmp_path / "rt.dcm", ring(5, 5, 17, 15, 6), ring(9, 9, 13, 11, 6), ring(5, 5, 17, 15, 9)
    )
    found = read({"kind": "rtstruct", "file": "rt.dcm"}, tmp_path, formats.read(series))
    mask = found.layers[0].voxels > 0
    expected = np.zeros((9, 14, 16), bool)
    expected[2:4, 3:8, 3:9] = True
    expected[2, 5:6, 5:7] = False
    assert np.array_equal(mask, expected)


@pytest.mark.parametrize(
    "contour", [ring(5, 5, 17, 15, 7.6), [1.0, 2.0, 3.0], ring(5, 5, 17, 15, 600)]
)
def test_a_contour_between_slices_or_outside_is_refused(
    tmp_path: Path, series: Path, contour: list[float]
) -> None:
    rtstruct(tmp_path / "rt.dcm", contour)
    found = read({"kind": "rtstruct", "file": "rt.dcm"}, tmp_path, formats.read(series))
    assert [f.reason for f in found.faults] == ["polygon-unsound"]
    assert not found.layers


@given(values=st.lists(st.floats(-60, 60), min_size=4, max_size=4))
def test_a_box_is_inside_of_its_picture_or_refused(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("box")
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(folder / "image.png")
    coco(folder / "c.json", {"bbox": values})
    found = read({"kind": "coco", "file": "c.json"}, folder, formats.read(folder / "image.png"))
    assert len(found.faults) + len(regions(found)) == 1
    for mask in regions(found).values():
        assert mask.any()


SHARED = PROJECT.parent / "shared/data/dcmqi_dicomseg/segmentations"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published segmentations are not here")
@pytest.mark.parametrize("name", ["liver", "partial_overlaps"])
def test_published_segmentations_agree_with_their_nrrd_twins(name: str) -> None:
    """dcmqi's own conversions of the same segments, one file with all of them."""
    image = formats.read(SHARED / "ct-3slice")
    found = read({"kind": "dicom-seg", "file": f"{name}.dcm"}, SHARED, image)
    assert not [f for f in found.faults if f.reason != "empty-structure"]
    assert found.layers
    for layer in found.layers:
        for value, structure in layer.structures.items():
            assert (layer.voxels == value).any(), structure
    if name == "liver":
        twin = formats.read_labels(SHARED / "liver_seg.nrrd")
        assert twin.affine is not None
        assert image.affine is not None
        moved = nearest_by_numpy(twin.voxels, twin.affine, image.voxels.shape, image.affine)
        assert np.array_equal(moved > 0, found.layers[0].voxels > 0)
