"""The tables of verified keys: each mistake by line, and one verdict from several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.documents import verification as documents
from benchsmith.documents.problems import DocumentError, Problems
from benchsmith.documents.verification import (
    RIGHT,
    UNFAIR,
    UNSURE,
    WRONG,
    Framed,
    decisions,
    settled,
)
from tests.made_verdicts import ROW


def test_every_mistake_in_the_tables_is_reported_at_once(tmp_path: Path) -> None:
    documents.write(documents.path_of(tmp_path, "b"), [ROW])
    path = documents.path_of(tmp_path, "b")
    text = path.read_text()
    good = text.splitlines()[1].split("\t")
    wrong = {1: "rihgt", 3: "you", 4: "2026-02-31T09:00:00Z"}
    rows = [good, *([*good[:at], value, *good[at + 1 :]] for at, value in wrong.items())]
    rows += [good, [*good[:1], "unfair", *good[2:]], [*good[:2], "two-true", *good[3:]],
             [*good[:1], "unfair", "other", *good[3:]]]  # fmt: skip
    path.write_text("\n".join([text.splitlines()[0], *("\t".join(r) for r in rows)]) + "\n")
    with pytest.raises(DocumentError) as told:
        documents.read(path, {"ann"})
    said = [(p.line, p.what) for p in told.value.problems]
    for line, what in ((3, "unknown verdict 'rihgt'"), (4, "unknown curator 'you'"),
                       (5, "is not a time"), (6, "already has a verdict"), (7, "unknown reason ''"),
                       (8, "and the reason 'two-true'"), (9, "has no note")):  # fmt: skip
        assert any(at == line and what in text for at, text in said), what


def test_a_frame_whose_order_was_changed_is_refused(tmp_path: Path) -> None:
    path = documents.frame_path(tmp_path, "b")
    frame = [Framed(i, 1, "s / bone", f"q{i}:box", "f") for i in (1, 2, 3)]
    documents.write_frame(path, frame)
    assert documents.read_frame(path) == frame
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[3], lines[1], lines[2]]) + "\n")
    assert documents.read_frame(path) == frame, "a sorted sheet is the same frame"
    for broken, what in (([lines[0], lines[1], lines[3]], "place 2 is missing"),
                         ([lines[0], lines[1], lines[1].replace("1", "2", 1)], "is already on line 2"),
                         ([lines[0], lines[1].replace("1", "x", 1)], "place is 'x'")):  # fmt: skip
        path.write_text("\n".join(broken) + "\n")
        problems = Problems(tmp_path)
        documents.collect_frame(path, problems)
        assert any(what in p.what for p in problems.found), what


def test_one_verdict_is_made_of_several() -> None:
    def of(*verdicts: str) -> str:
        return settled([replace(ROW, verdict=v, who=f"p{i}") for i, v in enumerate(verdicts)])[ROW.unit]  # fmt: skip

    assert of(RIGHT) == of(RIGHT, RIGHT, WRONG) == of(UNSURE, RIGHT) == RIGHT
    assert of(WRONG) == of(RIGHT, WRONG) == of(UNFAIR, WRONG) == of(WRONG, UNSURE) == WRONG
    assert of(UNFAIR) == of(UNFAIR, RIGHT) == UNFAIR
    assert of(UNSURE) == of(UNSURE, UNSURE) == UNSURE
    found = decisions([replace(ROW, verdict=WRONG), ROW, replace(ROW, verdict=UNFAIR, reason="two-true", who="bob")])  # fmt: skip
    assert [(r.target, r.decision, r.reason, r.who) for r in found] == [
        ("s/a#liver", "drop", "wrong-key", "ann"), ("s/a#liver", "drop", "two-true", "bob")]  # fmt: skip
