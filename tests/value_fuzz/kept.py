"""Outcomes kept in a folder, a file for each format, so that the fuzz may run in pieces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.value_fuzz.formats import FORMATS
from tests.value_fuzz.mutants import Format
from tests.value_fuzz.run import SEED, Outcome


def _file(folder: Path, form: Format) -> Path:
    return folder / f"{form.name.replace(' ', '-').replace(',', '')}.json"


def keep(folder: Path, form: Format, outcomes: Sequence[Outcome]) -> None:
    """Write the results of a format's mutants."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [asdict(one) for one in outcomes]
    _file(folder, form).write_text(json.dumps({"seed": SEED, "outcomes": rows}), "utf-8")


def kept(folder: Path, form: Format) -> list[Outcome]:
    """Return what was kept of a format; empty unless all of its mutants were made from this seed."""
    file = _file(folder, form)
    if not file.is_file():
        return []
    found = json.loads(file.read_text("utf-8"))
    outcomes = [Outcome(**row) for row in found["outcomes"]]
    whole = [one.number for one in outcomes] == list(range(form.mutants))
    return outcomes if whole and found["seed"] == SEED else []


def all_kept(folder: Path) -> list[Outcome]:
    """Return what was kept of every format that was run whole."""
    return [one for form in FORMATS for one in kept(folder, form)]
