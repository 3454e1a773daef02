"""Tags: vote on the task and department of labels.

Several people, drawn by rank, vote on each label; a tie goes to one more person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import ANY, Lexicon, placements
from benchsmith.documents.problems import Problems
from benchsmith.documents.votes import TIES, VOTED, Vote
from benchsmith.review.act_store import Action, ActionStore, utc_now
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Picture,
    Refused,
    text_of,
    with_fingerprint,
)
from benchsmith.review.label_examples import LabelExamples
from benchsmith.statistics.review_results import weights_of
from benchsmith.tagging import majority
from benchsmith.tagging.assign_voters import Item, Need, assign
from benchsmith.tagging.majority import Round
from benchsmith.text.normal_form import counted

SKIP = "skip"
"""Key of an action that means *not sure*."""
SEPARATOR = " @ "
"""Between label and modality in an item's id; ids contain no spaces."""
PLACED = "Every label of this round is placed. `benchsmith review --labels QUERY` or `--source NAME` asks about others."
ELSEWHERE = "All labels of this round are with other people. `benchsmith review --each N` asks more people about each."


class Tags(Desk):
    """A round of votes. Voters do not see each other's votes."""

    name = "tags"
    title = "Tags"
    scripts = ("examples.js",)

    def __init__(
        self, store: ActionStore, home: Path, lexicon: Lexicon, examples: LabelExamples | None,
        *, round_: str, items: Collection[Item], annotators: Collection[str], each: int, seed: int,
    ) -> None:  # fmt: skip
        """Each of the `items` gets `each` votes, once there are enough annotators."""
        super().__init__(store)
        self._home, self._lexicon, self._examples = home, lexicon, examples
        self._round, self._each, self._seed = round_, each, seed
        self._items, self._annotators = tuple(items), tuple(annotators)
        self._first = self._assigned()
        self._moved: dict[Item, set[str]] = {}
        self.writes = f"lexicon/votes/{round_}.tsv"

    @property
    def fills(self) -> str:
        """How people get work here: further labels, further people, or fewer votes for each label."""
        if self._items and self.is_short:
            return (
                f"A label needs {self._each} votes, of as many people; this desk has {counted(len(self._annotators), 'annotator')}. "
                "The curator adds people on the page Results; `benchsmith review --each N` asks for fewer votes."
            )
        return ELSEWHERE if self._items else PLACED

    @property
    def is_short(self) -> bool:
        """Whether there are fewer people than a label needs votes."""
        return len(self._annotators) < self._each

    def _assigned(self) -> dict[Item, tuple[str, ...]]:
        """Return the people who are asked about each item first; nobody while there are too few."""
        if self.is_short:
            return dict.fromkeys(self._items, ())
        needs = [Need(item, self._each) for item in self._items]
        return assign(needs, self._annotators, self._seed, self._round)

    def join(self, who: str) -> None:
        """Give a further person their share of the labels, as if the desk were opened with them.

        People who had a label before may still vote on it until it has its votes, because it may be on
        their screen.
        """
        known = self._lexicon.curators | {who}
        self._lexicon = replace(self._lexicon, curators=known)
        before, self._annotators = self._first, (*self._annotators, who)
        self._first = self._assigned()
        for item, people in before.items():
            self._moved.setdefault(item, set()).update(people)

    @property
    def about(self) -> str:
        """The round."""
        return self._round

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the terms that can be voted for, by axis."""
        axes = documents.axes(self._lexicon)
        parents = {axis: {t.parent for t in terms} for axis, terms in axes.items()}
        return {
            axis: [[t.id, t.name, t.note] for t in terms if t.id not in parents[axis]]
            for axis, terms in axes.items()
        }

    def queue(self, who: str) -> list[str]:
        """Return the labels assigned to a person without a vote, followed by ties."""
        votes = self.votes()
        voted = {v.item for v in (*votes.first, *votes.further) if v.annotator == who}
        skipped = {item for item, people in self._skipped().items() if who in people}
        # a label that moved to a newcomer may have got its votes from those who had it before
        full = Counter(v.item for v in votes.first)
        own = {i for i, people in self._first.items() if who in people and full[i] < self._each}
        ties = {item for item, people in self._ties(votes).items() if who in people}
        line = self._lexicon.labels.lineage
        # labels of one branch of the tree are adjacent
        order = sorted(own - voted - skipped, key=lambda i: (line(i[0])[::-1], i[1]))
        order += sorted(ties - own - voted - skipped)
        return [_name(item) for item in order]

    def _ties(self, votes: Round) -> dict[Item, tuple[str, ...]]:
        """Return the additional voters of tied or incomplete items, who have not voted on them."""
        skipped = self._skipped()
        needs = []
        for need in self._open(votes, skipped):
            # people of the first assignment who have not voted yet still may
            waiting = set(self._first.get(need.item, ())) - need.excluded
            excluded = need.excluded | skipped.get(need.item, set())
            missing = waiting - skipped.get(need.item, set())
            able = set(self._annotators) - excluded - missing
            count = min(max(0, need.count - len(missing)), len(able))
            if count:
                needs.append(Need(need.item, count, frozenset(excluded | missing)))
        return assign(needs, self._annotators, self._seed, self._round + TIES) if needs else {}

    def _skipped(self) -> dict[Item, set[str]]:
        """Return the people who were not sure, by item."""
        found: dict[Item, set[str]] = {}
        for act in self.store.current(self.name, self.about):
            if SKIP in act.value:
                found.setdefault(_item(act.item), set()).add(act.who)
        return found

    def _open(self, votes: Round, skipped: Collection[Item]) -> list[Need]:
        """Return the items that need more votes, including skipped items without any vote."""
        needs = {
            n.item: n
            for n in majority.open_needs(majority.judge_all(votes, self._each), self._each)
        }
        for item in skipped:
            if item not in votes.items and item in self._first:
                needs.setdefault(item, Need(item, self._each))
        return [needs[item] for item in sorted(needs)]

    def votes(self) -> Round:
        """Return the votes of the documents and the store; those of the store take precedence."""
        problems = Problems(self._home)
        found: dict[str, dict[tuple[str, str, str], Vote]] = {}
        for name in (self._round, self._round + TIES):
            path = documents.path_of(self._home, name)
            rows = documents.collect(path, self._lexicon, problems)
            found[name] = {v.key: v for v in rows}
        problems.raise_any()
        for act in self.store.current(self.name, self.about):
            if SKIP in act.value:
                continue
            label, modality = _item(act.item)
            vote = Vote(label, modality, act.who, act.value["task"], act.value["department"],
                        act.time[:10], "the desk")  # fmt: skip
            ties = act.value["tie"]
            found[self._round + (TIES if ties else "")][vote.key] = vote
            found[self._round + ("" if ties else TIES)].pop(vote.key, None)
        first, further = (tuple(sorted(f.values(), key=lambda v: v.key)) for f in found.values())
        return Round(self._round, first, further)

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return a label with its names, its place in the tree and example pictures."""
        label, modality = self._known(item)
        labels = self._lexicon.labels
        term = labels[label]
        content = {
            "id": item,
            "name": term.name,
            "synonyms": term.synonyms,
            "line": [labels[a].name for a in labels.lineage(label)[:0:-1]],
            "mesh": term.mesh,
            "note": term.note,
            "modality": "" if modality == ANY else self._lexicon.modalities[modality].name,
            "examples": self._examples.of_label(label, modality) if self._examples else [],
        }
        own = self.store.said_by(self.name, self.about, item, who)
        return {**with_fingerprint(content), "voted": own}

    def _known(self, item: str) -> Item:
        found = _item(item)
        if found not in self._first:
            raise NotFound("such label in this round")
        return found

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Store a vote, or that the person is not sure; then the label goes to another person."""
        self._known(item)
        if value.get("do") == "skip":
            skip = {SKIP: True}
            self.store.add(Action(key, self.name, self.about, item, who, skip, seen, utc_now()))
            return {}
        return super().act(item, who, value, key, seen)

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a vote, and mark whether it is of the first assignment or for a tie."""
        place = self._known(item)
        axes = documents.axes(self._lexicon)
        found = {axis: text_of(value, axis) for axis in VOTED}
        for axis, id_ in found.items():
            if id_ not in axes[axis]:
                raise Refused(f"choose a {axis}")
        asked = who in self._first[place]
        if not asked:  # only then, since the votes are read from the disk
            votes = self.votes()
            given = sum(v.item == place for v in votes.first)
            asked = who in self._moved.get(place, ()) and given < self._each
            if not asked and who not in self._ties(votes).get(place, ()):
                own = any(a.who == who for a in self.store.current_of(self.name, self.about, item))
                if not own:
                    raise Refused("this label is assigned to other people")
        return {**found, "tie": not asked}

    def picture(self, given: Parameters) -> Picture:
        """Return an example picture of a label."""
        if self._examples is None:
            raise NotFound("such picture")
        return self._examples.picture(given)

    def report(self) -> DeskReport:
        """Return the progress of the round, agreement, and open items."""
        votes = self.votes()
        figures = [("labels", str(len(self._first))), ("votes", str(len(votes.first)))]
        figures += [("votes on ties", str(len(votes.further)))]
        for axis, found in majority.measure(votes).items():
            figures += [(f"{axis}: Fleiss' kappa", str(found.kappa)),
                        (f"{axis}: Krippendorff's alpha", str(found.alpha))]  # fmt: skip
        verdicts = majority.judge_all(votes, self._each)
        decided = sum(1 for v in verdicts if v.decided[0])
        figures.append(("labels decided", str(decided)))
        asked = self._ties(votes)
        notes = [
            f"{label} ({modality}): {'tied' if v.tied else 'too few votes'}"
            + (f", assigned to: {', '.join(asked[v.item])}" if v.item in asked else "")
            for v in verdicts
            if v.tied or v.short
            for label, modality in [v.item]
        ]
        return DeskReport(
            self.title, figures, [*weights_of([*votes.first, *votes.further]), *notes]
        )

    def write(self, who: str) -> Iterator[str]:
        """Write the votes to `lexicon/votes/`, and the resulting placements to `placements.tsv`."""
        votes = self.votes()
        for name, rows in ((self._round, votes.first), (self._round + TIES, votes.further)):
            if rows:
                documents.write(documents.path_of(self._home, name), rows)
                yield f"{counted(len(rows), 'vote')} in lexicon/votes/{name}.tsv"
        problems = Problems(self._home)
        placed = placements.rows(self._home, problems)
        problems.raise_any()
        changes = list(
            majority.changes(majority.judge_all(votes, self._each), placed, problems, "")
        )
        n = majority.write(self._home, changes, replacing=False)
        yield f"{n} rows of lexicon/placements.tsv are new or have more signatures"
        for change in changes:
            if change.kind == "against":
                yield f"{change.verdict.item[0]} is unchanged: {change.current}"


def _name(item: Item) -> str:
    return SEPARATOR.join(item)


def _item(name: str) -> Item:
    label, _, modality = name.partition(SEPARATOR)
    return label, modality
