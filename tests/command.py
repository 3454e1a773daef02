"""The command `benchsmith`: in the test's own process, or in a process of its own.

In the test's process no second is lost to starting Python. A command finds there what a new process
finds: its folder, its arguments, its environment, an input that is not a terminal, and an empty
cache of what was read from files. The modules stay imported. Tests of a kill, a signal, a fault, the
start-up, or a variable that Python or a library reads when it starts need a process of their own.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer.main

from benchsmith import cli
from tests.paths import PROJECT, PYTHONPATH

WITHOUT_DESK = frozenset({"--status", "--results", "--write", "--to-label-studio"})
"""With these options `review` opens no desk."""
typer.main.get_command = functools.cache(typer.main.get_command)  # made of all signatures, anew


def benchsmith(
    *words: str, code: int = 0, folder: Path = PROJECT, process: bool = False, **env: str
) -> str:
    """Run a command in a folder; return stdout followed by stderr, after checking the exit code.

    With `process` it runs in a process of its own.
    """
    # a desk runs an event loop, and a test that drives a browser has one in this thread already;
    # a new search path holds for a new process alone
    desk = words[0] == "review" and WITHOUT_DESK.isdisjoint(words)
    apart = process or desk or "PYTHONPATH" in env
    found, printed = (_apart if apart else in_process)(words, folder, env)
    assert found == code, f"exit {found} instead of {code}:\n{printed}"
    return printed


def _apart(words: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "benchsmith", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def in_process(words: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a command in this process; return its exit code, and stdout followed by stderr."""
    forget_files()
    out, err = _Printed(), _Printed()
    with (
        contextlib.chdir(folder),
        _standing_in(words, env),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
            code: Any = cli.OK
        except SystemExit as end:
            code = end.code
        except Exception:  # noqa: BLE001  Python ends a process in this way
            traceback.print_exc()
            code = cli.BUG
    return code, out.text() + err.text()


def forget_files() -> None:
    """Empty each cache of the package that is keyed by a path."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "benchsmith"]:
        for each in _keyed_by_path(name):
            each.cache_clear()


@functools.cache
def _keyed_by_path(module: str) -> list[Any]:
    """Return the caches of a module that are keyed by a path."""
    return [
        value
        for value in vars(sys.modules[module]).values()
        if hasattr(value, "cache_clear") and "Path" in str(value.__annotations__)
    ]


class _Printed(io.TextIOWrapper):
    """A file in memory for a command to print to; it takes bytes too, as a pipe does."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)

    def text(self) -> str:
        """Return all that was printed."""
        self.seek(0)
        return self.read()


@contextlib.contextmanager
def _standing_in(words: Sequence[str], env: Mapping[str, str]) -> Iterator[None]:
    """Put a command's arguments, input and environment instead of the test's."""
    argv, stdin, before = sys.argv, sys.stdin, dict(os.environ)
    sys.argv, sys.stdin = ["benchsmith", *words], io.StringIO()
    os.environ.update(env)
    try:
        yield
    finally:
        sys.argv, sys.stdin = argv, stdin
        for name in env:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]
