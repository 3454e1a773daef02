"""What a whole build of many small pictures costs, from the list of files to the release.

    python -m performance.whole_build [PICTURES [OF_AN_ANSWER]]

The pictures of `performance.planning`: PNG files of 32 x 32 pixels, all different, each a file of its own. One
benchmark has them all as its source, and draws up to so many questions of each answer.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from performance import planning


def size(folder: Path) -> int:
    """Return the bytes of the files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def steps(home: Path) -> dict[str, float]:
    """Return the seconds of each stage, as the record of the build states them."""
    found: dict[str, float] = {}
    for path in home.rglob("build.json"):
        for one in json.loads(path.read_text()).get("steps", ()):
            if one.get("ran"):
                found[one["stage"]] = round(found.get(one["stage"], 0.0) + one["seconds"], 1)
    return found


def main() -> None:
    """Build, and print what it cost."""
    count, of_answer = (
        int(word) for word in (sys.argv[1:] + ["50000", "850"][len(sys.argv) - 1 :])
    )
    with tempfile.TemporaryDirectory(prefix="whole-") as scratch:
        home = Path(scratch)
        start = time.perf_counter()
        planning.write(home, count, 1)
        for kind in ("raw_sources/part", "benchmarks/part.yaml"):
            shutil.rmtree(home / kind) if (home / kind).is_dir() else (home / kind).unlink()
        text = planning.BENCHMARK.format(source="many").replace(
            "per_answer: 100", f"per_answer: {of_answer}"
        )
        (home / "benchmarks" / "many.yaml").write_text(text)
        print(f"{count:,} pictures written in {time.perf_counter() - start:.0f} s", flush=True)
        found = planning.run(home, "build", "many")
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({
            "pictures": count, "main": found, "all_cpu": children.ru_utime + children.ru_stime,
            "largest_mb": children.ru_maxrss / 1024, "stages": steps(home),
            "bytes": {name: size(home / name) for name in ("raw_sources/many/data", ".cache", "output") if (home / name).exists()},
            "load": os.getloadavg(),
        }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
