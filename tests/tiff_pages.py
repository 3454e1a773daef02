"""TIFF pages written tag by tag, in every order, layout, code and type (TIFF 6.0, Technical Note 3)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CODES = {"none": 1, "lzw": 5, "deflate": 8, "packbits": 32773}
PHOTOMETRIC = {"white": 0, "black": 1, "rgb": 2, "palette": 3, "cmyk": 5}

REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))
"""Each byte with its bits in the other order."""


@dataclass(frozen=True)
class Page:
    """How a page is stored."""

    photometric: str = "black"
    order: str = "<"
    code: str = "none"
    predictor: int = 1
    separate: bool = False
    rows: int = 0
    """Rows of a strip; 0 puts all into one."""
    tile: tuple[int, int] = (0, 0)
    """Rows and columns of a tile; zeros for strips."""
    big: bool = False
    extra: tuple[int, ...] = ()
    orientation: int = 0
    bits: int = 0
    """Bits of a sample, which may be fewer than a byte; 0 for those of the array's type."""
    sample_format: int = 0
    """What is stated of the type of a sample; 0 for what the array has."""
    colours: tuple[int, ...] = ()
    """Of a palette: all red, all green, and all blue samples of 16 bits."""
    reversed_bits: bool = False
    """Whether each byte of the strips has its lowest bit first (FillOrder 2), as libtiff reads it."""


def write(path: Path, pictures: list[Any], page: Page) -> Path:
    """Write arrays (y, x, sample) as the pages of a file."""
    order = page.order
    number, size, head = ("Q", 8, 16) if page.big else ("I", 4, 8)
    out = bytearray(head)
    links = [8 if page.big else 4]
    for pixels in pictures:
        segments = _segments(pixels, page)
        places = []
        for data in segments:
            places.append(len(out))
            out += data + bytes(len(data) % 2)
        tags = _tags(pixels, page, places, [len(data) for data in segments])
        entries = bytearray()
        for tag, kind, values in sorted(tags):
            packed = struct.pack(f"{order}{len(values)}{kind}", *values)
            if len(packed) > size:
                where = len(out)
                out += packed + bytes(len(packed) % 2)
                packed = struct.pack(f"{order}{number}", where)
            type_of = {"H": 3, "I": 4, "Q": 16}[kind]
            entries += struct.pack(f"{order}HH{number}", tag, type_of, len(values))
            entries += packed.ljust(size, b"\0")
        struct.pack_into(f"{order}{number}", out, links[-1], len(out))
        out += struct.pack(f"{order}{'Q' if page.big else 'H'}", len(tags)) + entries
        links.append(len(out))
        out += bytes(size)
    start = b"II" if order == "<" else b"MM"
    out[:4] = start + struct.pack(f"{order}H", 43 if page.big else 42)
    if page.big:
        out[4:8] = struct.pack(f"{order}HH", 8, 0)
    path.write_bytes(bytes(out))
    return path


def _tags(
    pixels: Any, page: Page, places: list[int], counts: list[int]
) -> list[tuple[int, str, list[int]]]:
    rows, columns, samples = pixels.shape
    bits = page.bits or (1 if pixels.dtype == bool else pixels.dtype.itemsize * 8)
    kind = page.sample_format or {"u": 1, "i": 2, "f": 3, "b": 1}[pixels.dtype.kind]
    wide = "Q" if page.big else "I"
    tags = [
        (256, "I", [columns]),
        (257, "I", [rows]),
        (258, "H", [bits] * samples),
        (259, "H", [CODES[page.code]]),
        (262, "H", [PHOTOMETRIC[page.photometric]]),
        (277, "H", [samples]),
        (284, "H", [2 if page.separate else 1]),
        (317, "H", [page.predictor]),
        (339, "H", [kind] * samples),
    ]
    if page.tile[0]:
        tags += [(322, "I", [page.tile[1]]), (323, "I", [page.tile[0]])]
        tags += [(324, wide, places), (325, wide, counts)]
    else:
        tags += [(278, "I", [page.rows or rows]), (273, wide, places), (279, wide, counts)]
    if page.extra:
        tags.append((338, "H", list(page.extra)))
    if page.colours:
        tags.append((320, "H", list(page.colours)))
    if page.reversed_bits:
        tags.append((266, "H", [2]))
    if page.orientation:
        tags.append((274, "H", [page.orientation]))
    return tags


def _segments(pixels: Any, page: Page) -> list[bytes]:
    rows, columns, samples = pixels.shape
    planes = [pixels[..., s : s + 1] for s in range(samples)] if page.separate else [pixels]
    found = []
    for plane in planes:
        if not page.tile[0]:
            step = page.rows or rows
            parts = [plane[top : top + step] for top in range(0, rows, step)]
        else:
            down, across = page.tile
            parts = []
            for top in range(0, rows, down):
                for left in range(0, columns, across):
                    part = plane[top : top + down, left : left + across]
                    gaps = [(0, down - part.shape[0]), (0, across - part.shape[1]), (0, 0)]
                    parts.append(np.pad(part, gaps))
        coded = [_coded(_rows(part, page), page.code) for part in parts]
        found += [data.translate(REVERSED) for data in coded] if page.reversed_bits else coded
    return found


def _rows(part: Any, page: Page) -> list[bytes]:
    """Return the bytes of each row, after the predictor."""
    if part.dtype == bool:
        return [np.packbits(row.reshape(-1)).tobytes() for row in part]
    if 0 < page.bits < 8:
        values = part.reshape(len(part), -1)
        each = [values >> n & 1 for n in reversed(range(page.bits))]
        single = np.stack(each, axis=2).reshape(len(part), -1)
        return [row.tobytes() for row in np.packbits(single, axis=1)]
    stored = part.dtype.newbyteorder(page.order)
    if page.predictor == 2:
        unsigned = part.view(f"u{part.itemsize}")
        first = unsigned[:, :1]
        steps = np.concatenate([first, unsigned[:, 1:] - unsigned[:, :-1]], axis=1)
        return [row.astype(stored.str.replace("i", "u")).tobytes() for row in steps]
    if page.predictor == 3:
        found = []
        for row in part:
            values = np.frombuffer(row.astype(part.dtype.newbyteorder(">")).tobytes(), np.uint8)
            planes = values.reshape(-1, part.itemsize).T.reshape(-1, part.shape[2])
            steps = np.concatenate([planes[:1], planes[1:] - planes[:-1]])
            found.append(steps.astype(np.uint8).tobytes())
        return found
    return [row.astype(stored).tobytes() for row in part]


def _coded(rows: list[bytes], code: str) -> bytes:
    if code == "packbits":  # each row alone (TIFF 6.0, section 9)
        return b"".join(map(_packed, rows))
    data = b"".join(rows)
    return {"none": lambda d: d, "deflate": zlib.compress, "lzw": _lzw}[code](data)


def _packed(row: bytes) -> bytes:
    out = bytearray()
    at = 0
    while at < len(row):
        run = 1
        while run < 128 and at + run < len(row) and row[at + run] == row[at]:
            run += 1
        if run > 1:
            out += bytes([257 - run, row[at]])
            at += run
            continue
        end = at + 1
        while end < len(row) and end - at < 128 and row[end] != row[end - 1]:
            end += 1
        out += bytes([end - at - 1]) + row[at:end]
        at = end
    return bytes(out)


def _lzw(data: bytes) -> bytes:
    """Encode with a table that grows to codes of 12 bits (TIFF 6.0, section 13)."""
    clear, end = 256, 257
    bits: list[str] = []
    table: dict[bytes, int] = {}
    width = 9

    def put(code: int) -> None:
        bits.append(format(code, f"0{width}b"))

    put(clear)
    table = {bytes([n]): n for n in range(256)}
    following = 258
    held = b""
    for byte in data:
        longer = held + bytes([byte])
        if longer in table:
            held = longer
            continue
        put(table[held])
        table[longer] = following
        following += 1
        if following in (512, 1024, 2048):
            width += 1
        if following >= 4095:
            put(clear)
            table = {bytes([n]): n for n in range(256)}
            following, width = 258, 9
        held = bytes([byte])
    if held:
        put(table[held])
        following += 1
        if following in (512, 1024, 2048):
            width += 1
    put(end)
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")
