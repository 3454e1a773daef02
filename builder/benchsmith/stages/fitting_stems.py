"""Chooses the stems of a task that fit all labels that a question offers.

A stem that asks for a bone is wrong if the answer is a cartilage, and lets a reader rule out a
cartilage among the options. `lexicon/task_kinds.tsv` lists such words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.pools import Stem


def fitting(
    stems: Sequence[Stem], task: str, labels: Iterable[str], modality: str, lexicon: Lexicon
) -> Sequence[Stem]:
    """Return the stems of a task, in order, that fit the labels offered in a modality.

    A word that does not apply to a label counts in any letter case, and as a part of other words.
    """
    words: set[str] = set()
    for label in labels:
        place = lexicon.place(label, modality)
        kinds = [lexicon.labels[label].kind]
        if place is None or place.task != task:
            kinds.append(ANY)
        words.update(w.casefold() for k in kinds for w in lexicon.task_kinds.get((task, k), ()))
    return [stem for stem in stems if not any(word in stem.text.casefold() for word in words)]
