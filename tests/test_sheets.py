"""Tables of labels are read as text; a malformed one is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchsmith.core.contracts import DataFault
from tests.test_annotations import picture, read_sheet


def test_sheets_are_text(tmp_path: Path) -> None:
    """`007` is not 7, `NA` is a word, and an empty cell says nothing."""
    (tmp_path / "labels.csv").write_text('id,grade,kind\n007,NA,"a, b"\n7,,x\n')
    image = picture(tmp_path, np.zeros((4, 4), np.uint8))
    entry = {"kind": "sheet", "file": "labels.csv", "key": "id", "labels": ("grade", "kind")}
    found = read_sheet(entry, tmp_path, image, "007")
    assert [(s.raw, s.group, s.stated_at) for s in found.stated] == [
        ("NA", "grade", "labels.csv:2"),
        ("a, b", "kind", "labels.csv:2"),
    ]
    assert [s.raw for s in read_sheet(entry, tmp_path, image, "7").stated] == ["x"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("id,id\n1,2\n", "occurs twice"),
        ("id,kind\n1\n", "line 2 has 1 cells"),
        ("id,kind\n1,a\n1,b\n", "lines 2, 3 are all of '1'"),
        ("name,kind\n1,a\n", "no column 'id'"),
    ],
)
def test_a_malformed_sheet_is_refused(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "labels.csv").write_text(text)
    image = picture(tmp_path, np.zeros((4, 4), np.uint8))
    with pytest.raises(DataFault, match=match):
        read_sheet(
            {"kind": "sheet", "file": "labels.csv", "key": "id", "labels": ("kind",)},
            tmp_path,
            image,
            "1",
        )
