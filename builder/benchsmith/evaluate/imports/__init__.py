"""Import answers of other evaluation tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.imports import (
    harness_logs,
    inspect_logs,
    plain_table,
    records,
    vlmevalkit,
)
from benchsmith.evaluate.imports.matching import Matcher, Row
from benchsmith.evaluate.items import Item

ENDINGS = (".xlsx", ".tsv", ".csv", ".jsonl", ".json", ".eval", ".pkl")
MAX_PROBLEMS_SHOWN = 20
MEND = "export the release again, so that the tool's log has the ids"


def read(
    paths: Sequence[Path], items: Iterable[Item], columns: Mapping[str, str] | None = None
) -> list[Answer]:
    """Return the answers in files of one model to the release's cases.

    `columns` says which column of a table means what: see :mod:`.plain_table`; without it the format
    is recognised. Every row must match a case by its id, by VLMEvalKit's index, or by its words, and
    its options may be rotated. Raises DocumentError with the rows that do not.
    """
    matcher = Matcher(items)
    answers: dict[tuple[str, int], Answer] = {}
    problems: list[Problem] = []
    for path in paths:
        before = len(problems), len(answers)
        try:
            for row in rows(path, columns or {}):
                found = matcher.answer(row)
                if isinstance(found, str):
                    mend = MEND if found.endswith("no ids") else ""
                    problems.append(Problem(str(path), row.line, found, mend))
                elif answers.setdefault((found.case, found.shift), found) != found:
                    what = f"answers {found.case} a second time, with another answer"
                    problems.append(Problem(str(path), row.line, what, ""))
        except ValueError as error:
            problems.append(Problem(str(path), 1, str(error), ""))
        if before == (len(problems), len(answers)) and not answers:
            problems.append(Problem(str(path), 1, "contains no answers", ""))
    if problems:
        more = len(problems) - MAX_PROBLEMS_SHOWN
        if more > 0:
            last = Problem(problems[-1].file, problems[-1].line, f"and {more} more", "")
            problems = [*problems[:MAX_PROBLEMS_SHOWN], last]
        raise DocumentError(problems)
    return list(answers.values())


def rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises DocumentError for a missing file or another ending, and ValueError for other content.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS or not path.is_file():
        what = (
            "the file is missing" if ending in ENDINGS else f"must be one of {', '.join(ENDINGS)}"
        )
        raise DocumentError([Problem(str(path), 1, what, "")])
    if ending == ".eval":
        yield from inspect_logs.packed(path)
    elif ending == ".pkl":
        yield from vlmevalkit.pickled(path)
    elif ending == ".json":
        yield from _document(path, columns)
    else:
        yield from _listed(records.read(path), columns)


def is_log(path: Path) -> bool:
    """Return whether a file is a tool's log, and not a plain table of ids and answers."""
    ending = path.suffix.lower()
    if ending in (".eval", ".pkl"):
        return True
    try:
        if ending == ".json":
            value = records.document(path)
            found = value[0] if isinstance(value, list) and value else value
            return isinstance(found, dict) and ("samples" in found or _is_known(found))
        if ending in ENDINGS and path.is_file():
            return any(_is_known(values) for _, values in islice(records.read(path), 1))
    except (ValueError, OSError):
        pass  # the reader of plain tables says what is wrong
    return False


def _is_known(values: records.Record) -> bool:
    return harness_logs.is_sample(values) or vlmevalkit.is_prediction(values)


def _document(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    value = records.document(path)
    if isinstance(value, list):
        yield from _listed(((n, records.record(v, n)) for n, v in enumerate(value, 1)), columns)
    else:
        yield from inspect_logs.whole(value)


def _listed(
    found: Iterable[tuple[int, records.Record]], columns: Mapping[str, str]
) -> Iterator[Row]:
    for line, values in found:
        if columns:
            yield plain_table.row(line, values, columns)
        elif harness_logs.is_sample(values):
            yield harness_logs.row(line, values)
        elif vlmevalkit.is_prediction(values):
            yield vlmevalkit.row(line, values)
        else:
            yield plain_table.row(line, values, {})
