"""Two tables of `reviews/`: the order in which experts verify keys, and their verdicts.

`<benchmark>.frame.tsv` lists every question in the order in which it is judged. The order is drawn
before the first answer, and a later build only adds to it, because the bound on wrong keys holds for
an order that no answer has changed. `<benchmark>.verified.tsv` has one row for each person and
question.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents import signed_rows, tsv
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.reviews import DROP, DROP_REASONS, Review
from benchsmith.documents.signed_rows import signature_faults

SUSPECTS = "suspects"
"""The stratum of the questions that the audit suspects: all of them are judged, first."""
RIGHT, WRONG, UNFAIR, UNSURE = VERDICTS = ("right", "wrong", "unfair", "cannot-tell")
WRONG_KEY = "wrong-key"
"""The reason for which a target with a wrong key is dropped."""
UNFAIR_REASONS = {code: text for code, text in DROP_REASONS.items() if code != WRONG_KEY}
"""Codes and sentences of the reasons why a question is unfair."""


class Unit(NamedTuple):
    """A question as it was seen; other options, another key or another picture make another question."""

    question: str
    seen: str
    """Digest of picture, question, options and key, as in :class:`~benchsmith.documents.reviews.Review`."""


@dataclass(frozen=True, slots=True)
class Framed:
    """One question of the frame."""

    place: int
    """From 1: its place in the order."""
    wave: int
    """From 1: the build that added it."""
    stratum: str
    question: str
    seen: str

    @property
    def unit(self) -> Unit:
        """The question and its version."""
        return Unit(self.question, self.seen)


@dataclass(frozen=True, slots=True)
class Verified:
    """One person's verdict on one key."""

    question: str
    verdict: str
    """One of `VERDICTS`."""
    reason: str
    """Why the question is unfair; empty otherwise."""
    who: str
    time: str
    """UTC, to the second, such as ``2026-01-31T09:00:00Z``."""
    seen: str
    note: str

    @property
    def unit(self) -> Unit:
        """The question and its version."""
        return Unit(self.question, self.seen)

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which rows are unique."""
        return (self.question, self.seen, self.who)


FRAME_COLUMNS = tuple(f.name for f in fields(Framed))
COLUMNS = tuple(f.name for f in fields(Verified))


def frame_path(home: Path, name: str) -> Path:
    """Return the file with the order of a benchmark's questions."""
    return home / "reviews" / f"{name}.frame.tsv"


def path_of(home: Path, name: str) -> Path:
    """Return the file with the verdicts on a benchmark's keys."""
    return home / "reviews" / f"{name}.verified.tsv"


def read_frame(path: Path) -> list[Framed]:
    """Return the rows of a frame in order; none if the file is missing. Raises DocumentError."""
    return signed_rows.read(path, lambda problems: collect_frame(path, problems))


def read(path: Path, curators: Container[str]) -> list[Verified]:
    """Return the verdicts; none if the file is missing. Raises DocumentError."""
    return signed_rows.read(path, lambda problems: collect(path, curators, problems))


def collect_frame(path: Path, problems: Problems) -> list[Framed]:
    """Return the rows of a frame in order, adding every problem to `problems`."""
    rows: list[Framed] = []
    lines: dict[Unit, int] = {}
    for row in tsv.collect(path, FRAME_COLUMNS, problems) if path.is_file() else []:
        wrong = [n for n in ("place", "wave") if not _is_count(row[n])]
        for name in wrong:
            problems.add(path, row.line, f"{name} is {row[name]!r}", "write a whole number from 1")
        if wrong:
            continue
        one = Framed(int(row["place"]), int(row["wave"]), *(row[n] for n in FRAME_COLUMNS[2:]))
        if (other := lines.setdefault(one.unit, row.line)) != row.line:
            problems.add(path, row.line, f"{one.question!r} is already on line {other}")
        rows.append(one)
    rows.sort(key=lambda one: one.place)
    for expected, one in enumerate(rows, start=1):
        if one.place != expected:
            what = f"place {expected} is missing, or another place occurs twice"
            problems.add(path, lines[one.unit], what, "restore the file: the order must not change")
            break
    return rows


def collect(path: Path, curators: Container[str], problems: Problems) -> list[Verified]:
    """Return the verdicts, adding every problem to `problems`."""
    return signed_rows.collect(
        path,
        Verified,
        COLUMNS,
        problems,
        faults=lambda one: _faults(one, curators),
        key=lambda one: one.key,
        twice=lambda one: f"{one.who} already has a verdict on {one.question!r}",
    )


def _faults(one: Verified, curators: Container[str]) -> Iterable[tuple[str, str]]:
    """Yield what is wrong in one row, each with a hint."""
    if one.verdict not in VERDICTS:
        hint = did_you_mean(one.verdict, VERDICTS) or f"one of {', '.join(VERDICTS)}"
        yield f"unknown verdict {one.verdict!r}", hint
    elif one.verdict == UNFAIR and one.reason not in UNFAIR_REASONS:
        hint = did_you_mean(one.reason, UNFAIR_REASONS) or f"one of {', '.join(UNFAIR_REASONS)}"
        yield f"unknown reason {one.reason!r}", hint
    elif one.verdict != UNFAIR and one.reason:
        yield f"has verdict {one.verdict!r} and the reason {one.reason!r}", "leave `reason` empty"
    if one.reason == "other" and not one.note:
        yield "has no note", "describe the reason in `note`"
    yield from signature_faults(one.who, one.time, curators)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0


def write_frame(path: Path, rows: Sequence[Framed]) -> None:
    """Write a frame."""
    _write(path, FRAME_COLUMNS, [astuple(row) for row in rows])


def write(path: Path, rows: Iterable[Verified]) -> None:
    """Write verdicts, sorted by question, version and person."""
    _write(path, COLUMNS, [astuple(row) for row in sorted(rows, key=lambda row: row.key)])


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tsv.write(path, columns, [dict(zip(columns, map(str, row), strict=True)) for row in rows])


def decisions(rows: Iterable[Verified]) -> list[Review]:
    """Return the verdicts that a key is wrong, or a question unfair, as decisions to drop the target."""
    return [
        Review(
            target=row.question.rpartition(":")[0],
            question=row.question,
            decision=DROP,
            reason=row.reason or WRONG_KEY,
            answered="",
            who=row.who,
            time=row.time,
            seen=row.seen,
            note=row.note,
        )
        for row in rows
        if row.verdict in (WRONG, UNFAIR)
    ]


def settled(rows: Iterable[Verified]) -> dict[Unit, str]:
    """Return one verdict for each question that has been judged.

    It is `WRONG` if at least half of those who can judge say so, and `UNSURE` if nobody can judge.
    """
    said: dict[Unit, list[str]] = {}
    for row in rows:
        said.setdefault(row.unit, []).append(row.verdict)
    found = {}
    for unit, verdicts in said.items():
        if len(verdicts) == 1:
            found[unit] = verdicts[0]
            continue
        count = {verdict: verdicts.count(verdict) for verdict in VERDICTS}
        told = count[RIGHT] + count[UNFAIR]
        if not told and not count[WRONG]:
            found[unit] = UNSURE
        elif count[WRONG] >= told:
            found[unit] = WRONG
        else:
            found[unit] = UNFAIR if count[UNFAIR] >= count[RIGHT] else RIGHT
    return found
