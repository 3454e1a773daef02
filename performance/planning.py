"""What `benchsmith plan` costs for a source of many small pictures, and a build of a part of them.

    python -m performance.planning [PICTURES [PART]]

Pictures of 32 x 32 pixels, all different, lie in a folder for each label, a thousand in a folder. A project of
the shipped documents has one benchmark of all of them, which is planned twice, as `hashed` and as `known`, and
one of the first PART pictures of each label, which is built.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from performance.listing import HEAD

PROJECT = Path(__file__).resolve().parents[1]
LABELS = (
    "melanoma", "nevus", "basal-cell-carcinoma", "dermatofibroma", "angiokeratoma", "actinic-keratosis",
)  # fmt: skip
SIDE, OF_FOLDER = 32, 1000
RECIPE = (
    HEAD
    + """  - images: "{label}/{folder}/{patient}_{key}.png"
    modality: dermoscopy
    patient: "{patient}"
    labels: [{kind: path, names: {NAMES}}]
"""
)
NAMES = ", ".join(f"{name}: {name.replace('-', ' ')}" for name in LABELS)
BENCHMARK = """title: Many
description: Pictures of noise.
version: 1.0.0
seed: 1
sources: [{source}]
quota: {{per_answer: 100}}
split: {{val: 5, test: 25}}
exports: [parquet]
"""
CHILD = """
import os, resource, runpy, sys

leave = os._exit  # a command leaves without the end of the interpreter

def measured(code):
    use = resource.getrusage(resource.RUSAGE_SELF)
    print("MEASURED", use.ru_utime + use.ru_stime, use.ru_maxrss / 1024, file=sys.stderr, flush=True)
    leave(code)

os._exit = measured
sys.argv[0] = "benchsmith"
code = 0
try:
    runpy.run_module("benchsmith", run_name="__main__")
except SystemExit as end:
    code = end.code or 0
measured(code)
"""


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG_HEAD = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", SIDE, SIDE, 8, 0, 0, 0, 0))


def picture(number: int) -> bytes:
    """Return a grey picture whose pixels are noise of a seed, as PNG."""
    noise = hashlib.shake_128(number.to_bytes(8, "big")).digest(SIDE * SIDE)
    rows = b"".join(b"\0" + noise[at : at + SIDE] for at in range(0, len(noise), SIDE))
    return PNG_HEAD + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def write(home: Path, count: int, part: int) -> None:
    """Write the project: its documents, all pictures, and links to those of the part."""
    for name in ("lexicon", "question_pools", "raw_sources"):
        shutil.copytree(PROJECT / name, home / name)
    (home / "benchmarks").mkdir()
    data, of_part = (home / "raw_sources" / name / "data" for name in ("many", "part"))
    for number in range(count):
        label = LABELS[number % len(LABELS)]
        own = number // len(LABELS)
        folder = data / label / f"{own // OF_FOLDER:05d}"
        if own % OF_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"p{own // 4:07d}_{number:08d}.png").write_bytes(picture(number))
    for label in LABELS:
        for folder in sorted((data / label).iterdir())[: max(1, part // OF_FOLDER // len(LABELS))]:
            shutil.copytree(folder, of_part / label / folder.name, copy_function=os.link)
    for name in ("many", "part"):
        (home / "raw_sources" / name / "recipe.yaml").write_text(RECIPE.replace("NAMES", NAMES))
        (home / "benchmarks" / f"{name}.yaml").write_text(BENCHMARK.format(source=name))


def run(home: Path, *words: str) -> dict[str, float]:
    """Run a command of benchsmith; return processor seconds and MB at most, of its main process, and seconds."""
    start = time.perf_counter()
    path = os.pathsep.join([str(PROJECT / "builder"), str(PROJECT)])
    done = subprocess.run([sys.executable, "-c", CHILD, *words, "--home", str(home)], check=False, cwd=home, text=True,
                          capture_output=True, env={**os.environ, "PYTHONPATH": path})  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if line.startswith("MEASURED ")]
    if done.returncode or not lines:
        raise SystemExit(
            f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    _, cpu, peak = lines[-1].split()
    print(words, done.stdout.splitlines()[:4], file=sys.stderr)
    return {"cpu": float(cpu), "peak_mb": float(peak), "seconds": time.perf_counter() - start}


def main() -> None:
    """Measure, and print a table."""
    count, part = (int(word) for word in (sys.argv[1:] + ["100000", "10000"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory(prefix="planning-") as scratch:
        home = Path(scratch)
        write(home, count, part)
        time.sleep(2.1)  # hashes of files that are younger than a coarse clock's step are not kept
        none = run(home, "plan", "part")  # also what any plan reads: documents, modules
        found = {f"plan of {count:,}, hashed for the first time": run(home, "plan", "many")}
        found[f"plan of {count:,}, hashes known"] = known = run(home, "plan", "many")
        found[f"build of {part:,}"] = run(home, "build", "part")
        found[f"plan of {part:,}, all done"] = run(home, "plan", "part")
    print("| command | CPU s | MB at most | s |\n| --- | --- | --- | --- |")
    for name, own in found.items():
        print(f"| {name} | {own['cpu']:.1f} | {own['peak_mb']:.0f} | {own['seconds']:.1f} |")
    print(
        json.dumps(
            {"a picture, us": (known["cpu"] - none["cpu"]) / count * 1e6, "load": os.getloadavg()}
        )
    )


if __name__ == "__main__":
    main()
