"""What all work of a build is given: documents, readers, an engine, and what was built before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from builder import plugins
from builder.digests import Digests
from builder.documents import blind, query
from builder.documents.benchmark import Benchmark
from builder.documents.library import Library
from builder.documents.query import Query
from builder.earlier import Earlier
from builder.engine import Engine
from builder.ports import Plugins, Progress
from builder.stages.normalise import Normaliser


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
    tried: Sequence[blind.Tried] = ()
    """What models got right without the picture."""
    solved: Mapping[str, blind.Tried] = field(default_factory=dict)
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
