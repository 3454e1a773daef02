"""`reviews/<benchmark>.tsv`: reviewers' decisions on questions, one row per decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import signed_rows, tsv
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.signed_rows import signature_faults
from benchsmith.tables.partition import fingerprint

COLUMNS = ("target", "question", "decision", "reason", "answered", "who", "time", "seen", "note")
KEEP, DROP = "keep", "drop"
DROP_REASONS = {
    "no-picture": "answerable without the picture",
    "wrong-key": "the key is wrong",
    "unclear-target": "it is not clear what the question means",
    "poor-picture": "the picture is poor",
    "two-true": "two options are true",
    "other": "another reason, given in the note",
}
"""Codes and sentences of the reasons to drop a target."""
NOTE_CODES = {
    "mo": "motion artefact",
    "ns": "noise",
    "me": "metal artefact",
    "cut": "cut off by the border",
    "th": "too thin or too small to see",
    "off": "the mark is not on the structure",
    "inc": "the mark covers only a part of it",
    "ot": "an option is the usual word for another one",
}
"""What a reviewer may type instead of a note's words."""
ANSWERED = ("right", "wrong", "unsure")
"""Outcomes of answering before the key was shown; empty if the reviewer did not answer."""


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's decision on one question, and so on its target."""

    target: str
    question: str
    decision: str
    reason: str
    answered: str
    who: str
    time: str
    """UTC, to the second, such as ``2026-01-31T09:00:00Z``."""
    seen: str
    """Digest of the picture, question, options and key that the reviewer saw."""
    note: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which rows are unique."""
        return (self.target, self.question, self.who)


def shown(png_sha256: str, stem: str, options: Sequence[str]) -> str:
    """Return the digest of what a reviewer sees before answering."""
    return fingerprint(png_sha256, stem, options)


def judged(png_sha256: str, stem: str, options: Sequence[str], answers: Sequence[int]) -> str:
    """Return the digest of what a reviewer judges, which includes the key."""
    return fingerprint(shown(png_sha256, stem, options), answers)


def path_of(home: Path, name: str) -> Path:
    """Return the file of a benchmark."""
    return home / "reviews" / f"{name}.tsv"


def read(path: Path, curators: Container[str]) -> list[Review]:
    """Return a benchmark's reviews; none if the file is missing. Raises DocumentError."""
    return signed_rows.read(path, lambda problems: collect(path, curators, problems))


def collect(path: Path, curators: Container[str], problems: Problems) -> list[Review]:
    """Return a benchmark's reviews, adding every problem to `problems`."""
    return signed_rows.collect(
        path,
        Review,
        COLUMNS,
        problems,
        faults=lambda review: _faults(review, curators),
        key=lambda review: review.key,
        twice=lambda review: f"{review.who} already decides on {review.question!r}",
    )


def _faults(review: Review, curators: Container[str]) -> Iterable[tuple[str, str]]:
    """Yield what is wrong in one row, each with a hint."""
    if not review.target or not review.question.startswith(f"{review.target}:"):
        yield f"{review.question!r} is not a question of the target {review.target!r}", ""
    if review.decision not in (KEEP, DROP):
        yield f"unknown decision {review.decision!r}", f"{KEEP} or {DROP}"
    elif review.decision == DROP and review.reason not in DROP_REASONS:
        hint = did_you_mean(review.reason, DROP_REASONS) or f"one of {', '.join(DROP_REASONS)}"
        yield f"unknown reason {review.reason!r}", hint
    elif review.decision == KEEP and review.reason:
        yield f"has decision {KEEP!r} and the reason {review.reason!r}", "leave `reason` empty"
    if review.reason == "other" and not review.note:
        yield "has no note", "describe the reason in `note`"
    if review.answered and review.answered not in ANSWERED:
        yield f"unknown answer {review.answered!r}", f"{', '.join(ANSWERED)}, or empty"
    yield from signature_faults(review.who, review.time, curators)


def write(path: Path, reviews: Iterable[Review]) -> None:
    """Write a benchmark's reviews, sorted by target, question and reviewer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{c: getattr(r, c) for c in COLUMNS} for r in sorted(reviews, key=lambda r: r.key)]
    tsv.write(path, COLUMNS, rows)


def dropped(reviews: Iterable[Review]) -> dict[str, str]:
    """Return the dropped targets, each with a sentence for the list of what was left out.

    A target is dropped if at least as many reviewers drop it as keep it, so ties are dropped. A
    reviewer who drops one question of a target drops the target.
    """
    decisions: dict[str, dict[str, str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for review in reviews:
        by_reviewer = decisions.setdefault(review.target, {})
        if by_reviewer.get(review.who) != DROP:
            by_reviewer[review.who] = review.decision
        if review.decision == DROP:
            reasons.setdefault(review.target, Counter())[review.reason] += 1
    found = {}
    for target, by_reviewer in sorted(decisions.items()):
        votes = Counter(by_reviewer.values())
        if votes[DROP] and votes[DROP] >= votes[KEEP]:
            why = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons[target].items()))
            found[target] = f"dropped by {votes[DROP]} of {len(by_reviewer)}: {why}"
    return found
