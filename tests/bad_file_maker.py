"""Writes a corpus of bad files: small, without licences, the same bytes each time.

Each format has sound files, which must be read, and broken ones, each with one fault. Besides, every
sound file is damaged at places that chance chooses: of such a file only a crash is known to be
wrong. `manifest.csv` beside them says what each file is, as :mod:`tests.badfiles` reads it.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from benchsmith.core.random_order import rank

DAMAGED = 12
"""So many damaged copies are made of each sound file."""
READ, REFUSED, EITHER = "accept", "reject:", "either"
"""What must come of a file."""
SHAPE = (14, 12, 10)
"""Voxels of a volume as (x, y, z)."""
ROWS, COLUMNS = 64, 96
"""Pixels of a picture."""


@dataclass(frozen=True)
class BadFile:
    """One file of the corpus."""

    path: str
    """Relative to the corpus; its folder says how it is read."""
    expect: str
    what: str
    data: bytes


def write(corpus: Path) -> Path:
    """Write the corpus into a folder, which is made, and return it."""
    from tests import bad_files_newer

    files = [file for kind in (*KINDS, *bad_files_newer.KINDS) for file in kind()]
    files += [bad for file in files if file.expect == READ for bad in _damaged(file)]
    for file in files:
        path = corpus / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    with (corpus / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("path", "expect", "what_is_bad"))
        rows.writerows((file.path, file.expect, file.what) for file in files)
    return corpus


def _damaged(file: BadFile) -> Iterator[BadFile]:
    """Yield copies that are cut, or have a bit flipped, a few bytes lost, or a few made 0xFF."""
    folder, _, name = file.path.rpartition("/")
    # another file of a series or store would be another series or store
    if folder.endswith(("series_mixed_slope", ".zarr")):
        return
    first, dot, rest = name.partition(".")
    prefix = "" if not first.startswith("label") else "label_"
    for number in range(DAMAGED):
        at = rank(1, file.path, str(number)) % max(len(file.data) - 4, 1)
        data = file.data
        what, data = (
            ("cut", data[:at]),
            ("a bit flipped", data[:at] + bytes([data[at] ^ 1 << number % 8]) + data[at + 1 :]),
            ("three bytes lost", data[:at] + data[at + 3 :]),
            ("four bytes 0xFF", data[:at] + b"\xff" * 4 + data[at + 4 :]),
        )[number % 4]
        path = f"{folder}/{prefix}damaged_{number:02d}_{first}{dot}{rest}"
        yield BadFile(path, EITHER, f"{name}, {what} at byte {at}", data)


# Volumes.


def _labels() -> np.ndarray:
    voxels = np.zeros(SHAPE, np.int16)
    voxels[2:6, 2:6, 2:6], voxels[7:11, 3:8, 2:7], voxels[3:8, 8:11, 4:8] = 1, 2, 3
    return voxels


def _voxels() -> np.ndarray:
    x, y, z = np.indices(SHAPE)
    return (x * 40 - y * 30 + z * z * 3 + _labels() * 100).astype(np.int16)


AFFINE = np.diag([-1.5, -1.5, 2.0, 1.0])


def _nifti(voxels: np.ndarray, affine: np.ndarray = AFFINE) -> bytes:
    image = nib.Nifti1Image(voxels, affine)
    image.set_sform(affine, 1)
    return bytes(image.to_bytes())


def _patched(data: bytes, offset: int, form: str, *values: float) -> bytes:
    new = struct.pack(form, *values)
    return data[:offset] + new + data[offset + len(new) :]


def nifti() -> Iterator[BadFile]:
    """Yield volumes in NIfTI."""

    def file(name: str, expect: str, what: str, data: bytes) -> BadFile:
        packed = gzip.compress(data, mtime=0) if name.endswith(".gz") else data
        return BadFile(f"made/nifti/{name}", expect, what, packed)

    good = _nifti(_voxels())
    packed = gzip.compress(good, mtime=0)
    turned = _nifti(_voxels()[::-1], np.diag([1.5, -1.5, 2.0, 1.0]))
    yield file("good_ras.nii.gz", READ, "sound", good)
    yield file("plain.nii", READ, "sound, not packed", good)
    yield file("turned.nii.gz", READ, "sound, the first axis runs the other way", turned)
    yield file("float.nii", READ, "sound, of floats", _nifti(_voxels().astype(np.float32) / 4))
    for name, what, data in (
        ("half.nii", "half of the bytes", good[: len(good) // 2]),
        ("header_cut.nii", "200 bytes of the header", good[:200]),
        ("header_alone.nii", "no voxels", good[:352]),
        ("nothing.nii", "no bytes", b""),
        ("text.nii", "a text", b"This is a page that a server sent in place of a file.\n" * 20),
        ("magic.nii", "another magic", _patched(good, 344, "4s", b"n+9\0")),  # type: ignore[arg-type]
        ("axis_zero.nii", "an axis of 0 voxels", _patched(good, 42, "<h", 0)),
        ("axis_negative.nii", "an axis of -14 voxels", _patched(good, 42, "<h", -14)),
        ("axes_long.nii", "3 axes of 32767 voxels", _patched(good, 42, "<3h", *[32767] * 3)),
        ("five_axes.nii", "5 axes of 2", _patched(good, 40, "<6h", 5, 7, 6, 10, 2, 2)),
        ("type_unknown.nii", "a type that there is not", _patched(good, 70, "<h", 9999)),
        ("spacing_zero.nii", "a spacing of 0", _patched(_unplaced(good), 80, "<f", 0)),
        ("spacing_nan.nii", "a spacing of NaN", _patched(_unplaced(good), 84, "<f", np.nan)),
        ("data_behind.nii", "data behind the end", _patched(good, 108, "<f", 1e9)),
        ("data_before.nii", "data before the header", _patched(good, 108, "<f", -352)),
        ("affine_nan.nii", "NaN in the affine", _patched(good, 280, "<f", np.nan)),
        ("affine_flat.nii", "a flat affine", _patched(good, 280, "<12f", *[0.0] * 12)),
        ("slope_infinite.nii", "an infinite slope", _patched(good, 112, "<f", np.inf)),
    ):  # fmt: skip
        yield file(name, REFUSED, what, data)
    for name, what, data in (
        ("stream_cut.nii.gz", "a packed stream that is cut", packed[: len(packed) // 2]),
        ("sum.nii.gz", "a wrong checksum", packed[:-8] + b"\0\0\0\0" + packed[-4:]),
        ("length.nii.gz", "a wrong length after the stream", packed[:-4] + b"\1\0\0\0"),
    ):
        yield BadFile(f"made/nifti/{name}", REFUSED, what, data)
    yield file("bomb.nii.gz", REFUSED, "64 MB behind the last voxel", good + bytes(64 << 20))


def _unplaced(data: bytes) -> bytes:
    """Take both forms of a place away, so that the spacing alone is left."""
    return _patched(data, 252, "<2h", 0, 0)


def nifti_labels() -> Iterator[BadFile]:
    """Yield label volumes of `good_ras.nii.gz`."""
    labels = _labels().astype(np.uint8)
    moved = AFFINE.copy()
    moved[0, 3] = 7
    for name, expect, what, data in (
        ("label_good.nii", READ, "sound", _nifti(labels)),
        ("label_float.nii", READ, "whole numbers as floats", _nifti(labels.astype(np.float32))),
        ("label_fraction.nii", REFUSED, "fractions", _nifti(labels.astype(np.float32) / 2)),
        ("label_larger.nii", REFUSED, "another shape", _nifti(np.pad(labels, 1))),
        ("label_moved.nii", REFUSED, "7 mm elsewhere", _nifti(labels, moved)),
        ("label_unnamed.nii", REFUSED, "a value without a name", _nifti(labels * 3)),
        ("label_half.nii", REFUSED, "half of the bytes", _nifti(labels)[:900]),
    ):
        yield BadFile(f"made/nifti/{name}", expect, what, data)


NRRD = """NRRD0004
type: {type}
dimension: 3
space: left-posterior-superior
sizes: {sizes}
space directions: (1.5,0,0) (0,1.5,0) (0,0,2)
kinds: domain domain domain
endian: little
encoding: {encoding}
space origin: (0,0,0)
{more}
"""


def nrrd() -> Iterator[BadFile]:
    """Yield volumes in NRRD."""
    raw = _voxels().tobytes(order="F")
    sizes = " ".join(map(str, SHAPE))

    def file(
        name: str, expect: str, what: str, data: bytes, more: str = "", **changed: str
    ) -> BadFile:
        words = {"type": "short", "sizes": sizes, "encoding": "raw", **changed}
        head = NRRD.format(more=more + "\n" if more else "", **words)
        return BadFile(f"made/nrrd/{name}", expect, what, head.encode() + data)

    packed = gzip.compress(raw, mtime=0)
    yield file("good.nrrd", READ, "sound", raw)
    yield file("packed.nrrd", READ, "sound, packed", packed, encoding="gzip")
    for name, what, data, more, changed in (
        ("half.nrrd", "half of the voxels", raw[: len(raw) // 2], "", {}),
        ("packed_cut.nrrd", "a stream that is cut", packed[:99], "", {"encoding": "gzip"}),
        ("packed_not.nrrd", "no stream", raw, "", {"encoding": "gzip"}),
        ("large.nrrd", "more voxels than fit", raw, "", {"sizes": "99999 99999 99999"}),
        ("negative.nrrd", "a negative size", raw, "", {"sizes": "-14 12 10"}),
        ("two_sizes.nrrd", "two sizes of three", raw, "", {"sizes": "14 12"}),
        ("type.nrrd", "a type that there is not", raw, "", {"type": "quaternion"}),
        ("encoding.nrrd", "an encoding that there is not", raw, "", {"encoding": "morse"}),
        ("elsewhere.nhdr", "data of another folder", b"", "data file: ../../secret.raw", {}),
        ("absolute.nhdr", "data by an absolute path", b"", "data file: /etc/hostname", {}),
        ("gone.nhdr", "data that are not there", b"", "data file: gone.raw", {}),
        ("many.nhdr", "data in a million files", b"", "data file: v%07d.raw 0 999999 1", {}),
    ):
        yield file(name, REFUSED, what, data, more, **changed)


MHA = """ObjectType = Image
NDims = 3
BinaryData = True
BinaryDataByteOrderMSB = False
CompressedData = False
TransformMatrix = {matrix}
Offset = 0 0 0
ElementSpacing = {spacing}
DimSize = {size}
ElementType = {type}
ElementDataFile = {file}
"""


def metaimage() -> Iterator[BadFile]:
    """Yield volumes in MetaImage."""
    raw = _voxels().tobytes(order="F")
    sound = {
        "matrix": "1 0 0 0 1 0 0 0 1",
        "spacing": "1.5 1.5 2",
        "size": " ".join(map(str, SHAPE)),
        "type": "MET_SHORT",
        "file": "LOCAL",
    }
    cases: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("good.mha", "sound", {}),
        ("spacing.mha", "a spacing of 0", {"spacing": "1.5 0 2"}),
        ("matrix.mha", "a matrix of zeros", {"matrix": " ".join("0" * 9)}),
        ("large.mha", "more voxels than fit", {"size": "99999 99999 99999"}),
        ("type.mha", "a type that there is not", {"type": "MET_WORD_SALAD"}),
        ("elsewhere.mhd", "data of another folder", {"file": "../../secret.raw"}),
        ("gone.mhd", "data that are not there", {"file": "gone.raw"}),
    )
    for name, what, changed in cases:
        data = MHA.format(**sound | changed).encode() + raw
        yield BadFile(f"made/mha/{name}", REFUSED if changed else READ, what, data)
    yield BadFile("made/mha/half.mha", REFUSED, "half", MHA.format(**sound).encode() + raw[:900])


# DICOM.


def _slice(k: int, **changed: object) -> pydicom.Dataset:
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.{k + 1}"  # fmt: skip
    data.SeriesInstanceUID, data.StudyInstanceUID = "1.2.826.0.1.1", "1.2.826.0.1.2"
    data.FrameOfReferenceUID, data.Modality, data.PatientID = "1.2.826.0.1.3", "CT", "p"
    x, y, _ = SHAPE
    data.Rows, data.Columns, data.InstanceNumber = y, x, k
    data.PixelSpacing, data.SliceThickness = [1.5, 1.5], 2
    data.ImagePositionPatient = [0, 0, 2 * k]
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleSlope, data.RescaleIntercept = 1 + k / 8, 0
    data.PixelData = np.ascontiguousarray(_voxels()[:, :, k].T).tobytes()
    for name, value in changed.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    return data


def _dicom(data: pydicom.Dataset) -> bytes:
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def dicom() -> Iterator[BadFile]:
    """Yield single slices, and series of them."""
    good = _dicom(_slice(0))
    yield BadFile("made/dicom/good.dcm", READ, "sound", good)
    for name, what, changed in (
        ("pixels_short.dcm", "half of the pixels", {"PixelData": bytes(168)}),
        ("pixels_none.dcm", "no pixels", {"PixelData": None}),
        ("rows_zero.dcm", "0 rows", {"Rows": 0}),
        ("rows_none.dcm", "no number of rows", {"Rows": None}),
        ("spacing.dcm", "a negative spacing", {"PixelSpacing": [-1.5, 1.5]}),
        ("frames.dcm", "two thousand million frames", {"NumberOfFrames": 2_000_000_000}),
        ("palette.dcm", "a palette that is not there", {"PhotometricInterpretation": "PALETTE COLOR"}),
        ("bits.dcm", "pixels of 17 bits", {"BitsAllocated": 17, "BitsStored": 17, "HighBit": 16}),
    ):  # fmt: skip
        yield BadFile(f"made/dicom/{name}", REFUSED, what, _dicom(_slice(0, **changed)))  # type: ignore[arg-type]
    for name, what, data in (
        ("head_cut.dcm", "cut in the header", good[:300]),
        ("half.dcm", "cut in the pixels", good[:-100]),
        ("nothing.dcm", "no bytes", b""),
        ("text.dcm", "a text", b"not found\n" * 40),
    ):
        yield BadFile(f"made/dicom/{name}", REFUSED, what, data)
    count = SHAPE[2]
    sets = (
        ("series_mixed_slope", READ, "sound, each slice has its own slope", range(count)),
        ("series_gap", REFUSED, "a slice is missing", [k for k in range(count) if k != 4]),
    )
    for folder, expect, what, slices in sets:
        for k in slices:
            yield BadFile(f"made/dicom/{folder}/{k:03d}.dcm", expect, what, _dicom(_slice(k)))


# Pictures and masks.


def _pixels() -> np.ndarray:
    y, x = np.indices((ROWS, COLUMNS))
    return np.stack([x * 2, y * 3, (x + y) % 251], axis=2).astype(np.uint8)


def _encoded(pixels: np.ndarray, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(pixels).save(out, kind, **more)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _png(width: int, height: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pictures() -> Iterator[BadFile]:
    """Yield pictures of every kind."""
    pixels = _pixels()
    good = {
        "png": _encoded(pixels, "PNG"),
        "jpg": _encoded(pixels, "JPEG", quality=90),
        "tif": _encoded(pixels, "TIFF"),
        "bmp": _encoded(pixels, "BMP"),
    }
    for ending, data in good.items():
        yield BadFile(f"made/image/good.{ending}", READ, "sound", data)
        half = data[: len(data) // 2]
        yield BadFile(f"made/image/half.{ending}", REFUSED, "half of the bytes", half)
    for name, what, data in (
        ("nothing.png", "no bytes", b""),
        ("text.png", "a page of the web", b"<!doctype html><title>404</title>" * 9),
        ("width_zero.png", "no columns", _png(0, 8, b"")),
        ("wide.png", "4 thousand million columns", _png(2**32 - 1, 1, b"\0\0")),
        ("bomb.png", "1600 million pixels", _png(40_000, 40_000, bytes(1 << 20))),
        ("script.png", "PostScript by another name", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    ):  # fmt: skip
        yield BadFile(f"made/image/{name}", REFUSED, what, data)
    yield BadFile("made/image/rows.png", REFUSED, "8 rows of 64", _png(64, 64, bytes(65 * 8)))


def masks() -> Iterator[BadFile]:
    """Yield masks of a picture of ROWS x COLUMNS."""
    mask = np.zeros((ROWS, COLUMNS), np.uint8)
    mask[10:30, 20:50] = 1
    for name, expect, what, pixels in (
        ("good.png", READ, "sound", mask),
        ("unnamed.png", REFUSED, "a value without a name", mask * 9),
        ("turned.png", REFUSED, "another shape", np.ascontiguousarray(mask.T)),
        ("narrow.png", REFUSED, "a column less", mask[:, :-1].copy()),
    ):
        yield BadFile(f"made/mask/{name}", expect, what, _encoded(pixels, "PNG"))


class _Marks:
    """Leaves a mark for the harness when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return open, ("/tmp/BADFILES_PWNED_made", "w")  # noqa: S108  where the harness looks


def numpy() -> Iterator[BadFile]:
    """Yield arrays of NumPy."""
    out = io.BytesIO()
    np.save(out, _voxels())
    good = out.getvalue()
    head = b"\x93NUMPY\x01\x00"
    words = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    objects = head + struct.pack("<H", len(words)) + words + pickle.dumps([_Marks()])
    for name, what, data in (
        ("half.npy", "half of the bytes", good[: len(good) // 2]),
        ("objects.npy", "a pickle that runs code", objects),
        ("large.npy", "more items than fit", good.replace(b"(14, 12, 10)", b"(9999999999)", 1)),
        ("text.npy", "a text", b"0 1 2\n"),
    ):
        yield BadFile(f"made/npz/{name}", REFUSED, what, data)


# Label files of a picture `good.png` of ROWS x COLUMNS.


def coco() -> Iterator[BadFile]:
    """Yield COCO files."""

    def text(image: dict[str, object] | None = None, **changed: object) -> str:
        outline = [10, 10, 40, 10, 40, 30, 10, 30]
        mark = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 20], "area": 600,
                "iscrowd": 0, "segmentation": [outline]} | changed  # fmt: skip
        picture = {"id": 1, "file_name": "good.png", "width": COLUMNS, "height": ROWS}
        return json.dumps(
            {
                "images": [picture | (image or {})],
                "categories": [{"id": 1, "name": "polyp"}],
                "annotations": [mark],
            }
        )

    good = text()
    yield BadFile("made/coco/good.json", READ, "sound", good.encode())
    for name, what, bad in (
        ("half.json", "half of the text", good[: len(good) // 2]),
        ("key_twice.json", "a key that comes twice", good.replace('"id": 1,', '"id": 1, "id": 2,')),
        ("nan.json", "NaN", good.replace("600", "NaN").replace("[10, 10, 30", "[NaN, 10, 30")),
        ("deep.json", "100,000 lists in each other", "[" * 100_000 + "]" * 100_000),
        ("digits.json", "a number of 9000 digits", good.replace("600", "9" * 9000)),
        ("class.json", "a class that is not listed", text(category_id=9)),
        ("two_points.json", "an outline of two points", text(segmentation=[[1, 1, 9, 9]])),
        ("odd.json", "an outline of 7 numbers", text(segmentation=[[1, 1, 9, 1, 9, 9, 1]])),
        ("runs.json", "run lengths that do not fill", text(segmentation={"size": [ROWS, COLUMNS], "counts": [9, 9]})),
        ("runs_large.json", "run lengths of 2^62 pixels", text(segmentation={"size": [1 << 31, 1 << 31], "counts": [1 << 62]})),
        ("list.json", "a list", "[]"),
        ("wide.json", "UTF-16", good.encode("utf-16").decode("latin-1")),
    ):  # fmt: skip
        yield BadFile(f"made/coco/{name}", REFUSED, what, bad.encode("latin-1"))
    for name, expect, file in (
        ("up", EITHER, "../good.png"),  # names are compared; no file is opened by one
        ("root", REFUSED, "/etc/passwd"),
        ("web", REFUSED, "http://a.b/c.png"),
    ):
        data = text({"file_name": file}).encode()
        yield BadFile(f"made/coco/{name}.json", expect, f"a picture {file}", data)


VOC = """{head}<annotation><filename>good.png</filename>
<size><width>96</width><height>64</height><depth>3</depth></size>
<object><name>{name}</name><bndbox><xmin>{x}</xmin><ymin>10</ymin><xmax>40</xmax><ymax>30</ymax>
</bndbox></object></annotation>
"""


def voc() -> Iterator[BadFile]:
    """Yield VOC files."""

    def text(head: str = "", name: str = "polyp", x: str = "10") -> str:
        return VOC.format(head=head, name=name, x=x)

    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9}">' for n in range(1, 10))
    for name, expect, what, data in (
        ("good.xml", READ, "sound", text()),
        ("half.xml", REFUSED, "half of the text", text()[:150]),
        ("laughs.xml", REFUSED, "entities that grow", text(f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]>', "&a9;")),
        ("file.xml", REFUSED, "an entity that is a file", text('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "&b;")),
        ("word.xml", REFUSED, "a word in place of a number", text(x="ten")),
        ("nan.xml", REFUSED, "NaN in place of a number", text(x="nan")),
        ("inside_out.xml", REFUSED, "a box that ends before it begins", text(x="60")),
    ):  # fmt: skip
        yield BadFile(f"made/voc/{name}", expect, what, data.encode())


def yolo() -> Iterator[BadFile]:
    """Yield YOLO files, and their lists of names."""
    for name, expect, what, text in (
        ("good.txt", READ, "sound", "0 0.5 0.5 0.25 0.25\n"),
        ("class.txt", REFUSED, "a class without a name", "7 0.5 0.5 0.25 0.25\n"),
        ("pixels.txt", REFUSED, "pixels in place of parts", "0 48 32 20 20\n"),
        ("three.txt", REFUSED, "three numbers", "0 0.5 0.5\n"),
        ("nan.txt", REFUSED, "NaN", "0 nan 0.5 0.25 0.25\n"),
        ("word.txt", REFUSED, "a word", "polyp 0.5 0.5 0.25 0.25\n"),
        ("zero.txt", REFUSED, "a box without a width", "0 0.5 0.5 0 0.25\n"),
        ("code.yaml", REFUSED, "a tag that runs code", "names: !!python/object/apply:os.system [ls]\n"),
        ("aliases.yaml", REFUSED, "aliases that grow", "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)) + "names: *a9\n"),
        ("half.yaml", REFUSED, "a list that does not end", "names: [polyp, \n"),
    ):  # fmt: skip
        yield BadFile(f"made/yolo/{name}", expect, what, text.encode())


def tables() -> Iterator[BadFile]:
    """Yield tables."""
    good = "image,label\na.png,polyp\nb.png,none\n"
    for name, expect, what, data in (
        ("good.csv", READ, "sound", good.encode()),
        ("quotes.csv", READ, "sound, a comma in quotes", b'image,label\na.png,"polyp, flat"\n'),
        ("nothing.csv", REFUSED, "no bytes", b""),
        ("zero_byte.csv", REFUSED, "a byte 0", good.replace("polyp", "po\0lyp").encode()),
        ("open_quote.csv", REFUSED, "a quote that does not close", good.replace("polyp", '"polyp').encode()),
        ("latin.csv", REFUSED, "no UTF-8", good.replace("polyp", "p\xf6lyp").encode("latin-1")),
        ("column.csv", REFUSED, "no column of labels", good.replace("label", "finding").encode()),
        ("twice.csv", REFUSED, "two columns of one name", b"image,label,label\na.png,x,y\n"),
        ("semicolons.csv", REFUSED, "another separator", good.replace(",", ";").encode()),
        ("ragged.csv", REFUSED, "a row of four cells", good.encode() + b"c.png,x,y,z\n"),
    ):  # fmt: skip
        yield BadFile(f"made/csv/{name}", expect, what, data)


KINDS = (
    nifti, nifti_labels, nrrd, metaimage, dicom, pictures, masks, numpy, coco, voc, yolo, tables,
)  # fmt: skip
