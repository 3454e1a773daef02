"""Compare our PNG encoder with Pillow's and OpenCV's on the pictures of the demo's release.

python -m performance.png
"""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pyarrow.dataset as ds

from benchsmith.core.contracts import Array
from benchsmith.imaging.rendering import png

RELEASE = Path(__file__).parent.parent / "output/demo/release/data"
PICTURES = 80


def pillow(level: int) -> Callable[[Array], bytes]:
    """Return Pillow's encoder at a zlib level; 6 is its default."""

    def encode(picture: Array) -> bytes:
        buffer = BytesIO()
        PIL.Image.fromarray(picture).save(buffer, "PNG", compress_level=level)
        return buffer.getvalue()

    return encode


def opencv(picture: Array) -> bytes:
    """Encode with OpenCV's defaults."""
    return bytes(cv2.imencode(".png", picture[:, :, ::-1])[1].tobytes())


def at_level(level: int) -> Callable[[Array], bytes]:
    """Return our encoder at another of libdeflate's levels."""

    def encode(picture: Array) -> bytes:
        usual, png.LEVEL = png.LEVEL, level
        try:
            return png.encode(picture)
        finally:
            png.LEVEL = usual

    return encode


def main() -> None:
    """Print milliseconds and bytes a picture, and both as a ratio of ours."""
    rows = ds.dataset(RELEASE).to_table(columns=["image"]).column("image").to_pylist()
    rows = rows[:: max(1, len(rows) // PICTURES)]
    pictures = [np.array(PIL.Image.open(BytesIO(row["bytes"]))) for row in rows]
    encoders = {
        "ours": png.encode,
        **{f"ours, level {level}": at_level(level) for level in (1, 2, 4, 6)},
        "Pillow 6, its default": pillow(6),
        "Pillow 1": pillow(1),
        "OpenCV": opencv,
    }
    ours = (0.0, 0.0)
    print("| encoder | ms | kB | time / ours | size / ours |\n| --- | --- | --- | --- | --- |")
    for name, encode in encoders.items():
        start = time.process_time()
        size = sum(len(encode(p)) for p in pictures) / len(pictures) / 1e3
        ms = (time.process_time() - start) / len(pictures) * 1e3
        if name == "ours":
            ours = (ms, size)
        print(f"| {name} | {ms:.1f} | {size:.0f} | {ms / ours[0]:.1f} | {size / ours[1]:.2f} |")


if __name__ == "__main__":
    main()
