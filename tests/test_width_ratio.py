"""The cardiothoracic ratio is that of a heart between two lungs, and of nothing less."""

from __future__ import annotations

import pytest

from benchsmith.core.model import Box
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.criteria import MEASURED, Missing

HEART, LEFT, RIGHT = (95, 155), (140, 210), (30, 105)
"""First column and the one after the last."""


def seen(label: str, extent: tuple[int, int], *sides: str) -> Seen:
    return Seen(
        label=label, shown=None, box=Box(x0=extent[0], y0=20, x1=extent[1], y1=180), area=1.0,  # type: ignore[arg-type]
        share=0.1, whole=1.0, contrast=1.0, grey=None, stated_sides=frozenset(sides),
    )  # fmt: skip


def ratio(lung: tuple[int, int], *sides: str, heart: tuple[int, int] = HEART) -> float | str:
    scene = Scene(anchor=None, size=(200, 240), pixel=(1.0, 1.0), unit="px", structures=())  # type: ignore[arg-type]
    found = MEASURED["width-ratio"](scene, seen("heart", heart), seen("lung", lung, *sides))
    return found.reason if isinstance(found, Missing) else found[0]


BOTH = (RIGHT[0], LEFT[1])


@pytest.mark.parametrize("sides", [("left", "right"), ("",), ("", "left")])
def test_both_lungs_give_the_ratio(sides: tuple[str, ...]) -> None:
    assert ratio(BOTH, *sides) == (155 - 95) / (210 - 30)


@pytest.mark.parametrize(
    ("lung", "sides"),
    [
        (LEFT, ("left",)),
        (RIGHT, ("right",)),
        (LEFT, ("",)),
        (RIGHT, ("",)),
        (LEFT, ()),
        (BOTH, ("left",)),
        ((0, 210), ("left", "right")),
        ((30, 240), ("left", "right")),
    ],
)
def test_one_lung_or_a_part_of_it_gives_none(lung: tuple[int, int], sides: tuple[str, ...]) -> None:
    """An unnamed mask that does not lie on both sides of the heart is one lung."""
    assert ratio(lung, *sides) == "not-whole"


def test_a_heart_that_the_picture_cuts_off_has_no_width() -> None:
    assert ratio((1, 239), "left", "right", heart=(0, 60)) == "not-whole"
