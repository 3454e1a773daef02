"""Sides and depth in planes that are turned: what is asked is true in the patient's own frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchsmith.core.contracts import Image
from benchsmith.core.model import PLANAR
from benchsmith.documents.benchmark import Margins
from benchsmith.imaging.geometry import box_of
from benchsmith.imaging.patient_directions import body_centre, directions, leans
from benchsmith.skills import laterality
from benchsmith.skills.contract import Draft, Scene, Seen
from benchsmith.skills.patient_depth import depth

SIDE_PX, PIXEL = 100, (3.0, 2.0)
"""Pixels of the square grid, and their height and width in millimetres."""
RADIUS = 12.0
PLACES = [(x, y) for x in (-60, -40, -15, 15, 40, 60) for y in (-60, -30, 0, 30, 60)]
"""Millimetres of structures from the middle of the body, to the patient's left and back."""


def seen(label: str, mask: np.ndarray) -> Seen:
    return Seen(
        label=label, shown=None, box=box_of(mask), area=1.0, share=0.03,  # type: ignore[arg-type]
        whole=1.0, contrast=2.0, grey=90.0,
    )  # fmt: skip


def turned(degrees: float, *places: tuple[float, float]) -> tuple[Scene, list[np.ndarray]]:
    """Return the axial plane of a grid turned about the head-foot axis, with a disc in each place.

    With it the discs' left-right and front-back coordinates in millimetres, patient's left and back.
    """
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    y, x = np.indices((SIDE_PX, SIDE_PX))
    u, v = (x - 49.5) * PIXEL[1], (y - 49.5) * PIXEL[0]
    left, back = c * u - s * v, s * u + c * v
    body = left**2 + back**2 < 90**2
    masks = [(left - px) ** 2 + (back - py) ** 2 < RADIUS**2 for px, py in places]
    affine = np.eye(4)
    affine[:2, :2] = np.array([[c, -s], [s, c]]) @ np.diag(PIXEL[::-1])
    image = Image(np.zeros((1, SIDE_PX, SIDE_PX), np.int16), affine, planar=False)
    middle = body_centre((body * 100).astype(np.uint8))
    assert middle is not None
    way = directions(image, "axial")
    scene = Scene(
        anchor=None, size=(SIDE_PX, SIDE_PX), pixel=PIXEL, unit="mm",  # type: ignore[arg-type]
        structures=tuple(seen(f"s{i}", mask) for i, mask in enumerate(masks)),
        left_is=way.left, top_is=way.top, middle=middle[0], middle_row=middle[1],
        leans=leans(image, "axial"),
    )  # fmt: skip
    return scene, [np.stack([left[m], back[m]]) for m in masks]


def sides(scene: Scene) -> list[str]:
    drafts = laterality.drafts(scene, Margins())
    return [d.key for d in drafts if isinstance(d, Draft) and d.kind == "patient"]


@pytest.mark.parametrize("degrees", [0, 5, -12, 20, -25])
def test_the_side_asked_is_the_one_on_which_all_of_a_structure_lies(degrees: float) -> None:
    """By the columns alone, a structure far in front is on the other side at 20 degrees."""
    asked = 0
    for place in PLACES:
        scene, (where,) = turned(degrees, place)
        for key in sides(scene):
            asked += 1
            assert (where[0] > 0).all() == (key == "patient:left"), (place, key)
            assert (where[0] < 0).all() == (key == "patient:right"), (place, key)
    assert asked >= 10


def test_depth_is_that_along_the_patients_axis() -> None:
    asked = 0
    for degrees in (0, 8, -15, 22):
        for one in PLACES[:12]:
            for other in PLACES[-12:]:
                scene, (a, b) = turned(degrees, one, other)
                first, second = scene.structures
                found = depth(scene, first, second, Margins())
                if isinstance(found, Draft):
                    asked += 1
                    front = a[1].max() < b[1].min()
                    assert front or b[1].max() < a[1].min(), (degrees, one, other)
                    assert found.key == ("patient:front" if front else "patient:back")
    assert asked > 100


@pytest.mark.parametrize("degrees", [27, 40, -45])
def test_far_turned_planes_have_no_named_sides(degrees: float) -> None:
    scene, _ = turned(degrees, (40, 0))
    assert (scene.left_is, scene.top_is, scene.leans) == ("", "", (0.0, 0.0))
    assert not sides(scene)


def test_a_turned_plane_that_cuts_the_body_off_at_the_top_is_not_asked() -> None:
    scene, _ = turned(10, (-60, 0))
    assert sides(scene)
    assert not sides(replace(scene, middle_row=None))
    straight, _ = turned(0, (-60, 0))
    assert sides(replace(straight, middle_row=None))


@pytest.mark.parametrize("axis", ["axial", "coronal", "sagittal"])
def test_each_plane_of_a_volume_is_judged_by_its_own_edges(axis: str) -> None:
    """Turned about the head-foot axis, the head stays at the top."""
    c, s = np.cos(np.radians(40)), np.sin(np.radians(40))
    affine = np.eye(4)
    affine[:2, :2] = [[c, -s], [s, c]]
    top = "" if axis == "axial" else "head"
    image = Image(np.zeros((2, 3, 4), np.int16), affine, planar=False)
    assert directions(image, axis) == ("", top)


def test_a_single_slice_leans_as_its_header_says() -> None:
    c, s = np.cos(np.radians(10)), np.sin(np.radians(10))
    place = np.eye(4)
    place[:2, :2] = np.array([[c, -s], [s, c]]) * [0.5, 0.8]
    one = Image(np.zeros((1, 3, 4), np.int16), None, planar=True, place=place)
    assert directions(one, PLANAR) == ("right", "front")
    assert leans(one, PLANAR) == pytest.approx((-s / c, s / c))
    assert leans(replace(one, place=np.eye(4)), PLANAR) == (0.0, 0.0)
