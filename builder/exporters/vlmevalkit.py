"""VLMEvalKit's tab-separated files, with the columns of GMAI-MMBench's own."""

from __future__ import annotations

import base64
import csv
from pathlib import Path

from builder.exporters.columns import GRANULARITY, LETTERS, letters
from builder.release import Item, Release

FEWEST = 5
"""Option columns of the published files; more where a question has more options."""
BEFORE = ("index", "image", "question")
BEHIND = ("answer", "category", "clinical VQA task", "department", "perceptual granularity",
          "modality", "original task")  # fmt: skip
COLUMNS = (*BEFORE, *LETTERS[:FEWEST], *BEHIND)


def write(release: Release, folder: Path) -> None:
    """Write `vlmevalkit/<name>_<SPLIT>.tsv`, one row a case.

    The index is unique and a number, as its loader wants; an option that is not there is an
    empty cell, which its loader takes for missing.
    """
    (folder / "vlmevalkit").mkdir()
    width = max([FEWEST, *(len(q.options) for q in release.asked())])
    for split in release.splits():
        path = folder / "vlmevalkit" / f"{release.name}_{split.upper()}.tsv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow((*BEFORE, *LETTERS[:width], *BEHIND))
            for index, item in enumerate(release.items(split)):
                writer.writerow(_row(release, item, index, width))


def _row(release: Release, item: Item, index: int, width: int) -> list[str]:
    lexicon, question = release.lexicon, item.question
    options = [*question.options, *[""] * (width - len(question.options))]
    kind = "CLS" if item.choice.kind == "image" else "SEG"
    return [
        str(index),
        base64.b64encode(item.case.png).decode(),
        question.question,
        *options,
        letters(question.answers),
        "; ".join(question.options[a] for a in question.answers),
        lexicon.tasks[question.task].name,
        lexicon.departments[question.department].name,
        GRANULARITY[question.view],
        lexicon.modalities[question.modality].name,
        f"{kind}_{'2D' if item.sample.planar else '3D'}",
    ]
