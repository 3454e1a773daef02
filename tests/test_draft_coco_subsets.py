"""COCO files of different pictures in one folder: a draft reads each picture with the file that names it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_candidates import findings
from tests.test_draft_recipes import drafted, picture


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def coco(path: Path, names: Sequence[str], word: str) -> None:
    """Write a file in which each picture has one box, further right from picture to picture."""
    images = [{"id": n, "file_name": f"{name}.png"} for n, name in enumerate(names)]
    boxes = [
        {"id": n, "image_id": n, "category_id": 1, "bbox": [10 + n, 5, 20, 35]}
        for n, _ in enumerate(names)
    ]
    tree = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": word}]}
    path.write_text(json.dumps(tree))


@pytest.mark.parametrize(
    ("train", "test", "patterns"),
    [
        ("t0 t1 t2 t3", "v0 v1 v2 v3", ["images/t{name}.png", "images/v{name}.png"]),
        (
            "train_1 train_2 train_3",
            "test_4 test_5",
            ["images/test_{name}.png", "images/train_{name}.png"],
        ),
        ("a01 a02 a03", "a11 a12 a13", ["images/a0{name}.png", "images/a1{name}.png"]),
        ("1 3 5 7", "2 4 6 8", ["images/{name}.png"]),
    ],
)
def test_each_picture_is_read_with_the_file_that_names_it(
    lexicon: Lexicon, tmp_path: Path, train: str, test: str, patterns: list[str]
) -> None:
    for n, name in enumerate((*train.split(), *test.split())):
        picture(tmp_path / f"images/{name}.png", n)
    coco(tmp_path / "one.json", train.split(), "nodule")
    coco(tmp_path / "two.json", test.split(), "mass")
    made = drafted(tmp_path, lexicon)
    assert sorted(s.images for s in made.samples) == patterns
    found = {
        (f.sample.partition("/")[2], f.raw, f.box and f.box.x0)
        for f in findings(made.candidates[0], tmp_path)
    }
    assert found == {
        (name, word, 10 + n)
        for names, word in ((train, "nodule"), (test, "mass"))
        for n, name in enumerate(names.split())
    }
    assert not any("same pictures" in line for line in made.open)
    assert any("name different pictures" in line for line in made.open) == (len(patterns) == 1)


def test_boxes_of_the_same_pictures_are_read_once(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(3):
        picture(tmp_path / f"images/p{n}.png", n)
    coco(tmp_path / "one.json", ["p0", "p1", "p2"], "nodule")
    coco(tmp_path / "two.json", ["p0", "p1", "p2"], "mass")
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert entry.keys["file"] == "one.json"
    assert [o.keys["file"] for o in entry.otherwise] == ["two.json"]
