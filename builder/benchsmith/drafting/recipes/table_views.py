"""The first rows of a table, and what each of its columns holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Table
from benchsmith.drafting.recipes import several_readers
from benchsmith.drafting.recipes.folder_listing import TABLES, Entry
from benchsmith.drafting.recipes.name_words import tokens

MAX_ROWS = 5_000
MAX_BYTES = 64 << 20
"""Tables beyond this size are not opened: a draft takes seconds."""
MOST_WORDS = 300
FEW_ROWS = 6
MANY_HOT = 4
"""This many columns of 0 and 1 are labels of one list, whatever their names."""
ONE_HOT = {"0", "1", "", "0.0", "1.0", "-1", "-1.0", "true", "false", "yes", "no"}
PATIENT = {"patient", "patientid", "patients", "subject", "lesion", "person", "participant", "case"}
AGE, SEX = {"age"}, {"sex", "gender"}
SIDE = {"laterality", "eye", "side"}
VIEW = {"view", "position", "projection", "frontal"}
SITE = {"site", "localization", "location", "region", "anatom", "anatomy", "bodypart", "organ"}
SPLIT = {"split", "fold", "subset", "usage", "partition"}
LABEL = {
    "label", "labels", "diagnosis", "diagnostic", "dx", "class", "finding", "findings", "grade",
    "level", "category", "stage", "disease", "target", "type", "plane", "keywords", "severity",
    "risk", "pathology",
}  # fmt: skip
NOTHING = {"absent", "none", "nan", "na", "n/a", "no finding", "unknown", "not a brain"}
_SKIPPED = {
    "width", "height", "date", "time", "url", "path", "file", "filename", "image", "img", "id",
    "uid", "index", "spacing", "confidence", "score", "size", "area", "follow", "number", "rows",
    "columns", "depth", "hash", "md5", "comment", "notes", "version", "camera", "device",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableView:
    """A table's columns and first rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    separator: str
    """Empty if the ending says it."""
    encoding: str

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column, stripped."""
        return [row[column].strip() for row in self.rows]

    @property
    def settings(self) -> dict[str, str]:
        """The keys of a recipe that tell how to read it."""
        found = {"separator": self.separator} if self.separator else {}
        return found | ({"encoding": self.encoding} if self.encoding != "utf-8" else {})


def view(root: Path, entry: Entry) -> TableView | str:
    """Return a table's first rows, or why it cannot be read as a table."""
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
    except DataFault as fault:
        return fault.detail
    if not rows or (suffix == ".txt" and len(rows[0]) < 2):
        return "has no rows"
    return TableView(entry.path, tuple(rows[0]), tuple(rows), separator, encoding)


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
    line = head.decode(encoding, "replace").lstrip("\ufeff").split("\n", 1)[0]
    usual = "\t" if suffix in (".tsv", ".tab") else ","
    counts = {s: line.count(s) for s in (usual, *",;\t|")}
    best = max(counts, key=lambda s: (counts[s], s == usual))
    return ("" if best == usual or not counts[best] else best), encoding


def role(table: TableView, column: str, key: str) -> str:
    """Return what a column holds: ``patient``, ``age``, ..., ``reader``, ``one-hot``, ``label`` or empty."""
    words = set(tokens(column)) | {re.sub(r"[\W_\d]+", "", column.lower())}
    cells = table.cells(column)
    filled = [c for c in cells if c]
    if _is_one_hot(cells) and sum(_is_one_hot(table.cells(c)) for c in table.columns) >= MANY_HOT:
        return "one-hot"
    for name, known in (
        ("patient", PATIENT), ("age", AGE), ("sex", SEX), ("laterality", SIDE), ("official", SPLIT),
        ("view", VIEW), ("site", SITE), ("reader", several_readers.WORDS),
    ):  # fmt: skip
        if words & known and (name != "site" or not words & LABEL):
            return name
    if not filled:
        return ""
    if "method" in words:
        return ""  # how a label was made is none
    keys = table.cells(key)
    if any(k and k in c for k, c in zip(keys, cells, strict=True)):
        return ""
    if _is_one_hot(cells) and not words & LABEL:
        return "one-hot"
    distinct = set(filled)
    if words & LABEL and len(distinct) <= MOST_WORDS:
        return "label"
    if words & _SKIPPED or (all(_number(c) for c in filled) and len(distinct) > 12):
        return ""
    ids = sum(any(ch.isdigit() for ch in c) for c in distinct) > len(distinct) / 2
    few = len(distinct) <= max(2, min(MOST_WORDS, len(filled) / 2)) or len(filled) <= FEW_ROWS
    return "label" if few and not (ids and len(filled) > FEW_ROWS and len(distinct) > 20) else ""


def _is_one_hot(cells: Sequence[str]) -> bool:
    return any(cells) and {c.lower() for c in cells} <= ONE_HOT


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def codes(cells: Sequence[str]) -> bool:
    """Return whether cells are numbers that stand for names."""
    return all(_number(c) for c in cells if c)


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
