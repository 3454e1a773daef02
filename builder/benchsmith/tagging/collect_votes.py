"""Filled sheets become votes: each is kept, and none is changed without being told to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
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
    """Put the votes of a folder of sheets into `lexicon/votes/`, and tell what came of them.

    Rows without a vote are passed over, so a sheet may come in piece by piece. A vote that is there
    already stays; one that says something else is a problem, or with `replacing` is replaced by the
    later of both. Votes without a date get `date`.

    Raises DocumentError with every problem at once; then nothing is written.
    """
    problems = Problems(home)
    documents.check_name(name, problems)
    if date and not documents.is_date(date):
        problems.add(Path("--date"), 1, f"{date!r} is no date", "such as 2026-01-31")
    problems.raise_any()
    names = (name, name + TIES)
    paths = {each: documents.path_of(home, each) for each in names}
    there: dict[str, Votes] = {
        each: {v.key: v for v in documents.read(path, lexicon, problems)}
        for each, path in paths.items()
    }
    kept = {each: dict(votes) for each, votes in there.items()}
    said: list[str] = []
    for path, each, annotator in sheets.find(folder, names, problems):
        documents.check_annotators(path, 1, [annotator], lexicon, problems)
        rows = sheets.read(path, problems)
        found = list(_votes(rows, annotator, lexicon, date, problems))
        new = replaced = 0
        for line, vote in found:
            before = kept[each].get(vote.key)
            try:
                after = vote if before is None else _joined(before, vote, replacing=replacing)
            except _Conflict as conflict:
                problems.add(path, line, str(conflict), "`--replace` takes the later one")
                continue
            if before is None or before.of("task") == before.of("department") == "":
                new += 1
            elif after != before:
                replaced += 1
                said.append(
                    f"  {problems.show(path)}:{line}: {_spoken(before)} -> {_spoken(after)}"
                )
            kept[each][vote.key] = after
        said.append(
            f"{annotator}: {len(found)} votes on {len(rows)} rows in {path.name}:"
            f" {new} new, {replaced} changed"
        )
        said += [f"  {problems.show(path)}:{n}: {text}" for n, text in _remarks(rows, lexicon)]
    problems.raise_any()
    for each, path in paths.items():
        if kept[each] != there[each]:
            documents.write(path, kept[each].values())
        if kept[each]:
            said.append(f"{len(kept[each])} votes in {problems.show(path)}")
    yield from said


class _Conflict(Exception):
    """Two votes of one person on one thing differ; says how."""


def _joined(before: Vote, now: Vote, *, replacing: bool) -> Vote:
    """Return what holds of two votes of one person on one item. Raises _Conflict."""
    differ = [a for a in VOTED if before.of(a) and now.of(a) and before.of(a) != now.of(a)]
    if differ and not replacing:
        what = ", ".join(f"{a} {now.of(a)!r}" for a in differ)
        raise _Conflict(f"votes {what}, but {_spoken(before)} at {before.at}")
    first, last = (now, before) if now.time < before.time else (before, now)
    joined = {axis: last.of(axis) or first.of(axis) for axis in VOTED}
    if all(joined[axis] == before.of(axis) for axis in VOTED):
        return before
    return replace(before, **joined, time=last.time)


def _spoken(vote: Vote) -> str:
    said = ", ".join(f"{axis} {vote.of(axis)!r}" for axis in VOTED if vote.of(axis))
    return f"{said} on {vote.time}"


def _votes(
    rows: list[tsv.Row], annotator: str, lexicon: Lexicon, date: str, problems: Problems
) -> Iterator[tuple[int, Vote]]:
    """Yield the votes of a sheet with their lines, noting every problem."""
    undated: list[int] = []
    for row in rows:
        path, line = row.path, row.line
        remark = len(problems.found)
        documents.check_item(path, line, row["label"], row["modality"], lexicon, problems)
        ids = {}
        for axis, terms in documents.axes(lexicon).items():
            ids[axis] = documents.term_of(row[axis], terms) if row[axis] else ""
            if row[axis] and not ids[axis]:
                known = [*terms.terms, *(t.name for t in terms)]
                hint = did_you_mean(row[axis], known) or f"the legal ones stand in {sheets.CHOICES}"
                problems.add(path, line, f"unknown {axis} {row[axis]!r}", hint)
        time = row["time"] or date
        if any(ids.values()) and not time:
            undated.append(line)
        elif time and not documents.is_date(time):
            problems.add(path, line, f"{time!r} is no date", "write it as 2026-01-31")
        if any(ids.values()) and len(problems.found) == remark:
            at = f"{problems.show(path)}:{line}"
            yield line, Vote(row["label"], row["modality"], annotator, **ids, time=time, at=at)
    if undated:
        what = f"{len(undated)} votes have no date, this one first"
        problems.add(rows[0].path, undated[0], what, "fill in `time`, or give --date 2026-01-31")


def _remarks(rows: list[tsv.Row], lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """Yield what annotators wrote into `note`: a vote has no room for it."""
    for row in rows:
        note = row.cells.get("note", "")
        if note and row["label"] in lexicon.labels and note != lexicon.labels[row["label"]].note:
            yield row.line, f"{row['label']}: {note}"


def no_votes(home: Path, name: str) -> DocumentError:
    """Return the error of a round that has no votes, with the names that are near."""
    known = [r for r in documents.rounds(home) if not r.endswith(TIES)]
    hint = did_you_mean(name, known) or "`benchsmith tag collect` brings votes in"
    at = documents.path_of(home, name).relative_to(home).as_posix()
    return DocumentError([Problem(at, 1, f"the round {name!r} has no votes", hint)])
