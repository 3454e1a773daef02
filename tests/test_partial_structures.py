"""A structure some of whose contours could not be read is asked in its own planes, and not as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.annotations.components import split
from benchsmith.core.image_labels import Annotations
from benchsmith.stages.ingest import Ingested
from tests.test_annotations import read
from tests.test_contours import AFFINE, CLOSED, SHAPE, XOR, ring, rtstruct
from tests.test_formats import write_dicom
from tests.test_ingested_facts import ingested

SAMPLES = """  - images: image/
    modality: ct
    labels: [{kind: rtstruct, file: rt.dcm, union: {Both: [Liver, Spleen]}}]
"""
HEIGHTS = [3.0 * k for k in range(2, 7)]
OTHER_AXES = ("coronal", "sagittal")


def write(folder: Path, edit: Any) -> None:
    """Write a series, a liver of which `edit` changes the list of its five contours, and a whole spleen."""
    voxels = (np.arange(np.prod(SHAPE)) * 37 % 800).reshape(SHAPE[::-1]).astype(np.int16)
    series = write_dicom(folder, voxels, AFFINE)
    series.rename(folder / "image")
    liver = edit([(CLOSED, ring(5, 5, 17, 15, z)) for z in HEIGHTS])
    spleen = [(CLOSED, ring(19, 5, 25, 15, z)) for z in HEIGHTS]
    rtstruct(folder / "rt.dcm", {"Liver": liver, "Spleen": spleen})


def whole(found: Ingested) -> dict[str, str]:
    return {row.raw: row.kind for row in found.structures}


def axes(found: Ingested, raw: str) -> set[str]:
    return {one.axis for one in found.findings if one.raw == raw}


def in_the_middle(contours: Any) -> Any:
    return [*contours[:2], ("OPEN_PLANAR", contours[2][1]), *contours[3:]]


def at_the_end(contours: Any) -> Any:
    return [*contours[:4], (CLOSED, contours[4][1][:6])]


def one_of_two_in_a_plane(contours: Any) -> Any:
    return [*contours, ("OPEN_PLANAR", ring(19, 19, 25, 25, HEIGHTS[2]))]


def beyond_the_image(contours: Any) -> Any:
    return [*contours, (CLOSED, ring(5, 5, 17, 15, 300.0))]


def in_a_wide_gap(contours: Any) -> Any:
    return [contours[0], (CLOSED, ring(5, 5, 17, 15, 24.0))]


@pytest.mark.parametrize(
    "edit", [in_the_middle, at_the_end, one_of_two_in_a_plane, beyond_the_image, in_a_wide_gap]
)
def test_a_structure_that_lacks_planes_is_not_known_whole(tmp_path: Path, edit: Any) -> None:
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", edit)
    found = ingested(tmp_path, SAMPLES)
    kinds = whole(found)
    assert (kinds["Liver"], kinds["Spleen"]) == ("partial", "region")
    assert kinds.get("Both", "partial") == "partial"
    assert axes(found, "Liver") == {"axial"}
    assert axes(found, "Spleen") == {"axial", *OTHER_AXES}


@pytest.mark.parametrize("kind", [CLOSED, XOR])
def test_a_structure_whose_contours_are_all_read_is_known_whole(tmp_path: Path, kind: str) -> None:
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", lambda contours: [(kind, points) for _, points in contours])
    found = ingested(tmp_path, SAMPLES)
    assert whole(found) == {"Liver": "region", "Spleen": "region", "Both": "region"}
    assert axes(found, "Liver") == {"axial", *OTHER_AXES}


def answer(folder: Path, edit: Any, **more: Any) -> Annotations:
    write(folder, edit)
    entry = {"kind": "rtstruct", "file": "rt.dcm", **more}
    return read(entry, folder, formats.read(folder / "image"), name="image")


def partial(found: Annotations) -> dict[str, tuple[str, ...]]:
    return {s.raw: s.partial for layer in found.layers for s in layer.structures.values()}


def test_a_label_made_of_a_partial_one_is_partial(tmp_path: Path) -> None:
    """Slices in a wide gap are no fault, so that the label is made nevertheless."""
    found = answer(tmp_path, in_a_wide_gap, union={"Both": ("Liver", "Spleen")})
    assert partial(found) == {"Liver": OTHER_AXES, "Spleen": (), "Both": OTHER_AXES}


def test_pieces_of_a_partial_structure_are_not_known(tmp_path: Path) -> None:
    """Two pieces may be connected in the plane that could not be read."""
    found = split(answer(tmp_path, in_the_middle), 1)
    assert partial(found) == {"Spleen": ()}
    assert "extent-unknown" in {f.reason for f in found.faults}
    assert found.is_unknown("Liver")


def test_a_contour_without_a_plane_may_be_in_any_plane(tmp_path: Path) -> None:
    write(tmp_path, lambda contours: contours)
    data = pydicom.dcmread(tmp_path / "rt.dcm")
    data.ROIContourSequence[0].ContourSequence[2].ContourData = None
    data.save_as(tmp_path / "rt.dcm")
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    found = read(entry, tmp_path, formats.read(tmp_path / "image"), name="image")
    assert partial(found) == {"Liver": ("axial", *OTHER_AXES), "Spleen": ()}
