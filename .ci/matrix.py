#!/usr/bin/env python3
"""Run the tests with the oldest libraries that pyproject.toml allows, and with each Python.

`python .ci/matrix.py [ENVIRONMENT ...]` runs some of: lowest, 3.11, 3.12, 3.13; by default all. Each gets a new
virtual environment in .cache/matrix/. A Python that is not on the machine is skipped with a line. Words
after `--` go to pytest. The exit code is 1 if tests fail anywhere.

Libraries are installed by uv, in seconds; it comes into an environment of its own. Where it cannot come, pip
installs them, which takes half an hour to find the oldest that go together.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".cache" / "matrix"
PYTHONS = ("3.11", "3.12", "3.13")
LOWEST = "lowest"
"""The oldest Python with the oldest libraries."""
TESTS = (
    "-q",
    "-rsfE",
    "-n",
    "auto",
    "--dist",
    "loadscope",
    "--no-loadscope-reorder",
    "--durations",
    "40",
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


def uv() -> str:
    """Return the command of uv, which is installed first where it is missing; empty if it cannot come."""
    own = FOLDER / "uv" / "bin"
    if not (own / "uv").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", own.parent], check=True)
        install = [own / "python", "-m", "pip", "install", "--quiet", "uv"]
        if subprocess.run(install, check=False).returncode:
            return ""
    return str(own / "uv")


def installing(name: str, home: Path) -> list[str | Path]:
    """Return the command that installs the project and its libraries into an environment."""
    what = ["--quiet", "--editable", f"{PROJECT}[dev]"]
    own = home / "bin" / "python"
    if command := uv():
        which = "lowest-direct" if name == LOWEST else "highest"
        return [command, "pip", "install", "--python", own, "--resolution", which, *what]
    print(f"{name}: uv cannot be installed here, so pip finds the libraries, which takes long")
    if name == LOWEST:
        constraints = home / "constraints.txt"
        constraints.write_text("\n".join(lower_bounds()) + "\n", "utf-8")
        what += ["--constraint", str(constraints)]
    return [own, "-m", "pip", "install", *what]


def lower_bounds() -> list[str]:
    """Return a constraint `name==version` for each requirement with a lower bound."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    found = dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?>=([\w.]+)", "\n".join(needed), re.MULTILINE))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def counted(report: Path) -> str:
    """Return how many tests passed, failed and were skipped by pytest's report, and the minutes."""
    if not report.exists():
        return "pytest wrote no report"
    suite = ET.parse(report).getroot()[0]  # noqa: S314 - pytest's own file
    of = {k: int(suite.get(k, "0")) for k in ("tests", "failures", "errors", "skipped")}
    failed = of["failures"] + of["errors"]
    minutes = float(suite.get("time", "0")) / 60
    passed = of["tests"] - failed - of["skipped"]
    return f"{passed} passed, {failed} failed, {of['skipped']} skipped in {minutes:.0f} min"


def run(name: str, words: list[str]) -> str:
    """Make an environment, run the tests in it, and return what came of it."""
    found = python(PYTHONS[0] if name == LOWEST else name)
    if not found:
        return "skipped: there is no such Python on this machine"
    home, report = FOLDER / name, FOLDER / f"{name}.xml"
    subprocess.run([found, "-m", "venv", "--clear", home], check=True)
    if subprocess.run(installing(name, home), check=False).returncode:
        return "failed: the libraries cannot be installed together"
    report.unlink(missing_ok=True)
    tests = [home / "bin" / "python", "-m", "pytest", *TESTS, f"--junitxml={report}", *words]
    env = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    env.pop("PYTHONPATH", None)  # the environment's libraries, and no others
    done = subprocess.run(tests, cwd=PROJECT, env=env, check=False)
    return f"{'failed' if done.returncode else 'passed'}: {counted(report)}"


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
