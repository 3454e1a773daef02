"""Marks of one picture that have the same pixels and unrelated labels: one of the labels is wrong.

A mask that was saved under two names would be asked about twice, with two keys.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchsmith.core.model import PLANAR
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc

REASON = "marks-contradict"


def same_marks(findings: pa.Table, normaliser: Normaliser, made: frozenset[str]) -> dict[str, str]:
    """Return the reason by id for each finding whose mark in a picture equals that of an unrelated label.

    `findings` are rows of Finding. Boxes are not compared: one lesion may have two findings. Labels in
    `made`, in the source's words, are made of others, so they may have the same pixels as one of these.
    Volumes are not compared either: in one plane, a structure may fill another.
    """
    marked = pc.and_(pc.equal(findings["kind"], "region"), pc.equal(findings["axis"], PLANAR))
    rows = findings.filter(marked)
    lists = coded_columns.as_array(rows["neighbours"])
    owner = np.asarray(pc.list_parent_indices(lists))
    others = pc.list_flatten(lists)
    own_share = np.asarray(coded_columns.as_array(rows["share"]))[owner]
    covered = np.asarray(pc.struct_field(others, "in_region")) == 1
    same = np.flatnonzero(covered & (np.asarray(pc.struct_field(others, "share")) == own_share))
    words = pc.struct_field(others, "name").take(pa.array(same)).to_pylist()
    found: dict[str, str] = {}
    for row, other in zip(owner[same].tolist(), words, strict=True):
        id_, source, modality, raw = (
            rows[name][row].as_py() for name in ("id", "source", "modality", "raw")
        )
        if raw in made or other in made:
            continue
        if normaliser.excludes(raw, other, source, modality):
            found.setdefault(id_, f"{raw!r} and {other!r} mark the same pixels")
    return found
