"""A release: a finished benchmark in memory, with its cases in the order of publication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchsmith.core.model import SPLITS, Case, Choice, Question, Sample
from benchsmith.core.random_order import public_id
from benchsmith.core.validation import Validation
from benchsmith.core.verdicts import Audit, without_details
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.recipe import Recipe
from benchsmith.release import public_ids
from benchsmith.release.entry import (
    CaseDetails,
    Cell,
    Entry,
    HiddenCase,
    Key,
    box_in_picture,
    cell_of,
    entry_of,
)
from benchsmith.release.hidden_splits import keyed_id
from benchsmith.tables import record_tables
from benchsmith.tables.manifest import Manifest
from benchsmith.tables.picture_store import PictureStore
from benchsmith.tables.stage_tables import Rejections


@dataclass(slots=True)
class Release:
    """A finished benchmark, before it is exported to any format."""

    name: str
    benchmark: Benchmark
    lexicon: Lexicon
    sources: Mapping[str, Recipe]
    build: str
    """Fingerprint of the build."""
    subset: str
    """The query that selected the questions; empty for a whole build."""
    questions: Sequence[Question]
    choices: Mapping[str, Choice]
    samples: Mapping[str, Sample]
    case_files: Sequence[Path]
    manifests: Mapping[str, Mapping[str, Manifest]]
    """By stage and part."""
    rejected: Rejections
    audit: Audit = field(default_factory=Audit)
    """Verdicts of the checks; set by the build before anything is exported."""
    validation: Validation = field(default_factory=Validation)
    """Results of the human review; set by the build before anything is exported."""
    secret: bytes = b""
    """The key of the ids and orders of hidden splits; never given to an exporter."""
    order: list[tuple[str, str]] = field(init=False)
    """(split, question id) of every case with a question here, by split and then by published id.

    The published id is a hash, so a row's position reveals nothing, and a reader of any export can
    reconstruct the order."""
    hidden_cases: Sequence[HiddenCase] = ()
    """The cases of hidden splits, in the release's order; set only by :meth:`public`."""
    withheld: Sequence[Question] = ()
    """Questions whose pictures must not be redistributed; set only by :meth:`public`."""
    cases_by_source: Mapping[str, int] = field(default_factory=dict)
    """Number of cases of each source, including hidden splits."""
    targets: int = 0
    """Number of targets, including hidden splits."""
    picture_store: PictureStore | None = None
    earlier: Sequence[Path] = ()
    """Finished export partitions, from which an exporter may take what it made of the same pictures."""
    beside: Path | None = None
    """The partition that is being written: what an exporter keeps there for later ones is not published."""
    _by_id: dict[str, Question] = field(init=False, default_factory=dict)
    _by_cell: dict[tuple[str, Cell | None], list[str]] = field(init=False, default_factory=dict)
    """Ids of the questions of each split, and of each of its cells, in the order of publication."""
    _pairs: frozenset[str] = field(init=False, default=frozenset())
    """The original questions that are here with their counterfactual."""

    def __post_init__(self) -> None:
        """Find every rendered case and sort them."""
        self.picture_store = self.picture_store or PictureStore(self.case_files)
        drawn = [q for q in self.questions if q.id in self.picture_store]
        self._by_id = {q.id: q for q in drawn}
        self.order = sorted(
            ((q.split, q.id) for q in drawn),
            key=lambda e: (SPLITS.index(e[0]), self.published(e[1])),
        )
        self._by_cell = {}
        for split, id_ in self.order:
            for cell in (None, cell_of(self._by_id[id_])):
                self._by_cell.setdefault((split, cell), []).append(id_)
        self.cases_by_source = self.cases_by_source or Counter(q.source for q in drawn)
        self._pairs = frozenset(q.pair for q in drawn if q.altered and q.pair in self._by_id)
        self.targets = self.targets or len({q.target for q in drawn if not q.altered})

    @property
    def paired(self) -> bool:
        """Whether the benchmark asks counterfactual questions."""
        return self.benchmark.paired

    @property
    def skilled(self) -> bool:
        """Whether the benchmark asks for a skill other than recognition."""
        return self.benchmark.skilled

    @property
    def hidden(self) -> tuple[str, ...]:
        """The splits whose answers are hidden."""
        return self.benchmark.hidden

    @property
    def restricted_sources(self) -> frozenset[str]:
        """The sources whose licence forbids redistribution, if they are published as ids only."""
        if self.benchmark.forbidden != "ids":
            return frozenset()
        licences = self.lexicon.licences
        return frozenset(s for s, r in self.sources.items() if not licences[r.licence].redistribute)

    def public(self) -> Release:
        """Return the release as exporters get it, without the answers of hidden splits.

        It has no questions, targets, samples or names of hidden splits; their cases are entries
        without keys. Questions of restricted sources are moved to `withheld`.
        """
        restricted = self.restricted_sources
        open_ = [q for q in self.questions if q.split not in self.hidden]
        drawn = [q for q in self._by_id.values() if q.source not in restricted]
        choices = {q.target: self.choices[q.target] for q in open_ if q.target in self.choices}
        samples = {c.sample: self.samples[c.sample] for c in choices.values()}
        assert self.picture_store is not None
        hidden_cases = [
            HiddenCase(
                entry_of(self._by_id[id_], keyed_id(self.secret, id_), None),
                self.picture_store.number(id_),
            )
            for split, id_ in self.order
            if split in self.hidden
        ]
        return replace(
            self,
            questions=[q for q in open_ if q.source not in restricted],
            withheld=[q for q in open_ if q.source in restricted and q.id in self._by_id],
            cases_by_source=Counter(q.source for q in drawn),
            targets=len({q.target for q in drawn if not q.altered}),
            choices=choices,
            samples=samples,
            secret=b"",
            hidden_cases=hidden_cases,
            audit=without_details(self.audit) if hidden_cases else self.audit,
        )

    def splits(self) -> list[str]:
        """Return the splits that have cases."""
        return list(self.counts())

    def counts(self) -> dict[str, int]:
        """Return how many cases each split has."""
        found = Counter(split for split, _ in self.order)
        found.update(v.entry.split for v in self.hidden_cases)
        return {s: found[s] for s in SPLITS if found[s]}

    def cells(self, split: str) -> list[Cell]:
        """Return the cells of a split in sorted order."""
        found = {Cell(v.entry.task, "") for v in self.hidden_cases if v.entry.split == split}
        found |= {cell for own, cell in self._by_cell if own == split and cell is not None}
        return sorted(found)

    def entries(self, split: str, cell: Cell | None = None) -> Iterator[Entry]:
        """Yield the entries of a split, or of one of its cells, in the release's order."""
        assert self.picture_store is not None
        for entry, number in self.numbered(split, cell):
            yield entry.with_picture(self.picture_store.case(number))

    def numbered(self, split: str, cell: Cell | None = None) -> Iterator[tuple[Entry, int]]:
        """Yield entries as :meth:`entries` does, but without PNG bytes: with the picture's number."""
        assert self.picture_store is not None
        for hidden in self.hidden_cases:
            entry = hidden.entry
            if entry.split == split and cell in (None, Cell(entry.task, "")):
                yield entry.with_picture(self.picture_store.facts(hidden.number)), hidden.number
        for id_ in self._by_cell.get((split, cell), ()):
            number = self.picture_store.number(id_)
            yield self.entry(self._item(id_, self.picture_store.facts(number))), number

    def entry(self, item: CaseDetails) -> Entry:
        """Return the entry of an open case, with key and picture."""
        seed, q, choice = self.benchmark.seed, item.question, item.choice
        case = item.case
        key = Key(
            answers=q.answers,
            department=q.department,
            source=q.source,
            licence=item.sample.licence,
            target=public_ids.of_target(seed, choice),
            group=public_ids.of_group(seed, choice),
            mirror=public_id(seed, q.mirror) if q.mirror else "",
            pair=self.pair_id(q),
            altered=q.altered,
            label=q.label,
            kind=choice.kind,
            planar=item.sample.planar,
            box=box_in_picture(choice, q.view, case.width, case.height),
        )
        return entry_of(q, case.id, key).with_picture(case)

    def items(self, split: str | None = None) -> Iterator[CaseDetails]:
        """Yield the cases of a split in full, or of all splits."""
        for own, id_ in self.order:
            if split is None or own == split:
                yield self.item(id_)

    def item(self, question: str) -> CaseDetails:
        """Return one case in full by the id of its question."""
        assert self.picture_store is not None
        return self._item(question, self.picture_store.case(self.picture_store.number(question)))

    def _item(self, question: str, case: Case) -> CaseDetails:
        asked = self._by_id[question]
        if asked.split in self.hidden:
            case = replace(case, id=keyed_id(self.secret, question))
        choice = self.choices[asked.target]
        return CaseDetails(case, asked, choice, self.samples[choice.sample])

    def pair_of(self, question: Question) -> str:
        """Return the original question of a pair whose questions are both in the release; empty for no pair.

        A query may accept one question of a pair and not the other.
        """
        return question.pair if question.pair in self._pairs else ""

    def pair_id(self, question: Question) -> str:
        """Return the public id of :meth:`pair_of`; empty for no pair."""
        pair = self.pair_of(question)
        return self._open_id(self._by_id[pair]) if pair else ""

    def withheld_items(self) -> Iterator[CaseDetails]:
        """Yield the cases whose pictures must not be redistributed, by split and published id."""
        assert self.picture_store is not None
        for q in sorted(self.withheld, key=lambda q: (SPLITS.index(q.split), self._open_id(q))):
            choice = self.choices[q.target]
            case = self.picture_store.case(self.picture_store.number(q.id))
            yield CaseDetails(case, q, choice, self.samples[choice.sample])

    def pictures(self) -> Iterator[Any]:
        """Yield the tables of all rendered cases, one in memory at a time."""
        for file in self.case_files:
            yield record_tables.read(file)

    def asked(self) -> list[Question]:
        """Return the questions with a picture, except hidden ones in a public release, in order."""
        return [self._by_id[id_] for _, id_ in self.order]

    def published(self, id_: str) -> str:
        """Return the id under which a question is published."""
        question = self._by_id[id_]
        if question.split in self.hidden and self.secret:
            return keyed_id(self.secret, id_)
        return self._open_id(question)

    def _open_id(self, question: Question) -> str:
        return public_ids.of_question(
            self.benchmark.seed, question.id, self.choices[question.target]
        )
