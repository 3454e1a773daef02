"""Time and memory of writing a release, beside floors and what a careful user would write.

    python -m performance.export [--cases 4000] [--size 100] [--only parquet,raw]

Pictures are distinct. Each way runs in a process of its own, so that its memory is its own, and ways take
turns. `raw` copies the pictures to Parquet as they come, without a dictionary: the floor of every export.
`datasets` writes the same columns in the release's order with the library of that name; `join` joins cells
with tabs. CPU seconds are of the process and its children.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.absent_labels import Searched
from benchsmith.core.model import Box, Case, Choice, Question, Sample
from benchsmith.core.random_order import public_id
from benchsmith.documents import lexicon
from benchsmith.documents.benchmark import Benchmark
from benchsmith.exporters import parquet, plain, vlmevalkit, webdataset
from benchsmith.release.model import Release
from benchsmith.tables import record_tables
from benchsmith.tables.file_digests import sha256_of
from benchsmith.tables.stage_tables import Rejections

HOME = Path(__file__).resolve().parent.parent
SIDE = 512


def picture(number: int, size: int) -> bytes:
    """Return bytes that no other number has, of a PNG's size and as hard to pack.

    Pictures that repeat would let Parquet store each once. No export decodes a picture.
    """
    return hashlib.shake_128(str(number).encode()).digest(size)


def cases(folder: Path, count: int, size: int) -> Path:
    """Write the cases that render would leave."""
    path = folder / "rows.parquet"
    schema = record_tables.schema(Case)
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for start in range(0, count, 250):
            drawn = {i: picture(i, size) for i in range(start, min(count, start + 250))}
            rows = [
                {"id": public_id(1, f"q{i}"), "question": f"q{i}", "png": png,
                 "png_sha256": hashlib.sha256(png).hexdigest(), "width": SIDE, "height": SIDE, "window": "w", "region": ""}
                for i, png in drawn.items()
            ]  # fmt: skip
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return path


def release(folder: Path, count: int) -> Release:
    """Return a release of that many questions, over 18 tasks and as many departments."""
    words = lexicon.read(HOME / "lexicon")
    tasks, departments = ([t.id for t in axis] for axis in (words.tasks, words.departments))
    benchmark = Benchmark(title="t", description="d", seed=1, sources=("s",))
    box = Box(x0=0, y0=0, x1=9, y1=9)
    questions, choices, samples = [], {}, {}
    for i in range(count):
        task, department = tasks[i % len(tasks)], departments[(i // 3) % len(departments)]
        sample = f"s/{i // 4}"
        samples[sample] = Sample(
            id=sample, source="s", key=str(i // 4), patient=sample, modality="ct", files=("f",),
            sha256="", shape=(1, SIDE, SIDE), spacing_mm=(1.0, 1.0, 1.0), planar=False, part="",
            licence="mit", age="", sex="", site="", laterality="", view="", quality="", note="",
        )  # fmt: skip
        choices[f"t{i}"] = Choice(
            id=f"t{i}", source="s", sample=sample, patient=sample, modality="ct", kind="region",
            group="", raw="liver", stated_at="", entry=0, layer=0, value=1, axis="axial", index=0,
            plane=(SIDE, SIDE), crop=None, box=box, area_px=81, area_mm2=81.0, share=0.1,
            components=1, neighbours=(), searched=Searched(labels=("*",)), phash="", window="", spread=9.0,
            label="liver", laterality="", decided_at="", task=task, department=department,
            placed_at="", split="test" if i % 6 else "val",
        )  # fmt: skip
        questions.append(
            Question(
                id=f"q{i}",
                target=f"t{i}",
                source="s",
                sample=sample,
                split=choices[f"t{i}"].split,
                view="mask",
                task=task,
                department=department,
                modality="ct",
                label="liver",
                stem_at="",
                question="What is marked here?",
                options=("liver", "spleen", "kidney", "stomach"),
                option_labels=("liver", "spleen", "kidney", "stomach"),
                answers=(i % 4,),
                pool="p",
                pool_size=9,
                several=False,
                mirror="",
            )
        )
    return Release(
        name="perf", benchmark=benchmark, lexicon=words, sources={}, build="b", subset="",
        questions=questions, choices=choices, samples=samples, case_files=[folder / "rows.parquet"],
        manifests={}, rejected=Rejections([]),
    )  # fmt: skip


def raw(made: Release, place: Path) -> None:
    """Copy the rows' pictures into Parquet files as they come: the floor for any export."""
    schema = pa.schema([("png", pa.binary())])
    with pq.ParquetWriter(
        place / "raw.parquet", schema, compression="none", use_dictionary=False
    ) as writer:
        file = pq.ParquetFile(made.case_files[0], pre_buffer=False)
        for batch in file.iter_batches(100, columns=["png"]):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def with_datasets(made: Release, place: Path) -> None:
    """Write each split with `datasets`, from a generator: its way that holds not all rows in memory."""
    import datasets

    for split in made.splits():
        rows = datasets.Dataset.from_generator(
            lambda split=split: (parquet.row(made, e) for e in made.entries(split)),
            cache_dir=str(place / "cache"),
        )
        rows.to_parquet(place / f"{split}.parquet")


def joined(made: Release, place: Path) -> None:
    """Write the columns of VLMEvalKit's files by joining cells with tabs."""
    import base64

    for split in made.splits():
        with (place / f"{split}.tsv").open("w", encoding="utf-8") as file:
            for number, e in enumerate(made.entries(split)):
                options = (*e.options, "", "", "", "", "")[:5]
                assert e.key is not None
                answer = "ABCDE"[e.key.answers[0]]
                image = base64.b64encode(e.png).decode()
                cells = (str(number), image, e.question, *options, answer, e.task, e.task,
                         e.key.department, e.view, e.modality, "SEG_2D", e.label or "", e.id)  # fmt: skip
                file.write("\t".join(cells) + "\n")


WAYS: dict[str, Callable[[Release, Path], None]] = {
    "raw": raw,
    "parquet": parquet.write,
    "datasets": with_datasets,
    "vlmevalkit": vlmevalkit.write,
    "join": joined,
    "plain": plain.write,
    "webdataset": webdataset.write,
}


def one(name: str, folder: Path, count: int) -> dict[str, Any]:
    """Run one way here; return seconds, memory and a digest of what it wrote."""
    made = release(folder, count).public()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with tempfile.TemporaryDirectory(dir=folder) as place:
        wall, start = time.perf_counter(), time.process_time()
        WAYS[name](made, Path(place))
        cpu, wall = time.process_time() - start, time.perf_counter() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        digest, size = hashlib.sha256(), 0
        for path in sorted(p for p in Path(place).rglob("*") if p.is_file()):
            if "cache" not in path.parts:
                digest.update(sha256_of(path).encode())
                size += path.stat().st_size
    return {"cpu": cpu, "wall": wall, "mb": size / 1e6, "peak_mb": peak, "before_mb": before,
            "digest": digest.hexdigest()}  # fmt: skip


def main() -> None:
    """Measure every way, in turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=4000)
    parser.add_argument("--size", type=int, default=100, help="kB of a picture")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(WAYS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.folder, given.cases)))
        return
    with tempfile.TemporaryDirectory(prefix="export-", dir=given.folder) as folder:
        cases(Path(folder), given.cases, given.size * 1000)
        print(f"{given.cases} cases of {given.size} kB; medians of {given.rounds}\n")
        print(
            "| way | CPU s | spread | of raw | wall s | cases/s | MB written | peak MB | of it imports |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in given.only.split(",")}
        for _ in range(given.rounds):
            for name, found in runs.items():
                words = [sys.executable, "-m", "performance.export", "--one", name,
                         "--folder", folder, "--cases", str(given.cases)]  # fmt: skip
                done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=HOME)
                found.append(json.loads(done.stdout.splitlines()[-1]))
        floor = 0.0
        for name, found in runs.items():
            same = name == "datasets" or len({run["digest"] for run in found}) == 1
            assert same, f"{name} is not the same twice"
            cpu = sorted(run["cpu"] for run in found)
            middle, wall = cpu[len(cpu) // 2], statistics.median(run["wall"] for run in found)
            floor = floor or middle
            peak = max(run["peak_mb"] for run in found)
            print(f"| {name} | {middle:.2f} | {cpu[0]:.2f} to {cpu[-1]:.2f} | {middle / floor:.1f} "
                  f"| {wall:.2f} | {given.cases / middle:.0f} | {found[0]['mb']:.0f} | {peak} "
                  f"| {found[0]['before_mb']} |")  # fmt: skip


if __name__ == "__main__":
    main()
