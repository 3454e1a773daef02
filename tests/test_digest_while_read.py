"""The digest of an image's files is that of the bytes on the disk, taken while a reader reads them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from benchsmith import plugins
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import members, read
from benchsmith.imaging.bytes_read import awaited, hashing
from benchsmith.stages import image_digest
from benchsmith.stages.image_digest import digest, digesting
from tests.test_dicom_labels import series


def wanted(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def volume(path: Path, shape: tuple[int, ...] = (8, 9, 10)) -> Path:
    voxels = np.arange(int(np.prod(shape)), dtype=np.int16).reshape(shape)
    nib.save(nib.Nifti1Image(voxels, np.diag([-1, -1, 1, 1])), path)
    return path


def opened(path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Return the digest of an image that is read, and how often files are read for it alone."""
    again: list[object] = []
    alone = image_digest.read_again
    monkeypatch.setattr(image_digest, "read_again", lambda f: again.append(f) or alone(f))
    with digesting(files) as found:
        read(path, Reading())
    return found(), len(again)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "series", "a.hdr"])
def test_files_that_are_read_whole_are_read_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    if name == "series":
        path = series(tmp_path)
    elif name == "a.hdr":
        nib.save(nib.Nifti1Pair(np.zeros((3, 4, 5), np.int16), np.eye(4)), tmp_path / "a.img")
    else:
        volume(path)
    files = members(path)
    found, again = opened(path, files, monkeypatch)
    assert found == wanted(files)
    # of a pair, only the voxels are read whole
    assert again == (name == "a.hdr")


def test_the_digest_of_a_file_of_several_volumes_is_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = volume(tmp_path / "a.nii.gz", (4, 5, 6, 3))
    calls: list[object] = []
    alone = image_digest.read_again
    monkeypatch.setattr(image_digest, "read_again", lambda f: calls.append(f) or alone(f))
    for part in ("0", "1", "2"):
        with digesting([path]) as found:
            read(path, Reading(part=part))
        assert found() == wanted([path])
    assert len(calls) == 1


def test_a_changed_file_has_the_digest_of_what_was_read(tmp_path: Path) -> None:
    path = volume(tmp_path / "a.nii.gz")
    before = wanted([path])
    with digesting([path]) as found:
        read(path, Reading())
        volume(path, (3, 4, 5))
    assert found() == before
    assert digest([path]) == wanted([path]) != before


def test_files_in_another_order_and_missing_ones_are_not_taken(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    with hashing([one, other]) as found:
        assert awaited(other) is None
        hasher = awaited(one)
        assert hasher is not None
        hasher.take(one, b"12", b"3")
        hasher.take(one, b"again")
        assert found.digest() == ""
        hasher.take(other, b"4")
    assert awaited(one) is None
    assert found.digest() == hashlib.sha256(b"1234").hexdigest()
    with digesting([tmp_path / "none.nii"]), pytest.raises(DataFault):
        plugins.readers().read_image(tmp_path / "none.nii", Reading())
