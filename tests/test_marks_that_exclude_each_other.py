"""Marks of one picture that cannot all be true are faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.core.contracts import DataFault
from tests.merged_readers import ingested, photographs
from tests.test_annotations import picture, read
from tests.test_readers_tables import write_table

VOC = {"kind": "voc", "file": "a.xml", "exhaustive": True, "nothing": "no finding"}
BOX = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>40</xmax><ymax>30</ymax></bndbox>"


def voc(folder: Path, *names: str) -> None:
    objects = "".join(f"<object><name>{name}</name>{BOX}</object>" for name in names)
    (folder / "a.xml").write_text(f"<annotation>{objects}</annotation>")


@pytest.mark.parametrize("word", ["no finding", "No_Finding"])
def test_a_box_of_the_word_for_nothing_marks_nothing(tmp_path: Path, word: str) -> None:
    image = picture(tmp_path, np.zeros((30, 40), np.uint8))
    voc(tmp_path, word)
    found = read(VOC, tmp_path, image)
    assert not any(layer.structures for layer in found.layers) and not found.faults
    assert [(one.raw, one.group) for one in found.stated] == [("no finding", "finding")]
    voc(tmp_path, "polyp", word)
    with pytest.raises(DataFault, match=f"marks {word}, by .* nothing is .*, and also polyp") as e:
        read(VOC, tmp_path, image)
    assert e.value.reason == "marks-contradict"


def test_a_reader_s_box_of_the_word_for_nothing_is_a_vote_for_no_mark(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    whole, polyp = ("no finding", 0, 0, 90, 80), ("polyp", 20, 20, 60, 60)
    rows = [("id", "rad", "what", "x0", "y0", "x1", "y1"),
            ("a", "R1", *polyp), ("a", "R2", *whole), ("a", "R3", *polyp),
            ("b", "R1", *whole), ("b", "R2", *whole), ("b", "R3", *whole)]  # fmt: skip
    write_table(tmp_path / "t.csv", rows)
    of: dict[str, Any] = {
        "kind": "boxes", "file": "t.csv", "key": "id", "label_column": "what",
        "box": ("x0", "y0", "x1", "y1"), "exhaustive": True, "nothing": "no finding",
    }  # fmt: skip
    merged = {"kind": "merge", "how": "majority", "column": "rad", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(merged,))
    stated = {key: [(f.raw, f.kind) for f in one.findings] for key, one in found.items()}
    assert stated == {"a": [("polyp", "image"), ("polyp", "box")], "b": [("no finding", "image")]}
    assert not any(one.rejected for one in found.values())
