"""Predictions: a table with the columns id and answer, in one of several formats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Sheet
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xlsx")


def read(path: Path) -> dict[str, str]:
    """Return the answer of each id; an id may be repeated with the same answer.

    Raises DocumentError with all problems.
    """
    found: dict[str, tuple[int, str]] = {}
    problems: list[Problem] = []
    for line, row in _rows(path):
        id_, answer = row["id"].strip(), row["answer"].strip()
        if not id_:
            problems.append(Problem(str(path), line, "a prediction has no id"))
        elif id_ in found and found[id_][1].casefold() != answer.casefold():
            first = found[id_][0]
            problems.append(Problem(str(path), line, f"{id_} has another answer in line {first}"))
        else:
            found.setdefault(id_, (line, answer))
    if problems:
        raise DocumentError(problems)
    return {id_: answer for id_, (_, answer) in found.items()}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number, and the columns id and answer, of each row."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        hint = did_you_mean(ending, ENDINGS) or "use " + ", ".join(ENDINGS)
        raise DocumentError(
            [Problem(str(path), 1, f"predictions cannot be read from {ending!r}", hint)]
        )
    if not path.is_file():
        raise DocumentError([Problem(str(path), 1, "the file is missing")])
    if ending == ".parquet":
        yield from enumerate(_parquet(path, ("id", "answer")), start=1)
        return
    if ending == ".jsonl":
        lines = _json_lines(path)
    else:
        how = Sheet(kind="sheet", file=path.name, key="id", labels=("answer",))
        lines = text_tables.rows(path, how)
    try:
        for line, row in lines:
            _require(path, row, ("id", "answer"))
            yield line, {name: row[name] for name in ("id", "answer")}
    except DataFault as fault:
        raise DocumentError([Problem(str(path), 1, fault.detail)]) from fault


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = path.read_text("utf-8", errors="replace")
    for line, part in enumerate(text.split("\n"), start=1):
        if not part.strip():
            continue
        try:
            row = json.loads(part)
        except (ValueError, RecursionError) as error:
            raise DocumentError([Problem(str(path), line, f"is not JSON: {error}")]) from error
        if not isinstance(row, dict):
            raise DocumentError(
                [Problem(str(path), line, "is not a JSON object", '{"id": ..., "answer": ...}')]
            )
        yield line, {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    """Return a value as text; a list of letters is joined."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _parquet(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        _require(path, dict.fromkeys(names), columns)
        rows = pq.read_table(path, columns=list(columns)).to_pylist()
    except FileNotFoundError as error:
        raise DocumentError([Problem(str(path), 1, "the file is missing")]) from error
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _require(path: Path, row: Mapping[str, object], columns: tuple[str, ...]) -> None:
    missing = [Problem(str(path), 1, f"there is no column {name!r}", did_you_mean(name, row))
            for name in columns if name not in row]  # fmt: skip
    if missing:
        raise DocumentError(missing)
