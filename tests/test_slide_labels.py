"""The label on the glass of a slide is not a picture to publish: it has names and numbers of patients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import tifffile
from pydicom.data import get_testdata_file
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Aperio Image Library v11\r\nlabel 415x422", True),
        ("Aperio Image Library v11\nmacro 1280x421", True),
        ("Label", True),
        (
            "Aperio Image Library v11\r\n46000x32893 [0,100 46000x32893] (240x240)|ImageID = 1",
            False,
        ),
        ("unlabelled macrophages", False),
        ("", False),
    ],
)
def test_a_page_that_its_tags_call_a_label_is_refused(
    tmp_path: Path, text: str, refused: bool
) -> None:
    path = tmp_path / "s.tif"
    with tifffile.TiffWriter(path) as pages:
        pages.write(GREY, metadata=None, description="Aperio Image Library v11")
        pages.write(GREY, metadata=None, description=text)
    assert formats.read(path, Reading(part="0")).voxels.shape == (1, 8, 8)
    if refused:
        with pytest.raises(DataFault) as caught:
            formats.read(path, Reading(part="1"))
        assert caught.value.reason == "burned-in"
        assert formats.read(path, Reading(part="1", burned_in=True)).voxels.shape == (1, 8, 8)
    else:
        assert formats.read(path, Reading(part="1")).voxels.shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("kind", "refused"), [("LABEL", True), ("OVERVIEW", True), ("VOLUME", False)]
)
def test_a_dicom_picture_of_a_label_is_refused(tmp_path: Path, kind: str, refused: bool) -> None:
    data = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    data.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    data.file_meta.MediaStorageSOPClassUID = VLWholeSlideMicroscopyImageStorage
    data.ImageType = ["ORIGINAL", "PRIMARY", kind, "NONE"]
    data.save_as(tmp_path / "a.dcm")
    if refused:
        with pytest.raises(DataFault) as caught:
            formats.read(tmp_path / "a.dcm")
        assert caught.value.reason == "burned-in"
    else:
        assert formats.read(tmp_path / "a.dcm").voxels.shape[0] == 1
