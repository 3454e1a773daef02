"""Our tree beside the published one: every leaf is reproduced, or listed with a reason."""

from __future__ import annotations

import json

import pytest

from benchsmith.documents.library import Library
from performance import published_tree as published
from performance.published_tree import Leaf
from tests.conftest import PROJECT
from tests.shipped_documents import shipped_library

PAGE = PROJECT.parent / "shared" / "facts" / "gmai_lexical_tree.json"
here = pytest.mark.skipif(not PAGE.is_file(), reason="the published tree is not here")


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def found() -> list[Leaf]:
    return published.leaves(json.loads(PAGE.read_text("utf-8")))


def test_the_table_speaks_of_our_tree(library: Library) -> None:
    """Its labels, tasks and departments are ours; a reason has its words; what is dropped is none."""
    lexicon = library.lexicon
    tasks = {term.name for term in lexicon.tasks}
    departments = {term.name for term in lexicon.departments} | {""}
    table = published.read_table()
    assert len(table) > 100
    for leaf, row in table.items():
        became, why = published.REASONS[row["reason"]]
        assert (row["became"], row["why"]) == (became, why), leaf
        if became == "dropped":
            assert not row["our_label"] + row["our_task"] + row["our_department"], leaf
            continue
        assert row["our_label"] in lexicon.labels, leaf
        assert row["our_task"] in tasks and row["our_department"] in departments, leaf


@here
def test_reproduced_and_listed_are_all_leaves(library: Library, found: list[Leaf]) -> None:
    """663 and more of 813 are reproduced; every other one has its row, and no row is stale."""
    table = published.read_table()
    count, should = published.settle(library.lexicon, found, table)
    assert len(set(found)) == 813 and len({leaf.label for leaf in found}) == 717
    assert count["missing"] == count["unexplained"] == 0, count
    assert count["reproduced"] + len(table) == len(found)
    assert count["reproduced"] >= 663
    assert should == table


@here
def test_a_leaf_without_its_row_is_noticed(library: Library, found: list[Leaf]) -> None:
    table = published.read_table()
    for reason in ("cell", "no-organ", "organ", "merged"):
        leaf = next(one for one, row in table.items() if row["reason"] == reason)
        less = {one: row for one, row in table.items() if one != leaf}
        count, should = published.settle(library.lexicon, found, less)
        assert count["missing"] + count["unexplained"] == 1, reason
        assert should != less


@here
def test_a_wrong_reason_is_noticed(library: Library, found: list[Leaf]) -> None:
    """A row cannot drop a leaf that our tree has, nor name a label that stands elsewhere."""
    table = published.read_table()
    for reason, column, value in (
        ("cell", "reason", "no-organ"),
        ("organ", "our_label", "liver"),
        ("no-organ", "reason", "cell"),
    ):
        leaf = next(one for one, row in table.items() if row["reason"] == reason)
        wrong = {**table, leaf: {**table[leaf], column: value}}
        count, _ = published.settle(library.lexicon, found, wrong)
        assert count["missing"] + count["unexplained"] == 1, reason


@here
def test_no_leaf_is_counted_twice(library: Library, found: list[Leaf]) -> None:
    """Of leaves that become one of ours only the one with its name is reproduced."""
    ours = published.compare(library.lexicon, found)
    state = published.became(library.lexicon, ours)
    place = [(*leaf[:3], ours[leaf].label) for leaf in found if state[leaf] == "reproduced"]
    twins = len(place) - len(set(place))
    assert twins == 1  # high-grade dysplasia is listed with a hyphen and without
