"""What the rows of an adopted benchmark state about persons and files, and the set's own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from benchsmith.adopt.adopted_case import AdoptedCase
from benchsmith.adopt.row_files import Cells
from benchsmith.audits.public_texts import program_text
from benchsmith.audits.sought_identifiers import NAMES_OF, Sought
from benchsmith.audits.word_forms import WORD
from benchsmith.documents.adoption import PLACE, Rows
from benchsmith.text.personal_fields import is_table_column
from benchsmith.text.personal_text import states_person

MIN_DIGITS = 6
"""Digits of a cell that is a number: the counts in a release are as large as the numbers of rows."""
MAX_CELL = 1_000
"""Characters of a cell; a longer one is a text or a picture."""
SEVERAL = ""


@dataclass(slots=True)
class PersonalCells:
    """Values of rows that no release may have, each with its kind, and the words of questions."""

    values: dict[str, str] = field(default_factory=dict)
    _users: dict[str, str] = field(default_factory=dict)
    """By word of a question or option, the patient or picture that it is said of, or SEVERAL."""
    _labels: set[str] = field(default_factory=set)
    """Splits, tasks, modalities and the like, which the recipe publishes."""

    def add(self, rule: Rows, cells: Cells, case: AdoptedCase) -> None:
        """Add the cells of an adopted row."""
        said = (case.wording.question, *case.wording.options)
        for word in {word for text in said for word in WORD.findall(text)}:
            if self._users.setdefault(word, case.patient) != case.patient:
                self._users[word] = SEVERAL
        labels = (case.split, case.task, case.modality, case.department, case.language, case.source)
        self._labels.update(labels)
        for value, kind in _of_row(rule, cells):
            if value not in said and (len(value) >= MIN_DIGITS or not value.isdigit()):
                self.values.setdefault(value, kind)

    def sought(self, public: str) -> Sought:
        """Return the values as they are searched for: without words of a public text and the set's own words.

        The set's own words are those stated of several persons, or of several pictures if the recipe
        names no column of the patient.
        """
        own = sorted(word for word, user in self._users.items() if user == SEVERAL)
        return Sought(self.values, "\n".join((public, *own, *sorted(self._labels))), program_text())


def _of_row(rule: Rows, cells: Cells) -> Iterator[tuple[str, str]]:
    """Yield the names of a row's patient, picture and file, and its cells about persons."""
    places = {match[1] for match in PLACE.finditer(rule.picture.path or "")}
    of_question = {
        rule.question,
        rule.options.column,
        *rule.options.columns,
        rule.answer and rule.answer.column,
    }
    for column, cell in _cells(cells):
        if column == rule.patient:
            yield cell, f"{NAMES_OF}a patient"
        elif column == rule.id:
            yield cell, f"{NAMES_OF}a row"
        elif (
            column in places or column in ("_file", "_folder", "_stem") or column.endswith(".path")
        ):
            for name in PurePosixPath(cell).parts:
                yield name, f"{NAMES_OF}a file or folder"
        elif column not in of_question and (is_table_column(column) or states_person(cell)):
            yield cell, f"{NAMES_OF}somebody in a table"


def _cells(cells: Cells, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield texts and whole numbers with the name of their column; those within columns have a dot."""
    for name, value in cells.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{before}{name}.")
        elif isinstance(value, str | int) and 0 < len(text := str(value).strip()) <= MAX_CELL:
            yield f"{before}{name}", text
