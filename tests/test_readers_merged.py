"""Masks and boxes of several readers: merged by each rule, and their agreement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith.annotations.merged_boxes import BoxOf, merged_boxes
from benchsmith.annotations.merged_readers import agreement
from benchsmith.annotations.staple import staple
from benchsmith.core.contracts import DataFault
from benchsmith.core.model import Box
from benchsmith.core.reader_agreement import words_of
from tests.made_label_files import drawn
from tests.merged_readers import SIDE, ingested, merge, photographs, staple_by_hand
from tests.test_annotations import picture, read


def discs(*places: tuple[int, int, int]) -> list[np.ndarray]:
    """Return a mask with a disc for each reader: (row, column, radius)."""
    y, x = np.indices((SIDE, SIDE))
    return [(y - row) ** 2 + (x - column) ** 2 <= radius**2 for row, column, radius in places]


def write_masks(folder: Path, masks: Sequence[np.ndarray], name: str = "{}.png") -> None:
    folder.mkdir(exist_ok=True)
    for number, mask in enumerate(masks, start=1):
        PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(folder / name.format(number))


THREE = discs((30, 30, 10), (30, 34, 10), (33, 30, 12))


def test_the_masks_of_several_readers_are_merged_by_each_rule(tmp_path: Path) -> None:
    write_masks(tmp_path / "m", THREE)
    votes = np.sum(THREE, axis=0)
    wanted = {
        "union": votes >= 1,
        "intersection": votes == 3,
        "majority": votes >= 2,
        "first": THREE[0],
        "staple": staple_by_hand(THREE),
    }
    for how, mask in wanted.items():
        found = merge(tmp_path, how)
        assert np.array_equal(drawn(found)["lesion"][0], mask), how
        assert not found.faults
        assert found.looked_for == {"lesion"}
    assert len({mask.tobytes() for mask in wanted.values()}) == 4, (
        "here STAPLE follows the majority"
    )
    apart = merge(tmp_path, "apart")
    each = [y.voxels[0] == v for y in apart.layers for v in y.structures]
    assert all(np.array_equal(a, b) for a, b in zip(each, THREE, strict=True))


def test_staple_trusts_the_readers_who_agree(tmp_path: Path) -> None:
    """Two of five readers marked something else: a union would hold it, STAPLE does not."""
    readers = discs((20, 20, 9), (20, 21, 9), (21, 20, 9), (50, 50, 6), (20, 20, 3))
    found = staple([mask[None] for mask in readers])[0]
    assert np.array_equal(found, staple_by_hand(readers))
    assert not found[50, 50]
    assert found[20, 20]


def test_the_agreement_of_readers_is_noted_as_it_is(tmp_path: Path) -> None:
    """Dice and Cohen's kappa of each pair, computed from the table of both readers."""
    from sklearn.metrics import cohen_kappa_score, f1_score

    write_masks(tmp_path / "m", THREE)
    pairs = [(THREE[a].ravel(), THREE[b].ravel()) for a, b in ((0, 1), (0, 2), (1, 2))]
    dice = np.mean([f1_score(a, b) for a, b in pairs])
    kappa = np.mean([cohen_kappa_score(a, b) for a, b in pairs])
    assert agreement(THREE) == pytest.approx((dice, kappa))
    for how in ("majority", "apart"):
        note = merge(tmp_path, how).note
        words = f"3 of 3 readers mark it, merged by {how}, Dice {dice:.3f}, kappa {kappa:.3f}"
        assert words_of(note, "lesion") == words
    assert agreement([np.zeros((4, 4), bool)] * 2) == (1.0, 1.0)


def test_a_label_that_readers_dispute_is_neither_true_nor_absent(tmp_path: Path) -> None:
    """One of three marks it: by majority it is not marked, and no wrong option either."""
    nothing = np.zeros((SIDE, SIDE), bool)
    write_masks(tmp_path / "m", [THREE[0], nothing, nothing])
    found = merge(tmp_path, "majority")
    assert not drawn(found)
    assert [(f.reason, f.raw) for f in found.faults] == [("readers-differ", "lesion")]
    assert found.is_unknown("lesion")
    assert drawn(merge(tmp_path, "union"))["lesion"].sum() == THREE[0].sum()
    write_masks(tmp_path / "m", [nothing] * 3)
    for how in ("union", "majority", "staple", "apart"):
        found = merge(tmp_path, how)
        assert [(f.reason, f.raw) for f in found.faults] == [("empty-structure", "lesion")], how
        assert not found.is_unknown("lesion")


def test_a_label_that_one_reader_could_not_be_read_for_is_unknown(tmp_path: Path) -> None:
    write_masks(tmp_path / "m", THREE)
    (tmp_path / "m/2.png").write_bytes(b"no picture")
    found = merge(tmp_path, "majority")
    assert not drawn(found)
    assert found.is_unknown("lesion")


@pytest.mark.parametrize("how", ["union", "majority", "staple", "first"])
def test_a_value_without_a_name_of_one_reader_may_be_any_label(tmp_path: Path, how: str) -> None:
    """The third reader's value 2 may be the lesion that the two others mark."""
    for number, value in enumerate((1, 1, 2)):
        (tmp_path / "m").mkdir(exist_ok=True)
        PIL.Image.fromarray(THREE[number].astype(np.uint8) * value).save(
            tmp_path / f"m/{number}.png"
        )
    of = {"kind": "volume", "file": "m/{reader}.png", "names": {1: "lesion"}}
    image = picture(tmp_path, np.zeros((SIDE, SIDE), np.uint8))
    found = read({"kind": "merge", "how": how, "of": of}, tmp_path, image)
    assert not drawn(found)
    assert found.is_unknown("lesion")


def test_readers_that_the_recipe_names_must_all_be_there(tmp_path: Path) -> None:
    write_masks(tmp_path / "m", THREE)
    two = merge(tmp_path, "first", readers=("3", "1"))
    assert np.array_equal(drawn(two)["lesion"][0], THREE[2])
    assert "2 of 2 readers" in two.note
    with pytest.raises(DataFault, match="4 of `readers` has no labels"):
        merge(tmp_path, "union", readers=("1", "4"))
    with pytest.raises(DataFault, match="belongs to no reader"):
        read(
            {"kind": "merge", "how": "union",
             "of": {"kind": "masks", "file": "n/{reader}.png", "label": "lesion"}},
            tmp_path, picture(tmp_path, np.zeros((SIDE, SIDE), np.uint8)),
        )  # fmt: skip


def test_the_picture_itself_is_no_reader(tmp_path: Path) -> None:
    """`{reader}/{key}.png` would match the picture in its own folder, too."""
    for name, mask in zip(("a", "b"), THREE, strict=False):
        (tmp_path / name).mkdir()
        PIL.Image.fromarray(mask.astype(np.uint8)).save(tmp_path / f"{name}/x.png")
    photographs(tmp_path, "x")
    of = {"kind": "masks", "file": "{reader}/{key}.png", "label": "lesion"}
    with PIL.Image.open(tmp_path / "img/x.png") as image:
        image.crop((0, 0, SIDE, SIDE)).save(tmp_path / "img/x.png")
    merged = {"kind": "merge", "how": "union", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(merged,))
    (lesion,) = found["x"].findings
    assert lesion.area_px == (THREE[0] | THREE[1]).sum()
    assert "2 of 2 readers" in found["x"].samples[0].note


def test_more_readers_than_an_image_can_have_are_refused(tmp_path: Path) -> None:
    write_masks(tmp_path / "m", [THREE[0]] * 65)
    with pytest.raises(DataFault, match="65 readers, more than 64"):
        merge(tmp_path, "union")


def test_merged_marks_are_divided_into_objects_afterwards(tmp_path: Path) -> None:
    one, two, three = discs((15, 15, 6), (15, 17, 6), (45, 45, 8))
    write_masks(tmp_path / "m", [one | three, two | three])
    entry = {"kind": "masks", "file": "m/{reader}.png", "label": "cell", "objects": "components",
             "exhaustive": True, "nothing": "no cell"}  # fmt: skip
    found = read(
        {"kind": "merge", "how": "union", "of": entry},
        tmp_path,
        picture(tmp_path, np.zeros((SIDE, SIDE), np.uint8)),
    )
    (layer,) = found.layers
    sizes = np.bincount(layer.voxels.ravel())[1:].tolist()
    assert sorted(sizes) == sorted([int((one | two).sum()), int(three.sum())])
    assert [s.raw for s in found.stated] == ["cell"]


def boxes(*numbers: tuple[int, int, int, int, int]) -> list[BoxOf]:
    return [BoxOf(r, Box(x0=x0, y0=y0, x1=x1, y1=y1)) for r, x0, y0, x1, y1 in numbers]


def test_boxes_of_one_thing_are_merged_and_others_are_not() -> None:
    """Three readers box one thing; one of them boxes a second one."""
    drawn_by = boxes(
        (0, 10, 10, 30, 30), (1, 12, 10, 32, 30), (2, 11, 12, 31, 34), (0, 60, 60, 70, 70)
    )

    def corners(how: str) -> list[tuple[int, ...]]:
        return [(b.x0, b.y0, b.x1, b.y1) for b in merged_boxes(drawn_by, how, 3)[0]]

    assert corners("majority") == [(11, 10, 31, 30)]
    assert corners("intersection") == [(12, 12, 30, 30)]
    assert corners("union") == [(10, 10, 32, 34), (60, 60, 70, 70)]
    assert corners("first") == [(10, 10, 30, 30), (60, 60, 70, 70)]
    assert merged_boxes(drawn_by, "majority", 3)[1]
    assert not merged_boxes(drawn_by, "union", 3)[1]


def test_two_boxes_of_one_reader_are_two_things() -> None:
    drawn_by = boxes((0, 10, 10, 30, 30), (0, 11, 10, 31, 30), (1, 12, 10, 32, 30))
    found, left_out = merged_boxes(drawn_by, "majority", 2)
    assert [(b.x0, b.x1) for b in found] == [(12, 32)]
    assert left_out
    with pytest.raises(DataFault, match="2001 boxes"):
        merged_boxes(boxes(*[(0, 0, 0, 9, 9)] * 2001), "union", 1)
