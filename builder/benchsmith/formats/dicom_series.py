"""A folder of slices of one DICOM series, as a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.slice_planes import SlicePlanes
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import dataset, header, with_pixels
from benchsmith.imaging.dicom.functional_groups import joined
from benchsmith.imaging.dicom.header_person import header_person
from benchsmith.imaging.dicom.judged_alike import JudgedAlike
from benchsmith.imaging.dicom.modality_choice import is_slice, kind_of, kind_of_file
from benchsmith.imaging.dicom.modality_families import check_family
from benchsmith.imaging.dicom.personal_elements import identifiers
from benchsmith.imaging.dicom.quantities import is_not_hounsfield, unit
from benchsmith.imaging.dicom.stated_alike import alike, unlike
from benchsmith.imaging.file_signature import is_dicom

MAX_FILES = 20_000
FIRST_FILES = 5
"""Number of files in a subfolder that are checked for slices."""
SETTINGS = (
    "EchoTime", "EchoNumbers", "InversionTime", "DiffusionBValue", "TemporalPositionIdentifier", "KVP",
    "NominalPercentageOfCardiacPhase",
)  # fmt: skip
"""Numbers that tell images of a series apart: echoes, diffusion, time points, voltages, phases of the heart."""
KERNEL = "ConvolutionKernel"
GRID = ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient")
FEWEST_APART = 3
"""Slices that each name a series of their own are one from this number on."""
PHOTOMETRIC = "PhotometricInterpretation"
SHOWN_BY = (PHOTOMETRIC, "BitsStored", "PixelRepresentation")
"""What decides which values are bright; the latter two where the values are inverted."""
KINDS = ("ImageType", "ComplexImageComponent")
"""What the values of an MR slice are, such as magnitude or phase."""
JUDGED = (*GRID, *SETTINGS, KERNEL, *SHOWN_BY, *KINDS, "SpecificCharacterSet")
OF_UNIT = ("Modality", "ImageType", "RescaleSlope", "RescaleIntercept", "RescaleType",
           "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")  # fmt: skip
"""What decides the unit of CT."""
ROUNDING, RELATIVE_ROUNDING = 1e-4, 1e-5
"""Differences of a number between the slices of a series that are taken as rounding."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read the slices of one series into a volume, sorted by their position along the normal.

    A single slice is a planar picture. Objects about the series, such as its structure set, are
    ignored, and so are slices of other modalities. Raises DataFault for missing, doubled, shifted
    or uneven slices, and for slices of several series, patients, echoes or time points.
    """
    if not files:
        raise DataFault("file-missing", "series", "the folder is empty")
    folder = files[0].parent
    if len(files) > MAX_FILES:
        raise DataFault("too-large", folder, f"holds {len(files)} files")
    slices, others, planes = _slices(files, how)
    note = f"{len(others)} files of its folder are not slices of it" if others else ""
    note = "; ".join(filter(None, [note, _further(folder, how)]))
    if len(slices) == 1:
        from benchsmith.formats import dicom

        image = dicom.read([slices[0][0]], how)
        return replace(image, note="; ".join(filter(None, [image.note, note])))
    note = "; ".join(filter(None, [note, _one_series(slices, folder)]))
    path0, first = slices[0]
    check_family(first, how.family, path0)
    normal = place.normal(first, path0)
    for path, data in slices:
        _same(data, first, path)
    order = sorted(
        range(len(slices)),
        key=lambda n: float(np.dot(normal, np.asarray(slices[n][1].ImagePositionPatient, float))),
    )
    slices = [slices[n] for n in order]
    places = np.array([np.asarray(d.ImagePositionPatient, float) for _, d in slices])
    step = place.step(places, normal, place.numbers(first.get("PixelSpacing")), folder)
    affine = place.affine(slices[0][1], slices[0][0], step)
    volume = planes.in_order(order, folder)
    voxels, affine = place.turned(np.transpose(volume, (2, 1, 0)), affine, folder)
    return Image(
        voxels,
        affine,
        planar=False,
        unit=_unit(slices, folder),
        not_hounsfield=is_not_hounsfield(slices[0][1]),
        person=header_person(slices[0][1]),
        note=note,
    )


def _slices(
    files: Sequence[Path], how: Reading
) -> tuple[list[tuple[Path, pydicom.Dataset]], list[str], SlicePlanes]:
    """Return the slices of a folder, the modalities of its other files, and the slices' pixels.

    The headers of several slices are without their pixels. Raises DataFault.
    """
    planes = SlicePlanes(len(files))
    if len(files) == 1:
        return [(files[0], dataset(files[0], how))], [], planes
    slices, others = [], []
    judged = JudgedAlike(lambda data, path: with_pixels(data, path, how) and None)
    for path in files:
        data = header(path)
        kind = kind_of(data)
        if is_slice(kind, how.dicom_modality):
            judged(data, path)
            slices.append((path, data))
            planes.add(data, path)
        else:
            others.append(kind.meant)
    if not slices:
        wanted = how.dicom_modality or "an image"
        what = f"holds no slice of {wanted}, but {', '.join(sorted(set(others)))}"
        raise DataFault("not-a-picture", files[0].parent, what)
    return slices, others, planes


def _further(folder: Path, how: Reading) -> str:
    """Return a note on subfolders that hold slices too, which are not read."""
    found = []
    for path in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
        first = sorted(p for p in path.iterdir() if p.is_file())[:FIRST_FILES]
        if any(is_dicom(p) and is_slice(kind_of_file(p), how.dicom_modality) for p in first):
            found.append(path.name)
    return f"not read are the slices in its folders {', '.join(found)}" if found else ""


def _unit(slices: list[tuple[Path, pydicom.Dataset]], folder: Path) -> str:
    """Return the unit of all slices. Raises DataFault if only some have it."""
    first = slices[0][1]
    is_ct = first.get("Modality") == "CT"  # that of PET follows from many elements
    found = sorted(
        {unit(d) for _, d in slices if d is first or not (is_ct and alike(d, first, *OF_UNIT))}
    )
    if len(found) > 1:
        what = f"the values of some of its slices are in {found[-1]}, of others not"
        raise DataFault("header", folder, what)
    return found[0]


def _one_series(slices: list[tuple[Path, pydicom.Dataset]], folder: Path) -> str:
    """Return a note on the series of the slices. Raises DataFault for slices of several series.

    Tools that replace identifiers may give each file a series of its own; then the places of the
    slices decide, which must be evenly spaced.
    """
    note = ""
    for tag, what in (
        ("SeriesInstanceUID", "series"),
        ("PatientID", "patient"),
        ("FrameOfReferenceUID", "frame of reference"),
        ("Modality", "modality"),
    ):
        found = {str(d.get(tag) or "") for _, d in slices}
        if tag == "SeriesInstanceUID" and FEWEST_APART <= len(found) == len(slices):
            note = "each slice names a series of its own (0020,000E): taken for one by their places"
        elif len(found) > 1:
            raise DataFault("series-gap", folder, f"holds more than one {what}: {len(found)}")
    return note


def _same(data: pydicom.Dataset, first: pydicom.Dataset, path: Path) -> None:
    # the first slice is compared with itself, so what is stated like in it has been judged
    unalike = set(JUDGED) if data is first else unlike(data, first, JUDGED)

    def judged(tag: str) -> bool:
        return tag not in unalike

    for tag in GRID:
        if judged(tag):
            continue
        a, b = data.get(tag), first.get(tag)
        if not place.numbers(a):
            raise DataFault("header", path, f"states no {tag}")
        if not _close(a, b):
            raise DataFault("series-gap", path, f"its {tag} differs from that of other slices")
    for tag in SETTINGS:
        if not judged(tag) and not _close(data.get(tag), first.get(tag), missing=True):
            what = f"its {tag} differs from that of other slices: several images are in one folder"
            raise DataFault("series-gap", path, what)
    kernels = (
        ["", ""]
        if judged(KERNEL) and judged("SpecificCharacterSet")
        else [str(d.get(KERNEL) or "") for d in (data, first)]
    )
    if kernels[0] != kernels[1] and data.get("Modality") == "CT":
        what = f"its {KERNEL} is {kernels[0]!r}, that of other slices {kernels[1]!r}"
        raise DataFault("series-gap", path, f"{what}: several images are in one folder")
    for tag in () if all(map(judged, SHOWN_BY)) else SHOWN_BY:
        a, b = str(data.get(tag)), str(first.get(tag))
        if a != b and (tag == PHOTOMETRIC or data.get(PHOTOMETRIC) == "MONOCHROME1"):
            what = f"its {tag} is {a}, that of other slices {b}: their values cannot be compared"
            raise DataFault("header", path, what)
    for tag in KINDS if data.get("Modality") == "MR" else ():
        if not judged(tag) and (a := joined(data.get(tag))) != (b := joined(first.get(tag))):
            what = f"its {tag} is {a}, that of other slices {b}"
            raise DataFault("series-gap", path, f"{what}: several images are in one folder")
    where = place.numbers(data.get("ImagePositionPatient"))
    if len(where) != 3 or not all(map(isfinite, where)):
        raise DataFault("header", path, "has no sound image position (0020,0032)")


def _close(a: Any, b: Any, *, missing: bool = False) -> bool:
    """Return whether two tags have the same numbers; `missing` if neither needs to have any."""
    x, y = place.numbers(a), place.numbers(b)
    if len(x) != len(y) or not (missing or x):
        return False
    return all(map(_same_number, x, y))


def _same_number(x: float, y: float) -> bool:
    """Return whether two numbers differ by rounding at most; NaN is not a number."""
    return x == y or (isfinite(y) and abs(x - y) <= ROUNDING + RELATIVE_ROUNDING * abs(y))


__all__ = ["identifiers", "read"]
