"""Run a recipe backwards: write the smallest source that it describes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from builder import formats, patterns
from builder.annotations import sheet
from builder.documents.recipe import Count, Instances, Masks, Samples, Sheet, Source, Volume

SHAPE = (24, 24, 24)
"""Voxels of a miniature volume as (x, y, z)."""
AFFINE = np.diag([-2.0, -2.0, 2.0, 1.0])


def write(source: Source, folder: Path, words: list[str]) -> dict[str, Path]:
    """Write a miniature of a source; return its roots. `words` are raw labels it may use."""
    roots = {prefix: folder / (prefix or "main") for prefix in source.recipe.roots}
    for root in roots.values():
        root.mkdir(parents=True)
    roots["recipe"] = source.folder
    shared: dict[str, int] = {}
    for entry in source.recipe.samples:
        turn = shared.setdefault(entry.sheets[0].file, 0) if entry.sheets else 0
        for key in _keys(entry, roots, source, turn):
            _entry(entry, roots, {"key": key, "patient": f"p-{key}"}, words)
        if entry.sheets:
            shared[entry.sheets[0].file] += 1
    return {prefix: root.resolve() for prefix, root in roots.items()}


def _keys(entry: Samples, roots: dict[str, Path], source: Source, turn: int) -> Iterator[str]:
    """Return the keys to write: the sheet's (each entry of a shared sheet its part), or two."""
    if not entry.sheets:
        yield from ("one", "two") if "key" in patterns.placeholders(entry.images) else ("one",)
        return
    own = entry.sheets[0]
    path = _place(roots, own.file, {})
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(",".join([own.key, *own.labels]) + "\n")
    entries = [e for e in source.recipe.samples if e.sheets and e.sheets[0].file == own.file]
    yield from list(sheet.by_key(path, own.key))[turn :: len(entries)]


def _place(roots: dict[str, Path], pattern: str, fields: dict[str, str]) -> Path:
    prefix, _, rest = pattern.rpartition(":")
    return roots[prefix] / patterns.fill(rest, fields)


def _entry(
    entry: Samples, roots: dict[str, Path], fields: dict[str, str], words: list[str]
) -> None:
    image = _place(roots, entry.images, fields)
    planar = not entry.images.endswith("/") and formats.ending(image) not in (".nii", ".nii.gz")
    _image(image, folder=entry.images.endswith("/"))
    for labels in entry.labels:
        if isinstance(labels, Volume):
            names = labels.names or dict(enumerate(words[:3], start=1))
            if labels.names_file:
                text = "".join(f"{v}\t{n}\n" for v, n in names.items())
                _place(roots, labels.names_file, fields).write_text(text)
            _labels(_place(roots, labels.file, fields), list(names)[:3], planar)
        elif isinstance(labels, Masks):
            for number, label in enumerate(labels.only or words[:3]):
                path = _place(roots, labels.file, fields | {"label": label})
                _labels(path, [1], planar, start=number)
        elif isinstance(labels, Instances | Count):
            _labels(_place(roots, labels.file, fields), [1, 2, 3], planar)
        else:
            assert isinstance(labels, Sheet)


def _image(path: Path, *, folder: bool) -> None:
    x, y, z = np.indices(SHAPE)
    voxels = (x * 9 + y * 5 + z * 3).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    end = "/" if folder else formats.ending(path)
    if end in (".nii", ".nii.gz"):
        nib.save(nib.Nifti1Image(voxels, AFFINE), path)
    elif end == "/":
        path.mkdir()
        uid = generate_uid()
        for k in range(SHAPE[2]):
            _dicom(path / f"{k:03d}", voxels[:, :, k].T, uid, k)
    elif end == ".dcm":
        _dicom(path, np.kron(voxels[:, :, 0], np.ones((4, 4), np.int16)), generate_uid(), 0)
    else:
        PIL.Image.fromarray(np.kron(voxels[:, :, 0] % 251, np.ones((6, 6))).astype(np.uint8)).save(
            path
        )


def _dicom(path: Path, pixels: np.ndarray, series: str, k: int) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.SeriesInstanceUID = "CT", series
    data.Rows, data.Columns = pixels.shape
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 15, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    data.PixelSpacing, data.ImageOrientationPatient = [2, 2], [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [0, 0, 2 * k]
    data.PixelData = pixels.astype("<u2").tobytes()
    data.save_as(path, enforce_file_format=True)
    assert pydicom.dcmread(path).Rows == pixels.shape[0]


def _labels(path: Path, values: list[int], planar: bool, start: int = 0) -> None:
    """Write blocks of the values, each in its own corner."""
    labels = np.zeros(SHAPE, np.uint8)
    for number, value in enumerate(values, start=start):
        x, y = 2 + 10 * (number % 2), 2 + 10 * (number // 2 % 2)
        labels[x : x + 8, y : y + 8, 4:16] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    if planar:
        PIL.Image.fromarray(np.kron(labels[:, :, 8], np.ones((6, 6), np.uint8))).save(path)
    else:
        nib.save(nib.Nifti1Image(labels, AFFINE), path)
