"""The acts' file: nothing is lost, nothing is doubled, and what was taken back is taken back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.review.act_store import Action, ActionStore, KeyConflict, utc_now
from tests.conftest import PROJECT

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("do"), st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 3)),
        st.tuples(st.just("undo"), st.sampled_from("ab"), st.just(""), st.just(0)),
    ),
    max_size=30,
)


def act(key: str, who: str = "ann", item: str = "x", value: int = 0, desk: str = "tags") -> Action:
    return Action(key, desk, "round", item, who, {"value": value}, "seen", utc_now())


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_it_keeps_what_a_list_of_acts_would(steps: list[tuple[str, str, str, int]]) -> None:
    """A model: each person has a stack of acts; the topmost act on an item counts."""
    piles: dict[str, list[tuple[str, int]]] = {"a": [], "b": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(ActionStore(Path(folder) / "acts")) as store,
    ):
        for number, (what, who, item, value) in enumerate(steps):
            if what == "do":
                store.add(act(f"key-{number}", who, item, value))
                piles[who].append((item, value))
                continue
            back = store.undo(f"undo-{number}", "tags", "round", who)
            again = store.undo(f"undo-{number}", "tags", "round", who)
            assert back == again, "the same key takes back the same act"
            expected = piles[who].pop() if piles[who] else None
            assert (back and (back.item, back.value["value"])) == expected
        stands = {(item, who): value for who, pile in piles.items() for item, value in pile}
        assert [(a.item, a.who, a.value["value"]) for a in store.current("tags", "round")] == [(*k, v) for k, v in sorted(stands.items())]  # fmt: skip
        for who in piles:
            assert store.done_items("tags", "round", who) == {
                item for item, w in stands if w == who
            }
        for item in "xyz":
            assert {a.who for a in store.current_of("tags", "round", item)} == {
                w for i, w in stands if i == item
            }
        counted = {who: len({i for i, w in stands if w == who}) for who in piles}
        assert store.counts_by_person("tags", "round") == {
            who: n for who, n in counted.items() if n
        }
        assert store.current("tags", "other") == store.current("cases", "round") == []


def test_one_key_is_one_act(tmp_path: Path) -> None:
    with closing(ActionStore(tmp_path / "acts")) as store:
        first = store.add(act("k"))
        assert store.add(act("k")) == first
        for other in (
            act("k", who="bob"),
            act("k", item="y"),
            act("k", value=1),
            act("k", desk="cases"),
        ):
            with pytest.raises(KeyConflict):
                store.add(other)
        assert store.add(act("k2", value=5), once=True) == first, "what stands is not changed"
        assert store.undo("u", "tags", "round", "ann") == first
        assert store.add(act("k3", value=5), once=True).value == {"value": 5}


def test_ten_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    """Ten people in two processes' worth of connections, each act sent twice."""
    with (
        closing(ActionStore(tmp_path / "acts")) as one,
        closing(ActionStore(tmp_path / "acts")) as other,
    ):

        def work(who: str) -> None:
            for n in range(20):
                for store in (one, other):
                    store.add(act(f"{who}-{n}", who, f"item-{n}"))

        people = [f"p{n}" for n in range(10)]
        threads = [threading.Thread(target=work, args=(who,)) for who in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(one.current("tags", "round")) == 200
    with closing(sqlite3.connect(tmp_path / "acts")) as raw:
        assert raw.execute("SELECT count(*) FROM act").fetchone() == (200,)


def test_it_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    with closing(ActionStore(tmp_path / "acts")) as store:
        store.add(act("k"))
        assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # noqa: SLF001
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # noqa: SLF001
        with closing(sqlite3.connect(tmp_path / "acts")) as reader:
            assert reader.execute("SELECT key FROM act").fetchall() == [("k",)]


FULL = """
import resource, sqlite3, sys
from pathlib import Path
from benchsmith.review.act_store import Action, ActionStore, utc_now
place = Path(sys.argv[1])
store = ActionStore(place)
def act(key, length):
    return Action(key, "tags", "", key, "ann", {"value": "x" * length}, "", utc_now())
store.add(act("before", 10))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
for number, length in enumerate((20_000, 20_000_000)):  # refused as it commits, and before
    size = max(p.stat().st_size for p in place.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    try:
        store.add(act("lost", length))
    except sqlite3.OperationalError as error:
        assert "transaction" not in str(error), error
    else:
        raise AssertionError("what is not on the disk was acknowledged")
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.add(act(f"after {number}", 10))
assert [a.item for a in store.current("tags", "")] == ["after 0", "after 1", "before"]
"""


def test_a_full_disk_refuses_an_act_and_not_the_next(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "acts")],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with closing(ActionStore(tmp_path / "acts")) as store:
        assert len(store.current("tags", "")) == 3


def test_an_answer_is_kept_once_for_what_was_seen(tmp_path: Path) -> None:
    """Who answered a question that was changed since may answer it as it is now."""
    with closing(ActionStore(tmp_path / "acts")) as store:
        first = store.add(act("k1", value=1), once=True)
        assert store.add(act("k2", value=2), once=True) == first
        changed = replace(act("k3", value=2), seen="other")
        assert store.add(changed, once=True) == changed
        assert [a.value["value"] for a in store.current_of("tags", "round", "x")] == [2]
