"""Add a person to the project's curators while the desk is open, and make their link."""

from __future__ import annotations

import re
from pathlib import Path

from benchsmith.documents import layered_table, tsv
from benchsmith.documents.ids import ID, ID_HINT
from benchsmith.documents.lexicon.curators import CURATOR_COLUMNS
from benchsmith.documents.problems import Problems
from benchsmith.review import personal_links
from benchsmith.review.act_store import ActionStore
from benchsmith.review.contract import Refused
from benchsmith.review.web import People


def add_person(
    home: Path, store: ActionStore, people: People, id_: str, name: str, role: str
) -> str:
    """Write a row of `lexicon/curators.tsv`, let the person in, and return the token of their link.

    Somebody who is a curator already needs no row. Raises Refused, and DocumentError if the table
    cannot be read; then nothing is changed.
    """
    if not re.fullmatch(ID, id_):
        raise Refused(f"{id_!r} is not an id: {ID_HINT}")
    if id_ in people.names:
        raise Refused(f"{id_} has a link already; `--new-links` replaces all links")
    folder, problems = home / "lexicon", Problems(home)
    path = folder / "curators.tsv"
    known = layered_table.collect(path, CURATOR_COLUMNS, problems, lambda row: row["id"]).rows
    own = tsv.collect(path, CURATOR_COLUMNS, problems) if path.is_file() else []
    problems.raise_any()
    if id_ not in {row["id"] for row in known}:
        if not name:
            raise Refused("give the name of the person")
        rows = [dict(row.cells) for row in own]
        path.parent.mkdir(parents=True, exist_ok=True)
        tsv.write(path, CURATOR_COLUMNS, [*rows, {"id": id_, "name": name, "role": role}])
    token = personal_links.issue(store, [id_], anew=True)[id_]
    people.annotators = (*people.annotators, id_)
    return token
