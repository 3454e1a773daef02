"""The rows of the chosen targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.model import Choice, Target
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.contradicted import with_unknown
from benchsmith.selectors.sample_names import ContentNames
from benchsmith.selectors.split_sides import SPLITS
from benchsmith.tables import record_tables
from benchsmith.tables.coded_columns import Codes


def chosen_rows(
    files: CandidateFiles,
    positions: Codes,
    side: npt.NDArray[np.int8],
    content: ContentNames,
    clusters: Sequence[str] | None,
    unknown: Mapping[str, frozenset[str]],
) -> pa.Table:
    """Return rows of Choice: the targets at `positions` with their split and leak group, if known.

    `unknown` are further labels that are unknown, by target.
    """
    clusters = [""] * len(positions) if clusters is None else clusters
    schema = record_tables.schema(Choice)
    table = files.take(positions, record_tables.schema(Target).names)
    splits = [SPLITS[s] for s in side.tolist()]
    table = table.append_column("split", pa.array(splits, pa.string()))
    samples, patients = (table[name].to_pylist() for name in ("sample", "patient"))
    contents = [content.samples.get(name, "") for name in samples]
    persons = [content.persons[name] for name in patients]
    table = table.append_column("content", pa.array(contents, pa.string()))
    table = table.append_column("person", pa.array(persons, pa.string()))
    table = table.append_column("cluster", pa.array(clusters, pa.string()))
    table = table.select(schema.names).cast(schema).sort_by("id")
    return with_unknown(table, unknown)
