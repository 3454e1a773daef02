"""DICOM RT Structure Sets (PS3.3 A.19): closed contours in patient coordinates."""

from __future__ import annotations

import numpy as np
import pydicom

from benchsmith.annotations.label_volume import one_file
from benchsmith.annotations.mask_layers import Stack
from benchsmith.core.contracts import Annotations, DataFault, Fault, Image, Request, Structure
from benchsmith.documents.labels import RtStruct
from benchsmith.imaging.dicom.pixels import header
from benchsmith.imaging.dicom.plane_geometry import numbers
from benchsmith.imaging.geometry import fill_polygon

OFF = 0.25
"""A contour's points may lie this share of a slice distance from the slice's middle."""


def read(labels: RtStruct, request: Request) -> Annotations:
    """Read every structure of one series, filled slice by slice by the even-odd rule.

    Contours of one structure in one slice that lie inside each other are holes. Raises DataFault.
    """
    path = one_file(labels.file, request)
    image = request.image
    if image.affine is None or image.planar:
        raise DataFault("grid-mismatch", path, "its image has no place in space")
    data = header(path)
    if data.get("Modality") != "RTSTRUCT":
        raise DataFault("header", path, f"its modality is {data.get('Modality')}, not RTSTRUCT")
    names = {
        int(item.ROINumber): str(item.get("ROIName") or "").strip()
        for item in data.get("StructureSetROISequence") or ()
        if item.get("ROINumber") is not None
    }
    shown = request.show(path)
    stack = Stack(image.voxels.shape)
    faults: list[Fault] = []
    for item in data.get("ROIContourSequence") or ():
        number = int(item.get("ReferencedROINumber") or -1)
        at = f"{shown} ROI {number}"
        if not names.get(number):
            faults.append(Fault("class-unknown", at, "the structure has no name"))
            continue
        filled = _filled(item, image)
        if isinstance(filled, str):
            faults.append(Fault("polygon-unsound", at, f"{names[number]}: {filled}"))
        elif filled.any():
            stack.add(filled, Structure(names[number], at))
        else:
            faults.append(Fault("empty-structure", at, f"{names[number]} covers no voxel"))
    return Annotations(layers=stack.layers(), faults=faults)


def _filled(item: pydicom.Dataset, image: Image) -> np.ndarray | str:
    """Return the voxels inside a structure's contours, or what is wrong with one of them."""
    assert image.affine is not None
    inverse = np.linalg.inv(image.affine)
    depth, height, width = image.voxels.shape[:3]
    mask = np.zeros((depth, height, width), bool)
    outside = 0
    for contour in item.get("ContourSequence") or ():
        if contour.get("ContourGeometricType") != "CLOSED_PLANAR":
            continue
        points = np.array(numbers(contour.get("ContourData")))
        if points.size < 9 or points.size % 3 or not np.isfinite(points).all():
            return f"a contour has {points.size} coordinates"
        inside = inverse[:3, :3] @ points.reshape(-1, 3).T + inverse[:3, 3:]
        k = int(np.rint(inside[2].mean()))
        if np.abs(inside[2] - k).max() > OFF:
            return "a contour does not lie in a slice of the image"
        if not 0 <= k < depth:
            outside += 1
            continue
        # voxel (0, 0) has its centre at 0, pixel (0, 0) of a polygon at 0.5
        mask[k] ^= fill_polygon((height, width), inside[:2].T + 0.5)
    if outside and not mask.any():
        return f"all of its {outside} contours lie outside of the image"
    return mask
