"""Normalise: turn a source's own words into the lexicon's labels, recording every step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from benchsmith.core.model import Label
from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.stages.absent_words import searched_column, strange_words
from benchsmith.stages.contradicting_copies import Disputes
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import UNDECIDED, UNMAPPED, Resolved
from benchsmith.stages.same_marks import REASON as SAME_MARKS
from benchsmith.stages.same_marks import same_marks
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc
from benchsmith.tables.facts import Facts

NAME = "normalise"
NO_DISPUTES: Mapping[str, Disputes] = {}
REVISION = 10


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's labels depend on: its findings, and the labels of its words."""
    return {
        **context.program(REVISION, Label),
        **context.after("ingest", source),
        **context.sources[source].words,
    }


def normalise(
    findings: pa.Table,
    normaliser: Normaliser,
    disputes: Mapping[str, Disputes] = NO_DISPUTES,
    made: frozenset[str] = frozenset(),
) -> tuple[pa.Table, pa.Table]:
    """Turn rows of Finding into rows of Label, and those without a label into rows of Rejection.

    Neighbours get labels too; those without one are left off. What was looked for gets labels as
    well; a neighbour that the lexicon does not know may be any label, so that all are unknown. Labels in
    `disputes`, by reason code, are rejected, and unknown in the picture; a label in several has the first
    reason. Marks with the same pixels and unrelated labels are rejected, except those of labels that the
    recipe has `made` of others.
    """
    words = [findings[name] for name in ("raw", "source", "modality")]
    found = coded_columns.map_words(words, normaliser.resolve, Resolved._fields)
    contradicting = {code: each.details for code, each in disputes.items()}
    contradicting[SAME_MARKS] = same_marks(findings, normaliser, made)
    for code, details in contradicting.items():
        if details:
            found["reason"] = _contradicting(findings, found["reason"], details, code)
    kept = pc.equal(found["reason"], "")
    lost = pc.invert(kept)
    out = findings.filter(kept)
    for name in ("label", "laterality", "decided_at"):
        out = out.append_column(name, found[name].filter(kept))
    neighbours, strange = _neighbours(out, normaliser)
    out = coded_columns.replace_column(out, "neighbours", neighbours)
    searched = searched_column(out, strange, normaliser)
    out = coded_columns.replace_column(out, "searched", searched)
    for each in disputes.values():
        if each.unknown:
            out = _with_unknown(out, each.unknown)
    rejected = coded_columns.rejection_table(
        NAME,
        findings.filter(lost),
        found["reason"].filter(lost),
        _why(findings, found, lost, contradicting),
    )
    schema = record_tables.schema(Label)
    return out.select(schema.names).cast(schema), rejected


def _contradicting(
    findings: pa.Table, reason: pa.Array, details: Mapping[str, str], code: str
) -> pa.Array:
    """Return the reasons, with that of contradicting findings that are not left out otherwise."""
    ids = pa.array(sorted(details), pa.string())
    here = pc.is_in(coded_columns.as_array(findings["id"]), value_set=ids)
    return pc.if_else(pc.and_(here, pc.equal(reason, "")), code, reason)


def _with_unknown(labels: pa.Table, unknown: Mapping[str, frozenset[str]]) -> pa.Table:
    """Return rows of Label in which the labels that `unknown` has for their picture are unknown.

    In the list of the picture they are no neighbours. A mark beside another one is kept with a share of
    0, which does not state that it is visible.
    """
    column = coded_columns.as_array(labels["searched"])
    samples = pa.array(sorted(unknown), pa.string())
    here = np.asarray(pc.is_in(coded_columns.as_array(labels["sample"]), value_set=samples))
    if not here.any():
        return labels
    searched, beside = column.to_pylist(), labels["neighbours"].to_pylist()
    for row in np.flatnonzero(here).tolist():
        more = unknown[labels["sample"][row].as_py()]
        own = {labels["label"][row].as_py()}
        searched[row]["unknown"] = sorted({*searched[row]["unknown"], *more} - own)
        marked = labels["kind"][row].as_py() != "image"
        beside[row] = [
            {**one, "share": 0.0} if one["name"] in more else one
            for one in beside[row]
            if marked or one["name"] not in more
        ]
    kind = coded_columns.as_array(labels["neighbours"]).type
    labels = coded_columns.replace_column(labels, "neighbours", pa.array(beside, kind))
    return coded_columns.replace_column(labels, "searched", pa.array(searched, column.type))


def _why(
    findings: pa.Table,
    found: Mapping[str, pa.Array],
    lost: pa.Array,
    contradicting: Mapping[str, Mapping[str, str]],
) -> pa.Array:
    """Return the details of rejections: the word, where the source states it, and what dropped it.

    For a finding rejected with a reason in `contradicting`, it is the contradiction.
    """
    raw = findings["raw"].filter(lost)
    quoted = coded_columns.map_words([raw], lambda word: (f"{word!r}, stated at ",), ("quoted",))
    at = found["decided_at"].filter(lost)
    dropped = pc.binary_join_element_wise(", dropped at ", at, "")
    refused = pc.binary_join_element_wise(", ", at, "")
    left_open = pc.binary_join_element_wise(", left open at ", at, "")
    code = found["reason"].filter(lost)
    by = pc.if_else(pc.equal(code, UNDECIDED), left_open, dropped)
    by = pc.if_else(pc.equal(code, UNMAPPED), refused, by)
    by = pc.if_else(pc.equal(at, ""), "", by)
    stated = coded_columns.as_array(findings["stated_at"].filter(lost))
    why = pc.binary_join_element_wise(quoted["quoted"], stated, by, "")
    for reason, details in contradicting.items():
        if details:
            ids = findings["id"].filter(lost).to_pylist()
            stated_by = pa.array([details.get(name, "") for name in ids], pa.string())
            why = pc.if_else(pc.equal(code, reason), stated_by, why)
    return why


def _neighbours(findings: pa.Table, normaliser: Normaliser) -> tuple[pa.Array, pa.Array]:
    """Name findings' neighbours by label; several with one label (both kidneys) are added up.

    Also return which findings have a neighbour that the lexicon does not know.
    """
    lists = coded_columns.as_array(findings["neighbours"])
    owner = pc.list_parent_indices(lists)
    others = pc.list_flatten(lists)
    words = [
        pc.struct_field(others, "name"),
        *(coded_columns.as_array(findings[name]).take(owner) for name in ("source", "modality")),
    ]
    resolved = coded_columns.map_words(words, normaliser.resolve, Resolved._fields)
    label = resolved["label"]
    strange = np.zeros(len(findings), bool)
    strange[np.asarray(owner.filter(strange_words(resolved["reason"])))] = True
    known = pc.not_equal(label, "")
    label, others = label.filter(known), others.filter(known)
    codes = coded_columns.encode_names(label)
    key = np.asarray(owner.filter(known)).astype(np.int64) * (len(codes.names) + 1) + codes.codes
    cells, place = np.unique(key, return_inverse=True)
    names = pa.array(codes.names, pa.string()).take(pa.array(cells % (len(codes.names) + 1)))
    shares = []
    for figure in ("in_region", "in_box", "share"):
        total = np.zeros(len(cells))
        # added in a fixed order, so that the sum is the same on every machine
        np.add.at(total, place, np.asarray(pc.struct_field(others, figure)))
        shares.append(pa.array(total))
    ends = np.searchsorted(cells // (len(codes.names) + 1), np.arange(len(findings) + 1))
    merged = pa.StructArray.from_arrays([names, *shares], fields=list(lists.type.value_type))
    named = pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), merged, type=lists.type)
    return named, pa.array(strange)
