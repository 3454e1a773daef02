"""A release: everything that exporters may know of a finished benchmark, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder import tables
from builder.chance import rank
from builder.documents.benchmark import Benchmark
from builder.documents.lexicon import Lexicon
from builder.documents.recipe import Recipe
from builder.model import SPLITS, Case, Choice, Question, Rejection, Sample
from builder.verdicts import Audit


@dataclass(frozen=True, slots=True)
class Item:
    """One case with all that is known of it."""

    case: Case
    question: Question
    choice: Choice
    sample: Sample


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
    manifests: Mapping[str, Mapping[str, Mapping[str, Any]]]
    rejected: Sequence[Rejection]
    audit: Audit = field(default_factory=Audit)
    """What the checks found; the pipeline puts it here before anything is exported."""
    order: list[tuple[str, str]] = field(init=False)
    """(split, question id) of every case, in the release's order: by split, then by rank, so
    that a row's place tells nothing."""
    _places: dict[str, tuple[int, int]] = field(init=False, default_factory=dict)
    _by_id: dict[str, Question] = field(init=False, default_factory=dict)
    _tables: list[Any] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Find every case and put them in order."""
        self._by_id = {q.id: q for q in self.questions}
        for number, file in enumerate(self.case_files):
            table = tables.read(file)
            self._tables.append(table)
            for row, question in enumerate(table.column("question").to_pylist()):
                self._places[question] = (number, row)
        seed = self.benchmark.seed
        self.order = sorted(
            ((self._by_id[q].split, q) for q in self._places if q in self._by_id),
            key=lambda e: (SPLITS.index(e[0]), rank(seed, "row", e[1]), e[1]),
        )

    def splits(self) -> list[str]:
        """Return the splits that have cases."""
        return [s for s in SPLITS if any(split == s for split, _ in self.order)]

    def items(self, split: str | None = None) -> Iterator[Item]:
        """Go through the cases of a split, or of all, in the release's order."""
        for own, id_ in self.order:
            if split is None or own == split:
                yield self.item(id_)

    def item(self, question: str) -> Item:
        """Return one case by its question's id."""
        number, row = self._places[question]
        case = tables.from_table(self._tables[number].slice(row, 1), Case)[0]
        asked = self._by_id[question]
        choice = self.choices[asked.target]
        return Item(case, asked, choice, self.samples[choice.sample])

    def pictures(self) -> Sequence[Any]:
        """Return the tables of cases, of everything that was drawn; each in one batch of columns."""
        return self._tables

    def asked(self) -> list[Question]:
        """Return the questions that have a picture, in the release's order."""
        return [self._by_id[id_] for _, id_ in self.order]
