"""The smallest recipe of a foreign benchmark, and benchmarks that are adopted by it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from benchsmith.adopt.adopt_set import Outcome, adopt
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.silent_progress import Silent
from benchsmith.documents.adoption import Adoption
from tests.foreign_sets import picture, put, put_lines
from tests.test_adopt_recipes import cases

ABOUT = {"title": "A set", "version": "1", "homepage": "https://example.org", "licence": "cc-by-4.0",
         "citation": "Somebody, 2020", "verified": True}  # fmt: skip
BASE: dict[str, Any] = {
    "files": ("rows.jsonl",),
    "question": "q",
    "picture": {"path": "{p}"},
    "options": {"column": "o"},
    "answer": {"column": "a", "form": "letter"},
}
"""An entry for rows with the keys q, p, o and a."""


def recipe(*entries: dict[str, Any]) -> Adoption:
    """Return a recipe whose entries are BASE with some keys replaced."""
    return Adoption.model_validate(
        {**ABOUT, "rows": tuple({**BASE, **e} for e in entries or ({},))}
    )


def run(folder: Path, rules: Adoption, to: str = "out") -> Outcome:
    """Adopt the benchmark in `folder/data`."""
    return adopt("own", rules, folder / "data", folder / to, TreeWords(), Silent())


def one(folder: Path, row: dict[str, Any], **entry: Any) -> tuple[str, list[str], str] | str:
    """Adopt one row; return its question, options and right option, or the reason it is left out."""
    put(folder / "data/1.png", picture(1))
    put_lines(folder / "data/rows.jsonl", [{"q": "Which?", "p": "1.png", **row}])
    try:
        found = run(folder, recipe(entry))
    except TooMuchRejected:
        listed = (folder / "out/left_out.tsv").read_text().splitlines()[1]
        return listed.split("\t")[2]
    (row,) = cases(found.folder)
    return row["question"], row["options"], row["label"]


TWO = ["a liver", "a lung"]


def encoded(form: str, mode: str) -> bytes:
    """Return a picture in one of Pillow's formats and modes."""
    buffer = io.BytesIO()
    image = PIL.Image.open(io.BytesIO(picture(5))).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = PIL.Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    image.save(buffer, form)
    return buffer.getvalue()
