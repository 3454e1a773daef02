"""A damaged header is searched as bytes or is a fault, and never ends the search."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from benchsmith import plugins
from benchsmith.core.contracts import DataFault
from tests.test_identifiers_of_files import WRITERS, _box


def test_a_damaged_element_is_searched_as_bytes(tmp_path: Path) -> None:
    data = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    data.PatientID = "Kowalska"
    data.save_as(tmp_path / "a.dcm")
    whole = (tmp_path / "a.dcm").read_bytes()
    at = whole.index(b"Kowalska")
    (tmp_path / "a.dcm").write_bytes(whole[: at - 4] + b"DS" + whole[at - 2 :])
    assert "Kowalska" in plugins.identifiers(tmp_path / "a.dcm")


@pytest.mark.parametrize(
    "name", ["a.dcm", "a.png", "a.nii.gz", "a.nrrd", "a.mha", "a.mat", "a.npz", "a.mgz", "a.json"]
)
def test_a_header_that_cannot_be_searched_is_a_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x1f\x8b no such file Kowalska")
    with pytest.raises(DataFault):
        plugins.identifiers(tmp_path / name)


@pytest.mark.parametrize("name", [name for name in WRITERS if not name.endswith(".zarr")])
def test_a_damaged_header_is_a_fault_or_is_read_and_never_a_crash(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    whole = path.read_bytes()
    for n in range(24):
        at = n * 7919 % len(whole)
        damaged = (
            whole[:at],
            whole[:at] + b"\xff" * 4 + whole[at + 4 :],
            whole[:at] + whole[at + 3 :],
        )
        path.write_bytes(damaged[n % 3])
        with contextlib.suppress(DataFault):
            assert all(isinstance(text, str) for text in plugins.identifiers(path))


def test_boxes_in_boxes_and_levels_of_json_have_an_end(tmp_path: Path) -> None:
    boxes = b"".join(struct.pack(">I4s", 8 * (20_000 - n), b"moov") for n in range(20_000))
    (tmp_path / "a.mp4").write_bytes(_box(b"ftyp", b"isom") + boxes)
    assert plugins.identifiers(tmp_path / "a.mp4") == {}
    (tmp_path / "a.json").write_text('{"a":' * 900 + "1" + "}" * 900)
    assert plugins.identifiers(tmp_path / "a.json") == {}
    folder = tmp_path / "a.zarr"
    folder.mkdir()
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    (folder / ".zattrs").write_text('{"a":' * 900 + '"Kowalska"' + "}" * 900)
    assert plugins.identifiers(folder) == {"Kowalska": "a"}
