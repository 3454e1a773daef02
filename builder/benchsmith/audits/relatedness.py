"""Relatedness: no wrong option may be right under another name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from benchsmith.audits.contract import check, none_of
from benchsmith.audits.exam import Exam
from benchsmith.audits.form import folded
from benchsmith.core.verdicts import WARN, Found, Offender
from benchsmith.documents.benchmark import Marks

SAME = {
    "pulmonary": "lung", "renal": "kidney", "hepatic": "liver", "cardiac": "heart",
    "splenic": "spleen", "pancreatic": "pancreas", "gastric": "stomach", "cerebral": "brain",
    "ocular": "eye", "osseous": "bone", "cutaneous": "skin", "dermal": "skin", "thoracic": "thorax",
    "chest": "thorax", "abdominal": "abdomen", "pelvic": "pelvis", "spinal": "spine",
    "neoplasm": "tumor", "tumour": "tumor", "mass": "tumor", "cancer": "tumor", "carcinoma": "tumor",
    "malignancy": "tumor", "hemorrhage": "bleeding", "haemorrhage": "bleeding", "healthy": "normal",
    "oedema": "edema", "high": "high", "covid19": "covid",
}  # fmt: skip
"""Words that mean the same in the name of a finding, to one of them."""
EMPTY = frozenset(
    {"of", "the", "a", "an", "and", "or", "with", "in", "on", "to", "by", "type", "19"}
)
NEAR = 0.85
"""Likeness of spelling at which two names are taken for one."""
_MARKER = re.compile(
    r"\d+[a-z]?|[a-z]\d+[a-z]?|[ivx]+|[a-z]|left|right|upper|lower|middle|medial|lateral"
)
"""Words that tell things of one kind apart: numbers, letters, sides."""


@lru_cache(maxsize=1 << 18)
def alike(a: str, b: str, *, spelling: bool = True) -> str:
    """Say why two names may mean the same thing or one a kind of the other; empty if they do not.

    >>> alike("lung cancer", "pulmonary tumor"), alike("aorta", "ascending aorta"), alike("rib 4", "rib 5")
    ('mean the same', 'one says all that the other says', '')
    """
    one, other = _meaning(a), _meaning(b)
    if not one or not other:
        return ""
    if one == other:
        return "mean the same"
    if one < other or other < one:
        return "one says all that the other says"
    if not spelling or all(_MARKER.fullmatch(w) for w in one ^ other):
        return ""
    near = difflib.SequenceMatcher(
        None, " ".join(sorted(one)), " ".join(sorted(other)), autojunk=False
    )
    return "are spelled nearly alike" if near.ratio() >= NEAR else ""


def _meaning(name: str) -> frozenset[str]:
    words = [w for part in folded(name) for w in part.replace("_", " ").split()]
    return frozenset(SAME.get(w, w) for w in words if w not in EMPTY)


def _pairs(exam: Exam) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield question, answer, wrong option, and both as they are shown."""
    for row in exam.rows:
        for answer in row.answers:
            for i, label in enumerate(row.labels):
                if i not in row.answers:
                    yield row.id, row.labels[answer], label, row.options[answer], row.options[i]


@check(
    "C5",
    asks="Is no wrong option related to the answer?",
    formula="pairs of answer and wrong option that are one label, ancestor and descendant, or confusables "
    "in the lexicon; for a label that the lexicon does not have: the same words, all words of the other, "
    "synonymous words, or spelling alike by 0.85",
    remedy="Give both their place in lexicon/tree/label.tsv, pair them in lexicon/confusables.tsv, or sign "
    "in `audit.cleared` that they are two things.",
    hard=True,
)
def related_options(exam: Exam, marks: Marks) -> Found:
    """A wrong option must be wrong."""
    words = exam.words
    cleared = {frozenset((c.a, c.b)) for c in marks.cleared}
    said: dict[tuple[str, str], str] = {}

    def why(a: str, b: str, shown_a: str, shown_b: str) -> str:
        if a == b:
            return "is the same label"
        if frozenset((a, b)) in cleared:
            return ""
        if {a, b} <= words.known:
            if words.related(a, b):
                return "is related in the tree"
            return "is confusable with it" if words.confusable(a, b) else ""
        return alike(*sorted((shown_a, shown_b)))

    offenders = []
    for id_, a, b, shown_a, shown_b in _pairs(exam):
        if (a, b) not in said:
            said[a, b] = why(a, b, shown_a, shown_b)
        if said[a, b]:
            offenders.append(Offender(id_, f"{shown_b!r} beside {shown_a!r}: {said[a, b]}"))
    return none_of(offenders, len(exam), "wrong options that may be right", of="questions")


@check(
    "C5",
    asks="Is no wrong option named like the answer?",
    formula="pairs of labels of the lexicon, not related there, of which one's words are all of the "
    "other's, synonyms counted as one word",
    remedy="Let a curator look: pair them in lexicon/confusables.tsv, or sign in `audit.cleared` that they "
    "are two things.",
    only_warns=True,
)
def similar_options(exam: Exam, marks: Marks) -> Found:
    """Names that hold each other deserve a look, whatever the tree says."""
    known, words = exam.words.known, exam.words
    cleared = {frozenset((c.a, c.b)) for c in marks.cleared}
    times: dict[tuple[str, str], int] = {}
    shown: dict[str, str] = {}
    for _, a, b, shown_a, shown_b in _pairs(exam):
        if a != b and {a, b} <= known:
            first, second = sorted((a, b))
            times[first, second] = times.get((first, second), 0) + 1
            shown |= {a: shown_a, b: shown_b}
    offenders = [
        Offender(f"{a} / {b}", f"{alike(shown[a], shown[b], spelling=False)}; in {n} questions")
        for (a, b), n in sorted(times.items(), key=lambda e: (-e[1], e[0]))
        if frozenset((a, b)) not in cleared
        and not (words.related(a, b) or words.confusable(a, b))
        and alike(shown[a], shown[b], spelling=False)
    ]
    return none_of(
        offenders, len(times), "pairs of names to look at", outcome=WARN, of="pairs of labels"
    )
