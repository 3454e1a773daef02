"""The human validation of a release: figures of reviews and votes, without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan

from benchsmith.core.random_order import rank
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.core.validation import (
    Accuracy,
    Agreed,
    Figure,
    KeyCheck,
    Person,
    Review,
    Round,
    Validation,
)
from benchsmith.documents import reviews as documents
from benchsmith.documents.reviews import DROP, judged
from benchsmith.documents.verification import Framed, Unit, Verified
from benchsmith.documents.votes import TIES, VOTED, Vote
from benchsmith.release.model import Release
from benchsmith.statistics import agreement as measured
from benchsmith.statistics import review_results
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.key_check import key_check
from benchsmith.statistics.rater_weights import fit_raters
from benchsmith.statistics.review_results import PERSON, SCOPES, Place
from benchsmith.tagging.majority import Round as Votes
from benchsmith.tagging.majority import measure

DECISION = "keep or drop"
"""The name of keep-or-drop decisions in the figures of agreement."""


def validate(
    release: Release,
    decided: Sequence[documents.Review],
    voted: Mapping[str, Sequence[Vote]],
    frame: Sequence[Framed] = (),
    verified: Sequence[Verified] = (),
) -> Validation:
    """Return the figures of people's decisions on a release's cases and of votes on its labels.

    `voted` are votes by round; only votes on labels of the release's lexicon count. `verified` are
    verdicts on keys, in the order of `frame`. The figures
    cover all splits, hidden ones too, since accuracies reveal no single answer.
    """
    rounds = _rounds(release, voted)
    aliases = _aliases(release, decided, rounds, verified)
    return Validation(
        review=_review(release, decided, aliases) if decided else None,
        rounds=[_round(votes, aliases) for votes in rounds],
        keys=_keys(release, frame, verified, aliases) if verified else None,
    )


def _keys(
    release: Release,
    frame: Sequence[Framed],
    verified: Sequence[Verified],
    aliases: Mapping[str, str],
) -> KeyCheck:
    current = {Unit(question, place.seen) for question, place in _places(release).items()}
    return key_check(frame, verified, current, release.benchmark.audit.wrong_keys, aliases)


def _rounds(release: Release, voted: Mapping[str, Sequence[Vote]]) -> list[Votes]:
    """Return the rounds with votes on the release's labels, each with its votes on ties."""
    own = {
        name: tuple(v for v in votes if v.label in release.lexicon.labels)
        for name, votes in voted.items()
    }
    names = sorted({name.removesuffix(TIES) for name, votes in own.items() if votes})
    return [Votes(name, own.get(name, ()), own.get(name + TIES, ())) for name in names]


def _aliases(
    release: Release,
    decided: Sequence[documents.Review],
    rounds: Sequence[Votes],
    verified: Sequence[Verified],
) -> dict[str, str]:
    """Return an alias for each person: ``person 1`` is the one with the most decisions and votes."""
    tally = Counter(r.who for r in decided)
    tally.update(v.annotator for votes in rounds for v in (*votes.first, *votes.further))
    tally.update(v.who for v in verified)
    seed = release.benchmark.seed
    order = sorted(tally, key=lambda who: (-tally[who], rank(seed, "person", who)))
    return {who: f"person {n}" for n, who in enumerate(order, start=1)}


def _review(
    release: Release, decided: Sequence[documents.Review], aliases: Mapping[str, str]
) -> Review:
    dropped = documents.dropped(decided)
    places = _places(release)
    released = {question.rpartition(":")[0] for question in places}
    rows = [r for r in decided if r.target in released or r.target in dropped]
    of_release = [r for r in rows if r.target in released]
    accuracy = review_results.accuracies(of_release, places)
    reasons = Counter(r.reason for r in decided if r.decision == DROP)
    counts = release.manifests["select"][ALL_SOURCES].details["review"]
    agreement = review_results.agreed(rows)
    weights = review_results.weights(rows) if agreement.items else {}
    tally = Counter(r.who for r in decided)
    return Review(
        decisions=len(decided),
        targets=len({r.target for r in of_release}),
        elsewhere=len(decided) - len(rows),
        dropped=len(dropped),
        reasons=sorted(reasons.items(), key=lambda e: (-e[1], e[0])),
        missed=counts["missed"],
        filled=counts["filled"],
        accuracy=sorted((_renamed(a, aliases) for a in accuracy), key=_place),
        earlier=sum(bool(r.answered) for r in decided)
        - len(review_results.answered(of_release, places)),
        agreement=_agreed(DECISION, agreement),
        people=[
            Person(
                name=aliases[who],
                said=tally[who],
                weights=[(DECISION, weights[who])] if who in weights else (),
            )
            for who in _in_order(tally, aliases)
        ],
    )


def _places(release: Release) -> dict[str, Place]:
    """Return the task, group and digest of each rendered question, hidden splits included."""
    assert release.picture_store is not None
    found = {}
    for q in release.asked():
        choice = release.choices[q.target]
        digest = release.picture_store.digest(release.picture_store.number(q.id))
        found[q.id] = Place(
            release.lexicon.tasks[q.task].name,
            choice.cluster or choice.patient,
            judged(digest, q.question, q.options, q.answers),
        )
    return found


def _round(votes: Votes, aliases: Mapping[str, str]) -> Round:
    both = (*votes.first, *votes.further)
    of_axis = {axis: review_results.votes_on(axis, both) for axis in VOTED}
    weights = {
        axis: fit_raters(answers).weights
        for axis, answers in of_axis.items()
        if len({who for _, who, _ in answers}) > 1
    }
    tally = Counter(v.annotator for v in both)
    return Round(
        name=votes.name,
        labels=len({v.label for v in both}),
        further=len(votes.further),
        agreement=[_agreed(axis, found) for axis, found in measure(votes).items()],
        people=[
            Person(
                name=aliases[who],
                said=tally[who],
                weights=[(axis, of[who]) for axis, of in weights.items() if who in of],
            )
            for who in _in_order(tally, aliases)
        ],
    )


def _in_order(people: Mapping[str, int], aliases: Mapping[str, str]) -> list[str]:
    """Return some people in the order of their aliases."""
    return [who for who in aliases if who in people]


def _renamed(one: Accuracy, aliases: Mapping[str, str]) -> Accuracy:
    return replace(one, name=aliases[one.name]) if one.of == PERSON else one


def _place(one: Accuracy) -> tuple[int, int, str]:
    """Return the sort key of an accuracy: overall, then tasks by name, then people by number."""
    number = int(one.name.rpartition(" ")[2]) if one.of == PERSON else 0
    return SCOPES.index(one.of), number, one.name


def _agreed(name: str, found: measured.Agreement) -> Agreed:
    return Agreed(
        name=name,
        items=found.items,
        votes=found.votes,
        raw=None if isnan(found.raw) else found.raw,
        kappa=_figure(found.kappa),
        alpha=_figure(found.alpha),
    )


def _figure(found: Interval) -> Figure:
    value, low, high = (None if isnan(v) else v for v in (found.value, found.low, found.high))
    return Figure(value=value, low=low, high=high)
