"""Measure how the tables' stages grow: seconds, memory and exponents from 10^5 to 2 x 10^7 targets.

    python -m performance.scale [TARGETS ...]

A made index has 284 sources, the largest with 3 % of all targets, and 700 (label, modality) of the
shipped lexicon, 25 of them a source. A picture has four or five targets, a person ten pictures, a
third are planes of volumes, and one picture in fifty is nearly another one. Each stage runs in a
process of its own, so that its peak is its own.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from performance import amdahl

PROJECT = Path(__file__).resolve().parents[1]
SOURCES, PLACES, A_SOURCE, OF_PICTURE, OF_PERSON = 284, 700, 25, 13 / 3, 10
SIZES = (100_000, 1_000_000, 10_000_000, 20_000_000)
STAGES = ("ingest", "normalise", "tag", "select", "ask")
OF_WORKERS_S = 0.02 * 4.6e6 / 19.7e6
"""Seconds of a worker for a target, as docs/scale.md assumes them: 20 ms a picture of SA-Med2D-20M."""
ROWS_TO_GATHER = 1_000_000
"""Above it ingest's part in the tables is not measured: it makes rows of tables first."""


def mixed(numbers: np.ndarray, salt: int) -> np.ndarray:
    """Hash whole numbers to 64 bits (the finaliser of SplitMix64)."""
    z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def library() -> Any:
    """Return the shipped documents."""
    from benchsmith.documents.library import read

    return read(PROJECT)


def placed(of: Any) -> list[tuple[str, str]]:
    """Return words and modalities that have a task, spread over the lexicon."""
    found = sorted({(p, m) for p, m in _placements(of.lexicon)})
    return [found[i * len(found) // PLACES] for i in range(min(PLACES, len(found)))]


def _placements(lexicon: Any) -> Any:
    for label in lexicon.labels.terms:
        for modality in lexicon.modalities.terms:
            place = lexicon.place(label, modality)
            if place is not None and lexicon.labels.by_name(label) is not None:
                yield label, modality


def sizes(count: int) -> list[int]:
    """Return how many targets each source has."""
    shares = np.array([1 / (n + 10) for n in range(SOURCES)])
    ends = np.round(np.cumsum(shares) / shares.sum() * count).astype(int)
    return np.diff(ends, prepend=0).tolist()


FILL: dict[pa.DataType, Any] = {
    pa.string(): "", pa.int64(): 1, pa.float64(): 1.0, pa.bool_(): True, pa.binary(): b"",
}  # fmt: skip


def filler(kind: pa.DataType) -> Any:
    """Return a value for a column that no stage of these looks at."""
    if pa.types.is_list(kind):
        return []
    if pa.types.is_struct(kind):
        return {one.name: filler(one.type) for one in kind}
    return FILL[kind]


def source(number: int, count: int, places: list[tuple[str, str]], folder: Path) -> None:
    """Write one source's findings and samples as ingest leaves them."""
    from benchsmith.core.model import Finding, Sample
    from benchsmith.core.picture_quality import Quality
    from benchsmith.imaging.appearance import LOOK
    from benchsmith.tables import record_tables

    name, base = f"s{number:03}", number << 32
    row = np.arange(count)
    picture = (row / OF_PICTURE).astype(int)
    person = picture // OF_PERSON
    own = [places[int(i) % len(places)] for i in mixed(np.arange(A_SOURCE) + base, 1)]
    word = (mixed(row + base, 2) % A_SOURCE).astype(int)
    planar = picture % 3 > 0
    seen = np.where(
        mixed(picture + base, 5) % 50 == 0, mixed(picture + base, 6) % (picture.max() + 1), picture
    )
    seen = seen.astype(int)
    looks = mixed(((seen + base)[:, None] * 36 + np.arange(36)).ravel(), 7).view(np.uint8)
    looks = np.ascontiguousarray(looks.reshape(count, -1)[:, :LOOK])
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * LOOK)
    hashes = [mixed(seen + base, salt) for salt in (8, 9, 10)]
    hashes[0] ^= np.where(
        seen == picture, 0, np.uint64(0b10001) << (picture % 32).astype(np.uint64)
    )
    ids = [f"{name}/{p:07d}" for p in range(int(picture.max()) + 1)]
    sample = pa.array(ids).take(pa.array(picture))
    people = pa.array([f"{name}/p{p:06d}" for p in range(int(person.max()) + 1)])
    schema = record_tables.schema(Finding)
    corners = [
        pa.array((mixed(row + base, 20 + i) % 200 + (i > 1) * 220).astype(np.int64))
        for i in range(4)
    ]
    box = pa.StructArray.from_arrays(corners, fields=list(schema.field("box").type))
    none = pa.StructArray.from_arrays(
        corners, fields=list(schema.field("crop").type), mask=pa.array(np.ones(count, bool))
    )
    near = schema.field("neighbours").type.value_type
    beside = pa.array([w for w, _ in own]).take(
        pa.array((mixed(np.arange(3 * count) + base, 30) % A_SOURCE).astype(int))
    )
    share = pa.array((mixed(np.arange(3 * count) + base, 31) % 100) / 1000.0)
    columns = {
        "id": pa.array([f"{ids[p]}#{i:07d}" for p, i in zip(picture.tolist(), row.tolist(), strict=True)]),
        "source": pa.repeat(name, count), "sample": sample, "patient": people.take(pa.array(person)),
        "modality": pa.array([m for _, m in own]).take(pa.array(word)),
        "raw": pa.array([w for w, _ in own]).take(pa.array(word)), "kind": pa.repeat("region", count),
        "stated_at": pa.array([f"labels/{p:07d}.nii.gz value {w}" for p, w in zip(picture.tolist(), word.tolist(), strict=True)]),
        "axis": pa.array(["planar", "axial", "coronal", "sagittal"]).take(pa.array(np.where(planar, 0, 1 + row % 3))),
        "index": pa.array(np.where(planar, 0, mixed(row + base, 11) % 200).astype(np.int64)),
        "plane": pa.array([[512, 512]], schema.field("plane").type).take(pa.array(np.zeros(count, np.int64))),
        "crop": none, "box": box, "share": pa.array(0.01 + (mixed(row + base, 12) % 1000) / 5000.0),
        "area_px": pa.array((400 + mixed(row + base, 13) % 40000).astype(np.int64)),
        "neighbours": pa.ListArray.from_arrays(
            pa.array(np.arange(count + 1, dtype=np.int32) * 3),
            pa.StructArray.from_arrays([beside, share, share, share], fields=list(near)), type=schema.field("neighbours").type),
        "phash": pa.array([f"{h:016x}" for h in hashes[0].tolist()]),
        "mirrors": pa.array([f"{a:016x}{b:016x}" for a, b in zip(hashes[1].tolist(), hashes[2].tolist(), strict=True)]),
        "look": pa.Array.from_buffers(pa.binary(), count, [None, offsets.buffers()[1], pa.py_buffer(looks)]),
        "seen": pa.repeat(pa.scalar(asdict(Quality(contrast=2.0)), schema.field("seen").type), count),
    }  # fmt: skip
    for field in schema:
        if field.name not in columns:
            columns[field.name] = pa.repeat(pa.scalar(filler(field.type), field.type), count)
    folder.mkdir(parents=True)
    writer = record_tables.Writer(folder / "rows.parquet", schema)
    writer.add(pa.table({n: columns[n] for n in schema.names}))
    writer.close()
    pictures = len(ids)
    order = np.arange(pictures)
    said = {
        "id": pa.array(ids), "source": pa.repeat(name, pictures), "key": pa.array(ids),
        "patient": people.take(pa.array(order // OF_PERSON)), "modality": pa.repeat("ct", pictures),
        "files": pa.array([["f"]]).take(pa.array(np.zeros(pictures, np.int64))),
        "sha256": pa.array([f"{a:016x}{b:016x}" * 2 for a, b in zip(mixed(order + base, 40).tolist(), mixed(order + base, 41).tolist(), strict=True)]),
        "shape": pa.array([[200, 512, 512]]).take(pa.array(np.zeros(pictures, np.int64))),
        "spacing_mm": pa.array([[1.0, 1.0, 1.0]]).take(pa.array(np.zeros(pictures, np.int64))),
        "age": pa.array(["20", "50", "70", ""]).take(pa.array((mixed(order, 42) % 4).astype(int))),
        "sex": pa.array(["m", "f"]).take(pa.array((mixed(order, 43) % 2).astype(int))),
    }  # fmt: skip
    schema = record_tables.schema(Sample)
    for field in schema:
        if field.name not in said:
            said[field.name] = pa.repeat(pa.scalar(filler(field.type), field.type), pictures)
    writer = record_tables.Writer(folder / "samples.parquet", schema)
    writer.add(pa.table({n: said[n] for n in schema.names}))
    writer.close()


def make(count: int, folder: Path) -> None:
    """Write all sources."""
    places = placed(library())
    for number, own in enumerate(sizes(count)):
        source(number, own, places, folder / "given" / f"s{number:03}")


def run(stage: str, folder: Path, count: int) -> int:
    """Do one stage over all sources; return the rows it read."""
    from benchsmith.tables.partition import Partition

    names = sorted(p.name for p in (folder / "given").iterdir())
    to = {name: Partition(folder / stage / name) for name in names}
    given = {name: Partition(folder / "given" / name) for name in names}
    if stage == "ingest":
        return sum(_gather(given[n], to[n]) for n in names)
    of = library()
    if stage in ("normalise", "tag"):
        from benchsmith.core.model import Label, Target
        from benchsmith.stages.normalise import normalise
        from benchsmith.stages.normaliser import Normaliser
        from benchsmith.stages.tag import tag
        from benchsmith.tables.stage_tables import transform_rows

        work: Any = partial(normalise, normaliser=Normaliser(of.lexicon))
        for name in names:
            if stage == "normalise":
                transform_rows(given[name], to[name], stage, name, Label, work)
            else:
                before = Partition(folder / "normalise" / name)
                transform_rows(
                    before, to[name], stage, name, Target, partial(tag, lexicon=of.lexicon)
                )
        return count
    from benchsmith.core.model import Choice, Question
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.tables.stage_tables import stage_writer

    benchmark = Benchmark(title="t", description="d", seed=1, sources=("s000",))
    if stage == "select":
        from benchsmith.selectors.candidate_files import CandidateFiles
        from benchsmith.stages.select import select

        sources = CandidateFiles(
            [folder / "tag" / n / "rows.parquet" for n in names],
            [folder / "given" / n / "samples.parquet" for n in names],
        )
        found = select(sources, benchmark)
        with stage_writer(
            Partition(folder / stage / "all"), stage, "all", Choice, len(sources), in_order=True
        ) as out:
            out.kept.add_table(found.chosen)
            for table in found.rejected:
                out.rejected.add_table(table)
            out.details = found.notes
        return len(sources)
    from benchsmith.stages.ask import ask
    from benchsmith.tables import record_tables

    rows = record_tables.from_table(record_tables.read(folder / "select/all/rows.parquet"), Choice)
    with stage_writer(Partition(folder / stage / "all"), stage, "all", Question, len(rows)) as out:
        out.add(ask(rows, benchmark, of.lexicon, of.pools))
    return len(rows)


def batched(items: list[Any], size: int) -> list[list[Any]]:
    """Return a list in parts of `size`."""
    return [items[i : i + size] for i in range(0, len(items), size)]


WAITED = [0.0, 0.0]
"""Seconds and processor seconds that went into making rows, which is not ingest's business."""


def _gather(given: Any, to: Any) -> int:
    """Take the findings of bundles of images, as they come from workers, and write them."""
    from benchsmith.core.model import Finding, Sample
    from benchsmith.engine.bundles import MAX_UNITS
    from benchsmith.pipeline.incremental_tables import IngestTables
    from benchsmith.stages.ingest import Ingested, gathered
    from benchsmith.tables import record_tables
    from benchsmith.tables.stage_tables import stage_writer

    with stage_writer(to, "ingest", "part", Finding) as written:
        tabled = IngestTables(written, "cc0-1.0", [])
        start = time.perf_counter(), time.process_time()
        about = record_tables.from_table(
            record_tables.read(given.folder / "samples.parquet"), Sample
        )
        samples = {sample.id: sample for sample in about}
        for table in record_tables.batches(given.folder / "rows.parquet"):
            images = []
            for name, own in groupby(
                record_tables.from_table(table, Finding), key=lambda row: row.sample
            ):
                there = samples.pop(name, None)  # an image of two parts is one of the first
                found = tuple(own)
                image = () if there is None else (there,)
                images.append(Ingested(image, found, (), len(found), name if image else ""))
            sent = [pickle.dumps(gathered(b)) for b in batched(images, MAX_UNITS)]
            WAITED[0] += time.perf_counter() - start[0]
            WAITED[1] += time.process_time() - start[1]
            for bundle in sent:
                for one in pickle.loads(bundle):  # noqa: S301
                    tabled.add(one, "f" * 24)
            start = time.perf_counter(), time.process_time()
    return to.manifest().rows.rows_in


def child(stage: str, folder: Path, count: int) -> None:
    """Run one stage and print what it took."""
    start = time.perf_counter()
    rows = run(stage, folder, count)
    print(json.dumps({
        "rows": rows, "seconds": time.perf_counter() - start - WAITED[0],
        "cpu": time.process_time() - WAITED[1],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))  # fmt: skip


def measured(size: int) -> dict[str, dict[str, float]]:
    """Return what each stage took at one size."""
    found = {}
    again = [sys.executable, "-m", "performance.scale"]
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch:
        subprocess.run([*again, "--make", scratch, str(size)], check=True, cwd=PROJECT)
        for stage in STAGES:
            if stage == "ingest" and size > ROWS_TO_GATHER:
                continue
            done = subprocess.run(
                [*again, "--child", stage, scratch, str(size)],
                stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT,
            )  # fmt: skip
            found[stage] = json.loads(done.stdout.splitlines()[-1])
            print(size, stage, found[stage], os.getloadavg(), file=sys.stderr)
            # what no later stage reads makes room
            if stage in ("ingest", "tag"):
                gone = ["ingest"] if stage == "ingest" else ["normalise"]
                for name in gone:
                    shutil.rmtree(Path(scratch) / name)
            if stage == "normalise":
                for path in Path(scratch).glob("given/*/rows.parquet"):
                    path.unlink()
    return found


def main(wanted: list[int]) -> None:
    """Print a table, and how each stage grows between the two largest sizes."""
    found = {size: measured(size) for size in wanted}
    heads = [*(f"{size:,}" for size in wanted), "a further target", "exponent"]
    print("| stage | " + " | ".join(heads) + " |\n| --- |" + " --- |" * len(heads))
    for stage in STAGES:
        there = [size for size in wanted if stage in found[size]]
        cells = [
            f"{found[s][stage]['seconds']:.1f} s ({found[s][stage]['cpu']:.1f} of a processor), "
            f"{found[s][stage]['peak_mb']:.0f} MB"
            if s in there
            else ""
            for s in wanted
        ]
        print(f"| {stage} | " + " | ".join([*cells, *growth(there, found, stage)]) + " |")
    print(f"\nof {SIZES[-1]:,} targets, without listing the images:", end=" ")
    print(amdahl.table(sum(serial(found, stage) for stage in STAGES), SIZES[-1] * OF_WORKERS_S))


def serial(found: dict[int, Any], stage: str) -> float:
    """Return the processor seconds of a stage at the largest size, along its last two sizes if need be."""
    there = sorted(size for size in found if stage in found[size])
    cpu = [found[size][stage]["cpu"] for size in there]
    if there[-1] >= SIZES[-1] or len(there) < 2:
        return float(cpu[-1])
    slope = max(cpu[-1] - cpu[-2], 0) / (there[-1] - there[-2])
    return float(cpu[-1] + slope * (SIZES[-1] - there[-1]))


def growth(there: list[int], found: dict[int, Any], stage: str) -> list[str]:
    """Return what a further target takes of a processor, and the exponent of all it takes."""
    if len(there) < 2:
        return ["", ""]
    low, high = there[-2:] if there[-1] >= 5 * there[-2] else (there[-3:][0], there[-1])
    less, more = (found[size][stage]["cpu"] for size in (low, high))
    exponent = math.log(more / less) / math.log(high / low)
    return [f"{(more - less) / (high - low) * 1e6:.1f} us", f"{exponent:.2f}"]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(int(sys.argv[3]), Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main([int(n) for n in sys.argv[1:]] or list(SIZES))
