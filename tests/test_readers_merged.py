"""Several readers of one image: what they state together, and how far they agree."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydantic
import pytest
from pydantic import TypeAdapter

from benchsmith import plugins
from benchsmith.annotations.merged_boxes import BoxOf, merged_boxes
from benchsmith.annotations.merged_readers import agreement
from benchsmith.annotations.staple import staple
from benchsmith.core.contracts import Annotations, DataFault
from benchsmith.core.model import Box
from benchsmith.core.reader_agreement import words_of
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.labels import Labels
from benchsmith.documents.recipe import Data, Recipe, Samples, Source
from benchsmith.stages.ingest import Ingested, ingest
from benchsmith.stages.list_units import list_source
from tests.test_annotations import read
from tests.test_made_labels import drawn, picture

SIDE = 64


def discs(*places: tuple[int, int, int]) -> list[np.ndarray]:
    """Return a mask with a disc for each reader: (row, column, radius)."""
    y, x = np.indices((SIDE, SIDE))
    return [(y - row) ** 2 + (x - column) ** 2 <= radius**2 for row, column, radius in places]


def staple_by_hand(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Return STAPLE's truth by equations 14, 15, 18 and 19 of Warfield, Zou and Wells (2004)."""
    votes = np.stack([m.ravel() for m in masks]).astype(float)
    prior = votes.mean()
    p = q = np.full(len(masks), 0.9999)
    for _ in range(500):
        a = prior * np.prod(np.where(votes == 1, p[:, None], 1 - p[:, None]), axis=0)
        b = (1 - prior) * np.prod(np.where(votes == 0, q[:, None], 1 - q[:, None]), axis=0)
        weight = a / (a + b)
        p = (votes * weight).sum(axis=1) / weight.sum()
        q = ((1 - votes) * (1 - weight)).sum(axis=1) / (1 - weight).sum()
    return (weight >= 0.5).reshape(masks[0].shape)


def write_masks(folder: Path, masks: Sequence[np.ndarray], name: str = "{}.png") -> None:
    folder.mkdir(exist_ok=True)
    for number, mask in enumerate(masks, start=1):
        PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(folder / name.format(number))


def merge(folder: Path, how: str, **more: Any) -> Annotations:
    entry = {"kind": "merge", "how": how, **more,
             "of": {"kind": "masks", "file": "m/{reader}.png", "label": "lesion"}}  # fmt: skip
    return read(entry, folder, picture(folder, np.zeros((SIDE, SIDE), np.uint8)))


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


def test_readers_that_the_recipe_names_must_all_be_there(tmp_path: Path) -> None:
    write_masks(tmp_path / "m", THREE)
    two = merge(tmp_path, "first", readers=("3", "1"))
    assert np.array_equal(drawn(two)["lesion"][0], THREE[2])
    assert "2 of 2 readers" in two.note
    with pytest.raises(DataFault, match="4 of `readers` has no labels"):
        merge(tmp_path, "union", readers=("1", "4"))
    with pytest.raises(DataFault, match="is of no reader"):
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


def ingested(folder: Path, **entry: Any) -> tuple[dict[str, Ingested], dict[str, list[str]]]:
    """Read a folder by one samples entry; return what each picture gave and what was refused."""
    samples = Samples.model_validate({"modality": "x-ray", **entry})
    recipe = Recipe(
        title="t", version="1", homepage="https://example.org", licence="mit", citation="none",
        labels_are="manual", verified=True, data=Data(path="data"), samples=(samples,),
    )  # fmt: skip
    source = Source("set", folder, folder / "recipe.yaml", recipe)
    readers = plugins.readers()
    listed = list_source(source, {"": folder, "recipe": folder}, readers)
    refused: dict[str, list[str]] = {}
    for rejection in listed.rejected:
        refused.setdefault(rejection.reason, []).append(f"{rejection.subject} {rejection.detail}")
    return {u.key: ingest(u, Slices(), readers) for u in listed.units}, refused


def write_table(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def photographs(folder: Path, *names: str) -> None:
    (folder / "img").mkdir()
    ramp = np.add.outer(np.arange(100), np.arange(120)).astype(np.uint8)
    for name in names:
        PIL.Image.fromarray(ramp).save(folder / f"img/{name}.png")


def test_the_boxes_of_three_radiologists_become_one_target(tmp_path: Path) -> None:
    photographs(tmp_path, "p0", "p1", "p2")
    rows: list[Sequence[object]] = [("image_id", "rad_id", "class_name", "x0", "y0", "x1", "y1")]
    for name in ("p0", "p1"):
        rows += [
            (name, "R8", "Cardiomegaly", 20, 20, 80, 70),
            (name, "R9", "Cardiomegaly", 24, 20, 84, 70),
            (name, "R10", "Cardiomegaly" if name == "p0" else "No finding",
             *((22, 24, 82, 74) if name == "p0" else ("",) * 4)),
        ]  # fmt: skip
    rows += [("p2", r, "No finding", "", "", "", "") for r in ("R8", "R9", "R10")]
    write_table(tmp_path / "train.csv", rows)
    of = {"kind": "boxes", "file": "train.csv", "key": "image_id", "label_column": "class_name",
          "box": ("x0", "y0", "x1", "y1"), "silent": ("", "No finding"),
          "exhaustive": True, "nothing": "No finding"}  # fmt: skip
    merged = {"kind": "merge", "how": "majority", "column": "rad_id", "of": of}
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=(merged,))
    assert not refused
    marked = {
        key: [(f.raw, f.kind, f.box and (f.box.x0, f.box.y0, f.box.x1, f.box.y1)) for f in one.findings]
        for key, one in found.items()
    }  # fmt: skip
    assert marked == {
        "p0": [("Cardiomegaly", "image", None), ("Cardiomegaly", "box", (22, 20, 82, 70))],
        "p1": [("Cardiomegaly", "image", None), ("Cardiomegaly", "box", (22, 20, 82, 70))],
        "p2": [("No finding", "image", None)],
    }
    assert words_of(found["p1"].samples[0].note, "Cardiomegaly").startswith(
        "2 of 3 readers mark it"
    )


def test_labels_of_whole_pictures_are_merged_by_votes(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    write_table(
        tmp_path / "votes.csv",
        [("id", "who", "effusion", "mass"), ("a", "x", 1, 0), ("a", "y", 1, 1), ("a", "z", 1, 0),
         ("b", "x", 0, 1), ("b", "y", -1, 0), ("b", "z", 1, 0)],
    )  # fmt: skip
    of = {"kind": "sheet", "file": "votes.csv", "key": "id", "one_hot": ("effusion", "mass")}
    labels = {"kind": "merge", "how": "majority", "column": "who", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    (effusion,) = found["a"].findings
    assert effusion.raw == "effusion"
    assert effusion.searched.unknown == ("mass",), "one of three saw it: it is no wrong option"
    assert [r.reason for r in found["a"].rejected] == ["readers-differ"]
    assert not found["b"].findings
    both = ingested(tmp_path, images="img/{key}.png", labels=({**labels, "how": "union"},))[0]
    assert {f.raw for f in both["b"].findings} == {"effusion", "mass"}


def test_where_selects_rows_and_pictures(tmp_path: Path) -> None:
    """Only frontal views of the test set are read; the other picture and rows are counted."""
    photographs(tmp_path, "a", "b", "c")
    write_table(
        tmp_path / "t.csv",
        [("id", "view", "split", "label"), ("a", "PA", "test", "mass"), ("a", "LL", "test", "none"),
         ("b", "LL", "test", "mass"), ("c", "AP", "test", "nodule"), ("d", "PA", "train", "mass")],
    )  # fmt: skip
    table = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("label",),
             "where": {"view": ("PA", "AP"), "split": "test"}}  # fmt: skip
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=(table,))
    assert {k: [f.raw for f in one.findings] for k, one in found.items()} == {
        "a": ["mass"],
        "c": ["nodule"],
    }
    assert refused == {
        "row-unwanted": [
            "t.csv 3 rows have other cells than `where` accepts",
            "img/b.png no row of it is accepted by `where`",
        ]
    }
    table["where"] = {"vue": "PA"}
    _, refused = ingested(tmp_path, images="img/{key}.png", labels=(table,))
    assert refused["header"] == ["t.csv there is no column 'vue' for `where`"]


def test_a_table_without_labels_selects_pictures(tmp_path: Path) -> None:
    """Masks of good pictures; one picture is bad, and one is not in the table."""
    photographs(tmp_path, "a", "b", "c")
    (tmp_path / "m").mkdir()
    mask = np.zeros((100, 120), np.uint8)
    mask[20:60, 20:60] = 255
    for name in "abc":
        PIL.Image.fromarray(mask).save(tmp_path / f"m/{name}.png")
    write_table(tmp_path / "q.csv", [("id", "q", "age"), ("a", "good", 40), ("b", "bad", 50)])
    write_table(tmp_path / "l.csv", [("id", "label"), ("a", "x"), ("b", "x"), ("c", "x")])
    labels = (
        {"kind": "sheet", "file": "q.csv", "key": "id", "where": {"q": "good"}},
        {"kind": "sheet", "file": "l.csv", "key": "id", "labels": ("label",)},
        {"kind": "masks", "file": "m/{key}.png", "label": "lesion"},
    )
    found, refused = ingested(
        tmp_path, images="img/{key}.png", about={"age": "column:age"}, labels=labels
    )
    assert {k: {f.raw for f in one.findings} for k, one in found.items()} == {"a": {"x", "lesion"}}
    assert found["a"].samples[0].age == "40"
    assert [r.split()[0] for r in refused["row-unwanted"]] == ["q.csv", "img/b.png", "img/c.png"]
    with pytest.raises(pydantic.ValidationError, match="`labels` or `one_hot`"):
        TypeAdapter(Labels).validate_python({"kind": "sheet", "file": "q.csv", "key": "id"})


def test_two_entries_of_one_table_read_the_rows_that_each_wants(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    write_table(
        tmp_path / "t.csv",
        [("path", "eye", "label"), ("x/img/a.png", "left", "one"), ("x/img/a.png", "right", "two"),
         ("x/img/b.png", "right", "three")],
    )  # fmt: skip
    entries = tuple(
        {"kind": "sheet", "file": "t.csv", "key": "path", "key_is": "path", "labels": ("label",),
         "where": {"eye": eye}}
        for eye in ("left", "right")
    )  # fmt: skip
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=entries)
    assert {k: sorted(f.raw for f in one.findings) for k, one in found.items()} == {
        "a": ["one", "two"],
        "b": ["three"],
    }
    assert set(refused) == {"row-unwanted"}
    other_key = {**entries[1], "key": "label", "key_is": "as-is"}
    with pytest.raises(pydantic.ValidationError, match="by different keys"):
        ingested(tmp_path, images="img/{key}.png", labels=(entries[0], other_key))


def test_a_constant_label_is_that_of_every_picture_of_its_entry(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    labels = {"kind": "constant", "label": "healthy", "group": "diagnosis"}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    rows = {k: [(f.raw, f.group, f.kind) for f in one.findings] for k, one in found.items()}
    assert rows == {
        "a": [("healthy", "diagnosis", "image")],
        "b": [("healthy", "diagnosis", "image")],
    }


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"how": "union", "of": {"kind": "masks", "file": "a.png", "label": "a"}}, "reader"),
        ({"how": "union", "column": "r", "of": {"kind": "masks", "file": "{reader}.png", "label": "a"}}, "reader"),
        ({"how": "union", "of": {"kind": "sheet", "file": "a.csv", "key": "k", "labels": ("a",)}}, "column"),
        ({"how": "staple", "of": {"kind": "voc", "file": "{reader}.xml"}}, "STAPLE merges masks"),
        ({"how": "apart", "column": "r", "of": {"kind": "sheet", "file": "a.csv", "key": "k", "labels": ("a",)}}, "apart"),
        ({"how": "first", "readers": ("a", "a"), "of": {"kind": "voc", "file": "{reader}.xml"}}, "twice"),
        ({"how": "first", "of": {"kind": "merge"}}, "kind"),
    ],
)  # fmt: skip
def test_a_merge_that_means_nothing_is_refused(entry: dict[str, Any], match: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=match):
        TypeAdapter(Labels).validate_python({"kind": "merge", **entry})
