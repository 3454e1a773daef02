"""Checks of `lexicon/tree/label.tsv` beyond those of every axis: spellings and MeSH ids."""

from __future__ import annotations

import re
from pathlib import Path

from benchsmith.documents.problems import Problems
from benchsmith.documents.tree import Axis
from benchsmith.text.spelling import clashes

MESH_CONCEPT = re.compile(r"M\d{7,9}")


def check(folder: Path, labels: Axis, problems: Problems) -> None:
    """Add a problem for each malformed MeSH id and each name that is another label's spelling."""
    path = folder / "tree" / "label.tsv"
    for label in labels:
        if label.mesh and not MESH_CONCEPT.fullmatch(label.mesh):
            what = f"{label.mesh!r} is not a MeSH concept UI"
            problems.add(path, label.line, what, "it looks like M0011970")
    owners = {name: term for name in labels.names() if (term := labels.by_name(name))}
    for same in clashes((name, term.id) for name, term in owners.items()).values():
        last = max((owners[name] for name in same), key=lambda term: term.line)
        what = f"{' and '.join(map(repr, same))} differ only in spelling"
        problems.add(path, last.line, what, "a name may belong to one term only")
