"""Starts a project: the folders and files that are the user's own, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from benchsmith.core.errors import InputMissing

README = """\
# {name}

A benchmark project for [Benchsmith](https://pypi.org/project/benchsmith/).

    benchsmith build demo --fetch      build the shipped demo (downloads 100 MB, once)
    benchsmith draft mapping SOURCE    list the words of a source that the lexicon does not know
    benchsmith check                   print every problem in the documents
    benchsmith build NAME              build benchmarks/NAME.yaml

`raw_sources/ID/recipe.yaml` describes a data set, and its files go to `raw_sources/ID/data/`.
`lexicon/` and `question_pools/` hold only what differs from the shipped documents.
"""
CURATORS = "id\tname\trole\n"
GITIGNORE = """\
.cache/
output/
raw_sources/*/data/
reviews/.desk/
"""
PRE_COMMIT = """\
# Run `pre-commit install` once; then every commit checks the documents.
repos:
  - repo: local
    hooks:
      - id: benchsmith-check
        name: benchsmith check
        entry: benchsmith check
        language: system
        pass_filenames: false
        files: ^(benchmarks|lexicon|question_pools|raw_sources)/
"""
WORKFLOW = """\
# Checks the documents and shows what a build would do. The data are not needed.
name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install benchsmith
      - run: benchsmith check
"""
BENCHMARKS = """\
# Benchmarks

One YAML file for each benchmark. `benchsmith build NAME` builds `NAME.yaml`. A file needs a title, a
version, a language, a seed and its sources; all other settings have defaults.
"""
FILES: Mapping[str, str] = {
    ".github/workflows/check.yml": WORKFLOW,
    ".gitignore": GITIGNORE,
    ".pre-commit-config.yaml": PRE_COMMIT,
    "README.md": README,
    "benchmarks/README.md": BENCHMARKS,
    "lexicon/curators.tsv": CURATORS,
}
"""The text of each file of a new project; ``{name}`` is the name of its folder."""
FOLDERS = ("benchmarks", "lexicon", "raw_sources")


def start(folder: Path) -> list[str]:
    """Write the files of a new project and return their names, relative to `folder`.

    Files that exist are left as they are. Raises InputMissing if `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputMissing(f"{folder} is a file: give the name of a folder")
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text.replace("{name}", folder.resolve().name))
        written.append(name)
    return written
