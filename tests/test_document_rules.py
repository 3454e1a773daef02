"""Mistakes in a lexicon are listed together, and a stem keeps its rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.documents.library import read_benchmark
from benchsmith.documents.problems import DocumentError
from benchsmith.plugins import EXPORTS
from tests import world


def test_lexicon_problems_are_all_said_at_once(tmp_path: Path) -> None:
    folder = world.write(tmp_path / "project")
    lex = folder / "lexicon"
    labels = (lex / "tree/label.tsv").read_text()
    labels = labels.replace(
        "spleen\tabdominal-organ\tspleen\tlien", "spleen\tabdominal-organs\tspleen\thepar"
    )
    labels = labels.replace(
        "abdominal-organ\t\tabdominal organ", "abdominal-organ\tliver\tabdominal organ"
    )
    (lex / "tree/label.tsv").write_text(labels)
    places = (
        (lex / "placements.tsv")
        .read_text()
        .replace(
            "liver\t*\torgan-recognition-abdomen\tgastroenterology\tme",
            "liver\t*\torgan-recognition\tgastroenterology\tyou",
        )
    )
    (lex / "placements.tsv").write_text(places)
    mapping = (lex / "mappings/abdomen.tsv").read_text()
    (lex / "mappings/abdomen.tsv").write_text(
        mapping + "t12\tdrop\t\tme\tno\nX\texact\tlever\t\t\n"
    )
    with pytest.raises(DocumentError) as caught:
        read_benchmark(
            folder,
            "small",
            frozenset(EXPORTS),
        )
    said = str(caught.value)
    for part in (
        "unknown parent 'abdominal-organs'; did you mean abdominal-organ",
        "'hepar' also names",
        "is its own ancestor",
        "unknown task 'organ-recognition'",
        "unknown curator 'you'",
        "'t12' is already mapped at lexicon/mappings/abdomen.tsv:2",
        "abdomen.tsv:5: is not signed",
        "unknown label 'lever' in `label`; did you mean liver",
    ):
        assert part in said, said


@pytest.mark.parametrize(
    ("stem", "what"),
    [
        ("What bone is in this image?", "must contain <modality> exactly once"),
        ("Name the bone in this <modality> image.", "question mark"),
        ("What is in this <modality> image?", "task's cues"),
        ("What bone is in the box of this <modality> image?", "mentions a box"),
        ("Is the bone in this <modality> image a rib?", "names the label 'rib'"),
        ("Which bone is here in <modality>?", "cues for the granularity image"),
    ],
)
def test_stems_keep_their_rules(tmp_path: Path, stem: str, what: str) -> None:
    folder = world.write(tmp_path / "project")
    path = folder / "question_pools/tasks/bone.yaml"
    path.write_text(f'task: bone\ncues: [bone]\nstems:\n  image:\n    - "{stem}"\n')
    with pytest.raises(DocumentError, match=what) as caught:
        read_benchmark(
            folder,
            "small",
            frozenset(EXPORTS),
        )
    if "rib" not in what:
        assert "bone.yaml:5:" in str(caught.value)
