"""The limit on faults: a build stops if a source has more than the benchmark tolerates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.reasons import REASONS
from benchsmith.core.stage_names import STAGES
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles


def check_faults(context: Context, sources: Sequence[SourceFiles], partitions: Partitions) -> None:
    """Compare each source's share of faults with ``tolerate.faults``. Raises TooMuchRejected.

    Images and rows are counted apart: one unreadable volume is a large loss, even if the other
    volumes have so many candidate pictures that its share of the rows is small.
    """
    problems: list[str] = []
    for files in sources:
        source = files.source.id
        manifests = {s: partitions[s][source].manifest() for s in STAGES[:3]}
        images = manifests["ingest"].images
        assert images is not None, f"ingest of {source} counted no images"
        shares = [(images.found - images.read, images.found, "images gave no sample")]
        most: Counter[str] = Counter()
        for stage, manifest in manifests.items():
            faults = {r: n for r, n in manifest.reasons.items() if REASONS[r].fault}
            most.update(faults)
            shares.append((sum(faults.values()), manifest.rows.rows_in, f"rows failed at {stage}"))
        top = ", ".join(f"{n} {reason}" for reason, n in most.most_common(3))
        problems += [
            f"{source}: {count} of {total} {what} ({top})"
            for count, total, what in shares
            if count > context.benchmark.tolerate.faults * total
        ]
    if problems:
        problems.append("`benchsmith explain SOURCE` lists each; the limit is `tolerate.faults`")
        raise TooMuchRejected("\n".join(problems))
