"""Digests by which single rows are reused, over everything that one image's rows are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchsmith.core.model import Choice, Question
from benchsmith.documents.lexicon import Window
from benchsmith.pipeline.listed_digests import SampleDigests
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.tables.facts import Facts
from benchsmith.tables.partition import fingerprint, fingerprint_of_pair


@dataclass(frozen=True, slots=True)
class RowDigest:
    """The digest of everything that the rows of one sample or question were made from."""

    id: str
    """A sample or a question."""
    fingerprint: str
    stated: int
    """How many things the source states of a sample; 1 for a question."""


def ingest_digests(files: SourceFiles, inputs: Facts) -> IngestDigests:
    """Return, by sample, the digest of everything that ingest makes its rows from."""
    shared = ("program", "library ", "the benchmark: ")
    base = {fact: value for fact, value in inputs.items() if fact.startswith(shared)}
    return IngestDigests(base, files.sample_digests)


class IngestDigests(Mapping[str, str]):
    """Digests that are made on access, since a source may have millions of images."""

    def __init__(self, base: Mapping[str, Any], read: SampleDigests) -> None:
        self._fingerprint, self._read = fingerprint_of_pair(base), read

    def __getitem__(self, sample: str) -> str:
        return self._fingerprint(self._read[sample])

    def at(self, place: int) -> str:
        """Return the digest of the sample at a place in the list of units, without looking for its name."""
        return self._fingerprint(self._read.at(place))

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def render_digests(
    files: SourceFiles,
    inputs: Facts,
    questions: Iterable[Question],
    choices: Mapping[str, Choice],
    windows: Mapping[str, Window],
) -> dict[str, str]:
    """Return, by question, the digest of everything that its picture is made from."""
    upstream = ("ask ", "ingest ", "lexicon/")
    base = {fact: value for fact, value in inputs.items() if not fact.startswith(upstream)}
    window_digests = {id_: fingerprint(asdict(window)) for id_, window in windows.items()}
    found = {}
    for q in questions:
        c = choices[q.target]
        # the content name is in the picture's published id
        plane = (
            c.content,
            c.kind,
            c.layer,
            c.value,
            c.axis,
            c.index,
            c.crop and asdict(c.crop),
            c.window,
        )
        read = files.sample_digests[q.sample]
        change = [asdict(made) for made in (q.alteration, q.form) if made]
        window = window_digests.get(c.window)
        found[q.id] = fingerprint(base, read, q.id, q.view, plane, window, *change)
    return found
