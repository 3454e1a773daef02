"""Relatedness: a wrong option must not be the answer, or a part of it, under another name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.audits.stated_numbers import stated_number
from benchsmith.audits.word_folding import folded
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.verdicts import WARN, Found, Offender
from benchsmith.documents.benchmark import Marks

CANONICAL = {
    "pulmonary": "lung", "renal": "kidney", "hepatic": "liver", "cardiac": "heart",
    "splenic": "spleen", "pancreatic": "pancreas", "gastric": "stomach", "cerebral": "brain",
    "ocular": "eye", "osseous": "bone", "cutaneous": "skin", "dermal": "skin", "thoracic": "thorax",
    "chest": "thorax", "abdominal": "abdomen", "pelvic": "pelvis", "spinal": "spine",
    "neoplasm": "tumor", "tumour": "tumor", "mass": "tumor", "cancer": "tumor", "carcinoma": "tumor",
    "malignancy": "tumor", "hemorrhage": "bleeding", "haemorrhage": "bleeding", "healthy": "normal",
    "oedema": "edema", "high": "high", "covid19": "covid",
}  # fmt: skip
"""Words with the same meaning in the name of a finding, mapped to one of them."""
STOP_WORDS = frozenset(
    {"of", "the", "a", "an", "and", "or", "with", "in", "on", "to", "by", "type", "19"}
)
SAME_SPELLING = 0.85
"""Similarity of spelling from which two names are treated as one."""
_MARKER = re.compile(
    r"\d+[a-z]?|[a-z]\d+[a-z]?|[ivx]+|[a-z]|left|right|upper|lower|middle|medial|lateral"
)
"""Words that distinguish things of one kind: numbers, letters, sides."""


@lru_cache(maxsize=1 << 18)
def alike(a: str, b: str, *, spelling: bool = True) -> str:
    """Return why two names may mean the same thing, or one a kind of the other; empty if not.

    >>> alike("lung cancer", "pulmonary tumor"), alike("aorta", "ascending aorta"), alike("rib 4", "rib 5")
    ('mean the same', 'one contains all words of the other', '')
    """
    numbers = stated_number(a), stated_number(b)
    if numbers[0] and numbers[1]:
        return "mean the same" if numbers[0] == numbers[1] else ""
    one, other = _meaning(a), _meaning(b)
    if not one or not other:
        return ""
    if one == other:
        return "mean the same"
    if one < other or other < one:
        return "one contains all words of the other"
    if not spelling or all(_MARKER.fullmatch(w) for w in one ^ other):
        return ""
    near = difflib.SequenceMatcher(
        None, " ".join(sorted(one)), " ".join(sorted(other)), autojunk=False
    )
    return "have nearly the same spelling" if near.ratio() >= SAME_SPELLING else ""


def _meaning(name: str) -> frozenset[str]:
    words = [w for part in folded(name) for w in part.replace("_", " ").split()]
    return frozenset(CANONICAL.get(w, w) for w in words if w not in STOP_WORDS)


def _pairs(table: AuditTable) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the question's id, the labels of answer and wrong option, and the texts of both.

    Answers of skills that are not labels, such as sides and conclusions, are opposites by design.
    """
    for row in table.rows:
        if row.skill != RECOGNITION and not table.knowledge.known.issuperset(row.labels):
            continue
        for answer in row.answers:
            for i, label in enumerate(row.labels):
                if i not in row.answers:
                    yield row.id, row.labels[answer], label, row.options[answer], row.options[i]


@check(
    "C5",
    asks="Are all wrong options unrelated to the answer?",
    formula="pairs of answer and wrong option that are the same label, ancestor and descendant, or confusables "
    "in the lexicon; for labels that are not in the lexicon: the same words, all words of the other, "
    "synonymous words, or a spelling similarity of at least 0.85",
    remedy="Add both to lexicon/tree/label.tsv, list the pair in lexicon/confusables.tsv, or declare "
    "them distinct in `audit.cleared`.",
    hard=True,
)
def related_options(table: AuditTable, marks: Marks) -> Found:
    """A wrong option must be wrong."""
    knowledge = table.knowledge
    cleared = {frozenset((c.a, c.b)) for c in marks.cleared}
    reasons: dict[tuple[str, str], str] = {}

    def why(a: str, b: str, shown_a: str, shown_b: str) -> str:
        if a == b:
            return "is the same label"
        if frozenset((a, b)) in cleared:
            return ""
        if {a, b} <= knowledge.known:
            if knowledge.related(a, b):
                return "is related in the tree"
            return "is confusable with it" if knowledge.confusable(a, b) else ""
        return alike(*sorted((shown_a, shown_b)))

    offenders = []
    for id_, a, b, shown_a, shown_b in _pairs(table):
        if (a, b) not in reasons:
            reasons[a, b] = why(a, b, shown_a, shown_b)
        if reasons[a, b]:
            offenders.append(Offender(id_, f"{shown_b!r} beside {shown_a!r}: {reasons[a, b]}"))
    return none_of(offenders, len(table), "wrong options that may be right", of="questions")


@check(
    "C5",
    asks="Are the names of all wrong options clearly different from the answer's?",
    formula="pairs of labels that the lexicon does not relate although one name contains all words of the "
    "other, with synonymous words counted as one",
    remedy="Let a curator decide: list the pair in lexicon/confusables.tsv, or declare them distinct in "
    "`audit.cleared`.",
    only_warns=True,
)
def similar_options(table: AuditTable, marks: Marks) -> Found:
    """Pairs of names that contain each other should be reviewed even if the tree separates them."""
    knowledge = table.knowledge
    cleared = {frozenset((c.a, c.b)) for c in marks.cleared}
    times: dict[tuple[str, str], int] = {}
    shown: dict[str, str] = {}
    for _, a, b, shown_a, shown_b in _pairs(table):
        if a != b and {a, b} <= knowledge.known:
            first, second = sorted((a, b))
            times[first, second] = times.get((first, second), 0) + 1
            shown |= {a: shown_a, b: shown_b}
    offenders = [
        Offender(f"{a} / {b}", f"{alike(shown[a], shown[b], spelling=False)}; in {n} questions")
        for (a, b), n in sorted(times.items(), key=lambda e: (-e[1], e[0]))
        if frozenset((a, b)) not in cleared
        and not (knowledge.related(a, b) or knowledge.confusable(a, b))
        and alike(shown[a], shown[b], spelling=False)
    ]
    return none_of(
        offenders, len(times), "pairs of names to review", outcome=WARN, of="pairs of labels"
    )
