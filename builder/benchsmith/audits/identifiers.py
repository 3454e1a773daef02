"""Search a release for identifiers of the sources; none may be published.

Identifiers are names of people, institutions and devices, numbers and days of patients and studies, and
free texts, in the headers of the files that were used (PS3.15 table E.1-1), in their label files and in
the rows of tables, and the sources' own names of patients, samples, files and folders. Words that occur in
the project's public documents are not identifiers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from benchsmith.audits.byte_texts import Said, texts_of_text
from benchsmith.audits.label_words import public_labels
from benchsmith.audits.letter_escapes import unescaped
from benchsmith.audits.letter_looks import looks_of
from benchsmith.audits.public_texts import program_text
from benchsmith.audits.release_texts import joined, texts_of
from benchsmith.audits.shown_hits import Place, place_of
from benchsmith.audits.sought_columns import kinds_in_column
from benchsmith.audits.sought_identifiers import NAMES_OF, Sought
from benchsmith.audits.sought_paths import SoughtPaths
from benchsmith.audits.table_texts import Numbers
from benchsmith.core.contracts import DataFault
from benchsmith.stages.units import Unit
from benchsmith.text.personal_fields import PERSON_NAMES, is_table_column
from benchsmith.text.personal_text import states_person

SEARCHED_CHARACTERS = 1 << 20
"""Characters of a file that are searched at once: a word that occurs often is looked up once."""
MAX_ESCAPES = 3
"""Escapes in one another that are taken off."""


SOMEBODY = f"{NAMES_OF}somebody in a table"
NO_PATHS = SoughtPaths((), "")


class Hit(NamedTuple):
    """An identifier found in a file of a release; the identifier itself is not kept."""

    file: str
    kind: str
    """Where the source has it: a header field, or ``the name of a sample``."""


class Searched(NamedTuple):
    """What a search found, and what it could not search for."""

    hits: list[Hit]
    unread: list[str]
    """Files whose headers could not be searched, each with the reason."""
    places: list[Place]
    """Where each hit stands, with the word."""


def search(
    folder: Path,
    units: Sequence[Unit],
    label_files: Mapping[str, Sequence[Path]],
    read: Callable[[Path], Mapping[str, str]],
    public: str,
    labels: Iterable[str] = (),
) -> Searched:
    """Search a release folder for the identifiers of the units that its pictures come from.

    `label_files` has the files of a sample's labels, `labels` are those of the release in the source's words. `read` returns the identifiers in a file's header,
    each with its field, and raises DataFault for one that cannot be searched.
    """
    roots = {root for unit in units for root in unit.roots.values()}
    values = {Path(os.path.realpath(root)).name: f"{NAMES_OF}a folder" for root in roots}
    unread: dict[Path, str] = {}
    read_files: set[Path] = set()
    for unit in units:
        for value, kind in _names(unit):
            values.setdefault(value, kind)
        for path in (unit.path, *label_files.get(unit.sample, ()), *_workbooks(unit)):
            if path in read_files:
                continue
            read_files.add(path)
            within = path.iterdir() if path.is_dir() else ()
            for name in (*Path(unit.show(path)).parts, *(one.name for one in within)):
                values.setdefault(name.rpartition(":")[2], f"{NAMES_OF}a file or folder")
            try:
                for value, kind in read(path).items():
                    values.setdefault(value, kind)
            except DataFault as fault:
                unread[path] = f"{unit.source}/{unit.show(path)}: {fault.detail}"
    persons = [value for value, kind in values.items() if kind in PERSON_NAMES or kind == SOMEBODY]
    patients = {unit.patient.partition("/")[2] for unit in units}
    public = f"{public}\n{public_labels(labels, patients, persons)}"
    real = {Path(os.path.realpath(root)) for root in roots}
    paths = SoughtPaths({Path.cwd(), *map(Path.absolute, roots), *real}, public)
    sought = Sought(values, public, program_text())
    hits = scan(folder, sought, paths)

    def in_text(text: str) -> set[str]:
        return kinds_in([text], sought, paths)

    places = [place_of(folder / hit.file, hit.kind, in_text) for hit in hits]
    return Searched(hits, sorted(unread.values()), places)


def _workbooks(unit: Unit) -> Iterator[Path]:
    """Yield the workbooks of a unit's tables, whose sheets and comments have names; their rows are the unit's."""
    for table in map(_file_of, unit.rows):
        if table.lower().endswith(".xlsx"):
            yield from (path for path, _ in unit.find(table))


def _file_of(rows_id: str) -> str:
    """Return the file of a table; after it, the id of its rows states which rows are meant."""
    return rows_id.partition(" {'")[0]


def _names(unit: Unit) -> Iterator[tuple[str, str]]:
    """Yield the names that a source gives to a unit, and the cells of its rows that name a person."""
    stated, written = {*unit.about.values(), ""}, set[str]()
    yield unit.patient.partition("/")[2], f"{NAMES_OF}a patient"
    yield unit.key, f"{NAMES_OF}a sample"
    for table, rows in unit.rows.items():
        for part in Path(_file_of(table).rpartition(":")[2]).parts:
            if "{" not in part:
                yield part, f"{NAMES_OF}a file or folder"
        for row in rows:
            for column, cell in row.cells.items():
                if cell in stated or cell in written:
                    continue
                written.add(cell)
                if is_table_column(column) or states_person(cell):
                    yield cell, SOMEBODY


def scan(folder: Path, sought: Sought, paths: SoughtPaths = NO_PATHS) -> list[Hit]:
    """Search every file of a folder, and the names of files and folders."""
    hits: set[Hit] = set()
    if not sought and not paths:
        return []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        said = chain([name], texts_of(path) if path.is_file() else ())
        hits |= {Hit(name, kind) for kind in kinds_in(said, sought, paths)}
    return sorted(hits)


def kinds_in(said: Iterable[Said], sought: Sought, paths: SoughtPaths = NO_PATHS) -> set[str]:
    """Return the kinds of the identifiers in texts and numbers."""
    found, numbers = set[str](), list[Numbers]()
    # as lines of a few long texts: no word extends over the end of a line
    for text in joined(_texts(said, numbers), SEARCHED_CHARACTERS, "\n"):
        # both raw and unescaped: an escape hides a name, and a name may look like an escape
        for form in _forms(text):
            found |= sought.kinds_in(form) | paths.kinds_in(form)
    return found.union(*(kinds_in_column(sought, column) for column in numbers))


def _texts(said: Iterable[Said], numbers: list[Numbers]) -> Iterator[str]:
    """Yield the texts, and append the numbers to a list."""
    for one in said:
        if isinstance(one, Numbers):
            numbers.append(one)
        else:
            yield one


def _forms(text: str) -> Iterator[str]:
    """Yield a text, what it reads like, and what it says without its escapes, and theirs."""
    yield text
    yield from looks_of(text)
    for _ in range(MAX_ESCAPES):
        text = unescaped(text)
        if not text:
            return
        for plain in _texts(texts_of_text(text), []):
            yield plain
            yield from looks_of(plain)
