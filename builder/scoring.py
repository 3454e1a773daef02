"""Score a file of predictions against the answers of a hidden split, or of any release."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.annotations import tables as text_tables
from builder.documents.labels import Sheet
from builder.documents.problems import DocumentError, Problem, did_you_mean
from builder.ports import DataFault

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xlsx")
NAMED = 5
"""Ids that a message names; the others are counted."""
ALL = "all tasks"
_LETTERS = re.compile(r"[A-Za-z](?:[\s,;]+[A-Za-z])*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many of some cases are right: all letters, and no other."""

    name: str
    cases: int
    right: int
    absent: int
    """Cases without a prediction: wrong, and counted here."""
    unclear: int
    """Predictions that are no letters: wrong, and counted here."""

    @property
    def accuracy(self) -> float:
        """Share of right ones."""
        return self.right / self.cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The scores of a file of predictions."""

    overall: Score
    tasks: tuple[Score, ...]
    unknown: tuple[str, ...]
    """Ids of predictions for which there is no answer; they are left out."""

    @property
    def macro(self) -> float:
        """Mean of the tasks' accuracies; the overall accuracy is the micro one."""
        return sum(t.accuracy for t in self.tasks) / len(self.tasks)

    def as_json(self) -> dict[str, Any]:
        """Return all figures for machines."""
        return {
            "micro": self.overall.accuracy,
            "macro": self.macro,
            **{
                part: {s.name: {"cases": s.cases, "right": s.right, "accuracy": s.accuracy,
                                "absent": s.absent, "unclear": s.unclear} for s in scores}
                for part, scores in (("overall", (self.overall,)), ("tasks", self.tasks))
            },
            "unknown": len(self.unknown),
        }  # fmt: skip


def score(predictions: Path, key: Path) -> Outcome:
    """Score a file of predictions. Raises DocumentError with everything that is wrong in either."""
    answers = _answers(key)
    said = _predictions(predictions)
    if not answers.keys() & said.keys():
        what = f"no id of {len(said)} is one of the {len(answers)} of {key}"
        raise DocumentError([Problem(str(predictions), 1, what, "is it of another version?")])
    tasks: dict[str, list[tuple[str, str | None]]] = {}
    for id_, (answer, task) in answers.items():
        tasks.setdefault(task, []).append((answer, said.get(id_)))
    everything = [pair for pairs in tasks.values() for pair in pairs]
    return Outcome(
        overall=_score(ALL, everything),
        tasks=tuple(_score(task, pairs) for task, pairs in sorted(tasks.items())),
        unknown=tuple(sorted(said.keys() - answers.keys())),
    )


def letters(said: str) -> frozenset[str]:
    """Return the letters that a prediction says; none where it says something else.

    >>> sorted(letters(" c, A")), letters("liver"), letters("AC")
    (['A', 'C'], frozenset(), frozenset())
    """
    said = said.strip()
    if not _LETTERS.fullmatch(said):
        return frozenset()
    return frozenset(re.findall(r"[A-Z]", said.upper()))


def _score(name: str, pairs: Iterable[tuple[str, str | None]]) -> Score:
    cases = right = absent = unclear = 0
    for answer, said in pairs:
        cases += 1
        found = letters(said or "")
        right += found == letters(answer)
        absent += not (said or "").strip()
        unclear += bool((said or "").strip()) and not found
    return Score(name=name, cases=cases, right=right, absent=absent, unclear=unclear)


def _answers(path: Path) -> dict[str, tuple[str, str]]:
    """Return answer and task of every id of a key: an `answers.parquet`, or a release's folder."""
    files = sorted((path / "data").glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        what = "has no data/*.parquet"
        raise DocumentError(
            [Problem(str(path), 1, what, "name a release, or private/answers.parquet")]
        )
    found: dict[str, tuple[str, str]] = {}
    for file in files:
        for row in _parquet(file, ("id", "answer", "task")):
            if row["answer"]:
                found[row["id"]] = (row["answer"], row["task"])
    if not found:
        what = "has no answers: its splits are hidden"
        raise DocumentError([Problem(str(path), 1, what, "name private/answers.parquet")])
    return found


def _predictions(path: Path) -> dict[str, str]:
    """Return what is said of every id. An id may stand twice if it says the same."""
    found: dict[str, tuple[int, str]] = {}
    problems: list[Problem] = []
    for line, row in _rows(path):
        id_, said = row["id"].strip(), row["answer"].strip()
        if not id_:
            problems.append(Problem(str(path), line, "a prediction without an id"))
        elif id_ in found and letters(found[id_][1]) != letters(said):
            first = found[id_][0]
            problems.append(
                Problem(str(path), line, f"{id_} is answered otherwise in line {first}")
            )
        else:
            found.setdefault(id_, (line, said))
    if problems:
        raise DocumentError(problems)
    return {id_: said for id_, (_, said) in found.items()}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Go through the rows of a table, each with its line and with the columns id and answer."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        hint = did_you_mean(ending, ENDINGS) or "write " + ", ".join(ENDINGS)
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
            _need(path, row, ("id", "answer"))
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
            raise DocumentError([Problem(str(path), line, f"is no JSON: {error}")]) from error
        if not isinstance(row, dict):
            raise DocumentError(
                [Problem(str(path), line, "is no object", '{"id": ..., "answer": ...}')]
            )
        yield line, {name: _said(value) for name, value in row.items()}


def _said(value: object) -> str:
    """Return a value as text; a list of letters is joined."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _parquet(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        _need(path, dict.fromkeys(names), columns)
        rows = pq.read_table(path, columns=list(columns)).to_pylist()
    except FileNotFoundError as error:
        raise DocumentError([Problem(str(path), 1, "the file is missing")]) from error
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    return [{name: _said(value) for name, value in row.items()} for row in rows]


def _need(path: Path, row: Mapping[str, object], columns: tuple[str, ...]) -> None:
    lost = [Problem(str(path), 1, f"there is no column {name!r}", did_you_mean(name, row))
            for name in columns if name not in row]  # fmt: skip
    if lost:
        raise DocumentError(lost)
