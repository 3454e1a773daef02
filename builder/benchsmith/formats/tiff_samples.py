"""Samples of a TIFF page that Pillow assembles wrongly: those of two or more bytes, or in planes.

Pillow reads uncompressed planes of 16 bits (PlanarConfiguration 2) as planes of 8, and swaps the
bytes of compressed big-endian integers and floats twice. Strips and tiles are decoded here one by
one, and their bytes are taken in the file's order (TIFF 6.0, sections 3, 9, 13, 14 and 15; the
predictor of floats is of TIFF Technical Note 3).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import PIL.Image

from benchsmith.core.contracts import Array, DataFault
from benchsmith.formats import tiff_segments as tiff

FILL_ORDER, PREDICTOR, EXTRA_SAMPLES, SAMPLE_FORMAT = 266, 317, 338, 339
LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 5, 8, 32946, 32773
DECODED = (tiff.UNCOMPRESSED, LZW, DEFLATE, OLD_DEFLATE, PACKBITS)
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, CMYK = 0, 1, 2, 5
COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, CMYK: 4}
"""Samples of a pixel without the extra ones, by PhotometricInterpretation."""
LETTERS = {1: "u", 2: "i", 3: "f"}
"""NumPy's letter of a SampleFormat."""
NO_PREDICTOR, DIFFERENCES, FLOAT_DIFFERENCES = 1, 2, 3
CHUNK_BYTES = 1 << 16
"""Bytes that a deflated strip has beside its pixels are inflated so many at a time, and dropped."""
PREMULTIPLIED = 1
"""A value of ExtraSamples: colours are multiplied by alpha."""


def read(tags: Mapping[int, Any], order: bytes, file: IO[bytes], path: Path) -> Array | None:
    """Return the samples (y, x, sample) of a page in the processor's byte order.

    None for a page that Pillow reads correctly: one of 8 bits a sample or fewer in one plane, one in
    JPEG or a fax code, and one in a palette. `order` is II or MM. Raises DataFault.
    """
    kind = _kind(tags, order, path)
    if kind is None:
        return None
    width, length = tiff.one(tags, tiff.WIDTH, 0), tiff.one(tags, tiff.LENGTH, 0)
    samples = tiff.one(tags, tiff.SAMPLES, 1)
    planes = samples if tiff.one(tags, tiff.PLANAR, 1) == tiff.SEPARATE_PLANES else 1
    tiled = tiff.TILE_OFFSETS in tags
    across = tiff.one(tags, tiff.TILE_WIDTH, 0) if tiled else width
    down = (
        tiff.one(tags, tiff.TILE_LENGTH, 0)
        if tiled
        else tiff.one(tags, tiff.ROWS_PER_STRIP, length)
    )
    down = down if tiled else min(down, length)
    offsets = tiff.every(tags, tiff.TILE_OFFSETS if tiled else tiff.STRIP_OFFSETS)
    counts = tiff.every(tags, tiff.TILE_COUNTS if tiled else tiff.STRIP_COUNTS)
    code = tiff.one(tags, tiff.COMPRESSION, tiff.UNCOMPRESSED)
    predictor = (
        tiff.one(tags, PREDICTOR, NO_PREDICTOR) if code != tiff.UNCOMPRESSED else NO_PREDICTOR
    )
    if not counts and code != tiff.UNCOMPRESSED:
        raise DataFault("header", path, "is compressed and lists no numbers of bytes")
    found = np.zeros((length, width, samples), kind.newbyteorder("="))
    together = samples // planes
    for number, (plane, top, left) in enumerate(_places(width, length, across, down, planes)):
        rows = down if tiled else min(down, length - top)
        size = rows * across * together * kind.itemsize
        file.seek(offsets[number])
        data = file.read(counts[number] if counts else size)
        data = _decoded(data, code, (rows, across * together * kind.itemsize), path)
        shape = (rows, across, together)
        part = _values(data, kind, shape, predictor)
        shown = part[: length - top, : width - left]
        first = plane if planes > 1 else 0
        found[top : top + rows, left : left + across, first : first + together] = shown
    return found


def _kind(tags: Mapping[int, Any], order: bytes, path: Path) -> np.dtype[Any] | None:
    """Return the type of a page's samples, with its byte order; None if Pillow reads the page."""
    samples = tiff.one(tags, tiff.SAMPLES, 1)
    bits, formats = set(tiff.every(tags, tiff.BITS)), set(tiff.every(tags, SAMPLE_FORMAT)) or {1}
    photometric = tiff.one(tags, tiff.PHOTOMETRIC, -1)
    separate = samples > 1 and tiff.one(tags, tiff.PLANAR, 1) == tiff.SEPARATE_PLANES
    deep = bool(bits) and min(bits) >= 16
    if not (deep or separate) or photometric not in COLOURS:
        return None
    if tiff.one(tags, tiff.COMPRESSION, tiff.UNCOMPRESSED) not in DECODED:
        # Pillow reads one little-endian sample correctly
        if deep and (samples > 1 or order == b"MM"):
            raise DataFault("unreadable", path, "has samples of 16 bits or more in a code not read")
        return None
    sound = len(bits) == 1 and len(formats) == 1 and bits <= {8, 16, 32} and formats <= set(LETTERS)
    if not sound or tiff.one(tags, FILL_ORDER, 1) != 1:
        what = (
            f"has samples of {sorted(bits)} bits in the formats {sorted(formats)}: save it as PNG"
        )
        raise DataFault("unreadable", path, what)
    letter = LETTERS[formats.pop()]
    predictor = tiff.one(tags, PREDICTOR, NO_PREDICTOR)
    fit = {NO_PREDICTOR: "uif", DIFFERENCES: "ui", FLOAT_DIFFERENCES: "f"}.get(predictor, "")
    if letter not in fit or (letter == "f" and bits != {32}):
        what = f"has samples of the type {letter}{bits.pop()} with predictor {predictor}"
        raise DataFault("unreadable", path, what)
    return np.dtype(f"{'>' if order == b'MM' else '<'}{letter}{bits.pop() // 8}")


def _places(
    width: int, length: int, across: int, down: int, planes: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the plane and the first row and column of each strip or tile, in their order."""
    for plane in range(planes):
        for top in range(0, length, down):
            for left in range(0, width, across):
                yield plane, top, left


def _decoded(data: bytes, code: int, shape: tuple[int, int], path: Path) -> bytes:
    """Return the (rows x bytes of a row) bytes of a strip or tile. Raises DataFault."""
    size = shape[0] * shape[1]
    if code in (DEFLATE, OLD_DEFLATE):
        stream = zlib.decompressobj()
        data = stream.decompress(data, size)
        # the checksum stands behind the last byte, and is compared once that is passed
        while not stream.eof:
            if not stream.decompress(stream.unconsumed_tail, CHUNK_BYTES) and not stream.eof:
                raise DataFault("truncated", path, "a compressed strip or tile of it does not end")
    elif code == PACKBITS:
        data = _unpacked(data, size)
    elif code == LZW:
        data = _by_libtiff(data, code, shape)
    if len(data) < size:
        what = f"a strip or tile of it has {len(data)} bytes of pixels, and needs {size}"
        raise DataFault("truncated", path, what)
    return data[:size]


def _unpacked(data: bytes, size: int) -> bytes:
    """Decode PackBits (TIFF 6.0, section 9), up to `size` bytes."""
    found = bytearray()
    at = 0
    while at < len(data) and len(found) < size:
        head = data[at]
        if head < 128:
            found += data[at + 1 : at + 2 + head]
            at += 2 + head
        elif head > 128:
            found += data[at + 1 : at + 2] * (257 - head)
            at += 2
        else:
            at += 1
    return bytes(found)


def _by_libtiff(data: bytes, code: int, shape: tuple[int, int]) -> bytes:
    """Decode one strip as that of a grey picture of bytes, whose order nothing changes."""
    entries = [
        (tiff.WIDTH, shape[1]),
        (tiff.LENGTH, shape[0]),
        (tiff.BITS, 8),
        (tiff.COMPRESSION, code),
        (tiff.PHOTOMETRIC, BLACK_IS_ZERO),
        (tiff.STRIP_OFFSETS, 0),
        (tiff.SAMPLES, 1),
        (tiff.ROWS_PER_STRIP, shape[0]),
        (tiff.STRIP_COUNTS, len(data)),
    ]
    start = 8 + 2 + 12 * len(entries) + 4
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    for tag, value in entries:
        head += struct.pack("<HHII", tag, 4, 1, start if tag == tiff.STRIP_OFFSETS else value)
    with PIL.Image.open(BytesIO(head + bytes(4) + data), formats=("TIFF",)) as strip:
        return strip.tobytes()


def _values(data: bytes, kind: np.dtype[Any], shape: tuple[int, int, int], predictor: int) -> Array:
    """Return a strip or tile's samples (y, x, sample), their predictor undone."""
    rows, across, together = shape
    if predictor == FLOAT_DIFFERENCES:
        steps = np.frombuffer(data, np.uint8).reshape(rows, -1, together)
        summed = np.add.accumulate(steps, axis=1, dtype=np.uint8)
        # the bytes of a row are stored in planes, the highest first, whatever the file's byte order
        planes = summed.reshape(rows, kind.itemsize, across * together)
        whole = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(kind.newbyteorder(">"))
        return whole.reshape(shape).astype(kind.newbyteorder("="))
    found = np.frombuffer(data, kind).reshape(shape).astype(kind.newbyteorder("="))
    if predictor == DIFFERENCES:
        unsigned = found.view(f"u{kind.itemsize}")
        summed = np.add.accumulate(unsigned, axis=1, dtype=unsigned.dtype)
        return summed.view(found.dtype)
    return found


def as_picture(samples: Array, tags: Mapping[int, Any], path: Path) -> Array | PIL.Image.Image:
    """Return grey levels (y, x) of samples, or a picture in colour or with alpha of 8 bits a sample.

    Of 16 bits, the high byte is kept. Extra samples other than alpha are left out. Raises DataFault.
    """
    colours = COLOURS[tiff.one(tags, tiff.PHOTOMETRIC, -1)]
    left = samples.shape[2] - colours
    extra = tiff.every(tags, EXTRA_SAMPLES)[:1] or ([2] if left else [])
    alpha = left > 0 and extra[0] != 0
    if left < 0:
        what = f"has {samples.shape[2]} samples a pixel, and its colours need {colours}"
        raise DataFault("header", path, what)
    if colours == 1 and not alpha:
        grey = np.ascontiguousarray(samples[..., 0])
        # Pillow has no signed type of 16 bits
        return grey.astype(np.int32) if grey.dtype == np.int16 else grey
    kind = samples.dtype
    if kind.kind != "u" or kind.itemsize > 2 or (alpha and colours == COLOURS[CMYK]):
        raise DataFault("dimensions", path, f"has {samples.shape[2]} samples of {kind} a pixel")
    bands = samples[..., : colours + alpha]
    high = np.ascontiguousarray(bands >> 8 if kind.itemsize == 2 else bands).astype(np.uint8)
    mode = {1: "L", 3: "RGB", 4: "CMYK"}[colours] + ("A" if alpha else "")
    if alpha and extra[0] == PREMULTIPLIED:
        if mode != "RGBA":
            what = "has an alpha channel that its grey levels are multiplied by: save it as PNG"
            raise DataFault("dimensions", path, what)
        raw = "RGBa"
    else:
        raw = mode
    size = (samples.shape[1], samples.shape[0])
    return PIL.Image.frombytes(mode, size, high.tobytes(), "raw", raw)
