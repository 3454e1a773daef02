"""What the list of a source's images costs: processor time and memory of each, without reading a pixel.

    python -m performance.listing [IMAGES]

Files of four bytes lie in folders of a thousand, under names that give a person and a label. They are
listed and hashed in a process of its own, and a second one finds their hashes in the cache, as `plan` and
a build that has nothing to do would.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
HEAD = """title: Many
version: "1"
homepage: https://example.org
licence: cc0-1.0
citation: c
labels_are: metadata
verified: true
data: {path: data}
samples:
"""
"""The recipe of a source of many made files, up to its entries."""
RECIPE = f"""{HEAD}  - images: "images/{{folder}}/{{patient}}_{{label}}.png"
    modality: ct
    patient: "{{patient}}"
    labels: [{{kind: path, names: {{"v1": liver}}}}]
"""


def write(home: Path, count: int) -> None:
    """Write the source."""
    (home / "recipe.yaml").write_text(RECIPE)
    for start in range(0, count, 1000):
        folder = home / "images" / f"{start // 1000:05d}"
        folder.mkdir(parents=True)
        for i in range(start, min(start + 1000, count)):
            (folder / f"p{i:08d}_v1.png").write_bytes(i.to_bytes(4, "big"))


def resident() -> int:
    """Return the bytes that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def listed(home: Path) -> dict[str, float]:
    """List the source here; return the seconds, and what was held and at most held, in bytes."""
    from benchsmith import plugins
    from benchsmith.documents.problems import Problems
    from benchsmith.documents.recipe import Recipe, Source
    from benchsmith.documents.yaml import collect
    from benchsmith.pipeline.source_files import find_files
    from benchsmith.tables.file_digests import Digests

    problems = Problems(home)
    recipe, _ = collect(home / "recipe.yaml", Recipe, problems)
    problems.raise_any()
    assert recipe is not None
    source, readers = Source("many", home, home / "recipe.yaml", recipe), plugins.readers()
    before, start = resident(), time.process_time()
    digests = Digests(home / "digests")
    found = find_files(source, {"": home, "recipe": home}, readers, digests)
    seconds, held = time.process_time() - start, resident() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    digests.save()
    return {"images": len(found.units), "seconds": seconds, "held": held, "peak": peak}


def main() -> None:
    """Measure both, and print a table."""
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(listed(Path(sys.argv[2]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="listing-") as scratch:
        write(Path(scratch), count)
        time.sleep(2.1)  # hashes of files that are younger than a coarse clock's step are not kept
        print(
            "| list of images | us of CPU each | bytes each | at most |\n| --- | --- | --- | --- |"
        )
        for name in ("hashed for the first time", "hashes known"):
            words = [sys.executable, "-m", "performance.listing", "--child", scratch]
            done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=PROJECT)
            found = json.loads(done.stdout)
            assert found["images"] == count
            print(f"| {count:,}, {name} | {found['seconds'] / count * 1e6:.0f} "
                  f"| {found['held'] / count:.0f} | {found['peak'] / count:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
