"""Made pictures that look like nothing else, and the ways a picture comes back changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Array
from benchsmith.core.model import Finding, Sample, Target
from benchsmith.core.random_order import rank
from benchsmith.imaging import appearance
from benchsmith.stages.measure import MIN_SPREAD

SIDE = 128


@lru_cache(maxsize=2048)
def picture(*name: object, blobs: int = 24) -> Array:
    """Return a grey picture of soft blobs, each at a place of its own: read-only, since it is kept."""
    at = np.arange(SIDE) / SIDE
    total = np.zeros((SIDE, SIDE))
    for blob in range(blobs):
        cy, cx, size, height = (
            rank(1, *map(str, name), str(blob), part) / 2**64
            for part in ("y", "x", "size", "height")
        )
        width = 0.03 + 0.12 * size
        down, across = (np.exp(-((at - c) ** 2) / (2 * width**2)) for c in (cy, cx))
        total += np.outer((height - 0.3) * down, across)
    total -= total.min()
    found = (total / total.max() * 220 + 15).astype(np.uint8)
    found.flags.writeable = False
    return found


def jpeg(plane: Array) -> Array:
    data = cv2.imencode(".jpg", plane, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)


def windowed(plane: Array) -> Array:
    return np.clip((plane.astype(float) - 127.5) * 1.6 + 127.5, 0, 255).astype(np.uint8)


def flipped(plane: Array) -> Array:
    return np.ascontiguousarray(plane[:, ::-1])


def upside_down(plane: Array) -> Array:
    return np.ascontiguousarray(plane[::-1])


def turned(plane: Array) -> Array:
    """Turn by a quarter, against the clock."""
    return np.ascontiguousarray(np.rot90(plane))


def turned_back(plane: Array) -> Array:
    """Turn by three quarters, and save as JPEG."""
    return jpeg(np.ascontiguousarray(np.rot90(plane, 3)))


def half_turned(plane: Array) -> Array:
    return np.ascontiguousarray(plane[::-1, ::-1])


def inverted(plane: Array) -> Array:
    return 255 - plane


def inverted_and_turned(plane: Array) -> Array:
    """Exchange black and white, turn by a quarter and mirror, and make half the size."""
    return smaller(255 - np.ascontiguousarray(np.rot90(plane)[:, ::-1]))


def brighter(plane: Array) -> Array:
    return np.clip(plane.astype(float) * 1.1 + 8, 0, 255).astype(np.uint8)


def larger(plane: Array) -> Array:
    return cv2.resize(plane, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def cropped(plane: Array) -> Array:
    """Cut 3 % off each side length, evenly."""
    rows, columns = (round(n * 0.015) for n in plane.shape)
    return np.ascontiguousarray(plane[rows:-rows, columns:-columns])


def smaller(plane: Array) -> Array:
    return cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


CHANGES: dict[str, Callable[[Array], Array]] = {
    f.__name__: f
    for f in (
        jpeg, windowed, flipped, upside_down, cropped, smaller, larger, brighter, turned, turned_back,
        half_turned, inverted, inverted_and_turned,
    )
}  # fmt: skip


@lru_cache(maxsize=2048)
def _described(levels: bytes, kind: str, shape: tuple[int, ...]) -> appearance.Appearance:
    return appearance.describe(np.frombuffer(levels, kind).reshape(shape))


def target(
    plane: Array | None,
    *,
    source: str = "abdomen",
    patient: str = "p",
    sample: str = "",
    label: str = "liver",
    task: str = "organs",
    modality: str = "ct",
    index: int = 0,
    axis: str = "planar",
    **more: object,
) -> Target:
    """Return a target of a whole picture; without one, a picture that is like no other."""
    seen = None
    if plane is not None:
        seen = _described(plane.tobytes(), plane.dtype.str, plane.shape)
    assert seen is None or seen.spread > MIN_SPREAD
    sample = f"{source}/{sample or patient}"
    values: dict[str, object] = {
        "id": f"{sample}#{label}@{axis}{index}",
        "source": source,
        "sample": sample,
        "patient": f"{source}/{patient}",
        "modality": modality,
        "kind": "image",
        "group": "list",
        "raw": label,
        "stated_at": "x:1",
        "entry": 0,
        "layer": 0,
        "value": 0,
        "axis": axis,
        "index": index,
        "plane": (SIDE, SIDE),
        "crop": None,
        "box": None,
        "area_px": SIDE**2,
        "area_mm2": None,
        "share": 1.0,
        "components": 0,
        "neighbours": (),
        "searched": Searched(labels=("*",)),
        "window": "",
        "phash": seen.phash if seen else "0" * 16,
        "mirrors": seen.mirrors if seen else "",
        "look": seen.look if seen else b"",
        "spread": 20.0,
        "label": label,
        "laterality": "",
        "decided_at": "x:1",
        "task": task,
        "department": "d",
        "placed_at": "x:1",
    }
    return Target(**(values | more))  # type: ignore[arg-type]


def sample_of(one: Finding, **more: object) -> Sample:
    """Return the sample that a target comes from."""
    values: dict[str, object] = {
        "id": one.sample,
        "source": one.source,
        "key": one.sample.partition("/")[2],
        "patient": one.patient,
        "modality": one.modality,
        "files": ("f",),
        "sha256": f"digest of {one.sample}",
        "shape": (100, 100, 100),
        "spacing_mm": (1.0, 1.0, 1.0),
        "planar": one.axis == "planar",
        "part": "",
        "licence": "cc0-1.0",
        **dict.fromkeys(("age", "sex", "site", "laterality", "view", "quality", "note"), ""),
    }
    return Sample(**(values | more))  # type: ignore[arg-type]
