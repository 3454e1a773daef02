"""`question_pools/accepted.tsv` and `rejected.tsv`: what people made of stems that a model drafted."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.pools import Pool
from benchsmith.documents.problems import Problems, did_you_mean

FILE = "question_pools/accepted.tsv"
ACCEPTED = ("task", "language", "granularity", "answers", "stem", "model", "signed_by")
REFUSALS = "question_pools/rejected.tsv"
REJECTED = (*ACCEPTED, "time", "reason")


def check(
    home: Path,
    pools: Mapping[str, Mapping[str, Pool]],
    curators: Container[str],
    problems: Problems,
) -> None:
    """Note every row that nobody of the curators signed, or whose stem is in no pool.

    Rows of languages that were not read are passed over.
    """
    path = home / FILE
    for row in rejected(home, problems):
        if row["signed_by"] not in curators:
            what = f"unknown curator {row['signed_by']!r}" if row["signed_by"] else "is not signed"
            problems.add(row.path, row.line, what, "put a curator of lexicon/curators.tsv")
    if not path.is_file():
        return
    for row in tsv.read(path, ACCEPTED, problems):
        if row["signed_by"] not in curators:
            what = f"unknown curator {row['signed_by']!r}" if row["signed_by"] else "is not signed"
            problems.add(path, row.line, what, "put a curator of lexicon/curators.tsv")
        if row["language"] not in pools:
            continue
        pool = pools[row["language"]].get(row["task"])
        if pool is None:
            problems.add(path, row.line, f"unknown task {row['task']!r}",
                         did_you_mean(row["task"], pools[row["language"]]))  # fmt: skip
            continue
        of = pool.several if row["answers"] == "several" else pool.stems
        if row["stem"] not in {s.text for s in of.get(row["granularity"], ())}:
            problems.add(path, row.line, f"the task has no stem {row['stem']!r} at this place",
                         "a stem that was changed is signed anew; take the row out otherwise")  # fmt: skip


def rejected(home: Path, problems: Problems) -> list[tsv.Row]:
    """Return the drafts that people rejected; they are offered to nobody again."""
    path = home / REFUSALS
    return tsv.read(path, REJECTED, problems) if path.is_file() else []
