"""The vertebral level of a structure: only where it can be counted, and off the discs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchsmith.core.model import Box
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Level, Scene, Seen, Unclear
from benchsmith.skills.vertebral_level import level, level_of, levels_of
from tests.rows import FINDING

LEVELS = levels_of({"T12": (0, 20), "L1": (24, 46), "L2": (50, 72), "L3": (76, 98)})


def seen(top: int, bottom: int, label: str = "kidney") -> Seen:
    box = Box(x0=5, y0=top, x1=25, y1=bottom)
    return Seen(label=label, shown=None, box=box, area=1.0, share=0.05, whole=1.0, contrast=2.0,  # type: ignore[arg-type]
                grey=90.0)  # fmt: skip


def scene(**changes: object) -> Scene:
    plain = Scene(
        anchor=FINDING, size=(100, 100), pixel=(1.0, 1.0), unit="mm", structures=(),  # type: ignore[arg-type]
        others=frozenset({"sacrum"}), left_is="right", top_is="head", levels=LEVELS,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_level_is_that_of_the_centre_beside_each_neighbour() -> None:
    found = list(level(scene(), seen(20, 52), Margins()))  # its centre is row 36, in L1
    assert [d.options for d in found if isinstance(d, Draft)] == [
        ("says:T12", "says:L1"), ("says:L1", "says:L2"),
    ]  # fmt: skip
    assert {d.key for d in found if isinstance(d, Draft)} == {"says:L1"}
    assert len({d.group for d in found if isinstance(d, Draft)}) == 2
    (lowest,) = level(scene(), seen(80, 94), Margins())
    assert isinstance(lowest, Draft) and lowest.options == ("says:L2", "says:L3")
    assert lowest.evidence[0].value == pytest.approx((87 - 76) / 22)


def test_between_two_vertebrae_there_is_no_level() -> None:
    for top, bottom in ((40, 56), (44, 52), (24, 28)):  # a disc, its edge, the end of a vertebra
        (found,) = level(scene(), seen(top, bottom), Margins())
        assert isinstance(found, Unclear) and found.reason == "level-unclear"


def test_nothing_is_asked_where_a_reader_cannot_count() -> None:
    good = seen(20, 52)
    for changed in (scene(others=frozenset()), scene(levels=()), scene(top_is="front")):
        assert not list(level(changed, good, Margins()))
    neck = {"C2": (0, 20), "C3": (24, 46), "C4": (50, 72)}
    assert list(level(scene(others=frozenset(), levels=levels_of(neck)), good, Margins()))
    assert not list(level(scene(), seen(20, 52, "lumbar-vertebra"), Margins()))


def test_only_vertebrae_have_levels() -> None:
    assert level_of("vertebrae_C7", "cervical-vertebra") == "C7"
    assert level_of("L5", "lumbar-vertebra") == "L5"
    for raw, label in (("rib_left_7", "rib"), ("L3", "skeletal-muscle"), ("vertebrae", "vertebra")):
        assert level_of(raw, label) == ""
    assert Level("L1", 10, 30).share(15) == 0.25
