"""Tab-separated files for VLMEvalKit, with the columns of GMAI-MMBench's files."""

from __future__ import annotations

import binascii
import csv
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import BinaryIO

from benchsmith.release.columns import GRANULARITY, LETTERS, letters
from benchsmith.release.content import content, number
from benchsmith.release.entry import Entry
from benchsmith.release.model import Release

MIN_OPTION_COLUMNS = 5
"""Option columns of GMAI-MMBench's files; there are more if a question has more options."""
COLUMNS_BEFORE = ("index", "image", "question")
COLUMNS_AFTER = ("answer", "category", "clinical VQA task", "department", "perceptual granularity",
          "modality", "original task", "label", "id")  # fmt: skip
COLUMNS = (*COLUMNS_BEFORE, *LETTERS[:MIN_OPTION_COLUMNS], *COLUMNS_AFTER)
PAIR_COLUMNS = ("pair", "altered")
"""Further columns of a benchmark with counterfactual questions."""
SKILL_COLUMN = "skill"
"""A further column of a benchmark that asks for more skills than recognition."""
HIDDEN_COLUMNS = ("answer", "department", "original task", "label", *PAIR_COLUMNS)
"""Columns that are omitted in a hidden split."""
MAX_PART_BYTES = 900_000_000
"""Size limit of a file; the loader splits files over 1 GB again at each start."""
NA_WORDS = {
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}  # fmt: skip
"""Words that pandas, which the loader uses, reads as an empty cell."""
_NUMBER = re.compile(
    r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?|true|false", re.IGNORECASE
)
NO_BREAK = "\N{NO-BREAK SPACE}"


def write(release: Release, folder: Path) -> None:
    """Write `vlmevalkit/<name>_<SPLIT>.tsv`, one row per case; large files are split into parts.

    Questions with several answers are in `<name>_<SPLIT>_several.tsv`: the loader's multiple-choice
    class reads one letter and would score all of them as wrong. The index is a number derived
    from the question's content, because the loader keeps a picture as `<index>.png` and never
    replaces it: with row numbers, it would show pictures of an earlier version. The category, by
    which the tool reports, is the clinical task. A missing option is an empty cell.
    """
    (folder / "vlmevalkit").mkdir()
    for split in release.splits():
        shown = [len(v.entry.options) for v in release.hidden_cases]
        width = max([MIN_OPTION_COLUMNS, *shown, *(len(q.options) for q in release.asked())])
        more: tuple[str, ...] = PAIR_COLUMNS if release.paired else ()
        more += (SKILL_COLUMN,) if release.skilled else ()
        columns = [*COLUMNS_BEFORE, *LETTERS[:width], *COLUMNS_AFTER, *more]
        if split in release.hidden:
            columns = [c for c in columns if c not in HIDDEN_COLUMNS]
        stem = folder / "vlmevalkit" / f"{file_name(release.name)}_{split.upper()}"
        with (
            closing(Parts(stem, columns)) as one,
            closing(Parts(stem.with_name(f"{stem.name}_several"), columns)) as several,
        ):
            taken: set[int] = set()
            for entry in release.entries(split):
                index = number(content(entry.question, entry.options, entry.png))
                while index in taken:
                    index += 1
                taken.add(index)
                cells = _cells(release, entry, index)
                (several if entry.several else one).write([cells[c] for c in columns], entry.png)


def file_name(name: str) -> str:
    """Return a benchmark's name without the words by which VLMEvalKit scores rotated options.

    >>> file_name("gmai-mmbench-2"), file_name("circular-ct")
    ('gmai-mm-bench-2', 'circu-lar-ct')
    """
    return re.sub(r"(?i)(mm|cc)(bench)|(mm)(cr)|(circu)(lar)", _hyphen, name)


def _hyphen(found: re.Match[str]) -> str:
    return "-".join(part for part in found.groups() if part)


def plain(text: str) -> str:
    """Return a cell that pandas reads back as text.

    pandas reads `None` and `NA` as missing and `007` as 7, even in quotes. An appended no-break
    space, which is invisible, prevents that. An empty cell stays empty, and is read as missing.
    """
    if not text:
        return text
    if text.strip() in NA_WORDS or _NUMBER.fullmatch(text.strip()):
        return text + NO_BREAK
    return text


class Parts:
    """A TSV writer that starts a new file at MAX_PART_BYTES.

    A single file is named `<stem>.tsv`, several are numbered. Without rows no file is made.
    """

    def __init__(self, stem: Path, columns: Sequence[str]) -> None:
        self._stem = stem
        self._columns = columns
        self._count = 0
        self._size = 0
        self._file: BinaryIO | None = None

    def write(self, row: Sequence[str], picture: bytes = b"") -> None:
        """Write a row; start a new file first if this one would become too large.

        The picture replaces the row's cell under `image`, in base64.
        """
        size = sum(map(len, row)) + 4 * -(-len(picture) // 3)
        if self._file is None or self._size + size >= MAX_PART_BYTES:
            if self._file is not None:
                self._file.close()
            self._count += 1
            self._size = 0
            self._file = self._part(self._count).open("wb")
            self._file.write(_line(self._columns))
        if picture:
            # base64 has nothing to quote, and `csv` would scan each of its letters, a second per gigabyte
            place = self._columns.index("image")
            before, after = _line([*row[:place], ""])[:-1], b"\t" + _line(row[place + 1 :])
            self._file.writelines((before, binascii.b2a_base64(picture, newline=False), after))
        else:
            self._file.write(_line(row))
        self._size += size

    def close(self) -> None:
        """Close the file; a single part is renamed to have no number."""
        if self._file is not None:
            self._file.close()
        if self._count == 1:
            self._part(1).rename(self._stem.with_name(f"{self._stem.name}.tsv"))

    def _part(self, number: int) -> Path:
        return self._stem.with_name(f"{self._stem.name}_part_{number}.tsv")


def _line(cells: Sequence[str]) -> bytes:
    """Return cells as a line of the file, quoted where they need it."""
    line = StringIO(newline="")
    csv.writer(line, delimiter="\t", lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _cells(release: Release, entry: Entry, index: int) -> Mapping[str, str]:
    lexicon, key = release.lexicon, entry.key
    options = dict.fromkeys(LETTERS, "")
    options |= {LETTERS[i]: plain(text) for i, text in enumerate(entry.options)}
    cells = options | {
        "index": str(index),
        "image": "",
        "question": entry.question,
        "category": lexicon.tasks[entry.task].name,
        "clinical VQA task": lexicon.tasks[entry.task].name,
        "perceptual granularity": GRANULARITY[entry.view],
        "modality": lexicon.modalities[entry.modality].name,
        "id": plain(entry.id),
        SKILL_COLUMN: entry.skill,
    }
    if key is None:
        return cells
    kind = "CLS" if key.kind == "image" else "SEG"
    return cells | {
        "answer": letters(key.answers),
        "department": lexicon.departments[key.department].name,
        "original task": f"{kind}_{'2D' if key.planar else '3D'}",
        "label": plain(entry.label or ""),
        "pair": plain(key.pair),
        "altered": key.altered,
    }
