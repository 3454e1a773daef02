"""The patients that a source's own split puts into its training part, and those of whom it states no part."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.header_people import qualified
from benchsmith.selectors.official_parts import official_part
from benchsmith.selectors.people import PatientGroups
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc

TRAIN, WANTED = "train", "wanted"


def training_patients(files: CandidateFiles, groups: PatientGroups) -> Iterator[pa.Array]:
    """Yield for each source the patients whose group is in some source's official training part."""
    elsewhere: set[str] = set()
    shared = set(groups.merged) | set(groups.merged.values())
    for source in range(len(files.samples)):
        for name in _own_training_patients(files, source).to_pylist():
            own = qualified(name, groups.namespaces)
            if own != name or own in shared:
                elsewhere.add(groups.group(name))
    for source in range(len(files.samples)):
        others = [
            name
            for table in files.sample_batches(source, ["patient"])
            for name in (pc.unique(table["patient"]).to_pylist() if elsewhere else ())
            if groups.group(name) in elsewhere
        ]
        yield pc.unique(
            pa.concat_arrays([_own_training_patients(files, source), pa.array(others, pa.string())])
        )


def unplaced_patients(files: CandidateFiles, groups: PatientGroups) -> Iterator[pa.Array]:
    """Yield for each source the patients for whom it states no part, if it states one for others.

    They may be in its training part. Another source's part says nothing about this one's.
    """
    shared = set(groups.merged) | set(groups.merged.values())
    for source in range(len(files.samples)):
        placed = _own_patients(files, source, lambda part: part != "")
        if not len(placed):
            yield placed
            continue
        without = _own_patients(files, source, lambda part: part == "")
        rest = without.filter(pc.invert(pc.is_in(without, value_set=placed)))
        known = {groups.group(n) for n in placed.to_pylist()} if shared else set()
        yield pa.array([n for n in rest.to_pylist() if groups.group(n) not in known], pa.string())


def _own_training_patients(files: CandidateFiles, source: int) -> pa.Array:
    """Return the patients that a source itself has in its official training part."""
    return _own_patients(files, source, lambda part: part == TRAIN)


def _own_patients(files: CandidateFiles, source: int, wanted: Callable[[str], bool]) -> pa.Array:
    """Return the patients of the pictures that a source puts in a wanted part; empty for no part."""
    found = [pa.array([], pa.string())]
    for table in files.sample_batches(source, ["patient", "official"]):
        named = coded_columns.map_words(
            [table["official"]],
            lambda word: (WANTED if wanted(official_part(word)) else "",),
            ("part",),
        )
        own = coded_columns.as_array(table["patient"])
        found.append(own.filter(pc.equal(named["part"], WANTED)))
    return pc.unique(pa.concat_arrays(found))
