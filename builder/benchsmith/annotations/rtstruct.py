"""DICOM RT Structure Sets (PS3.3 A.19): closed contours in patient coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.annotations import made_labels
from benchsmith.annotations.contours_to_mask import Contour, fill
from benchsmith.annotations.dicom_object import object_of
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import Annotations, DataFault, Fault, Request, Structure
from benchsmith.documents.labels import RtStruct
from benchsmith.imaging.dicom import identity
from benchsmith.imaging.dicom.files import header, understood
from benchsmith.imaging.dicom.plane_geometry import numbers
from benchsmith.imaging.geometry import Affine


def read(labels: RtStruct, request: Request) -> Annotations:
    """Read every structure of one series, or of one slice that states its place.

    A contour that cannot be read is a fault; the rest of its structure is kept, but is not known to be
    whole. A structure without contours may be anywhere or nowhere: it counts as not looked for.
    Raises DataFault.
    """
    check = labels.identity == "check"
    path = object_of(labels.file, "RTSTRUCT", identity.of_structure_set, request, check=check)
    with understood(path):
        return _read(path, labels, request)


def _read(path: Path, labels: RtStruct, request: Request) -> Annotations:
    image = request.image
    affine = image.located
    if affine is None:
        raise DataFault("grid-mismatch", path, "its image has no position in space")
    data = header(path)
    if data.get("Modality") != "RTSTRUCT":
        raise DataFault("header", path, f"its modality is {data.get('Modality')}, not RTSTRUCT")
    here = None
    if labels.identity == "check":
        here = identity.check(
            path, identity.of_structure_set(data), request.path, request.dicom_modality
        )
    elsewhere = _elsewhere(data, here)
    names, doubled = _names(data)
    shown = request.show(path)
    stack = LayerStack(image.voxels.shape)
    faults: list[Fault] = []
    notes: list[str] = []
    for number, several in doubled.items():
        for own in sorted(several):
            what = f"{own or 'a structure without a name'}: another structure has its number"
            faults.append(Fault("class-unknown", f"{shown} ROI {number}", what, own))
    drawn: set[int] = set()
    incomplete: set[str] = set()
    for item in data.get("ROIContourSequence") or ():
        stated = item.get("ReferencedROINumber")
        number = -1 if stated in (None, "") else int(stated)
        at = f"{shown} ROI {number}"
        raw = names.get(number)
        if number in doubled:
            continue
        if not raw:
            faults.append(Fault("class-unknown", at, "the structure has no name"))
            continue
        if number in elsewhere:
            what = f"{raw} lies in another frame of reference (3006,0024)"
            faults.append(Fault("another-patient", at, what, raw))
            drawn.add(number)
            continue
        contours = list(_contours(item, affine))
        if not contours:
            continue
        drawn.add(number)
        if any(any(numbers(c.get("ContourOffsetVector"))) for c in item.ContourSequence):
            what = f"{raw}: its contours state an offset (3006,0045), which is not supported"
            faults.append(Fault("contour-type", at, what, raw))
            continue
        filled = fill(contours, image.voxels.shape)
        faults += _summary(filled.faults, at, raw)
        if filled.interpolated:
            notes.append(f"{raw}: {filled.interpolated} slices between contours are interpolated")
        if filled.skipped:
            notes.append(f"{raw}: {filled.skipped} slices between contours are left out")
            incomplete.add(raw)
        if filled.voxels.any():
            partial = () if image.planar else filled.partial
            stack.add(filled.voxels, Structure(raw, at, partial=partial))
        elif not filled.faults:
            faults.append(Fault("structure-undrawn", at, f"{raw} covers no voxel", raw))
    undrawn = {number: raw for number, raw in names.items() if raw and number not in drawn}
    faults += [
        Fault("not-looked-for", f"{shown} ROI {number}", f"{raw} has no contour", raw)
        for number, raw in undrawn.items()
    ]
    found = Annotations(
        layers=stack.layers(),
        faults=faults,
        note="; ".join(notes),
        not_looked_for=frozenset(incomplete),
    )
    made = made_labels.made_of(labels, {})
    return made_labels.add(found, made, image.voxels.shape, shown)


def _names(data: pydicom.Dataset) -> tuple[dict[int, str], dict[int, set[str]]]:
    """Return the name of each structure's number, and the names of numbers that have several."""
    found: dict[int, set[str]] = {}
    for item in data.get("StructureSetROISequence") or ():
        if item.get("ROINumber") is not None:
            name = str(item.get("ROIName") or "").strip()
            found.setdefault(int(item.ROINumber), set()).add(name)
    names = {number: next(iter(own)) for number, own in found.items() if len(own) == 1}
    return names, {number: own for number, own in found.items() if len(own) > 1}


def _elsewhere(data: pydicom.Dataset, image: identity.Identity | None) -> set[int]:
    """Return the numbers of structures in a frame of reference that is not the image's."""
    if image is None or not image.frames_of_reference:
        return set()
    return {
        int(item.ROINumber)
        for item in data.get("StructureSetROISequence") or ()
        if (frame := identity.frame_of_structure(item)) and item.get("ROINumber") is not None
        if frame not in image.frames_of_reference
    }


def _contours(item: pydicom.Dataset, affine: Affine) -> Iterator[Contour]:
    """Yield a structure's contours in voxel coordinates, and what is wrong with each invalid one."""
    inverse = np.linalg.inv(affine)
    for contour in item.get("ContourSequence") or ():
        kind = str(contour.get("ContourGeometricType") or "")
        values = np.array(_coordinates(contour.get("ContourData")))
        count = numbers(contour.get("NumberOfContourPoints"))
        unsound = ""
        if values.size % 3:
            unsound = f"a contour has {values.size} coordinates, which are not whole points"
        elif count and count[0] * 3 != values.size:
            unsound = f"a contour states {count[0]:g} points and has {values.size // 3}"
        elif not np.isfinite(values).all():
            unsound = "a contour has coordinates that are not numbers"
        places = values[: values.size // 3 * 3].reshape(-1, 3)
        places = places[np.isfinite(places).all(axis=1)]
        yield Contour(kind, places @ inverse[:3, :3].T + inverse[:3, 3], unsound)


def _coordinates(value: object) -> list[float]:
    """Return the numbers of Contour Data (3006,0050).

    More than 64 KiB do not fit the length of its VR, DS: writers then state UN (PS3.5 6.2.2), whose
    bytes pydicom leaves as they are.
    """
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace").strip(" \0").split("\\")
    return numbers(value)


def _summary(found: list[tuple[str, str]], at: str, raw: str) -> list[Fault]:
    """Return one fault for each kind of contour that was left out of a structure."""
    counted: dict[tuple[str, str], int] = {}
    for one in found:
        counted[one] = counted.get(one, 0) + 1
    return [
        Fault(reason, at, f"{raw}: {detail}" + (f" ({count} times)" if count > 1 else ""), raw)
        for (reason, detail), count in counted.items()
    ]
