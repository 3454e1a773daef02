"""Labels of whole pictures: from a table, from the picture's path, or from its own file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from benchsmith.annotations.table_columns import need
from benchsmith.core.absent_labels import ANY_LABEL, DeniedLabels
from benchsmith.core.contracts import Annotations, DataFault, Fault, Request, SheetRow, Stated
from benchsmith.documents.labels import Arrays, Columns, Constant, Path, Sheet, Table
from benchsmith.text import path_patterns
from benchsmith.text.one_hot_cells import NO, YES, plain
from benchsmith.text.spreadsheet_cells import unsure

SHOWN = 5
"""Labels that a message names."""
SHOWN_CHARACTERS = 60


def read(labels: Sheet, request: Request) -> Annotations:
    """Read the labels in one picture's row; `silent` cells are skipped."""
    if labels.only_selects:
        return Annotations()
    file = path_patterns.fill(labels.file, request.fields)
    row = one_row(labels, request)
    at = f"{file}:{row.line}"
    need(row.cells, (*labels.labels, *labels.one_hot), file)
    stated, faults = _labels_of(labels, row.cells, at, labels.delimiter)
    states = {column: _state(labels, row, column) for column in labels.one_hot}
    perhaps = tuple(column for column, state in states.items() if state is None)
    present = [column for column, state in states.items() if state]
    stated += [Stated(column, labels.group, at, perhaps=perhaps) for column in present]
    if perhaps and not present:
        faults.append(_undecided(at, perhaps, labels.group, perhaps))
    cells = [row.cells[c].strip() for c in labels.one_hot]
    # a row without a single mark was not filled in
    absent = set(labels.one_hot).difference(present, perhaps) if any(cells) else ()
    return Annotations(stated=stated, faults=faults, denied=_denied(present, absent, labels.group))


def _denied(present: Collection[object], absent: Iterable[str], group: str) -> list[DeniedLabels]:
    """Return the list in which no label is true, if none is `present` and some are `absent`."""
    labels = tuple(sorted(absent))
    return [DeniedLabels(group=group, labels=labels)] if labels and not present else []


def _state(labels: Sheet, row: SheetRow, column: str) -> bool | None:
    """Return whether a one-hot cell states that its label is present; None if it states neither.

    Without `present` and `absent`, cells of a column whose coding is not understood state neither.
    """
    cell = row.cells[column]
    if labels.present:
        if cell.strip() in labels.present:
            return True
        return False if cell.strip() in labels.absent else None
    if column in row.unclear:
        return None
    if plain(cell) in YES:
        return True
    return False if plain(cell) in NO else None


def _undecided(at: str, words: Sequence[str], group: str, labels: tuple[str, ...]) -> Fault:
    """Return the fault of a row that states no label as present, and leaves some undecided.

    `words` name the undecided `labels` in the message.
    """
    shown = ", ".join(words[:SHOWN]) + (" and others" if len(words) > SHOWN else "")
    what = f"no label is present, and it is not stated whether {shown} is"
    return Fault("not-looked-for", at, what, group=group, labels=labels)


def _labels_of(
    labels: Sheet | Columns, cells: Mapping[str, str], at: str, delimiter: str | None
) -> tuple[list[Stated], list[Fault]]:
    stated: list[Stated] = []
    faults: list[Fault] = []
    for column in labels.labels:
        cell = cells[column]
        parts = cell.split(delimiter) if delimiter else [cell]
        for word in dict.fromkeys(part.strip() for part in parts):
            if word in labels.silent:
                continue
            named = labels.values is not None and word in labels.values
            if not named and (doubt := unsure(word)):
                detail = f"{column} is {word[:SHOWN_CHARACTERS]!r}, {doubt}; write the word, or add it to `values` or `silent`"
                faults.append(Fault("value-without-name", at, detail, group=column))
                continue
            if labels.values is not None and not named:
                detail = f"{column} is {word!r}, which `values` does not have; add it there or to `silent`"
                faults.append(Fault("value-without-name", at, detail, group=column))
                continue
            raw = labels.values[word] if labels.values is not None else word
            stated.append(Stated(raw, column, at))
    return stated, faults


def one_row(labels: Table, request: Request) -> SheetRow:
    """Return this picture's only row of a table. Raises DataFault."""
    rows = request.rows.get(labels.rows_id, ())
    file = path_patterns.fill(labels.file, request.fields)
    if not rows:
        raise DataFault("file-missing", file, f"has no row for {request.fields['key']!r}")
    if len(rows) > 1:
        lines = ", ".join(str(r.line) for r in rows[:5])
        raise DataFault("header", file, f"lines {lines} are all of {request.fields['key']!r}")
    return rows[0]


def read_path(labels: Path, request: Request) -> Annotations:
    """Read the label in the picture's own path."""
    value = request.fields.get(labels.field)
    at = request.show(request.path)
    if value is None:
        raise DataFault("header", at, f"the pattern has no {{{labels.field}}}")
    if labels.names is not None and value not in labels.names:
        fault = Fault("value-without-name", at, f"{value!r} is not in `names`; add it")
        return Annotations(faults=[fault])
    raw = labels.names[value] if labels.names is not None else value
    return Annotations(stated=[Stated(raw, labels.group or labels.field, at)])


def read_constant(labels: Constant, request: Request) -> Annotations:
    """State the label that all pictures of an entry have."""
    return Annotations(stated=[Stated(labels.label, labels.group, request.show(request.path))])


def read_arrays(labels: Arrays, request: Request) -> Annotations:
    """Read the classes of a picture of an .npz file, as a number or one-hot.

    Of one-hot columns 1 is present and 0 absent; a label with any other value is unknown.
    """
    row = [float(value) for value in request.own_labels()]
    at = f"{request.show(request.path)} {request.part}"
    perhaps: tuple[str, ...] = ()
    denied: list[DeniedLabels] = []
    if len(row) == 1:
        numbers = row
    else:
        if max(labels.names) >= len(row):
            what = f"has {len(row)} columns of labels, and `names` has a column {max(labels.names)}"
            raise DataFault("header", request.path, what)
        if min(labels.names) < 0:
            what = f"has {len(row)} columns of labels from 0, and `names` has a column {min(labels.names)}"
            raise DataFault("header", request.path, what)
        numbers = [float(i) for i, value in enumerate(row) if value == 1]
        perhaps = tuple(
            labels.names.get(i, ANY_LABEL) for i, v in enumerate(row) if v not in (0, 1)
        )
        absent = [name for i, name in labels.names.items() if row[i] == 0]
        denied = _denied(numbers, absent, labels.group)
    if perhaps and not numbers:
        words = [f"column {i}" for i, v in enumerate(row) if v not in (0, 1)]
        undecided = [_undecided(at, words, labels.group, perhaps)]
        return Annotations(faults=undecided, denied=denied)
    return Annotations(
        stated=[
            Stated(labels.names[int(n)], labels.group, at, perhaps=perhaps)
            for n in numbers
            if n in labels.names
        ],
        faults=[
            Fault("value-without-name", at, f"class {n:g} has no name; add it to `names`")
            for n in numbers
            if n not in labels.names
        ],
        denied=denied,
    )


def read_columns(labels: Columns, request: Request) -> Annotations:
    """Read the labels in the picture's own row of a Parquet file."""
    cells = request.own_labels()
    at = f"{request.show(request.path)} row {request.part}"
    for column in labels.labels:
        if column not in cells:
            raise DataFault("header", at, f"there is no column {column!r} of texts or numbers")
    stated, faults = _labels_of(labels, cells, at, None)
    return Annotations(stated=stated, faults=faults)
