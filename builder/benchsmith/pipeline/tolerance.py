"""How many faults of its sources a benchmark tolerates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.reasons import REASONS
from benchsmith.core.stage_names import STAGES
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.source_files import Prepared


def check_faults(setting: Setting, prepared: Sequence[Prepared], parts: Parts) -> None:
    """Stop where a source has more faults than the benchmark tolerates.

    Counted are images that gave nothing, and at each stage the rows that were faulty: a lost
    volume must not vanish among the many candidate pictures of the others. Raises TooMuchRejected.
    """
    bad: list[str] = []
    for p in prepared:
        manifests = {s: parts[s][p.source.id].manifest() for s in STAGES[:3]}
        images = manifests["ingest"]["images"]
        shares = [(images["in"] - images["out"], images["in"], "images gave nothing")]
        most: Counter[str] = Counter()
        for stage, manifest in manifests.items():
            faulty = {r: n for r, n in manifest["reasons"].items() if REASONS[r].fault}
            most.update(faulty)
            total = manifest["rows"]["in"]
            shares.append((sum(faulty.values()), total, f"rows are faulty at {stage}"))
        top = ", ".join(f"{n} {r}" for r, n in most.most_common(3))
        bad += [
            f"{p.source.id}: {faults} of {total} {what} ({top})"
            for faults, total, what in shares
            if faults > setting.benchmark.tolerate.faults * total
        ]
    if bad:
        bad.append("`benchsmith explain SOURCE` names each; `tolerate` is the limit")
        raise TooMuchRejected("\n".join(bad))
