"""What cache keys are made from: the documents, the sources' files and the work already named.

Each stage has a function `inputs`, beside its `REVISION`, that turns this context into facts; where the
stage's work imports much, both are in a module of their own (`ask_key.py`). The digest of the facts is the
stage's cache key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from benchsmith import __version__
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.benchmark.editions import split_name
from benchsmith.documents.blind_answers import BlindAnswer
from benchsmith.documents.lexicon import Lexicon, Window
from benchsmith.documents.lexicon_excerpt import facts
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Pool
from benchsmith.documents.query import Query
from benchsmith.documents.recipe import Source
from benchsmith.tables import record_tables as tables
from benchsmith.tables.facts import Facts, flatten
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import Partition, fingerprint

PIXEL_LIBRARIES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "nibabel",
    "SimpleITK",
    "pydicom",
    "pylibjpeg-libjpeg",
    "pylibjpeg-openjpeg",
    "deflate",
)
"""Libraries whose version may change a pixel's value."""
PRESENTATION_KEYS = frozenset({"title", "description", "version", "exports"})
"""Keys of a benchmark file that change a release but no question."""


@dataclass(frozen=True, slots=True)
class SourceContext:
    """One source, as far as it has been read."""

    source: Source
    files_digest: str
    """Digest of the source's files and of the recipe entries that they match."""
    ingested: bool = False
    words: Facts = field(default_factory=dict)
    """What each distinct word of the source resolves to; empty before ingest."""
    places: Facts = field(default_factory=dict)
    """Where tag places each distinct label and modality; empty before ingest."""
    windows: frozenset[str] = frozenset()
    """Ids of the intensity windows that the recipe names or that the labels have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyContext:
    """All that the stages' cache keys may depend on."""

    name: str
    benchmark: Benchmark
    library: Library
    sources: Mapping[str, SourceContext]
    """By source id, in the benchmark's order."""
    digests: Digests
    query: Query
    """The benchmark's `subset`."""
    tried: Sequence[BlindAnswer]
    """What models got right without the picture."""
    solved: Mapping[str, BlindAnswer]
    """The targets that are left out because a model solved them blind."""
    retired: Mapping[str, tuple[str, str]]
    """The targets that are left out after they were divided among the editions: reason and detail."""
    secret: bytes
    """The key of the hidden splits."""
    lexicon: Lexicon
    """The excerpt of the lexicon that questions and releases may read."""
    pools: Mapping[str, Pool]
    """The question pools of the excerpt's tasks."""
    windows: Mapping[str, Window]
    """By id, the intensity windows that pictures are drawn with."""
    partitions: Mapping[str, Mapping[str, Partition]]
    """By stage and part, the work items that are named already."""

    def program(self, revision: int, *nouns: type) -> Facts:
        """Return the program's version, the stage's revision and the digest of its row schemas."""
        return {"program": [__version__, revision, tables.digest(*nouns)]}

    def settings(self, *keys: str) -> Facts:
        """Return some of the benchmark's settings, all of them by default."""
        return self._settings(f"benchmarks/{split_name(self.name)[0]}.yaml", keys)

    def shared_settings(self, *keys: str) -> Facts:
        """Return settings without the benchmark's name, so that benchmarks can share the work."""
        return self._settings("the benchmark", keys)

    def _settings(self, place: str, keys: Sequence[str]) -> Facts:
        values = self.benchmark.model_dump(mode="json")
        wanted: Iterable[str] = keys or values
        return flatten(place, {key: values[key] for key in wanted})

    def after(self, stage: str, *parts: str) -> Facts:
        """Return the cache keys of a stage's earlier work items, and the items that they lost."""
        found: dict[str, Any] = {}
        for part in parts:
            earlier = self.partitions[stage][part]
            found[f"{stage} {part}"] = earlier.folder.name
            if earlier.lost:
                found[f"{stage} {part}: lost"] = earlier.lost
        return found

    def subset_terms(self) -> Facts:
        """Return the conditions of the benchmark's `subset`, their ids resolved."""
        return {
            f"query, part {i}": [term.holds, None if term.ids is None else sorted(term.ids)]
            for i, term in enumerate(self.query.terms, start=1)
        }

    def rendered_questions(self) -> Facts:
        """Return what the audit and the export both depend on: settings, words and pictures."""
        settings = [
            key for key in type(self.benchmark).model_fields if key not in PRESENTATION_KEYS
        ]
        return {
            **self.settings(*settings),
            **facts(self.lexicon, self.benchmark.language),
            "key of the hidden splits": fingerprint(self.secret.hex()),
            **{f"reviews/{self.name}.blind.tsv: {' '.join(t.key)}": asdict(t) for t in self.tried},
            **self.after("render", *self.sources),
        }


@cache
def library_versions() -> Facts:
    """Return the installed versions of :data:`PIXEL_LIBRARIES`."""
    return {f"library {name}": version(name) for name in PIXEL_LIBRARIES}
