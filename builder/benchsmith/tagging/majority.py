"""What the votes of a round come to: majorities, ties, contradictions, and placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import PLACEMENTS, Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.documents.votes import TIES, VOTED, Vote
from benchsmith.statistics.agreement import Agreement, agreement, vote_counts
from benchsmith.tagging.assign_voters import Item, Need
from benchsmith.tagging.collect_votes import no_votes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one item."""

    item: Item
    votes: tuple[Vote, ...]
    decided: tuple[str, str]
    """Task and department; empty where nothing is decided."""
    tied: tuple[str, ...]
    """Axes on which no choice leads."""
    short: tuple[str, ...]
    """Axes with too few votes."""

    @property
    def signed(self) -> tuple[str, ...]:
        """Who voted for both the task and the department, or for either where nobody did."""
        pairs = {v.annotator: (v.task, v.department) for v in self.votes}
        both = sorted(a for a, pair in pairs.items() if pair == self.decided)
        either = (a for a, p in pairs.items() if p[0] == self.decided[0] or p[1] == self.decided[1])
        return tuple(both or sorted(either))


@dataclass(frozen=True, slots=True)
class Round:
    """A round's votes, and those that were given later on its ties."""

    name: str
    first: tuple[Vote, ...]
    further: tuple[Vote, ...]

    @property
    def items(self) -> dict[Item, tuple[Vote, ...]]:
        """Every item with all its votes, sorted."""
        found: dict[Item, list[Vote]] = {}
        for vote in sorted((*self.first, *self.further), key=lambda v: v.key):
            found.setdefault(vote.item, []).append(vote)
        return {item: tuple(votes) for item, votes in found.items()}


def read(home: Path, name: str, lexicon: Lexicon) -> Round:
    """Read a round. Raises DocumentError with every problem, or where it has no votes."""
    problems = Problems(home)
    documents.check_name(name, problems)
    problems.raise_any()
    first, further = (
        documents.read(documents.path_of(home, each), lexicon, problems)
        for each in (name, name + TIES)
    )
    both = {v.key: v for v in first}
    for vote in further:
        if vote.key in both:
            file, _, line = vote.at.rpartition(":")
            what = f"{vote.annotator} votes on {vote.label!r} at {both[vote.key].at} too"
            problems.add(home / file, int(line), what, "a tie goes to somebody new")
    problems.raise_any()
    if not first:
        raise no_votes(home, name)
    return Round(name, tuple(first), tuple(further))


def judge(item: Item, votes: tuple[Vote, ...], each: int) -> Verdict:
    """Decide an item, each axis for itself.

    A choice wins that has more votes than any other, once `each` (two or more) have voted.
    """
    winners, tied, short = [], [], []
    for axis in VOTED:
        ranking = Counter(v.of(axis) for v in votes if v.of(axis)).most_common()
        most = [choice for choice, n in ranking if n == ranking[0][1]]
        if sum(n for _, n in ranking) < each:
            short.append(axis)
        elif len(most) != 1:
            tied.append(axis)
        winners.append(most[0] if len(most) == 1 else "")
    task, department = ("", "") if tied or short else winners
    return Verdict(item, votes, (task, department), tuple(tied), tuple(short))


def judge_all(votes: Round, each: int) -> list[Verdict]:
    """Decide every item of a round."""
    return [judge(item, of_item, each) for item, of_item in votes.items.items()]


def open_needs(verdicts: Iterable[Verdict], each: int) -> list[Need]:
    """Return what needs further votes: as many as are short, and one where there is a tie."""
    needs = []
    for verdict in verdicts:
        if verdict.tied or verdict.short:
            cast = min(sum(1 for v in verdict.votes if v.of(a)) for a in VOTED)
            barred = frozenset(v.annotator for v in verdict.votes)
            needs.append(Need(verdict.item, max(1, each - cast), barred))
    return needs


def measure(votes: Round) -> dict[str, Agreement]:
    """Return how far the round's own votes agree on each axis.

    Votes on ties are left out: they were asked for because others disagreed.
    """
    found = {}
    for axis in VOTED:
        of_items: dict[Item, Counter[str]] = {}
        for vote in sorted(votes.first, key=lambda v: v.key):
            if vote.of(axis):
                of_items.setdefault(vote.item, Counter())[vote.of(axis)] += 1
        found[axis] = agreement(vote_counts(of_items.values()), votes.name, axis)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What a verdict makes of a row of `placements.tsv`."""

    kind: str
    """``new``, ``confirmed``, ``same`` or ``against``."""
    verdict: Verdict
    row: dict[str, str]
    """The row as it would be."""
    said: str
    """What stands there now, for a person; empty for a new row."""


def changes(
    verdicts: Iterable[Verdict], rows: Iterable[tsv.Row], problems: Problems, sign: str
) -> Iterator[Change]:
    """Yield what each decided item makes of the placements."""
    placed = {(r["label"], r["modality"]): r for r in rows}
    for verdict in verdicts:
        if not verdict.decided[0]:
            continue
        signed = [*verdict.signed, *([sign] if sign and sign not in verdict.signed else [])]
        label, modality = verdict.item
        task, department = verdict.decided
        row = {"label": label, "modality": modality, "task": task, "department": department}
        there = placed.get(verdict.item)
        if there is None:
            yield Change("new", verdict, row | {"agreed_by": _list(signed)}, "")
            continue
        before = there.list("agreed_by")
        said = (
            f"{there['task']}, {there['department']}, signed by {', '.join(before)}"
            f" at {problems.show(there.path)}:{there.line}"
        )
        if (there["task"], there["department"]) != verdict.decided:
            yield Change("against", verdict, row | {"agreed_by": _list(signed)}, said)
            continue
        both = [*before, *(a for a in signed if a not in before)]
        kind = "same" if both == list(before) else "confirmed"
        yield Change(kind, verdict, row | {"agreed_by": _list(both)}, said)


def _list(names: Iterable[str]) -> str:
    return tsv.LIST_SEPARATOR.join(names)


def write(home: Path, found: Iterable[Change], *, replacing: bool) -> int:
    """Put new and confirmed placements into `placements.tsv`, contradictions where told to.

    Returns how many rows changed. The table stays sorted.
    """
    path = home / "lexicon" / "placements.tsv"
    rows = {
        (r["label"], r["modality"]): dict(r.cells)
        for r in tsv.read(path, PLACEMENTS, Problems(home))
    }
    changed = 0
    for change in found:
        if change.kind in ("new", "confirmed") or (change.kind == "against" and replacing):
            rows[change.verdict.item] = change.row
            changed += 1
    if changed:
        tsv.write(path, PLACEMENTS, [rows[key] for key in sorted(rows)])
    return changed
