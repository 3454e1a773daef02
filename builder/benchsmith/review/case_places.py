"""The task, patient and version of each question of a built benchmark, for review results."""

from __future__ import annotations

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.reviews import judged
from benchsmith.review.built_cases import CaseStore
from benchsmith.statistics.review_results import Place


def places(case_store: CaseStore, lexicon: Lexicon) -> dict[str, Place]:
    """Return the place of each question by its id."""
    targets = case_store.targets
    return {
        c.question: Place(
            lexicon.tasks[c.task].name,
            targets[c.target]["cluster"] or targets[c.target]["patient"],
            judged(c.sha256, c.stem, c.options, c.answers),
        )
        for c in case_store.cases
    }
