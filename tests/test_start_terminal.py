"""`benchsmith start` under a terminal: what it asks, how often, and what keys do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from tests import world
from tests.terminal import Terminal

WAIT = 120.0
ORGANS = ("left kidney", "livr", "gizmo", "splen")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a project, with a folder beside it: six pictures with a mask of each of four organs."""
    y, x = np.indices((96, 96))
    pics = tmp_path / "scans/pics"
    pics.mkdir(parents=True)
    for n in range(6):
        grey = ((x * (n + 3) + y * 11 + (x * y) % 41) % 251).astype(np.uint8)
        PIL.Image.fromarray(grey).save(pics / f"s{n}.png")
        for place, name in enumerate(ORGANS):
            mask = np.zeros((96, 96), np.uint8)
            top, left = 6 + 46 * (place // 2), 6 + 46 * (place % 2)
            mask[top : top + 26 + n, left : left + 30 - n] = 255
            (tmp_path / f"scans/masks/s{n}").mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(mask).save(tmp_path / f"scans/masks/s{n}/{name}.png")
    return world.write(tmp_path / "home")


def test_a_person_answers_and_every_answer_is_in_a_file(home: Path) -> None:
    words = ("start", str(home.parent / "scans"), "--workers", "1")
    questions = 0
    with Terminal(*words, folder=home, mark=str(home)) as terminal:

        def answer(until: str, keys: str) -> None:
            nonlocal questions
            printed = terminal.read(WAIT, until)
            assert until in printed, printed
            terminal.press(keys.encode())
            questions += 1

        answer("Licence of the data", "cc-zero\r")
        answer("there is no licence 'cc-zero'", "cc0-1.0\r")
        answer("Where the data come from", "\r")
        answer("How the data are cited", "Ann 2024\r")
        answer("The labels are", "\r")
        answer("Modality", "ct\r")
        answer("looked for in every picture?", "y\r")
        answer("o = ask word by word", "xo")  # a key of no meaning is passed over
        answer("gizmo: c = choose a label", "c")
        answer("Label of gizmo", "spln\r")
        answer("there is no label 'spln'", "Lien\r")
        answer("livr: 1 = liver", "1")
        answer("splen: 1 = spleen", "d")
        answer("Your id", "ann\r")
        ended = terminal.end(WAIT)
    assert ended.code == 0, ended.printed
    assert "scans: built: " in ended.printed
    assert questions - 6 <= 10  # word by word: three words, a label, and two wrong answers
    recipe = (home / "raw_sources/scans/recipe.yaml").read_text("utf-8")
    for line in ("licence: cc0-1.0", "modality: ct", "exhaustive: true", "citation: Ann 2024"):
        assert line in recipe, recipe
    rows = tsv.read(home / "lexicon/mappings/scans.tsv", MAPPING_COLUMNS, home)
    assert {(r["raw"], r["relation"], r["label"], r["reviewed_by"]) for r in rows} == {
        ("gizmo", "exact", "spleen", "ann"),
        ("livr", "exact", "liver", "ann"),
        ("splen", "unknown", "", "ann"),
    }
    record = json.loads((home / "output/scans/build.json").read_text("utf-8"))
    assert record["finished"]


def test_ctrl_c_at_a_question_leaves_no_half_decided_recipe(home: Path) -> None:
    with Terminal("start", str(home.parent / "scans"), folder=home, mark=str(home)) as terminal:
        assert "Licence of the data" in terminal.read(WAIT, "Licence of the data")
        terminal.press()
        ended = terminal.end(WAIT)
    assert ended.code == 130, ended.printed
    assert "Traceback" not in ended.printed
    assert 'licence: ""  # decide:' in (home / "raw_sources/scans/recipe.yaml").read_text("utf-8")
    assert not (home / "benchmarks/scans.yaml").exists()
