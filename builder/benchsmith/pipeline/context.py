"""The input of every step of a build: documents, readers, an engine and previous builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith import plugins
from benchsmith.core.contracts import Plugins, Progress
from benchsmith.documents import blind_answers, query
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.documents.query import Query
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.engine import Engine
from benchsmith.pipeline.reuse import PreviousBuilds
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables.file_digests import Digests

if TYPE_CHECKING:
    from benchsmith.stages.kept_volumes import KeptVolumes


@dataclass
class Context:
    """One build of one benchmark."""

    name: str
    benchmark: Benchmark
    library: Library
    output: Path
    """The folder of all builds."""
    engine: Engine
    progress: Progress
    readers: Plugins = field(default_factory=plugins.readers)
    kept: KeptVolumes | None = None
    """Where ingest keeps volumes for render; None if they are read again."""
    late: list[str] = field(default_factory=list)
    """Samples and questions whose image took longer than the time limit."""
    secret: bytes = b""
    """The key of the hidden splits."""
    tried: Sequence[blind_answers.BlindAnswer] = ()
    """What models got right without the picture."""
    solved: Mapping[str, blind_answers.BlindAnswer] = field(default_factory=dict)
    """By target, the row of `tried` for which it is left out."""
    retired: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By target, reason and detail for which it is left out once editions have divided the targets."""

    @property
    def folder(self) -> Path:
        """The folder of this build."""
        return self.output / self.name

    @cached_property
    def digests(self) -> Digests:
        """The digests of files, kept between builds."""
        return Digests(self.output / ".digests.bin")

    @cached_property
    def previous(self) -> PreviousBuilds:
        """The finished partitions in the output folder."""
        return PreviousBuilds(self.output)

    @cached_property
    def query(self) -> Query:
        """The parsed `subset` of the benchmark. Raises QueryError."""
        return query.parse(self.benchmark.subset, self.library.lexicon, self.library.sources)

    @cached_property
    def normaliser(self) -> Normaliser:
        """The resolver of words, with a cache that all sources share."""
        return Normaliser(self.library.lexicon, stated_sites(self.library))
