"""The result of a round of votes: majorities, ties, contradictions, and new placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import shipped, tsv
from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import PLACEMENT_COLUMNS, Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.documents.votes import TIES, VOTED, Vote
from benchsmith.statistics.agreement import Agreement, agreement, vote_counts
from benchsmith.tagging.assign_voters import Item, Need
from benchsmith.tagging.collect_votes import no_votes


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one item."""

    item: Item
    votes: tuple[Vote, ...]
    decided: tuple[str, str]
    """Task and department; empty strings if undecided."""
    tied: tuple[str, ...]
    """Axes on which several choices have the most votes."""
    short: tuple[str, ...]
    """Axes with too few votes."""

    @property
    def signed(self) -> tuple[str, ...]:
        """Annotators who voted for both task and department, or, if there are none, for either."""
        pairs = {v.annotator: (v.task, v.department) for v in self.votes}
        both = sorted(a for a, pair in pairs.items() if pair == self.decided)
        either = (a for a, p in pairs.items() if p[0] == self.decided[0] or p[1] == self.decided[1])
        return tuple(both or sorted(either))


@dataclass(frozen=True, slots=True)
class Round:
    """A round's votes, and the additional votes on its ties."""

    name: str
    first: tuple[Vote, ...]
    further: tuple[Vote, ...]

    @property
    def items(self) -> dict[Item, tuple[Vote, ...]]:
        """All votes by item, sorted."""
        found: dict[Item, list[Vote]] = {}
        for vote in sorted((*self.first, *self.further), key=lambda v: v.key):
            found.setdefault(vote.item, []).append(vote)
        return {item: tuple(votes) for item, votes in found.items()}


def read(home: Path, name: str, lexicon: Lexicon) -> Round:
    """Return a round. Raises DocumentError with every problem found, or if it has no votes."""
    problems = Problems(home)
    documents.check_name(name, problems)
    problems.raise_any()
    first, further = (
        documents.collect(documents.path_of(home, each), lexicon, problems)
        for each in (name, name + TIES)
    )
    both = {v.key: v for v in first}
    for vote in further:
        if vote.key in both:
            file, _, line = vote.at.rpartition(":")
            what = f"{vote.annotator} already votes on {vote.label!r} at {both[vote.key].at}"
            problems.add(home / file, int(line), what, "assign ties to other annotators")
    problems.raise_any()
    if not first:
        raise no_votes(home, name)
    return Round(name, tuple(first), tuple(further))


def judge(item: Item, votes: tuple[Vote, ...], each: int) -> Verdict:
    """Decide an item, each axis independently.

    The choice with the most votes wins if it is unique and at least `each` annotators voted.
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
    """Return the items that need more votes: the missing number, or one for a tie."""
    needs = []
    for verdict in verdicts:
        if verdict.tied or verdict.short:
            cast = min(sum(1 for v in verdict.votes if v.of(a)) for a in VOTED)
            excluded = frozenset(v.annotator for v in verdict.votes)
            needs.append(Need(verdict.item, max(1, each - cast), excluded))
    return needs


def measure(votes: Round) -> dict[str, Agreement]:
    """Return the agreement of the round's own votes on each axis.

    Votes on ties are left out: they exist only because others disagreed.
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
    """How a verdict changes a row of `placements.tsv`."""

    kind: str
    """``new``, ``confirmed``, ``same`` or ``against``."""
    verdict: Verdict
    row: dict[str, str]
    """The row after the change."""
    current: str
    """Description of the current row; empty for a new one."""


def changes(
    verdicts: Iterable[Verdict], rows: Iterable[tsv.Row], problems: Problems, sign: str
) -> Iterator[Change]:
    """Yield the change that each decided item makes to the placements."""
    placed = {(r["label"], r["modality"]): r for r in rows}
    for verdict in verdicts:
        if not verdict.decided[0]:
            continue
        signed = [*verdict.signed, *([sign] if sign and sign not in verdict.signed else [])]
        label, modality = verdict.item
        task, department = verdict.decided
        row = {"label": label, "modality": modality, "task": task, "department": department}
        existing = placed.get(verdict.item)
        if existing is None:
            yield Change("new", verdict, row | {"agreed_by": _list(signed)}, "")
            continue
        before = existing.list("agreed_by")
        current = (
            f"{existing['task']}, {existing['department']}, signed by {', '.join(before)}"
            f" at {problems.show(existing.path)}:{existing.line}"
        )
        if (existing["task"], existing["department"]) != verdict.decided:
            yield Change("against", verdict, row | {"agreed_by": _list(signed)}, current)
            continue
        both = [*before, *(a for a in signed if a not in before)]
        kind = "same" if both == list(before) else "confirmed"
        yield Change(kind, verdict, row | {"agreed_by": _list(both)}, current)


def _list(names: Iterable[str]) -> str:
    return tsv.LIST_SEPARATOR.join(names)


def write(home: Path, found: Iterable[Change], *, replacing: bool) -> int:
    """Write new and confirmed placements to `placements.tsv`; with `replacing` contradictions too.

    Returns the number of changed rows. The table stays sorted. Raises DocumentError if the table
    has a problem.
    """
    path = home / "lexicon" / "placements.tsv"
    has_table = path.is_file() or shipped.twin(path, home) is None
    own = tsv.read(path, PLACEMENT_COLUMNS, home) if has_table else []
    rows = {(r["label"], r["modality"]): dict(r.cells) for r in own}
    changed = 0
    for change in found:
        if change.kind in ("new", "confirmed") or (change.kind == "against" and replacing):
            rows[change.verdict.item] = change.row
            changed += 1
    if changed:
        tsv.write(path, PLACEMENT_COLUMNS, [rows[key] for key in sorted(rows)])
    return changed
