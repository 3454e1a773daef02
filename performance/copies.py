"""How alike copies and different pictures are: to choose `near.radius` and `near.similarity` by.

    python -m performance.copies FOLDER_OR_NPZ [--patient REGEX] [--most N]

FOLDER holds pictures, of which the first group of REGEX in a file's name is the patient; an NPZ in
MedMNIST's layout holds arrays of pictures, each another patient's.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.random_order import order
from benchsmith.imaging.appearance import WAVES, describe

RADIUS, SIMILARITY = 10, 0.8
"""The defaults of `near`."""
ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}


def jpeg(plane: Array) -> Array:
    """Pack as JPEG at quality 60."""
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", plane, [1, 60])[1], -1))


def steeper(plane: Array) -> Array:
    """Show with a window 1.6 times steeper."""
    return np.clip((plane.astype(np.float32) - 128) * 1.6 + 128, 0, 255).astype(np.uint8)


def half(plane: Array) -> Array:
    """Make half the size."""
    return np.asarray(cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def gamma(plane: Array) -> Array:
    """Brighten by gamma 0.7."""
    return (255 * (plane / 255.0) ** 0.7).astype(np.uint8)


def cut(plane: Array) -> Array:
    """Cut 3 % in all, evenly."""
    rows, columns = (max(1, round(0.015 * n)) for n in plane.shape[:2])
    return plane[rows:-rows, columns:-columns]


CHANGES: dict[str, Callable[[Array], Array]] = {
    "JPEG at quality 60": jpeg,
    "window 1.6 times steeper": steeper,
    "half the size": half,
    "gamma 0.7": gamma,
    "cut by 3 %, evenly": cut,
}


def looked(planes: list[Array]) -> tuple[Array, Array]:
    """Return the hashes as bits (n, 64) and the looks as unit vectors (n, WAVES)."""
    seen = [describe(plane) for plane in planes]
    bits = np.array([np.unpackbits(np.frombuffer(bytes.fromhex(s.phash), np.uint8)) for s in seen])
    looks = np.array([np.frombuffer(s.look, np.int8)[:WAVES] for s in seen]).astype(np.float32)
    return bits.astype(np.int16), looks / np.linalg.norm(looks, axis=1, keepdims=True)


def read(place: Path, patient: str, most: int) -> tuple[list[Array], Array]:
    """Return pictures, up to `most` by rank, and the number of each one's patient."""
    if place.suffix == ".npz":
        with np.load(place) as held:
            stacks = [held[name] for name in sorted(held) if name.endswith("images")]
        planes = [plane for stack in stacks for plane in stack]
        names = [str(n) for n in range(len(planes))]
        people = names
    else:
        files = sorted(p for p in place.iterdir() if p.suffix.lower() in ENDINGS)
        found = {p.name: re.search(patient, p.name) for p in files}
        names = [name for name, match in found.items() if match]
        people = [match[1] for match in found.values() if match]
        planes = [np.asarray(cv2.imread(str(place / name))[..., ::-1]) for name in names]
    kept = order(range(len(planes)), 0, "calibrate", name=lambda i: names[i])[:most]
    return [planes[i] for i in kept], np.unique([people[i] for i in kept], return_inverse=True)[1]


def main() -> None:
    """Print how far copies are from their original, and how near different people's pictures are."""
    given = argparse.ArgumentParser()
    given.add_argument("place", type=Path)
    given.add_argument("--patient", default="(.*)")
    given.add_argument("--most", type=int, default=2_000)
    said = given.parse_args()
    planes, people = read(said.place, said.patient, said.most)
    bits, looks = looked(planes)
    print(f"{len(planes)} pictures of {people.max() + 1} people\n")
    print("| change | bits, median / 95 % / most | look, least / 5 % / median | found |")
    print("| --- | --- | --- | --- |")
    for name, change in CHANGES.items():
        own, seen = looked([change(plane) for plane in planes])
        away, alike = np.abs(own - bits).sum(axis=1), (seen * looks).sum(axis=1)
        found = ((away <= RADIUS) & (alike >= SIMILARITY)).mean()
        far, near = np.percentile(away, (50, 95, 100)), np.percentile(alike, (0, 5, 50))
        print(
            f"| {name} | {' / '.join(f'{n:.0f}' for n in far)} "
            f"| {' / '.join(f'{n:.2f}' for n in near)} | {100 * found:.1f} % |"
        )
    one, other = np.triu_indices(len(planes), 1)
    strangers = people[one] != people[other]
    one, other = one[strangers], other[strangers]
    away = np.concatenate(
        [np.abs(bits[a] - bits[b]).sum(axis=1) for a, b in zip(*(np.array_split(x, max(1, len(one) // 100_000)) for x in (one, other)), strict=True)]
    )  # fmt: skip
    alike = np.concatenate(
        [(looks[a] * looks[b]).sum(axis=1) for a, b in zip(*(np.array_split(x, max(1, len(one) // 100_000)) for x in (one, other)), strict=True)]
    )  # fmt: skip
    near = away <= RADIUS
    print(f"\n{len(one)} pairs of different people")
    print(
        f"least bits {away.min()}, 1 % {np.percentile(away, 1):.0f}; {near.sum()} within {RADIUS}"
    )
    if near.any():
        print(f"their looks: median {np.median(alike[near]):.2f}, most {alike[near].max():.2f}")
    both = [int((near & (alike >= s)).sum()) for s in (0.7, 0.75, SIMILARITY, 0.85, 0.9, 0.95)]
    print("within, and looks of 0.7, 0.75, 0.8, 0.85, 0.9, 0.95 or more:", *both)


if __name__ == "__main__":
    main()
