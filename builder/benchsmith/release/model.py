"""A release: everything that exporters may know of a finished benchmark, in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.core.chance import public_id
from benchsmith.core.model import SPLITS, Case, Choice, Question, Sample
from benchsmith.core.validation import Validation
from benchsmith.core.verdicts import Audit, without_details
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.recipe import Recipe
from benchsmith.release.entry import Entry, Key, placed
from benchsmith.release.hidden_splits import secret_id
from benchsmith.tables import nouns
from benchsmith.tables.manifest import Manifest
from benchsmith.tables.picture_store import PictureStore
from benchsmith.tables.stage_tables import Rejections


@dataclass(frozen=True, slots=True)
class Item:
    """One case with all that is known of it."""

    case: Case
    question: Question
    choice: Choice
    sample: Sample


class Cell(NamedTuple):
    """Where a task and a department meet; in a hidden split the department is empty."""

    task: str
    department: str


@dataclass(frozen=True, slots=True)
class Veiled:
    """A case of a hidden split: its entry without a key, and where its picture is."""

    entry: Entry
    number: int


@dataclass(slots=True)
class Release:
    """A finished benchmark, before it is written in anybody's format."""

    name: str
    benchmark: Benchmark
    lexicon: Lexicon
    sources: Mapping[str, Recipe]
    build: str
    """Fingerprint of the build."""
    subset: str
    """The query that its questions meet; empty for all of a build."""
    questions: Sequence[Question]
    choices: Mapping[str, Choice]
    samples: Mapping[str, Sample]
    case_files: Sequence[Path]
    manifests: Mapping[str, Mapping[str, Manifest]]
    """By stage and part."""
    rejected: Rejections
    audit: Audit = field(default_factory=Audit)
    """What the checks found; the build puts it here before anything is exported."""
    validation: Validation = field(default_factory=Validation)
    """What people found, in numbers; the build puts it here too."""
    secret: bytes = b""
    """What the ids and orders of hidden splits are keyed with; never given to an exporter."""
    order: list[tuple[str, str]] = field(init=False)
    """(split, question id) of every case that may be known, in the release's order: by split,
    then by published id. That is an order by chance, so that a row's place tells nothing, and one
    that whoever reads some export can find again."""
    veiled: Sequence[Veiled] = ()
    """The cases of hidden splits, in the release's order; only of what :meth:`public` returns."""
    withheld: Sequence[Question] = ()
    """Questions whose pictures may not be passed on; only of what :meth:`public` returns."""
    credits: Mapping[str, int] = field(default_factory=dict)
    """Cases of each source, those of hidden splits with them."""
    targets: int = 0
    """Targets that are asked about, those of hidden splits with them."""
    spool: PictureStore | None = None
    _by_id: dict[str, Question] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Find every case and put them in order."""
        self.spool = self.spool or PictureStore(self.case_files)
        drawn = [q for q in self.questions if q.id in self.spool]
        self._by_id = {q.id: q for q in drawn}
        self.order = sorted(
            ((q.split, q.id) for q in drawn),
            key=lambda e: (SPLITS.index(e[0]), self._published(*e)),
        )
        self.credits = self.credits or Counter(q.source for q in drawn)
        self.targets = self.targets or len({q.target for q in drawn})

    @property
    def hidden(self) -> tuple[str, ...]:
        """The splits whose answers are kept back."""
        return self.benchmark.hidden

    @property
    def barred(self) -> frozenset[str]:
        """The sources whose questions are published without their pictures."""
        if self.benchmark.forbidden != "ids":
            return frozenset()
        licences = self.lexicon.licences
        return frozenset(s for s, r in self.sources.items() if not licences[r.licence].redistribute)

    def public(self) -> Release:
        """Return the release as exporters get it: of hidden splits it knows no answer.

        Questions, targets, samples and names of hidden splits are not in it; their cases are
        entries without keys. Questions of barred sources are `withheld` and not among the others.
        """
        barred = self.barred
        open_ = [q for q in self.questions if q.split not in self.hidden]
        drawn = [q for q in self._by_id.values() if q.source not in barred]
        choices = {q.target: self.choices[q.target] for q in open_ if q.target in self.choices}
        samples = {c.sample: self.samples[c.sample] for c in choices.values()}
        assert self.spool is not None
        veiled = [
            Veiled(
                self._entry(self._by_id[id_], secret_id(self.secret, id_), None),
                self.spool.number(id_),
            )
            for split, id_ in self.order
            if split in self.hidden
        ]
        return replace(
            self,
            questions=[q for q in open_ if q.source not in barred],
            withheld=[q for q in open_ if q.source in barred and q.id in self._by_id],
            credits=Counter(q.source for q in drawn),
            targets=len({q.target for q in drawn}),
            choices=choices,
            samples=samples,
            secret=b"",
            veiled=veiled,
            audit=without_details(self.audit) if veiled else self.audit,
        )

    def splits(self) -> list[str]:
        """Return the splits that have cases."""
        return list(self.counts())

    def counts(self) -> dict[str, int]:
        """Return how many cases each split has."""
        found = Counter(split for split, _ in self.order)
        found.update(v.entry.split for v in self.veiled)
        return {s: found[s] for s in SPLITS if found[s]}

    def cells(self, split: str) -> list[Cell]:
        """Return where task and department meet in a split, in order."""
        found = {Cell(v.entry.task, "") for v in self.veiled if v.entry.split == split}
        found |= {_cell(self._by_id[id_]) for own, id_ in self.order if own == split}
        return sorted(found)

    def entries(self, split: str, cell: Cell | None = None) -> Iterator[Entry]:
        """Go through the cases of a split, or of a cell of it, in the release's order."""
        assert self.spool is not None
        for veiled in self.veiled:
            entry = veiled.entry
            if entry.split == split and cell in (None, Cell(entry.task, "")):
                yield _with_picture(entry, self.spool.case(veiled.number))
        for own, id_ in self.order:
            if own == split and cell in (None, _cell(self._by_id[id_])):
                yield self.entry(self.item(id_))

    def entry(self, item: Item) -> Entry:
        """Return a case of an open split with its key."""
        seed, q, choice = self.benchmark.seed, item.question, item.choice
        case = item.case
        key = Key(
            answers=q.answers,
            department=q.department,
            source=q.source,
            licence=item.sample.licence,
            target=public_id(seed, q.target),
            group=public_id(seed, choice.cluster or item.sample.patient),
            mirror=public_id(seed, q.mirror) if q.mirror else "",
            label=q.label,
            kind=choice.kind,
            planar=item.sample.planar,
            box=placed(choice, q.view, case.width, case.height),
        )
        return _with_picture(self._entry(q, case.id, key), case)

    def items(self, split: str | None = None) -> Iterator[Item]:
        """Go through the cases of a split, or of all, of which all is known."""
        for own, id_ in self.order:
            if split is None or own == split:
                yield self.item(id_)

    def item(self, question: str) -> Item:
        """Return one case by its question's id."""
        assert self.spool is not None
        case = self.spool.case(self.spool.number(question))
        asked = self._by_id[question]
        if asked.split in self.hidden:
            case = replace(case, id=secret_id(self.secret, question))
        choice = self.choices[asked.target]
        return Item(case, asked, choice, self.samples[choice.sample])

    def withheld_items(self) -> Iterator[Item]:
        """Go through the cases whose pictures may not be passed on, by split and published id."""
        assert self.spool is not None
        seed = self.benchmark.seed
        for q in sorted(
            self.withheld, key=lambda q: (SPLITS.index(q.split), public_id(seed, q.id))
        ):
            choice = self.choices[q.target]
            case = self.spool.case(self.spool.number(q.id))
            yield Item(case, q, choice, self.samples[choice.sample])

    def pictures(self) -> Iterator[Any]:
        """Go through the tables of cases, of everything that was drawn, one in memory at a time."""
        for file in self.case_files:
            yield nouns.read(file)

    def asked(self) -> list[Question]:
        """Return the questions that have a picture and may be known, in the release's order."""
        return [self._by_id[id_] for _, id_ in self.order]

    def published(self, id_: str) -> str:
        """Return the id under which a question is published."""
        return self._published(self._by_id[id_].split, id_)

    def _published(self, split: str, id_: str) -> str:
        if split in self.hidden and self.secret:
            return secret_id(self.secret, id_)
        return public_id(self.benchmark.seed, id_)

    @staticmethod
    def _entry(q: Question, id_: str, key: Key | None) -> Entry:
        return Entry(
            id=id_,
            split=q.split,
            question=q.question,
            options=q.options,
            several=q.several,
            task=q.task,
            modality=q.modality,
            view=q.view,
            key=key,
        )


def _cell(q: Question) -> Cell:
    return Cell(q.task, q.department)


def _with_picture(entry: Entry, case: Case) -> Entry:
    return replace(
        entry, png=case.png, png_sha256=case.png_sha256, width=case.width, height=case.height
    )
