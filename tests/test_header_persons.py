"""Files whose headers name one person stay on one side of the split, whatever the recipe says of patients."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from benchsmith import formats
from benchsmith.core.contracts import Reading
from benchsmith.imaging.dicom.header_person import header_person
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.people import patient_groups
from benchsmith.stages.patient_names import stated_patients
from tests.merged_readers import ingested

CR = "1.2.840.10008.5.1.4.1.1.1"


def radiograph(path: Path, patient: str, number: int, issuer: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CR
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = f"1.2.3.{number + 1}"
    data.Modality, data.PatientID = "CR", patient
    if issuer:
        data.IssuerOfPatientID = issuer
    pixels = np.add.outer(np.arange(60), np.arange(80) * (number + 1)).astype(np.uint16) % 4096
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PixelData = pixels.tobytes()
    data.save_as(path, enforce_file_format=True)


def groups(folder: Path, patients: list[str], **keys: Any) -> tuple[list[str], dict[str, Any]]:
    """Return the group of each file's patient, and what is said of the source."""
    for number, patient in enumerate(patients):
        radiograph(folder / f"img/f{number}.dcm", patient, number)
    (folder / "t.csv").write_text("id,c\n" + "".join(f"f{n},x\n" for n in range(len(patients))))
    sheet = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("c",)}
    units, _ = ingested(folder, images="img/{key}.dcm", labels=(sheet,), **keys)
    samples = [s for u in units.values() for s in u.samples]
    text = " ".join(s.person for s in samples)
    assert not any(patient and patient in text for patient in patients), "only digests are kept"
    found = patient_groups(from_rows([], samples), {})
    return [found.group(s.patient) for s in samples], dict(found.one_person)


def test_files_of_one_person_are_one_group(tmp_path: Path) -> None:
    own, said = groups(tmp_path, ["PAT-7", "PAT-9", "PAT-7", "PAT-8", "PAT-9"])
    assert own == ["set/f0", "set/f1", "set/f0", "set/f3", "set/f1"]
    assert said == {"set": (4, 2)}


def test_identifiers_that_were_replaced(tmp_path: Path) -> None:
    own, said = groups(tmp_path, ["PAT-7", "PAT-7"], identity="ignore")
    assert own == ["set/f0", "set/f1"] and not said


@pytest.mark.parametrize("word", ["", "ANONYMOUS", "unknown", "0000", "N/A", "-"])
def test_a_word_for_nobody_joins_nobody(tmp_path: Path, word: str) -> None:
    own, said = groups(tmp_path, [word, word])
    assert own == ["set/f0", "set/f1"] and not said


def test_a_patient_that_the_recipe_names_is_joined_as_a_whole(tmp_path: Path) -> None:
    """By the recipe f0 and f1 are one, by the headers f1 and f2."""
    for number, patient in enumerate(["A1", "B1", "B1", "C1"]):
        radiograph(tmp_path / f"img/f{number}.dcm", patient, number)
    (tmp_path / "t.csv").write_text("id,c,p\nf0,x,P\nf1,x,P\nf2,x,Q\nf3,x,R\n")
    sheet = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("c",)}
    units, _ = ingested(tmp_path, images="img/{key}.dcm", labels=(sheet,), patient="column:p")
    samples = [s for u in units.values() for s in u.samples]
    found = patient_groups(from_rows([], samples), {})
    assert [found.group(s.patient) for s in samples] == ["set/P", "set/P", "set/P", "set/R"]


def test_two_issuers_may_give_one_number(tmp_path: Path) -> None:
    for number, issuer in enumerate(["north", "south", "north"]):
        radiograph(tmp_path / f"img/f{number}.dcm", "12", number, issuer)
    people = [formats.read(tmp_path / f"img/f{n}.dcm", Reading()).person for n in range(3)]
    assert people[0] == people[2] != people[1] and all(people)
    shutil.rmtree(tmp_path / "img")
    assert header_person(Dataset()) == ""


def test_words_for_no_patient_are_alike() -> None:
    cells = {"unknown", "N/A", "NaN", "", "?", "-", "Unknown ", "anonymous", "#N/A", "P1", "0"}
    assert stated_patients(cells) == ["0", "P1"]


def studies(folder: Path, headers: list[tuple[str, str, str]]) -> tuple[list[str], dict[str, Any]]:
    """Return the group of each file's patient; `headers` are Patient IDs, studies and frames of reference."""
    for number, (patient, study, frame) in enumerate(headers):
        path = folder / f"img/f{number}.dcm"
        radiograph(path, patient, number)
        data = dcmread(path)
        data.StudyInstanceUID, data.FrameOfReferenceUID = study, frame
        data.save_as(path)
    (folder / "t.csv").write_text("id,c\n" + "".join(f"f{n},x\n" for n in range(len(headers))))
    sheet = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("c",)}
    units, _ = ingested(folder, images="img/{key}.dcm", labels=(sheet,))
    samples = [s for u in units.values() for s in u.samples]
    assert not any("1.2.9" in s.person for s in samples), "only digests are kept"
    found = patient_groups(from_rows([], samples), {})
    return [found.group(s.patient) for s in samples], dict(found.one_person)


@pytest.mark.parametrize(
    ("headers", "groups_of", "said"),
    [
        ([("", "1.2.9.1", ""), ("", "1.2.9.1", ""), ("", "1.2.9.2", "")], "002", (2, 1)),
        ([("", "", "1.2.9.5"), ("", "", "1.2.9.6"), ("", "", "1.2.9.5")], "010", (2, 1)),
        ([("P1", "1.2.9.1", ""), ("", "1.2.9.1", "1.2.9.5"), ("", "", "1.2.9.5")], "000", (3, 1)),
        ([("P1", "1.2.9.1", ""), ("P2", "1.2.9.1", ""), ("", "1.2.9.1", "")], "012", None),
        ([("", "", "1.2.840.10008.1.4.1.1"), ("", "", "1.2.840.10008.1.4.1.1")], "01", None),
        ([("P001", "", ""), ("p1", "", ""), ("P2", "", "")], "002", (2, 1)),
    ],
)  # fmt: skip
def test_a_study_and_a_frame_of_reference_are_of_one_person(
    tmp_path: Path,
    headers: list[tuple[str, str, str]],
    groups_of: str,
    said: tuple[int, int] | None,
) -> None:
    """Also where Patient IDs were removed; a study of two Patient IDs is nobody's."""
    own, notes = studies(tmp_path, headers)
    assert own == [f"set/f{n}" for n in groups_of]
    assert notes == ({"set": said} if said else {})
