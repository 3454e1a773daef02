"""The least that any way must do: inflate the same files, and pack and write the same pictures.

Both use libdeflate, as ours does. The floor of pictures packs the very pictures that ours drew, with
the filter and level of ours, and the files must have the same bytes: so no picture is packed twice and
none is simpler than the real ones.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import deflate
import numpy as np

from performance.layouts import LAYOUTS

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Pictures = Sequence[tuple[str, np.ndarray]]


def files(name: str, folder: Path) -> list[Path]:
    """Return the files that a layout's image and labels lie in."""
    layout = LAYOUTS[name]
    if not layout.labels:
        return sorted((folder / "pictures").rglob("*.jpg"))
    image = folder / layout.image
    images = sorted(image.iterdir()) if image.is_dir() else [image]
    return images + sorted(folder.glob(layout.labels.replace("{label}", "*")))


def inflate(name: str, folder: Path) -> int:
    """Read every file once, and inflate it or decode the picture; return how many."""
    found = files(name, folder)
    for path in found:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            deflate.gzip_decompress(raw, int.from_bytes(raw[-4:], "little"))
        elif path.suffix == ".jpg":
            cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    return len(found)


def prepared(name: str, folder: Path, scratch: Path) -> Pictures:
    """Return the pictures that ours drew of a layout, RGB, by their file's name."""
    return [
        (p.name, cv2.imread(str(p))[:, :, ::-1].copy())
        for p in sorted((folder / "drawn").iterdir())
    ]


def index(name: str, folder: Path, scratch: Path, given: Pictures) -> int:
    """Inflate."""
    return inflate(name, folder)


def pictures(name: str, folder: Path, scratch: Path, given: Pictures) -> int:
    """Inflate, and pack and write the same pictures."""
    inflate(name, folder)
    for file, picture in given:
        (scratch / file).write_bytes(packed(picture))
    return len(given)


def check(folder: Path, scratch: Path) -> None:
    """Compare what the floor wrote with what ours drew, byte by byte."""
    for path in (folder / "drawn").iterdir():
        assert (scratch / path.name).read_bytes() == path.read_bytes(), path


def packed(picture: np.ndarray) -> bytes:
    """Return a PNG file as ours is: one filter for all lines, libdeflate, three chunks."""
    from benchsmith.imaging.rendering import png

    height, width, _ = picture.shape
    lines = picture.reshape(height, width * 3)
    rows = np.empty((height, 1 + width * 3), np.uint8)
    rows[:, 0], rows[0, 1:] = png.UP, lines[0]
    np.subtract(lines[1:], lines[:-1], out=rows[1:, 1:])
    body = deflate.zlib_compress(rows, png.LEVEL)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks: list[tuple[bytes, Any]] = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
