"""Copies of one picture with other marks: another label in one place, one label in two places, or a mark that is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.core.absent_labels import Searched
from benchsmith.core.model import Box, Neighbour
from benchsmith.documents.library import Library
from tests.copied_pictures import Pictures
from tests.pictures import CHANGES, picture
from tests.shipped_documents import shipped_library
from tests.test_contradicting_copies import read_copies, save

COCO = """  - images: "{key}.*"
    modality: ct
    labels: [{kind: coco, file: marks.json, exhaustive: EXHAUSTIVE}]
"""
GREY = (np.indices((80, 100)).prod(axis=0) % 251).astype(np.uint8)
ONE, APART, LARGER = [10, 10, 30, 20], [60, 50, 30, 20], [10, 10, 34, 24]
BELOW, BELOW_LARGER = [10, 50, 30, 20], [10, 48, 30, 24]
NAMES = ("liver", "spleen", "kidney", "pneumonia", "bacterial pneumonia", "strange thing")


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


def marked(
    folder: Path,
    library: Library,
    marks: list[tuple[str, str, list[int]]],
    *,
    exhaustive: bool = True,
) -> tuple[dict[str, set[str]], dict[str, set[str]], set[str], list[str]]:
    """Mark pictures a and b, which have the same pixels, and c; return labels, unknown ones, who lost, why."""
    save(folder, "a.png", GREY)
    save(folder, "b.bmp", GREY)
    save(folder, "c.png", GREY[::-1])
    files = ["a.png", "b.bmp", "c.png"]
    annotations = [
        {"id": n, "image_id": "abc".index(name), "category_id": NAMES.index(label), "bbox": box,
         "area": box[2] * box[3], "iscrowd": 0, "segmentation": [_corners(box)]}
        for n, (name, label, box) in enumerate(marks)
    ]  # fmt: skip
    tree = {
        "images": [{"id": n, "file_name": f, "width": 100, "height": 80} for n, f in enumerate(files)],
        "annotations": annotations,
        "categories": [{"id": n, "name": name} for n, name in enumerate(NAMES)],
    }  # fmt: skip
    (folder / "data/marks.json").write_text(json.dumps(tree))
    samples = COCO.replace("EXHAUSTIVE", str(exhaustive).lower())
    labels, unknown, lost = read_copies(folder, library, samples, "id\n")
    found = [r for r in lost if r.reason == "labels-contradict"]
    lines = [r.subject.partition("/")[2].partition("#") for r in found]
    return labels, unknown, {one for one, _, _ in lines}, [r.detail for r in found]


def _corners(box: list[int]) -> list[int]:
    x, y, width, height = box
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def test_a_mark_that_a_copy_lacks_is_not_asked(tmp_path: Path, library: Library) -> None:
    """b was searched for spleens too, as c shows; both have the liver."""
    marks = [("a", "liver", ONE), ("a", "spleen", APART), ("b", "liver", LARGER), ("c", "spleen", ONE)]  # fmt: skip
    labels, unknown, who, why = marked(tmp_path, library, marks)
    assert labels == {"a": {"liver"}, "b": {"liver"}, "c": {"spleen"}}
    assert unknown["a"] == unknown["b"] == {"spleen"} and who == {"a"}
    name = tmp_path.name
    assert why == [
        f"{name}/a and {name}/b have the same pixels, and one marks 'spleen', the other 'liver'"
    ]


def test_who_did_not_look_for_everything_denies_no_mark(tmp_path: Path, library: Library) -> None:
    marks = [("a", "liver", ONE), ("a", "spleen", APART), ("b", "liver", ONE)]
    labels, unknown, who, _ = marked(tmp_path, library, marks, exhaustive=False)
    assert labels == {"a": {"liver", "spleen"}, "b": {"liver"}} and not who
    assert unknown["b"] == {"spleen"}


@pytest.mark.parametrize("exhaustive", [True, False])
@pytest.mark.parametrize(
    ("one", "other", "lost"),
    [
        ("liver", "spleen", True),
        ("pneumonia", "bacterial pneumonia", False),
        ("liver", "liver", False),
        ("liver", "strange thing", False),
    ],
)
def test_one_place_with_two_labels(
    tmp_path: Path, library: Library, one: str, other: str, lost: bool, exhaustive: bool
) -> None:
    """It needs nobody who looked for everything. A word that the lexicon does not know may be the same label."""
    _, _, who, why = marked(
        tmp_path, library, [("a", one, ONE), ("b", other, ONE), ("b", "kidney", APART), ("a", "kidney", APART)], exhaustive=exhaustive,
    )  # fmt: skip
    assert who == ({"a", "b"} if lost else set())
    assert len(why) == 2 * lost


@pytest.mark.parametrize(
    ("place", "exhaustive", "lost"),
    [(APART, True, True), (APART, False, False), (LARGER, True, False)],
)
def test_one_label_in_two_places(
    tmp_path: Path, library: Library, place: list[int], exhaustive: bool, lost: bool
) -> None:
    """Two readers draw one liver a little differently; nobody has it in two places."""
    marks = [("a", "liver", ONE), ("b", "liver", place), ("a", "kidney", BELOW), ("b", "kidney", BELOW_LARGER)]  # fmt: skip
    labels, _, _, why = marked(tmp_path, library, marks, exhaustive=exhaustive)
    kept = {"kidney"} if lost else {"kidney", "liver"}
    assert labels == {"a": kept, "b": kept}
    name = tmp_path.name
    said = f"{name}/a and {name}/b have the same pixels, and mark 'liver' in different places"
    assert why == [said] * (2 * lost)


def test_of_several_marks_one_in_the_same_place_is_enough(tmp_path: Path, library: Library) -> None:
    marks = [("a", "liver", ONE), ("b", "liver", APART), ("b", "liver", LARGER)]
    assert marked(tmp_path, library, marks)[3] == []


@pytest.fixture(scope="module")
def shipped() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def others(shipped: Library) -> Pictures:
    pictures = Pictures(shipped)
    for source in ("abdomen", "other"):
        for n in range(6):
            boxed(pictures, picture(source, n), f"p{n}", ("liver", "spleen")[n % 2], source=source)
    return pictures


@pytest.fixture
def world(others: Pictures) -> Pictures:
    return others.copy()


def boxed(world: Pictures, plane: np.ndarray, name: str, *labels: str, **more: Any) -> list[str]:
    """Add a picture with a box of each label; return the targets' ids."""
    how = {"kind": "box", "group": "", "box": Box(x0=20, y0=20, x1=70, y1=80), "share": 0.2, **more}
    return [t.id for t in world.add(plane, name, *labels, **how)]


@pytest.mark.parametrize("change", ["jpeg", "turned", "smaller"])
def test_a_mark_that_a_copy_in_another_source_lacks(world: Pictures, change: str) -> None:
    plane = picture("twice")
    one = boxed(world, plane, "one", "liver", "spleen")
    (two,) = boxed(world, CHANGES[change](plane), "two", "liver", source="other")
    left = world.choose()[1]
    assert left[one[1]].reason == "copies-contradict"
    assert left[one[1]].detail == (
        "abdomen/one and other/two are copies of one picture, and one marks 'spleen', the other 'liver'"
    )
    assert {left[id_].reason for id_ in (one[0], two) if id_ in left} == {"near-duplicate"}


def test_marks_and_a_list_of_another_source_contradict(world: Pictures) -> None:
    """The list is of livers and spleens, and of this picture it has none."""
    plane = picture("twice")
    (one,) = boxed(world, plane, "one", "liver")
    world.deny(CHANGES["jpeg"](plane), "none", "liver", source="tables")
    (other,) = boxed(world, picture("alone"), "three", "liver")
    left = world.choose()[1]
    assert set(left) == {one} and other not in left
    assert left[one].detail.endswith("one marks 'liver', the other none of its labels")


def test_what_was_not_looked_for_or_is_too_small_is_no_contradiction(world: Pictures) -> None:
    for n, more in enumerate((
        {"searched": Searched()},
        {"searched": Searched(labels=("*",), unknown=("spleen",))},
        {"beside": (Neighbour(name="spleen", in_region=0, in_box=0, share=0.001),)},
    )):  # fmt: skip
        plane = picture("twice", n)
        boxed(world, plane, f"one{n}", "liver", "spleen")
        boxed(world, CHANGES["jpeg"](plane), f"two{n}", "liver", source="other", **more)
    assert {r.reason for r in world.choose()[1].values()} <= {"near-duplicate"}


def test_planes_of_volumes_are_not_compared_by_their_marks(world: Pictures) -> None:
    plane = picture("twice")
    boxed(world, plane, "one", "liver", "spleen", axis="axial", index=3)
    boxed(world, CHANGES["jpeg"](plane), "two", "liver", source="other", axis="axial", index=4)
    assert "copies-contradict" not in {r.reason for r in world.choose()[1].values()}
