"""Frames of a video, read by OpenCV's FFmpeg; a part is the frame number, from 0, in the order shown."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.formats import video_texts
from benchsmith.imaging import byte_stream

MAX_FRAMES = 2_000_000
"""Frames of a video: about 18 hours at 30 a second."""
QUARTER_TURNS = (90, 270)
_TEXT = re.compile(rb"(\xef\xbb\xbf)?[\t\n\r\x20-\x7e]+")
PLAYLISTS = (b"#EXTM3U", b"\xef\xbb\xbf#EXTM3U", b"ffconcat")
"""How texts begin that name other files, whatever characters follow."""
UNDECODED = -1
"""The value of OpenCV's CAP_PROP_FORMAT under which a video yields its packets."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one frame as RGB uint8. Raises DataFault."""
    path = files[0]
    if not how.part.isdigit():
        raise DataFault("dimensions", path, "is a video; select frames by `parts` in the recipe")
    number, changed_ns = int(how.part), path.stat().st_mtime_ns
    frame = _sought(path, number, _times(path, changed_ns))
    if frame is None:
        frame = _reader(path, changed_ns).frame(number)
    if frame is None:
        raise DataFault("truncated", path, f"has no frame {how.part}")
    shown = np.ascontiguousarray(frame[None, :, :, ::-1])
    return Image(shown, None, planar=True, aspect=_aspect(path, changed_ns))


def parts(files: Sequence[Path]) -> list[str]:
    """Return the frame numbers. Raises DataFault.

    A container may state a wrong number of frames, or none; then the frames are decoded and
    counted.
    """
    path = files[0]
    video = _open(path)
    stated = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    video.release()
    if stated > MAX_FRAMES:
        raise DataFault("header", path, f"states {stated} frames")
    changed_ns = path.stat().st_mtime_ns
    count = len(_times(path, changed_ns))
    if count != stated or count == 0:
        count = _reader(path, changed_ns).count()
    if count == 0:
        raise DataFault("header", path, "has no frame that can be decoded")
    return [str(n) for n in range(count)]


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in the container, each with the name of its part. Raises DataFault."""
    try:
        return {text: part for part, text in video_texts.texts(files[0])}
    except (OSError, struct.error) as error:
        raise DataFault("unreadable", files[0], str(error)) from error


def _sought(path: Path, number: int, times: Sequence[float]) -> Array | None:
    """Return a frame by seeking its number; None if seeking finds another frame.

    FFmpeg seeks by time. Frame numbers are times at an even rate only; at an uneven rate, the frame
    found has another time than the packets say.
    """
    gaps = np.diff(times)
    if number >= len(times) or (len(gaps) and gaps.min() <= 0):
        return None
    video = _open(path)
    try:
        video.set(cv2.CAP_PROP_POS_FRAMES, number)
        there, frame = video.read()
        away = abs(video.get(cv2.CAP_PROP_POS_MSEC) - times[number])
    finally:
        video.release()
    return frame if there and away < gaps.min(initial=np.inf) / 2 else None


@lru_cache(maxsize=4)
def _times(path: Path, changed_ns: int) -> Sequence[float]:
    """Return the time of each frame in ms from the first, in order, from the packets and without decoding."""
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, UNDECODED])
    found: list[float] = []
    while len(found) <= MAX_FRAMES and video.grab():
        found.append(video.get(cv2.CAP_PROP_POS_MSEC))
    video.release()
    return sorted(found)


@lru_cache(maxsize=4)
def _aspect(path: Path, changed_ns: int) -> float:
    """Return the height of a pixel as shown over its width."""
    video = _open(path)
    across, down = video.get(cv2.CAP_PROP_SAR_NUM), video.get(cv2.CAP_PROP_SAR_DEN)
    turned = round(video.get(cv2.CAP_PROP_ORIENTATION_META)) % 360 in QUARTER_TURNS
    video.release()
    if not (np.isfinite([across, down]).all() and min(across, down) > 0):
        return 1.0
    return float(across / down if turned else down / across)


@dataclass
class _Reader:
    """A video that is decoded from its start, one frame ahead."""

    path: Path
    video: cv2.VideoCapture
    next: int = 0

    def frame(self, number: int) -> Array | None:
        """Return a frame; None if there are fewer."""
        if number < self.next:
            self.video.release()
            self.video, self.next = _open(self.path), 0
        while self.next <= number:
            if not self.video.grab():
                return None
            self.next += 1
        there, frame = self.video.retrieve()
        return frame if there else None

    def count(self) -> int:
        """Return the total number of frames, by decoding the rest. Raises DataFault."""
        while self.next <= MAX_FRAMES and self.video.grab():
            self.next += 1
        if self.next > MAX_FRAMES:
            raise DataFault("header", self.path, f"has more than {MAX_FRAMES} frames")
        return self.next


@lru_cache(maxsize=1)
def _reader(path: Path, changed_ns: int) -> _Reader:
    """Return the cached reader of the last video, since its frames are mostly read in order."""
    return _Reader(path, _open(path))


def _open(path: Path) -> cv2.VideoCapture:
    start = byte_stream.beginning(path, 16)
    playlist = start.startswith(PLAYLISTS)
    if playlist or (not start.startswith(b"RIFF") and _TEXT.fullmatch(start[:16])):
        # FFmpeg would read the files that a playlist names
        raise DataFault("unreadable", path, "is a text, such as a playlist, and no video")
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not video.isOpened():
        raise DataFault("unreadable", path, "is not a video that FFmpeg can open")
    return video
