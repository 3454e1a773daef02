"""Questions in the terminal: what a query selects, the key, and pictures that a terminal can draw."""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import pyarrow.parquet as pq
import pytest

from tests.conftest import Project
from tests.terminal import Terminal

DEVICE, SIXEL = "\x1b[c", b"\x1b[?62;4c"
"""The question what a terminal is, and the answer of one that shows Sixel."""


def rows(project: Project) -> dict[str, dict[str, Any]]:
    files = sorted((project.release / "data").glob("*.parquet"))
    return {r["id"]: r for f in files for r in pq.read_table(f).to_pylist()}


def test_what_a_query_selects_is_printed_with_its_key(built: Project) -> None:
    told = built.run("show", "small", "modality=ct granularity=box", "--count", "2")
    wanted = sorted(
        i for i, r in rows(built).items() if (r["modality"], r["granularity"]) == ("CT", "box")
    )
    assert len(wanted) > 2
    assert f"2 of {len(wanted)} questions; --count 4 shows more" in told
    for id_ in wanted[:2]:
        row = rows(built)[id_]
        part = told.split(id_)[0].rpartition(row["question"])[2]
        shown = re.findall(r"^  ([A-Z])\. (.+?)(  \(key\))?$", part, re.MULTILINE)
        assert [text for _, text, _ in shown] == row["options"]
        assert [letter for letter, _, key in shown if key] == row["answer"].split(",")
    assert wanted[2] not in told


def test_the_key_can_be_left_out_and_an_id_shown(built: Project) -> None:
    id_, row = next(iter(rows(built).items()))
    told = built.run("show", str(built.release), "--id", id_, "--no-key")
    assert row["question"] in told and "(key)" not in told
    found = json.loads(built.run("show", "small", "--id", id_, "--json"))
    (one,) = found["shown"]
    assert (one["id"], one["answer"], one["options"]) == (id_, row["answer"], row["options"])
    found = json.loads(built.run("show", "small", "--id", id_, "--json", "--no-key"))
    assert not {"answer", "label"} & found["shown"][0].keys()


def test_a_hidden_split_is_shown_without_a_key(built: Project, tmp_path: Path) -> None:
    """Its rows have no provenance, which must not drop them."""
    release = tmp_path / "release"
    shutil.copytree(built.release, release)
    path = release / "provenance.parquet"
    kept, found = pq.read_table(path), rows(built)
    test = [found[i]["split"] != "test" for i in kept["id"].to_pylist()]
    pq.write_table(kept.filter(test), path)
    assert f"of {len(found)} questions" in built.run("show", str(release), "--count", "1")
    told = built.run("show", str(release), "split=test", "--json")
    assert json.loads(told)["questions"] == sum(r["split"] == "test" for r in found.values())


def test_what_is_not_there_is_reported(built: Project) -> None:
    assert "there is no release 'smal'; did you mean small?" in built.run("show", "smal", code=2)
    assert "has no case 'nothing'" in built.run("show", "small", "--id", "nothing", code=2)
    assert "did you mean modality" in built.run("show", "small", "modalty=ct", code=2)
    assert "0 of 0 questions" in built.run("show", "small", "modality=ct granularity!=*")


def from_sixel(text: str) -> npt.NDArray[np.uint8]:
    """Return the picture of Sixel data: rows of six pixels, one bit each, colour by colour."""
    head, body = re.match(r'\x1bP[\d;]*q"(\d+;\d+;\d+;\d+)(.*?)\x1b\\', text, re.DOTALL).groups()  # type: ignore[union-attr]
    _, _, width, height = map(int, head.split(";"))
    picture = np.zeros((height + 6, width, 3), np.uint8)
    colours: dict[int, list[float]] = {}
    x = y = colour = 0
    for token in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([$-])|([?-~])", body):
        number, r, g, b, times, repeated, move, bits = token.groups()
        if number:
            colour = int(number)
            if r:
                colours[colour] = [2.55 * int(v) for v in (r, g, b)]
        elif move:
            x, y = 0, y + (6 if move == "-" else 0)
        else:
            lit, run = ord(repeated or bits) - 63, int(times or 1)
            for bit in range(6):
                if lit >> bit & 1:
                    picture[y + bit, x : x + run] = colours[colour]
            x += run
    return picture[:height]


def test_a_terminal_with_sixel_shows_the_picture(built: Project) -> None:
    id_, row = next(iter(rows(built).items()))
    with Terminal("show", "small", "--id", id_, folder=built.folder, mark="show") as terminal:
        terminal.resize(50, 120, 1200, 1000)
        terminal.read(30, until=DEVICE)
        terminal.press(SIXEL)
        ended = terminal.end()
    assert ended.code == 0 and row["question"].split()[0] in ended.printed
    drawn = from_sixel(ended.printed[ended.printed.index("\x1bP") :])
    whole = PIL.Image.open(BytesIO(row["image"]["bytes"])).convert("RGB")
    small = whole.resize(drawn.shape[1::-1], PIL.Image.Resampling.LANCZOS)
    assert np.abs(drawn.astype(float) - np.asarray(small, float)).mean() < 8


def test_a_terminal_without_pictures_shows_the_words(built: Project) -> None:
    id_, row = next(iter(rows(built).items()))
    with Terminal("show", "small", "--id", id_, folder=built.folder, mark="plain") as terminal:
        terminal.resize(50, 120, 1200, 1000)
        ended = terminal.end()
    assert "this terminal shows no pictures" in ended.printed and "\x1bP" not in ended.printed
    assert row["question"].split()[0] in ended.printed


def test_a_terminal_without_a_size_shows_the_words(built: Project) -> None:
    with Terminal("show", "small", "--count", "1", folder=built.folder, mark="none") as terminal:
        ended = terminal.end()
    assert ended.code == 0 and "\x1b[c" not in ended.printed and "questions" in ended.printed


@pytest.mark.filterwarnings("ignore:Image.Image.getdata")  # of the library that draws
def test_blocks_have_the_colours_of_the_picture(built: Project) -> None:
    id_, row = next(iter(rows(built).items()))
    told = built.run("show", "small", "--id", id_, "--pictures", "blocks", "--lines", "10")
    cells = [
        [list(map(int, m)) for m in re.findall(r"38;2;(\d+);(\d+);(\d+);48;2;(\d+);(\d+);(\d+)m▀", line)]
        for line in told.splitlines() if "▀" in line
    ]  # fmt: skip
    assert len(cells) == 10
    drawn = np.array(cells).reshape(10, -1, 2, 3).transpose(0, 2, 1, 3).reshape(20, -1, 3)
    whole = PIL.Image.open(BytesIO(row["image"]["bytes"])).convert("RGB")
    small = whole.resize(drawn.shape[1::-1], PIL.Image.Resampling.BOX)
    assert np.abs(drawn - np.asarray(small, float)).mean() < 12
