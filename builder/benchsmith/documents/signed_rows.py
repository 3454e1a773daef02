"""Reading of the tables under `reviews/`, whose rows people sign with a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from benchsmith.documents import tsv
from benchsmith.documents.problems import Problems

T = TypeVar("T")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def is_time(text: str) -> bool:
    """Return whether a text is a UTC time in the tables' format.

    >>> is_time("2026-01-31T09:00:00Z"), is_time("2026-02-31T09:00:00Z"), is_time("2026-01-31")
    (True, False, False)
    """
    try:
        return bool(_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def signature_faults(who: str, time: str, curators: Container[str]) -> Iterable[tuple[str, str]]:
    """Yield what is wrong in a row's signature, each with a hint."""
    if who not in curators:
        hint = "put a curator from lexicon/curators.tsv into `who`"
        yield (f"unknown curator {who!r}" if who else "is not signed"), hint
    if not is_time(time):
        yield f"{time!r} is not a time", "write it as 2026-01-31T09:00:00Z"


def collect(
    path: Path,
    noun: Callable[..., T],
    columns: Sequence[str],
    problems: Problems,
    *,
    faults: Callable[[T], Iterable[tuple[str, str]]],
    key: Callable[[T], Hashable],
    twice: Callable[[T], str],
) -> list[T]:
    """Return the rows of a table, none if the file is missing, adding every problem to `problems`.

    `noun` makes a row from its cells, `faults` yields what is wrong with it, and `twice` is the
    message for a row with the `key` of an earlier line.
    """
    rows = []
    lines: dict[Hashable, int] = {}
    for row in tsv.collect(path, columns, problems) if path.is_file() else []:
        one = noun(**row.cells)
        for what, hint in faults(one):
            problems.add(path, row.line, what, hint)
        if (other := lines.setdefault(key(one), row.line)) != row.line:
            problems.add(path, row.line, f"{twice(one)} on line {other}")
        rows.append(one)
    return rows


def read(path: Path, collect_rows: Callable[[Problems], list[T]]) -> list[T]:
    """Return what `collect_rows` returns. Raises DocumentError with every problem that it adds."""
    problems = Problems(path.parents[1])
    rows = collect_rows(problems)
    problems.raise_any()
    return rows
