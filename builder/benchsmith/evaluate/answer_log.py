"""A model's answers on disk, one line each; lines are appended and never changed, so no question is asked twice.

The file is `answers/<model>/<run>.jsonl`. Its first line describes the run: model, prompt, settings. An
answer is written before its question counts as answered, so a killed process loses none, and it is on
the disk within half a second, so a power failure loses few. When a session ends, a line records its time and
the state of the release.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.log_lines import Ended, Verdict, as_line, read_line
from benchsmith.tables.append_log import AppendLog, json_object
from benchsmith.tables.partition import fingerprint

PANEL = "panel"
"""The setting that names a run's panel; it is not sent."""
SYNC_S = 0.5
"""Seconds after which a written line must be on the disk."""
Key = tuple[str, int, str]
"""Case, shift, digest of the case's content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything that an answer depends on, except the case."""

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


@dataclass(slots=True)
class Kept:
    """The content of a run's file."""

    run: Run
    answers: dict[Key, Answer]
    """The last answer to each question; one with a fault never replaces one without."""
    verdicts: dict[tuple[str, int, str], Verdict]
    spoilt: int
    """Number of unreadable lines."""
    sessions: list[Ended] = dataclasses.field(default_factory=list)
    """The ends of its sessions, oldest first; of sessions before there were such lines, none."""


def plain(name: str) -> str:
    """Return a file name for a model's name; different names give different file names.

    >>> plain("qwen2-vl"), plain("org/Model:7b")
    ('qwen2-vl', 'org_Model_7b-12a9')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:80] or "_"
    return safe if safe == name else f"{safe}-{blake2b(name.encode(), digest_size=2).hexdigest()}"


def reply_digest(text: str) -> str:
    """Return the digest of a reply; a judge's verdict refers to it."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def file_of(folder: Path, run: Run) -> Path:
    """Return the path of a run's file below a benchmark's `answers/`."""
    return folder / plain(run.model) / f"{run.name}.jsonl"


def files(folder: Path) -> list[Path]:
    """Return the files of all runs."""
    return sorted(folder.glob("*/*.jsonl"))


def read(path: Path) -> Kept:
    """Read a run's file; unreadable lines are skipped and counted.

    Raises DocumentError if its first line does not describe a run.
    """
    lines = path.read_bytes().split(b"\n")
    run = _run(json_object(lines[0]))
    if run is None:
        hint = "move it away; it is not a file of answers"
        raise DocumentError(
            [Problem(str(path), 1, "does not start with the description of its run", hint)]
        )
    kept = Kept(run, {}, {}, 0)
    for line in lines[1:]:
        if not line:
            continue
        value = json_object(line)
        if (answer := read_line(Answer, value)) is not None:
            key = (answer.case, answer.shift, answer.content)
            if not answer.fault or key not in kept.answers or kept.answers[key].fault:
                kept.answers[key] = answer
        elif (verdict := read_line(Verdict, value)) is not None:
            kept.verdicts[verdict.case, verdict.shift, verdict.reply] = verdict
        elif (ended := read_line(Ended, value)) is not None:
            kept.sessions.append(ended)
        else:
            kept.spoilt += 1
    return kept


def sessions(path: Path) -> tuple[Run | None, list[Ended]]:
    """Return a run and the ends of its sessions, without its answers; (None, []) for another file."""
    lines = path.read_bytes().split(b"\n")
    found = [read_line(Ended, json_object(line)) for line in lines[1:] if b'"ended"' in line]
    return _run(json_object(lines[0])), [one for one in found if one is not None]


@contextmanager
def appending(path: Path, run: Run) -> Iterator[Appender]:
    """Open a run's file for appending; a new one begins with a line on its run.

    Raises DocumentError if another process appends to it.
    """
    log = AppendLog(path, sync_s=SYNC_S)
    try:
        log.__enter__()
    except BlockingIOError as error:
        what = "is being written by another process"
        raise DocumentError([Problem(str(path), 1, what, "wait until it has ended")]) from error
    with ExitStack() as stack:
        stack.push(log.__exit__)
        if log.empty:
            log.append({"run": dataclasses.asdict(run)})
        yield Appender(log)


class Appender:
    """Appends answers and verdicts to a run's file."""

    def __init__(self, log: AppendLog) -> None:
        self._log = log

    def sync(self) -> None:
        """Flush everything that was kept to the disk."""
        self._log.sync()

    def keep(self, found: Sequence[Answer] | Sequence[Verdict] | Sequence[Ended]) -> None:
        """Keep answers, verdicts or the ends of sessions; fields at their defaults are not written."""
        self._log.append(*(as_line(one) for one in found))


def _run(value: dict[str, Any] | None) -> Run | None:
    try:
        found = dict(value["run"])  # type: ignore[index]
        settings = tuple((str(k), v) for k, v in found.pop("settings", ()))
        return Run(**found, settings=settings)
    except (KeyError, TypeError, ValueError):
        return None
