"""Retire targets: add signed rows, so that no edition of a benchmark asks about them any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchsmith.documents import blind_answers, retirements
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.benchmark.editions import split_name
from benchsmith.documents.library import Library
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.documents.retirements import Retirement
from benchsmith.review.act_store import utc_now
from benchsmith.review.built_cases import CaseStore

SOLVED_BLIND = "solved-blind"


def named_targets(output: Path, name: str, ids: Iterable[str]) -> list[str]:
    """Return the targets of cases, questions or targets of a build, by their ids.

    Raises DocumentError with every unknown id, and NotBuilt.
    """
    cases = CaseStore(output, name)
    known = {case.target: case.target for case in cases.cases}
    for case in cases.cases:
        known |= {case.id: case.target, case.question: case.target}
    found, problems = [], []
    for id_ in ids:
        if id_ in known:
            found.append(known[id_])
        else:
            hint = did_you_mean(id_, known) or f"`benchsmith explain {id_}` shows what it is"
            problems.append(Problem.without_place(f"{name} has no case {id_!r}", hint))
    if problems:
        raise DocumentError(problems)
    return found


def solved_blind(home: Path, name: str, benchmark: Benchmark, limit: str) -> dict[str, str]:
    """Return the targets that models solved without the picture, with model and passes.

    `limit` is written like `drop_blind_solved`. Raises DocumentError.
    """
    rows = blind_answers.read(blind_answers.path_of(home, name))
    with_limit = benchmark.model_copy(update={"drop_blind_solved": limit})
    return {target: row.detail for target, row in blind_answers.solved(rows, with_limit).items()}


def retire(
    home: Path, name: str, library: Library, targets: Sequence[str], cause: str, who: str, note: str
) -> list[Retirement]:
    """Sign targets in `reviews/<benchmark>.retired.tsv` and return the new rows.

    A target that is retired already stays as it was signed. Raises DocumentError for an unknown person or
    cause, or a missing note; then nothing is written.
    """
    path = retirements.path_of(home, name)
    curators = library.lexicon.curators
    before = retirements.read(path, curators)
    known = {row.target for row in before}
    now, edition = utc_now(), split_name(name)[1]
    new = [
        Retirement(target, cause, edition, who, now, note)
        for target in dict.fromkeys(targets)
        if target not in known
    ]
    problems = {
        Problem.without_place(what, hint)
        for row in new
        for what, hint in retirements.faults(row, curators)
    }
    if problems:
        raise DocumentError(sorted(problems))
    if new:
        retirements.write(path, [*before, *new])
    return new
