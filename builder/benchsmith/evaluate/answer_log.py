"""Answers on disk: one line each, appended and never changed, so that nothing is asked twice.

`answers/<model>/<run>.jsonl`; its first line says what the run is: model, prompt, settings. A line
is written before its question counts as answered, so that a killed process loses nothing, and is on
the disk within half a second, so that a lost machine loses little. What is torn is one last line,
which the next process takes away.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, TypeVar

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answer
from benchsmith.tables.atomic_files import sync_folder
from benchsmith.tables.partition import fingerprint

PANEL = "panel"
"""The setting that names a run's panel; it is not sent."""
SYNC_S = 0.5
"""Seconds after which what is written must be on the disk."""
Key = tuple[str, int, str]
"""Case, shift, digest of the case's content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that decides an answer but the case."""

    model: str
    kind: str
    """``model``, ``baseline``, ``features`` or ``import``."""
    prompt: str = ""
    prompt_digest: str = ""
    settings: tuple[tuple[str, Any], ...] = ()
    """What is sent beside the question: temperature and so on."""
    pictures: bool = True
    """Whether the picture is shown."""

    @property
    def name(self) -> str:
        """Return the name of its file."""
        parts = [self.model, self.kind, self.prompt_digest, sorted(self.settings), self.pictures]
        return f"{plain(self.prompt or self.kind)}-{fingerprint(*parts)[:8]}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge reads in an answer that the rules cannot read."""

    case: str
    shift: int
    reply: str
    """Digest of the answer it is about."""
    judge: str
    text: str


T = TypeVar("T", Answer, Verdict)
KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}


@dataclass(slots=True)
class Kept:
    """What a file holds."""

    run: Run
    answers: dict[Key, Answer]
    """The last answer to each question; one with a fault never replaces one without."""
    verdicts: dict[tuple[str, int, str], Verdict]
    spoilt: int
    """Lines that cannot be read."""


def plain(name: str) -> str:
    """Return a name that can be a file's, another for every name.

    >>> plain("qwen2-vl"), plain("org/Model:7b")
    ('qwen2-vl', 'org_Model_7b-12a9')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:80] or "_"
    return safe if safe == name else f"{safe}-{blake2b(name.encode(), digest_size=2).hexdigest()}"


def reply_digest(text: str) -> str:
    """Return the digest of a reply, which a judge's verdict belongs to."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def file_of(folder: Path, run: Run) -> Path:
    """Return where a run's answers are, below a benchmark's `answers/`."""
    return folder / plain(run.model) / f"{run.name}.jsonl"


def files(folder: Path) -> list[Path]:
    """Return the files of all runs."""
    return sorted(folder.glob("*/*.jsonl"))


def read(path: Path) -> Kept:
    """Read a file of answers; a torn last line, and lines that are spoilt, are passed over.

    Raises DocumentError for a file that does not say which run it is of.
    """
    lines = path.read_bytes().split(b"\n")
    run = _run(_json(lines[0]))
    if run is None:
        hint = "move it away; it is not a file of answers"
        raise DocumentError([Problem(str(path), 1, "does not begin with its run", hint)])
    kept = Kept(run, {}, {}, 0)
    for line in lines[1:]:
        if not line:
            continue
        value = _json(line)
        if (answer := _noun(Answer, value)) is not None:
            key = (answer.case, answer.shift, answer.content)
            if not answer.fault or key not in kept.answers or kept.answers[key].fault:
                kept.answers[key] = answer
        elif (verdict := _noun(Verdict, value)) is not None:
            kept.verdicts[verdict.case, verdict.shift, verdict.reply] = verdict
        else:
            kept.spoilt += 1
    return kept


@contextmanager
def appending(path: Path, run: Run) -> Iterator[Appender]:
    """Give a file to append to; made with its first line where it is not there, mended where torn.

    Raises DocumentError where another process appends to it.
    """
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        _lock(file, path)
        _mend(file)
        appender = Appender(file)
        if file.seek(0, os.SEEK_END) == 0:
            appender.line({"run": dataclasses.asdict(run)})
        if new:
            sync_folder(path.parent)
            sync_folder(path.parent.parent)
        try:
            yield appender
        finally:
            appender.sync()


class Appender:
    """Appends to an open file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._synced = time.monotonic()

    def line(self, *values: Mapping[str, Any]) -> None:
        """Write lines."""
        text = "".join(json.dumps(v, ensure_ascii=True, sort_keys=True) + "\n" for v in values)
        self._file.write(text.encode())
        self._file.flush()
        if time.monotonic() - self._synced > SYNC_S:
            self.sync()

    def sync(self) -> None:
        """Have the disk keep what is written."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def keep(self, found: Sequence[Answer] | Sequence[Verdict]) -> None:
        """Keep answers or verdicts; what stands at its default is not written."""
        self.line(*(_lean(one) for one in found))


def _lean(noun: Answer | Verdict) -> dict[str, Any]:
    return {
        f.name: value
        for f in dataclasses.fields(noun)
        if (value := getattr(noun, f.name)) != f.default
    }


def _lock(file: IO[bytes], path: Path) -> None:
    """Take the file for this process alone; the system gives it back whatever ends the process."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        what = "is being written by another process"
        raise DocumentError([Problem(str(path), 1, what, "wait until it has ended")]) from error


def _mend(file: IO[bytes]) -> None:
    """Take a torn last line away, or end it where only its end is missing."""
    file.seek(0)
    data = file.read()
    if not data or data.endswith(b"\n"):
        return
    whole = data.rfind(b"\n") + 1
    if _json(data[whole:]) is not None:
        file.write(b"\n")
    else:
        file.truncate(whole)
    file.flush()
    os.fsync(file.fileno())


def _json(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _run(value: dict[str, Any] | None) -> Run | None:
    try:
        found = dict(value["run"])  # type: ignore[index]
        settings = tuple((str(k), v) for k, v in found.pop("settings", ()))
        return Run(**found, settings=settings)
    except (KeyError, TypeError, ValueError):
        return None


def _noun(noun: type[T], value: dict[str, Any] | None) -> T | None:
    """Return a line as a noun, if it has exactly its fields with their types."""
    kinds = {f.name: str(f.type) for f in dataclasses.fields(noun)}
    if value is None or not set(value) <= set(kinds):
        return None
    for name, given in value.items():
        if isinstance(given, bool) or not isinstance(given, KINDS[kinds[name]]):
            return None
    try:
        return noun(**value)
    except TypeError:
        return None
