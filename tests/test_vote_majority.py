"""Majority decisions: what they decide, who signs them, and who is asked after a tie."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.tagging import majority
from tests.vote_sheets import (
    BONE,
    LIVER,
    PEOPLE,
    SPLIT,
    UNANIMOUS,
    cast,
    fill,
    gather,
    hand,
    home,
    lexicon_of,
    right,
    told,
    votes_of,
)

__all__ = ["home"]


@pytest.mark.parametrize(
    ("rows", "decided", "tied", "short"),
    [
        (["ann b o", "bob b o", "cid o g"], BONE, (), ()),
        (["ann b g", "bob b o", "cid o o"], BONE, (), ()),
        (["ann b o", "bob o g", "cid c d"], ("", ""), ("task", "department"), ()),
        (["ann b o", "bob o o", "cid c o"], ("", ""), ("task",), ()),
        (["ann b o", "bob b o", "cid o g", "dot o g"], ("", ""), ("task", "department"), ()),
        (["ann b o", "bob o o", "cid c o", "dot b o"], BONE, (), ()),
        (["ann b o", "bob b o"], ("", ""), (), ("task", "department")),
        (["ann b o", "bob b o", "cid b _"], ("", ""), (), ("department",)),
    ],
)
def test_a_majority_decides_each_axis_for_itself(
    home: Path, rows: list[str], decided: tuple[str, str], tied: tuple[str, ...],
    short: tuple[str, ...],
) -> None:  # fmt: skip
    cast(home, *(f"rib {row}" for row in rows))
    (verdict,) = majority.judge_all(majority.read(home, "spring", lexicon_of(home)), 3)
    assert (verdict.decided, verdict.tied, verdict.short) == (decided, tied, short)


def test_who_signs_is_who_agrees(home: Path) -> None:
    cast(home, "rib ann b o", "rib bob b o", "rib cid b g", "liver ann o g", "liver bob o o",
         "liver cid b g")  # fmt: skip
    found = majority.judge_all(majority.read(home, "spring", lexicon_of(home)), 3)
    assert {v.item[0]: v.signed for v in found} == {"rib": ("ann", "bob"), "liver": ("ann",)}
    cast(home, "rib ann b g", "rib bob b d", "rib cid o o", "rib dot c o")
    (verdict,) = majority.judge_all(majority.read(home, "spring", lexicon_of(home)), 3)
    assert verdict.decided == BONE
    assert verdict.signed == ("ann", "bob", "cid", "dot"), "nobody said both"


def test_agreement_is_reported_for_each_axis(home: Path) -> None:
    cast(home, *UNANIMOUS, "rib ann b o", "rib bob b o", "rib cid b g")
    said = told(home)
    assert "spring: 6 votes, by 3 annotators, on 2 labels" in said
    lines = {line.split()[0]: line for line in said.splitlines() if line.strip()}
    assert lines["task"].split() == [
        "task",
        "2",
        "6",
        "1.000",
        "1.000",
        "(1.000",
        "to",
        "1.000)",
        "1.000",
        "(1.000",
        "to",
        "1.000)",
    ]
    assert "0.667" in lines["department"]


def test_what_was_decided_is_placed_and_signed(home: Path) -> None:
    cast(home, *UNANIMOUS, *SPLIT)
    path = home / "lexicon/placements.tsv"
    before = path.read_text()
    assert "nothing was written" in told(home)
    assert path.read_text() == before
    said = told(home, writing=True, sign="me")
    assert "decided: 1 of 2; new 1" in said
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert ["stomach", "*", *LIVER, "ann | bob | cid | me"] in rows
    assert [r[:2] for r in rows[1:]] == sorted(r[:2] for r in rows[1:])
    assert lexicon_of(home).place("stomach", "ct").task == LIVER[0]  # type: ignore[union-attr]
    after = path.read_bytes()
    assert "0 rows of lexicon/placements.tsv" in told(home, writing=True, sign="me")
    assert path.read_bytes() == after


def test_a_vote_that_confirms_signs_beside_the_founders(home: Path) -> None:
    cast(home, *(f"liver {p} o g" for p in ("ann", "bob", "cid")))
    told(home, writing=True)
    assert (
        f"liver\t*\t{LIVER[0]}\t{LIVER[1]}\tme | ann | bob | cid\n"
        in (home / "lexicon/placements.tsv").read_text()
    )


def test_a_signed_placement_is_replaced_only_on_request(home: Path) -> None:
    cast(home, *(f"liver {p} b o" for p in ("ann", "bob", "cid")))
    path = home / "lexicon/placements.tsv"
    before = path.read_text()
    said = told(home, writing=True)
    assert "contradicts a signed placement" in said
    assert "liver: bone 3; orthopedic-surgery 3; placed as organ-recognition-abdomen," in said
    assert "signed by me at lexicon/placements.tsv:" in said
    assert path.read_text() == before
    told(home, writing=True, replacing=True)
    assert f"liver\t*\t{BONE[0]}\t{BONE[1]}\tann | bob | cid\n" in path.read_text()
    assert len(path.read_text().splitlines()) == len(before.splitlines())


def test_ties_go_to_somebody_new_and_do_not_count_as_agreement(home: Path) -> None:
    cast(home, *UNANIMOUS, *SPLIT, "liver ann o g")
    said = told(home)
    assert "rib: task: bone 1, counting 1, organ-recognition-abdomen 1" in said
    assert "liver: department: gastroenterology 1" in said
    folder = hand(home, ties=True)
    asked = {p.name: pd.read_csv(p, sep="\t")["label"].tolist() for p in folder.glob("s*.tsv")}
    assert set(asked) <= {f"spring-ties.{p}.tsv" for p in PEOPLE}
    people: dict[str, list[str]] = {}
    for name, labels in asked.items():
        for label in labels:
            people.setdefault(label, []).append(name.split(".")[1])
    assert set(people) == {"rib", "liver"}
    assert len(people["rib"]) == 1 and set(people["rib"]) <= {"dot", "eve"}
    assert len(people["liver"]) == 2 and "ann" not in people["liver"]
    fill(folder, right)
    gather(home, folder)
    assert len(votes_of(home)) == 7 and len(votes_of(home, "spring-ties")) == 3
    after = told(home)
    assert "spring: 10 votes, 3 of them on ties" in after
    assert "decided: 3 of 3" in after
    figures = [line for line in said.splitlines() if line.startswith(("task ", "department "))]
    assert all(line in after for line in figures), "agreement is that of the independent votes"


def test_a_tie_on_which_everybody_has_voted_is_reported(home: Path) -> None:
    cast(home, *SPLIT)
    with pytest.raises(DocumentError, match=r"rib in \* needs 1 annotators who have not voted"):
        hand(home, people="ann,bob,cid", ties=True)


def test_somebody_who_votes_twice_on_a_tie_is_a_problem(home: Path) -> None:
    cast(home, *SPLIT)
    cast(home, "rib ann b o", name="spring-ties")
    with pytest.raises(
        DocumentError, match=r"spring-ties.tsv:2: ann already votes on 'rib' at .*spring"
    ):
        told(home)
