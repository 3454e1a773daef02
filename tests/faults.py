"""Faults that a build may meet, tried on builds of the small project; `python -m tests.faults` reports the results.

A build runs in a process of its own that is forked from one with the libraries loaded, so that a
fault hits the build and not the start-up. A fault is survived if the build stops with one line and
an exit code that says why, or does its work all the same; and if the next build then ends with the
bytes of a build that nothing befell.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import multiprocessing
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

from benchsmith.cli import ENVIRONMENT, OK, REJECTED
from benchsmith.core.random_order import RANK_SPAN, rank
from tests import world
from tests.paths import PYTHONPATH

PAGE = Path(__file__).resolve().parent.parent / "docs/reliability.md"
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
PRELOAD = [
    "benchsmith.cli",
    "benchsmith.pipeline.dry_run",
    "benchsmith.exporters.parquet",
    "benchsmith.exporters.provenance",
    "benchsmith.exporters.report",
    "benchsmith.exporters.card",
    "benchsmith.audits.text_guessers",
    "benchsmith.formats.nifti",
    "benchsmith.formats.raster",
    "benchsmith.annotations.label_volume",
    "benchsmith.annotations.sheet",
    "benchsmith.imaging.rendering.picture",
    "nibabel",
    "jinja2",
    "sklearn.linear_model",
    "tests.world",
    "tests.warm_build",
    "tests.faults",
]
CAPABILITIES = 0x20080522
"""The version of the capability sets that is asked for."""
OVERRIDES = 1 << 1 | 1 << 2
"""The rights to read, write and search whatever a file's mode says."""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(PRELOAD)


@dataclass(slots=True)
class Tried:
    """The result of one kind of fault."""

    fault: str
    tried: int = 0
    stopped: int = 0
    """Builds that the fault stopped; the others did their work all the same."""
    equal: int = 0
    """Builds whose next build ended with the bytes of an undisturbed one."""
    wrong: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Return its line of the table."""
        return f"| {self.fault} | {self.tried} | {self.stopped} | {self.tried - len(self.wrong)} | {self.equal} |"


Before = Callable[[Path], None]
"""Done in the build's own process before it builds."""


def nothing(home: Path) -> None:
    """Do nothing."""


def build(home: Path, before: Before, said: str) -> None:
    """Build the small benchmark, as the command does; what it says goes to a file."""
    from benchsmith import cli

    os.chdir(home)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    before(home)
    sys.argv = ["benchsmith", "build", "small", "--workers", "1", "--output", str(home / "output")]
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            cli.main()
    finally:
        with contextlib.suppress(OSError):
            Path(said).write_text(text.getvalue(), "utf-8")


class World:
    """A small project, and the bytes of its build."""

    def __init__(self, folder: Path) -> None:
        self.home = world.write(folder / "project")
        self.said = folder / "said"
        self.seconds = 0.0
        self.golden = self.anew()
        self.anew()  # timed once more: the first build waits for libraries

    def start(self, before: Before = nothing) -> BaseProcess:
        """Begin a build."""
        self.said.write_text("", "utf-8")
        process = CONTEXT.Process(target=build, args=(self.home, before, str(self.said)))
        process.start()
        return process

    def run(self, before: Before = nothing) -> tuple[int, str]:
        """Build once; return the exit code and what was said."""
        process = self.start(before)
        process.join()
        assert process.exitcode is not None
        return process.exitcode, self.words()

    def words(self) -> str:
        """Return what the last build said."""
        return self.said.read_text("utf-8")

    def release(self) -> dict[str, bytes]:
        """Return every file of the release by its name."""
        place = self.home / "output/small/release"
        return {
            p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()
        }

    def anew(self) -> dict[str, bytes]:
        """Return the bytes of a build from nothing."""
        self.clear()
        start = time.monotonic()
        code, said = self.run()
        self.seconds = time.monotonic() - start
        assert code == OK, said
        found = self.release()
        self.clear()
        return found

    def clear(self) -> None:
        """Remove all that was built."""
        shutil.rmtree(self.home / "output", ignore_errors=True)

    def recovers(self, tried: Tried, golden: dict[str, bytes] | None = None) -> None:
        """Build again with nothing in the way, and compare."""
        code, said = self.run()
        same = code == OK and self.release() == (golden or self.golden)
        left = list((self.home / "output").glob("**/.*-*-*"))
        tried.equal += same and not left
        if not same or left:
            tried.wrong.append(f"the next build: exit {code}, left {left}: {said}")


def judge(tried: Tried, code: int, said: str, codes: Sequence[int], words: str = "") -> None:
    """Count a build that met a fault."""
    tried.tried += 1
    tried.stopped += code != OK
    if code not in codes or "Traceback" in said or (code != OK and words not in said):
        tried.wrong.append(f"exit {code}: {said}")


def kills(place: World, count: int, number: int = signal.SIGKILL) -> Tried:
    """Stop builds at moments drawn by name, and their next builds too, until one comes through."""
    name = signal.Signals(number).name
    tried = Tried(f"the build is stopped by {name} at any moment")
    attempts = 0
    while tried.tried < count:
        place.clear()
        while tried.tried < count:
            process = place.start()
            attempts += 1
            wait = rank(attempts, name) / RANK_SPAN * place.seconds
            process.join(wait)
            if process.is_alive():
                os.kill(process.pid or 0, number)
            process.join()
            code = process.exitcode or 0
            if code == OK:
                break
            tried.tried += 1
            tried.stopped += 1
            if code not in (-number, 130):
                tried.wrong.append(f"exit {code}: {place.words()}")
        one = Tried(tried.fault)
        place.recovers(one)
        tried.wrong += one.wrong
    # each kill's next build was killed in its turn or is one that was compared
    tried.equal = tried.tried if not tried.wrong else 0
    return tried


def limited(size: int) -> Before:
    return _Limit(size)


@dataclass(frozen=True, slots=True)
class _Limit:
    size: int

    def __call__(self, home: Path) -> None:
        """Set the limit for this process."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, resource.RLIM_INFINITY))


def files_cannot_grow(place: World, sizes: Sequence[int]) -> Tried:
    """Have every write beyond a size fail, as with a quota."""
    tried = Tried("no file may grow beyond a size (a quota)")
    for size in sizes:
        place.clear()
        code, said = place.run(limited(size))
        judge(tried, code, said or "Error", (OK, ENVIRONMENT))
        place.recovers(tried)
    return tried


def disk_full(place: World, sizes: Sequence[int]) -> Tried:
    """Build on a file system of a few kilobytes, and again when it has been made larger."""
    tried = Tried("the disk is full (tmpfs)")
    output = place.home / "output"
    for size in sizes:
        place.clear()
        output.mkdir()
        mount("tmpfs", output, f"size={size}k")
        try:
            code, said = place.run()
            judge(tried, code, said, (OK, ENVIRONMENT), "No space left")
            mount("tmpfs", output, "remount,size=1g")
            place.recovers(tried)
        finally:
            subprocess.run([tool("umount"), "-l", str(output)], check=True)
    place.clear()
    return tried


def mount(kind: str, place: Path, options: str) -> None:
    subprocess.run([tool("mount"), "-t", kind, "-o", options, kind, str(place)], check=True)


def tool(name: str) -> str:
    """Return where a program of the system is; its bare name where it is not."""
    return shutil.which(name) or name


def may_mount() -> bool:
    """Say whether this process may mount a file system."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [tool("mount"), "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True
        )
        if done.returncode == 0:
            subprocess.run([tool("umount"), folder], check=True)
        return done.returncode == 0


def at_once(place: World, count: int) -> Tried:
    """Run builds at once in one output folder."""
    tried = Tried(f"{count} builds run at once in one output folder")
    place.clear()
    for process in [place.start() for _ in range(count)]:
        process.join()
        judge(tried, process.exitcode or 0, place.words(), (OK,))
    one = Tried("")
    place.recovers(one)
    tried.wrong += one.wrong
    tried.equal = tried.tried * one.equal
    return tried


def as_anybody(home: Path) -> None:
    """Give up root's right to pass over the rights of files (capabilities(7)), if it is there."""
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(CAPABILITIES, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(head, sets) == 0
    for effective_or_permitted in (0, 1):
        sets[effective_or_permitted] &= ~OVERRIDES
    assert libc.capset(head, sets) == 0


def read_only_source(place: World) -> Tried:
    """Take every right to write from the project, but for its output."""
    tried = Tried("the sources may not be written to")
    paths = [
        place.home / name for name in ("raw_sources", "lexicon", "question_pools", "benchmarks")
    ]
    place.clear()
    before = state(paths)
    for path in paths:
        for one in [path, *path.rglob("*")]:
            one.chmod(one.stat().st_mode & ~0o222)
    try:
        code, said = place.run(as_anybody)
        judge(tried, code, said, (OK,))
        if place.release() != place.golden or state(paths) != before:
            tried.wrong.append("other bytes, or the sources were written to")
    finally:
        for path in paths:
            for one in [path, *path.rglob("*")]:
                one.chmod(one.stat().st_mode | 0o200)
    place.clear()
    place.recovers(tried)
    return tried


def state(paths: Sequence[Path]) -> dict[str, tuple[int, bytes]]:
    files = [f for path in paths for f in sorted(path.rglob("*")) if f.is_file()]
    return {str(f): (f.stat().st_mtime_ns, f.read_bytes()) for f in files}


def unreadable(place: World, names: Sequence[str]) -> Tried:
    """Take the right to read from one file."""
    tried = Tried("a file of a source may not be read")
    for name in names:
        place.clear()
        path = place.home / "raw_sources" / name
        mode = path.stat().st_mode
        path.chmod(0)
        try:
            code, said = place.run(as_anybody)
            known = path.name if path.name in said else "unreadable"
            judge(tried, code, said, (ENVIRONMENT, REJECTED), known)
        finally:
            path.chmod(mode)
        place.recovers(tried)
    return tried


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Rewrite a volume when the build opens it for the n-th time, as another person might."""

    name: str
    after: int

    def __call__(self, home: Path) -> None:
        """Wait for the volume to be opened."""
        path, seen = str(home / self.name), [0]

        def hook(event: str, args: tuple[object, ...]) -> None:
            if event == "open" and args[0] == path and not str(args[1]).startswith("w"):
                seen[0] += 1
                if seen[0] == self.after:
                    rewrite(home, self.name)

        # `io.open` says the path as it was given, so paths are compared as text
        sys.addaudithook(lambda event, args: hook(event, tuple(map(_text, args))))


def _text(value: object) -> object:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def rewrite(home: Path, name: str) -> None:
    """Put another volume in a file's place."""
    import nibabel as nib

    path = home / name
    image = nib.load(path)
    voxels = np.asanyarray(image.dataobj) + np.int16(3)
    scratch = path.with_name(f"new-{path.name}")
    nib.save(nib.Nifti1Image(voxels, image.affine), scratch)
    os.replace(scratch, path)


def changing_source(place: World, opens: Sequence[int]) -> Tried:
    """Rewrite a volume while a build reads it."""
    tried = Tried("a file of a source changes while it is read")
    name = "raw_sources/abdomen/data/images/b.nii.gz"
    path = place.home / name
    kept = path.read_bytes()
    rewrite(place.home, name)
    golden = place.anew()
    for after in opens:
        path.write_bytes(kept)
        place.clear()
        code, said = place.run(Rewrite(name, after))
        judge(tried, code, said, (OK, ENVIRONMENT), "changed while the build read it")
        if path.read_bytes() == kept:  # the build opens it less often: nothing befell it
            tried.tried -= 1
            continue
        if code == OK and place.release() not in (place.golden, golden):
            tried.wrong.append("a release of both states")
        place.recovers(tried, golden)
    path.write_bytes(kept)
    return tried


RENAMED = re.compile(
    r'rename(?:at2?)?\((?:AT_FDCWD<[^>]*>, )?"([^"]+)", (?:AT_FDCWD<[^>]*>, )?"([^"]+)"'
)
SYNCED = re.compile(r"fsync\(\d+<([^>]+)>")
WRITTEN = re.compile(r"(?:write|pwrite64|writev)\(\d+<([^>]+)>")


def may_trace() -> bool:
    """Say whether this process may watch another one's system calls."""
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(
        [tool("strace"), "-qq", "-o", os.devnull, sys.executable, "-c", ""],
        check=False,
        capture_output=True,
    )
    return done.returncode == 0


def order_of_writes(place: World) -> Tried:
    """Watch a build's system calls: what a name points at is on the disk before the name is."""
    tried = Tried("the power is cut: files and folders are flushed before and after each rename")
    place.clear()
    log = place.home.parent / "trace"
    calls = "trace=write,pwrite64,writev,fsync,rename,renameat,renameat2"
    words = [sys.executable, "-m", "benchsmith", "build", "small", "--workers", "1"]
    subprocess.run(
        [tool("strace"), "-f", "-y", "-qq", "-s", "4096", "-e", calls, "-o", str(log), *words],
        cwd=place.home,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        check=True,
        capture_output=True,
    )
    output = str(place.home / "output/small")
    unsynced: set[str] = set()
    waiting: dict[str, str] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        if found := WRITTEN.search(line):
            unsynced.add(found[1])
        elif found := SYNCED.search(line):
            unsynced.discard(found[1])
            for new in [n for n, parent in waiting.items() if parent == found[1]]:
                del waiting[new]
        elif (found := RENAMED.search(line)) and found[2].startswith(output):
            old, new = found[1], found[2]
            if "/." in new.removeprefix(output):  # within a scratch folder: no name yet
                unsynced = {p if p != old else new for p in unsynced}
                continue
            tried.tried += 1
            early = [p for p in unsynced if p == old or p.startswith(f"{old}/")]
            if early:
                tried.wrong.append(f"{new} was named before {early} were flushed")
            waiting[new] = str(Path(new).parent)
    tried.wrong += [f"{new}'s folder was never flushed" for new in waiting]
    one = Tried("")
    place.recovers(one)
    tried.wrong += one.wrong
    tried.equal = tried.tried * one.equal
    return tried


@contextlib.contextmanager
def small_world() -> Iterator[World]:
    """Give a small project in a folder of its own that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="faults") as folder:
        yield World(Path(folder))


SIZES = [100, 1_000, 4_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000]
"""Bytes; the release's largest file has about 1,200,000."""
DISKS = [4, 16, 64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144]
"""Kilobytes; a build takes about 7,000."""
OPENS = range(1, 9)
UNREADABLE = ["abdomen/data/images/a.nii.gz", "abdomen/data/labels/b.nii.gz", "skin/data/labels.csv",
              "skin/data/pictures/p3.jpg"]  # fmt: skip


def measure(place: World, count: int) -> list[Tried]:
    """Do everything to builds that this machine lets be done."""
    found = [
        kills(place, count),
        kills(place, count // 10, signal.SIGINT),
        files_cannot_grow(place, SIZES),
        at_once(place, 2),
        at_once(place, 4),
        read_only_source(place),
        unreadable(place, UNREADABLE),
        changing_source(place, OPENS),
    ]
    if may_mount():
        found.insert(3, disk_full(place, DISKS))
    if may_trace():
        found.append(order_of_writes(place))
    return found


def table(found: Sequence[Tried]) -> str:
    head = "| fault | tried | stopped the build | survived | next build's bytes equal |\n"
    return head + "| --- | --- | --- | --- | --- |\n" + "".join(f"{t.row()}\n" for t in found)


def published() -> str:
    """Return the table in docs/reliability.md."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def main(count: int = 200) -> None:
    """Measure, and write the table into the page."""
    with small_world() as place:
        found = measure(place, count)
    sys.stdout.writelines(f"{line}\n" for one in found for line in (one.row(), *one.wrong))
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(before + BEGIN + table(found) + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore::RuntimeWarning:runpy")
    # by its own name, by which the builds' processes know it
    import_module("tests.faults").main(*map(int, sys.argv[1:]))
