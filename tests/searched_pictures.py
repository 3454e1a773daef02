"""The small project's documents, and the options that ask offers for made-up findings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchsmith.core.model import Choice, Finding, Question, Rejection, Target
from benchsmith.documents.benchmark import Benchmark, Prominence
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.plugins import EXPORTS
from benchsmith.stages.ask import ask
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.tag import tag
from benchsmith.tables import record_tables
from tests import world

FREE = ("gallbladder", "kidney", "liver", "spleen")
"""Organs of which each may stand beside each other."""


DRAWS = ("uniform", "matched", "mirrored")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("states") / "project")
    return read_benchmark(folder, "small", frozenset(EXPORTS))


Small = tuple[Benchmark, Library]


def chosen(findings: Sequence[Finding], library: Library) -> list[Choice]:
    """Return all findings as choices of the test split."""
    kept, _ = normalise(record_tables.to_table(findings, Finding), Normaliser(library.lexicon))
    placed, _ = tag(kept, library.lexicon)
    return [
        Choice(**{f: getattr(t, f) for f in Target.__dataclass_fields__}, split="test")
        for t in record_tables.from_table(placed, Target)
    ]


def asked(small: Small, some: Sequence[Choice], **changed: object) -> list[Question | Rejection]:
    striking = Prominence(min_contrast=0)  # the pictures are noise
    wanted = {"answers": ("one", "several"), "prominence": striking, **changed}
    benchmark = small[0].model_copy(update=wanted)
    return list(ask(some, benchmark, small[1].lexicon, small[1].pools))


def offered(rows: Sequence[Question | Rejection], *samples: str) -> dict[bool, set[str]]:
    """Return the wrong options of the unmarked pictures of some samples; of several answers: True."""
    found: dict[bool, set[str]] = {False: set(), True: set()}
    for q in rows:
        if isinstance(q, Question) and (q.view, q.sample.split("/")[1] in samples) == (
            "image",
            True,
        ):
            right = {q.option_labels[i] for i in q.answers}
            found[q.several] |= set(q.option_labels) - right
    return found
