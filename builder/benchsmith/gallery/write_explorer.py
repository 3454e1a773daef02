"""Writes the explorer of a release: one page, and script files with its questions and pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.documents.lexicon import Lexicon
from benchsmith.gallery.kept_copies import Copied, KeptCopies
from benchsmith.gallery.picture_copies import Copies, copies
from benchsmith.gallery.question_columns import QuestionColumns, names_of_ancestors
from benchsmith.gallery.release_cases import ShownCase, read_cases
from benchsmith.gallery.shards import (
    FACTS_PER_SHARD,
    FULL_PER_SHARD,
    SMALL_PER_SHARD,
    shard_writer,
    write_shard,
)
from benchsmith.gallery.similar_pictures import MAP_SIDE, map_places, neighbours
from benchsmith.pages.gallery_page import gallery_page

Answers = Mapping[str, Mapping[str, Sequence[int]]]
"""The positions that each model chose, by model and id of the case."""


def write_explorer(
    release: Path,
    folder: Path,
    lexicon: Lexicon,
    *,
    title: str,
    build: str,
    answers: Answers | None = None,
    earlier: Sequence[Path] = (),
    beside: Path | None = None,
) -> int:
    """Write `index.html` and `shards/*.js` of a release folder into `folder`; return how many questions.

    Only what the release publishes is read, so hidden splits have no keys. Pictures that are in the
    explorers of `earlier` partitions are taken from there. The data that a later one needs for this are
    written into `beside`. Raises InputMissing if `release` is not a release folder.
    """
    cases = read_cases(release, lexicon)
    shards = folder / "shards"
    shards.mkdir(parents=True)
    columns = QuestionColumns()
    copied = Copied()
    numbers: dict[bytes, int] = {}
    with (
        shard_writer(shards, "small", SMALL_PER_SHARD) as small,
        shard_writer(shards, "full", FULL_PER_SHARD) as full,
        shard_writer(shards, "facts", FACTS_PER_SHARD) as facts,
    ):
        shown = _remembering_facts(cases, facts.add)
        for copy in copies(_new_pictures(shown, columns, numbers, KeptCopies(earlier))):
            small.add(copy.small)
            full.add(copy.full)
            copied.add(copy)
    if beside is not None and numbers:
        copied.keep(beside, list(numbers))
    found = columns.as_json(lexicon)
    write_shard(
        shards,
        "questions",
        {
            **found,
            "above": names_of_ancestors(found, lexicon),
            "sizes": copied.sizes,
            "models": _models(answers or {}, found["ids"]),
        },
    )
    pictures = found["pictures"]
    every = np.asarray(copied.looks, np.float32).reshape(len(numbers), -1)
    write_shard(shards, "similar", {
        "side": MAP_SIDE,
        "map": map_places(every),
        "near": neighbours(every, _target_of_pictures(columns.targets, pictures, len(numbers))),
    })  # fmt: skip
    page = gallery_page(
        title=title,
        build=build,
        per_shard={"small": SMALL_PER_SHARD, "full": FULL_PER_SHARD, "facts": FACTS_PER_SHARD},
    )
    (folder / "index.html").write_text(page, "utf-8", newline="\n")
    return len(columns)


def _remembering_facts(cases: Iterable[ShownCase], add: Any) -> Iterator[ShownCase]:
    for case in cases:
        add(case.facts)
        yield case


def _new_pictures(
    cases: Iterable[ShownCase],
    columns: QuestionColumns,
    numbers: dict[bytes, int],
    kept: KeptCopies,
) -> Iterator[bytes | Copies]:
    """Yield every picture once, or its copies if they are kept.

    Meanwhile the cases are appended to the columns, and the pictures' SHA-256 to `numbers`.
    """
    for case in cases:
        digest = hashlib.sha256(case.png).digest()
        is_new = digest not in numbers
        columns.add(case, numbers.setdefault(digest, len(numbers)))
        if is_new:
            yield kept.get(digest) or case.png


def _target_of_pictures(
    targets: Sequence[str], pictures: Sequence[int], count: int
) -> Sequence[str]:
    found = [""] * count
    for target, picture in zip(targets, pictures, strict=True):
        found[picture] = target
    return found


def _models(answers: Answers, ids: Sequence[str]) -> dict[str, list[list[int] | None]]:
    """Return each model's answers in the order of the questions; None if there is none."""
    return {
        model: [list(own[id_]) if id_ in own else None for id_ in ids]
        for model, own in sorted(answers.items())
    }
