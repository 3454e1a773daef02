"""How long queries take on many questions: DuckDB on Parquet, and the same row by row in Python.

    python -m performance.queries [TARGETS]

Each target is asked about at two granularities. Tables are written to a scratch folder first.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsmith.core.random_order import rank
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.query import parse
from benchsmith.explore import open_question_rows

HOME = Path(__file__).resolve().parents[1]
QUERY = "task=bone modality=mri/**|ct label=bone/** department!=none dimension=3d granularity=mask"
ROWS = 1_000_000
"""Targets in one row group; those of the first are repeated under other ids."""
TIMES = 3


def main() -> None:
    """Print seconds, rows a second, and memory."""
    targets = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    lexicon = lexicons.read(HOME / "lexicon")
    query = parse(QUERY, lexicon)
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), lexicon, targets)
        size = sum(f.stat().st_size for f in files) / 1e6
        print(f"{targets:,} targets, {2 * targets:,} questions, {size:.0f} MB of Parquet")
        with open_question_rows.open_build(files[0], files[1], [files[2]]) as rows:
            say("count", 2 * targets, lambda: rows.count(query))
            say("ids", 2 * targets, lambda: sum(1 for _ in rows.ids(query)))
            say("below", 2 * targets, lambda: rows.below("modality", lexicon.modalities))
            say("cells", 2 * targets, lambda: rows.cells(["task", "modality", "label"]))
        some = pq.ParquetFile(files[1]).read_row_group(0).slice(0, 50_000).to_pylist()
        plain = [SimpleNamespace(view="mask", **row) for row in some]
        say("row by row", len(plain), lambda: sum(query.accepts(row) for row in plain))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak {peak} MB")


def say(what: str, rows: int, work: Callable[[], object]) -> None:
    """Print the median processor time of a piece of work."""
    times = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    median = statistics.median(times)
    print(f"{what:12} {median:8.2f} s  {rows / median:14,.0f} rows/s")


def write(folder: Path, lexicon: lexicons.Lexicon, targets: int) -> list[Path]:
    """Write the stages' tables, with places drawn from the lexicon."""
    placements = [(label, p.task, p.department) for (label, _), p in lexicon.placements.items()]
    modalities, axes = list(lexicon.modalities.terms), ("planar", "axial", "coronal")
    drawn = [rank(1, "row", str(n)) for n in range(min(targets, ROWS))]
    picks = [placements[r % len(placements)] for r in drawn]
    columns = {
        "task": [p[1] for p in picks],
        "department": [p[2] for p in picks],
        "modality": [modalities[(r >> 20) % len(modalities)] for r in drawn],
        "label": [p[0] for p in picks],
        "axis": [axes[(r >> 40) % 3] for r in drawn],
        "source": [f"source-{(r >> 44) % 50}" for r in drawn],
        "split": ["val" if r >> 60 else "test" for r in drawn],
    }
    first = pa.table(columns)
    files = [folder / f"{name}.parquet" for name in ("ask", "select", "render")]
    text = pa.string()
    schemas = [
        pa.schema([("id", text), ("target", text), ("view", text)]),
        pa.schema([("id", text), *first.schema]),
        pa.schema([("question", text)]),
    ]
    writers = [pq.ParquetWriter(f, s) for f, s in zip(files, schemas, strict=True)]
    for start in range(0, targets, ROWS):
        part = first.slice(0, min(ROWS, targets - start))
        numbers = pc.cast(pa.array(range(start, start + part.num_rows)), text)
        ids = pc.binary_join_element_wise("source/volume#label@z", numbers, "")
        writers[1].write_table(part.add_column(0, "id", ids))
        for view in ("mask", "contour"):
            own = pc.binary_join_element_wise(ids, view, ":")
            views = pa.array([view] * len(own))
            table = pa.table({"id": own, "target": ids, "view": views})
            writers[0].write_table(table)
            writers[2].write_table(pa.table({"question": own}))
    for writer in writers:
        writer.close()
    return files


if __name__ == "__main__":
    main()
