"""The list of what a build left out: everything in `left_out.tsv`, and the first cases of each reason in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchsmith.core.build_files import LEFT_OUT, REJECTED
from benchsmith.core.reasons import REASONS, Reason
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.tables.stage_tables import Rejections
from benchsmith.text.spreadsheet_cells import guarded
from benchsmith.text.unicode_names import visible

COLUMNS = ("source", "stage", "reason", "subject", "detail")
CASES, MOST_REASONS = 3, 5
"""Cases of a reason, and reasons, that are shown."""


def write_left_out(rejected: Rejections, path: Path) -> None:
    """Write all rejections under the sources' own names; this file is not published."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join((*COLUMNS, "what")) + "\n")
        for table in rejected.tables():
            values = [table[name].to_pylist() for name in COLUMNS]
            for cells in zip(*values, strict=True):
                row = (*cells, REASONS[cells[2]].sentence)
                file.write(
                    "\t".join(guarded(visible(" ".join(cell.split()))) for cell in row) + "\n"
                )


def of_a_stop(
    context: Context,
    partitions: Partitions,
    stages: Sequence[str],
    shown: Callable[[Reason], bool] = lambda _: True,
) -> list[str]:
    """Write `left_out.tsv` of a build that stops; return the first cases of the reasons, and its path.

    `stages` are those that are done; `shown` selects the reasons that led to the stop.
    """
    rejected = Rejections(
        (p.folder / REJECTED, p.manifest()) for s in stages for p in partitions[s].values()
    )
    path = context.folder / LEFT_OUT
    path.parent.mkdir(parents=True, exist_ok=True)
    write_left_out(rejected, path)
    return [*_first_cases(rejected, shown), f"all that was left out, with its reason: {path}"]


def _first_cases(rejected: Rejections, shown: Callable[[Reason], bool]) -> Iterator[str]:
    """Yield the most frequent reasons, each with what to do and its first cases."""
    counts: Counter[str] = Counter()
    first: defaultdict[str, list[str]] = defaultdict(list)
    for table in rejected.tables():
        columns = (table[name].to_pylist() for name in ("reason", "subject", "detail"))
        for reason, subject, detail in zip(*columns, strict=True):
            counts[reason] += shown(REASONS[reason])
            if len(first[reason]) < CASES:
                said = f"{subject}: {detail}" if detail else subject
                first[reason].append("    " + visible(said))
    for reason, n in sorted((+counts).items(), key=lambda one: (-one[1], one[0]))[:MOST_REASONS]:
        one = REASONS[reason]
        yield f"  {n} x {reason}: {one.sentence} [{one.hint}]"
        yield from first[reason]
