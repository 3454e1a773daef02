"""Tag: give each label its place on every axis of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import NamedTuple

from builder.documents.lexicon import Lexicon
from builder.model import Label, Rejection, Target

NAME = "tag"
REVISION = 1
LABEL_FIELDS = tuple(f.name for f in fields(Label))


class Place(NamedTuple):
    """What the lexicon says of a label in a modality: its place, or the reason why it has none."""

    task: str = ""
    department: str = ""
    placed_at: str = ""
    window: str = ""
    """The anatomy's own; empty where it has none."""
    reason: str = ""
    detail: str = ""


def answer(label: str, modality: str, lexicon: Lexicon) -> Place:
    """Look up task, department and intensity window of a label: all that tag reads."""
    if modality not in lexicon.modalities:
        return Place(reason="unknown-modality", detail=repr(modality))
    if nameless := _nameless(label, modality, lexicon):
        return Place(reason="no-name-in-language", detail=nameless)
    found = lexicon.place(label, modality)
    if found is None:
        return Place(reason="no-placement", detail=f"{label} in {modality}")
    window = lexicon.window(label, modality)
    return Place(found.task, found.department, found.at, window.id if window else "")


def tag(labels: Iterable[Label], lexicon: Lexicon) -> Iterator[Target | Rejection]:
    """Look up task, department and intensity window of each label."""
    known: dict[tuple[str, str], Place] = {}
    for label in labels:
        key = (label.label, label.modality)
        if key not in known:
            known[key] = answer(*key, lexicon)
        place = known[key]
        if place.reason:
            yield Rejection(
                stage=NAME,
                source=label.source,
                subject=label.id,
                reason=place.reason,
                detail=place.detail,
            )
            continue
        same = {name: getattr(label, name) for name in LABEL_FIELDS if name != "window"}
        yield Target(
            **same,
            task=place.task,
            department=place.department,
            placed_at=place.placed_at,
            window=label.window or place.window,
        )


def _nameless(label: str, modality: str, lexicon: Lexicon) -> str:
    """Return what of a label, itself or its modality, has no name in the language asked in."""
    if label in lexicon.labels.nameless:
        return f"label {label}"
    return f"modality {modality}" if modality in lexicon.modalities.nameless else ""
