"""Whose pictures are one person's, by what the sources say: same patient, or same file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.chance import rank
from benchsmith.selectors import strata
from benchsmith.selectors.candidate_files import Sources
from benchsmith.tables import coded_columns

TRAIN = "train"


@dataclass(frozen=True)
class People:
    """The group of every patient: only those that are not alone are held."""

    spaces: Mapping[str, str]
    """Sources that share their names of patients, each with the name of what it shares."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Names of patients, in their space, to the first name of their group."""

    def group(self, patient: str) -> str:
        """Return the name of a patient's group."""
        own = spaced(patient, self.spaces)
        return self.merged.get(own, own)


def people(sources: Sources, spaces: Mapping[str, str]) -> People:
    """Find the groups of patients of all samples.

    A patient of sources that share their names of patients (`spaces`, by source) is one. Two
    samples of one digest and part are one file under two names, and whoever has them is one.
    """
    hashed = [np.zeros(0, np.uint64)]
    for keys, _, _ in _files(sources):
        hashed.append(np.array(keys, dtype=np.uint64))
    once, counts = np.unique(np.concatenate(hashed), return_counts=True)
    twice = set(once[counts > 1].tolist())
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    if twice:
        for keys, files, patients in _files(sources):
            for key, file, patient in zip(keys, files, patients, strict=True):
                if key in twice:
                    owners[file].append(spaced(patient, spaces))
    return People(spaces, _merged(owners.values()))


def trained(sources: Sources, known: People) -> Iterator[pa.Array]:
    """Yield, source by source, the patients of groups that a source has in its training part."""
    elsewhere: set[str] = set()
    shared = set(known.merged) | set(known.merged.values())
    for source in range(len(sources.samples)):
        for name in _trained(sources, source).to_pylist():
            own = spaced(name, known.spaces)
            if own != name or own in shared:
                elsewhere.add(known.group(name))
    for source in range(len(sources.samples)):
        others = [
            name
            for table in sources.samples_of(source, ["patient"])
            for name in (pc.unique(table["patient"]).to_pylist() if elsewhere else ())
            if known.group(name) in elsewhere
        ]
        yield pc.unique(
            pa.concat_arrays([_trained(sources, source), pa.array(others, pa.string())])
        )


def _trained(sources: Sources, source: int) -> pa.Array:
    """Return the patients whom a source itself has in its training part."""
    found = [pa.array([], pa.string())]
    for table in sources.samples_of(source, ["patient", "official"]):
        said = coded_columns.map_words(
            [table["official"]], lambda word: (strata.official(word),), ("part",)
        )
        found.append(coded_columns.as_array(table["patient"]).filter(pc.equal(said["part"], TRAIN)))
    return pc.unique(pa.concat_arrays(found))


def _files(sources: Sources) -> Iterator[tuple[list[int], list[tuple[str, str]], list[str]]]:
    """Yield the samples' files, digest and part, hashed and as they are, with their patients."""
    for source in range(len(sources.samples)):
        for table in sources.samples_of(source, ["sha256", "part", "patient"]):
            known = table.filter(pc.not_equal(pc.coalesce(table["sha256"], pa.scalar("")), ""))
            files = list(zip(known["sha256"].to_pylist(), known["part"].to_pylist(), strict=True))
            yield [rank(0, *file) for file in files], files, known["patient"].to_pylist()


def _merged(groups: Iterable[list[str]]) -> dict[str, str]:
    """Return each name that is not alone, with the first name of all that it is joined to."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (up := above.setdefault(name, name)) != name:
            above[name] = above.setdefault(up, up)
            name = up
        return name

    for names in groups:
        for name in names[1:]:
            a, b = sorted((top(names[0]), top(name)))
            above[b] = a
    return {name: top(name) for name in above if top(name) != name}


def spaced(patient: str, spaces: Mapping[str, str]) -> str:
    """Return a patient's name in the space its source shares with others.

    >>> spaced("isic2019/ISIC_7", {"isic2019": "isic"})
    'isic//ISIC_7'
    """
    source, _, name = patient.partition("/")
    return f"{spaces[source]}//{name}" if source in spaces else patient
