"""Wording: length, and options that differ from the others in kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from benchsmith.audits.contract import check, none_of, not_run, within
from benchsmith.audits.exam import Exam, Mask
from benchsmith.audits.prior_guessers import rate
from benchsmith.audits.text_guessers import wins
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Ints
from benchsmith.text.normal_form import normal

NORMAL = re.compile(
    r"^(?:normal|healthy|no (?:finding|findings|abnormality|disease|lesion)|negative|unremarkable)\b|正常"
)
"""Names of what is not ill."""
MAY_TELL = 30
"""Questions that a trait needs before it is judged."""


@check(
    "C3",
    asks="Does the length of an option tell that it is right?",
    formula="hits of taking the longest option, and the shortest (ties shared), less chance; how often the "
    "answer is longer than a wrong option (ties half), less 1/2; margins length_points and length_auc",
    remedy="Draw wrong options of about the answer's number of words, or shorten the long labels' names.",
)
def option_length(exam: Exam, marks: Marks) -> Found:
    """Long answers must not stand among short options."""
    length = np.array([len(t) for t in exam.texts], float)
    everyone = np.ones(len(exam), bool)
    judged = []
    for name, score in (("longest", length), ("shortest", -length)):
        found = rate(exam, exam.hits(score) - exam.chance, everyone)
        judged.append((f"{name} option, beside chance", found, marks.length_points / 100))
    won, pairs = wins(exam, length)
    if pairs.any():
        found = exam.clusters.interval(won - pairs / 2, pairs)
        judged.append(("answer longer than a wrong option, beside half", found, marks.length_auc))
    parts = [Part(name=n, value=f.value, low=f.low, high=f.high, n=len(exam)) for n, f, _ in judged]
    name, found, margin = max(judged, key=lambda j: max(j[1].low, -j[1].high, 0) - j[2])
    if max(found.low, -found.high) <= margin:
        name, found, margin = max(judged, key=lambda j: max(j[1].high, -j[1].low) - j[2])
    return within(found, margin, len(exam), what=f"{name}: ", over=exam.over(), parts=parts)


@check(
    "C6",
    asks="Is the answer the odd one out?",
    formula="for each trait of labels (branch of the tree, parent, department, normal or not), hits of "
    "taking the one option whose trait no other has while the others agree, less chance, over all "
    "questions; margin odd_points",
    remedy="Narrow the pool so that its labels are of one kind, or give the odd labels pools of their own.",
)
def odd_one_out(exam: Exam, marks: Marks) -> Found:
    """A trait that only the answer has would be the answer."""
    traits = dict(exam.words.traits or {})
    shown_as = {
        label: text
        for row in exam.rows
        for label, text in zip(row.labels, row.options, strict=False)
    }
    traits["normal"] = {n: str(bool(NORMAL.search(normal(t)))) for n, t in shown_as.items()}
    labels, names = exam.option
    judged = []
    for trait, values in sorted(traits.items()):
        which = {v: i for i, v in enumerate(sorted({values.get(n, "") for n in names}))}
        value = np.array([which[values.get(n, "")] for n in names])[labels]
        pair = exam.item * len(which) + value
        alike = np.bincount(pair, minlength=len(exam) * len(which))[pair]
        lonely = alike == 1
        odd = lonely & (exam.per_item(lonely.astype(float))[exam.item] == 1)
        odd &= _others_agree(exam, alike)
        found = odd.any() and exam.per_item(odd.astype(float)) > 0
        if not isinstance(found, np.ndarray) or found.sum() < MAY_TELL:
            continue
        excess = exam.hits(odd.astype(float)) - exam.chance
        judged.append((trait, rate(exam, excess, np.ones(len(exam), bool)), int(found.sum())))
    if not judged:
        return not_run(f"no trait sets one option apart in {MAY_TELL} questions", len(exam))
    margin = marks.odd_points / 100
    parts = [
        Part(
            name=f"{t}, which sets one apart in {n}",
            value=f.value,
            low=f.low,
            high=f.high,
            n=len(exam),
        )
        for t, f, n in judged
    ]
    trait, found, _ = max(judged, key=lambda j: (j[1].low > margin, abs(j[1].value)))
    return within(found, margin, len(exam), what=f"{trait}: ", over=exam.over(), parts=parts)


def _others_agree(exam: Exam, alike: Ints) -> Mask:
    """Say of each option whether its question's options are one alone and the rest of one value."""
    rest = np.zeros(len(exam))
    np.maximum.at(rest, exam.item, alike.astype(float))
    agree: Mask = ((rest == exam.k - 1) & (exam.k > 2))[exam.item]
    return agree


@check(
    "C6",
    asks="Is `normal` right as often as another option would be?",
    formula="P(the answer is normal | normal is offered) less chance; margin odd_points",
    remedy="Cap the normal pictures at their share of options, or ask for them in questions of their own.",
    least=MAY_TELL,
)
def normal_answer(exam: Exam, marks: Marks) -> Found:
    """Normal must be neither a safe guess nor never right."""
    plain = np.array([bool(NORMAL.search(normal(t))) for t in exam.texts], bool)
    offered = exam.per_item(plain.astype(float)) > 0
    n = int(offered.sum())
    if n < MAY_TELL:
        return not_run(f"`normal` is offered in {n} questions, fewer than {MAY_TELL}", n)
    found = rate(exam, exam.hits(plain.astype(float)) - exam.chance, offered)
    return within(found, marks.odd_points / 100, n, what="normal: ", over=exam.over(offered))


@check(
    "C7",
    asks="Can every wrong option be seen in the question's modality?",
    formula="questions with a wrong option that is no answer in this modality anywhere in the benchmark, "
    "and has no place in the lexicon for it",
    remedy="Add a row to lexicon/placements.tsv if the label can be seen in the modality; else leave it out.",
)
def modality_consistency(exam: Exam, marks: Marks) -> Found:
    """A wrong option that the modality cannot show is no option."""
    answers = {
        (label, row.modality)
        for row in exam.rows
        for i, label in enumerate(row.labels)
        if i in row.answers
    }
    plausible = exam.words.plausible
    offenders = []
    for row in exam.rows:
        odd = [
            label
            for i, label in enumerate(row.labels)
            if i not in row.answers
            and (label, row.modality) not in answers
            and not (plausible and plausible(label, row.modality))
        ]
        if odd:
            offenders.append(Offender(row.id, f"{odd[0]} is not seen in {row.modality}"))
    return none_of(offenders, len(exam), "wrong options that the modality cannot show")


@check(
    "C8",
    asks="Are the pools large enough?",
    formula="questions whose pool has fewer admissible wrong labels than one; and for each pool the "
    "effective number of labels exp(H) of its answers, mark effective_pool",
    remedy="Add sources or labels of the same modality and task, or raise `options.min_pool`.",
)
def pool_size(exam: Exam, marks: Marks) -> Found:
    """A pool of one label gives its answer away; a small one nearly does."""
    answers: dict[str, Counter[str]] = {}
    offered: dict[str, set[str]] = {}
    for row in exam.rows:
        answers.setdefault(row.pool, Counter())[row.label] += 1
        offered.setdefault(row.pool, set()).update(row.labels)
    single = [
        Offender(pool, f"its only label is {min(labels)}")
        for pool, labels in sorted(offered.items())
        if len(labels) < 2
    ]
    effective = {}
    for pool, counts in sorted(answers.items()):
        share = np.array([counts[c] for c in sorted(counts)], float) / counts.total()
        effective[pool] = float(np.exp(-(share * np.log(share)).sum()))
    small = [p for p, size in effective.items() if size < marks.effective_pool]
    parts = [
        Part(name=p, value=effective[p], n=answers[p].total())
        for p in sorted(effective, key=lambda p: (effective[p], p))
    ]
    least = parts[0].value
    figures: dict[str, Any] = {
        "value": least,
        "n": len(exam),
        "mark": marks.effective_pool,
        "unit": "labels",
    }
    if single:
        says = f"{len(single)} of {len(offered)} pools have a single label"
        return Found(outcome=FAIL, says=says, parts=parts, **figures, **named(single))
    if small:
        asked = sum(answers[p].total() for p in small)
        says = (
            f"{len(small)} of {len(effective)} pools are in effect smaller than "
            f"{shown(marks.effective_pool, 'labels')}: {asked} of {len(exam)} questions"
        )
        why = [Offender(p, f"{effective[p]:.2f} labels in effect") for p in small]
        return Found(outcome=WARN, says=says, parts=parts, **figures, **named(why))
    return Found(outcome=PASS, says="every pool is large enough", parts=parts, **figures)


@check(
    "C9",
    asks="Do questions come in mirror pairs?",
    formula="share of questions with one answer that have a partner of the same stem and the same set of options, another answer, "
    "and a picture of another patient; mark mirror_share",
    remedy="Draw option sets in pairs, so that each set is asked with two different answers.",
    only_warns=True,
)
def mirror_pairs(exam: Exam, marks: Marks) -> Found:
    """Where a set of options is asked with two answers, no guess wins both."""
    groups: dict[tuple[object, ...], list[tuple[frozenset[str], str]]] = {}
    for i, row in enumerate(exam.rows):
        if row.several or len(row.answers) > 1:
            continue
        key = (row.split, row.stem, row.modality, tuple(sorted(row.labels)))
        whose = row.target if row.patient is None else row.patient
        groups.setdefault(key, []).append((_answers(exam, i), whose))
    paired = alone = 0
    for members in groups.values():
        different = set(members)
        answers = Counter(a for a, _ in different)
        people = Counter(p for _, p in different)
        # partners of (a, p) are all but those of the same answer or the same patient
        alone += sum(len(answers) > 1 for _ in members)
        paired += sum(len(different) - answers[a] - people[p] + 1 > 0 for a, p in members)
    n = sum(len(members) for members in groups.values())
    if not n:
        return not_run("no question has one answer", len(exam))
    share = paired / n
    outcome = PASS if share >= marks.mirror_share else WARN
    says = (
        f"{paired} of {n} questions with one answer have a partner of another patient; "
        f"{alone} have one if the same patient counts"
    )
    return Found(outcome=outcome, says=says, value=share, n=n, mark=marks.mirror_share, unit="%")


def _answers(exam: Exam, i: int) -> frozenset[str]:
    row = exam.rows[i]
    return frozenset(row.labels[a] for a in row.answers)


@check(
    "C10",
    asks="Is nothing asked twice?",
    formula="questions with the same picture, byte for byte, the same task and the same answers as another; "
    "another wording is the same question",
    remedy="Leave one of the two out; near-duplicate pictures must be found before selection.",
    needs=("picture",),
)
def repeats(exam: Exam, marks: Marks) -> Found:
    """One picture, one task, one answer: one question."""
    seen: dict[tuple[object, ...], str] = {}
    offenders = []
    for i, row in enumerate(exam.rows):
        key = (row.picture, row.task, row.view, row.several, _answers(exam, i))
        other = seen.setdefault(key, row.id)
        if other != row.id:
            offenders.append(Offender(row.id, f"asks what {other} asks"))
    return none_of(offenders, len(exam), "questions that repeat another")


@check(
    "C10",
    asks="Is no answer asked for twice in one picture?",
    formula="questions that mark something in the picture (image, axis, hash and part) in which another "
    "question of the same granularity marks the same answer elsewhere, as the left and the right of two "
    "organs; not independent of each other",
    remedy="Lower `quota.per_volume` to 1, or count such questions once.",
    needs=("phash", "sample"),
    only_warns=True,
)
def same_answer(exam: Exam, marks: Marks) -> Found:
    """One picture, one answer: the second of two sides adds little."""
    seen: dict[tuple[object, ...], tuple[str, str]] = {}
    offenders, marked = [], 0
    for i, row in enumerate(exam.rows):
        if row.view == "image" or not row.phash:
            continue
        marked += 1
        key = (row.sample, row.axis, row.phash, row.crop, row.view, row.task, _answers(exam, i))
        target, other = seen.setdefault(key, (row.target, row.id))
        if target != row.target:
            offenders.append(Offender(row.id, f"asks for the same in the picture of {other}"))
    return none_of(offenders, marked, "questions", of="marked questions")
