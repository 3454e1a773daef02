"""Questions about the demo's real volumes: each truth is calculated again from the original files."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from benchsmith.audits.stated_numbers import numbers_of
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Scene
from benchsmith.skills.table import load
from tests.conftest import Project, once
from tests.real_volumes import BENCHMARK, HERE, Mask, Volume, build, keep, scenes_of, union, volumes
from tests.skill_truths import TRUTHS, Case, claim, edges

Row = dict[str, Any]
Plane = tuple[dict[str, Mask], dict[tuple[str, str], list[Mask]], dict[str, Mask]]
SKILLS = (
    "comparison",
    "counting",
    "grounding",
    "laterality",
    "measurement",
    "position",
    "presence",
)
MARGINS = Margins(
    min_contrast=0, min_share=0.004, least_px=6, ratio=1.2, area_ratio=1.3, larger=1.2
)
MOST = 60
"""Drafts of one kind and volume that are compared."""
LEAST = {
    "shown": 100, "larger": 100, "brighter": 100, "longer": 100, "nearer": 100, "tile": 10, "parts": 50,
    "boxed": 50, "diameter": 50, "area": 50, "distance": 50, "mean": 10, "volume": 1,
    "beside": 100, "above": 100, "quadrant": 50, "depth": 50, "touching": 50, "inside": 50,
    "picture": 50, "patient": 20, "marked": 20, "side": 1,
}  # fmt: skip
"""How many facts of a kind are compared at least."""
WINDOW = re.compile(r"level (-?[\d.]+) width ([\d.]+)|: (-?[\d.]+) to (-?[\d.]+)(, square root)?$")

pytestmark = pytest.mark.skipif(not HERE, reason="the demo's data are not here")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(once(tmp_path_factory, "real-skills", build))


@pytest.fixture(scope="module")
def scenes(project: Project) -> list[Scene]:
    return scenes_of(project.folder)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Volume]:
    return volumes(once(tmp_path_factory, "real-volumes", keep))


@dataclass(frozen=True)
class Named:
    """The masks of a volume by the labels that its words have."""

    solids: dict[str, Mask]
    single: dict[tuple[str, str], list[Mask]]
    levels: dict[str, Mask]
    planes: dict[tuple[str, int], Plane] = field(default_factory=dict)
    greys: dict[tuple[object, ...], np.ndarray] = field(default_factory=dict)

    def plane(self, axis: str, index: int) -> Plane:
        """Return all masks of a plane; many questions are about one plane, which is cut once."""
        if (axis, index) not in self.planes:
            single = {
                name: [m for mask in masks if (m := cut(mask, axis, index)).any()]
                for name, masks in self.single.items()
            }
            self.planes[axis, index] = (
                {label: cut(mask, axis, index) for label, mask in self.solids.items()},
                {name: masks for name, masks in single.items() if masks},
                {name: cut(mask, axis, index) for name, mask in self.levels.items()},
            )
        return self.planes[axis, index]


@pytest.fixture(scope="module")
def named(scenes: list[Scene], read: dict[str, Volume]) -> dict[str, Named]:
    found = {}
    for scene in scenes:
        if scene.anchor.sample in found or scene.volume is None:
            continue
        volume, own = read[scene.anchor.sample], Named({}, {}, {})
        for solid in scene.volume.solids:
            mask = volume.masks[solid.facts.raw]
            same = own.solids.get(solid.label)
            own.solids[solid.label] = mask if same is None else union(same, mask)
            own.single.setdefault((solid.label, solid.side), []).append(mask)
            if level := re.fullmatch(r"vertebrae_([CTL]\d+)", solid.facts.raw):
                own.levels[level[1]] = mask
        found[scene.anchor.sample] = own
    return found


def cut(array: np.ndarray, axis: str, index: int) -> np.ndarray:
    """Return a plane of a volume of the LPS frame as it is hung, with the head at the top."""
    return {
        "axial": lambda: array[index],
        "coronal": lambda: array[::-1, index],
        "sagittal": lambda: array[::-1, :, index],
    }[axis]()


def drawn(values: np.ndarray, low: float, high: float, *, root: bool) -> np.ndarray:
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.rint(255 * (np.sqrt(share) if root else share))


def case(
    kind: str, evidence: list[str], options: tuple[str, ...], key: str, form: dict[str, Any] | None,
    volume: Volume, own: Named, axis: str, index: int, window: tuple[float, float, bool],
) -> Case:  # fmt: skip
    values = cut(volume.values, axis, index)
    low, high, root = window
    flat, single, levels = own.plane(axis, index)
    if (shown := (axis, index, window)) not in own.greys:
        own.greys[shown] = drawn(values, low, high, root=root)
    return Case(
        kind=kind, claims=[claim(words) for words in evidence], options=options, key=key,
        values=values, grey=own.greys[shown], masks=flat, single=single, levels=levels,
        solids=own.solids, sides=volume.sides, axis=axis, form=form or {},
    )  # fmt: skip


def compared(one: Case) -> int:
    """Compare the facts of a question with the true ones, and return how many there are."""
    pairs = list(TRUTHS[one.kind](one))
    for claimed, true in pairs:
        # facts are written with six digits; grey levels are rounded from numbers of 32 bits
        slack = 0.1 if one.kind == "brighter" else 0
        assert claimed == pytest.approx(true, rel=1e-5, abs=1e-6 + slack), one.kind
    return len(pairs)


def drafts(scenes: list[Scene]) -> Iterator[Draft]:
    """Yield what may be asked of the pictures, some of each kind and volume."""
    for skill in SKILLS:
        found: dict[tuple[str, str], list[Draft]] = {}
        for scene in scenes:
            for draft in load(skill)(scene, MARGINS):
                if isinstance(draft, Draft):
                    found.setdefault((draft.kind, scene.anchor.sample), []).append(draft)
        for own in found.values():
            yield from own[:: max(1, len(own) // MOST)]


def test_every_fact_that_may_be_asked_is_that_of_the_files(
    scenes: list[Scene], read: dict[str, Volume], named: dict[str, Named]
) -> None:
    counts: Counter[str] = Counter()
    for draft in drafts(scenes):
        scene = draft.scene
        anchor, shown = scene.anchor, scene.shown
        window = (shown.low, shown.high, shown.root) if shown else (0.0, 255.0, False)
        form = None
        if draft.form is not None:
            boxes = [
                {n: getattr(box, n) for n in ("x0", "x1", "y0", "y1")} for box in draft.form.boxes
            ]
            form = {
                "boxes": boxes, "tiles": [*draft.form.tiles], "apart_mm": draft.form.apart_mm,
            }  # fmt: skip
        one = case(
            draft.kind, [fact.words for fact in draft.evidence], draft.options, draft.key, form,
            read[anchor.sample], named[anchor.sample], anchor.axis, anchor.index, window,
        )  # fmt: skip
        counts[draft.kind] += compared(one)
        if draft.amount is not None:
            assert draft.amount.value == draft.evidence[0].value
    assert {kind: counts[kind] for kind, least in LEAST.items() if counts[kind] < least} == {}


@pytest.fixture(scope="module")
def rows(project: Project, scenes: list[Scene]) -> list[Row]:
    """Return the published cases with the sample that each is about."""
    samples = {s.volume.sample.sha256: s.volume.sample.id for s in scenes if s.volume}
    return [
        {
            **row, "whose": samples[row["image_sha256"]], "kind": row["pool"].split("/")[1],
            "form": json.loads(row["form"] or "null"), "key": row["option_labels"]["ABCDEFGH".index(row["answer"])],
            "turn": json.loads(row["alteration"] or "{}").get("orientation", 1),
        }
        for row in project.published("real")
    ]  # fmt: skip


def window_of(row: Row) -> tuple[float, float, bool]:
    """Return the values that are black and white, as the provenance states them."""
    found = WINDOW.search(row["window"])
    assert found, row["window"]
    if found[1]:
        middle, width = float(found[1]), float(found[2])
        return middle - width / 2, middle + width / 2, False
    return float(found[3]), float(found[4]), bool(found[5])


def test_every_published_answer_is_true_and_every_other_option_is_not(
    rows: list[Row], read: dict[str, Volume], named: dict[str, Named]
) -> None:
    counts: Counter[str] = Counter()
    for row in rows:
        if row["turn"] == 1:
            one = case(
                row["kind"], row["evidence"], tuple(row["option_labels"]), row["key"], row["form"],
                read[row["whose"]], named[row["whose"]], row["axis"], row["plane_index"], window_of(row),
            )  # fmt: skip
            compared(one)
            assert_by_the_margin(row, one)
        counts[row["skill"]] += 1
    assert set(counts) == set(SKILLS), counts


def assert_by_the_margin(row: Row, one: Case) -> None:
    """Assert that the key is clearly right, and each other option clearly wrong."""
    values = [fact.value for fact in one.claims]
    kind, number = row["kind"], numbers_of(row["options"])
    if kind in ("diameter", "area", "distance", "volume", "share"):
        assert number is not None
        ratio = MARGINS.ratio if kind in ("diameter", "distance") else MARGINS.area_ratio
        off = [max(n / values[0], values[0] / n) for n in number]
        right = off.pop("ABCDEFGH".index(row["answer"]))
        assert right <= ratio**0.2 + 1e-9 and min(off) >= ratio**0.8 - 1e-9
    elif kind == "mean":
        assert number is not None
        off = [abs(n - values[0]) for n in number]
        right = off.pop("ABCDEFGH".index(row["answer"]))
        low, high, _ = window_of(row)
        step = MARGINS.tone * (high - low)
        assert right <= 0.2 * step + 1e-9 and min(off) >= 0.8 * step - 1e-9
    elif kind == "parts":
        assert row["options"]["ABCDEFGH".index(row["answer"])] == f"{values[0]:.0f}"
        assert len({*row["options"]}) == len(row["options"])
    elif kind in ("larger", "longer", "side"):
        assert max(values) >= MARGINS.larger * min(values)
    elif kind == "brighter":
        assert abs(values[0] - values[1]) >= MARGINS.brighter
    elif kind == "nearer":
        assert max(values) >= MARGINS.larger * min(values)


def test_a_turned_picture_has_the_answer_that_is_seen_in_it(
    rows: list[Row], named: dict[str, Named]
) -> None:
    turned: Counter[str] = Counter()
    for row in rows:
        if row["kind"] not in ("beside", "above", "quadrant", "picture"):
            continue
        masks = {}
        for label in row["evidence"][0].split()[0].split("|"):
            mask = cut(named[row["whose"]].solids[label], row["axis"], row["plane_index"])
            masks[label] = {1: mask, 2: mask[:, ::-1], 3: mask[::-1, ::-1], 4: mask[::-1]}[
                row["turn"]
            ]
        y0, y1, x0, x1 = edges(next(iter(masks.values())))
        rows_, columns = next(iter(masks.values())).shape
        if row["kind"] in ("beside", "above"):
            other = edges(list(masks.values())[1])
            true = {
                "side:left": x1 <= other[2], "side:right": x0 >= other[3],
                "side:above": y1 <= other[0], "side:below": y0 >= other[1],
            }  # fmt: skip
        else:
            upper, lower, left, right = (
                y1 <= rows_ / 2,
                y0 >= rows_ / 2,
                x1 <= columns / 2,
                x0 >= columns / 2,
            )
            true = {
                "half:left": left, "half:right": right,
                "quarter:upper-left": upper and left, "quarter:upper-right": upper and right,
                "quarter:lower-left": lower and left, "quarter:lower-right": lower and right,
            }  # fmt: skip
        assert [option for option in row["option_labels"] if true[option]] == [row["key"]], row[
            "id"
        ]
        turned[row["kind"]] += row["turn"] != 1
    assert min(turned[kind] for kind in ("beside", "above", "quadrant", "picture")) > 10, turned


def test_the_margins_are_those_of_the_benchmark() -> None:
    stated = re.search(r"margins: \{(.*)\}", BENCHMARK)
    assert stated
    for words in stated[1].split(", "):
        name, value = words.split(": ")
        assert getattr(MARGINS, name) == float(value)
