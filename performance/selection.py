"""Measure selection on made indexes: growth of time and memory with the number of targets.

    .venv/bin/python performance/selection.py [--whole] [ROUNDS] [TARGETS ...]

With `--whole` every target is a label of a whole picture, and copies with contradicting labels are looked for;
that their pixels are compared is not measured. An index has 1,000 labels in 12 sources; a third of the targets are slices of volumes, the others
pictures, one in fifty a copy of another's picture with some bits of its hash changed.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

HERE = Path(__file__).parent
LABELS, SOURCES, PER_VOLUME = 1000, 12, 40


def mixed(numbers: np.ndarray, salt: int) -> np.ndarray:
    """Hash whole numbers to 64 bits (the finaliser of SplitMix64)."""
    z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def index(count: int, folder: Path, *, whole_pictures: bool) -> None:
    """Write targets and samples as a build leaves them."""
    from benchsmith.core.absent_labels import Searched
    from benchsmith.core.model import Sample, Target
    from benchsmith.core.picture_quality import Quality
    from benchsmith.imaging.appearance import LOOK
    from benchsmith.tables import record_tables

    row = np.arange(count)
    volume = row < count // 3
    sample = np.where(volume, row // PER_VOLUME, row)
    source = mixed(sample, 1) % SOURCES
    label = mixed(row, 2) % LABELS
    task = label % 12
    # a label is of one modality in nine of ten pictures
    modality = np.where(mixed(row, 3) % 10, label % 8, mixed(row, 4) % 8)
    seen = np.where(mixed(row, 5) % 50 == 0, mixed(row, 6) % count, row)
    looks = mixed((seen[:, None] * 36 + np.arange(36)).ravel(), 7).view(np.uint8)
    looks = looks.reshape(count, -1)[:, :LOOK]
    hashes = mixed(seen, 8) ^ np.where(
        seen == row, 0, np.uint64(0b10001) << (row % 32).astype(np.uint64)
    )
    mirrors = np.stack([mixed(seen, 9), mixed(seen, 10)], axis=1)
    name = [f"s{s}/{k:07d}" for s, k in zip(source.tolist(), sample.tolist(), strict=True)]
    corners = [
        pa.array((mixed(row, 20 + i) % 200 + (i > 1) * 220).astype(np.int64)) for i in range(4)
    ]
    box_type = record_tables.schema(Target).field("box").type
    box = pa.StructArray.from_arrays(corners, fields=list(box_type))
    none = pa.array(np.ones(count, bool))
    text = lambda values, form: pa.array([form % v for v in values.tolist()])  # noqa: E731
    whole = lambda value: pa.repeat(pa.scalar(value), count)  # noqa: E731
    columns = {
        "id": pa.array([f"{n}#{i}" for i, n in enumerate(name)]),
        "source": text(source, "s%d"), "sample": pa.array(name), "patient": pa.array(name),
        "modality": text(modality, "m%d"), "kind": whole("image" if whole_pictures else "region"), "axis": pa.array(
            np.where(volume, np.array(["axial", "coronal", "sagittal"])[row % 3], "planar")),
        "index": pa.array(np.where(volume, mixed(row, 11) % 200, 0).astype(np.int64)),
        "plane": pa.array([[512, 512]]).take(pa.array(np.zeros(count, np.int64))),
        "crop": pa.StructArray.from_arrays(corners, fields=list(box_type), mask=none), "box": box,
        "phash": text(hashes, "%016x"),
        "mirrors": pa.array([f"{a:016x}{b:016x}" for a, b in mirrors.tolist()]),
        "look": pa.array([bytes(look) for look in looks]), "share": whole(0.05),
        "label": text(label, "l%04d"), "task": text(task, "t%d"),
    }  # fmt: skip
    fill = {pa.string(): "", pa.int64(): 0, pa.float64(): 1.0, pa.bool_(): True}
    for field in record_tables.schema(Target):
        if field.name == "searched":
            none_known = asdict(Searched(labels=("*",)))
            columns["searched"] = pa.repeat(pa.scalar(none_known, field.type), count)
        elif field.name == "seen":
            columns["seen"] = pa.repeat(pa.scalar(asdict(Quality(contrast=2.0)), field.type), count)
        elif field.name not in columns:
            columns[field.name] = (
                pa.array([[]], field.type).take(pa.array(np.zeros(count, np.int64)))
                if pa.types.is_list(field.type)
                else pa.repeat(pa.scalar(fill.get(field.type), field.type), count)
            )
    schema = record_tables.schema(Target)
    record_tables.write(
        pa.table({n: columns[n] for n in schema.names}).cast(schema), folder / "rows.parquet"
    )
    first = np.unique(sample, return_index=True)[1]
    one = record_tables.to_table([
        Sample(id="", source="s0", key="", patient="", modality="m0", files=("f",), sha256="",
               shape=(200, 200, 200), spacing_mm=(1.0, 1.0, 1.0), planar=False, part="",
               licence="mit", age="", sex="", site="", laterality="", view="", quality="", note="")
    ], Sample)  # fmt: skip
    table = one.take(pa.array(np.zeros(len(first), np.int64)))
    ids = pa.array([name[i] for i in first.tolist()])
    for column in ("id", "patient", "sha256"):
        table = table.set_column(table.schema.get_field_index(column), column, ids)
    for column, values in (("sex", "mf"), ("age", ("20", "50", "70", ""))):
        said = pa.array([values[int(n) % len(values)] for n in mixed(first, 12)])
        table = table.set_column(table.schema.get_field_index(column), column, said)
    record_tables.write(table, folder / "samples.parquet")


def child(folder: Path, *, whole_pictures: bool) -> None:
    """Select from an index on disk and print what it took."""
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.selectors.candidate_files import CandidateFiles
    from benchsmith.selectors.contradicting_looks import Comparison
    from benchsmith.stages.select import select

    benchmark = Benchmark(title="t", description="d", seed=1, sources=("s0",))
    comparison = Comparison(
        lambda label: (label,), lambda *word: "", lambda pairs: [1.0] * len(pairs)
    )
    start = time.perf_counter()
    found = select(
        CandidateFiles([folder / "rows.parquet"], [folder / "samples.parquet"]),
        benchmark,
        comparison=comparison if whole_pictures else None,
    )
    reasons: Counter[str] = Counter()
    for table in found.rejected:
        reasons.update(table["reason"].to_pylist())
    seconds = time.perf_counter() - start
    cpu = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({
        "seconds": seconds, "cpu": cpu, "peak_mb": peak, "chosen": found.chosen.num_rows,
        "compared": found.notes["pictures"]["compared"],
        "reasons": reasons,
    }))  # fmt: skip


def main(rounds: int, sizes: list[int], *, whole_pictures: bool) -> None:
    """Print medians for every size, and how time grows from one to the next."""
    print(
        "| targets | chosen | pictures compared | s | CPU s | peak MB | CPU s per 1,000 targets |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            index(size, Path(scratch), whole_pictures=whole_pictures)
            runs = []
            for _ in range(rounds):
                done = subprocess.run(
                    [sys.executable, __file__, "--child", scratch, *["--whole"] * whole_pictures],
                    capture_output=True, text=True, check=True,
                )  # fmt: skip
                runs.append(json.loads(done.stdout.splitlines()[-1]))
        seconds = statistics.median(r["seconds"] for r in runs)
        cpu = statistics.median(r["cpu"] for r in runs)
        peak = max(r["peak_mb"] for r in runs)
        print(
            f"| {size:,} | {runs[0]['chosen']:,} | {runs[0]['compared']:,} | {seconds:.1f} "
            f"| {cpu:.1f} | {peak:.0f} | {1000 * cpu / size:.3f} |"
        )
        print(runs[0]["reasons"], file=sys.stderr)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--whole"]
    if given[:1] == ["--child"]:
        child(Path(given[1]), whole_pictures="--whole" in sys.argv)
    else:
        numbers = [int(n) for n in given]
        sizes = numbers[1:] or [10_000, 100_000, 1_000_000]
        main(numbers[0] if numbers else 1, sizes, whole_pictures="--whole" in sys.argv)
