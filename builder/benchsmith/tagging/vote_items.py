"""Selects what is voted on: labels, each in one modality or in all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from benchsmith.documents import query
from benchsmith.documents.labels import words
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.recipe import Source
from benchsmith.documents.stated_sites import stated
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tagging.assign_voters import Item

QUERY_AXES = ("label", "modality", "task", "department")


class Candidate(NamedTuple):
    """A label with its current placement; task and department are empty without one."""

    label: str
    modality: str
    task: str
    department: str


def candidates(lexicon: Lexicon) -> list[Candidate]:
    """Return every placement, and every label without one with the modality ``*``."""
    placed = {label for label, _ in lexicon.placements}
    found = [Candidate(*key, p.task, p.department) for key, p in lexicon.placements.items()]
    found += [Candidate(t.id, ANY, "", "") for t in lexicon.labels if t.id not in placed]
    return sorted(found)


def of_query(text: str, lexicon: Lexicon) -> list[Item]:
    """Return the items that match a query on the tree. Raises QueryError."""
    wanted = query.parse(text, lexicon, ())
    for term in wanted.terms:
        if term.axis not in QUERY_AXES:
            raise query.QueryError(f"labels have no {term.axis}: use {', '.join(QUERY_AXES)}")
    return [(c.label, c.modality) for c in candidates(lexicon) if wanted.accepts(c)]


def unplaced(lexicon: Lexicon) -> list[Item]:
    """Return the labels without a placement."""
    return [(c.label, c.modality) for c in candidates(lexicon) if not c.task]


def of_source(source: Source, lexicon: Lexicon) -> list[Item]:
    """Return the labels in a source's recipe and mapping; no data are read."""
    normaliser = Normaliser(lexicon, {source.id: stated(source.recipe, source.id)})
    labels = {m.label for m in lexicon.mappings.get(source.id, {}).values() if m.label}
    stated_words = [
        (raw, entry.modality)
        for entry in source.recipe.samples
        for labels_of in entry.labels
        for raw in words(labels_of)
    ]
    normaliser.hear(source.id, stated_words)
    labels |= {normaliser.resolve(raw, source.id, mode).label for raw, mode in stated_words}
    return [(c.label, c.modality) for c in candidates(lexicon) if c.label in labels]


def in_modalities(items: Iterable[Item], modalities: Iterable[str]) -> list[Item]:
    """Return the items' labels in these modalities instead of their own."""
    return sorted({(label, modality) for label, _ in items for modality in modalities})
