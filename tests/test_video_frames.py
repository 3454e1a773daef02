"""A part of a video is the frame of that number as shown, at any rate, and no frame is left out."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Reading
from benchsmith.imaging.geometry import pixel_mm

COUNT, SIZE, BITS = 40, (96, 48), 6
CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def video(path: Path, code: str, rate: int = 10) -> Path:
    """Write frames that show their number, a bar for each bit."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), rate, SIZE)
    for number in range(COUNT):
        bars = np.array([255 * (number >> bit & 1) for bit in range(BITS)], np.uint8)
        frame = np.repeat(bars, SIZE[0] // BITS)[None, :, None]
        writer.write(np.ascontiguousarray(np.broadcast_to(frame, (*SIZE[::-1], 3))))
    writer.release()
    return path


def replaced(data: bytes, box: bytes, content: bytes) -> bytes:
    """Return an MP4 file with another content of one box (ISO 14496-12, 4.2); sizes follow."""
    found, place = b"", 0
    while place < len(data):
        size, name = struct.unpack_from(">I4s", data, place)
        inner = data[place + 8 : place + size]
        if name == box:
            inner = content
        elif name in CONTAINERS:
            inner = replaced(inner, box, content)
        found += struct.pack(">I4s", len(inner) + 8, name) + inner
        place += size
    return found


def content_of(data: bytes, box: bytes) -> bytes:
    at = data.index(box)
    return data[at + 4 : at - 4 + struct.unpack_from(">I", data, at - 4)[0]]


def number_in(path: Path, part: str) -> int:
    bars = formats.read(path, Reading(part=part)).voxels.reshape(SIZE[1], BITS, -1).mean((0, 2))
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def numbers(path: Path) -> list[int]:
    """Return the numbers that the frames show, the same forwards and backwards."""
    parts = formats.parts(path)
    found = [number_in(path, part) for part in parts]
    assert [number_in(path, part) for part in parts[::-13]] == found[::-13]
    return found


@pytest.mark.parametrize(
    "steps",
    [
        [(COUNT, 1.0)],
        [(COUNT // 2, 1.0), (1, 30.0), (COUNT // 2 - 1, 1.0)],  # a pause
        [(COUNT // 2, 1.0), (COUNT // 2, 0.25)],
        [(COUNT // 2, 0.25), (COUNT // 2, 1.0)],
    ],
)
def test_frames_at_an_uneven_rate(tmp_path: Path, steps: list[tuple[int, float]]) -> None:
    """FFmpeg seeks by time: the frame of a number was another one after a pause."""
    path = video(tmp_path / "a.mp4", "mp4v")
    data = path.read_bytes()
    _, _, one = struct.unpack(">4xIII", content_of(data, b"stts"))
    # without an edit list, which would end the video after its old duration
    data = data.replace(b"edts", b"free")
    times = b"".join(struct.pack(">II", n, round(step * one)) for n, step in steps)
    path.write_bytes(replaced(data, b"stts", struct.pack(">4xI", len(steps)) + times))
    assert numbers(path) == list(range(COUNT))


def test_a_container_that_does_not_state_how_many_frames_it_has(tmp_path: Path) -> None:
    """OpenCV guesses too few of a program stream: the other frames were left out without a word."""
    path = video(tmp_path / "a.mpg", "mpg2", 25)
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) < COUNT
    assert numbers(path) == list(range(COUNT))


@pytest.mark.parametrize(("across", "down"), [(2, 1), (10, 11), (1, 1)])
def test_pixels_of_a_video_that_are_not_square(tmp_path: Path, across: int, down: int) -> None:
    path = video(tmp_path / "a.mp4", "mp4v")
    data = path.read_bytes()
    stated = content_of(data, b"stsd")
    entry = stated[12:] + struct.pack(">I4sII", 16, b"pasp", across, down)
    path.write_bytes(
        replaced(data, b"stsd", stated[:8] + struct.pack(">I", len(entry) + 4) + entry)
    )
    image = formats.read(path, Reading(part="3"))
    height, width = pixel_mm(image.sides, "planar")
    assert width / height == pytest.approx(across / down)
    assert image.spacing_mm == ()
