"""Drafts of tables whose rows are of a person with two eyes, or of another subset than the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes.proposal import Draft
from tests.shipped_documents import shipped_lexicon
from tests.strangers_sets import photo
from tests.test_draft_candidates import findings
from tests.test_draft_recipes import drafted

WORDS = ("normal fundus", "cataract", "glaucoma")
PERSON = ("N", "C", "G", "A", "H", "M")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def stated(made: Draft, folder: Path) -> set[tuple[str, str]]:
    """Return what the first candidate says of each picture, by the end of its key."""
    return {(f.sample.partition("/")[2], f.raw) for f in findings(made.candidates[0], folder)}


def sheets(made: Draft) -> list[dict[str, Any]]:
    return [dict(e.keys) for s in made.samples for e in s.labels]


def eyes(folder: Path, *, sides: bool) -> set[tuple[str, str]]:
    """Write two eyes of six people, and a row for each person; return what each picture shows."""
    truth, rows = set(), []
    for n in range(6):
        own = {"left": WORDS[n % 3], "right": WORDS[(n // 2) % 3]}
        for number, (side, word) in enumerate(own.items()):
            photo(folder / f"images/{n}_{side}.jpg", 2 * n + number, colour=True)
            truth.add((f"{n}_{side}", word))
        hot = [int(word in own.values()) for word in WORDS] + [0, 0, int(n > 4)]
        words = [own["left"], own["right"]] if sides else []
        rows.append(",".join(map(str, [n, 40 + n, *words, *hot])))
    head = ["Left-Diagnostic Keywords", "Right-Diagnostic Keywords"] if sides else []
    lines = [",".join(["ID", "Patient Age", *head, *PERSON]), *rows]
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    return truth


def test_each_eye_has_the_words_of_its_own_side(lexicon: Lexicon, tmp_path: Path) -> None:
    truth = eyes(tmp_path, sides=True)
    made = drafted(tmp_path, lexicon)
    assert stated(made, tmp_path) == truth
    assert {(s.images, s.patient) for s in made.samples} == {
        ("images/{name}_left.jpg", "{name}"), ("images/{name}_right.jpg", "{name}"),
    }  # fmt: skip
    assert not [e for e in sheets(made) if "one_hot" in e], (
        "what the person has is of no single eye"
    )
    assert [line for line in made.open if "N, C, G, A, H, M say nothing of one side" in line]


def test_columns_of_a_person_alone_are_asked_about(lexicon: Lexicon, tmp_path: Path) -> None:
    eyes(tmp_path, sides=False)
    made = drafted(tmp_path, lexicon)
    assert {s.images for s in made.samples} == {"images/{name}_left.jpg", "images/{name}_right.jpg"}
    assert len(stated(made, tmp_path)) > 0
    doubts = [e.unsure for s in made.samples for e in s.labels]
    assert all("a row of data.csv may be of both sides" in doubt for doubt in doubts)


def subsets(folder: Path, *, crosswise: bool) -> set[tuple[str, str]]:
    """Write two subsets with a table each; with `crosswise` each table lists the pictures of the other one.

    Return what each picture shows by the table of its own name.
    """
    truth = set()
    for number, (part, other) in enumerate((("train", "test"), ("test", "train"))):
        rows = []
        for n in range(6):
            key, word = (f"{part[:2]}{n}" if crosswise else str(n)), WORDS[(n + number) % 3]
            photo(folder / f"{part}_images/{key}.png", n + 10 * number, colour=True)
            rows.append(f"{key},{word}")
            truth.add((part, word, n))
        name = other if crosswise else part
        (folder / f"{name}.csv").write_text("\n".join(["id_code,diagnosis", *rows]) + "\n")
    return {(f"{part} {n}", word) for part, word, n in truth}


def test_a_table_of_each_subset_is_read_for_its_own_pictures(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    """Both have pictures of the same names, so that each table has rows for all."""
    truth = subsets(tmp_path, crosswise=False)
    made = drafted(tmp_path, lexicon)
    files = {s.images: [e.keys["file"] for e in s.labels] for s in made.samples}
    assert files == {
        "train_images/{name}.png": ["train.csv"],
        "test_images/{name}.png": ["test.csv"],
    }
    assert len(made.samples) == 2 and not made.contradictions
    first = next(s for s in made.samples if not s.key)
    part = first.images.partition("_")[0]
    rest = "test" if part == "train" else "train"
    found = {
        (f"{rest if '-' in key else part} {key.partition('-')[0]}", word)
        for key, word in stated(made, tmp_path)
    }
    assert found == truth, "also the pictures whose keys were told apart find their rows"


def test_tables_that_list_the_pictures_of_the_other_subset(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    subsets(tmp_path, crosswise=True)
    made = drafted(tmp_path, lexicon)
    assert len(made.contradictions) == 2
    assert "train.csv is named for train and has the rows of test_images/{name}.png" in "".join(
        made.contradictions
    )
