"""Which patients of a source are one person by the headers of their images, whatever its recipe says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.person_parts import PATIENT
from benchsmith.core.random_order import rank
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.tables import compute as pc


def named_in_headers(
    files: CandidateFiles, namespaces: Mapping[str, str]
) -> dict[str, list[list[str]]]:
    """Return, by source, the qualified names of patients whom headers give as one person.

    They have one Patient ID, one study or one frame of reference. A study whose images have several
    Patient IDs has a replaced identifier, and joins nobody. As for files, a first pass finds what
    several patients have by its hash.
    """
    hashed = [np.zeros((0, 2), np.uint64)]
    for source, patient, parts in _headers(files, namespaces):
        own = rank(0, patient)
        hashed.append(np.array([(rank(0, source, part), own) for part in parts], np.uint64))
    repeated = of_several(hashed)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    stated: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, patient, parts in _headers(files, namespaces) if repeated else ():
        for part in parts:
            if rank(0, source, part) in repeated:
                found[source, part].add(patient)
                stated[source, part].update(p for p in parts if p.startswith(PATIENT))
    joined: dict[str, list[list[str]]] = defaultdict(list)
    for (source, part), names in sorted(found.items()):
        if len(names) > 1 and len(stated[source, part]) <= 1:
            joined[source].append(sorted(names))
    return joined


def of_several(hashed: Iterable[npt.NDArray[np.uint64]]) -> set[int]:
    """Return the first hashes of pairs (n, 2) that stand beside several second ones.

    >>> of_several([np.array([[1, 7], [2, 7], [1, 8], [2, 7]], np.uint64)])
    {1}
    """
    pairs = np.unique(np.concatenate([*hashed]), axis=0)
    once, counts = np.unique(pairs[:, 0], return_counts=True)
    return set(once[counts > 1].tolist())


def _headers(
    files: CandidateFiles, namespaces: Mapping[str, str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield sources, qualified names of patients, and what headers say of them; equal ones once a batch."""
    for source in range(len(files.samples)):
        for table in files.sample_batches(source, ["source", "patient", "person"]):
            named = table.filter(pc.not_equal(pc.coalesce(table["person"], pa.scalar("")), ""))
            for row in named.group_by(["source", "patient", "person"]).aggregate([]).to_pylist():
                patient = qualified(row["patient"], namespaces)
                yield row["source"], patient, row["person"].split(" ")


def qualified(patient: str, namespaces: Mapping[str, str]) -> str:
    """Return a patient's name with the namespace that its source shares with others, if any.

    >>> qualified("isic2019/ISIC_7", {"isic2019": "isic"})
    'isic//ISIC_7'
    """
    source, _, name = patient.partition("/")
    return f"{namespaces[source]}//{name}" if source in namespaces else patient
