#!/usr/bin/env python3
"""Run the tests with the oldest libraries that pyproject.toml allows, and with each Python.

`python .ci/matrix.py [ENVIRONMENT ...]` runs some of: lowest, 3.11, 3.12, 3.13; by default all. Each has a virtual
environment in .cache/matrix/, which is kept. A Python that is not on the machine is skipped with a
line. Words after `--` go to pytest. The exit code is 1 if tests fail anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".cache" / "matrix"
PYTHONS = ("3.11", "3.12", "3.13")
LOWEST = "lowest"
"""The oldest Python with the oldest libraries."""
TESTS = (
    "-q",
    "-n",
    "auto",
    "--dist",
    "loadscope",
    "--no-loadscope-reorder",
    "-p",
    "no:cacheprovider",
)


def python(version: str) -> str:
    """Return the command of a Python: on the path, or among those of pyenv; empty where none is."""
    places = [*Path.home().glob(f".pyenv/versions/{version}*/bin/python"), f"python{version}"]
    for place in map(str, places):
        if found := shutil.which(place):
            ask = [found, "-c", "import sys, ssl; print('%d.%d' % sys.version_info[:2])"]
            done = subprocess.run(ask, capture_output=True, text=True, check=False)
            if done.stdout.strip() == version:
                return found
    return ""


def lower_bounds() -> list[str]:
    """Return a constraint `name==version` for each requirement with a lower bound."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    found = dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?>=([\w.]+)", "\n".join(needed), re.MULTILINE))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def run(name: str, words: list[str]) -> str:
    """Make an environment, run the tests in it, and return what came of it."""
    found = python(PYTHONS[0] if name == LOWEST else name)
    if not found:
        return "skipped: there is no such Python on this machine"
    home = FOLDER / name
    own = home / "bin" / "python"
    if not own.exists():
        subprocess.run([found, "-m", "venv", "--clear", home], check=True)
    install = [own, "-m", "pip", "install", "--quiet", "--editable", f"{PROJECT}[dev]"]
    if name == LOWEST:
        constraints = home / "constraints.txt"
        constraints.write_text("\n".join(lower_bounds()) + "\n", "utf-8")
        install += ["--constraint", constraints]
    if subprocess.run(install, check=False).returncode:
        return "failed: the libraries cannot be installed together"
    tests = [own, "-m", "pytest", *TESTS, *words]
    env = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(tests, cwd=PROJECT, env=env, check=False)
    return "failed" if done.returncode else "passed"


def main(words: list[str]) -> int:
    """Run the environments that are named, and print a line for each."""
    cut = words.index("--") if "--" in words else len(words)
    names = words[:cut] or [LOWEST, *PYTHONS]
    if unknown := set(names) - {LOWEST, *PYTHONS}:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {LOWEST}, {', '.join(PYTHONS)}")
        return 2
    results = {name: run(name, words[cut + 1 :]) for name in names}
    for name, result in results.items():
        print(f"{name}: {result}")
    return int(any(result.startswith("failed") for result in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
