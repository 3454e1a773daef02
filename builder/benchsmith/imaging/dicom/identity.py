"""The image that a DICOM object refers to: patient, frame of reference, series and instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.modality_choice import slices_of
from benchsmith.imaging.file_signature import is_dicom

TAGS = (
    "PatientID", "FrameOfReferenceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """The identifiers of an image, or of the image that an object refers to; empty if it is not stated."""

    patients: frozenset[str] = frozenset()
    frames_of_reference: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    """SOP classes of the instances."""


def of_image(path: Path, modality: str) -> Identity | None:
    """Return the identity of an image, a file or a folder of slices; None if it is not DICOM.

    `modality` is that of its slices, where the folder holds others; empty for any.
    """
    files = [path]
    if path.is_dir():
        files = slices_of(sorted(p for p in path.iterdir() if p.is_file()), modality)
    found = [
        pydicom.dcmread(p, stop_before_pixels=True, specific_tags=list(TAGS))
        for p in files
        if p.name.upper() != "DICOMDIR" and is_dicom(p)
    ]
    if not found:
        return None
    return Identity(
        _values(found, "PatientID"),
        _values(found, "FrameOfReferenceUID"),
        _values(found, "SeriesInstanceUID"),
        _values(found, "SOPInstanceUID"),
        _values(found, "SOPClassUID"),
    )


def of_segmentation(data: pydicom.Dataset) -> Identity:
    """Return what a Segmentation refers to (PS3.3 C.12.1.1.3, Common Instance Reference)."""
    series = list(data.get("ReferencedSeriesSequence") or ())
    instances = [one for item in series for one in item.get("ReferencedInstanceSequence") or ()]
    return _object(data, [data], series, instances)


def of_structure_set(data: pydicom.Dataset) -> Identity:
    """Return what a Structure Set refers to (PS3.3 C.8.8.5).

    Each structure may name its own frame of reference: see `frame_of_structure`.
    """
    frames = list(data.get("ReferencedFrameOfReferenceSequence") or ())
    studies = [s for f in frames for s in f.get("RTReferencedStudySequence") or ()]
    series = [s for study in studies for s in study.get("RTReferencedSeriesSequence") or ()]
    instances = [one for item in series for one in item.get("ContourImageSequence") or ()]
    return _object(data, frames or [data], series, instances)


def frame_of_structure(item: pydicom.Dataset) -> str:
    """Return the frame of reference of one structure (3006,0024); empty if it is not stated."""
    return str(item.get("ReferencedFrameOfReferenceUID") or "")


def mismatch(image: Identity, labels: Identity) -> str:
    """Return how an object's references contradict its image; empty if they do not.

    A value that only one of them states is no contradiction. An image that was converted to
    another SOP class, such as an enhanced one, has new instances, which are not compared.
    """
    pairs = (
        (image.patients, labels.patients, "patient (0010,0020)"),
        (image.frames_of_reference, labels.frames_of_reference, "frame of reference (0020,0052)"),
        (image.series, labels.series, "series (0020,000E)"),
        (image.instances, labels.instances, "instances (0008,1155)"),
    )
    converted = bool(image.classes and labels.classes and not image.classes & labels.classes)
    for ours, theirs, what in pairs[:3] if converted else pairs:
        if ours and theirs and not ours & theirs:
            return f"it refers to another {what} than the image's"
    return ""


def check(path: Path, labels: Identity, image_path: Path, modality: str) -> Identity | None:
    """Return an image's identity. Raises DataFault (another-patient) if an object belongs to another image."""
    image = of_image(image_path, modality)
    if image is not None and (what := mismatch(image, labels)):
        raise DataFault("another-patient", path, what)
    return image


def _object(
    data: pydicom.Dataset,
    frames: Sequence[pydicom.Dataset],
    series: Sequence[pydicom.Dataset],
    instances: Sequence[pydicom.Dataset],
) -> Identity:
    return Identity(
        _values([data], "PatientID"),
        _values(frames, "FrameOfReferenceUID"),
        _values(series, "SeriesInstanceUID"),
        _values(instances, "ReferencedSOPInstanceUID"),
        _values(instances, "ReferencedSOPClassUID"),
    )


def _values(items: Iterable[pydicom.Dataset], name: str) -> frozenset[str]:
    return frozenset(str(item.get(name)).strip() for item in items if item.get(name))
