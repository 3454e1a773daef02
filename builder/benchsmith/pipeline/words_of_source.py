"""The label of each word of a source, by modality."""

from __future__ import annotations

from collections.abc import Iterable

from benchsmith.core.build_files import WORDS
from benchsmith.pipeline.context import Context
from benchsmith.stages.resolved_word import Resolved
from benchsmith.tables import record_tables
from benchsmith.tables.partition import Partition


def words_of(
    context: Context, ingested: Partition, source: str, modalities: Iterable[str]
) -> dict[str, dict[str, Resolved]]:
    """Return the words of a source's ingested images by modality, each with its label."""
    words: dict[str, dict[str, Resolved]] = {modality: {} for modality in modalities}
    for row in record_tables.read(ingested.folder / WORDS).to_pylist():
        if row["modality"] in words:
            found = context.normaliser.resolve(row["raw"], source, row["modality"])
            words[row["modality"]][row["raw"]] = found
    return words
