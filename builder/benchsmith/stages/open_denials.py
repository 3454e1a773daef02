"""Pictures of which a source says that they have no finding, and leaves open whether they have one.

A row with `No Finding` and -1 for `Cardiomegaly` does not say that the picture is normal. It is not asked
whether it is; both are unknown in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.stages import denied_findings
from benchsmith.stages.contradicting_copies import Disputes
from benchsmith.stages.denied_findings import contradicts, denies, is_bare
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import STRANGE
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc

REASON = "denial-uncertain"
COLUMNS = (*denied_findings.COLUMNS, "searched")
"""Columns of findings that are looked at."""


class _Open(NamedTuple):
    """A word that a source leaves open of a picture."""

    raw: str
    same_list: bool


def open_denials(
    findings: pa.Table, normaliser: Normaliser, unmarked: frozenset[str] = frozenset()
) -> Disputes:
    """Return the findings that deny what their source leaves open of the same picture.

    `findings` are rows of Finding with `COLUMNS`. What denies what is the rule of
    :func:`benchsmith.stages.denied_findings.denied`; if any label may be true in its list, a denial is open as a whole.
    Words in `unmarked` only say that their entry marks nothing, and deny only what is in their own list.
    """
    here = pc.equal(findings["kind"], "image")
    rows = findings.select(COLUMNS).filter(here)
    words = [rows[name] for name in ("raw", "source", "modality")]
    denying = coded_columns.map_words(words, lambda *word: (_label(normaliser, *word),), ("label",))
    label = denying["label"]
    kept = pc.not_equal(label, _NO_DENIAL)
    details: dict[str, str] = {}
    unknown: dict[str, frozenset[str]] = {}
    for row, own in zip(rows.filter(kept).to_pylist(), label.filter(kept).to_pylist(), strict=True):
        found = (
            one
            for one in _left_open(row)
            if (one.same_list or row["raw"] not in unmarked) and _denied(own, one, row, normaliser)
        )
        for one in islice(found, 1):
            what = "any label" if one.raw == ANY_LABEL else repr(one.raw)
            details[row["id"]] = f"{row['raw']!r} is stated of a picture that may show {what}"
            unknown[row["sample"]] = unknown.get(row["sample"], frozenset()) | {own} - {""}
    return Disputes(details, unknown)


_NO_DENIAL = "-"
"""Stands for a word that denies nothing; no label has this id."""


def _label(normaliser: Normaliser, raw: str, source: str, modality: str) -> str:
    """Return the label of a word that denies others, which may be empty; otherwise `_NO_DENIAL`."""
    found = normaliser.resolve(raw, source, modality)
    return found.label if denies(raw, found.label) else _NO_DENIAL


def _left_open(row: Mapping[str, Any]) -> Iterator[_Open]:
    """Yield what a finding's list leaves open of its picture, and what other lists say of all of it.

    A picture with a disease may have normal parts.
    """
    searched = row["searched"]
    yield from (_Open(raw, same_list=True) for raw in searched["unknown"])
    if row["crop"] is None:
        yield from (_Open(raw, same_list=False) for raw in searched["elsewhere"])


def _denied(own: str, one: _Open, row: Mapping[str, Any], normaliser: Normaliser) -> bool:
    if one.raw == ANY_LABEL:
        return one.same_list
    found = normaliser.resolve(one.raw, row["source"], row["modality"])
    if found.reason in STRANGE:
        return one.same_list and is_bare(own)
    if not found.label or denies(one.raw, found.label):
        return False
    return contradicts(
        own, found.label, row["modality"], normaliser.lexicon, same_list=one.same_list
    )
