"""The parts of each source that were not read, by reason, for the last lines of a build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchsmith.core.reasons import REASONS
from benchsmith.core.stage_names import STAGES
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.source_files import SourceFiles


def fault_counts(
    sources: Sequence[SourceFiles], partitions: Partitions
) -> dict[str, dict[str, int]]:
    """Return by source and reason how many files, rows and labels were not read."""
    found: dict[str, dict[str, int]] = {}
    for files in sources:
        source = files.source.id
        counts: Counter[str] = Counter()
        for stage in STAGES[:3]:
            for code, n in partitions[stage][source].manifest().reasons.items():
                if REASONS[code].loses_input:
                    counts[code] += n
        if counts:
            found[source] = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    return found
