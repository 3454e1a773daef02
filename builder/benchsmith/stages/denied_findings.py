"""Pictures for which a source states both a finding and that there is none.

A row with `No Finding` and `Cardiomegaly` contradicts itself, and it is unknown which of the two is
wrong. Neither is asked, and both are unknown in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import NO_FINDING
from benchsmith.stages.absent_words import strange_words
from benchsmith.stages.contradicting_copies import Disputes
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import Resolved
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc
from benchsmith.text.normal_form import normal

REASON = "findings-contradict"
COLUMNS = ("id", "source", "sample", "modality", "kind", "group", "raw", "crop")
"""Columns of findings that are compared."""
NORMAL = "normal-"
"""How the ids of labels begin that deny the diseases of one organ."""
DISEASE = "disease"
"""The kind of the labels that are denied. A device, a side or an organ may be named beside `No Finding`."""
BARE = frozenset({"normal", "healthy"})
"""Words that deny a list even where the lexicon has no label for them."""


class _Said(NamedTuple):
    """One finding, and its label."""

    row: Mapping[str, Any]
    label: str
    strange: bool
    """Whether the lexicon does not know its word, which may name a disease."""

    @property
    def is_list(self) -> bool:
        return bool(self.row["kind"] == "image")


def denied(
    findings: pa.Table, normaliser: Normaliser, unmarked: frozenset[str] = frozenset()
) -> Disputes:
    """Return the findings that deny others of their picture, and those others.

    `findings` are rows of Finding with `COLUMNS`. In one list, `No Finding` denies every disease. Other lists and
    marks are denied diseases of the same task and department, and so do words such as `normal fundus`, unless the
    lexicon lets both be true. A word that the lexicon does not know may name a disease: `No Finding` in its list
    is left out. Words in `unmarked` only say that their entry marks nothing: they are denied by
    marks and lists, and deny neither.
    """
    words = [findings[name] for name in ("raw", "source", "modality")]
    resolved = coded_columns.map_words(words, normaliser.resolve, Resolved._fields)
    labels, strange = resolved["label"], strange_words(resolved["reason"])
    denying = coded_columns.map_words(
        [findings["raw"], labels],
        lambda raw, label: ("yes" if denies(raw, label) else "",),
        ("denying",),
    )["denying"]
    here = pc.and_(pc.equal(findings["kind"], "image"), pc.equal(denying, "yes"))
    samples = pc.unique(findings["sample"].filter(here))
    if not len(samples):
        return Disputes()
    kept = pc.is_in(coded_columns.as_array(findings["sample"]), value_set=samples)
    rows = findings.select(COLUMNS).filter(kept).to_pylist()
    of_sample: dict[str, list[_Said]] = {}
    own = (labels.filter(kept).to_pylist(), strange.filter(kept).to_pylist())
    for row, *said in zip(rows, *own, strict=True):
        of_sample.setdefault(row["sample"], []).append(_Said(row, *said))
    details: dict[str, str] = {}
    unknown: dict[str, frozenset[str]] = {}
    for sample, said in of_sample.items():
        if found := _details(said, normaliser.lexicon, unmarked):
            details |= found
            unknown[sample] = frozenset(s.label for s in said if s.row["id"] in found) - {""}
    return Disputes(details, unknown)


def denies(raw: str, label: str) -> bool:
    """Return whether a word, with its label or none, says that there is no disease."""
    if not label:
        return normal(raw) in BARE
    return label == NO_FINDING or label.startswith(NORMAL)


def _details(said: Sequence[_Said], lexicon: Lexicon, unmarked: frozenset[str]) -> dict[str, str]:
    """Return why each contradicting finding of one picture is left out, by its id."""
    found: dict[str, str] = {}
    deniers = [s for s in said if s.is_list and denies(s.row["raw"], s.label)]
    for denier in deniers:
        for other in _others(denier, said):
            same_list = _same_list(denier, other)
            modality = denier.row["modality"]
            strange = other.strange and same_list and is_bare(denier.label)
            if not strange and not contradicts(
                denier.label, other.label, modality, lexicon, same_list=same_list
            ):
                continue
            both = f"{denier.row['raw']!r} and {other.row['raw']!r} are stated of one picture"
            found.setdefault(denier.row["id"], both)
            if other.label and (denier.row["raw"] not in unmarked or same_list):
                found.setdefault(other.row["id"], both)
    return found


def _others(denier: _Said, said: Iterable[_Said]) -> Iterable[_Said]:
    """Yield what is stated of the same rectangle of the picture, and may be denied."""
    for other in said:
        of_place = other.row["crop"] == denier.row["crop"] or not other.is_list
        if (
            of_place
            and (other.label or other.strange)
            and not denies(other.row["raw"], other.label)
        ):
            yield other


def _same_list(one: _Said, other: _Said) -> bool:
    return other.is_list and one.row["group"] == other.row["group"]


def is_bare(denier: str) -> bool:
    """Return whether a label that denies others names no organ."""
    return denier in ("", NO_FINDING)


def contradicts(
    denier: str, other: str, modality: str, lexicon: Lexicon, *, same_list: bool
) -> bool:
    """Return whether a label that denies others, empty for a bare word without a label, denies `other`."""
    term = lexicon.labels.terms.get(other)
    if term is None or term.kind != DISEASE:
        return False
    if same_list and is_bare(denier):
        return True
    if not denier or lexicon.exclude(denier, other):
        return False
    own, theirs = (lexicon.place(label, modality) for label in (denier, other))
    if own is None or theirs is None:
        return False
    return (own.task, own.department) == (theirs.task, theirs.department)


def denials(words: Mapping[tuple[str, str], str], lexicon: Lexicon) -> dict[str, list[list[str]]]:
    """Return what each denying word of a source denies, for the cache keys of later stages.

    `words` are its words by modality, with their labels. For each denied label, two values say whether it is
    denied in the same list, and elsewhere.
    """
    found: dict[str, list[list[str]]] = {}
    for (raw, modality), label in words.items():
        if not denies(raw, label):
            continue
        others = {
            name for (word, m), name in words.items() if m == modality and not denies(word, name)
        }
        where = [
            [other, *("list" if same else "any" for same in (True, False)
                      if contradicts(label, other, modality, lexicon, same_list=same))]
            for other in sorted(others - {""})
        ]  # fmt: skip
        found[f"word {raw!r} denies in {modality}"] = [one for one in where if len(one) > 1]
    return found
