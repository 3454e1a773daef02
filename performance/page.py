"""The page of docs/performance.md, from what the suite measured."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from performance.layouts import LAYOUTS

Runs = Sequence[Mapping[str, Any]]
Compared = Mapping[str, Mapping[str, Runs]]
"""By layout and way, every run's seconds (`wall`, `cpu`), peak and what it made."""

HEAD = """# Performance

`make performance` measures all that stands here and writes this page, from inputs that it makes, in
some ten minutes for three rounds. {machine}

Every run has a process of its own, and the ways of one table take turns. Seconds are of the processor,
summed over a run's processes, which other work on the machine changes less than the clock; medians, with
the fastest and the slowest run. Libraries are imported before the clock starts, from cached bytecode, as in
a worker that stays. `MB` is the peak of memory over what the process had before. *index* reads an image
and its labels and chooses one slice for each label on each axis; *pictures* is the index and a PNG of each
choice, with its contour; *facts* is the index and the facts of every structure in three dimensions, which a
benchmark pays for if it names a skill that needs them; *pairs* are facts of each two structures, from what ingest
keeps of them, where *made* is the number of pairs.

- **floor** inflates the same files with libdeflate and, for pictures, packs and writes the very files
  that ours wrote, byte for byte. No way that checks its input can be faster.
- **ours** are the functions that a build's workers run. They also check checksums, headers and grids, hash
  the files, and measure size, contrast, neighbours and the look of every candidate. As in a build, pictures
  are drawn from files that are read again, or from volumes that ingest kept on disk.
- **careful** is what a good engineer would write in an afternoon with the fastest libraries: libdeflate,
  SciPy's `find_objects`, slices, OpenCV at its fastest PNG level. It omits the checks and measurements of
  ours.
- **SA-Med2D** is that data set's method, in OpenCV, which writes every slice and mask. **MedSAM's scripts**
  prepare training and make no pictures. Both do different work. **MONAI** and **TorchIO** load, orient and
  window; the code of **careful** does the rest.
"""
LEFT_OUT = "Not measured in this run."
BESIDE = {"index": "index", "facts": "index", "pairs": "index", "pictures": "pictures"}
"""What a way's seconds are compared with, by what it does."""
DEMO = """## The demo

Builds of the demo with two workers; the data packages were downloaded before.
"""
STAGES = """## The demo, stage by stage

`python -m performance.stages` prints this from `output/demo/build.json`, which every build writes.
"""
PNG = """## PNG

`python -m performance.png` measures this on pictures of the demo, 512 pixels on the longer side. Levels are
those of libdeflate. Ours is level 3: level 2 saves a sixth of the compression time but adds 2 % of bytes,
which every reader of a release would load. ISA-L is not used, because its bytes may differ between processors.
"""
FOOT = """`performance/profiles/` shows where the time of the demo and of a CT goes. [Performance of
parts](performance-parts.md) measures parts of the program without comparisons, and [Scale](scale.md) the
growth to millions of images.
"""


def written(
    compared: Compared, builds: Mapping[str, Runs], stages: str, png: str, load: float
) -> str:
    """Return the page; `stages` and `png` are tables that other scripts printed."""
    parts = [HEAD.format(machine=_machine(load))]
    for name, layout in LAYOUTS.items():
        shown = table(compared[name]) if compared.get(name) else LEFT_OUT
        parts.append(f"## {_title(name)}\n\n{layout.about}.\n\n{shown}\n")
    parts += [
        f"{DEMO}\n{_demo(builds) if builds else LEFT_OUT}\n", f"{STAGES}\n{_only_table(stages)}\n",
        f"{PNG}\n{_only_table(png)}\n", FOOT,
    ]  # fmt: skip
    return "\n".join(parts)


def table(ways: Mapping[str, Runs]) -> str:
    """Return medians, spread and ratios of the ways of one layout as Markdown."""
    lines = [
        "| method | CPU s | spread | wall s | MB | pictures or files made | CPU s / floor | CPU s / ours |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    middle = {
        name: statistics.median(r["cpu"] for r in runs) for name, runs in ways.items() if runs
    }
    for name, runs in ways.items():
        if not runs:
            lines.append(f"| {name} | not installed | | | | | | |")
            continue
        cpu = [r["cpu"] for r in runs]
        clock = statistics.median(r["wall"] for r in runs)
        peak = max(r["peak_mb"] - r["base_mb"] for r in runs)
        what = BESIDE.get(name.rpartition(" ")[2], "pictures")
        of = [
            f"{middle[name] / middle[f'{who} {what}']:.2f}" if f"{who} {what}" in middle else ""
            for who in ("floor", "ours")
        ]
        lines.append(
            f"| {name} | {middle[name]:.2f} | {min(cpu):.2f} to {max(cpu):.2f} | {clock:.2f} | {peak:.0f} "
            f"| {runs[0]['made']} | {of[0]} | {of[1]} |"
        )
    return "\n".join(lines)


def _demo(builds: Mapping[str, Runs]) -> str:
    lines = ["| what | wall s | CPU s | peak MB |", "| --- | --- | --- | --- |"]
    for name, runs in builds.items():
        clock, cpu = (statistics.median(r[key] for r in runs) for key in ("wall", "cpu"))
        lines.append(
            f"| {name} | {clock:.1f} | {cpu:.1f} | {max(r['peak_mb'] for r in runs):.0f} |"
        )
    return "\n".join(lines)


def _only_table(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.startswith("|"))


def _title(layout: str) -> str:
    return {
        "nifti": "A CT with a label volume",
        "crowded": "A CT with ragged labels",
        "masks": "A CT with 104 mask files",
        "dicom": "A DICOM series",
        "mr": "An MR",
        "many": "A long CT with many labels",
        "pictures": "Small pictures",
    }[layout]


def _machine(load: float) -> str:
    """Return in words what the numbers were measured on."""
    model = ""
    if (cpus := Path("/proc/cpuinfo")).exists():
        named = [x for x in cpus.read_text("ascii").splitlines() if x.startswith("model name")]
        model = f" ({named[0].partition(':')[2].strip()})" if named else ""
    used = []
    for name in ("numpy", "opencv-python-headless", "deflate", "pydicom", "monai", "torchio"):
        try:
            used.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return (
        f"These figures were measured on {os.cpu_count()} processors{model}, with a load of {load:.1f} at the\n"
        f"start, Python {platform.python_version()}, {', '.join(used)}."
    )
