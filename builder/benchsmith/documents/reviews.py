"""`reviews/<benchmark>.tsv`: what people decided of a benchmark's questions, one row a decision."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.tables.partition import fingerprint

COLUMNS = ("target", "question", "decision", "reason", "answered", "who", "time", "seen", "note")
KEEP, DROP = "keep", "drop"
WHY = {
    "no-picture": "answerable without the picture",
    "wrong-key": "the key is wrong",
    "unclear-target": "it is not clear what is meant",
    "poor-picture": "the picture is poor",
    "two-true": "two options are true",
    "other": "another reason, which the note says",
}
"""Why a target is dropped."""
ANSWERED = ("right", "wrong", "unsure")
"""What came of answering before the key was seen; empty where somebody did not answer."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Review:
    """What one person decided of one question, and by it of its target."""

    target: str
    question: str
    decision: str
    reason: str
    answered: str
    who: str
    time: str
    """UTC, to the second, such as ``2026-01-31T09:00:00Z``."""
    seen: str
    """Fingerprint of picture, question, options and key, as they were seen."""
    note: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What there is one row of."""
        return (self.target, self.question, self.who)


def shown(png_sha256: str, stem: str, options: Sequence[str]) -> str:
    """Return the fingerprint of what somebody sees before they answer."""
    return fingerprint(png_sha256, stem, options)


def judged(png_sha256: str, stem: str, options: Sequence[str], answers: Sequence[int]) -> str:
    """Return the fingerprint of what somebody judges: the key is seen by then."""
    return fingerprint(shown(png_sha256, stem, options), answers)


def path_of(home: Path, name: str) -> Path:
    """Return the file of a benchmark."""
    return home / "reviews" / f"{name}.tsv"


def read(path: Path, curators: Container[str], problems: Problems) -> list[Review]:
    """Return a benchmark's reviews, noting every problem; a file that is not there has none."""
    found: dict[tuple[str, str, str], int] = {}
    reviews = []
    for row in tsv.read(path, COLUMNS, problems) if path.is_file() else []:
        review = Review(**row.cells)
        for what, hint in _faults(review, curators):
            problems.add(path, row.line, what, hint)
        if (other := found.setdefault(review.key, row.line)) != row.line:
            what = f"{review.who} decides on {review.question!r} on line {other} too"
            problems.add(path, row.line, what)
        reviews.append(review)
    return reviews


def _faults(review: Review, curators: Container[str]) -> Iterable[tuple[str, str]]:
    """Yield what is wrong in one row, and how it is mended."""
    if not review.target or not review.question.startswith(f"{review.target}:"):
        yield f"{review.question!r} is no question of the target {review.target!r}", ""
    if review.decision not in (KEEP, DROP):
        yield f"unknown decision {review.decision!r}", f"{KEEP} or {DROP}"
    elif review.decision == DROP and review.reason not in WHY:
        hint = did_you_mean(review.reason, WHY) or f"one of {', '.join(WHY)}"
        yield f"unknown reason {review.reason!r}", hint
    elif review.decision == KEEP and review.reason:
        yield f"keeps, and has the reason {review.reason!r}", "leave it empty"
    if review.reason == "other" and not review.note:
        yield "has no note", "say in `note` which other reason"
    if review.answered and review.answered not in ANSWERED:
        yield f"unknown answer {review.answered!r}", f"{', '.join(ANSWERED)}, or empty"
    if review.who not in curators:
        hint = "put a curator of lexicon/curators.tsv into `who`"
        yield (f"unknown curator {review.who!r}" if review.who else "is not signed"), hint
    if not is_time(review.time):
        yield f"{review.time!r} is no time", "such as 2026-01-31T09:00:00Z"


def is_time(text: str) -> bool:
    """Say whether a text is a second of UTC as the table writes it.

    >>> is_time("2026-01-31T09:00:00Z"), is_time("2026-02-31T09:00:00Z"), is_time("2026-01-31")
    (True, False, False)
    """
    try:
        return bool(_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def write(path: Path, reviews: Iterable[Review]) -> None:
    """Write a benchmark's reviews, sorted by target, question and person."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{c: getattr(r, c) for c in COLUMNS} for r in sorted(reviews, key=lambda r: r.key)]
    tsv.write(path, COLUMNS, rows)


def dropped(reviews: Iterable[Review]) -> dict[str, str]:
    """Return the targets that people dropped, each with why, for the list of what was left out.

    A target goes that at least as many people drop as keep: a question that is in doubt is not
    asked. Somebody who saw it at several granularities, and drops it at one, drops it.
    """
    says: dict[str, dict[str, str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for review in reviews:
        people = says.setdefault(review.target, {})
        if people.get(review.who) != DROP:
            people[review.who] = review.decision
        if review.decision == DROP:
            reasons.setdefault(review.target, Counter())[review.reason] += 1
    found = {}
    for target, people in sorted(says.items()):
        votes = Counter(people.values())
        if votes[DROP] and votes[DROP] >= votes[KEEP]:
            why = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons[target].items()))
            found[target] = f"dropped by {votes[DROP]} of {len(people)}: {why}"
    return found
