"""A DICOM file whose Modality is of another kind than the recipe's modality is refused by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.documents import library
from benchsmith.pipeline.source_files import find_source_files
from benchsmith.plugins import readers
from benchsmith.stages.image_families import with_families
from benchsmith.tables.file_digests import Digests
from tests.conftest import Project
from tests.shipped_documents import shipped_library
from tests.test_dicom_volumes import VOXELS, edited, enhanced, tag
from tests.test_formats import write_dicom


@pytest.mark.parametrize(
    ("modality", "family", "is_read"),
    [
        ("CT", "ct", True), ("MR", "ct", False), ("DX", "ct", False), ("CT", "mri", False),
        ("CT", "x-ray", False), ("MG", "x-ray", True), ("XA", "x-ray", True), ("US", "ct", False),
        ("PT", "nuclear-medicine", True), ("NM", "nuclear-medicine", True), ("PT", "ct", False),
        ("OT", "ct", True), ("SC", "ct", True), ("SC", "x-ray", False), ("DX", "", True),
    ],
)  # fmt: skip
def test_a_series_and_a_file_of_another_kind(
    tmp_path: Path, modality: str, family: str, is_read: bool
) -> None:
    """A radiograph among the files of a recipe of CT was asked about as CT."""
    folder = edited(write_dicom(tmp_path, VOXELS, np.eye(4)), tag("Modality", modality))
    for path in (folder, min(folder.iterdir())):
        if is_read:
            assert formats.read(path, Reading(family=family)).voxels.size
            continue
        with pytest.raises(DataFault, match=f"which is not {family}; .*: {modality}`") as fault:
            formats.read(path, Reading(family=family))
        assert fault.value.reason == "other-modality"


def test_frames_of_another_kind(tmp_path: Path) -> None:
    path = enhanced(tmp_path)
    assert formats.read(path, Reading(family="ct")).voxels.size
    with pytest.raises(DataFault, match="which is not mri"):
        formats.read(path, Reading(family="mri"))


def test_a_build_knows_the_kind_by_the_tree_of_modalities(project: Project) -> None:
    """Kinds of CT are CT; the modalities of the lexicon that have no kind of their own are of any."""
    words = library.read(project.folder)
    source = words.sources["abdomen"]
    files = find_source_files(words, source, readers(), Digests(Path("/dev/null")), "keep")
    assert {(unit.modality, unit.family) for unit in files.units} == {("ct", "ct")}
    assert {unit.reading().family for unit in files.units} == {"ct"}
    unit = files.units[0]
    accepted = unit.samples.model_copy(update={"dicom_modality": "OT"})
    assert not replace(unit, samples=accepted).reading().family
    terms = [
        ("histopathology", "microscopy"),
        ("echocardiography", "ultrasound"),
        ("no-such-modality", ""),
    ]
    for modality, family in terms:
        (found,) = with_families([replace(unit, modality=modality)], shipped_library().lexicon)
        assert found.family == family
