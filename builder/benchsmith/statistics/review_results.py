"""Results of reviews: accuracy of the reviewers, their agreement, and their weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchsmith.core.validation import Accuracy
from benchsmith.documents.reviews import DROP, DROP_REASONS, Review, dropped
from benchsmith.documents.votes import VOTED, Vote
from benchsmith.statistics.agreement import Agreement, agreement, vote_counts
from benchsmith.statistics.cluster_arrays import codes
from benchsmith.statistics.clustered import share_interval
from benchsmith.statistics.rater_weights import fit_raters, shown_weights

ALL_TASKS = "all tasks"
SCOPES = ALL, TASK, PERSON = "all", "task", "person"
"""What an accuracy is computed over."""


@dataclass(frozen=True, slots=True)
class Place:
    """A reviewed question's task, patient and current version."""

    task: str
    patient: str
    """The cluster of its cases: cases of one patient are not independent."""
    seen: str
    """Fingerprint of the current question, with its key and picture."""


def answered(rows: Iterable[Review], where: Mapping[str, Place]) -> list[Review]:
    """Return the answers to the current versions of the questions, as models are asked them."""
    return [
        r
        for r in rows
        if r.answered and (place := where.get(r.question)) is not None and place.seen == r.seen
    ]


def accuracies(rows: Iterable[Review], where: Mapping[str, Place]) -> list[Accuracy]:
    """Return the accuracy before the key was shown: over all answers, by task, and by person.

    "Unsure" counts as wrong. Intervals are clustered by patient
    (:func:`benchsmith.statistics.clustered.share_interval`). Answers to deleted or changed questions do not
    count (:func:`answered`).
    """
    names: dict[tuple[int, str], list[Review]] = {}
    for row in answered(rows, where):
        for key in (0, ALL_TASKS), (1, where[row.question].task), (2, row.who):
            names.setdefault(key, []).append(row)
    return [
        _accuracy(SCOPES[scope], name, own, where) for (scope, name), own in sorted(names.items())
    ]


def _accuracy(
    scope: str, name: str, rows: Sequence[Review], where: Mapping[str, Place]
) -> Accuracy:
    right = np.array([r.answered == "right" for r in rows], dtype=np.float64)
    patients = codes(np.array([where[r.question].patient for r in rows], dtype=object))
    interval = share_interval(right, patients)
    return Accuracy(
        of=scope,
        name=name,
        answers=len(rows),
        unsure=sum(r.answered == "unsure" for r in rows),
        cases=len({r.question for r in rows}),
        patients=int(patients.max()) + 1,
        right=interval.value,
        low=interval.low,
        high=interval.high,
    )


def agreed(rows: Iterable[Review]) -> Agreement:
    """Return the reviewers' agreement on which questions to keep and which to drop."""
    votes: dict[str, Counter[str]] = {}
    for row in sorted(rows, key=lambda r: r.key):
        votes.setdefault(row.question, Counter())[row.decision] += 1
    return agreement(vote_counts(votes.values()), "reviews")


def weights(rows: Iterable[Review]) -> dict[str, float]:
    """Return the expected accuracy of each reviewer's decisions."""
    return fit_raters((r.question, r.who, r.decision) for r in rows).weights


def votes_on(axis: str, votes: Iterable[Vote]) -> list[tuple[str, str, str]]:
    """Return the votes on an axis as (label with modality, annotator, choice)."""
    return [("/".join(v.item), v.annotator, v.of(axis)) for v in votes if v.of(axis)]


def lines(rows: Sequence[Review], where: Mapping[str, Place]) -> list[str]:
    """Return the summary of a benchmark's reviews as lines."""
    if not rows:
        return ["nobody has decided about a case yet"]
    gone = dropped(rows)
    why = Counter(r.reason for r in rows if r.decision == DROP)
    people, targets = ({getattr(r, name) for r in rows} for name in ("who", "target"))
    done = f"{len(rows)} decisions by {len(people)} people on {len(targets)} targets"
    found = [f"{done}; {len(gone)} targets dropped"]
    found += [f"  {n} x {DROP_REASONS[reason]}" for reason, n in sorted(why.items())]
    found += ["", "right before the key was seen (95 % intervals by Wilson, clustered by patient):"]
    by_scope = accuracies(rows, where)
    width = max((len(a.name) for a in by_scope), default=0)
    found += [
        f"  {a.name:{width}}  {a.right:6.1%}  ({a.low:.1%} to {a.high:.1%})"
        f"  {a.answers} answers" + (f", {a.unsure} unsure" if a.unsure else "")
        for a in by_scope
    ] or ["  nobody answered"]
    if others := sum(bool(r.answered) for r in rows) - len(answered(rows, where)):
        found.append(f"  not counted, because the question was removed or changed: {others}")
    return [*found, "", *_agreement(rows)]


def _agreement(rows: Sequence[Review]) -> Iterator[str]:
    found = agreed(rows)
    if not found.items:
        yield "no case has decisions by two people, so agreement is not defined"
        return
    yield (f"keep or drop: {found.items} cases by two people or more, agreement {found.raw:.3f}, "
           f"Fleiss' kappa {found.kappa}, Krippendorff's alpha {found.alpha}")  # fmt: skip
    yield f"weights by Dawid and Skene: {shown_weights(weights(rows))}"


def weights_of(votes: Sequence[Vote]) -> Iterable[str]:
    """Yield a line for each axis: the weights of the annotators' votes on labels."""
    for axis in VOTED:
        own = votes_on(axis, votes)
        if len({annotator for _, annotator, _ in own}) > 1:
            found = shown_weights(fit_raters(own).weights)
            yield f"{axis}: weights by Dawid and Skene: {found}"
