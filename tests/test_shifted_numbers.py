"""Labels that count from another number than their pictures are refused, or read by a stated step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith.text import path_patterns
from tests.test_ingest import run

PAGES = 4
HEIGHT, WIDTH = 40, 60
STACK = """  - images: "{key}.tif"
    modality: x-ray
    parts: all
    labels: [{kind: masks, file: "m/{key}_NUMBER.png", label: cell}]
"""
FRAMES = """  - images: "img/{patient}_{n}.png"
    modality: x-ray
    patient: "{patient}"
    labels: [{kind: masks, file: "m/{patient}_NUMBER.png", label: cell}]
"""
TABLE = """  - images: "img/{patient}_{n}.png"
    modality: x-ray
    patient: "{patient}"
    labels: [{kind: sheet, file: "FILE", key: id,ROW labels: [dx]}]
"""


def grey(number: int) -> PIL.Image.Image:
    rows, columns = np.indices((HEIGHT, WIDTH))
    return PIL.Image.fromarray(((rows * (number + 2) + columns) % 256).astype(np.uint8))


def save(path: Path, picture: PIL.Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def mask(path: Path, number: int) -> None:
    """Write the mask of the picture with a number from 0: a box with as many columns, and ten."""
    marked = np.zeros((HEIGHT, WIDTH), np.uint8)
    marked[10:20, 10 : 20 + number] = 255
    save(path, PIL.Image.fromarray(marked))


def stack(folder: Path, first: int, numbers: tuple[int, ...] = (0, 1, 2, 3)) -> None:
    """Write a file of four pages, and masks of some that count from `first`."""
    pages = [grey(n) for n in range(PAGES)]
    (folder / "data").mkdir(exist_ok=True)
    pages[0].save(folder / "data/a.tif", save_all=True, append_images=pages[1:])
    for number in numbers:
        mask(folder / f"data/m/a_{number + first}.png", number)


def widths(folder: Path, samples: str) -> tuple[dict[str, int], set[str], str]:
    """Return the columns of the mask of each picture, the reasons of what is left out, and details."""
    kept, lost, _ = run(folder, samples)
    found = {f.sample.partition("/")[2]: f.box.x1 - f.box.x0 for f in kept if f.box is not None}
    return found, {r.reason for r in lost}, " ".join(r.detail for r in lost)


RIGHT = {f"a~{n}": 10 + n for n in range(PAGES)}


@pytest.mark.parametrize(
    ("first", "number", "right"),
    [
        (0, "{part}", True), (1, "{part}", False), (1, "{part+1}", True), (0, "{part+0}", True),
        (7, "{part+7}", True),
    ],
)  # fmt: skip
def test_masks_of_pages(tmp_path: Path, first: int, number: str, right: bool) -> None:
    stack(tmp_path, first)
    found, reasons, said = widths(tmp_path, STACK.replace("NUMBER", number))
    assert found == (RIGHT if right else {})
    assert reasons == (set() if right else {"numbers-shifted"})
    assert right or ("has a label for 4 and none for 0" in said and "write {part+1}" in said)


def test_numbers_with_zeros_in_front(tmp_path: Path) -> None:
    stack(tmp_path, 1)
    for number in range(PAGES):
        (tmp_path / f"data/m/a_{number + 1}.png").rename(tmp_path / f"data/m/a_{number + 1:03}.png")
    found, reasons, _ = widths(tmp_path, STACK.replace("NUMBER", "{part=3}"))
    assert (found, reasons) == ({}, {"numbers-shifted"})
    found, reasons, _ = widths(tmp_path, STACK.replace("NUMBER", "{part+1=3}"))
    assert (found, reasons) == (RIGHT, set())


def test_the_step_that_is_advised_keeps_the_width(tmp_path: Path) -> None:
    """Pictures 0001 to 0004 and masks 0 to 3: `{n-1}` would look for 0000."""
    for number in range(PAGES):
        save(tmp_path / f"data/img/p_{number + 1:04}.png", grey(number))
        mask(tmp_path / f"data/m/p_{number}.png", number)
    found, reasons, said = widths(tmp_path, FRAMES.replace("NUMBER", "{n=1}"))
    assert (found, reasons) == ({}, {"numbers-shifted"})
    assert "write {n-1=1}, or {n+0=1} if the numbers are the same" in said
    found, reasons, _ = widths(tmp_path, FRAMES.replace("NUMBER", "{n-1=1}"))
    assert (found, reasons) == ({f"p_{n + 1:04}": 10 + n for n in range(PAGES)}, set())


@pytest.mark.parametrize("step", [0, 1])
def test_masks_of_some_pages_may_count_from_either(tmp_path: Path, step: int) -> None:
    """Masks 1 and 2 of four pages are of the first two, or of the middle ones."""
    stack(tmp_path, 0, (1, 2))
    found, reasons, said = widths(tmp_path, STACK.replace("NUMBER", "{part}"))
    assert (found, reasons) == ({}, {"numbers-shifted"})
    assert "write {part+0} or {part+1}" in said
    found, _, _ = widths(tmp_path, STACK.replace("NUMBER", f"{{part+{step}}}"))
    assert found == {f"a~{n - step}": 10 + n for n in (1, 2)}


def test_pages_that_are_not_read_count(tmp_path: Path) -> None:
    stack(tmp_path, 1)
    some = STACK.replace("parts: all", "parts: {every: 2}")
    assert widths(tmp_path, some.replace("NUMBER", "{part}"))[:2] == ({}, {"numbers-shifted"})
    found, _, _ = widths(tmp_path, some.replace("NUMBER", "{part+1}"))
    assert found == {"a~0": 10, "a~2": 12}


def frames(folder: Path, first: int, label_first: int, patients: str = "pq") -> None:
    """Write four pictures of each patient from one number, and their masks from another."""
    for patient in patients:
        for number in range(PAGES):
            save(folder / f"data/img/{patient}_{number + first:02}.png", grey(number))
            mask(folder / f"data/m/{patient}_{number + label_first:02}.png", number)


@pytest.mark.parametrize(
    ("first", "label_first", "step"), [(0, 1, "+1"), (1, 0, "-1"), (5, 6, "+1"), (5, 4, "-1")]
)
def test_pictures_and_masks_of_two_tools(
    tmp_path: Path, first: int, label_first: int, step: str
) -> None:
    frames(tmp_path, first, label_first)
    found, reasons, said = widths(tmp_path, FRAMES.replace("NUMBER", "{n}"))
    assert (found, reasons) == ({}, {"numbers-shifted"})
    assert f"write {{n{step}}}" in said
    found, reasons, _ = widths(tmp_path, FRAMES.replace("NUMBER", f"{{n{step}}}"))
    assert not reasons
    assert found == {f"{p}_{n + first:02}": 10 + n for p in "pq" for n in range(PAGES)}


@pytest.mark.parametrize("lost", ["first", "last", "one more", "both"])
def test_what_lacks_or_has_a_label_at_one_end_is_not_shifted(tmp_path: Path, lost: str) -> None:
    """Both at once look like a shift, unless another patient has a label at that end."""
    frames(tmp_path, 1, 1)
    folder = tmp_path / "data/m"
    if lost in ("first", "both"):
        (folder / "p_01.png").unlink()
    if lost == "last":
        (folder / "p_04.png").unlink()
    if lost in ("one more", "both"):
        mask(folder / "p_05.png", 4)
    found, reasons, _ = widths(tmp_path, FRAMES.replace("NUMBER", "{n}"))
    assert "numbers-shifted" not in reasons
    expected = {f"{p}_{n + 1:02}": 10 + n for p in "pq" for n in range(PAGES)}
    expected.pop({"first": "p_01", "both": "p_01", "last": "p_04"}.get(lost, ""), None)
    assert found == expected


def test_numbers_of_patients_are_no_count(tmp_path: Path) -> None:
    for number in (103, 107, 110, 115, 131):
        save(tmp_path / f"data/img/p_{number}.png", grey(number))
    for number in (107, 132):
        mask(tmp_path / f"data/m/p_{number}.png", 0)
    found, reasons, _ = widths(tmp_path, FRAMES.replace("NUMBER", "{n}"))
    assert found == {"p_107": 10}
    assert reasons == {"file-missing"}


@pytest.mark.parametrize(
    ("file", "row", "mended"),
    [
        ("{patient}.csv", ' row: "{n}",', ' row: "{n+1}",'),
        ("all.csv", ' row: "{patient}_{n}",', ' row: "{patient}_{n+1}",'),
    ],
)
def test_rows_that_count_from_one(tmp_path: Path, file: str, row: str, mended: str) -> None:
    lines: dict[str, list[str]] = {}
    for patient in "pq":
        for number in range(PAGES):
            save(tmp_path / f"data/img/{patient}_{number}.png", grey(number))
            key = f"{number + 1}" if "{" in file else f"{patient}_{number + 1}"
            name = path_patterns.fill(file, {"patient": patient})
            lines.setdefault(name, []).append(f"{key},d{number}")
    for name, rows in lines.items():
        (tmp_path / "data" / name).write_text("\n".join(["id,dx", *rows]) + "\n")
    entry = TABLE.replace("FILE", file)
    kept, lost, _ = run(tmp_path, entry.replace("ROW", row))
    assert not kept
    assert "numbers-shifted" in {r.reason for r in lost}
    kept, lost, _ = run(tmp_path, entry.replace("ROW", mended))
    assert not lost
    assert {f.sample.partition("/")[2]: f.raw for f in kept} == {
        f"{p}_{n}": f"d{n}" for p in "pq" for n in range(PAGES)
    }


def test_keys_of_a_table_that_counts_from_one(tmp_path: Path) -> None:
    for number in range(PAGES):
        save(tmp_path / f"data/img/{number}.png", grey(number))
    rows = "".join(f"{number + 1},d{number}\n" for number in range(PAGES))
    (tmp_path / "data/s.csv").write_text(f"id,dx\n{rows}")
    entry = '  - images: "img/{key}.png"\n    modality: x-ray\n    labels: [{kind: sheet, file: s.csv, key: id,ROW labels: [dx]}]\n'
    kept, lost, _ = run(tmp_path, entry.replace("ROW", ""))
    assert not kept and "numbers-shifted" in {r.reason for r in lost}
    for mended in (' row: "{key+1}",', " rows_at: {picture: 0, row: 1},"):
        kept, lost, _ = run(tmp_path, entry.replace("ROW", mended))
        assert not lost
        assert {f.sample.partition("/")[2]: f.raw for f in kept} == {
            str(n): f"d{n}" for n in range(PAGES)
        }


def test_one_of_two_tables_that_counts_from_one(tmp_path: Path) -> None:
    """Both are looked up by one key, and each has rows of its own."""
    for number in range(PAGES):
        save(tmp_path / f"data/img/{number}.png", grey(number))
    for name, first in (("s", 0), ("t", 1)):
        rows = "".join(f"{number + first},d{number}\n" for number in range(PAGES))
        (tmp_path / f"data/{name}.csv").write_text(f"id,{name}x\n{rows}")
    entry = '  - images: "img/{key}.png"\n    modality: x-ray\n    labels:\n'
    for name in "st":
        entry += f"      - {{kind: sheet, file: {name}.csv, key: id, labels: [{name}x]}}\n"
    kept, lost, _ = run(tmp_path, entry)
    assert not kept and "numbers-shifted" in {r.reason for r in lost}
