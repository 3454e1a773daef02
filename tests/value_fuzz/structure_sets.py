"""RT Structure Sets of a series, judged by a rasteriser of our own in patient coordinates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage

from benchsmith import formats
from tests.value_fuzz import dicom_objects as objects
from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused
from tests.value_fuzz.values import Values

NAMES = ("liver", "spleen")
SIDE = 16


def _series(chance: Chance, folder: Path) -> list[pydicom.Dataset]:
    """Write axial slices, whose rows and columns may run either way."""
    spacing, step = [chance.real(0.6, 2), chance.real(0.6, 2)], chance.real(1, 3)
    signs = chance.pick(((1, 1), (-1, -1), (1, -1), (-1, 1)))
    origin = [chance.real(-50, 50) for _ in range(3)]
    normal = signs[0] * signs[1]
    found = []
    (folder / "series").mkdir()
    for k in range(chance.whole(4, 6)):
        made = objects.image(np.zeros((SIDE, SIDE), np.uint16), 12)
        made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = (
            f"{objects.ROOT}.9.{k + 1}"
        )
        made.ImageOrientationPatient = [signs[0], 0, 0, 0, signs[1], 0]
        made.ImagePositionPatient = [origin[0], origin[1], round(origin[2] + normal * step * k, 4)]
        made.PixelSpacing = spacing
        found.append(made)
        objects.save(made, folder / f"series/{k:03d}.dcm")
    return found


def _ring(chance: Chance, image: pydicom.Dataset, *, inside: float = 1.0) -> Any:
    """Return a polygon around the middle of a slice, (n, 3) in millimetres."""
    count = chance.whole(5, 12)
    angles = 2 * np.pi * np.arange(count) / count
    # no corner lies on a row of pixel centres
    radius = np.array([chance.real(3.0, 6.9) for _ in angles]) * inside
    columns = SIDE / 2 + 0.013 + radius * np.cos(angles)
    rows = SIDE / 2 + 0.017 + radius * np.sin(angles)
    origin = np.array(image.ImagePositionPatient, float)
    x, y = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
    down, across = (float(v) for v in image.PixelSpacing)
    return origin + np.outer(columns * across, x) + np.outer(rows * down, y)


def _write(
    folder: Path, structures: list[tuple[str, list[tuple[str, Any]]]], **changed: Any
) -> Path:
    made = pydicom.Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{objects.ROOT}.88"
    made.Modality, made.PatientID = "RTSTRUCT", "p"
    frame = pydicom.Dataset()
    frame.FrameOfReferenceUID = f"{objects.ROOT}.4"
    made.ReferencedFrameOfReferenceSequence = [frame]
    made.StructureSetROISequence, made.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(structures, start=1):
        roi, drawn = pydicom.Dataset(), pydicom.Dataset()
        roi.ROINumber, roi.ROIName = number, name
        roi.ReferencedFrameOfReferenceUID = f"{objects.ROOT}.4"
        drawn.ReferencedROINumber, drawn.ContourSequence = number, []
        for kind, points in contours:
            item = pydicom.Dataset()
            item.ContourGeometricType, item.NumberOfContourPoints = kind, len(points)
            item.ContourData = [f"{v:.6f}" for v in np.asarray(points).ravel()]
            drawn.ContourSequence.append(item)
        made.StructureSetROISequence.append(roi)
        made.ROIContourSequence.append(drawn)
    for name, value in changed.items():
        setattr(made, name, value)
    return objects.save(made, folder / "rt.dcm")


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        images = _series(chance, folder)
        structures = []
        for name in NAMES[: chance.whole(1, 2)]:
            contours = [("CLOSED_PLANAR", _ring(chance, image)) for image in images]
            structures.append((name, _altered(kind, chance, images, contours)))
        changed: dict[str, Any] = {}
        if kind == "another patient":
            changed["PatientID"] = "q"
        if kind == "another frame of reference":
            frame = pydicom.Dataset()
            frame.FrameOfReferenceUID = f"{objects.ROOT}.44"
            changed["ReferencedFrameOfReferenceSequence"] = [frame]
        return _write(folder, structures, **changed)

    return change


def _altered(
    kind: str, chance: Chance, images: list[pydicom.Dataset], contours: list[tuple[str, Any]]
) -> list[tuple[str, Any]]:
    at = chance.whole(0, len(images) - 1)
    type_, points = contours[at]
    middle = points.mean(axis=0)
    if kind == "order and sense":
        return [(t, p[::-1] if chance.yes() else p) for t, p in chance.shuffled(contours)]
    if kind == "hole by XOR":
        small = middle + (points - middle) * 0.4
        contours[at] = ("CLOSEDPLANAR_XOR", points)
        return [*contours, ("CLOSEDPLANAR_XOR", small)]
    if kind == "hole by keyhole":
        small = middle + (points - middle) * 0.4
        hole = np.concatenate([points, points[:1], small[:1], small[1:][::-1], small[:1]])
        contours[at] = (type_, hole)
    if kind == "contour twice":
        return [*contours, (type_, points)]
    if kind == "overlapping contours":
        return [
            *contours,
            (type_, points + np.array([1.5 * float(images[0].PixelSpacing[1]), 0, 0])),
        ]
    if kind == "missing slice":
        return [c for k, c in enumerate(contours) if k != 1]
    if kind == "first point again":
        return [(t, np.concatenate([p, p[:1]])) for t, p in contours]
    if kind == "other types":
        contours[at] = (
            chance.pick(("POINT", "OPEN_PLANAR", "OPEN_NONPLANAR", "INTERPOLATED_PLANAR")),
            points,
        )
    if kind == "off its slice":
        step = images[1].ImagePositionPatient[2] - images[0].ImagePositionPatient[2]
        contours[at] = (type_, points + np.array([0, 0, step * chance.pick((0.1, 0.4, 50))]))
    return contours


def ours(path: Path) -> Values:
    """Return the structures on the grid of the series."""
    image = formats.read(path.with_name("series"))
    found = marks.ours(path, {"kind": "rtstruct", "file": path.name}, image, of="series")
    return {k: v for k, v in found.items() if k != "stated"}


def theirs(path: Path) -> Values:
    """Test every voxel's centre against every polygon, by crossings of a ray, in millimetres.

    Contours of a plane are united, XOR contours are combined by exclusive or (PS3.3 C.8.8.6.3); a
    slice between contoured ones is taken as half of the way by shape, as ours documents.
    """
    files = [pydicom.dcmread(p) for p in sorted(path.with_name("series").iterdir())]
    data = pydicom.dcmread(path)
    frames = {str(f.FrameOfReferenceUID) for f in data.ReferencedFrameOfReferenceSequence}
    if data.PatientID != files[0].PatientID or str(files[0].FrameOfReferenceUID) not in frames:
        raise Refused("of another patient")
    files.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    first = files[0]
    down, across = (float(v) for v in first.PixelSpacing)
    signs = [float(first.ImageOrientationPatient[i]) for i in (0, 4)]
    xs = np.sort(float(first.ImagePositionPatient[0]) + signs[0] * across * np.arange(SIDE))
    ys = np.sort(float(first.ImagePositionPatient[1]) + signs[1] * down * np.arange(SIDE))
    heights = [float(d.ImagePositionPatient[2]) for d in files]
    names = {int(i.ROINumber): str(i.ROIName) for i in data.StructureSetROISequence}
    found = []
    for item in data.ROIContourSequence:
        mask = _filled(item, heights, xs, ys)
        if mask.any():
            found.append(marks.mark(names[int(item.ReferencedROINumber)], mask))
    return {"marks": found}


def _filled(item: pydicom.Dataset, heights: list[float], xs: Any, ys: Any) -> Any:
    step = heights[1] - heights[0]
    mask = np.zeros((len(heights), SIDE, SIDE), bool)
    drawn = set()
    for contour in item.ContourSequence:
        points = np.array(contour.ContourData, float).reshape(-1, 3)
        if contour.ContourGeometricType not in ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR"):
            continue
        if np.ptp(points[:, 2]) > abs(step) / 4:
            raise Refused("a contour that is not in a plane")
        k = int(np.rint((points[0, 2] - heights[0]) / step))
        if not 0 <= k < len(heights) or abs(points[0, 2] - heights[k]) > step / 4:
            continue
        drawn.add(k)
        inside = _inside(points, xs, ys)
        mask[k] = mask[k] ^ inside if "XOR" in contour.ContourGeometricType else mask[k] | inside
    if drawn and len(drawn) < max(drawn) - min(drawn) + 1:
        raise Refused("a slice is not drawn")
    return mask


def _inside(points: Any, xs: Any, ys: Any) -> Any:
    """Return (y, x): whether a ray towards larger x crosses the polygon an odd number of times."""
    found = np.zeros((len(ys), len(xs)), bool)
    for (x0, y0, _), (x1, y1, _) in zip(points, np.roll(points, -1, axis=0), strict=True):
        for row, y in enumerate(ys):
            if (y0 > y) != (y1 > y):
                found[row] ^= xs < x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return found


FORMAT = Format(
    "RT Structure Set",
    "even-odd test of each voxel, in this test",
    {
        kind: _change(kind)
        for kind in (
            "contours of every slice", "order and sense", "hole by XOR", "hole by keyhole",
            "contour twice", "overlapping contours", "missing slice", "first point again",
            "other types", "off its slice", "another patient", "another frame of reference",
        )
    },
    ours,
    theirs,
    alone={"a slice is not drawn": "the slice between two drawn ones is interpolated by shape, and a note says so",
           "has no attribute": "a part of the header that is not needed is damaged"},
)  # fmt: skip
