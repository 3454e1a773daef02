"""Measures in a plane, on made-up structures with exact answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from benchsmith.core.model import Box
from benchsmith.documents.benchmark import Margins
from benchsmith.skills import comparison_kinds, counting, measurement
from benchsmith.skills.contract import Draft, Unclear
from benchsmith.skills.plane_measures import apart, flat
from tests.made_scenes import scene


def seen(label: str, mask: np.ndarray, **more: Any) -> Any:
    rows, columns = np.nonzero(mask)
    box = Box(
        x0=int(columns.min()), y0=int(rows.min()), x1=int(columns.max()) + 1, y1=int(rows.max()) + 1
    )
    told = {
        "label": label, "box": box, "area": mask.sum() * 0.25, "share": mask.mean(), "whole": 1.0,
        "contrast": None, "grey": None, "instances": 1, "sides": {}, "around": None,
        "flat": flat(mask, np.zeros(mask.shape), None, (0.5, 0.5), ()),
    }  # fmt: skip
    return SimpleNamespace(**(told | more))


def disc(y: int, x: int, radius: int) -> np.ndarray:
    rows, columns = np.indices((200, 200))
    return (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


def test_distances_and_surroundings_of_two_structures() -> None:
    masks = {"a": disc(60, 60, 20), "b": disc(60, 140, 30), "c": disc(60, 150, 5)}
    found = apart(masks, (0.5, 0.5))
    far = ndimage.distance_transform_edt(~masks["a"], sampling=(0.5, 0.5))
    assert found["a", "b"].distance == pytest.approx(far[masks["b"]].min())
    assert found["b", "c"].distance == 0 and found["b", "c"].both == masks["c"].sum()
    assert found["b", "c"].rims == (0.0, 1.0)


def test_the_nearer_of_two_structures() -> None:
    masks = {"a": disc(100, 30, 10), "b": disc(100, 180, 10), "to": disc(100, 70, 10)}
    kept = [seen(name, mask) for name, mask in masks.items()]
    there = scene(apart=apart(masks, (0.5, 0.5)))
    found = {
        d.subjects: d
        for d in comparison_kinds.nearer(there, kept, Margins())
        if isinstance(d, Draft)
    }
    assert found["a", "b", "to"].key == "a"
    assert found["b", "to", "a"].key == "to"
    assert found["a", "b", "to"].evidence[0].value == pytest.approx(0.5 * 20)


def test_the_share_of_a_structure_in_the_one_around_it() -> None:
    organ, lesion = disc(100, 100, 60), disc(90, 110, 20)
    for around in (
        organ,
        organ & ~lesion,
    ):  # a mask that has the lesion, and one that leaves it out
        masks = {"lesion": lesion, "organ": around}
        there = scene(apart=apart(masks, (0.5, 0.5)))
        pair = [seen(name, mask) for name, mask in masks.items()]
        (found,) = measurement.share_of(there, *pair, Margins())
        assert isinstance(found, Draft) and found.amount is not None
        assert found.amount.value == pytest.approx(100 * lesion.sum() / organ.sum())
        assert list(measurement.share_of(there, *reversed(pair), Margins())) == []


def test_what_cannot_be_measured_has_a_reason_of_its_own() -> None:
    def reasons(there: Any, *structures: Any) -> set[str]:
        there.structures = structures
        there.apart = apart(
            {s.label: m for s, m in zip(structures, masks, strict=False)}, (0.5, 0.5)
        )
        return {d.reason for d in measurement.drafts(there, Margins()) if isinstance(d, Unclear)}

    masks = [disc(100, 60, 30), disc(100, 105, 12)]
    good, near = (seen(n, m) for n, m in zip("ab", masks, strict=True))
    assert "no-scale" in reasons(scene(unit="px"), good)
    assert "no-unit" in reasons(scene(), good)
    assert "too-few-pixels" in reasons(scene(), good, near)
    masks = [disc(20, 60, 30)]
    assert "not-whole" in reasons(scene(), seen("a", masks[0]))
    window = SimpleNamespace(low=-160.0, high=240.0, root=False)
    masks = [disc(100, 60, 30)]
    for values, reason in ((300.0, "outside-window"), (None, "uneven")):
        plane = (
            np.full((200, 200), values) if values else np.indices((200, 200))[1] % 2 * 390.0 - 155
        )
        told = flat(masks[0], plane, window, (0.5, 0.5), ())  # type: ignore[arg-type]
        there = scene(values="HU", shown=window)
        assert reason in reasons(there, seen("a", masks[0], flat=told))


def test_gaps_and_bridges_of_parts_are_measured() -> None:
    two = disc(50, 50, 20) | disc(50, 100, 20)
    found = flat(two, np.zeros(two.shape), None, (0.5, 0.5), ())
    assert (len(found.parts), found.neck) == (2, float("inf"))
    assert found.parting == pytest.approx(0.5 * 10)
    two[47:52, 60:90] = True  # a bridge of five pixels
    found = flat(two, np.zeros(two.shape), None, (0.5, 0.5), ())
    assert (len(found.parts), found.parting) == (1, float("inf"))
    assert found.neck == pytest.approx(0.5 * 6)


def test_small_parts_and_marked_instances_leave_a_count_open() -> None:
    two, speck = disc(50, 50, 10) | disc(150, 150, 12), disc(50, 150, 2)

    def asked(mask: np.ndarray, instances: int = 1) -> Draft | Unclear:
        there = scene(structures=(seen("lesion", mask, instances=instances),))
        (found,) = counting.drafts(there, Margins(min_share=0.001))
        return found

    found = asked(two)
    assert isinstance(found, Draft) and found.amount and found.amount.value == 2
    # a gap of 1 mm, and a bridge of 1 mm, in a picture of 100 mm
    near = disc(50, 50, 20) | disc(50, 92, 20)
    joined = near.copy()
    joined[49:51, 60:80] = True

    def wavy() -> Draft | Unclear:
        values = np.indices((200, 200))[1] % 2 * 390.0 - 155
        window: Any = SimpleNamespace(low=-160.0, high=240.0, root=False)
        told = flat(two, values, window, (0.5, 0.5), ())
        there = scene(structures=(seen("colon", two, flat=told),), shown=window)
        (found,) = counting.drafts(there, Margins())
        return found

    mottled = wavy()
    assert isinstance(mottled, Unclear) and mottled.reason == "uneven"
    for unclear in (asked(two | speck), asked(two, 3), asked(near), asked(joined)):
        assert isinstance(unclear, Unclear) and unclear.reason == "parts-unclear"
