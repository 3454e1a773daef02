"""Checks of `lexicon/tree/label.tsv` beyond those of every axis: spellings and MeSH ids."""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchsmith.documents import parse_cache, shipped
from benchsmith.documents.problems import Problems
from benchsmith.documents.tree import Axis, Term
from benchsmith.text.spelling import clashes

MESH_CONCEPT = re.compile(r"M\d{7,9}")


def check(labels: Axis, problems: Problems) -> None:
    """Add a problem for each malformed MeSH id and each name that is another label's spelling."""
    for label in labels:
        if label.mesh and not MESH_CONCEPT.fullmatch(label.mesh):
            what = f"{label.mesh!r} is not a MeSH concept UI"
            problems.add(label.path, label.line, what, "it looks like M0011970")
    owners = {name: term for name in labels.names() if (term := labels.by_name(name))}
    # cells of a table have no tabs and no line breaks
    listed = parse_cache.digest("\n".join([f"{n}\t{term.id}" for n, term in owners.items()]))
    where = shipped.effective(problems.home / "lexicon" / "tree" / "label.tsv", problems.home)
    parse_cache.once(
        problems, "spellings", where, listed, lambda: _check_spellings(labels, owners, problems)
    )


def _check_spellings(labels: Axis, owners: Mapping[str, Term], problems: Problems) -> None:
    places = {id_: place for place, id_ in enumerate(labels.terms)}
    for same in clashes((name, term.id) for name, term in owners.items()).values():
        last = max((owners[name] for name in same), key=lambda term: places[term.id])
        what = f"{' and '.join(map(repr, same))} differ only in spelling"
        problems.add(last.path, last.line, what, "a name may belong to one term only")
