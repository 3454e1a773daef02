"""Scores of counterfactual pairs, worked out by hand, and through hidden splits."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.evaluate import answer_key, pair_scores, release_reader
from benchsmith.evaluate.grades import frame, grade
from benchsmith.release.columns import letters
from tests import twice
from tests.conftest import Project
from tests.score_tables import item, kept
from tests.unaudited import unaudited


def pair(n: int, key: int, altered_key: int, kind: str) -> tuple[object, object]:
    original = item(n, id=f"o{n}", key=(key,), pair=f"p{n}", content=f"o{n}")
    altered = item(
        n, id=f"a{n}", key=(altered_key,), pair=f"p{n}", altered=kind, content=f"a{n}",
        options=("spleen", "liver", "rib", "kidney"),
    )  # fmt: skip
    return original, altered


def test_pairs_by_hand() -> None:
    """Options are in another order: B of an altered question is A of its original."""
    said = {}
    for n, (key, other, kind, first, second) in enumerate(
        [
            (0, 1, "mirror", "A", "B"),  # liver stays, both right
            (0, 1, "mirror", "A", "A"),  # liver stays, the second is wrong
            (1, 1, "move", "B", "B"),  # spleen becomes liver, both right
            (1, 1, "move", "B", "A"),  # spleen again: follows the original picture
            (1, 1, "move", "A", "A"),  # wrong, and then what was right before
        ]
    ):
        original, altered = pair(n, key, other, kind)
        said |= {original: first, altered: second}
    alone = item(9, id="o9", pair="p9")  # its counterfactual was not asked
    said[alone] = "A"
    items = list(said)
    rows = pair_scores.pairs(frame(items, grade(items, kept(said)).grades))
    by_kind = {row["kind"]: row for row in rows}
    assert by_kind.keys() == {"all", "mirror", "move"}
    every = by_kind["all"]
    assert (every["pairs"], every["both"], every["changes"]) == (5, 0.4, 3)
    assert (every["original"], every["altered"], every["chance"]) == (0.8, 0.4, 1 / 16)
    assert (every["steady"], every["follows"]) == (0.5, pytest.approx(2 / 3))
    assert (by_kind["mirror"]["both"], by_kind["mirror"]["follows"]) == (0.5, None)
    assert (by_kind["move"]["both"], by_kind["move"]["steady"]) == (pytest.approx(1 / 3), None)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose only split with cases is hidden, and which asks everything twice."""
    folder = twice.write(tmp_path_factory.mktemp("hidden") / "project", "hidden: [test]\n")
    made = Project(folder)
    with unaudited():
        made.run("build", "twice", "--workers", "1")
    return made


def test_a_hidden_split_reveals_nothing_about_pairs(hidden: Project) -> None:
    release = hidden.folder / "output/twice/release"
    rows = [r for f in (release / "data").glob("*") for r in pq.read_table(f).to_pylist()]
    mine = [r for r in rows if r["split"] == "test"]
    assert mine and all(r["pair"] is None and r["altered"] is None for r in mine)
    answers = pq.read_table(hidden.folder / "output/twice/private/answers.parquet").to_pylist()
    altered = [r for r in answers if r["altered"]]
    assert altered and {r["pair"] for r in altered} <= {
        r["pair"] for r in answers if not r["altered"]
    }
    # neither kinds nor pairs, nor names of altered targets, are in any byte of the release
    words = [r["pair"].encode() for r in altered] + [b"~move", b"~shift", b"~turn", b"~mirror"]
    for file in release.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert not any(word in data for word in words), file
    table = (
        (release / "vlmevalkit/twice_TEST.tsv").read_text("utf-8").partition("\n")[0].split("\t")
    )
    assert not {"pair", "altered"} & set(table)


def test_hidden_pairs_are_scored_with_the_key(hidden: Project, tmp_path: Path) -> None:
    release = release_reader.read(hidden.folder / "output/twice/release")
    whole = answer_key.completed(release, hidden.folder / "output/twice/private/answers.parquet")
    items = [i for i in whole.items if i.key]
    right = {i: letters(i.key) for i in items}
    rows = pair_scores.pairs(frame(items, grade(items, kept(right)).grades))
    assert {r["both"] for r in rows} == {1.0}
    # who goes by the words gives both questions of a pair the same answer
    first: dict[str, str] = {}
    said = {}
    for i in sorted(items, key=lambda i: bool(i.altered)):
        if i.several:
            continue
        text = first.setdefault(i.pair or i.id, i.options[0])
        said[i] = letters((i.options.index(text),))
    words = pair_scores.pairs(frame(list(said), grade(list(said), kept(said)).grades))
    moved = next(r for r in words if r["kind"] == "move")
    assert moved["both"] == 0.0
    kinds = {r["kind"] for r in words}
    assert {"mirror", "turn", "move", "shift"} <= kinds


def test_pairs_stand_on_the_page_and_in_the_tables(hidden: Project, tmp_path: Path) -> None:
    hidden.run("evaluate", "twice", "--model", "baseline:random")
    said = hidden.run("scores", "twice")
    assert "scores.html" in said
    folder = hidden.folder / "output/twice"
    page = next(folder.rglob("scores.html")).read_text("utf-8")
    assert "Counterfactual pairs" in page
    table = pq.read_table(next(folder.rglob("pairs.parquet"))).to_pylist()
    assert {"model", "split", "kind", "pairs", "both", "steady", "follows"} <= table[0].keys()
