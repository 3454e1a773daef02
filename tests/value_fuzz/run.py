"""Makes mutants, lets both readers read them, and reports the result of each."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import resource
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault
from benchsmith.core.reasons import REASONS
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.damage import DAMAGES
from tests.value_fuzz.mutants import NOTE, Format, Mutant
from tests.value_fuzz.values import REFUSED, difference

SEED = 20_261_129
VALID_SHARE = 0.65
"""Share of the mutants that stay valid."""
SECONDS = 60.0
MEMORY_BYTES = 6 << 30

EQUAL, OURS_REFUSES, BOTH_REFUSE, OURS_ALONE, FILLED_IN, DIFFER, CRASH, HANG = OUTCOMES = (
    "equal",
    "refused by ours",
    "refused by both",
    "read by ours alone",
    "damage filled in",
    "differ",
    "crashed",
    "hung",
)
NEVER = (DIFFER, CRASH, HANG)
MAKING = "making\t\t0"
"""Who is at work before a reader is, and no kind yet. A mutant that cannot be made is a crash."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one mutant."""

    format: str
    number: int
    kind: str
    valid: bool
    name: str
    """One of OUTCOMES."""
    reason: str = ""
    """Ours, for what it refuses."""
    detail: str = ""


def make(form: Format, seed: int, number: int, folder: Path) -> Mutant:
    """Write one mutant into an empty folder."""
    chance = Chance(seed, form.name, str(number))
    kinds = sorted(form.meanings)
    # every mutation comes up equally often
    kind = kinds[number % len(kinds)]
    path = form.meanings[kind](chance, folder)
    if chance.yes(VALID_SHARE):
        return Mutant(path, kind, valid=True)
    target = path
    if path.is_dir():
        target = chance.pick(sorted(p for p in path.rglob("*") if p.is_file() and p.name != NOTE))
    else:
        target = form.damaged(path)
    damage = chance.pick(sorted(DAMAGES))
    target.write_bytes(DAMAGES[damage](target.read_bytes() or b"\0", chance))
    return Mutant(path, damage, valid=False)


def judge(
    form: Format, seed: int, number: int, folder: Path, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Make one mutant and read it twice. `say` is told which reader comes next."""
    mutant = make(form, seed, number, folder)
    ours: Any = None
    reason = detail = ""
    say(f"ours\t{mutant.kind}\t{int(mutant.valid)}")

    def outcome(name: str, why: str = "") -> Outcome:
        return Outcome(form.name, number, mutant.kind, mutant.valid, name, reason, why or detail)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ours = form.ours(mutant.path)
            reason = ", ".join(ours.get(REFUSED, ()))
        except DataFault as fault:
            reason, detail = fault.reason, fault.detail
            if reason not in REASONS:
                return outcome(CRASH)
        except Exception as error:  # noqa: BLE001
            return outcome(CRASH, f"{type(error).__name__}: {error}"[-400:])
        say(f"theirs\t{mutant.kind}\t{int(mutant.valid)}")
        try:
            theirs = form.theirs(mutant.path)
        except Exception as error:  # noqa: BLE001
            why = f"{type(error).__name__}: {error}"[-400:]
            if ours is None:
                return outcome(BOTH_REFUSE)
            return outcome(BOTH_REFUSE if reason else OURS_ALONE, why)
    if ours is None:
        return outcome(OURS_REFUSES)
    apart = difference(ours, theirs, form.tolerance)
    if apart:
        # a damaged JPEG has no checksum, also where it is a mask
        fills_in = form.lossy or mutant.path.suffix == ".jpg"
        return outcome(FILLED_IN if fills_in and not mutant.valid else DIFFER, apart)
    return outcome(OURS_REFUSES if reason else EQUAL)


def explained(form: Format, outcome: Outcome) -> str:
    """Return why ours alone reads a mutant; empty if nobody knows."""
    if outcome.detail.startswith("MemoryError"):
        return "the judge believes a length that the damage wrote, and has no memory for it"
    return next((why for said, why in form.alone.items() if re.search(said, outcome.detail)), "")


def measure(form: Format, numbers: range, seed: int = SEED) -> Iterator[Outcome]:
    """Yield the results of some mutants, each read in a child process that may die or hang."""
    at = numbers.start
    while at < numbers.stop:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        child = context.Process(target=_serve, args=(there, form, range(at, numbers.stop), seed))
        child.start()
        there.close()
        said = MAKING
        try:
            while at < numbers.stop:
                if not here.poll(SECONDS):
                    yield _ended(form, at, said, HANG)
                    break
                got = here.recv()
                if isinstance(got, Outcome):
                    yield got
                    at, said = at + 1, MAKING
                else:
                    said = got
        except (EOFError, OSError):
            yield _ended(form, at, said, CRASH)
        child.kill()
        child.join()
        here.close()
        at += at < numbers.stop


def _ended(form: Format, number: int, said: str, name: str) -> Outcome:
    """Return the outcome of a mutant at which the child died or hung."""
    who, kind, valid = said.split("\t")
    judge_failed = who == "theirs"
    return Outcome(
        form.name, number, kind, valid == "1", OURS_ALONE if judge_failed else name, "",
        f"{who}: {name}",
    )  # fmt: skip


def _serve(pipe: Connection, form: Format, numbers: range, seed: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (1, 2):  # libraries in C print what they stumble over
            os.dup2(nowhere.fileno(), stream)
    with tempfile.TemporaryDirectory(prefix="value-fuzz-") as home:
        for number in numbers:
            with _folder(Path(home) / str(number)) as folder:
                pipe.send(judge(form, seed, number, folder, pipe.send))


@contextlib.contextmanager
def _folder(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
