"""DICOM objects that are no image of a recipe's modality: told by Modality and SOP class, in any layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pydicom.uid
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.documents import library
from benchsmith.imaging.dicom.modality_families import (
    CLASSES,
    FAMILIES,
    NO_FAMILY,
    OBJECTS,
    ROOT,
    of_class,
)
from tests.shipped_documents import shipped_library
from tests.test_dicom_volumes import VOXELS
from tests.test_formats import write_dicom

CT, SC, XC, OP = (
    pydicom.uid.CTImageStorage,
    pydicom.uid.SecondaryCaptureImageStorage,
    pydicom.uid.VLPhotographicImageStorage,
    pydicom.uid.OphthalmicPhotography8BitImageStorage,
)


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dicom(tmp_path_factory.mktemp("ct"), VOXELS, np.eye(4))


def another(series: Path, path: Path, modality: str, sop_class: str) -> Path:
    """Write a slice of a series with another Modality and SOP class."""
    data = pydicom.dcmread(min(series.iterdir()))
    data.Modality = modality
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = sop_class
    data.save_as(path)
    return path


@pytest.mark.parametrize("family", ["", "ct", "x-ray", "fundus-photography"])
@pytest.mark.parametrize(
    ("modality", "sop_class"),
    [
        *((kind, SC) for kind in ("DOC", "REG", "RTDOSE", "RWV", "SEG")),
        ("RTDOSE", pydicom.uid.RTDoseStorage),
        ("CT", pydicom.uid.RTDoseStorage),
        ("CT", pydicom.uid.SegmentationStorage),
        ("OT", pydicom.uid.SegmentationStorage),
        ("", "1.2.840.10008.5.1.4.1.1.66.7"),
    ],
)
def test_objects_are_no_pictures(
    series: Path, tmp_path: Path, modality: str, sop_class: str, family: str
) -> None:
    """A dose beside CT was drawn as CT, with the label of its key."""
    path = another(series, tmp_path / "a.dcm", modality, sop_class)
    with pytest.raises(DataFault, match="an object about images") as fault:
        formats.read(path, Reading(family=family))
    assert fault.value.reason == "not-a-picture"
    assert formats.read(path, Reading(labels=True)).voxels.size, "a mask may be stored so"


def test_a_recipe_that_names_the_modality_leaves_objects_out_without_a_fault(
    series: Path, tmp_path: Path
) -> None:
    path = another(series, tmp_path / "a.dcm", "RTDOSE", pydicom.uid.RTDoseStorage)
    with pytest.raises(DataFault) as fault:
        formats.read(path, Reading(dicom_modality="CT"))
    assert fault.value.reason == "other-modality"
    with pytest.raises(DataFault, match="an object about images"):
        formats.read(path, Reading(dicom_modality="RTDOSE"))


@pytest.mark.parametrize(
    ("modality", "sop_class", "family", "is_read"),
    [
        ("OP", OP, "ct", False), ("XC", XC, "ct", False), ("ES", XC, "mri", False), ("GM", XC, "x-ray", False),
        ("RTIMAGE", pydicom.uid.RTImageStorage, "ct", False), ("RTIMAGE", SC, "x-ray", False),
        ("OT", OP, "ct", False), ("", XC, "ct", False), ("OT", CT, "ct", True), ("OT", CT, "mri", False),
        ("OT", SC, "ct", True), ("CT", SC, "ct", True), ("", SC, "ct", True),
        ("CT", CT, "dermoscopy", False), ("XC", XC, "dermoscopy", True), ("OP", OP, "fundus-photography", True),
        ("SM", XC, "microscopy", True), ("OP", OP, "endoscopy", False), ("OPT", OP, "oct", True),
        ("PT", CT, "nuclear-medicine", True), ("OT", SC, "endoscopy", True), ("MR", XC, "mri", True),
        ("MR", pydicom.uid.ParametricMapStorage, "mri", True), ("OT", "1.2.3.4", "ct", True),
    ],
)  # fmt: skip
def test_images_of_another_kind(
    series: Path, tmp_path: Path, modality: str, sop_class: str, family: str, is_read: bool
) -> None:
    path = another(series, tmp_path / "a.dcm", modality, sop_class)
    if is_read:
        assert formats.read(path, Reading(family=family)).voxels.size
        return
    with pytest.raises(DataFault, match=f"which is not {family}; correct `modality`") as fault:
        formats.read(path, Reading(family=family))
    assert fault.value.reason == "other-modality"
    if modality:
        assert f"`dicom_modality: {modality}`" in fault.value.detail, "the mend exists"
        assert formats.read(path, Reading(dicom_modality=modality)).voxels.size


@pytest.mark.parametrize(
    ("modality", "sop_class"),
    [("SEG", SC), ("CT", pydicom.uid.SegmentationStorage), ("CT", pydicom.uid.RTDoseStorage)],
)
def test_objects_in_the_folder_of_a_series_are_no_slices(
    series: Path, tmp_path: Path, modality: str, sop_class: str
) -> None:
    alone = formats.read(series)
    folder = tmp_path / "mixed"
    folder.mkdir()
    for file in series.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    another(series, folder / "zz.dcm", modality, sop_class)
    for wanted in ("", "CT"):
        found = formats.read(folder, Reading(family="ct", dicom_modality=wanted))
        assert np.array_equal(found.voxels, alone.voxels)
        assert found.note == "1 files of its folder are not slices of it"


def test_the_table_names_kinds_of_the_lexicon_and_classes_of_the_standard() -> None:
    words: library.Library = shipped_library()
    assert FAMILIES.keys() <= set(words.lexicon.modalities.terms)
    known = OBJECTS | NO_FAMILY | frozenset().union(*FAMILIES.values())
    assert set(CLASSES.values()) <= known
    registered = [uid[len(ROOT) :] for uid in pydicom.uid.UID_dictionary if uid.startswith(ROOT)]
    newer = {"66.7"}
    for prefix in CLASSES.keys() - newer:
        assert any(uid == prefix or uid.startswith(f"{prefix}.") for uid in registered), prefix
    assert (
        of_class(f"{ROOT}128.1") == "PT" and of_class(f"{ROOT}11.1") == of_class(f"{ROOT}30") == ""
    )
