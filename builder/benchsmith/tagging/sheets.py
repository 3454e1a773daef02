"""The sheets that annotators fill in: written as TSV, read in the formats that spreadsheets save."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.votes import axes
from benchsmith.tagging.assign_voters import Item
from benchsmith.text.spreadsheet_cells import plain

COLUMNS = (
    "label", "name", "parent", "synonyms", "mesh", "modality", "task", "department", "time", "note",
)  # fmt: skip
ANSWER_COLUMNS = ("label", "modality", "task", "department", "time")
"""Columns that are read back; the others inform the annotator."""
CHOICES = "choices.tsv"
CHOICE_COLUMNS = ("axis", "id", "name", "note")
_NAME = re.compile(r"(?P<round>[^.]+)\.(?P<annotator>[^.]+)\.(tsv|txt|csv)")


def write(
    folder: Path,
    name: str,
    assigned: Mapping[Item, tuple[str, ...]],
    lexicon: Lexicon,
    problems: Problems,
) -> dict[str, int]:
    """Write `ROUND.ANNOTATOR.tsv` for each annotator and the list of choices.

    Returns the number of rows by annotator. An existing sheet with other content is a problem,
    since it may contain votes; then nothing is written.
    """
    sheets: dict[Path, tuple[tuple[str, ...], list[dict[str, str]]]] = {
        folder / CHOICES: (CHOICE_COLUMNS, list(_choices(lexicon)))
    }
    loads: dict[str, int] = {}
    for person in sorted({a for people in assigned.values() for a in people}):
        items = [item for item, people in assigned.items() if person in people]
        sheets[folder / f"{name}.{person}.tsv"] = (COLUMNS, _rows(items, lexicon))
        loads[person] = len(items)
    for path, (columns, rows) in sheets.items():
        if path.name != CHOICES and path.exists() and not _same(path, columns, rows):
            hint = "collect its votes first, or write to another folder"
            problems.add(path, 1, "already exists with other rows or with votes", hint)
    if not problems.found:
        folder.mkdir(parents=True, exist_ok=True)
        for path, (columns, rows) in sheets.items():
            tsv.write(path, columns, rows)
    return loads


def _same(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> bool:
    there = tsv.collect(path, columns, Problems(path.parent))
    return [dict(row.cells) for row in there] == rows


def _choices(lexicon: Lexicon) -> Iterator[dict[str, str]]:
    for axis, terms in axes(lexicon).items():
        for term in terms:
            yield {"axis": axis, "id": term.id, "name": term.name, "note": term.note}


def _rows(items: Iterable[Item], lexicon: Lexicon) -> list[dict[str, str]]:
    """Return a sheet's rows, sorted so that labels of one branch of the tree are adjacent."""
    labels = lexicon.labels
    rows = []
    for label, modality in sorted(items, key=lambda i: (labels.lineage(i[0])[::-1], i[1])):
        term = labels[label]
        rows.append(
            {
                "label": label,
                "name": term.name,
                "parent": labels[term.parent].name if term.parent in labels else "",
                "synonyms": tsv.LIST_SEPARATOR.join(term.synonyms),
                "mesh": term.mesh,
                "modality": modality,
                "task": "",
                "department": "",
                "time": "",
                "note": term.note,
            }
        )
    return rows


def find(folder: Path, names: Iterable[str], problems: Problems) -> list[tuple[Path, str, str]]:
    """Return the sheets of some rounds in a folder: file, round, annotator.

    A table whose name does not fit these rounds is a problem; no table is skipped silently.
    """
    if not folder.is_dir():
        problems.add(folder, 1, "there is no such folder")
        return []
    rounds, found = list(names), []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".tsv", ".txt", ".csv") or path.name == CHOICES:
            if path.suffix in (".xlsx", ".xls", ".ods", ".numbers"):
                problems.add(path, 1, "is in a spreadsheet format", "save it as tab-separated text")
            continue
        match = _NAME.fullmatch(path.name)
        if match is None:
            problems.add(path, 1, "is not named like a sheet", f"name it {rounds[0]}.ANNOTATOR.tsv")
        elif match["round"] not in rounds:
            hint = did_you_mean(match["round"], rounds) or f"`tag collect {match['round']}`"
            problems.add(path, 1, f"belongs to the round {match['round']!r}", hint)
        else:
            found.append((path, match["round"], match["annotator"]))
    if not found and not problems.found:
        problems.add(folder, 1, "contains no sheet", f"sheets are named {rounds[0]}.ANNOTATOR.tsv")
    return found


def collect(path: Path, problems: Problems) -> list[tsv.Row]:
    """Return a filled-in sheet's rows, adding every problem to `problems`.

    Accepts what spreadsheets save: UTF-8 or UTF-16, with or without a byte-order mark, any line
    endings, quoted cells, columns in any order, empty cells omitted at the end of a line, separated
    by tabs, semicolons or commas.
    """
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(path, line, f"is not {encoding[:6].upper()}", "save it as Unicode text")
        return []
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    separator = next((s for s in "\t;," if s in first), "\t")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tsv.Row] = []
    header: list[str] = []
    line = 1
    try:
        for read_cells in reader:
            cells = [plain(cell.strip()) for cell in read_cells]
            if not header:
                header = [cell.casefold() for cell in cells]
                missing = [n for n in ANSWER_COLUMNS if n not in header]
                for name in missing:
                    problems.add(path, line, f"column {name!r} is missing")
                if missing:
                    return []
            elif any(cells[len(header) :]):
                problems.add(path, line, f"has {len(cells)} cells instead of {len(header)}")
            elif any(cells):
                filled = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
                rows.append(tsv.Row(path, line, filled))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add(path, line, f"cannot be read: {error}", "save it as tab-separated text")
    if not header:
        problems.add(path, 1, "is empty", f"start with the header {' '.join(COLUMNS)}")
    return rows
