"""Rows of numbers, montages and measures in a plane, on made-up structures with exact answers."""

from __future__ import annotations

import itertools
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import norm

from benchsmith.core.model import Box, Form
from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Margins
from benchsmith.exporters.rehydrate import _drawing as told
from benchsmith.imaging.rendering.formed_picture import cut
from benchsmith.imaging.rendering.rulers import bar_length, montage, with_boxes
from benchsmith.publish.rehydrate import _form as formed
from benchsmith.skills import comparison_kinds, counting, measurement
from benchsmith.skills.contract import Amount, Draft, Unclear
from benchsmith.skills.montages import TILES, frame, largest_tiles
from benchsmith.skills.numeric_ladders import number, rounded, with_options
from benchsmith.skills.plane_measures import apart, flat


def scene(id_: str = "s", **more: Any) -> Any:
    anchor = SimpleNamespace(split="test", modality="ct", axis="axial", sample=id_, patient=id_)
    told = {
        "id": id_, "anchor": anchor, "pixel": (0.5, 0.5), "unit": "mm", "size": (200, 200),
        "long_side": 100.0, "values": "", "shown": None, "volume": None, "structures": (),
        "apart": {},
    }  # fmt: skip
    return SimpleNamespace(**(told | more))


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


def draft(value: float, id_: str, amount: Amount) -> Draft:
    asked = Amount(
        value=value, unit=amount.unit, ratio=amount.ratio, step=amount.step, low=amount.low,
        high=amount.high, exact=amount.exact,
    )  # fmt: skip
    return Draft(
        scene=scene(id_),
        kind="diameter",
        subjects=("liver",),
        evidence=(),
        about=None,
        amount=asked,
    )


def test_each_number_of_a_row_is_right_once_in_each_set_and_near_the_truth() -> None:
    amount = Amount(value=0, unit="mm", ratio=1.5)
    drafts = [draft(20 * 1.02**n, f"s{n}", amount) for n in range(160)]
    found = [d for d in with_options(drafts, 1, 4) if d.options]
    assert len(found) > 100
    keys: dict[str, Counter[str]] = {}
    for one in found:
        assert one.amount is not None
        numbers = [float(o.removeprefix("says:").split()[0]) for o in one.options]
        assert all(b / a >= 1.5 for a, b in itertools.pairwise(numbers))
        right = numbers[one.options.index(one.key)]
        assert max(one.amount.value / right, right / one.amount.value) <= 1.5**0.2
        keys.setdefault(one.ladder, Counter())[one.key] += 1
    for counted in keys.values():
        assert len(set(counted.values())) == 1
    assert all(len(c) == len(o.split("says:")) - 1 for o, c in keys.items())
    assert with_options(drafts, 1, 4) == with_options(drafts, 1, 4)


@pytest.mark.parametrize(
    ("usual", "spread", "asked", "betrayed"),
    [
        (1500, 0.22, 0.303, 0.901),
        (160, 0.2, 0.252, 0.931),
        (200, 0.4, 0.673, 0.685),
        (30, 0.5, 0.772, 0.601),
        (5, 1.2, 0.916, 0.381),
    ],
)
def test_the_usual_size_is_right_by_chance_at_the_cost_that_the_page_tells(
    usual: float, spread: float, asked: float, betrayed: float
) -> None:
    values = usual * np.exp(spread * norm.ppf((np.arange(333) + 0.5) / 333))
    amount = Amount(value=0, unit="mL", ratio=2.0)
    drafts = [draft(float(v), f"s{n}", amount) for n, v in enumerate(values)]
    found = [d for d in with_options(drafts, 1, 4) if d.options]

    def guess(numbers: np.ndarray) -> int:
        return int(np.argmin(np.abs(np.log(numbers / usual))))

    hits = chance = 0.0
    for one in found:
        numbers = np.array([float(o.removeprefix("says:").split()[0]) for o in one.options])
        hits += one.options[guess(numbers)] == one.key
        chance += 1 / len(numbers)
    assert hits == pytest.approx(chance)
    assert len(found) / len(values) == pytest.approx(asked, abs=0.005)
    # four numbers around each true value, in the ratio 2: the usual size tells which one is right
    places = np.array([rank(1, str(n)) % 4 for n in range(len(values))])
    around = values[:, None] * 2.0 ** (np.arange(4) - places[:, None])
    told = np.mean([guess(row) == place for row, place in zip(around, places, strict=True)])
    assert told == pytest.approx(betrayed, abs=0.005)


def test_what_is_alike_in_all_pictures_has_no_numbers() -> None:
    amount = Amount(value=0, unit="mL", ratio=2.0)
    drafts = [draft(1500 + n, f"s{n}", amount) for n in range(40)]
    assert not any(d.options for d in with_options(drafts, 1, 4))


def test_counts_are_their_own_numbers() -> None:
    amount = Amount(value=0, unit="", step=1, low=1, high=12, exact=True)
    drafts = [draft(1 + n % 3, f"s{n}", amount) for n in range(30)]
    found = with_options(drafts, 1, 4)
    assert all(d.options == ("says:1", "says:2", "says:3") for d in found)
    assert all(d.amount and d.key == f"says:{d.amount.value:.0f}" for d in found)


def test_differences_keep_within_the_wedge() -> None:
    amount = Amount(value=0, unit="HU", step=60, low=-160, high=240)
    drafts = [draft(-150 + 5 * n, f"s{n}", amount) for n in range(76)]
    for one in with_options(drafts, 1, 4):
        numbers = [float(o.removeprefix("says:").split()[0]) for o in one.options]
        assert all(-160 <= n <= 240 for n in numbers)
        assert all(b - a >= 60 for a, b in itertools.pairwise(numbers))


def test_numbers_are_rounded_as_they_are_written() -> None:
    assert [rounded(x) for x in (104.6, 2046.0, 0.00317)] == [105.0, 2000.0, 0.0032]
    assert number(Amount(value=1, unit="mm", ratio=2.0), 0.0, 3) == rounded(2.12**3)


@pytest.mark.parametrize(("peak", "places"), [(20, 3), (31, TILES)])
def test_a_montage_has_the_largest_slice_in_each_place(peak: int, places: int) -> None:
    heights = np.maximum(0, 1 - ((np.arange(60) - peak) / 19.0) ** 2)
    profile = tuple(int(n) for n in 900 * heights)
    one = SimpleNamespace(flat=SimpleNamespace(profile=profile))
    found = list(largest_tiles(scene(), one, Box(x0=10, y0=20, x1=50, y1=40), 1.15))
    assert len({f.number for f in found}) == len(found) == places
    for each in found:
        tiles = each.form.tiles
        assert len(tiles) == TILES and len(set(np.diff(tiles))) == 1 and each.form.outlined
        areas = [profile[i] for i in tiles]
        assert areas == list(each.areas) and sum(a > 0 for a in areas) >= 3
        assert areas[each.number - 1] == max(profile)
        assert sorted(areas)[-2] * 1.15 <= max(areas)
        box = each.form.frame
        assert box is not None and box.x0 <= 10 and box.x1 >= 50 and box.y0 <= 20 and box.y1 >= 40


def test_a_frame_is_square_in_millimetres_and_may_leave_the_plane() -> None:
    found = frame(Box(x0=0, y0=0, x1=100, y1=20), (1.0, 0.5))
    assert (found.x1 - found.x0) * 0.5 == pytest.approx((found.y1 - found.y0) * 1.0)
    plane = np.arange(200 * 120).reshape(200, 120).astype(np.uint8)
    part = cut(plane, found)
    assert part.shape == (found.y1 - found.y0, found.x1 - found.x0)
    inside = part[-found.y0 : -found.y0 + 20, -found.x0 : -found.x0 + 100]
    assert (inside == plane[:20, :100]).all() and part[: -found.y0].max() == 0


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


def test_bars_are_round_and_fit() -> None:
    for width, px_mm in ((512, 0.7), (300, 0.02), (472, 3.0)):
        length = bar_length(width, px_mm)
        assert 0.1 * width * px_mm <= length <= 0.3 * width * px_mm
        assert f"{length:g}".strip("0.")[0] in "125"


def test_boxes_and_tiles_are_drawn_where_they_are() -> None:
    plain = np.zeros((200, 300, 3), np.uint8)
    drawn = with_boxes(plain, [Box(x0=40, y0=60, x1=90, y1=120)]).astype(int)
    assert (np.abs(drawn[90, 40] - (255, 196, 0)) < 5).all()
    assert drawn[70:110, 50:80].max() == 0, "the box is empty inside"
    tiles = [np.full((50, 50, 3), 40 * (n + 1), np.uint8) for n in range(5)]
    whole = montage(tiles, 50)
    assert whole.shape == (100, 150, 3)
    for n in range(5):
        y, x = n // 3 * 50, n % 3 * 50
        assert (whole[y + 40, x + 40] == 40 * (n + 1)).all()


def test_a_form_is_read_again_from_a_release() -> None:
    form = Form(
        scale=True, tiles=(3, 5, 7), frame=Box(x0=-2, y0=0, x1=9, y1=9), apart_mm=2.5, outlined=True,
        boxes=(Box(x0=1, y0=2, x1=3, y1=4),),
    )  # fmt: skip
    question: Any = SimpleNamespace(view="image", alteration=None, form=form)
    choice: Any = SimpleNamespace(
        kind="region", axis="axial", index=5, crop=None, window="", layer=0, value=1
    )
    assert formed(told(question, choice)["form"]) == form
    question.form = None
    assert "form" not in told(question, choice)
