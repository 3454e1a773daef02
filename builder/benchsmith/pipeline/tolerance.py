"""The limit on faults: a source above it stops the build, or is left out as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.reasons import REASONS
from benchsmith.core.stage_names import STAGES
from benchsmith.documents.benchmark import Tolerate
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.tables.manifest import Manifest

SHOWN_REASONS = 3
"""Most frequent reasons that a message names."""


def check_faults(context: Context, sources: Sequence[SourceFiles], partitions: Partitions) -> None:
    """Compare each source's shares of faults with `tolerate`; write `left_out.tsv` before a stop.

    Raises TooMuchRejected if a source is above its limit and `tolerate.drop_source` is not set, or
    if no source is left.
    """
    problems = over_limit(context, sources, partitions)
    drop = context.benchmark.tolerate.drop_source
    if not problems or (drop and len(problems) < len(sources)):
        return
    from benchsmith.pipeline import stopped_build

    lines = [f"{source}: {share}" for source, shares in problems.items() for share in shares]
    hint = "`benchsmith explain SOURCE` lists each; limits are in `tolerate`"
    if not drop and len(problems) < len(sources):
        hint += ", and `tolerate.drop_source: true` leaves such sources out"
    lines += stopped_build.of_a_stop(
        context, partitions, STAGES[:3], lambda reason: reason.fault or reason.unpaired
    )
    raise TooMuchRejected("\n".join([*lines, hint]))


def over_limit(
    context: Context, sources: Sequence[SourceFiles], partitions: Partitions
) -> dict[str, list[str]]:
    """Return the sources with more faults than tolerated, and the shares that are too large."""
    found = {}
    for files in sources:
        source = files.source.id
        manifests = {s: partitions[s][source].manifest() for s in STAGES[:3]}
        if shares := _too_many(manifests, source, context.benchmark.tolerate):
            found[source] = shares
    return found


def _too_many(manifests: Mapping[str, Manifest], source: str, tolerate: Tolerate) -> list[str]:
    """Return the shares of one source that are above its limit.

    Images and rows are counted separately: one unreadable volume is a large loss, even if the other
    volumes have so many candidate pictures that its share of the rows is small. Table rows and label
    files without a picture are counted separately too, because they lose no picture.
    """
    images = manifests["ingest"].images
    assert images is not None, f"ingest of {source} counted no images"
    limit = tolerate.fault_limit(source)
    shares = [(images.found - images.read, images.found, "images gave no sample", limit)]
    most: Counter[str] = Counter()
    for stage, manifest in manifests.items():
        faults = {r: n for r, n in manifest.reasons.items() if REASONS[r].fault}
        alone = {r: n for r, n in manifest.reasons.items() if REASONS[r].unpaired}
        most.update(faults)
        total = manifest.rows.rows_in - sum(alone.values())
        shares.append((sum(faults.values()), total, f"rows failed at {stage}", limit))
        if alone:
            most.update(alone)
            what = "table rows and label files have no picture"
            count = sum(alone.values())
            shares.append((count, images.found + count, what, tolerate.unpaired_limit(source)))
    top = ", ".join(f"{n} {reason}" for reason, n in most.most_common(SHOWN_REASONS))
    return [
        f"{n} of {total} {what} ({top})"
        for n, total, what, most_of in shares
        if n > most_of * total
    ]
