"""The content names of the samples of all candidates.

Only samples with equal pixels in one source are kept by id; a first pass finds them by a hash. All
other names are computed on demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from benchsmith.core.content_names import content_name
from benchsmith.core.random_order import rank
from benchsmith.selectors.candidate_columns import CandidateColumns
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.tables import compute as pc

COLUMNS = ["id", "source", "pixels", "sha256", "part"]


@dataclass(frozen=True)
class SampleNames:
    """Makes content names; see :mod:`benchsmith.core.content_names`."""

    files: CandidateFiles
    ordinals: Mapping[str, int] = field(default_factory=dict)
    """By sample, of those with the pixels of another one: how many of them come before it."""

    def of(self, ids: pa.Array) -> dict[str, str]:
        """Return the content names of the samples with these ids; a sample without a row has none."""
        found: dict[str, str] = {}
        for number in range(len(self.files.samples)):
            found |= self.in_source(number, ids)
        return found

    def in_source(self, number: int, ids: pa.Array) -> dict[str, str]:
        """Return the content names of samples of one source, which is `number` of `files.samples`."""
        return {
            id_: content_name(source, digest, self.ordinals.get(id_, 0))
            for id_, source, digest, _ in _rows(self.files, number, ids)
        }


@dataclass(frozen=True)
class ContentNames:
    """The content names of the shortlisted samples and of their patients."""

    samples: Mapping[str, str]
    """Content names, by sample."""
    persons: Mapping[str, str]
    """By patient, the first content name of a shortlisted sample; the patient's own name without one."""


def of_shortlist(candidates: CandidateColumns, names: SampleNames) -> ContentNames:
    """Return the content names of shortlisted candidates."""
    sample, patient = (candidates.named(column) for column in ("sample", "patient"))
    samples = names.of(pa.array(sample.names, pa.string()))
    persons: dict[str, str] = {}
    for s, p in np.unique(np.stack([sample.codes, patient.codes]), axis=1).T.tolist():
        who, one = patient.names[p], samples.get(sample.names[s], "") or patient.names[p]
        persons[who] = min(persons.get(who, one), one)
    return ContentNames(samples, persons)


def sample_names(files: CandidateFiles) -> SampleNames:
    """Find the samples with equal pixels. They are ordered by their file's digest and their part."""
    ordinals: dict[str, int] = {}
    for number in range(len(files.samples)):
        hashed = [np.zeros(0, np.uint64)]
        for table in files.sample_batches(number, ["pixels", "sha256"]):
            keys = [rank(0, digest) for digest in _digests(table)]
            hashed.append(np.array(keys, np.uint64))
        once, counts = np.unique(np.concatenate(hashed), return_counts=True)
        repeated = set(once[counts > 1].tolist())
        if not repeated:
            continue
        alike: dict[str, list[tuple[tuple[str, str], str]]] = {}
        for id_, _, digest, order in _rows(files, number, None):
            if rank(0, digest) in repeated:
                alike.setdefault(digest, []).append((order, id_))
        for same in alike.values():
            ordinals |= {id_: place for place, (_, id_) in enumerate(sorted(same))}
    return SampleNames(files, ordinals)


def _rows(
    files: CandidateFiles, number: int, ids: pa.Array | None
) -> Iterator[tuple[str, str, str, tuple[str, str]]]:
    """Yield id, source, digest and (digest of the file, part) of a source's samples, or of some."""
    for table in files.sample_batches(number, COLUMNS):
        some = table if ids is None else table.filter(pc.is_in(table["id"], value_set=ids))
        columns = (some[name].to_pylist() for name in ("id", "source", "sha256", "part"))
        for (id_, source, sha256, part), digest in zip(
            zip(*columns, strict=True), _digests(some), strict=True
        ):
            yield id_, source, digest, (sha256, part)


def _digests(table: pa.Table) -> list[str]:
    """Return the digests of the pixels of samples; that of the file where pixels have none."""
    columns = (table[name].to_pylist() for name in ("pixels", "sha256"))
    return [pixels or f"file {sha256}" for pixels, sha256 in zip(*columns, strict=True)]
