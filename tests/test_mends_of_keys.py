"""Where a message advises `key_is: stem`, the rows are read right once it is followed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.test_ingest import run

ENTRY = """  - images: "IMAGES"
    modality: x-ray
    labels: [{kind: sheet, file: s.csv, key: id,KEY labels: [dx]}]
"""
ADVICE = "`key_is: stem`"


def pictures(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(path)
    return folder


def table(folder: Path, *cells: str) -> None:
    lines = ["id,dx", *(f"{cell},d{number}" for number, cell in enumerate(cells))]
    (folder / "data/s.csv").write_text("\n".join(lines) + "\n")


def read(folder: Path, images: str, key_is: str = "", row: str = "") -> tuple[dict[str, str], str]:
    """Return the labels of the pictures by their key, and what is said about the rows left out."""
    more = (f" key_is: {key_is}," if key_is else "") + (f' row: "{row}",' if row else "")
    entry = ENTRY.replace("IMAGES", images).replace("KEY", more)
    kept, lost, _ = run(folder, entry)
    return {f.sample.partition("/")[2]: f.raw for f in kept}, " ".join(r.detail for r in lost)


@pytest.mark.parametrize("before", ["", "img/", "C:\\x\\", "a.b/"])
def test_the_advice_works_where_it_is_given(tmp_path: Path, before: str) -> None:
    folder = pictures(tmp_path, "img/p1.png", "img/p2.v2.png")
    table(folder, f"{before}p1.png", f"{before}p2.v2.png", "p3.png")
    labels, said = read(folder, "img/{key}.png")
    assert not labels
    assert said.count(ADVICE) == 2, "of p3 there is no picture under any key"
    labels, said = read(folder, "img/{key}.png", "stem")
    assert labels == {"p1": "d0", "p2.v2": "d1"}
    assert ADVICE not in said


@pytest.mark.parametrize(
    "cells", [("a/p1.png", "b/p1.png"), ("p1.png", "p1"), ("p1.png", "p1.jpg")]
)
def test_no_advice_where_two_cells_would_mean_one_picture(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    """`key_is: stem` refuses such a table."""
    folder = pictures(tmp_path, "img/p1.png")
    table(folder, *cells)
    _, said = read(folder, "img/{key}.png")
    assert "there is no file for" in said and ADVICE not in said
    _, said = read(folder, "img/{key}.png", "stem")
    assert "both mean 'p1'" in said


@pytest.mark.parametrize(("key_is", "row"), [("path", ""), ("stem", ""), ("", "{key}x")])
def test_no_advice_where_the_key_is_read_otherwise(tmp_path: Path, key_is: str, row: str) -> None:
    folder = pictures(tmp_path, "img/p1.png")
    table(folder, "other/p1.png" if key_is == "path" else "p1.png.png" if key_is else "p1.png")
    _, said = read(folder, "img/{key}.png", key_is, row)
    assert "there is no file for" in said and ADVICE not in said


def test_no_advice_for_a_picture_of_another_entry(tmp_path: Path) -> None:
    folder = pictures(tmp_path, "img/p1.png", "more/p9.png")
    table(folder, "p1", "p9.png")
    other = '  - images: "more/{key}.png"\n    modality: x-ray\n    labels: [{kind: constant, label: a}]\n'
    kept, lost, _ = run(folder, ENTRY.replace("IMAGES", "img/{key}.png").replace("KEY", "") + other)
    assert {f.raw for f in kept} == {"d0", "a"}
    assert [r.detail for r in lost] == ["there is no file for 'p9.png'"]
