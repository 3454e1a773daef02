"""Folders of strangers whose labels are volumes, Segmentations and structure sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pydicom

from tests import test_contours as contours
from tests import test_dicom_labels as dicom
from tests.strangers_sets import Truth, volume


def sequences_of_cases(top: Path) -> Truth:
    """A folder for each case with three sequences and a label volume of three values."""
    truth: Truth = set()
    for n, case in enumerate(("sub-021", "sub-107")):
        for k, kind in enumerate(("flair", "t1ce", "t2")):
            volume(top / f"{case}/{case}_{kind}.nii.gz", 3 + n + k)
            words = ("?1", "?2", "?4")
            truth |= {(f"{case}/{case}_{kind}.nii.gz", word, None) for word in words}
        volume(top / f"{case}/{case}_seg.nii.gz", n, (1, 2, 4))
    return truth


def numbered_volumes(top: Path) -> Truth:
    """Volumes and labels whose names differ by the word in front of their number."""
    truth: Truth = set()
    for n in (1, 2, 10):
        volume(top / f"Training/img/img{n:04}.nii.gz", n + 2)
        volume(top / f"Training/label/label{n:04}.nii.gz", 0, (1, 6))
        truth |= {(f"Training/img/img{n:04}.nii.gz", word, None) for word in ("?1", "?6")}
    return truth


def structures_of_cases(top: Path) -> Truth:
    """A folder for each case with its volume, and one with a file for each structure."""
    truth: Truth = set()
    for n, case in enumerate(("s0011", "s0203")):
        volume(top / f"{case}/ct.nii.gz", n + 3)
        for word in ("liver", "spleen", "kidney_left"):
            volume(top / f"{case}/segmentations/{word}.nii.gz", 0, (1,))
            truth.add((f"{case}/ct.nii.gz", word, None))
    return truth


def segmentations_in_series(top: Path) -> Truth:
    """Series in folders named by numbers, a DICOM Segmentation in a folder of its own beside each."""
    truth: Truth = set()
    for n in (1, 2):
        study = top / f"LIDC-{n:04}/3.0{n}"
        study.mkdir(parents=True)
        series = dicom.series(study)
        dicom.segmentation(series, dicom.masks())
        series.rename(study / "CT-1")
        (study / "SEG-2").mkdir()
        (study / "seg.dcm").rename(study / "SEG-2/1-1.dcm")
        path = f"LIDC-{n:04}/3.0{n}/CT-1"
        truth |= {(path, "Liver", None), (path, "Mass", None)}
    return truth


def structure_sets_in_series(top: Path) -> Truth:
    """Series and structure sets of radiotherapy, each in a folder of its own."""
    truth: Truth = set()
    for n in (1, 2):
        study = top / f"LUNG1-{n:03}/study"
        study.mkdir(parents=True)
        series = dicom.series(study)
        first = pydicom.dcmread(min(series.iterdir()))
        series.rename(study / "0.000000-CT")
        (study / "1.000000-RTSTRUCT").mkdir()
        shapes = {
            name: [(contours.CLOSED, contours.ring(*at, z)) for z in (9, 12, 15)]
            for name, at in (("GTV-1", (9, 7, 21, 15)), ("Lung-Left", (3, 3, 9, 9)))
        }
        contours.rtstruct(
            study / "1.000000-RTSTRUCT/1-1.dcm",
            shapes,
            PatientID=first.PatientID,
            FrameOfReferenceUID="1.2.3",
        )
        path = f"LUNG1-{n:03}/study/0.000000-CT"
        truth |= {(path, "GTV-1", None), (path, "Lung-Left", None)}
    return truth


def short_words_before_numbers(top: Path) -> Truth:
    """As ATLAS has them: `im0` and `lb0`."""
    truth: Truth = set()
    for n in (0, 1, 14):
        volume(top / f"train/imagesTr/im{n}.nii.gz", n + 2)
        volume(top / f"train/labelsTr/lb{n}.nii.gz", 0, (1, 2))
        truth |= {(f"train/imagesTr/im{n}.nii.gz", word, None) for word in ("?1", "?2")}
    return truth


WRITERS: tuple[Callable[[Path], Truth], ...] = (
    sequences_of_cases,
    numbered_volumes,
    structures_of_cases,
    segmentations_in_series,
    structure_sets_in_series,
    short_words_before_numbers,
)
