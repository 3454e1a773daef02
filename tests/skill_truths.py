"""The truth of a question of a skill, calculated from masks by numpy and scipy alone.

Each function takes a question and yields its facts: what was claimed, and what is true. It asserts that the
key is the true answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

Mask = npt.NDArray[np.bool_]
SIDE = {"left": -1, "right": 1, "above": -1, "below": 1}
OPPOSITE = {"left": "right", "right": "left", "front": "back", "back": "front"}
FACT = re.compile(r"^(\S+) (.+) (-?\d[\d.e+-]*)(?: ([^\d\s]\S*))?$")


class Claim(NamedTuple):
    """One fact that an answer rests on."""

    subjects: tuple[str, ...]
    name: str
    value: float
    unit: str


def claim(words: str) -> Claim:
    """Return a fact from its words, such as ``liver|spleen gap, the first left 28 mm``."""
    found = FACT.match(words)
    assert found, words
    return Claim(tuple(found[1].split("|")), found[2], float(found[3]), found[4] or "")


@dataclass(frozen=True)
class Case:
    """A question, and the plane that it is about."""

    kind: str
    claims: list[Claim]
    options: tuple[str, ...]
    """Ids; empty for a number."""
    key: str
    values: npt.NDArray[np.float64]
    """(rows, columns), as the file states them."""
    grey: npt.NDArray[np.float64]
    """The same as it is drawn, 0 to 255."""
    masks: Mapping[str, Mask]
    """By label; those of one label together."""
    single: Mapping[tuple[str, str], list[Mask]]
    """By label and stated side, each structure by itself."""
    levels: Mapping[str, Mask]
    solids: Mapping[str, Mask]
    """By label, (z, y, x)."""
    sides: tuple[float, float, float]
    """Of a voxel, (z, y, x) in mm."""
    axis: str
    form: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pixel(self) -> tuple[float, float]:
        """Height and width of a pixel in mm."""
        z, y, x = self.sides
        return {"axial": (y, x), "coronal": (z, x), "sagittal": (z, y)}[self.axis]

    @property
    def top_left(self) -> tuple[str, str]:
        """The patient's directions at the top and at the left."""
        return {
            "axial": ("front", "right"), "coronal": ("head", "right"), "sagittal": ("head", "front"),
        }[self.axis]  # fmt: skip

    def edges(self, label: str) -> tuple[int, int, int, int]:
        """Return first row, one past the last one, and the same of columns."""
        return edges(self.masks[label])


Facts = Iterator[tuple[float, float]]


def edges(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def longest(mask: Mask, pixel: tuple[float, float]) -> float:
    points = np.argwhere(mask) * pixel
    with suppress(QhullError, ValueError):  # a point, or points of one line
        points = points[ConvexHull(points).vertices]
    return float(pdist(points).max()) if len(points) > 1 else 0.0


def nearest(a: Mask, b: Mask, pixel: tuple[float, float]) -> float:
    (y0, y1, x0, x1), (v0, v1, u0, u1) = edges(a), edges(b)
    box = slice(min(y0, v0), max(y1, v1)), slice(min(x0, u0), max(x1, u1))  # has all of both
    return float(ndimage.distance_transform_edt(~a[box], sampling=pixel)[b[box]].min())


def beside_it(mask: Mask) -> Mask:
    """Return the pixels that share a side with a mask and are not of it."""
    found: Mask = ndimage.binary_dilation(mask, ndimage.generate_binary_structure(2, 1)) & ~mask
    return found


def area(mask: Mask, pixel: tuple[float, float]) -> float:
    return int(mask.sum()) * pixel[0] * pixel[1]


def shown(case: Case) -> Facts:
    (fact,) = case.claims
    mask = case.masks.get(fact.subjects[0])
    yield fact.value, 0.0 if mask is None else float(mask.mean())
    assert (case.key == "answer:yes") == (mask is not None and bool(mask.any()))


def _compared(case: Case, true: Callable[[str], float], *, most: bool = True) -> Facts:
    found = {fact.subjects[0]: true(fact.subjects[0]) for fact in case.claims}
    for fact in case.claims:
        yield fact.value, found[fact.subjects[0]]
    right = (max if most else min)(found, key=found.__getitem__)
    assert case.key == right and set(case.options) == set(found)


def larger(case: Case) -> Facts:
    return _compared(case, lambda label: area(case.masks[label], case.pixel))


def brighter(case: Case) -> Facts:
    return _compared(case, lambda label: float(case.grey[case.masks[label]].mean()))


def longer(case: Case) -> Facts:
    return _compared(case, lambda label: longest(case.masks[label], case.pixel))


def nearer(case: Case) -> Facts:
    to = case.masks[case.claims[0].subjects[1]]
    return _compared(case, lambda one: nearest(to, case.masks[one], case.pixel), most=False)


def side(case: Case) -> Facts:
    label = case.claims[0].subjects[0]
    both = [
        np.logical_or.reduce(case.single[label, side])
        for side in OPPOSITE
        if (label, side) in case.single
    ]
    first, second = sorted(both, key=lambda mask: edges(mask)[2])
    for fact, mask in zip(case.claims, (first, second), strict=True):
        yield fact.value, area(mask, case.pixel)
    assert case.key == ("side:left" if first.sum() > second.sum() else "side:right")


def tile(case: Case) -> Facts:
    solid, tiles = case.solids[case.claims[0].subjects[0]], case.form["tiles"]
    areas = [int(solid[z].sum()) for z in tiles]
    for fact, true in zip(case.claims, areas, strict=True):
        yield fact.value, true
    assert case.key == f"says:tile {1 + int(np.argmax(areas))}"
    assert areas.count(max(areas)) == 1


def parts(case: Case) -> Facts:
    (fact,) = case.claims
    yield fact.value, ndimage.label(case.masks[fact.subjects[0]], np.ones((3, 3)))[1]


def boxed(case: Case) -> Facts:
    (fact,) = case.claims
    y0, y1, x0, x1 = case.edges(fact.subjects[0])
    yield fact.value, (y1 - y0) * (x1 - x0)
    boxes = [(b["y0"], b["y1"], b["x0"], b["x1"]) for b in case.form["boxes"]]
    assert case.key == f"says:box {1 + boxes.index((y0, y1, x0, x1))}"
    assert boxes.count((y0, y1, x0, x1)) == 1


def diameter(case: Case) -> Facts:
    (fact,) = case.claims
    yield fact.value, longest(case.masks[fact.subjects[0]], case.pixel)


def in_cm2(case: Case) -> Facts:
    (fact,) = case.claims
    yield fact.value, area(case.masks[fact.subjects[0]], case.pixel) / 100


def distance(case: Case) -> Facts:
    (fact,) = case.claims
    yield fact.value, nearest(*(case.masks[label] for label in fact.subjects), case.pixel)


def mean(case: Case) -> Facts:
    (fact,) = case.claims
    yield fact.value, float(case.values[case.masks[fact.subjects[0]]].mean())


def share(case: Case) -> Facts:
    (fact,) = case.claims
    part, whole = (case.masks[label] for label in fact.subjects)
    yield fact.value, 100 * float(part.sum() / (part | whole).sum())


def volume(case: Case) -> Facts:
    (fact,) = case.claims
    solid, (z, y, x) = case.solids[fact.subjects[0]], case.sides
    yield fact.value, int(solid.sum()) * z * y * x / 1000
    tiles = case.form["tiles"]
    seen = int(solid[tiles].sum()) * case.form["apart_mm"] * y * x / 1000
    assert abs(seen / fact.value - 1) <= 0.1 + 1e-9
    whole = np.flatnonzero(solid.any(axis=(1, 2)))
    assert whole[0] <= tiles[0] <= tiles[-1] <= whole[-1]


def _gap(case: Case, way: str) -> float:
    """Return the gap of the boxes of two structures of which the first one lies on a side."""
    a, b = (case.edges(label) for label in case.claims[0].subjects)
    first, at = (0, 0) if way in ("above", "below") else (2, 1)
    low, high = (a, b) if SIDE[way] < 0 else (b, a)
    return (high[first] - low[first + 1]) * case.pixel[at]


def beside(case: Case) -> Facts:
    (fact,) = case.claims
    way = fact.name.rpartition(" ")[2]
    yield fact.value, _gap(case, way)
    assert case.key == f"side:{way}" and fact.value > 0


def depth(case: Case) -> Facts:
    (fact,) = case.claims
    way = fact.name.rpartition(" ")[2]
    front = {"axial": "above", "sagittal": "left"}[case.axis]
    back = {"axial": "below", "sagittal": "right"}[case.axis]
    yield fact.value, _gap(case, front if way == "front" else back)
    assert case.key == f"patient:{way}" and fact.value > 0


def quadrant(case: Case) -> Facts:
    (fact,) = case.claims
    (y0, y1, x0, x1), (rows, columns) = case.edges(fact.subjects[0]), case.values.shape
    down = max(rows / 2 - y1, y0 - rows / 2) * case.pixel[0]
    across = max(columns / 2 - x1, x0 - columns / 2) * case.pixel[1]
    yield fact.value, min(down, across)
    ways = "upper" if y1 <= rows / 2 else "lower", "left" if x1 <= columns / 2 else "right"
    assert case.key == f"quarter:{'-'.join(ways)}" and fact.value > 0


def touching(case: Case) -> Facts:
    near, far = case.claims
    rim = beside_it(case.masks[near.subjects[0]])
    yield near.value, float((rim & case.masks[near.subjects[1]]).sum() / rim.sum())
    a, b = (case.masks[label] for label in far.subjects)
    yield far.value, nearest(a, b, case.pixel)
    assert not (beside_it(a) & b).any()
    assert case.key == near.subjects[1] and near.value > 0


def inside(case: Case) -> Facts:
    (fact,) = case.claims
    a, b = (case.masks[label] for label in fact.subjects)
    rim = beside_it(a)
    covered = float((rim & b).sum() / rim.sum())
    if fact.name.startswith("share"):
        yield fact.value, covered
        assert case.key == "place:inside"
    else:
        yield fact.value, nearest(a, b, case.pixel)
        assert case.key == "place:outside" and not (a & b).any() and covered == 0


def level(case: Case) -> Facts:
    (fact,) = case.claims
    y0, y1, *_ = case.edges(fact.subjects[0])
    name = fact.name.removeprefix("centre at ").partition(",")[0]
    top, bottom, *_ = edges(case.levels[name])
    yield fact.value, ((y0 + y1) / 2 - top) / (bottom - top)
    assert case.key == f"says:{name}" and 0 < fact.value < 1


def half(case: Case) -> Facts:
    (fact,) = case.claims
    _, _, x0, x1 = case.edges(fact.subjects[0])
    middle = case.values.shape[1] / 2
    yield fact.value, max(middle - x1, x0 - middle) * case.pixel[1]
    assert case.key == f"half:{'left' if x1 <= middle else 'right'}" and fact.value > 0


def _body(case: Case) -> float:
    """Return the middle of the largest part of the picture that is not dark."""
    light, _ = ndimage.label(case.grey > 20, ndimage.generate_binary_structure(2, 1))
    body = light == 1 + np.bincount(light[light > 0])[1:].argmax()
    _, _, x0, x1 = edges(body)
    return (x0 + x1) / 2


def of_patient(case: Case) -> Facts:
    (fact,) = case.claims
    way = fact.name.rpartition(" ")[2]
    assert case.top_left[1] == "right" and case.key == f"patient:{way}"
    middle, found = _body(case), []
    label = fact.subjects[0]
    candidates = [
        (stated, mask)
        for (one, stated), masks in case.single.items()
        if one == label
        for mask in masks
    ]
    if case.kind == "patient":
        candidates = [(stated, case.masks[label]) for stated in {s for s, _ in candidates}]
    for stated, mask in candidates:
        _, _, x0, x1 = edges(mask)
        gap = (middle - x1 if way == "right" else x0 - middle) * case.pixel[1]
        if abs(gap - fact.value) <= 1e-4 * fact.value:
            # the source's own word of the side, where it states one
            assert stated in ("", way)
            found.append(gap)
    yield fact.value, found[0] if found else float("nan")


TRUTHS: Mapping[str, Callable[[Case], Facts]] = {
    "shown": shown, "larger": larger, "brighter": brighter, "longer": longer, "nearer": nearer,
    "side": side, "tile": tile, "parts": parts, "boxed": boxed, "diameter": diameter, "area": in_cm2,
    "distance": distance, "mean": mean, "share": share, "volume": volume, "beside": beside,
    "above": beside, "depth": depth, "quadrant": quadrant, "touching": touching, "inside": inside,
    "level": level, "picture": half, "patient": of_patient, "marked": of_patient,
}  # fmt: skip
"""By the kind of a question."""
