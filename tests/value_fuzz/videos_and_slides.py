"""Frames of videos judged by a reader of AVI and Pillow; regions of slides by tifffile."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values


def _smooth(chance: Chance, rows: int, columns: int) -> Any:
    y, x = np.indices((rows, columns))
    planes = [(x * chance.whole(1, 4) + y * chance.whole(1, 4)) % 256 // 8 * 8 for _ in range(3)]
    return np.stack(planes, axis=-1).astype(np.uint8)


def _video(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        rows, columns = 8 * chance.whole(4, 7), 8 * chance.whole(4, 7)
        rate = chance.pick((1, 25, 29.97)) if kind == "rate" else 10
        count = chance.whole(1, 6)
        path = folder / "v.avi"
        out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, (columns, rows))
        for k in range(count):
            y, x = np.indices((rows, columns))
            level = (x + y) // 4 + 40 * (chance.whole(0, 4) if kind == "order of frames" else k)
            out.write(
                np.stack([level, level // 2, 200 - level // 2], axis=-1)
                .clip(0, 255)
                .astype(np.uint8)
            )
        out.release()
        last = count if kind == "a frame too many" else count - 1
        note(folder, part=str(last if kind == "a frame too many" else chance.whole(0, last)))
        return path

    return change


def ours(path: Path) -> Values:
    """Return a frame or region."""
    return {"pixels": formats.read(path, Reading(part=noted(path)["part"])).voxels[0]}


def by_pillow(path: Path) -> Values:
    """Find the chunks `00dc` of an AVI, and decode the wanted one as JPEG.

    Where the list of chunks is damaged, FFmpeg goes on at the next sound one: frames are then counted
    by the marks at their begin.
    """
    data = path.read_bytes()
    if data[:4] != b"RIFF" or b"movi" not in data:
        raise Refused("no AVI")
    at, frames = data.index(b"movi") + 4, []
    while data[at : at + 4] == b"00dc":
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        frames.append(data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    number = int(noted(path)["part"])
    if number >= len(frames):
        frames = [
            data[found.end() :] for found in re.finditer(rb"00dc....(?=\xff\xd8)", data, re.DOTALL)
        ]
    if number >= len(frames):
        raise Refused("no such frame")
    with PIL.Image.open(BytesIO(frames[number])) as picture:
        return {"pixels": np.asarray(picture.convert("RGB"))}


VIDEO = Format(
    "video",
    "RIFF by hand, Pillow",
    {kind: _video(kind) for kind in ("frames", "rate", "order of frames", "a frame too many")},
    ours,
    by_pillow,
    tolerance={"pixels": 8},
    alone={
        "cannot identify|is truncated|broken data": "the frame itself is damaged: FFmpeg fills in what "
        "is missing of a JPEG, which has no checksum",
        "no AVI": "FFmpeg finds frames by their marks in a file whose first bytes are damaged",
    },
    lossy=True,
)  # fmt: skip


def _slide(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        side = 256
        base = _smooth(chance, side, side)
        path = folder / "s.svs"
        words = "Aperio Image Library v11\n256x256 (16x16)|AppMag = 20|MPP = 0.5"
        tile = chance.pick((16, 32, 64)) if kind == "tiles" else 64
        how: dict[str, Any] = {"tile": (tile, tile), "photometric": "rgb", "metadata": None}
        if kind == "compression":
            how["compression"] = "zlib"
        with tifffile.TiffWriter(path) as file:
            file.write(base, description=words, **how)
            file.write(base[::4, ::4], description=words, **how)
        level = chance.whole(0, 1) if kind == "levels" else 0
        size = side >> (2 * level)
        width, height = chance.whole(1, size // 2), chance.whole(1, size // 2)
        x, y = chance.whole(0, size - width), chance.whole(0, size - height)
        if kind == "outside":
            x += size
        note(folder, part=f"{level},{x},{y},{width},{height}")
        return path

    return change


def by_tifffile(path: Path) -> Values:
    """Cut the region out of the page of its level, from the tiles that it touches."""
    level, x, y, width, height = (int(n) for n in noted(path)["part"].split(","))
    with tifffile.TiffFile(path) as file:
        page = file.pages[level]
        if x + width > page.imagewidth or y + height > page.imagelength:
            raise Refused("outside")
        pixels = np.zeros((page.imagelength, page.imagewidth, 3), np.uint8)
        across = -(-page.imagewidth // page.tilewidth)
        columns = range(x // page.tilewidth, -(-(x + width) // page.tilewidth))
        rows = range(y // page.tilelength, -(-(y + height) // page.tilelength))
        # a damaged tile elsewhere is none of the region's
        for number in (across * row + column for row in rows for column in columns):
            file.filehandle.seek(page.dataoffsets[number])
            data = file.filehandle.read(page.databytecounts[number])
            tile, (_, _, top, left, _), (_, high, wide, _) = page.decode(data, number)
            pixels[top : top + high, left : left + wide] = tile[0, :high, :wide]
    return {"pixels": pixels[y : y + height, x : x + width]}


SLIDE = Format(
    "slide",
    "tifffile",
    {kind: _slide(kind) for kind in ("regions", "levels", "tiles", "compression", "outside")},
    ours,
    by_tifffile,
    tolerance={"pixels": 1},
    alone={},
)  # fmt: skip
