"""Measure ingest against other ways, interleaved, each run in a process of its own.

    python -m performance.ingest [ROUNDS] [FOLDER]

FOLDER keeps the phantom (a 512 x 512 x 200 CT with 25 labels, 2,000 pictures) between runs.
Needs the dev extra, and connected-components-3d for the MedSAM-style script.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from performance import phantom

HOME = Path(__file__).resolve().parents[1]
MEDSAM_SLICES, HAND_LABELS, HAND_PICTURES = 12, 5, 200
"""What the slowest scripts really do, of slices, labels and pictures; the rest is multiplied out."""
RECIPE = """title: Phantom
version: "1"
homepage: https://example.org
licence: mit
citation: made by performance/phantom.py
labels_are: synthetic
verified: true
data: {path: data}
samples:
"""
NAMES = "".join(f"          {k}: organ {k}\n" for k in range(1, phantom.LABELS + 1))
CT = f"""{RECIPE}  - images: ct.nii.gz
    modality: ct
    labels:
      - kind: volume
        file: labels.nii.gz
        exhaustive: true
        names:
{NAMES}"""
PICTURES = f"""{RECIPE}  - images: "{{label}}/{{key}}.jpg"
    modality: x-ray
    labels:
      - kind: path
"""


def floor(data: Path, _: Path) -> dict[str, Any]:
    """Inflate both files with libdeflate, and nothing else."""
    import deflate

    for path in phantom.ct(data):
        raw = path.read_bytes()
        deflate.gzip_decompress(raw, int.from_bytes(raw[-4:], "little"))
    return {}


def _units(data: Path, recipe: str, scratch: Path) -> tuple[Any, Any]:
    from benchsmith import plugins
    from benchsmith.documents import recipe as recipes
    from benchsmith.stages.list_units import list_units

    folder = scratch / "source"
    folder.mkdir()
    (folder / "recipe.yaml").write_text(recipe)
    source = recipes.read(folder)
    assert source is not None
    readers = plugins.readers()
    units, rejected = list_units(source, {"": data}, readers)
    assert not rejected
    return units, readers


def index(data: Path, scratch: Path) -> dict[str, Any]:
    """Our ingest: every label of the volume measured on three axes."""
    from benchsmith.documents.benchmark import Slices
    from benchsmith.stages.ingest import ingest

    units, readers = _units(data, CT, scratch)
    found = ingest(units[0], Slices(per_label=1), readers)
    return {"findings": len(found.findings)}


def render(data: Path, scratch: Path) -> dict[str, Any]:
    """Our ingest, and the pictures of three slices a label with their contours."""
    from benchsmith import plugins
    from benchsmith.core.contracts import Reading
    from benchsmith.core.model import PLANAR
    from benchsmith.documents.benchmark import Slices
    from benchsmith.documents.lexicon import Window
    from benchsmith.imaging.geometry import crop, pixel_mm, plane
    from benchsmith.stages.ingest import ingest

    units, readers = _units(data, CT, scratch)
    found = ingest(units[0], Slices(per_label=1), readers)
    painter = plugins.painter()
    # a build reads the files again to draw: other processes may have done the measuring
    image = readers.read_image(units[0].path, Reading())
    layers = units[0].annotations(image, readers)[0].layers
    window = Window("soft", "hu", 40, 400, 0, 0, ("*",), ("ct",))
    shown = painter.choose(image, window, None)
    for one in found.findings:
        assert one.axis != PLANAR
        grey = painter.apply(crop(plane(image.voxels, one.axis, one.index), one.crop), shown)
        mask = plane(layers[one.layer].voxels, one.axis, one.index) == one.value
        size = painter.size(*grey.shape[:2], pixel_mm(image.spacing_mm, one.axis), 512)
        data_ = painter.png(painter.compose(grey, mask, "contour", size))
        (scratch / f"{one.axis}{one.index}-{one.value}.png").write_bytes(data_)
    return {"pictures": len(found.findings)}


def every_slice(data: Path, scratch: Path) -> dict[str, Any]:
    """Write every slice and mask, as SA-Med2D-20M does."""
    from performance import peers

    return {"pictures": peers.every_slice(*phantom.ct(data), scratch)}


def medsam(data: Path, scratch: Path) -> dict[str, Any]:
    """Prepare slices as MedSAM does; the time of some slices is multiplied out to all."""
    from performance import peers

    seconds, present = peers.medsam(*phantom.ct(data), scratch, MEDSAM_SLICES)
    return {"pictures": present, "seconds": seconds}


def by_hand(data: Path, scratch: Path) -> dict[str, Any]:
    """Draw one slice a label and axis with nibabel, Pillow and pandas."""
    from performance import peers

    seconds, made = peers.by_hand(*phantom.ct(data), scratch, HAND_LABELS)
    return {"pictures": made, "seconds": seconds}


def by_datasets(data: Path, scratch: Path) -> dict[str, Any]:
    """Do the same and write it with `datasets`."""
    from performance import peers

    seconds, made = peers.by_datasets(*phantom.ct(data), scratch, HAND_LABELS)
    return {"pictures": made, "seconds": seconds}


def pictures(data: Path, scratch: Path) -> dict[str, Any]:
    """Our ingest of a folder of labelled pictures."""
    from benchsmith.documents.benchmark import Slices
    from benchsmith.stages.ingest import ingest

    units, readers = _units(phantom.pictures(data / "pictures"), PICTURES, scratch)
    found = [ingest(unit, Slices(), readers) for unit in units]
    return {"findings": sum(len(f.findings) for f in found)}


def all_pictures(data: Path, scratch: Path) -> dict[str, Any]:
    """Read, resize and write every picture of the folder."""
    from performance import peers

    folder = phantom.pictures(data / "pictures")
    seconds, made = peers.every_picture(folder, scratch, HAND_PICTURES)
    return {"pictures": made, "seconds": seconds}


DO: Mapping[str, Callable[[Path, Path], dict[str, Any]]] = {
    "floor": floor,
    "index": index,
    "render": render,
    "every slice": every_slice,
    "medsam": medsam,
    "by hand": by_hand,
    "datasets": by_datasets,
    "pictures": pictures,
    "all pictures": all_pictures,
}


def child(way: str, data: Path) -> None:
    """Do one run and print what it took; imports are not counted, as in a worker that stays."""
    import benchsmith.plugins
    from benchsmith.annotations import label_volume, sheet
    from benchsmith.formats import nifti, raster
    from benchsmith.stages import ingest

    assert all((benchsmith.plugins.painter(), sheet, label_volume, nifti, raster, ingest))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        result = DO[way](data, Path(scratch))
        result.setdefault("seconds", time.perf_counter() - start)
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["base_mb"] = before
    print(json.dumps(result))


def main(rounds: int, data: Path) -> None:
    """Run every way in turn, several times, and print medians and ratios."""
    phantom.ct(data)
    phantom.pictures(data / "pictures")
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in DO}
    for _ in range(rounds):
        for way in DO:
            done = subprocess.run(
                [sys.executable, "-m", "performance.ingest", "--child", way, str(data)],
                capture_output=True, text=True, check=True, cwd=HOME,
            )  # fmt: skip
            runs[way].append(json.loads(done.stdout.splitlines()[-1]))
    seconds = {way: statistics.median(r["seconds"] for r in found) for way, found in runs.items()}
    print("| way | s | of ours | made | peak MB | of it before the run |")
    print("| --- | --- | --- | --- | --- | --- |")
    for way, found in runs.items():
        ours = {"every slice": "index", "medsam": "index", "all pictures": "pictures"}.get(
            way, "index"
        )
        ours = "pictures" if "pictures" in way else ours
        made = found[0].get("findings", found[0].get("pictures", ""))
        peak, base = (max(r[key] for r in found) for key in ("peak_mb", "base_mb"))
        print(
            f"| {way} | {seconds[way]:.2f} | {seconds[way] / seconds[ours]:.2f} | {made} "
            f"| {peak:.0f} | {base:.0f} |"
        )
    print()
    print(f"index / floor: {seconds['index'] / seconds['floor']:.2f}")
    print(f"every slice / index: {seconds['every slice'] / seconds['index']:.1f}")
    print(f"every slice / render: {seconds['every slice'] / seconds['render']:.1f}")
    print(f"medsam / index: {seconds['medsam'] / seconds['index']:.0f}")
    print(f"findings a second: {runs['index'][0]['findings'] / seconds['index']:.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        kept = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "phantom"
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, kept)
