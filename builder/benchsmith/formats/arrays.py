"""NumPy files: .npy, .npz in MedMNIST's layout (`train_images`, `train_labels`, ...) or of named arrays.

Pickles are refused: only headers are parsed, by NumPy's own format module.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from math import prod
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.lib import format as npy

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.formats import part_choice, unplaced_volume
from benchsmith.formats.coded_labels import unclear_columns
from benchsmith.imaging import byte_stream
from benchsmith.text.readable_bytes import readable

CHANNELS, SMALLEST_PICTURE = (3, 4), 16
"""An array of three axes whose last one is so short is a picture in colours, if it is so large."""
HEAD_BYTES = 1 << 17
"""Bytes of an array's file that hold its header: NumPy refuses longer ones."""
MAX_TEXT_BYTES = 1 << 24
"""Bytes of an array of texts that are read."""
IMAGES = "_images"
LABELS = "_labels"


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one picture or volume: a whole .npy array, or `train_images/17` of an .npz file.

    Two dimensions are a picture, three a volume (z, y, x) or a colour picture (last axis 3, uint8),
    four a colour volume. Volumes have no place in space, and the voxel size `how.spacing_mm`, if any. `how.variable` is the array of an .npz file
    that holds one picture or volume beside its labels, as MedSAM has them; then no other array is
    read. Raises DataFault.
    """
    path = files[0]
    if how.variable and not path.name.lower().endswith(".npy"):
        image = _image(_named(path, how.variable), path)
        if image.planar and how.part:
            raise DataFault("dimensions", path, f"`{how.variable}` is one picture and has no parts")
        if image.planar:
            return image
        if how.part:
            one = image.voxels[part_choice.number(how.part, len(image.voxels), path)]
            return replace(image, voxels=one[None], planar=True, note="", oriented=True)
        return _sized(image, how)
    if path.name.lower().endswith(".npy"):
        array = _npy(path)
    else:
        name, _, number = how.part.rpartition("/")
        if not name:
            raise DataFault("dimensions", path, part_choice.unchosen(variables(path), IMAGES))
        stack = arrays(path).get(name)
        if stack is None or not number.isdigit() or int(number) >= len(stack):
            raise DataFault("dimensions", path, f"has no part {how.part!r}")
        array = stack[int(number)]
        if (
            array.ndim == 3
            and array.shape[0] in CHANNELS
            and min(array.shape[1:]) >= SMALLEST_PICTURE
        ):
            what = f"{name} has the shape {stack.shape}: are its colours the second axis?"
            raise DataFault("dimensions", path, f"{what} They must be the last one")
    return _sized(_image(array, path), how)


def _sized(image: Image, how: Reading) -> Image:
    """Return a volume with the voxel size of the recipe, if the recipe states one."""
    if image.planar:
        return image
    affine = np.diag([*how.spacing_mm[::-1], 1.0]) if how.spacing_mm else None
    note = unplaced_volume.note(how.spacing_mm)
    return replace(image, affine=affine, oriented=False, note=note)


def parts(files: Sequence[Path]) -> list[str]:
    """Return `train_images/0` and so on, ordered by name and number. Raises DataFault."""
    if files[0].name.lower().endswith(".npy"):
        _image(_npy(files[0]), files[0])
        raise DataFault("dimensions", files[0], "is one picture or volume and has no parts")
    found = arrays(files[0])
    names = sorted(n for n in found if n.endswith(IMAGES))
    if not names:
        raise DataFault("header", files[0], f"has no array named *{IMAGES}, only {sorted(found)}")
    part_choice.check_count(sum(len(found[name]) for name in names), files[0])
    return [f"{name}/{i}" for name in names for i in range(len(found[name]))]


def labels_of(path: Path, part: str) -> Array:
    """Return the row of labels of one picture, 1D. Raises DataFault.

    One-hot columns whose coding is not understood in all arrays of labels of the file are NaN.
    """
    name, _, number = part.rpartition("/")
    own = name.removesuffix(IMAGES) + LABELS
    pictures, stack = arrays(path)[name], arrays(path).get(own)
    if stack is None:
        raise DataFault("header", path, f"has no array {own}")
    if stack.ndim not in (1, 2) or len(stack) != len(pictures):
        what = f"{own} has the shape {stack.shape}, for {len(pictures)} pictures"
        raise DataFault("header", path, what)
    row: Array = np.atleast_1d(stack[int(number)])
    if len(row) == 1:
        return row
    unclear = unclear_columns(path, path.stat().st_mtime_ns, LABELS, len(row), arrays)
    return np.where(np.isin(np.arange(len(row)), unclear), np.nan, row) if unclear else row


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in an .npz file's arrays of texts, each with the name of its array. Raises DataFault."""
    path = files[0]
    found: dict[str, str] = {}
    if path.name.lower().endswith(".npy"):
        return found
    try:
        with zipfile.ZipFile(path) as bundle:
            for entry in bundle.infolist():
                name = entry.filename.removesuffix(".npy")
                with bundle.open(entry) as file:
                    head = file.read(HEAD_BYTES)
                    if not head.startswith(npy.MAGIC_PREFIX):
                        found |= dict.fromkeys(readable(head), name)
                    elif _is_text(head):
                        found |= dict.fromkeys(_texts(head + file.read(MAX_TEXT_BYTES)), name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        SyntaxError,
        TypeError,
    ) as error:
        raise DataFault("unreadable", path, str(error)) from error
    return found


def _texts(data: bytes) -> set[str]:
    """Return the texts of an array; if it is too long or incomplete, the texts in its bytes."""
    file = BytesIO(data)
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = header(file)
    if len(data) - file.tell() != prod(shape) * dtype.itemsize:
        return set(readable(data[file.tell() :]))
    file.seek(0)
    kept = np.atleast_1d(npy.read_array(file, allow_pickle=False)).ravel().tolist()
    return {one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in kept}


def _is_text(head: bytes) -> bool:
    """Return whether an array's header says that it holds texts."""
    return re.search(rb"'descr': '[<>|=]?[US]\d", head[:256]) is not None


def _named(path: Path, name: str) -> Array:
    """Return one array of an .npz file by its name. Raises DataFault."""
    found = _read_bundle(path, name)
    if name not in found:
        with zipfile.ZipFile(path) as bundle:
            there = sorted(n.removesuffix(".npy") for n in bundle.namelist())[:20]
        raise DataFault("file-missing", path, f"has no array {name!r}; there are {there}")
    return found[name]


def variables(path: Path) -> list[str]:
    """Return the names of the arrays of an .npz file, sorted; none of an .npy file. Raises DataFault."""
    if path.name.lower().endswith(".npy"):
        return []
    byte_stream.beginning(path, 16)
    try:
        with zipfile.ZipFile(path) as bundle:
            names = [n for n in bundle.namelist() if n.endswith(".npy")]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DataFault("unreadable", path, str(error)) from error
    return sorted({n.removesuffix(".npy") for n in names})


def arrays(path: Path) -> dict[str, Array]:
    """Return every array of an .npz file by name; those of the last file are cached."""
    return _arrays(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _arrays(path: Path, changed_ns: int) -> dict[str, Array]:
    return _read_bundle(path)


def _read_bundle(path: Path, only: str | None = None) -> dict[str, Array]:
    """Read the arrays of an .npz file, or only the named one. Raises DataFault."""
    byte_stream.beginning(path, 16)
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = [e for e in bundle.infolist() if e.filename.endswith(".npy")]
            entries = [e for e in entries if only in (None, e.filename.removesuffix(".npy"))]
            counts = Counter(e.filename for e in entries)
            if twice := sorted(name for name, count in counts.items() if count > 1):
                raise DataFault("header", path, f"holds {twice[0]} more than once")
            if sum(e.file_size for e in entries) > byte_stream.MAX_INFLATED_BYTES:
                raise DataFault("too-large", path, "inflates to more than a reader may hold")
            found = {}
            for entry in entries:
                with bundle.open(entry) as file:
                    data = file.read(HEAD_BYTES)
                    _check_size(BytesIO(data), entry.file_size, path)
                    data += file.read(entry.file_size + 1 - len(data))
                    if len(data) != entry.file_size:
                        raise DataFault(
                            "header",
                            path,
                            f"{entry.filename} is longer than its directory entry states",
                        )
                found[entry.filename.removesuffix(".npy")] = _array(BytesIO(data), path)
            return found
    except zipfile.BadZipFile as error:
        reason = "checksum" if "CRC" in str(error) else "unreadable"
        raise DataFault(reason, path, str(error)) from error
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error
    except (OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataFault("unreadable", path, str(error)) from error


def _npy(path: Path) -> Array:
    byte_stream.beginning(path, 16)
    try:
        if path.stat().st_size > byte_stream.MAX_INFLATED_BYTES:
            raise DataFault("too-large", path, f"has {path.stat().st_size} bytes")
        return _array(BytesIO(path.read_bytes()), path)
    except OSError as error:
        raise DataFault("unreadable", path, str(error)) from error


def _check_size(file: BytesIO, length: int, path: Path) -> None:
    """Refuse an array whose file does not have the length that its header implies, before the rest is read.

    `file` has at least the header, and `length` is the number of bytes of the whole. Raises DataFault.
    """
    try:
        version = npy.read_magic(file)
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[
            version
        ]
        shape, _, dtype = read_header(file)
    except (ValueError, KeyError, SyntaxError, EOFError, TypeError, TokenError) as error:
        raise DataFault("header", path, words_for(error)) from error
    if dtype.hasobject:
        raise DataFault("format-unknown", path, "holds pickled objects, which are not read")
    if dtype.kind not in "iufb" or dtype.itemsize > 8:
        raise DataFault("dimensions", path, f"has values of type {dtype}")
    size = byte_stream.check_shape(shape, dtype.itemsize, path) if 0 not in shape else 0
    present = length - file.tell()
    if present != size:
        reason = "truncated" if present < size else "header"
        raise DataFault(reason, path, f"{size} bytes of data declared, {present} present")


def _array(file: BytesIO, path: Path) -> Array:
    _check_size(file, len(file.getbuffer()), path)
    try:
        file.seek(0)
        found = np.asarray(npy.read_array(file, allow_pickle=False))
        return found.astype(found.dtype.newbyteorder("="), copy=False)
    except (ValueError, KeyError, SyntaxError, EOFError, TypeError, TokenError) as error:
        raise DataFault("header", path, words_for(error)) from error


def _image(array: Array, path: Path) -> Image:
    coloured = array.ndim in (3, 4) and array.shape[-1] == 3 and array.dtype == np.uint8
    if array.ndim - coloured not in (2, 3) or 0 in array.shape:
        raise DataFault("dimensions", path, f"has the shape {array.shape}")
    if not coloured and array.shape[-1] in CHANNELS and min(array.shape[:2]) >= SMALLEST_PICTURE:
        what = f"has {array.shape[-1]} values of type {array.dtype} a pixel: colours are 3 of uint8"
        raise DataFault("dimensions", path, what)
    boolean = array.dtype.kind == "b"
    if boolean:
        array = array.astype(np.uint8)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataFault("not-finite", path, "has values that are not numbers")
    if array.ndim - coloured == 2:
        return Image(array[None], None, planar=True, boolean=boolean)
    note = unplaced_volume.note(None)
    return Image(array, None, planar=False, note=note, oriented=False, boolean=boolean)
