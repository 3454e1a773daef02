"""Copies of a release's pictures for the screen: a small one for the wall, one in full size."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import numpy as np
import PIL.features
import PIL.Image

from benchsmith.core.contracts import Array

SMALL_SIDE_PX = 200
"""Pixels on the longer side of a picture on the wall."""
SMALL_QUALITY, FULL_QUALITY = 60, 75
"""Quality of JPEG. The exact pixels stay in `data/`; with them the explorer would be three times as large."""
SUBSAMPLING = 0
"""Colour at every pixel: a mark of a few pixels keeps its edge, which WebP and other settings smear."""
SHRUNK_BY = PIL.Image.Resampling.HAMMING
"""As sharp as bicubic, in half of the time."""
LOOK_SIDE_PX = 16
REVISION = 2
"""Raised when the copies of a picture change for another reason than the numbers above."""
THREADS = 4
"""Pillow encodes without holding the interpreter's lock; the result does not depend on the number."""


@dataclass(frozen=True, slots=True)
class Copies:
    """A picture, copied."""

    small: str
    """JPEG in base64."""
    full: str
    """JPEG in base64, with all pixels of the picture."""
    width: int
    height: int
    look: Array
    """Its grey levels at 16 x 16 pixels, float32 of shape (256,), with mean 0 and norm 1 (or 0)."""


def made_by() -> str:
    """Return everything that the copies of a picture depend on, besides the picture."""
    jpeg = PIL.features.version("libjpeg_turbo") or PIL.features.version("jpg")
    numbers = (REVISION, SMALL_SIDE_PX, SMALL_QUALITY, FULL_QUALITY, SUBSAMPLING, LOOK_SIDE_PX)
    return f"Pillow {PIL.__version__}, JPEG {jpeg}, {numbers}"


def copies(pictures: Iterable[bytes | Copies]) -> Iterator[Copies]:
    """Yield the copies of PNG files in their order; a few are in memory at a time.

    A picture may also be given as copies made earlier.
    """
    waiting = iter(pictures)
    with ThreadPoolExecutor(THREADS) as pool:
        while batch := list(islice(waiting, 8 * THREADS)):
            yield from pool.map(_copies, batch)


def _copies(png: bytes | Copies) -> Copies:
    if isinstance(png, Copies):
        return png
    with PIL.Image.open(BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    small = picture.copy()
    small.thumbnail((SMALL_SIDE_PX, SMALL_SIDE_PX), SHRUNK_BY)
    return Copies(
        _jpeg(small, SMALL_QUALITY), _jpeg(picture, FULL_QUALITY), *picture.size, _look(small)
    )


def _jpeg(picture: PIL.Image.Image, quality: int) -> str:
    buffer = BytesIO()
    # without `optimize`: Pillow cannot write a picture of noise with it
    picture.save(buffer, "JPEG", quality=quality, subsampling=SUBSAMPLING)
    return base64.b64encode(buffer.getvalue()).decode()


def _look(picture: PIL.Image.Image) -> Array:
    side = (LOOK_SIDE_PX, LOOK_SIDE_PX)
    grey = np.asarray(picture.convert("L").resize(side, PIL.Image.Resampling.BOX), np.float32)
    found: Array = grey.ravel() - grey.mean()
    norm = float(np.linalg.norm(found))
    if norm:
        found /= norm
    return found
