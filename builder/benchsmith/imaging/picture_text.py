"""Text in the pixels of a picture, read by OCR; needs the extra `ocr`, whose package includes the models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.errors import EnvironmentFailed

PACKAGES = ("rapidocr", "onnxruntime")
INSTALL = "pip install 'benchsmith[ocr]'"
MAX_SIDE = 1600
"""Pixels; larger pictures are reduced first, since the time grows with their area."""


def versions() -> str:
    """Return the versions of the OCR packages, or an empty string if one is not installed.

    >>> versions() == "" or versions().startswith("rapidocr ")
    True
    """
    try:
        return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    except PackageNotFoundError:
        return ""


def text_reader(*, asked: bool) -> dict[str, str]:
    """Return the OCR as a fact of a cache key; none if no text is searched for."""
    return {"text reader": versions() or "not installed"} if asked else {}


def lines(picture: Array) -> list[str]:
    """Return the lines of text in a picture, (rows, columns) of any real dtype or RGB uint8.

    A picture with text is also read mirrored, since readers turn pictures by their headers and not
    by their text; the reading with more confidence counts. Raises EnvironmentFailed if the
    packages are not installed.
    """
    shown = _rgb8(picture)
    if not _has_text(shown):
        return []
    ways = [_read(shown), _read(np.ascontiguousarray(shown[:, ::-1]))]
    return [text for text, _ in max(ways, key=_confidence)]


def _rgb8(picture: Array) -> Array:
    """Return a picture as (rows, columns, 3) uint8; the range of its values is black to white."""
    if picture.dtype != np.uint8:
        values = picture.astype(np.float64)
        low, high = float(values.min()), float(values.max())
        picture = ((values - low) * (255 / (high - low or 1))).astype(np.uint8)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, 2)
    return np.ascontiguousarray(picture)


def _has_text(picture: Array) -> bool:
    """Return whether there may be text in a picture; this is half of the work of reading it."""
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return boxes is not None and len(boxes) > 0


def _read(picture: Array) -> Sequence[tuple[str, float]]:
    """Return lines of text, each with the engine's confidence, 0 to 1."""
    found = _engine()(picture, use_det=True, use_cls=True, use_rec=True)
    texts = getattr(found, "txts", None) or ()
    return list(zip(texts, getattr(found, "scores", None) or (), strict=True))


def _confidence(lines: Sequence[tuple[str, float]]) -> float:
    """Return how sure a reading is: a mirrored picture gives fewer characters, with less confidence."""
    return sum(len(text) * (score - 0.5) for text, score in lines)


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Load the models, which takes two seconds; one thread, as engines run a worker a core."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise EnvironmentFailed(
            f"pictures cannot be searched for text: {error}; {INSTALL}"
        ) from error
    one = "EngineConfig.onnxruntime"
    settings = {
        "Global.log_level": "critical",
        "Global.max_side_len": MAX_SIDE,
        f"{one}.intra_op_num_threads": 1,
        f"{one}.inter_op_num_threads": 1,
    }
    return RapidOCR(params=settings)
