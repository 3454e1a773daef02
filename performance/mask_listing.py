"""What the list of images with four mask files each costs: processor time and memory of each image.

    python -m performance.mask_listing [IMAGES]

Files of four bytes: a thousand images in a folder, and their masks, four thousand, in a folder beside it. No
pixel is read. Processes of their own list and hash them, and list them again with the hashes known.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from performance.listing import HEAD, PROJECT

MASKS, OF_FOLDER = ("liver", "spleen", "kidney", "pancreas"), 1000
NAMES = ", ".join(f"{name}: {name}" for name in MASKS)
RECIPE = f"""{HEAD}  - images: "images/{{folder}}/{{key}}.png"
    modality: ct
    patient: "{{key}}"
    labels: [{{kind: masks, file: "masks/{{folder}}/{{key}}_{{label}}.png", names: {{{NAMES}}}}}]
"""


def write(home: Path, count: int) -> None:
    """Write the source."""
    (home / "recipe.yaml").write_text(RECIPE)
    for start in range(0, count, OF_FOLDER):
        images, masks = (home / kind / f"{start // OF_FOLDER:05d}" for kind in ("images", "masks"))
        images.mkdir(parents=True)
        masks.mkdir(parents=True)
        for i in range(start, min(start + OF_FOLDER, count)):
            (images / f"p{i:08d}.png").write_bytes(i.to_bytes(4, "big"))
            for n, name in enumerate(MASKS):
                (masks / f"p{i:08d}_{name}.png").write_bytes((4 * i + n).to_bytes(4, "little"))


def main() -> None:
    """Measure both, and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="masks-") as scratch:
        write(Path(scratch), count)
        time.sleep(2.1)  # hashes of files that are younger than a coarse clock's step are not kept
        print("| list | us of CPU each | bytes each | at most |\n| --- | --- | --- | --- |")
        for name in ("hashed for the first time", "hashes known", "hashes known, again"):
            words = [sys.executable, "-m", "performance.listing", "--child", scratch]
            done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=PROJECT)
            found = json.loads(done.stdout)
            if found["images"] != count:
                raise SystemExit(f"{found['images']} of {count} images were listed")
            print(f"| {count:,}, {name} | {found['seconds'] / count * 1e6:.0f} "
                  f"| {found['held'] / count:.0f} | {found['peak'] / count:.0f} |", flush=True)  # fmt: skip
    print("load", os.getloadavg())


if __name__ == "__main__":
    main()
