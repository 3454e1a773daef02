"""Nodules of LIDC-IDRI's XML: what several readers outline, in the frame of its series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from scipy import ndimage

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_annotations import read
from tests.test_formats import write_dicom
from tests.test_geometry import ORIENTATIONS

COLUMNS, ROWS, SLICES = 30, 26, 5
Shape = Sequence[tuple[int, int]]


def square(x0: int, y0: int, x1: int, y1: int) -> list[tuple[int, int]]:
    """Return the pixels of a square's edge, corners included, as LIDC lists them."""
    top = [(x, y0) for x in range(x0, x1)]
    right = [(x1, y) for y in range(y0, y1)]
    bottom = [(x, y1) for x in range(x1, x0, -1)]
    return [*top, *right, *bottom, *((x0, y) for y in range(y1, y0, -1))]


def diamond(x: int, y: int, size: int) -> list[tuple[int, int]]:
    """Return the edge of a diamond, whose pixels touch by their corners."""
    steps = range(size)
    return [
        *((x + k, y - size + k) for k in steps), *((x + size - k, y + k) for k in steps),
        *((x - k, y + size - k) for k in steps), *((x - size + k, y - k) for k in steps),
    ]  # fmt: skip


def roi(sop: str, outline: Shape, included: bool = True, z: float | str = "") -> str:  # noqa: FBT002
    points = "".join(
        f"<edgeMap><xCoord>{x}</xCoord><yCoord>{y}</yCoord></edgeMap>" for x, y in outline
    )
    return (
        f"<roi><imageZposition>{z}</imageZposition><imageSOP_UID>{sop}</imageSOP_UID>"
        f"<inclusion>{str(included).upper()}</inclusion>{points}</roi>"
    )


def nodule(name: str, *rois: str, **ratings: int) -> str:
    rated = "".join(f"<{key}>{value}</{key}>" for key, value in ratings.items())
    found = f"<characteristics>{rated}</characteristics>" if ratings else ""
    return f"<unblindedReadNodule><noduleID>{name}</noduleID>{found}{''.join(rois)}</unblindedReadNodule>"


def write(path: Path, series: str, *sessions: str) -> None:
    body = "".join(f"<readingSession>{one}</readingSession>" for one in sessions)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><LidcReadMessage xmlns="http://www.nih.gov">'
        f"<ResponseHeader><SeriesInstanceUid>{series}</SeriesInstanceUid></ResponseHeader>"
        f"{body}</LidcReadMessage>"
    )


@pytest.fixture
def series(tmp_path: Path) -> Path:
    return write_dicom(tmp_path, np.zeros((COLUMNS, ROWS, SLICES), int), np.diag([1.0, 1, 2, 1]))


def uids(series: Path) -> tuple[str, dict[int, str]]:
    """Return the series' UID, and the UID of each slice by its place from below."""
    data = [pydicom.dcmread(p) for p in series.iterdir()]
    return str(data[0].SeriesInstanceUID), {
        round(float(d.ImagePositionPatient[2]) / 2): str(d.SOPInstanceUID) for d in data
    }


def filled(outline: Shape) -> np.ndarray:
    """Return what lies inside an outline without its pixels, by filling its hole."""
    line = np.zeros((ROWS, COLUMNS), bool)
    for x, y in outline:
        line[y, x] = True
    return np.asarray(ndimage.binary_fill_holes(line) & ~line)


def nodules(series: Path, **entry: Any) -> Any:
    image = formats.read(series)
    file = f"{series.name}/069.xml"
    return read({"kind": "lidc", "file": file, **entry}, series.parent, image, name=series.name)


def test_an_outline_s_pixels_lie_outside_and_readers_must_agree(series: Path) -> None:
    uid, slices = uids(series)
    a, b, cut = square(4, 5, 14, 15), square(8, 5, 18, 15), square(10, 8, 13, 11)
    spot = diamond(22, 12, 5)
    write(
        series / "069.xml", uid,
        nodule("1", roi(slices[2], cut, included=False), roi(slices[2], a), roi(slices[3], a)),
        nodule("2", roi(slices[2], b)),
        nodule("3", roi(slices[0], spot)) + nodule("4", roi(slices[4], [(3, 3)])),
        "",
    )  # fmt: skip
    found = nodules(series, agree=1)
    volume = found.layers[0].voxels
    expected = np.zeros((SLICES, ROWS, COLUMNS), bool)
    expected[2] = (filled(a) & ~filled(cut)) | filled(b)
    expected[3], expected[0] = filled(a), filled(spot)
    assert np.array_equal(volume > 0, expected)
    assert {s.raw for s in found.layers[0].structures.values()} == {"nodule"}
    assert len(found.layers[0].structures) == 2
    assert [(f.reason, f.raw) for f in found.faults] == [("not-looked-for", "nodule")], "the point"
    agreed = nodules(series, agree=2)
    both = filled(a) & ~filled(cut) & filled(b)
    assert np.array_equal(agreed.layers[0].voxels[2] > 0, both)
    assert (agreed.layers[0].voxels > 0).sum() == both.sum()
    assert agreed.is_unknown("nodule"), "one reader outlines a nodule elsewhere"


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS[::11])
def test_outlines_fill_the_voxels_that_their_slices_show(
    tmp_path: Path, order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    """Bright pixels of a slice are outlined: read, the outlines mark the bright voxels."""
    affine = np.zeros((4, 4))
    for column, (axis, sign) in enumerate(zip(order, signs, strict=True)):
        affine[axis, column] = sign
    affine[3, 3] = 1
    voxels = np.zeros((COLUMNS, ROWS, SLICES), int)
    voxels[5:14, 6:15, 3] = 500
    series = write_dicom(tmp_path, voxels, affine)
    path = next(p for p in series.iterdir() if pydicom.dcmread(p).pixel_array.max() > 1000)
    data = pydicom.dcmread(path)
    write(series / "069.xml", str(data.SeriesInstanceUID),
          nodule("1", roi(str(data.SOPInstanceUID), square(4, 5, 14, 15))))  # fmt: skip
    image = formats.read(series)
    found = nodules(series, agree=1)
    assert np.array_equal(found.layers[0].voxels > 0, image.voxels > 0)


@pytest.mark.parametrize(
    ("ratings", "label"),
    [((4, 5, 5), "malignancy 5"), ((3, 4), None), ((2, 2, 3, 3), None), ((1,), "malignancy 1")],
)
def test_the_median_rating_is_the_label(
    series: Path, ratings: tuple[int, ...], label: str | None
) -> None:
    uid, slices = uids(series)
    outline = square(4, 5, 14, 15)
    sessions = [
        nodule(str(n), roi(slices[2], outline), malignancy=rating)
        for n, rating in enumerate(ratings)
    ]
    write(series / "069.xml", uid, *sessions)
    found = nodules(series, agree=1, by="malignancy")
    assert [s.raw for s in found.layers[0].structures.values()] == ([label] if label else [])
    assert [f.reason for f in found.faults] == ([] if label else ["class-unknown"])
    assert (found.layers[0].voxels > 0).any() == bool(label)


def test_an_outline_that_cannot_be_read_makes_its_nodule_unknown(series: Path) -> None:
    uid, slices = uids(series)
    good = roi(slices[2], square(4, 5, 14, 15))
    write(series / "069.xml", uid, nodule("1", good), nodule("2", roi("1.2.3", square(1, 1, 4, 4)))
          + nodule("3", roi(slices[1], [(1, 1), (99, 1), (99, 9)]))
          + nodule("4", roi(slices[1], [(1, 1), (5, 1)]).replace(">5<", ">five<")))  # fmt: skip
    found = nodules(series, agree=1)
    assert [(f.reason, f.raw) for f in found.faults] == [("polygon-unsound", "nodule")] * 3
    assert len(found.layers[0].structures) == 1 and found.is_unknown("nodule")


def test_a_file_of_another_series_and_other_files_are_refused(series: Path) -> None:
    write(series / "069.xml", "1.2.3.4", nodule("1"))
    with pytest.raises(DataFault, match="another series") as caught:
        nodules(series)
    assert caught.value.reason == "another-patient"
    with pytest.raises(DataFault, match="1 reading sessions, fewer than"):
        nodules(series, identity="ignore", agree=3)
    (series / "069.xml").write_text("<IdriReadMessage/>")
    with pytest.raises(DataFault, match="its root is <IdriReadMessage>"):
        nodules(series)
    (series / "069.xml").write_text(
        '<!DOCTYPE x [<!ENTITY a "b">]><LidcReadMessage>&a;</LidcReadMessage>'
    )
    with pytest.raises(DataFault, match="not valid XML"):
        nodules(series)


@pytest.mark.parametrize(
    ("z", "sound"), [(4.0, True), (4.6, True), ("", True), (6.0, False), (-4, False)]
)
def test_an_outline_names_one_slice_and_its_place(series: Path, z: Any, sound: bool) -> None:
    """Slice 2 lies at z = 4 mm, and the slices are 2 mm apart."""
    uid, slices = uids(series)
    write(series / "069.xml", uid, nodule("1", roi(slices[2], square(4, 5, 14, 15), z=z)))
    found = nodules(series, agree=1)
    assert [f.reason for f in found.faults] == ([] if sound else ["polygon-unsound"])
    assert bool(found.layers[0].structures) == sound
