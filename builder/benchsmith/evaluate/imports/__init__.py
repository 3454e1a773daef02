"""Import answers of other evaluation tools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.imports.matching import Matcher, Row
from benchsmith.evaluate.items import Item

READERS: Mapping[str, str] = {
    ".xlsx": "benchsmith.evaluate.imports.vlmevalkit:excel",
    ".tsv": "benchsmith.evaluate.imports.vlmevalkit:separated",
    ".csv": "benchsmith.evaluate.imports.vlmevalkit:separated",
    ".jsonl": "benchsmith.evaluate.imports.lmms_eval:samples",
    ".json": "benchsmith.evaluate.imports.inspect_logs:whole",
    ".eval": "benchsmith.evaluate.imports.inspect_logs:packed",
}
"""Reader by file extension: VLMEvalKit's tables, lmms-eval's samples, inspect's logs."""
MAX_PROBLEMS_SHOWN = 20


def read(path: Path, items: Iterable[Item]) -> list[Answer]:
    """Return a file's answers to the release's cases.

    Every row must match a case, with the same options up to a rotation. Raises DocumentError with
    the rows that do not.
    """
    where = READERS.get(path.suffix.lower())
    if where is None or not path.is_file():
        what = "the file is missing" if where else f"must be one of {', '.join(READERS)}"
        raise DocumentError([Problem(str(path), 1, what, "")])
    module, function = where.split(":")
    reader: Callable[[Path], Iterable[Row]] = getattr(import_module(module), function)
    matcher = Matcher(items)
    answers: dict[tuple[str, int], Answer] = {}
    problems: list[Problem] = []
    try:
        rows = list(reader(path))
        unsaid = [row for row in rows if row.question and not row.id and not row.split]
        split = matcher.split_of(unsaid) if unsaid else ""
        for row in rows:
            found = matcher.answer(replace(row, split=row.split or split))
            if isinstance(found, str):
                problems.append(Problem(str(path), row.line, found, ""))
            elif (found.case, found.shift) in answers:
                problems.append(Problem(str(path), row.line, f"answers {found.case} again", ""))
            else:
                answers[found.case, found.shift] = found
    except ValueError as error:
        problems.append(Problem(str(path), 1, str(error), ""))
    if not problems and not answers:
        problems.append(Problem(str(path), 1, "contains no answers", ""))
    if problems:
        more = len(problems) - MAX_PROBLEMS_SHOWN
        if more > 0:
            problems = [
                *problems[:MAX_PROBLEMS_SHOWN],
                Problem(str(path), 10**9, f"and {more} more", ""),
            ]
        raise DocumentError(problems)
    return list(answers.values())
