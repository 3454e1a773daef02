"""Images that share a folder with their labels and with other objects, and names that need a shape."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.uid import generate_uid

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.text import path_patterns
from tests.test_annotations import read
from tests.test_contours import CLOSED, block, ring, rtstruct, voxels
from tests.test_dicom_labels import masks, segmentation, series
from tests.test_ingest import run


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of slices of CT and PET, a structure set, two segmentations and a report."""
    top = tmp_path_factory.mktemp("patients")
    folder = top / "data/p1"
    folder.mkdir(parents=True)
    (top / "ct").mkdir()
    (top / "pet").mkdir()
    ct, pet = series(top / "ct"), series(top / "pet", depth=7, step=4.0)
    for file in pet.iterdir():
        data = pydicom.dcmread(file)
        data.Modality = "PT"
        data.SeriesInstanceUID = "1.2.99"
        data.save_as(file)
    segmentation(ct, masks())
    segmentation(pet, masks(7)[..., 1:])
    report = pydicom.dcmread(top / "ct/seg.dcm")
    report.Modality = "SR"
    del report.PixelData
    report.save_as(folder / "0.dcm")
    first = pydicom.dcmread(next(ct.iterdir()))
    rtstruct(
        folder / "1.dcm",
        {"Liver": [(CLOSED, ring(9, 7, 21, 15, z)) for z in (9, 12, 15)]},
        PatientID=first.PatientID,
        FrameOfReferenceUID="1.2.3",
    )
    shutil.copy(top / "ct/seg.dcm", folder / "2.dcm")
    shutil.copy(top / "pet/seg.dcm", folder / "3.dcm")
    for name, source in (("c", ct), ("p", pet)):
        for number, file in enumerate(sorted(source.iterdir())):
            shutil.copy(file, folder / f"{name}{number}.dcm")
    return folder


ENTRY = """  - images: "{{patient}}/"
    modality: ct
    patient: "{{patient}}"
    dicom_modality: {modality}
    labels:
      - {{kind: {kind}, file: "{{patient}}/*.dcm"}}
"""


def test_slices_are_chosen_by_modality(patient: Path) -> None:
    alone = {"CT": patient.parents[1] / "ct", "PT": patient.parents[1] / "pet"}
    for modality, top in alone.items():
        (folder,) = [p for p in top.iterdir() if p.is_dir()]
        image = formats.read(patient, Reading(dicom_modality=modality))
        assert np.array_equal(image.voxels, formats.read(folder).voxels)
        assert "files of its folder are not slices" in image.note
    with pytest.raises(DataFault, match="holds more than one"):
        formats.read(patient)
    with pytest.raises(DataFault, match="holds no slice of MR, but CT, PT, RTSTRUCT, SEG, SR"):
        formats.read(patient, Reading(dicom_modality="MR"))


def test_objects_beside_the_slices_of_one_series_are_no_slices(
    patient: Path, tmp_path: Path
) -> None:
    for file in patient.iterdir():
        if not file.name.startswith("p"):
            shutil.copy(file, tmp_path / file.name)
    (folder,) = [p for p in (patient.parents[1] / "ct").iterdir() if p.is_dir()]
    image = formats.read(tmp_path)
    assert np.array_equal(image.voxels, formats.read(folder).voxels)
    assert image.note == "4 files of its folder are not slices of it"


@pytest.mark.parametrize(("modality", "words"), [("CT", {"Liver", "Mass"}), ("PT", {"Liver"})])
def test_the_segmentation_that_refers_to_the_image_is_read(
    patient: Path, modality: str, words: set[str]
) -> None:
    top = patient.parents[1]
    findings, lost, samples = run(top, ENTRY.format(modality=modality, kind="dicom-seg"))
    assert not [r for r in lost if r.reason != "region-small"]
    assert {f.raw for f in findings} == words
    assert samples[0].key == "p1"


def test_the_structure_set_among_the_slices_is_read(patient: Path) -> None:
    """Its contours lie around the blocks that a reader without this folder sees."""
    image = formats.read(patient, Reading(dicom_modality="CT"))
    found = read({"kind": "rtstruct", "file": "p1/*.dcm"}, patient.parent, image, name="p1")
    expected = block((slice(3, 6), slice(4, 8), slice(5, 11)))
    assert np.array_equal(voxels(found)["Liver"], expected)


def test_two_objects_about_one_image_are_not_chosen_between(patient: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(patient, tmp_path / "data/p1"))
    again = pydicom.dcmread(folder / "2.dcm")
    again.SOPInstanceUID = again.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    again.save_as(folder / "4.dcm")
    findings, lost, _ = run(tmp_path, ENTRY.format(modality="CT", kind="dicom-seg"))
    assert not findings
    assert "matches 2 SEG of the image" in lost[0].detail


def test_single_files_of_another_modality_are_passed_over(patient: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("c0", "c5", "p0", "2"):
        shutil.copy(patient / f"{name}.dcm", tmp_path / f"data/{name}.dcm")
    entry = """  - images: "{key}.dcm"
    modality: ct
    dicom_modality: CT
    labels: [{kind: constant, label: chest}]
"""
    findings, lost, _ = run(tmp_path, entry)
    assert {f.sample for f in findings} == {f"{tmp_path.name}/c0", f"{tmp_path.name}/c5"}
    assert {r.reason for r in lost} == {"other-modality"}
    assert len(lost) == 2


@pytest.mark.parametrize(
    ("pattern", "name", "fields"),
    [
        ("{p}_{v}.png", "p_1_left_eye.png", {"p": "p_1_left", "v": "eye"}),
        ("{p=word}_{v}.png", "p1_left_eye.png", {"p": "p1", "v": "left_eye"}),
        ("{p}_{v=word}_{n=digits}.png", "p_1_left_03.png", {"p": "p_1", "v": "left", "n": "03"}),
        ("{p=4}_{v}.png", "p_12_x.png", {"p": "p_12", "v": "x"}),
        ("{p=letters}{n=digits}.png", "case12.png", {"p": "case", "n": "12"}),
        ("{p=letters}{n=digits}.png", "case12b.png", None),
        ("{p=digits}.png", "12a.png", None),
        ("{p=digits}_{a}_{b}_{c=word}.png", "1_2_3_4_5.png", {"p": "1", "a": "2_3", "b": "4", "c": "5"}),
        ("{p=word}_{a}_{b}_*.png", "é1_x_y_z.png", {"p": "é1", "a": "x", "b": "y"}),
        ("{a=2}{b=2}{c=2}.png", "abcdef.png", {"a": "ab", "b": "cd", "c": "ef"}),
        ("{a=2}{b=2}{c=2}.png", "abcdefg.png", None),
    ],
)  # fmt: skip
def test_a_shape_says_where_a_name_is_divided(
    pattern: str, name: str, fields: dict[str, str] | None
) -> None:
    assert path_patterns.problem(pattern) == ""
    assert path_patterns.match_name(pattern, name) == fields
    if fields and "*" not in pattern:
        assert path_patterns.fill(pattern, fields) == name


def test_an_unknown_shape_is_named() -> None:
    assert path_patterns.problem("{p=number}.png").startswith(
        "has a placeholder of the shape 'number'"
    )
    assert "brace" in path_patterns.problem("{p=}.png")
    assert "brace" in path_patterns.problem("{p=0}.png")


def test_pictures_and_masks_are_paired_by_names_with_underscores(tmp_path: Path) -> None:
    """`a_left_lung` is the left lung of `a` if a key has no underscore."""
    (tmp_path / "data").mkdir()
    ramp = np.add.outer(np.arange(60), np.arange(60)).astype(np.uint8)
    mask = np.zeros((60, 60), np.uint8)
    mask[10:40, 10:40] = 255
    PIL.Image.fromarray(ramp).save(tmp_path / "data/a_image_1.png")
    PIL.Image.fromarray(mask).save(tmp_path / "data/a_left_lung.png")
    entry = """  - images: "{key=word}_image_{n=digits}.png"
    modality: x-ray
    labels: [{kind: masks, file: "{key}_{label}.png"}]
"""
    findings, lost, samples = run(tmp_path, entry)
    assert [s.key for s in samples] == ["a"]
    assert "left_lung" in {f.raw for f in findings}
    assert {r.reason for r in lost} <= {"value-without-name"}, "the picture is not a mask"
