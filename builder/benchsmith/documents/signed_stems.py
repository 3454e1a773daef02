"""`question_pools/accepted.tsv` and `rejected.tsv`: reviewed stems that a model drafted."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.pools import Pool
from benchsmith.documents.problems import Problems, nearest

ACCEPTED_FILE = "question_pools/accepted.tsv"
ACCEPTED_COLUMNS = ("task", "language", "granularity", "answers", "stem", "model", "signed_by")
REJECTED_FILE = "question_pools/rejected.tsv"
REJECTED_COLUMNS = (*ACCEPTED_COLUMNS, "time", "reason")


def check(
    home: Path,
    pools: Mapping[str, Mapping[str, Pool]],
    curators: Container[str],
    problems: Problems,
) -> None:
    """Add a problem for every row that no curator signed, or whose stem is not in the pools.

    `pools` are by language and task. Rows of other languages are skipped.
    """
    path = home / ACCEPTED_FILE
    for row in rejected(home, problems):
        if row["signed_by"] not in curators:
            what = f"unknown curator {row['signed_by']!r}" if row["signed_by"] else "is not signed"
            problems.add(
                row.path, row.line, what, "put a curator from lexicon/curators.tsv into `signed_by`"
            )
    if not path.is_file():
        return
    for row in tsv.collect(path, ACCEPTED_COLUMNS, problems):
        if row["signed_by"] not in curators:
            what = f"unknown curator {row['signed_by']!r}" if row["signed_by"] else "is not signed"
            problems.add(
                path, row.line, what, "put a curator from lexicon/curators.tsv into `signed_by`"
            )
        if row["language"] not in pools:
            continue
        pool = pools[row["language"]].get(row["task"])
        if pool is None:
            problems.add(path, row.line, f"unknown task {row['task']!r}",
                         nearest(row["task"], pools[row["language"]]))  # fmt: skip
            continue
        stems = pool.several if row["answers"] == "several" else pool.stems
        if row["stem"] not in {s.text for s in stems.get(row["granularity"], ())}:
            problems.add(path, row.line, f"the task has no such stem: {row['stem']!r}",
                         "sign the changed stem, or remove the row")  # fmt: skip


def rejected(home: Path, problems: Problems) -> list[tsv.Row]:
    """Return the rejected drafts, which are not offered for review again."""
    path = home / REJECTED_FILE
    return tsv.collect(path, REJECTED_COLUMNS, problems) if path.is_file() else []
