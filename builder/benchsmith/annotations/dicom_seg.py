"""DICOM Segmentation objects (PS3.3 A.51): each segment on its image's grid."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from benchsmith.annotations.label_volume import one_file
from benchsmith.annotations.mask_layers import Stack
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import DicomSeg
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.pixels import dataset
from benchsmith.imaging.geometry import Affine, resample_nearest

HALF = 0.5
"""A fractional segment covers what it fills by half."""
NEAR = 0.1
"""A frame may lie this share of a slice distance off the even grid."""


def read(labels: DicomSeg, request: Request) -> Annotations:
    """Read every segment of one series; segments may overlap.

    A frame without a place or of a segment that is not described spoils the whole object: what
    else is wrong in it cannot be known. Raises DataFault.
    """
    path = one_file(labels.file, request)
    image = request.image
    if image.affine is None or image.planar:
        raise DataFault("grid-mismatch", path, "its image has no place in space")
    data = dataset(path, Reading(burned_in=True))
    if data.get("Modality") != "SEG":
        raise DataFault("header", path, f"its modality is {data.get('Modality')}, not SEG")
    names = _segments(data, path)
    frames = _frames(data, names, path)
    shown = request.show(path)
    stack = Stack(image.voxels.shape)
    faults: list[Fault] = []
    for number, raw in sorted(names.items()):
        at = f"{shown} segment {number}"
        own = [f for f in frames if f[0] == number]
        mask = np.zeros(image.voxels.shape[:3], bool)
        if own:
            small, affine = _volume([f[1:] for f in own], data, path)
            mask = resample_nearest(small, affine, mask.shape, image.affine) > 0
            if small.any() and not mask.any():
                faults.append(Fault("grid-mismatch", at, f"{raw} lies outside of the image"))
                continue
        if mask.any():
            stack.add(mask, Structure(raw, at))
        else:
            faults.append(Fault("empty-structure", at, f"{raw} is not in this series"))
    return Annotations(layers=stack.layers(), faults=faults)


def _segments(data: pydicom.Dataset, path: Path) -> dict[int, str]:
    names: dict[int, str] = {}
    for item in data.get("SegmentSequence") or ():
        number, label = item.get("SegmentNumber"), str(item.get("SegmentLabel") or "").strip()
        if number is None or not label or int(number) in names:
            raise DataFault(
                "header", path, "a segment has no number or no label, or is there twice"
            )
        names[int(number)] = label
    if not names:
        raise DataFault("header", path, "describes no segment")
    return names


def _frames(
    data: pydicom.Dataset, described: Collection[int], path: Path
) -> list[tuple[int, Array, Any]]:
    """Return segment number, mask and place of each frame."""
    try:
        pixels = data.pixel_array
    except Exception as error:
        # pydicom hands on whatever its decoders raise
        raise DataFault("unreadable", path, f"{type(error).__name__}: {error}") from error
    if pixels.ndim == 2:
        pixels = pixels[None]
    if data.get("SegmentationType") == "FRACTIONAL":
        pixels = pixels >= HALF * int(data.get("MaximumFractionalValue") or 255)
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    if len(groups) != len(pixels):
        raise DataFault("header", path, f"{len(pixels)} frames, {len(groups)} of them described")
    shared = place.shared_groups(data)
    found = []
    for mask, group in zip(pixels, groups, strict=True):
        segment = place.group(group, shared, "SegmentIdentificationSequence")
        position = place.group(group, shared, "PlanePositionSequence")
        where = place.numbers(position.get("ImagePositionPatient")) if position else []
        number = segment.get("ReferencedSegmentNumber") if segment else None
        if number is None or len(where) != 3:
            raise DataFault("header", path, "a frame does not say its segment or its place")
        if int(number) not in described:
            raise DataFault("header", path, f"a frame is of segment {number}, not described")
        found.append((int(number), mask, np.array(where)))
    return found


def _volume(
    frames: list[tuple[Array, Any]], data: pydicom.Dataset, path: Path
) -> tuple[Array, Affine]:
    """Return the frames of one segment as a volume (z, y, x) with its affine."""
    shared = place.shared_groups(data)
    first = data.PerFrameFunctionalGroupsSequence[0]
    orientation = place.group(first, shared, "PlaneOrientationSequence")
    measures = place.group(first, shared, "PixelMeasuresSequence")
    if orientation is None or measures is None:
        raise DataFault("header", path, "says no orientation or no pixel measures")
    directions = place.cosines(orientation.get("ImageOrientationPatient"), path)
    across = np.cross(directions[:3], directions[3:])
    heights = np.array([where @ across for _, where in frames])
    thickness = place.numbers(measures.get("SpacingBetweenSlices")) or place.numbers(
        measures.get("SliceThickness")
    )
    gaps = np.diff(np.unique(heights.round(4)))
    distance = thickness[0] if thickness and thickness[0] > 0 else float(min(gaps, default=1.0))
    steps = (heights - heights.min()) / distance
    index = np.rint(steps).astype(int)
    if np.abs(steps - index).max() > NEAR or len(set(index.tolist())) < len(index):
        raise DataFault("series-gap", path, "its frames do not lie on an even grid of slices")
    masks = np.zeros((int(index.max()) + 1, *frames[0][0].shape), np.uint8)
    for (mask, _), k in zip(frames, index, strict=True):
        masks[k] = mask > 0
    affine = place.compose(
        directions,
        place.numbers(measures.get("PixelSpacing")),
        frames[int(heights.argmin())][1].tolist(),
        across * distance,
        path,
    )
    return place.turned(np.transpose(masks, (2, 1, 0)), affine, path)
