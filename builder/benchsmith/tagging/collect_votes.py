"""Reads filled-in sheets into `lexicon/votes/`; existing votes are replaced only on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean, nearest
from benchsmith.documents.votes import TIES, VOTED, Vote
from benchsmith.tagging import sheets

Votes = dict[tuple[str, str, str], Vote]


def collect(
    home: Path,
    name: str,
    folder: Path,
    lexicon: Lexicon,
    *,
    date: str = "",
    replacing: bool = False,
) -> Iterator[str]:
    """Add the votes in a folder of sheets to `lexicon/votes/`; yield lines of a report.

    Rows without a vote are skipped, so a sheet may be collected several times while it is filled
    in. A vote that contradicts an existing one is a problem; with `replacing`, the later of both is
    kept. Votes without a date get `date` (ISO).

    Raises DocumentError with every problem found; then nothing is written.
    """
    problems = Problems(home)
    documents.check_name(name, problems)
    if date and not documents.is_date(date):
        problems.add(Path("--date"), 1, f"{date!r} is not a date", "write it as 2026-01-31")
    problems.raise_any()
    names = (name, name + TIES)
    paths = {each: documents.path_of(home, each) for each in names}
    before: dict[str, Votes] = {
        each: {v.key: v for v in documents.collect(path, lexicon, problems)}
        for each, path in paths.items()
    }
    after = {each: dict(votes) for each, votes in before.items()}
    report: list[str] = []
    for path, each, annotator in sheets.find(folder, names, problems):
        documents.check_annotators(path, 1, [annotator], lexicon, problems)
        rows = sheets.collect(path, problems)
        found = list(_votes(rows, annotator, lexicon, date, problems))
        new = replaced = 0
        for line, vote in found:
            old = after[each].get(vote.key)
            try:
                joined = vote if old is None else _joined(old, vote, replacing=replacing)
            except _Conflict as conflict:
                problems.add(path, line, str(conflict), "`--replace` keeps the later vote")
                continue
            if old is None or old.of("task") == old.of("department") == "":
                new += 1
            elif joined != old:
                replaced += 1
                change = f"{_description(old)} -> {_description(joined)}"
                report.append(f"  {problems.show(path)}:{line}: {change}")
            after[each][vote.key] = joined
        report.append(
            f"{annotator}: {len(found)} votes in {len(rows)} rows of {path.name}:"
            f" {new} new, {replaced} changed"
        )
        report += [f"  {problems.show(path)}:{n}: {text}" for n, text in _remarks(rows, lexicon)]
    problems.raise_any()
    for each, path in paths.items():
        if after[each] != before[each]:
            documents.write(path, after[each].values())
        if after[each]:
            report.append(f"{len(after[each])} votes in {problems.show(path)}")
    yield from report


class _Conflict(Exception):
    """Two votes of one annotator on one item differ; the message says how."""


def _joined(before: Vote, now: Vote, *, replacing: bool) -> Vote:
    """Return the union of two votes of one annotator on one item. Raises _Conflict."""
    differ = [a for a in VOTED if before.of(a) and now.of(a) and before.of(a) != now.of(a)]
    if differ and not replacing:
        what = ", ".join(f"{a} {now.of(a)!r}" for a in differ)
        raise _Conflict(f"votes {what}, but {_description(before)} at {before.at}")
    first, last = (now, before) if now.time < before.time else (before, now)
    joined = {axis: last.of(axis) or first.of(axis) for axis in VOTED}
    if all(joined[axis] == before.of(axis) for axis in VOTED):
        return before
    return replace(before, **joined, time=last.time)


def _description(vote: Vote) -> str:
    choices = ", ".join(f"{axis} {vote.of(axis)!r}" for axis in VOTED if vote.of(axis))
    return f"{choices} on {vote.time}"


def _votes(
    rows: list[tsv.Row], annotator: str, lexicon: Lexicon, date: str, problems: Problems
) -> Iterator[tuple[int, Vote]]:
    """Yield the votes of a sheet with their lines, adding every problem to `problems`."""
    undated: list[int] = []
    for row in rows:
        path, line = row.path, row.line
        known_problems = len(problems.found)
        documents.check_item(path, line, row["label"], row["modality"], lexicon, problems)
        ids = {}
        for axis, terms in documents.axes(lexicon).items():
            ids[axis] = documents.term_of(row[axis], terms) if row[axis] else ""
            if row[axis] and not ids[axis]:
                known = [*terms.terms, *(t.name for t in terms)]
                hint = nearest(row[axis], known, f"the choices are listed in {sheets.CHOICES}")
                problems.add(path, line, f"unknown {axis} {row[axis]!r}", hint)
        time = row["time"] or date
        if any(ids.values()) and not time:
            undated.append(line)
        elif time and not documents.is_date(time):
            problems.add(path, line, f"{time!r} is not a date", "write it as 2026-01-31")
        if any(ids.values()) and len(problems.found) == known_problems:
            at = f"{problems.show(path)}:{line}"
            yield line, Vote(row["label"], row["modality"], annotator, **ids, time=time, at=at)
    if undated:
        what = f"{len(undated)} votes without a date, starting here"
        problems.add(rows[0].path, undated[0], what, "fill in `time`, or give --date 2026-01-31")


def _remarks(rows: list[tsv.Row], lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """Yield the notes that annotators added; votes have no column for them."""
    for row in rows:
        note = row.cells.get("note", "")
        if note and row["label"] in lexicon.labels and note != lexicon.labels[row["label"]].note:
            yield row.line, f"{row['label']}: {note}"


def no_votes(home: Path, name: str) -> DocumentError:
    """Return the error for a round without votes, with similar names as a hint."""
    known = [r for r in documents.rounds(home) if not r.endswith(TIES)]
    hint = did_you_mean(name, known) or "add votes with `benchsmith tag collect`"
    at = documents.path_of(home, name).relative_to(home).as_posix()
    return DocumentError([Problem(at, 1, f"the round {name!r} has no votes", hint)])
