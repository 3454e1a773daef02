"""Messages are true: the advice fits the labels, and the fault has its right name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from benchsmith import formats
from benchsmith.annotations.label_grid import RESAMPLE, onto
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.core.contracts import DataFault, Image, Reading, Request
from benchsmith.core.library_errors import words_for
from benchsmith.core.reasons import REASONS


def volume(side: int, *, shift: float = 0.0) -> Image:
    affine = np.eye(4)
    affine[0, 3] = shift
    return Image(np.zeros((4, side, side), np.uint8), affine, planar=False)


@pytest.mark.parametrize("labels", [volume(8), volume(9, shift=5)])
def test_resampling_is_advised_only_where_it_is_a_key(labels: Image) -> None:
    """Label volumes and masks have `grid`; instances do not, and pictures are not moved."""
    details = {}
    for grid in ("same", ""):
        with pytest.raises(DataFault) as caught:
            onto(volume(9), labels, Path("labels.nii"), grid)
        details[grid] = caught.value.detail
        assert "resample" not in REASONS[caught.value.reason].hint
    assert details["same"] == details[""] + RESAMPLE
    flat = Image(np.zeros((1, 9, 9), np.uint8), None, planar=True)
    other = Image(np.zeros((1, 8, 9), np.uint8), None, planar=True)
    with pytest.raises(DataFault) as caught:
        onto(flat, other, Path("mask.png"), "same")
    assert "resample" not in caught.value.detail


def marks_of(rings: list[list[float]]) -> list[str]:
    image = Image(np.zeros((1, 40, 50), np.uint8), None, planar=True)

    def nothing(*_: object) -> None:
        raise AssertionError

    request = Request(
        image=image,
        fields={},
        find=lambda _: [],
        show=str,
        read_labels=nothing,  # type: ignore[arg-type]
        read_image=nothing,  # type: ignore[arg-type]
        path=Path("p.png"),
        part="",
        own_labels=lambda: None,
        rows={},
    )
    marks = PictureMarks(request)
    marks.polygons("liver", "here", rings)
    return [fault.detail for fault in marks.all().faults]


def test_a_polygon_on_one_line_is_not_called_outside() -> None:
    for ring in ([5, 5, 10, 5, 20, 5], [5, 5, 5, 9, 5, 20], [5, 5, 6, 6, 20, 20], [7, 7] * 3):
        assert marks_of([ring]) == ["liver: its corners are on one line"], ring
    assert marks_of([[45, 5, 90, 5, 90, 30, 45, 30]]) == [
        "liver: most of it lies outside the picture"
    ]
    assert marks_of([[5, 5, 20, 5, 20, 20]]) == []


def test_a_dicomdir_is_named_as_what_it_is(tmp_path: Path) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(str(tmp_path / "DICOMDIR"), {}, file_meta=meta, preamble=b"\0" * 128)
    data.FileSetID = "DISC"
    data.DirectoryRecordSequence = pydicom.Sequence([])
    pydicom.dcmwrite(tmp_path / "DICOMDIR", data, enforce_file_format=True)
    with pytest.raises(DataFault) as caught:
        formats.read(tmp_path / "DICOMDIR", Reading())
    assert caught.value.reason == "not-a-picture"
    assert caught.value.detail == "is a DICOMDIR, the list of the files of a disc"


def test_no_message_names_a_type_of_python() -> None:
    """What a library says of a value that is missing, as a person with a damaged file needs it."""
    for cause in (TypeError("'NoneType' is not iterable"), KeyError("x"), ValueError("NoneType")):
        assert words_for(cause) == "an element is missing or of a wrong type"
    assert words_for(ValueError()) == "ValueError"
