"""Votes are collected from sheets: all of them, once, and with every problem named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchsmith.documents import votes
from benchsmith.documents.problems import DocumentError
from tests import world
from tests.vote_sheets import BONE, LIVER, PEOPLE, fill, gather, hand, home, right, votes_of

__all__ = ["home"]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\r\n")])  # fmt: skip
def test_every_vote_comes_back_however_it_was_saved(home: Path, encoding: str, end: str) -> None:
    folder = hand(home)
    choice = {p: (BONE if i % 2 else LIVER) for i, p in enumerate(PEOPLE)}
    fill(folder, lambda person, _: choice[person], encoding=encoding, end=end)
    gather(home, folder)
    found = votes_of(home)
    assert Counter(v.item for v in found) == dict.fromkeys(
        [(label, "*") for label in ["abdominal-organ", *world.PLACES["organ-recognition-abdomen"][1], "rib"]], 3,
    )  # fmt: skip
    assert all((v.task, v.department) == choice[v.annotator] for v in found)
    assert found == sorted(found, key=lambda v: v.key)
    assert {v.time for v in found} == {"2026-03-20"}


def test_collecting_again_changes_nothing_and_a_later_sheet_adds(home: Path) -> None:
    folder = hand(home)
    fill(folder, lambda person, label: right(person, label) if label < "l" else ("", ""))
    gather(home, folder)
    path = votes.path_of(home, "spring")
    before = path.read_bytes()
    assert "0 new, 0 changed" in gather(home, folder, date="2026-03-21")
    assert path.read_bytes() == before
    fill(folder, lambda person, label: (right(person, label)[0], ""))
    gather(home, folder, date="2026-03-22")
    found = {v.key: v for v in votes_of(home)}
    assert len(found) == 21
    assert all(v.department and v.time == "2026-03-20" for v in found.values() if v.label < "l")
    assert all(not v.department for v in found.values() if v.label >= "l")
    fill(folder, right)
    gather(home, folder, date="2026-03-23")
    assert all(v.department for v in votes_of(home))


def test_a_changed_vote_is_a_conflict_until_it_is_meant(home: Path) -> None:
    folder = hand(home)
    fill(folder, right)
    gather(home, folder)
    before = votes_of(home)
    fill(folder, lambda person, label: BONE if person == "ann" else right(person, label))
    with pytest.raises(DocumentError) as caught:
        gather(home, folder, date="2026-03-25")
    said = str(caught.value)
    changed = [v for v in before if v.annotator == "ann" and v.label != "rib"]
    assert said.count("`--replace` keeps the later vote") == len(changed) > 0
    assert "spring.ann.tsv:2: votes task 'bone', department 'orthopedic-surgery', but" in said
    assert "on 2026-03-20 at lexicon/votes/spring.tsv:" in said
    assert votes_of(home) == before
    said = gather(home, folder, date="2026-03-25", replacing=True)
    assert said.count("->") == len(changed), "what is replaced is said"
    after = {v.key: v for v in votes_of(home)}
    assert {after[v.key].task for v in changed} == {"bone"}
    assert {after[v.key].time for v in changed} == {"2026-03-25"}
    fill(folder, right)
    gather(home, folder, date="2026-03-01", replacing=True)
    assert {v.key: v for v in votes_of(home)} == after, "an older sheet changes nothing"


def test_every_problem_of_every_sheet_at_once(home: Path) -> None:
    folder = hand(home)
    fill(folder, right)
    world.table(
        folder / "spring.ann.tsv",
        "label;modality;task;department;time;note",
        [
            "liver;*;Organ Recognition - Abdomen;gastroenterolgy;2026-03-20;",
            "livver;*;bone;;;",
            "kidney;cat;bone;;;",
            "spleen;*;bone;;20.3.2026;",
            "rib;*;bone;;;",
        ],
    )
    world.put(folder / "spring.zed.tsv", "label\ttask\n")
    world.put(folder / "autumn.bob.tsv", "x")
    world.put(folder / "notes.txt", "x")
    (folder / "spring.cid.xlsx").write_bytes(b"PK")
    (folder / "spring.dot.tsv").write_bytes("label\tn\xe4me\n".encode("latin-1"))
    with pytest.raises(DocumentError) as caught:
        gather(home, folder, date="")
    said = str(caught.value)
    at = "sheets-spring/"
    for line in (
        f"{at}spring.ann.tsv:2: unknown department 'gastroenterolgy'; did you mean gastroenterology",
        f"{at}spring.ann.tsv:3: unknown label 'livver'; did you mean liver",
        f"{at}spring.ann.tsv:4: unknown modality 'cat'; did you mean ct?",
        f"{at}spring.ann.tsv:5: '20.3.2026' is not a date; write it as 2026-01-31",
        f"{at}spring.ann.tsv:3: 3 votes without a date, starting here; fill in `time`, or give",
        f"{at}spring.zed.tsv:1: unknown annotator 'zed'",
        f"{at}spring.zed.tsv:1: column 'department' is missing",
        f"{at}autumn.bob.tsv:1: belongs to the round 'autumn'",
        f"{at}notes.txt:1: is not named like a sheet; name it spring.ANNOTATOR.tsv",
        f"{at}spring.cid.xlsx:1: is in a spreadsheet format",
        f"{at}spring.dot.tsv:1: is not UTF-8",
    ):
        assert line in said, said
    assert not votes.path_of(home, "spring").exists(), "nothing is written beside a problem"


def test_a_remark_is_reported_and_not_lost(home: Path) -> None:
    folder = home / "sheets"
    rows = ["liver;*;bone;;2026-03-20;why not skin?"]
    world.table(folder / "spring.ann.tsv", "label;modality;task;department;time;note", rows)
    assert "sheets/spring.ann.tsv:2: liver: why not skin?" in gather(home, folder)
