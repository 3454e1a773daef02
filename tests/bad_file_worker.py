"""A child process that reads one file after another; its memory, time and opened files are monitored."""

from __future__ import annotations

import contextlib
import mimetypes
import multiprocessing
import os
import resource
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from benchsmith.core.contracts import DataFault
from benchsmith.core.reasons import REASONS
from tests.bad_file_cases import (
    CORPUS,
    CRASH,
    ESCAPE,
    HANG,
    LABELS,
    MARKER,
    MEMORY_BYTES,
    MODULES,
    PROJECT,
    PWNED,
    READ,
    REJECTED,
    SECONDS,
    SEG,
    START_SECONDS,
    YOLO,
    Case,
    Outcome,
)
from tests.bad_file_readers import READERS, Reader

# The child: it reads, and an audit hook looks at what it opens.


class Watch:
    """Notes what is opened, begun or called outside one folder and the libraries."""

    ACTS = frozenset(
        {"os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
         "pickle.find_class", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"}
    )  # fmt: skip
    """Events of what no reader has a reason for."""

    def __init__(self) -> None:
        homes = [sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib")]
        homes += [p for p in sys.path if p and os.path.realpath(p) != str(PROJECT)]
        self._libraries = tuple(
            os.path.realpath(home)
            for home in (*homes, *PROJECT.glob("*.egg-info"), MODULES, *mimetypes.knownfiles)
        )
        self._folder = ""
        self.noted: list[str] = []
        sys.addaudithook(self._hook)

    @contextlib.contextmanager
    def over(self, folder: Path) -> Iterator[None]:
        """Watch while a file in `folder` is read."""
        self.noted = []
        self._folder = os.path.realpath(folder)
        try:
            yield
        finally:
            self._folder = ""

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._folder:
            return
        if event in self.ACTS:
            self.noted.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            self._opened(os.path.realpath(os.fsdecode(arguments[0])), *arguments[1:])

    def _opened(self, path: str, mode: str | None, flags: int) -> None:
        homes = (self._folder, *self._libraries)
        inside = any(path == home or path.startswith(home + os.sep) for home in homes)
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if not inside or (writes and "__pycache__" not in path):
            self.noted.append(f"opened {path} ({mode or flags})")


def serve(pipe: Connection) -> None:
    """Read what comes through the pipe, one file after the other, until it is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # they ask the system for its name or its processor when they are imported
    for library in ("h5py", "zarr", "numpy.testing"):
        with contextlib.suppress(ImportError):
            import_module(library)
    watch = Watch()
    pipe.send("ready")
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (1, 2):  # libraries in C print what they stumble over
            os.dup2(nowhere.fileno(), stream)
    with contextlib.suppress(EOFError):
        while True:
            reader, path = pipe.recv()  # imports the reader's module, which takes its time too
            pipe.send("begun")
            pipe.send(_outcome(reader, path, watch))


def _outcome(reader: Reader, path: Path, watch: Watch) -> tuple[str, str, str]:
    """Return name, reason and detail of what comes of a file."""
    try:
        with watch.over(path.parent):
            reader(path)
        said = (READ, "", "")
    except DataFault as fault:
        known = REJECTED if fault.reason in REASONS else CRASH
        said = (known, fault.reason, fault.detail)
    except BaseException as error:  # noqa: BLE001
        said = (CRASH, "", f"{type(error).__name__}: {error}"[:500])
    return (ESCAPE, "", "; ".join(watch.noted)[:500]) if watch.noted else said


# The parent: it lays every file into a folder of its own, and waits for the child.


LEAST_LATE_S = 0.1
"""Less than that is no reason to wait on."""


class Worker:
    """A child process that is kept from file to file, and replaced when it dies or hangs."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: Any = None
        self._pipe: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def read(self, reader: Reader, path: Path) -> tuple[str, str, str]:
        """Return name, reason and detail of what comes of a file."""
        if self._process is None:
            self._start()
        before = _markers()
        self._pipe.send((reader, path))
        said = self._answer(START_SECONDS)
        if said == "begun":
            said = self._answer(self._seconds)
        if new := _markers() - before:
            for marker in new:
                marker.unlink(missing_ok=True)
            return PWNED, "", ", ".join(sorted(map(str, new)))
        return said

    def _answer(self, seconds: float) -> Any:
        """Wait for the child's next word, as many seconds as it has a processor or sleeps."""
        end, before = time.monotonic() + seconds, self._kept_waiting()
        while not self._pipe.poll(max(0.0, end - time.monotonic())):
            late = self._kept_waiting() - before
            if late <= LEAST_LATE_S:
                self.stop()
                return HANG, "", f"no end in {seconds:g} s"
            end, before = time.monotonic() + late, before + late
        try:
            said = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(START_SECONDS)
            code = self._process.exitcode
            self.stop()
            return CRASH, "", f"the child died with exit code {code}"
        return said

    def _kept_waiting(self) -> float:
        """Return the seconds in which the child could have run, and other processes had all processors.

        On a busy machine that may be most of the time. It is known on Linux alone.
        """
        try:
            told = Path(f"/proc/{self._process.pid}/schedstat").read_text().split()
        except OSError:
            return 0.0
        return int(told[1]) / 1e9

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(START_SECONDS) or self._pipe.recv() != "ready":
            raise RuntimeError("the child does not start")

    def stop(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def measure(chosen: Sequence[Case], corpus: Path = CORPUS) -> list[Outcome]:
    """Read some cases, each from a copy in a folder of its own."""
    found = []
    with Worker() as worker, tempfile.TemporaryDirectory(prefix="badfiles-") as home:
        for number, case in enumerate(chosen):
            path = _laid_out(case, corpus, Path(home) / str(number))
            found.append(Outcome(case, *worker.read(READERS[case.kind], path)))
            shutil.rmtree(path.parent)
    return found


def _laid_out(case: Case, corpus: Path, folder: Path) -> Path:
    """Copy a case into a folder, with what its reader needs beside it."""
    from benchsmith import formats

    folder.mkdir()
    source = corpus / case.path
    path = folder / source.name
    if case.ending and not formats.ending(source):
        path = path.with_name(source.name + case.ending)
    _copy(source, path)
    if case.kind == LABELS:
        _copy(corpus / "made/nifti/good_ras.nii.gz", folder / "image.nii.gz")
    if case.kind == SEG:
        _copy(corpus / "made/dicom/series_mixed_slope", folder / "image")
    if case.kind == YOLO:
        (folder / "boxes.txt").write_text("0 0.5 0.5 0.25 0.25\n", "utf-8")
    return path


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir()
        for path in source.iterdir():
            shutil.copyfile(path, target / path.name)
    else:
        shutil.copyfile(source, target)


def _markers() -> set[Path]:
    folders = {Path(tempfile.gettempdir()), Path(os.sep, "tmp")}
    return {path for folder in folders for path in folder.glob(MARKER)}
