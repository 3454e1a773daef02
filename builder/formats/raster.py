"""PNG, JPEG, BMP and TIFF pictures, and indexed masks in them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image
from PIL import UnidentifiedImageError

from builder.ports import DataFault, Image

FORMATS = ("PNG", "JPEG", "BMP", "TIFF")
"""Pillow is told what it may open: an EPS named .png would start another program."""
LARGEST_PIXELS = 120_000_000


def read(files: Sequence[Path]) -> Image:
    """Read one picture: grey as it is stored (8, 16 or 32 bit), indexed as its indices, else RGB.

    An alpha channel is laid over black. A file of several frames is refused.
    """
    (path,) = files
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path, formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise DataFault(
                        "too-large", path, f"has {picture.width} x {picture.height} pixels"
                    )
                if (frames := getattr(picture, "n_frames", 1)) > 1:
                    raise DataFault("dimensions", path, f"holds {frames} frames")
                pixels = _pixels(picture, path)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise DataFault("too-large", path, str(error)) from error
    except UnidentifiedImageError as error:
        raise DataFault("unreadable", path, "is no picture of a known format") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        reason = "truncated" if "truncated" in str(error) else "unreadable"
        raise DataFault(reason, path, str(error)) from error
    return Image(pixels[None], None, planar=True)


def _pixels(picture: PIL.Image.Image, path: Path) -> np.ndarray:
    mode = picture.mode
    if mode in ("1", "L", "P", "I", "F") or mode.startswith("I;16"):
        pixels = np.asarray(picture.convert("L") if mode == "1" else picture)
        if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
            raise DataFault("not-finite", path, "has pixels that are not numbers")
        return pixels.astype(pixels.dtype.newbyteorder("="))
    if mode in ("RGBA", "LA", "PA"):
        over = PIL.Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = PIL.Image.alpha_composite(over, picture.convert("RGBA"))
    if mode not in ("RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr"):
        raise DataFault("dimensions", path, f"has pixels of the kind {mode}")
    return np.asarray(picture.convert("RGB"))
