"""Why a build has no question, and what would make questions possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from benchsmith.core.build_files import ROWS
from benchsmith.core.stage_names import STAGES
from benchsmith.pipeline import stopped_build
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.tables import record_tables

MOST_LABELS = 5
ADVICE = (
    "add a source of the same modality with other labels to `sources`, masks of more structures, or"
    " pictures without it (`exhaustive: true` with `nothing: no finding` in the recipe);"
    " `kind: count` asks how many objects a picture shows, and `skills: [presence, comparison, "
    "position]` in the benchmark asks questions that need no other label"
)
"""What makes questions possible if a label has no other label as a wrong option."""


def nothing_asked(context: Context, partitions: Partitions) -> str:
    """Write `left_out.tsv`, and return the message for a build without a question."""
    cases = stopped_build.of_a_stop(context, partitions, STAGES[:-1])
    first = f"no question could be generated for {context.name}"
    return "\n".join([first, *_without_others(partitions), *cases])


def one_label(labels: Sequence[str]) -> str:
    """Return why labels without others of their task and modality are not asked about, and what to do."""
    shown = ", ".join(labels[:MOST_LABELS]) + ", ..." * (len(labels) > MOST_LABELS)
    which = (
        f"{shown} is the only label of its" if len(labels) == 1 else f"{shown} are alone in their"
    )
    return f"{which} task and modality, so the answer would always be the same: {ADVICE}"


def _without_others(partitions: Partitions) -> Iterator[str]:
    """Yield a line if every label is the only one of its task and modality."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for partition in partitions["tag"].values():
        for table in record_tables.batches(partition.folder / ROWS, ["task", "modality", "label"]):
            columns = (table[name].to_pylist() for name in ("task", "modality", "label"))
            for task, modality, label in zip(*columns, strict=True):
                found[task, modality].add(label)
    if found and all(len(own) == 1 for own in found.values()):
        yield f"  {one_label(sorted(set().union(*found.values())))}"
