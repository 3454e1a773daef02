"""What the labels entries of one image looked for, if labels are marks in the image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchsmith.core.absent_labels import ANY_LABEL, Searched
from benchsmith.core.contracts import Annotations, DataFault
from benchsmith.documents.labels import one, words


def searched_by_entry(
    entries: Sequence[Any], answers: Sequence[Annotations | DataFault]
) -> list[Searched]:
    """Return for each labels entry which labels are absent from the image where they are not marked.

    All entries with marks are about the same image: a label is absent for all of them if one
    exhaustive entry looked for it and it is unknown to none. Labels of an entry that is not
    exhaustive, or states whole pictures, are never absent for its marks.
    """
    entries = [one(entry) for entry in entries]
    marks = [
        (entry, answer)
        for entry, answer in zip(entries, answers, strict=True)
        if hasattr(entry, "exhaustive")
    ]
    unknown = frozenset[str]().union(*(_unknown(entry, answer) for entry, answer in marks))
    looked = frozenset[str]().union(*(_looked_for(a) for entry, a in marks if entry.exhaustive))
    exhaustive = Searched(labels=tuple(sorted(looked)), unknown=tuple(sorted(unknown)))
    partial = Searched(unknown=exhaustive.unknown)
    return [exhaustive if getattr(e, "exhaustive", False) else partial for e in entries]


def _looked_for(answer: Annotations | DataFault) -> frozenset[str]:
    if isinstance(answer, DataFault):
        return frozenset()
    return frozenset({ANY_LABEL}) if answer.looked_for is None else answer.looked_for


def _unknown(entry: Any, answer: Annotations | DataFault) -> frozenset[str]:
    """Return the labels that are unknown for an entry: all of them if it could not be read.

    These are the labels that the recipe names, if it names all of them.
    """
    if not isinstance(answer, DataFault):
        return answer.unknown
    named = any(getattr(entry, key, None) for key in ("label", "only", "names"))
    return words(entry) if named else frozenset({ANY_LABEL})
