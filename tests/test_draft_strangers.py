"""Drafts of folders that no recipe describes read what their writers meant, from the files alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from tests import strangers_masks, strangers_tables, strangers_volumes
from tests.shipped_documents import shipped_lexicon
from tests.strangers_sets import Truth, photo
from tests.test_draft_recipes import drafted, read

WRITERS = (*strangers_tables.WRITERS, *strangers_masks.WRITERS, *strangers_volumes.WRITERS)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


@pytest.mark.parametrize("write", WRITERS, ids=lambda w: w.__name__)
def test_a_draft_of_a_stranger_s_set_reads_its_labels(
    lexicon: Lexicon, tmp_path: Path, write: Callable[[Path], Truth]
) -> None:
    truth = write(tmp_path)
    made = drafted(tmp_path, lexicon)
    found = read(made, tmp_path)
    planar = {file for file, _, box in truth if box is not None}
    places = {(file, box if file in planar else None) for file, _, box in found}
    assert places == {(file, box) for file, _, box in truth}
    words = {(file, raw) for file, raw, _ in found}
    stated = {(file, word) for file, word, _ in truth if not word.startswith("?")}
    assert stated <= words
    assert _alike(words - stated, {(f, w) for f, w, _ in truth if w.startswith("?")})
    asked = any(not entry.names_stated for samples in made.samples for entry in samples.labels)
    assert asked == any(word.startswith("?") for _, word, _ in truth)


def test_texts_that_are_not_read_are_reported(lexicon: Lexicon, tmp_path: Path) -> None:
    """As Montgomery has them; a readme and the list of a split are no labels."""
    for n in range(4):
        photo(tmp_path / f"CXR/c{n}.png", n)
        (tmp_path / f"readings/c{n}.txt").parent.mkdir(exist_ok=True)
        (tmp_path / f"readings/c{n}.txt").write_text(
            f"sex: M\nage: 0{n}5\nno finding in the lungs\n"
        )
    (tmp_path / "README.txt").write_text("What this is.\n")
    (tmp_path / "train.txt").write_text("c0\nc1\nc3\n")
    texts = [line for line in drafted(tmp_path, lexicon).open if ".txt" in line]
    assert texts == ["not understood: readings/c0.txt and 3 like it: text in an unknown form"]


def _alike(found: set[tuple[str, str]], truth: set[tuple[str, str]]) -> bool:
    """Return whether words that no file states stand for one another: each for one, everywhere."""
    by_files = [
        sorted(
            tuple(sorted(file for file, own in pairs if own == word))
            for word in {w for _, w in pairs}
        )
        for pairs in (found, truth)
    ]
    return by_files[0] == by_files[1]


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("data/train_x.h5", "save each picture with its labels as .npz"),
        ("cases/0.pkl", "a pickle may run code"),
        ("all.tar.gz", "unpack it"),
        ("labels.xls", "save it as .xlsx or .csv"),
    ],
)
def test_files_that_no_reader_knows_are_reported_with_what_helps(
    lexicon: Lexicon, tmp_path: Path, name: str, help_: str
) -> None:
    """They were counted among the other files, and a draft of the rest looked whole."""
    path = tmp_path / name
    for n in range(3):
        photo(tmp_path / f"pictures/p{n}.png", n)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    made = drafted(tmp_path, lexicon)
    (line,) = [line for line in made.open if name in line]
    assert help_ in line
