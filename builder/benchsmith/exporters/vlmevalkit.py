"""VLMEvalKit's tab-separated files, with the columns of GMAI-MMBench's own."""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TextIO

from benchsmith.release.columns import GRANULARITY, LETTERS, letters
from benchsmith.release.entry import Entry
from benchsmith.release.model import Release

FEWEST = 5
"""Option columns of the published files; more where a question has more options."""
BEFORE = ("index", "image", "question")
BEHIND = ("answer", "category", "clinical VQA task", "department", "perceptual granularity",
          "modality", "original task")  # fmt: skip
COLUMNS = (*BEFORE, *LETTERS[:FEWEST], *BEHIND)
TELLING = ("answer", "category", "department", "original task")
"""Columns that a hidden split does not have."""
PART = 900_000_000
"""Bytes a file: a larger one than 1 GB is taken apart by the loader each time."""
MISSING = {
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}  # fmt: skip
"""Words that pandas, which the loader reads with, takes for an empty cell."""
_NUMBER = re.compile(
    r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?|true|false", re.IGNORECASE
)
NO_BREAK = "\N{NO-BREAK SPACE}"


def write(release: Release, folder: Path) -> None:
    """Write `vlmevalkit/<name>_<SPLIT>.tsv`, one row a case; in parts where it is large.

    Questions with several answers have a file of their own, `<name>_<SPLIT>_several.tsv`: the
    loader's multiple-choice class reads one letter, and would count every one of them as wrong. The
    index is the row's number in the split, by id, as the loader wants a number; an option that is
    not there is an empty cell, which the loader takes for missing.
    """
    (folder / "vlmevalkit").mkdir()
    for split in release.splits():
        shown = [len(v.entry.options) for v in release.veiled]
        width = max([FEWEST, *shown, *(len(q.options) for q in release.asked())])
        columns = [*BEFORE, *LETTERS[:width], *BEHIND]
        if split in release.hidden:
            columns = [c for c in columns if c not in TELLING]
        stem = folder / "vlmevalkit" / f"{file_name(release.name)}_{split.upper()}"
        with (
            closing(Parts(stem, columns)) as one,
            closing(Parts(stem.with_name(f"{stem.name}_several"), columns)) as several,
        ):
            for index, entry in enumerate(release.entries(split)):
                cells = _cells(release, entry, index)
                (several if entry.several else one).write([cells[c] for c in columns])


def file_name(name: str) -> str:
    """Return a benchmark's name so that VLMEvalKit does not take it for one of its own.

    >>> file_name("gmai-mmbench-2")
    'gmai-mm-bench-2'
    """
    return re.sub(r"(?i)(mm)(bench)", r"\1-\2", name)


def plain(text: str) -> str:
    """Return a cell that pandas reads back as text.

    It takes `None` and `NA` for nothing and `007` for 7, quoted or not. A no-break space behind
    such a word keeps it a word, and is not seen.
    """
    if text.strip() in MISSING or _NUMBER.fullmatch(text.strip()):
        return text + NO_BREAK
    return text


class Parts:
    """Rows in files of less than PART bytes: one has the stem's name, several numbers.

    No file is made where there is no row.
    """

    def __init__(self, stem: Path, columns: Sequence[str]) -> None:
        self._stem = stem
        self._columns = columns
        self._count = 0
        self._size = 0
        self._file: TextIO | None = None

    def write(self, row: Sequence[str]) -> None:
        """Write a row, into another file where this one would be too large with it."""
        size = sum(map(len, row))
        if self._file is None or self._size + size >= PART:
            if self._file is not None:
                self._file.close()
            self._count += 1
            self._size = 0
            self._file = self._part(self._count).open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file, delimiter="\t", lineterminator="\n")
            self._rows.writerow(self._columns)
        self._rows.writerow(row)
        self._size += size

    def close(self) -> None:
        """Finish; a part that is the only one loses its number."""
        if self._file is not None:
            self._file.close()
        if self._count == 1:
            self._part(1).rename(self._stem.with_name(f"{self._stem.name}.tsv"))

    def _part(self, number: int) -> Path:
        return self._stem.with_name(f"{self._stem.name}_part_{number}.tsv")


def _cells(release: Release, entry: Entry, index: int) -> Mapping[str, str]:
    lexicon, key = release.lexicon, entry.key
    options = dict.fromkeys(LETTERS, "")
    options |= {LETTERS[i]: plain(text) for i, text in enumerate(entry.options)}
    cells = options | {
        "index": str(index),
        "image": base64.b64encode(entry.png).decode(),
        "question": entry.question,
        "clinical VQA task": lexicon.tasks[entry.task].name,
        "perceptual granularity": GRANULARITY[entry.view],
        "modality": lexicon.modalities[entry.modality].name,
    }
    if key is None:
        return cells
    kind = "CLS" if key.kind == "image" else "SEG"
    return cells | {
        "answer": letters(key.answers),
        "category": plain(entry.label or ""),
        "department": lexicon.departments[key.department].name,
        "original task": f"{kind}_{'2D' if key.planar else '3D'}",
    }
