"""Readers, and labels of several readers, are distinguished by name and not by spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.core.reader_agreement import words_of
from tests.merged_readers import ingested, photographs
from tests.test_readers_tables import write_table

BOX = (20, 20, 80, 70)
OF = {
    "kind": "boxes", "file": "t.csv", "key": "id", "label_column": "what",
    "box": ("x0", "y0", "x1", "y1"), "silent": ("", "nothing"), "exhaustive": True,
    "nothing": "no finding",
}  # fmt: skip
MERGED = {"kind": "merge", "how": "majority", "column": "rad", "of": OF}
HEAD = ("id", "rad", "what", "x0", "y0", "x1", "y1")
NOTHING = ("nothing", "", "", "", "")


@pytest.mark.parametrize("words", [("polyp", "Polyp"), ("colon_polyp", "Colon polyp")])
def test_spellings_of_one_label_are_votes_for_it(tmp_path: Path, words: tuple[str, str]) -> None:
    photographs(tmp_path, "f")
    rows = [HEAD, ("f", "R1", words[0], *BOX), ("f", "R2", words[1], *BOX), ("f", "R3", *NOTHING)]
    write_table(tmp_path / "t.csv", rows)
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(MERGED,))
    one = found["f"]
    assert [(f.raw, f.kind) for f in one.findings] == [(words[0], "image"), (words[0], "box")]
    assert not one.rejected
    assert words_of(one.samples[0].note, words[0]).startswith("2 of 3 readers mark it")


@pytest.mark.parametrize("names", [("R1", "r1"), ("1", "1.0"), ("Reader A", "reader_a")])
def test_one_reader_under_two_names_has_no_two_votes(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    photographs(tmp_path, "e")
    marked = [("e", name, "polyp", *BOX) for name in names]
    write_table(tmp_path / "t.csv", [HEAD, *marked, ("e", "R2", *NOTHING)])
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(MERGED,))
    assert not found["e"].findings
    (rejected,) = found["e"].rejected
    assert rejected.reason == "readers-alike"
    assert f"{names[0]!r} and {names[1]!r} may be one" in rejected.detail
