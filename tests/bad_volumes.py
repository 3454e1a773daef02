"""Bad NIfTI, NRRD, MetaImage and NumPy files."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
from collections.abc import Callable, Iterator

import nibabel as nib
import numpy as np

from tests.bad_file import READ, REFUSED, BadFile

SHAPE = (14, 12, 10)
"""Voxels of a volume as (x, y, z)."""


def known_labels() -> np.ndarray:
    """Return three boxes labelled 1 to 3 in a volume, int16."""
    voxels = np.zeros(SHAPE, np.int16)
    voxels[2:6, 2:6, 2:6], voxels[7:11, 3:8, 2:7], voxels[3:8, 8:11, 4:8] = 1, 2, 3
    return voxels


def known_voxels() -> np.ndarray:
    """Return grey values that differ along each axis and in each label, int16."""
    x, y, z = np.indices(SHAPE)
    return (x * 40 - y * 30 + z * z * 3 + known_labels() * 100).astype(np.int16)


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

    good = _nifti(known_voxels())
    packed = gzip.compress(good, mtime=0)
    turned = _nifti(known_voxels()[::-1], np.diag([1.5, -1.5, 2.0, 1.0]))
    yield file("good_ras.nii.gz", READ, "sound", good)
    yield file("plain.nii", READ, "sound, not packed", good)
    yield file("turned.nii.gz", READ, "sound, the first axis runs the other way", turned)
    yield file("float.nii", READ, "sound, of floats", _nifti(known_voxels().astype(np.float32) / 4))
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
    labels = known_labels().astype(np.uint8)
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
    raw = known_voxels().tobytes(order="F")
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
    raw = known_voxels().tobytes(order="F")
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


class _Marks:
    """Leaves a mark for the harness when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return open, ("/tmp/BADFILES_PWNED_made", "w")  # noqa: S108  where the harness looks


def numpy() -> Iterator[BadFile]:
    """Yield arrays of NumPy."""
    out = io.BytesIO()
    np.save(out, known_voxels())
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


KINDS = (nifti, nifti_labels, nrrd, metaimage, numpy)
