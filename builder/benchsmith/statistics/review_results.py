"""What reviews come to: how often people are right, how far they agree, whose word weighs what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchsmith.core.validation import Accuracy
from benchsmith.documents.reviews import DROP, WHY, Review, dropped
from benchsmith.documents.votes import VOTED, Vote
from benchsmith.statistics.agreement import Agreement, agreement, counts_of
from benchsmith.statistics.rater_weights import told, weigh
from benchsmith.statistics.score_intervals import codes, proportion

ALL = "all tasks"
OF = WHOLE, TASK, PERSON = "all", "task", "person"
"""Whose accuracy it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands, and as what."""

    task: str
    patient: str
    """Whose pictures must be counted together: cases of one patient are not independent."""
    seen: str
    """Fingerprint of the question as it is now, with its key and picture."""


def answered(rows: Iterable[Review], where: Mapping[str, Place]) -> list[Review]:
    """Return the answers to questions as they are: people and models are asked the same."""
    return [
        r
        for r in rows
        if r.answered and (place := where.get(r.question)) is not None and place.seen == r.seen
    ]


def accuracies(rows: Iterable[Review], where: Mapping[str, Place]) -> list[Accuracy]:
    """Return how often people were right before they saw the key: in all, by task, by person.

    Who was unsure was not right. A share's interval is Wilson's on the effective number of
    answers, by patients (:func:`benchsmith.statistics.score_intervals.proportion`). Answers to questions that
    are not there, or were others then, do not count (:func:`answered`).
    """
    names: dict[tuple[int, str], list[Review]] = {}
    for row in answered(rows, where):
        for key in (0, ALL), (1, where[row.question].task), (2, row.who):
            names.setdefault(key, []).append(row)
    return [_accuracy(OF[of], name, own, where) for (of, name), own in sorted(names.items())]


def _accuracy(of: str, name: str, rows: Sequence[Review], where: Mapping[str, Place]) -> Accuracy:
    right = np.array([r.answered == "right" for r in rows], dtype=np.float64)
    patients = codes(np.array([where[r.question].patient for r in rows], dtype=object))
    low, high = proportion(right, patients)
    return Accuracy(
        of=of,
        name=name,
        answers=len(rows),
        unsure=sum(r.answered == "unsure" for r in rows),
        cases=len({r.question for r in rows}),
        patients=int(patients.max()) + 1,
        right=float(right.mean()),
        low=low,
        high=high,
    )


def agreed(rows: Iterable[Review]) -> Agreement:
    """Return how far people agree on what is kept and what is dropped."""
    votes: dict[str, Counter[str]] = {}
    for row in sorted(rows, key=lambda r: r.key):
        votes.setdefault(row.question, Counter())[row.decision] += 1
    return agreement(counts_of(votes.values()), "reviews")


def weights(rows: Iterable[Review]) -> dict[str, float]:
    """Return how often each person is expected to decide rightly."""
    return weigh((r.question, r.who, r.decision) for r in rows).weights


def votes_on(axis: str, votes: Iterable[Vote]) -> list[tuple[str, str, str]]:
    """Return who said what of which label on an axis."""
    return [("/".join(v.item), v.annotator, v.of(axis)) for v in votes if v.of(axis)]


def lines(rows: Sequence[Review], where: Mapping[str, Place]) -> list[str]:
    """Tell a benchmark's reviews."""
    if not rows:
        return ["nobody has decided on a case yet"]
    gone = dropped(rows)
    why = Counter(r.reason for r in rows if r.decision == DROP)
    people, targets = ({getattr(r, name) for r in rows} for name in ("who", "target"))
    done = f"{len(rows)} decisions by {len(people)} people on {len(targets)} targets"
    found = [f"{done}; {len(gone)} targets dropped"]
    found += [f"  {n} x {WHY[reason]}" for reason, n in sorted(why.items())]
    found += ["", "right before the key was seen (95 % intervals by Wilson, clustered by patient):"]
    told_of = accuracies(rows, where)
    width = max((len(a.name) for a in told_of), default=0)
    found += [
        f"  {a.name:{width}}  {a.right:6.1%}  ({a.low:.1%} to {a.high:.1%})"
        f"  {a.answers} answers" + (f", {a.unsure} unsure" if a.unsure else "")
        for a in told_of
    ] or ["  nobody answered"]
    if others := sum(bool(r.answered) for r in rows) - len(answered(rows, where)):
        found.append(f"  not counted, since the question is gone or was changed: {others}")
    return [*found, "", *_agreement(rows)]


def _agreement(rows: Sequence[Review]) -> Iterator[str]:
    found = agreed(rows)
    if not found.items:
        yield "no case was decided on by two people, so agreement cannot be told"
        return
    yield (f"keep or drop: {found.items} cases by two people or more, agreement {found.raw:.3f}, "
           f"Fleiss' kappa {found.kappa}, Krippendorff's alpha {found.alpha}")  # fmt: skip
    yield f"weights by Dawid and Skene: {told(weights(rows))}"


def weights_of(votes: Sequence[Vote]) -> Iterable[str]:
    """Tell whose votes on labels weigh what, by axis."""
    for axis in VOTED:
        said = votes_on(axis, votes)
        if len({who for _, who, _ in said}) > 1:
            yield f"{axis}: weights by Dawid and Skene: {told(weigh(said).weights)}"
