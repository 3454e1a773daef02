"""Volumes as ours and SimpleITK read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import Image, Reading
from tests.value_fuzz.mutants import Refused, noted
from tests.value_fuzz.values import Placed, Values, hung


def ours(path: Path) -> Values:
    """Return voxels, their places, and why they are not hung; for the part that the note names."""
    words = noted(path)
    how = Reading(part=words.get("part", ""), nifti_transform=words.get("nifti_transform", ""))
    return of_image(formats.read(path, how))


def of_image(image: Image) -> Values:
    """Return what is compared of a volume of ours; one without a size lies in the frame of its file."""
    rest = tuple(range(3, image.voxels.ndim))
    place = image.grid if image.affine is None else image.affine
    return {
        "volume": Placed(np.transpose(image.voxels, (2, 1, 0, *rest)), place),
        "hanging": "" if image.affine is None else hung(image),
        "spacing": np.sort(image.spacing_mm),
    }


def by_itk(path: Path) -> Values:
    """Read with SimpleITK, whose frame is LPS."""
    return of_itk(sitk.ReadImage(str(path)), noted(path))


UNKNOWN = np.empty(0)
"""The spacing of a file that states none."""


def of_itk(image: Any, words: dict[str, Any]) -> Values:
    """Return what is compared of an image of SimpleITK."""
    voxels = sitk.GetArrayFromImage(image)
    dimension = image.GetDimension()
    if dimension not in (2, 3, 4):
        raise Refused(f"{dimension} dimensions")
    if dimension == 4:
        part = words.get("part", "")
        if not part and image.GetSize()[3] > 1:
            raise Refused("several volumes")
        voxels = voxels[int(part or 0)]
    if dimension == 2:
        voxels = voxels[None]
    affine = np.eye(4)
    spatial = min(dimension, 3)
    directions = np.array(image.GetDirection()).reshape(dimension, dimension)
    affine[:spatial, :spatial] = (directions * image.GetSpacing())[:spatial, :spatial]
    affine[:spatial, 3] = image.GetOrigin()[:spatial]
    channels = image.GetNumberOfComponentsPerPixel()
    if channels in (3, 4):
        voxels = voxels[..., :3]
    elif channels != 1:
        raise Refused(f"{channels} numbers a voxel")
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise Refused("not finite")
    rest = tuple(range(3, voxels.ndim))
    return {
        "volume": Placed(np.transpose(voxels, (2, 1, 0, *rest)), affine),
        "hanging": "",
        "spacing": np.sort(np.linalg.norm(affine[:3, :3], axis=0)),
    }
