"""A cell with a whole text is no label."""

from __future__ import annotations

from pathlib import Path

from tests.test_annotations import read_sheet
from tests.test_marks_of_models import image


def test_a_long_text_is_not_a_label(tmp_path: Path) -> None:
    entry = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("dx",)}
    for text, taken in (("melanoma " * 100, True), ("melanoma " * 50_000, False)):
        (tmp_path / "t.csv").write_text(f"id,dx\nimage,{text}\n")
        found = read_sheet(entry, tmp_path, image(tmp_path), "image")
        assert [s.raw for s in found.stated] == ([text.strip()] if taken else [])
        assert [f.reason for f in found.faults] == ([] if taken else ["value-without-name"])
        assert all(len(f.detail) < 300 for f in found.faults)
