"""Frames of a video, read by OpenCV's FFmpeg; a part is the frame number, from 0."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.imaging import byte_stream

MAX_FRAMES = 2_000_000
"""Frames of a video: about 18 hours at 30 a second."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one frame as RGB uint8. Raises DataFault."""
    path = files[0]
    if not how.part.isdigit():
        raise DataFault("dimensions", path, "is a video; select frames by `parts` in the recipe")
    video = _open(path)
    try:
        video.set(cv2.CAP_PROP_POS_FRAMES, int(how.part))
        there, frame = video.read()
    finally:
        video.release()
    if not there or frame is None:
        raise DataFault("truncated", path, f"has no frame {how.part}")
    return Image(np.ascontiguousarray(frame[None, :, :, ::-1]), None, planar=True)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the frame numbers. Raises DataFault."""
    video = _open(files[0])
    count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    video.release()
    if not 1 <= count <= MAX_FRAMES:
        raise DataFault("header", files[0], f"states {count} frames")
    return [str(n) for n in range(count)]


def _open(path: Path) -> cv2.VideoCapture:
    byte_stream.beginning(path, 16)
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not video.isOpened():
        raise DataFault("unreadable", path, "is not a video that FFmpeg can open")
    return video
