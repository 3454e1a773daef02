"""The report of `benchsmith doctor`: what this machine has, and which installations would add features."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from benchsmith import __version__
from benchsmith.engine import machine

DISTRIBUTION = "benchsmith"
EXTRAS = {
    "storage": "sources and releases on s3://, gs:// and https://",
    "cluster": "builds on Dask and Slurm",
    "local": "models and encoders on this machine",
    "datasets": "a release as a data set of the library datasets",
    "slides": "whole-slide images",
    "hdf5": "MATLAB 7.3 files",
    "zarr": "Zarr stores and OME-Zarr",
    "ocr": "search for burned-in text",
}
"""What each optional extra is for; extras that the package does not have are not reported."""
TOKENS = {
    "HF_TOKEN": "publish on the Hugging Face Hub",
    "OPENAI_API_KEY": "ask a model endpoint",
    "OPENAI_BASE_URL": "the endpoint that is asked by default",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "firefox")
GIB = 1 << 30
LITTLE_DISK, LITTLE_MEMORY = 5 * GIB, 2 * GIB
"""Free bytes below which a build of volumes may fail."""
UNTRIED = ("Darwin", "Windows")
"""Systems on which the tests have not run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    topic: str
    found: str
    ok: bool = True
    """Whether nothing is missing; a missing optional part is not ok."""
    advice: str = ""


def examine(home: Path) -> Iterator[Finding]:
    """Yield what was found, in a fixed order of topics; no token's value is read into a line."""
    yield _system()
    yield Finding("benchsmith", __version__)
    cores, memory = machine.cores(), machine.free_memory()
    yield Finding("processors", str(cores))
    few = 0 < memory < LITTLE_MEMORY
    advice = "use --workers 1, or give the process more memory" if few else ""
    yield Finding("memory", _gib(memory) + " free" if memory else "unknown", not few, advice)
    free = shutil.disk_usage(_nearest(home)).free
    full = free < LITTLE_DISK
    advice = "free some space, or build elsewhere with --output" if full else ""
    yield Finding("disk", f"{_gib(free)} free at {home}", not full, advice)
    yield from _extras()
    yield _gpu()
    browser = next((name for name in BROWSERS if shutil.which(name)), "")
    advice = "" if browser else "install any browser; reports and desks are web pages"
    yield Finding("browser", browser or "none on the path", bool(browser), advice)
    for name, purpose in TOKENS.items():
        there = bool(os.environ.get(name))
        advice = (
            "" if there else f"set {name} to {purpose}" if "KEY" in name or "TOKEN" in name else ""
        )
        yield Finding(name, "set" if there else "not set", True, advice)


def _system() -> Finding:
    system = platform.system()
    untried = system in UNTRIED
    advice = f"the tests run on Linux; on {system} nothing is guaranteed" if untried else ""
    return Finding("system", f"{system}, Python {platform.python_version()}", not untried, advice)


def _extras() -> Iterator[Finding]:
    """Yield one finding for each optional extra of the installed distribution."""
    needed: dict[str, list[str]] = {}
    for text in metadata.requires(DISTRIBUTION) or ():
        requirement = Requirement(text)
        for extra in EXTRAS:
            if requirement.marker and requirement.marker.evaluate({"extra": extra}):
                needed.setdefault(extra, []).append(requirement.name)
    for extra, names in sorted(needed.items()):
        missing = [name for name in names if not _is_installed(name)]
        found = f"without {', '.join(missing)}" if missing else "installed"
        advice = f"pip install '{DISTRIBUTION}[{extra}]' for {EXTRAS[extra]}" if missing else ""
        yield Finding(f"extra {extra}", found, not missing, advice)


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _gpu() -> Finding:
    """Say whether the driver shows a GPU; torch is not imported, which takes seconds."""
    devices = [p for p in ("/dev/nvidia0", "/dev/kfd") if Path(p).exists()]
    if devices:
        return Finding("GPU", f"a device at {devices[0]}")
    return Finding("GPU", "none", True, "local models run on the processor, slowly")


def _nearest(path: Path) -> Path:
    """Return the nearest folder that exists, from a path upwards."""
    path = path.resolve()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
