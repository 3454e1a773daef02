"""What reviews come to: how often people are right, how far they agree, whose word weighs what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from builder.documents.lexicon import Lexicon
from builder.documents.reviews import DROP, WHY, Review, dropped
from builder.documents.votes import VOTED
from builder.evaluate.intervals import Interval, codes, proportion
from builder.review.shelf import Shelf
from builder.review.weights import told, weigh
from builder.tagging.agree import Round
from builder.tagging.agreement import agreement, counts_of

ALL = "all tasks"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands."""

    task: str
    patient: str
    """Whose pictures must be counted together: cases of one patient are not independent."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often people are right at something."""

    name: str
    answers: int
    unsure: int
    right: float
    interval: Interval


def places(shelf: Shelf, lexicon: Lexicon) -> dict[str, Place]:
    """Return where each question of a benchmark stands."""
    targets = shelf.targets
    return {
        c.question: Place(
            lexicon.tasks[c.task].name,
            targets[c.target]["cluster"] or targets[c.target]["patient"],
        )
        for c in shelf.cases
    }


def accuracies(rows: Sequence[Review], where: Mapping[str, Place]) -> list[Accuracy]:
    """Return how often people were right before they saw the key: in all, by task, by person.

    Who was unsure was not right. A share's interval is Wilson's on the effective number of
    answers, by patients (:func:`builder.evaluate.intervals.proportion`). A question that the
    benchmark does not have any longer counts in all and for its person.
    """
    answered = [r for r in rows if r.answered]
    names: dict[tuple[int, str], list[Review]] = {}
    for row in answered:
        place = where.get(row.question)
        keys = [(0, ALL), (2, row.who), *([(1, place.task)] if place else [])]
        for key in keys:
            names.setdefault(key, []).append(row)
    return [_accuracy(name, own, where) for (_, name), own in sorted(names.items())]


def _accuracy(name: str, rows: Sequence[Review], where: Mapping[str, Place]) -> Accuracy:
    right = np.array([r.answered == "right" for r in rows], dtype=np.float64)
    whose = [p.patient if (p := where.get(r.question)) else r.target for r in rows]
    groups = codes(np.array(whose, dtype=object))
    unsure = sum(r.answered == "unsure" for r in rows)
    return Accuracy(name, len(rows), unsure, float(right.mean()), proportion(right, groups))


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
        f"  {a.name:{width}}  {a.right:6.1%}  ({a.interval.low:.1%} to {a.interval.high:.1%})"
        f"  {a.answers} answers" + (f", {a.unsure} unsure" if a.unsure else "")
        for a in told_of
    ] or ["  nobody answered"]
    return [*found, "", *_agreement(rows)]


def _agreement(rows: Sequence[Review]) -> Iterator[str]:
    votes: dict[str, Counter[str]] = {}
    for row in rows:
        votes.setdefault(row.question, Counter())[row.decision] += 1
    found = agreement(counts_of(votes.values()), "reviews")
    if not found.items:
        yield "no case was decided on by two people, so agreement cannot be told"
        return
    yield (f"keep or drop: {found.items} cases by two people or more, agreement {found.raw:.3f}, "
           f"Fleiss' kappa {found.kappa}, Krippendorff's alpha {found.alpha}")  # fmt: skip
    weights = weigh((r.question, r.who, r.decision) for r in rows).weights
    yield f"weights by Dawid and Skene: {told(weights)}"


def weights_of(votes: Round) -> Iterable[str]:
    """Tell whose votes on labels weigh what, by axis."""
    both = (*votes.first, *votes.further)
    for axis in VOTED:
        said = [("/".join(v.item), v.annotator, v.of(axis)) for v in both if v.of(axis)]
        if len({who for _, who, _ in said}) > 1:
            yield f"{axis}: weights by Dawid and Skene: {told(weigh(said).weights)}"
