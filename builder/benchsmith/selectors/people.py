"""Which patients are one person according to the sources: the same name, or the same file.

Patients of sources that share their patient names are one if their names are; names are equal
regardless of case and of leading zeros in numbers, because a spreadsheet turns 007 into 7. Two samples
with the same digest and part are one file under two names, so their patients are one; and so are those of
a source whose headers name one person. These groups are kept together by the split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from benchsmith.core.patient_spelling import patient_spelling
from benchsmith.core.random_order import rank
from benchsmith.selectors.candidate_columns import CandidateColumns
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.header_people import named_in_headers, of_several, qualified
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import Codes


@dataclass(frozen=True)
class PatientGroups:
    """The group of every patient; only patients that are joined to others are stored."""

    namespaces: Mapping[str, str]
    """Sources that share their patient names, each with the name of the shared namespace."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Qualified names of patients to the first qualified name of their group."""
    one_person: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By source, how many of its patients are said by headers to be fewer persons, and how many these are."""

    def group(self, patient: str) -> str:
        """Return the name of a patient's group."""
        own = qualified(patient, self.namespaces)
        return self.merged.get(own, own)

    def of(self, candidates: CandidateColumns) -> Codes:
        """Return each candidate's group number, (n,)."""
        patients = candidates.named("patient")
        names = np.array([*map(self.group, patients.names), ""])
        group = np.unique(names, return_inverse=True)[1].astype(np.int64)
        return group[:-1][patients.codes]


def patient_groups(files: CandidateFiles, namespaces: Mapping[str, str]) -> PatientGroups:
    """Find the groups of patients over all samples; `namespaces` as in :class:`PatientGroups`.

    Files that occur once are the rule, so a first pass finds the repeated ones by a hash, and only
    those are kept by name in a second pass.
    """
    hashed = [np.zeros(0, np.uint64)]
    for keys, _, _ in _files(files):
        hashed.append(np.array(keys, dtype=np.uint64))
    once, counts = np.unique(np.concatenate(hashed), return_counts=True)
    repeated = set(once[counts > 1].tolist())
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    if repeated:
        for keys, digests, patients in _files(files):
            for key, digest, patient in zip(keys, digests, patients, strict=True):
                if key in repeated:
                    owners[digest].append(qualified(patient, namespaces))
    alike = _spelt_alike(files, namespaces)
    joined = named_in_headers(files, namespaces)
    counts_of = {source: _counted(own) for source, own in joined.items() if own}
    named = [group for own in joined.values() for group in own]
    return PatientGroups(namespaces, _merged([*owners.values(), *alike, *named]), counts_of)


def _counted(groups: list[list[str]]) -> tuple[int, int]:
    """Return how many names are in groups, and how many persons these are together."""
    merged = _merged(groups)
    names = {name for group in groups for name in group}
    return len(names), len({merged.get(name, name) for name in names})


def _spelt_alike(files: CandidateFiles, namespaces: Mapping[str, str]) -> list[list[str]]:
    """Return the qualified names of each person whose name is spelt in several ways.

    As for files, a first pass finds the repeated spellings by their hashes.
    """
    hashed = [np.zeros((0, 2), np.uint64)]
    for names in _names(files, namespaces):
        alike = np.array([rank(0, spelling(name)) for name in names], np.uint64)
        hashed.append(np.stack([alike, np.array([rank(0, n) for n in names], np.uint64)], axis=1))
    repeated = of_several(hashed)
    if not repeated:
        return []
    found: dict[str, set[str]] = defaultdict(set)
    for names in _names(files, namespaces):
        for name in names:
            if rank(0, own := spelling(name)) in repeated:
                found[own].add(name)
    return [sorted(own) for own in found.values()]


def _names(files: CandidateFiles, namespaces: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the qualified names of the patients of batches of samples, each once in its batch."""
    for source in range(len(files.samples)):
        for table in files.sample_batches(source, ["patient"]):
            yield [qualified(name, namespaces) for name in pc.unique(table["patient"]).to_pylist()]


def spelling(name: str) -> str:
    """Return the common form of the spellings of a patient's qualified name; the source is unchanged.

    >>> spelling("lung//P007"), spelling("lung//p7"), spelling("ct/7.0"), spelling("ct/1.05")
    ('lung//p7', 'lung//p7', 'ct/7', 'ct/1.05')
    """
    source, mark, own = name.partition("/")
    rest = own.lstrip("/")
    return source + mark + own[: len(own) - len(rest)] + patient_spelling(rest)


def _files(
    files: CandidateFiles,
) -> Iterator[tuple[list[int], list[tuple[str, str]], list[str]]]:
    """Yield for batches of samples: hash of (digest, part), digest and part, patient."""
    for source in range(len(files.samples)):
        for table in files.sample_batches(source, ["sha256", "part", "patient"]):
            known = table.filter(pc.not_equal(pc.coalesce(table["sha256"], pa.scalar("")), ""))
            named = list(zip(known["sha256"].to_pylist(), known["part"].to_pylist(), strict=True))
            yield [rank(0, *file) for file in named], named, known["patient"].to_pylist()


def _merged(groups: Iterable[list[str]]) -> dict[str, str]:
    """Return each name that is not the first of its joined group, with that first name.

    Union-find with path halving; the smaller name becomes the root.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while (up := parent.setdefault(name, name)) != name:
            parent[name] = parent.setdefault(up, up)
            name = up
        return name

    for names in groups:
        for name in names[1:]:
            a, b = sorted((root(names[0]), root(name)))
            parent[b] = a
    return {name: root(name) for name in parent if root(name) != name}
