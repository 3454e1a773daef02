"""Where the cases of a built benchmark stand: their task, their patient, and what was reviewed."""

from __future__ import annotations

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.reviews import judged
from benchsmith.review.built_cases import Shelf
from benchsmith.statistics.review_results import Place


def places(shelf: Shelf, lexicon: Lexicon) -> dict[str, Place]:
    """Return where each question of a benchmark stands."""
    targets = shelf.targets
    return {
        c.question: Place(
            lexicon.tasks[c.task].name,
            targets[c.target]["cluster"] or targets[c.target]["patient"],
            judged(c.sha256, c.stem, c.options, c.answers),
        )
        for c in shelf.cases
    }
