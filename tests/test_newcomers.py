"""Who is let in while a desk is open gets their share of its work, and nobody loses what is on their screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.review import open_desks
from benchsmith.review.act_store import ActionStore
from benchsmith.review.contract import Refused
from benchsmith.review.desks.tags import Tags
from benchsmith.tagging.assign_voters import Item
from benchsmith.tagging.hand_out import ItemSelection
from tests.conftest import Project

EACH = 2
VOTE = {"task": "bone", "department": "orthopedic-surgery"}


@pytest.fixture(scope="module")
def lexicon(built: Project) -> Lexicon:
    found = open_desks.read(built.folder).lexicon
    return replace(found, curators=found.curators | {"ann", "bob"})


@pytest.fixture(scope="module")
def items(built: Project, lexicon: Lexicon) -> list[Item]:
    return ItemSelection(labels="label=*").find(built.folder, lexicon)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ActionStore]:
    with closing(ActionStore(tmp_path / "acts.sqlite")) as made:
        yield made


def desk(
    home: Path, store: ActionStore, lexicon: Lexicon, items: Sequence[Item], *people: str
) -> Tags:
    return Tags(
        store, home, lexicon, None, round_="r", items=items, annotators=people, each=EACH, seed=0
    )


def asked(tags: Tags, *people: str) -> dict[str, set[str]]:
    return {who: set(tags.queue(who)) for who in people}


def test_a_newcomer_has_the_labels_that_a_reopened_desk_would_give_them(
    tmp_path: Path, store: ActionStore, lexicon: Lexicon, items: list[Item]
) -> None:
    tags = desk(tmp_path, store, lexicon, items, "ann", "bob")
    before = asked(tags, "ann", "bob")
    tags.join("zed")
    after = asked(tags, "ann", "bob", "zed")
    anew = desk(tmp_path, store, lexicon, items, "ann", "bob", "zed")
    assert after == asked(anew, "ann", "bob", "zed")
    sizes = sorted(map(len, after.values()))
    assert sizes[-1] - sizes[0] <= 1 and sum(sizes) == EACH * len(items)
    assert all(after[who] < before[who] for who in before), "labels move to the newcomer alone"


def test_a_label_that_moved_may_still_be_voted_on_where_it_is_on_the_screen(
    tmp_path: Path, store: ActionStore, lexicon: Lexicon, items: list[Item]
) -> None:
    tags = desk(tmp_path, store, lexicon, items, "ann", "bob")
    before = asked(tags, "ann")
    tags.join("zed")
    moved = sorted(before["ann"] - set(tags.queue("ann")))
    first, second = moved[:2]
    assert {first, second} <= set(tags.queue("zed"))
    tags.act(first, "ann", VOTE, "key-1", "")
    tags.act(first, "bob", VOTE, "key-2", "")
    assert first not in tags.queue("zed"), "it has its votes"
    tags.act(second, "bob", VOTE, "key-3", "")
    tags.act(second, "zed", VOTE, "key-4", "")
    with pytest.raises(Refused, match="assigned to other people"):
        tags.act(second, "ann", VOTE, "key-5", "")
    votes = Counter(v.label for v in tags.votes().first)
    assert set(votes.values()) == {EACH} and not tags.votes().further


def test_votes_of_a_newcomer_are_written_and_read_again(
    tmp_path: Path, store: ActionStore, lexicon: Lexicon, items: list[Item]
) -> None:
    (tmp_path / "lexicon").mkdir()
    tags = desk(tmp_path, store, lexicon, items, "ann", "bob")
    tags.join("zed")
    item = tags.queue("zed")[0]
    tags.act(item, "zed", VOTE, "key-1", "")
    for _ in range(2):
        assert "1 vote in lexicon/votes/r.tsv" in list(tags.write("ann"))
    assert [v.annotator for v in tags.votes().first] == ["zed"]


def test_too_few_people_wait_for_one_more(
    tmp_path: Path, store: ActionStore, lexicon: Lexicon, items: list[Item]
) -> None:
    tags = desk(tmp_path, store, lexicon, items, "ann")
    assert not tags.queue("ann") and "this desk has 1 annotator." in tags.fills
    assert dict(tags.report().figures)["labels"] == str(len(items))
    tags.join("bob")
    assert len(tags.queue("ann")) == len(tags.queue("bob")) == len(items)
    assert desk(tmp_path, store, lexicon, [], "ann").fills.startswith("Every label of this round")
