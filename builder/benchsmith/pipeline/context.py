"""What all work of a build is given: documents, readers, an engine, and what was built before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.contracts import Plugins, Progress
from benchsmith.documents import blind_answers, query
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.documents.query import Query
from benchsmith.engine import Engine
from benchsmith.pipeline.reuse import Earlier
from benchsmith.stages.normalise import Normaliser
from benchsmith.tables.file_digests import Digests


@dataclass
class Setting:
    """One build of one benchmark."""

    name: str
    benchmark: Benchmark
    library: Library
    output: Path
    """Where all benchmarks are built."""
    engine: Engine
    progress: Progress
    readers: Plugins = field(default_factory=plugins.readers)
    secret: bytes = b""
    """The key of the hidden splits."""
    tried: Sequence[blind_answers.Tried] = ()
    """What models got right without the picture."""
    solved: Mapping[str, blind_answers.Tried] = field(default_factory=dict)
    """Of it, what is left out for it, by target."""

    @property
    def folder(self) -> Path:
        """Where this benchmark is built."""
        return self.output / self.name

    @cached_property
    def digests(self) -> Digests:
        """Return what is remembered of files."""
        return Digests(self.output / ".digests.jsonl")

    @cached_property
    def earlier(self) -> Earlier:
        """Return the work that was finished before."""
        return Earlier(self.output)

    @cached_property
    def query(self) -> Query:
        """Return what the benchmark's `subset` asks for. Raises DocumentError."""
        return query.parse(self.benchmark.subset, self.library.lexicon, self.library.sources)

    @cached_property
    def normaliser(self) -> Normaliser:
        """Return what resolves words; it remembers what it has resolved, for all sources."""
        return Normaliser(self.library.lexicon)
