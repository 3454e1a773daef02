"""Tag: give each label its place on every axis of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from builder.documents.lexicon import Lexicon
from builder.model import Label, Rejection, Target

NAME = "tag"
REVISION = 1
LABEL_FIELDS = tuple(f.name for f in fields(Label))


def tag(labels: Iterable[Label], lexicon: Lexicon) -> Iterator[Target | Rejection]:
    """Look up task, department and intensity window of each label."""
    for label in labels:
        if label.modality not in lexicon.modalities:
            yield Rejection(
                stage=NAME,
                source=label.source,
                subject=label.id,
                reason="unknown-modality",
                detail=repr(label.modality),
            )
            continue
        if nameless := _nameless(label, lexicon):
            yield Rejection(stage=NAME, source=label.source, subject=label.id,
                            reason="no-name-in-language", detail=nameless)  # fmt: skip
            continue
        placement = lexicon.place(label.label, label.modality)
        if placement is None:
            yield Rejection(stage=NAME, source=label.source, subject=label.id, reason="no-placement",
                            detail=f"{label.label} in {label.modality}")  # fmt: skip
            continue
        window = lexicon.window(label.label, label.modality)
        same = {name: getattr(label, name) for name in LABEL_FIELDS if name != "window"}
        yield Target(
            **same,
            task=placement.task,
            department=placement.department,
            placed_at=placement.at,
            window=label.window or (window.id if window else ""),
        )


def _nameless(label: Label, lexicon: Lexicon) -> str:
    """Return what of a label, itself or its modality, has no name in the language asked in."""
    if label.label in lexicon.labels.nameless:
        return f"label {label.label}"
    return f"modality {label.modality}" if label.modality in lexicon.modalities.nameless else ""
