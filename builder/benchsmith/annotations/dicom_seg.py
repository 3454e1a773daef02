"""DICOM Segmentation objects (PS3.3 A.51 and A.88): each segment on its image's grid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.annotations import made_labels, segment_values, slide_segments
from benchsmith.annotations.dicom_object import object_of
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.annotations.moved_labels import nearest
from benchsmith.annotations.segment_grid import Frame, check_heights, grid_of, volume_of
from benchsmith.annotations.segment_values import LABELMAP, MIN_FRACTION, background_of, kind_of
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Reading,
    Request,
    Structure,
)
from benchsmith.core.library_errors import words_for
from benchsmith.documents.labels import DicomSeg
from benchsmith.imaging.dicom import functional_groups, identity
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import dataset, understood

SEGMENT = "SegmentIdentificationSequence"


def read(labels: DicomSeg, request: Request) -> Annotations:
    """Read every segment of one series, or of one slice that states its place.

    Segments may overlap. A frame without a position, or of a segment that is not described, makes
    the whole object unusable, because it may have other faults too. Raises DataFault.
    """
    check = labels.identity == "check"
    path = object_of(labels.file, "SEG", identity.of_segmentation, request, check=check)
    with understood(path):
        return _read(path, labels, request)


def _read(path: Path, labels: DicomSeg, request: Request) -> Annotations:
    image = request.image
    target = image.located
    if target is None and image.level_size is None:
        raise DataFault("grid-mismatch", path, "its image has no position in space")
    data = dataset(path, Reading(burned_in=True))
    if data.get("Modality") != "SEG":
        raise DataFault("header", path, f"its modality is {data.get('Modality')}, not SEG")
    if labels.identity == "check":
        identity.check(path, identity.of_segmentation(data), request.path, request.dicom_modality)
    names = _segments(data, path)
    if target is None:
        return _of_slide(path, labels, data, names, request)
    frames = list(_frames(data, names, path))
    grid = grid_of(frames, data, target, path)
    check_heights(frames, grid, target, path)
    shown = request.show(path)
    stack = LayerStack(image.voxels.shape)
    faults: list[Fault] = []
    for number, raw in sorted(names.items()):
        at = f"{shown} segment {number}"
        own = [f for f in frames if f.segment == number]
        mask = np.zeros(image.voxels.shape[:3], bool)
        if own:
            small, affine = volume_of(own, grid, path)
            mask = nearest(small, affine, mask.shape, target) > 0
            if small.any() and not mask.any():
                what = f"{raw} lies outside the image"
                faults.append(Fault("grid-mismatch", at, what, raw))
                continue
        if mask.any():
            stack.add(mask, Structure(raw, at))
        elif any(f.stated for f in own):
            what = f"{raw} covers less than {MIN_FRACTION:.0%} of every pixel"
            faults.append(Fault("structure-undrawn", at, what, raw))
        else:
            faults.append(Fault("empty-structure", at, f"{raw} is not in this series", raw))
    found = Annotations(layers=stack.layers(), faults=faults)
    made = made_labels.made_of(labels, {})
    return made_labels.add(found, made, image.voxels.shape, shown)


def _of_slide(
    path: Path,
    labels: DicomSeg,
    data: pydicom.Dataset,
    names: dict[int, str],
    request: Request,
) -> Annotations:
    """Read every segment in the region of a slide."""
    stack = LayerStack(request.image.voxels.shape)
    faults: list[Fault] = []
    for number, mask in slide_segments.masks(
        data, names, request.image, request.part, path
    ).items():
        at = f"{request.show(path)} segment {number}"
        if mask.any():
            stack.add(mask, Structure(names[number], at))
        else:
            what = f"{names[number]} is not in this region"
            faults.append(Fault("empty-structure", at, what, names[number]))
    found = Annotations(layers=stack.layers(), faults=faults)
    made = made_labels.made_of(labels, {})
    return made_labels.add(found, made, request.image.voxels.shape, request.show(path))


def _segments(data: pydicom.Dataset, path: Path) -> dict[int, str]:
    """Return the label of each segment number, without the background of a label map."""
    names: dict[int, str] = {}
    for item in data.get("SegmentSequence") or ():
        number, label = item.get("SegmentNumber"), str(item.get("SegmentLabel") or "").strip()
        if number is None or not label or int(number) in names:
            raise DataFault("header", path, "a segment has no number or no label, or occurs twice")
        names[int(number)] = label
    if data.get("SegmentationType") == LABELMAP:
        names.pop(background_of(data), None)
    if not names:
        raise DataFault("header", path, "describes no segment")
    return names


def _frames(data: pydicom.Dataset, described: dict[int, str], path: Path) -> Iterator[Frame]:
    """Yield the frames of all segments; a label map's frame holds several segments."""
    try:
        pixels = data.pixel_array
    except Exception as error:
        # pydicom passes on exceptions of its decoders, whose types are not documented
        raise DataFault("unreadable", path, words_for(error)) from error
    if pixels.ndim == 2:
        pixels = pixels[None]
    kind = kind_of(data, path)
    least = segment_values.least(data, kind, path)
    segment_values.check(pixels, data, kind, path)
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    segment_values.check_count(data, len(groups), path)
    if len(groups) != len(pixels):
        raise DataFault("header", path, f"{len(pixels)} frames, {len(groups)} of them described")
    background = background_of(data)
    shared = functional_groups.shared_groups(data)
    for stored, group in zip(pixels, groups, strict=True):
        plane = functional_groups.group(group, shared, "PlanePositionSequence")
        where = place.numbers(plane.get("ImagePositionPatient")) if plane else []
        if len(where) != 3 or not np.isfinite(where).all():
            raise DataFault("header", path, "a frame does not state its segment or its position")
        for number, values in _values(
            stored, kind, functional_groups.group(group, shared, SEGMENT), background, path
        ):
            if number not in described:
                raise DataFault(
                    "header", path, f"a frame belongs to segment {number}, which is not described"
                )
            yield Frame(number, values >= least, np.array(where), bool(values.any()))


def _values(
    stored: Array, kind: str, segment: pydicom.Dataset | None, background: int, path: Path
) -> Iterator[tuple[int, Array]]:
    """Yield segment number and values of a frame, 0 outside the segment (PS3.3 C.8.20.2)."""
    if kind == LABELMAP:
        for value in np.unique(stored[stored != background]).tolist():
            yield int(value), stored == value
        return
    number = segment.get("ReferencedSegmentNumber") if segment else None
    if number is None:
        raise DataFault("header", path, "a frame does not state its segment or its position")
    yield int(number), stored
