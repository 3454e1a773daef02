"""The first rows of a table, and the content of each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Table
from benchsmith.drafting.recipes.folder_listing import TABLES, Entry
from benchsmith.text import file_endings

MAX_ROWS = 5_000
MAX_BYTES = 64 << 20
"""Tables beyond this size are not opened: a draft takes seconds."""
SOME_LINES = 20
"""Lines of a text file that must have as many spaces, if these part its columns."""
NOTHING = {"absent", "none", "nan", "na", "n/a", "no finding", "unknown", "not a brain"}


@dataclass(frozen=True, slots=True)
class TableView:
    """A table's columns and first rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    separator: str
    """Empty if the ending says it."""
    encoding: str
    unnamed: bool = False
    """Whether the file has no header, so that the columns' names are ours."""

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column, stripped."""
        return [row[column].strip() for row in self.rows]

    @property
    def settings(self) -> dict[str, Any]:
        """The keys of a recipe that say how to read it."""
        found: dict[str, Any] = {"columns": list(self.columns)} if self.unnamed else {}
        found |= {"separator": self.separator} if self.separator else {}
        return found | ({"encoding": self.encoding} if self.encoding != "utf-8" else {})


def view(root: Path, entry: Entry, stems: AbstractSet[str] = frozenset()) -> TableView | str:
    """Return a table's first rows, or why it cannot be read as a table.

    `stems` are the names of pictures, without their endings: a first line with one of them is no header.
    """
    path = root / entry.path
    suffix = path.suffix.lower()
    if suffix not in (*TABLES, ".txt"):
        return "is not a table"
    if path.stat().st_size > MAX_BYTES:
        return f"is larger than {MAX_BYTES >> 20} MiB and was not opened"
    separator, encoding = "", "utf-8"
    if suffix not in (".xlsx", ".json"):
        separator, encoding = _text_form(path, suffix)
    wanted = Table(file="table", key="-", separator=separator or None, encoding=encoding)  # type: ignore[arg-type]
    try:
        rows = [cells for _, cells in islice(text_tables.rows(path, wanted), MAX_ROWS)]
        unnamed = bool(rows) and suffix != ".json" and _is_data(rows[0], stems)
        if unnamed:
            names = tuple(f"column {n}" for n in range(1, len(rows[0]) + 1))
            wanted = wanted.model_copy(update={"columns": names})
            rows = [cells for _, cells in islice(text_tables.rows(path, wanted), MAX_ROWS)]
    except DataFault as fault:
        return fault.detail
    if not rows or (suffix == ".txt" and len(rows[0]) < 2):
        return "has no rows"
    return TableView(entry.path, tuple(rows[0]), tuple(rows), separator, encoding, unnamed)


def _is_data(header: Iterable[str], stems: AbstractSet[str]) -> bool:
    """Return whether the cells of a first line name a picture, so that it is no header."""
    cells = [PurePosixPath(c.strip().replace("\\", "/")).name for c in header]
    return any(c in stems or file_endings.without_ending(c) in stems for c in cells if c)


def _text_form(path: Path, suffix: str) -> tuple[str, str]:
    """Return the separator, empty if the ending says it, and the encoding of a text file."""
    head = path.open("rb").read(1 << 16)
    encoding = "utf-8"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        try:
            head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "latin-1"
    lines = head.decode(encoding, "replace").lstrip("\ufeff").splitlines()
    line = lines[0] if lines else ""
    usual = "\t" if suffix in (".tsv", ".tab") else ","
    counts = {s: line.count(s) for s in (usual, *",;\t|")}
    best = max(counts, key=lambda s: (counts[s], s == usual))
    spaces = {each.strip().count(" ") for each in lines[:SOME_LINES]}
    if not counts[best] and suffix == ".txt" and len(spaces) == 1 and min(spaces) > 0:
        return " ", encoding
    return ("" if best == usual or not counts[best] else best), encoding


def separator_of(cells: Sequence[str], known: set[str]) -> str:
    """Return the separator of several labels in one cell, or an empty string."""
    for mark in ("|", "\uff0c", ";", ","):
        joined = [c for c in cells if mark in c]
        if not joined:
            continue
        parts = {p.strip() for c in joined for p in c.split(mark)}
        alone = {c for c in cells if mark not in c}
        if mark in "|\uff0c" or parts & alone or sum(p in known for p in parts) > len(parts) / 2:
            return mark
    return ""


def quotation_mark_of(cells: Sequence[str]) -> str:
    """Return the quotation mark of cells that are lists, or an empty string.

    >>> quotation_mark_of(["['mass', 'nodule']", "[]", ""]), quotation_mark_of(["[mass]"])
    ("'", '')
    """
    lists = [c for c in cells if c and c != "[]"]
    for mark in "'\"":
        if lists and all(c.startswith(f"[{mark}") and c.endswith(f"{mark}]") for c in lists):
            return mark
    return ""
