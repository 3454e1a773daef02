"""Reads the files of one entry of a recipe: each row becomes a case, or is left out with its reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from benchsmith.adopt import read_row, row_files
from benchsmith.adopt.cells import has, own_columns, text
from benchsmith.adopt.picture_shelf import Kept
from benchsmith.adopt.read_row import SharedPicture, Wording
from benchsmith.adopt.reading import Reading
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault, Progress
from benchsmith.documents.adoption import PLACE, Rows
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean

MAX_COLUMNS_SHOWN = 30


def read_entry(found: Reading, rule: Rows, number: int, say: Progress) -> None:
    """Read the files of the entry `rows.NUMBER`. Raises DocumentError if it does not fit them."""
    files = files_of(found.data, rule.files)
    if not files:
        say.say(f"rows.{number}: no file matches {', '.join(rule.files)}")
        return
    entry = _Entry(found, rule, number)
    for path in files:
        # a name that is not UTF-8 could not be printed
        shown = os.fsencode(path.relative_to(found.data).as_posix()).decode("utf-8", "replace")
        if not path.resolve().is_relative_to(found.data):
            found.leave_out(shown, DataFault("link-outside", path, ""))
            continue
        before = found.rows
        try:
            entry.read(path, shown)
        except DataFault as fault:
            found.leave_out(shown, fault)
        say.say(f"{shown}: {found.rows - before} rows")
    entry.finish()


def files_of(data: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Return the files of a folder that match a pattern, sorted."""
    found = {path for pattern in patterns for path in data.glob(pattern)}
    return sorted(path for path in found if path.is_file())


class _Entry:
    """The rows of one entry, and those that wait for the picture of another row."""

    def __init__(self, found: Reading, rule: Rows, number: int) -> None:
        self._found, self._rule, self._number = found, rule, number
        self._joined = self._join()
        self._shared: dict[str, Kept | DataFault] = {}
        self._waiting: list[tuple[str, Cells, Wording, str]] = []

    def read(self, path: Path, shown: str) -> None:
        """Read one file. Raises DataFault if it cannot be read to the end."""
        own, columns = own_columns(path, shown), dict[str, None]()
        complete = path.suffix.lower() not in row_files.JSON_ENDINGS
        for line, raw in row_files.rows(
            path, self._rule.at, self._rule.separator, self._rule.encoding
        ):
            cells: Cells = {**self._completion(raw), **raw, **own}
            if complete and not columns:
                self._check_columns(shown, cells)
            columns |= dict.fromkeys(cells)
            self._found.rows += 1
            subject = f"{shown}:{line}"
            try:
                self._row(subject, cells, path)
            except DataFault as fault:
                self._found.leave_out(subject, fault)
        if columns:
            self._check_columns(shown, columns)

    def finish(self) -> None:
        """Add the rows that waited for another row's picture."""
        for subject, cells, wording, value in self._waiting:
            picture = self._shared.get(value)
            try:
                if picture is None:
                    raise DataFault("no-picture", "", f"no row has the picture of {value!r}")
                if isinstance(picture, DataFault):
                    raise picture
                self._found.add(self._rule, subject, cells, wording, picture)
            except DataFault as fault:
                self._found.leave_out(subject, fault)

    def _row(self, subject: str, cells: Cells, path: Path) -> None:
        found, rule = self._found, self._rule
        if not rule.picture.shared_by:
            wording = read_row.wording_of(cells, rule)
            picture = read_row.picture_of(cells, rule, found.shelf, path)
        else:  # other rows may need the picture of a row that is left out
            picture = self._shared_picture(cells, path)
            wording = read_row.wording_of(cells, rule)
        if isinstance(picture, SharedPicture):
            self._waiting.append((subject, cells, wording, picture.value))
        else:
            found.add(rule, subject, cells, wording, picture)

    def _shared_picture(self, cells: Cells, path: Path) -> Kept | SharedPicture:
        """Return a row's picture, and remember it for the rows that share it."""
        key = text(cells, self._rule.picture.shared_by or "")
        try:
            picture = read_row.picture_of(cells, self._rule, self._found.shelf, path)
        except DataFault as fault:
            self._shared.setdefault(key, fault)
            raise
        if isinstance(picture, Kept):
            self._shared.setdefault(key, picture)
        return picture

    def _completion(self, raw: Cells) -> Cells:
        """Return the cells that the joined file has for a row."""
        join = self._rule.join
        if join is None:
            return {}
        try:
            return self._joined.get(text(raw, join.on), {})
        except DataFault:
            return {}

    def _join(self) -> dict[str, Cells]:
        """Return the rows of the joined file by their key; the first of several rows with one key."""
        join = self._rule.join
        if join is None:
            return {}
        rows: dict[str, Cells] = {}
        try:
            for path in files_of(self._found.data, (join.files,)):
                if path.resolve().is_relative_to(self._found.data):
                    for _, cells in row_files.rows(path, join.at):
                        rows.setdefault(text(cells, join.on), cells)
        except DataFault as fault:
            what = f"rows.{self._number}: {join.files} cannot be joined: {fault.detail}"
            raise DocumentError([Problem.without_place(what, "correct `join`")]) from fault
        if not rows.keys() - {""}:
            what = f"rows.{self._number}: no row of {join.files} can be joined by {join.on!r}"
            raise DocumentError([Problem.without_place(what, "correct `join`")])
        return rows

    def _check_columns(self, file: str, columns: Mapping[str, object]) -> None:
        """Raise DocumentError for a column that the recipe needs and no row of the file has."""
        there = [c for c in columns if not c.startswith("_")]
        missing = [c for c in dict.fromkeys(wanted_columns(self._rule)) if not has(columns, c)]
        if missing:
            some = f"it has {', '.join(there[:MAX_COLUMNS_SHOWN])}"
            if len(there) == 1 and any(mark in there[0] for mark in ";,\t|"):
                some = f"its only column is {there[0][:100]!r}: set `separator` in the recipe"
            raise DocumentError(
                [
                    Problem.without_place(
                        f"rows.{self._number}: {file} has no column {column!r}",
                        did_you_mean(column, there) or some,
                    )
                    for column in missing
                ]
            )


def wanted_columns(rule: Rows) -> list[str]:
    """Return the columns that an entry needs: the first of several for pictures, two of several for options."""
    picture, options = rule.picture, rule.options
    named = (rule.split, rule.task, rule.modality, rule.department, rule.granularity, rule.language,
             rule.source)  # fmt: skip
    return [
        rule.question,
        *picture.columns[:1],
        *(m[1] for m in PLACE.finditer(picture.path or "")),
        *([options.column] if options.column else options.columns[:2]),
        *([rule.answer.column] if rule.answer else []),
        *rule.only,
        *rule.open,
        *(c for c in (rule.id, rule.patient, picture.shared_by) if c),
        *(n.column for n in named if n is not None and not isinstance(n, str)),
    ]
