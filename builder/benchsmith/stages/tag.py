"""Tag: look up the task, department and intensity window of each label."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pyarrow as pa

from benchsmith.core.model import Target
from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.documents.lexicon import Lexicon
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc
from benchsmith.tables.facts import Facts

NAME = "tag"
REVISION = 1


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's targets depend on: its labels, and where these are placed."""
    return {
        **context.program(REVISION, Target),
        **context.after("normalise", source),
        **context.sources[source].places,
    }


class Place(NamedTuple):
    """The lexicon's placement of a label in a modality, or the reason why there is none."""

    task: str = ""
    department: str = ""
    placed_at: str = ""
    window: str = ""
    """Id of the anatomy's intensity window; empty if it has none."""
    reason: str = ""
    """Code of :mod:`benchsmith.core.reasons`; empty if the label has a place."""
    detail: str = ""


def place_of(label: str, modality: str, lexicon: Lexicon) -> Place:
    """Return a label's place in a modality: all that this stage reads of the lexicon."""
    if modality not in lexicon.modalities:
        return Place(reason="unknown-modality", detail=repr(modality))
    if nameless := _nameless(label, modality, lexicon):
        return Place(reason="no-name-in-language", detail=nameless)
    found = lexicon.place(label, modality)
    if found is None:
        return Place(reason="no-placement", detail=f"{label} in {modality}")
    window = lexicon.window(label, modality)
    return Place(found.task, found.department, found.at, window.id if window else "")


def tag(labels: pa.Table, lexicon: Lexicon) -> tuple[pa.Table, pa.Table]:
    """Turn rows of Label into rows of Target, and those without a place into rows of Rejection."""
    place = partial(place_of, lexicon=lexicon)
    found = coded_columns.map_words([labels["label"], labels["modality"]], place, Place._fields)
    kept = pc.equal(found["reason"], "")
    lost = pc.invert(kept)
    out = labels.filter(kept)
    for name in ("task", "department", "placed_at"):
        out = out.append_column(name, found[name].filter(kept))
    own, usual = coded_columns.as_array(out["window"]), found["window"].filter(kept)
    out = coded_columns.replace_column(out, "window", pc.if_else(pc.equal(own, ""), usual, own))
    rejected = coded_columns.rejection_table(
        NAME, labels.filter(lost), found["reason"].filter(lost), found["detail"].filter(lost)
    )
    schema = record_tables.schema(Target)
    return out.select(schema.names).cast(schema), rejected


def _nameless(label: str, modality: str, lexicon: Lexicon) -> str:
    """Return whether the label or its modality has no name in the build's language, in words."""
    if label in lexicon.labels.nameless:
        return f"label {label}"
    return f"modality {modality}" if modality in lexicon.modalities.nameless else ""
