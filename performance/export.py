"""Time and memory of writing a release, beside writing the same rows to Parquet as they come.

Pictures are synthetic; each export runs in a process of its own, so that its memory is its own.

    python -m performance.export [--cases 2000] [--side 512]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.model import Box, Case, Choice, Question, Sample
from benchsmith.core.random_order import public_id, rank
from benchsmith.core.searched import Searched
from benchsmith.documents import lexicon
from benchsmith.documents.benchmark import Benchmark
from benchsmith.exporters import parquet, plain, vlmevalkit, webdataset
from benchsmith.imaging.rendering.png import encode
from benchsmith.release.model import Release
from benchsmith.tables import nouns
from benchsmith.tables.stage_tables import Rejections

HOME = Path(__file__).resolve().parent.parent
EXPORTS = {"parquet": parquet, "plain": plain, "webdataset": webdataset, "vlmevalkit": vlmevalkit}
KINDS = 50
"""Different pictures; they repeat."""


def pictures(side: int) -> list[bytes]:
    """Return pictures of smooth shapes with some grain, which pack like slices of CT."""
    y, x = np.indices((side, side)) / side
    found = []
    for kind in range(KINDS):
        grain = np.array([rank(kind, str(i)) % 9 for i in range(4096)], np.uint8)
        noise = np.resize(grain, (side, side))
        body = 90 * (np.hypot(x - 0.5, y - 0.5) < 0.3 + kind / 400) + 60 * np.sin(7 * x * y + kind)
        grey = np.clip(body + noise + 40, 0, 255).astype(np.uint8)
        found.append(encode(np.repeat(grey[:, :, None], 3, axis=2)))
    return found


def cases(folder: Path, count: int, side: int) -> Path:
    """Write the cases that render would leave."""
    path = folder / "rows.parquet"
    drawn = pictures(side)
    digests = [hashlib.sha256(data).hexdigest() for data in drawn]
    schema = nouns.schema(Case)
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for start in range(0, count, 500):
            rows = [
                {"id": public_id(1, f"q{i}"), "question": f"q{i}", "png": drawn[i % KINDS],
                 "png_sha256": digests[i % KINDS], "width": side, "height": side, "window": "w"}
                for i in range(start, min(count, start + 500))
            ]  # fmt: skip
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return path


def release(folder: Path, count: int, side: int) -> Release:
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
            sha256="", shape=(1, side, side), spacing_mm=(1.0, 1.0, 1.0), planar=False, part="",
            licence="mit", age="", sex="", site="", laterality="", view="", quality="", note="",
        )  # fmt: skip
        choices[f"t{i}"] = Choice(
            id=f"t{i}", source="s", sample=sample, patient=sample, modality="ct", kind="region",
            group="", raw="liver", stated_at="", entry=0, layer=0, value=1, axis="axial", index=0,
            plane=(side, side), crop=None, box=box, area_px=81, area_mm2=81.0, share=0.1,
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
        manifests={}, rejected=Rejections([], []),
    )  # fmt: skip


def raw(path: Path, place: Path) -> None:
    """Copy the rows' pictures into Parquet files as they come: the floor for any export."""
    schema = pa.schema([("png", pa.binary())])
    with pq.ParquetWriter(place / "raw.parquet", schema, compression="none") as writer:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=100, columns=["png"]):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def one(name: str, folder: Path, count: int, side: int) -> dict[str, object]:
    """Run one export here; return seconds, memory and a digest of what it wrote."""
    made = None if name == "raw" else release(folder, count, side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with tempfile.TemporaryDirectory(dir=folder) as place:
        start = time.perf_counter()
        if made is None:
            raw(folder / "rows.parquet", Path(place))
        else:
            EXPORTS[name].write(made.public(), Path(place))
        seconds = time.perf_counter() - start
        digest, size = hashlib.sha256(), 0
        for path in sorted(p for p in Path(place).rglob("*") if p.is_file()):
            with path.open("rb") as file:
                digest.update(path.relative_to(place).as_posix().encode())
                digest.update(hashlib.file_digest(file, "sha256").digest())
            size += path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "mb": size / 1e6, "peak_mb": peak, "before_mb": before,
            "digest": digest.hexdigest()}  # fmt: skip


def main() -> None:
    """Measure every export three times, beside raw Parquet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.folder, given.cases, given.side)))
        return
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = cases(Path(folder), given.cases, given.side)
        each = pq.read_table(path.parent / "rows.parquet", columns=["png"]).nbytes / given.cases
        print(f"{given.cases} cases of {given.side} pixels, {each / 1e3:.0f} kB each")
        floor = 0.0
        for name in ("raw", *EXPORTS):
            words = [sys.executable, __file__, "--one", name, "--folder", folder,
                     "--cases", str(given.cases), "--side", str(given.side)]  # fmt: skip
            runs = [
                json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
                for _ in range(given.rounds)
            ]
            assert len({run["digest"] for run in runs}) == 1, f"{name} is not the same twice"
            runs.sort(key=lambda run: run["seconds"])
            middle = runs[len(runs) // 2]
            floor = floor or middle["seconds"]
            print(f"{name:<11}{middle['seconds']:7.2f} s {middle['seconds'] / floor:6.1f} x raw "
                  f"{given.cases / middle['seconds']:8.0f} cases/s {middle['mb']:8.0f} MB "
                  f"peak {middle['peak_mb']:5} MB (+{middle['peak_mb'] - middle['before_mb']} MB)")  # fmt: skip


if __name__ == "__main__":
    main()
