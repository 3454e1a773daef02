"""Skills beside everything else: hidden splits, editions, counterfactuals, subsets, diff, the desk."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchsmith.review import open_desks
from benchsmith.review.act_store import ActionStore
from benchsmith.review.built_cases import CaseStore
from benchsmith.review.desks.atlas import Atlas
from benchsmith.tagging.hand_out import ItemSelection
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.test_skills import project as skilled
from tests.unaudited import unaudited

__all__ = ["skilled"]

EDITIONS = """hidden: [test]
counterfactuals: [mirror]
exports: [parquet, provenance, report]
editions:
  of: 2
  apart: structure
  draws:
    - {name: spring, part: 1}
    - {name: autumn, part: 2}
"""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def together(skilled: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project with two hidden editions that ask with skills and about altered pictures."""

    def build(folder: Path) -> None:
        ignore = shutil.ignore_patterns("release", "private")
        shutil.copytree(skilled.folder, folder, ignore=ignore, dirs_exist_ok=True)
        path = folder / "benchmarks/twice.yaml"
        signed = "    - {check: row-order, who: me, why: its order is drawn by the key}\n"
        signed += "    - {check: blind-attack, who: me, why: a small phantom}\n"
        text = path.read_text("utf-8")
        path.write_text(text.replace("  waive:\n", f"  waive:\n{signed}", 1) + EDITIONS, "utf-8")

        def draw(edition: str) -> None:
            benchsmith("build", "twice", "--edition", edition, "--workers", "1", folder=folder)

        draw("spring")
        with unaudited():  # of the second one, the questions alone are read
            draw("autumn")

    return Project(once(tmp_path_factory, "together", build))


def cases(folder: Path) -> list[Row]:
    return [r for f in sorted((folder / "data").glob("*")) for r in pq.read_table(f).to_pylist()]


def answers(project: Project, edition: str) -> list[Row]:
    path = project.folder / f"output/twice@{edition}/private/answers.parquet"
    return pq.read_table(path).to_pylist()


def test_a_hidden_split_reveals_no_evidence_for_answers(together: Project) -> None:
    folder = together.folder / "output/twice@spring"
    hidden = [r for r in cases(folder / "release") if r["split"] == "test"]
    asked = {r["skill"] for r in answers(together, "spring")}
    assert {"position", "recognition"} <= asked
    for row in hidden:
        assert row["answer"] is None and row["pair"] is None and row["altered"] is None
    kept = {r["id"] for r in pq.read_table(folder / "release/provenance.parquet").to_pylist()}
    assert not kept & {r["id"] for r in hidden}
    private = pq.read_table(folder / "private/provenance.parquet").to_pylist()
    facts = [fact for r in private for fact in r["evidence"] or ()]
    assert facts
    # neither evidence nor the names of targets of skills are in any byte of the release
    words = [b"~position.", b"~comparison.", b"~presence.", b"~mirror"]
    open_facts = {
        f for r in pq.read_table(folder / "release/provenance.parquet").to_pylist()
        for f in r["evidence"] or ()
    }  # fmt: skip
    words += [fact.encode() for fact in facts if fact not in open_facts]
    for file in (folder / "release").rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert not any(word in data for word in words), file


def test_editions_share_no_hidden_question_of_a_skill(together: Project) -> None:
    spring, autumn = (answers(together, name) for name in ("spring", "autumn"))
    both = {r["id"] for r in spring} & {r["id"] for r in autumn}
    assert not both
    for rows in (spring, autumn):
        assert {r["skill"] for r in rows} > {"recognition"}


def test_recognition_alone_gets_counterfactuals_and_positions_their_own(together: Project) -> None:
    rows = answers(together, "spring")
    altered = [r for r in rows if r["altered"]]
    assert {r["skill"] for r in altered} >= {"position"}
    assert not [r for r in altered if r["skill"] in ("presence", "comparison")]
    of_recognition = [r for r in altered if r["skill"] == "recognition"]
    originals = {r["pair"]: r for r in rows if not r["altered"]}
    for row in of_recognition:
        original = originals[row["pair"]]
        texts = [sorted(r["options"]["ABCDEFG".index(a)] for a in r["answer"].split(", "))
                 for r in (row, original)]  # fmt: skip
        assert texts[0] == texts[1], "a mirrored organ stays that organ"


def test_a_subset_by_skill_is_a_release_and_diff_reads_both(
    skilled: Project, tmp_path: Path
) -> None:
    release = skilled.folder / "output/twice/release"
    said = benchsmith(
        "subset", "skill=presence", "--from", "twice", "--to", str(tmp_path / "presence"),
        "--json", folder=skilled.folder,
    )  # fmt: skip
    kept = cases(tmp_path / "presence")
    every = {r["id"]: r for r in cases(release)}
    wanted = {id_ for id_, r in every.items() if r["skill"] == "presence"}
    assert json.loads(said)["questions"] == len(kept) == len(wanted)
    assert {r["id"] for r in kept} == wanted
    for row in kept:
        assert row["question"] == every[row["id"]]["question"]
        assert row["answer"] == every[row["id"]]["answer"]
    found = json.loads(benchsmith("diff", str(release), str(tmp_path / "presence"), "--json"))
    gone = {case["id"] for case in found["cases"] if case["what"] == ["removed"]}
    assert gone == set(every) - wanted and found["same"] == len(wanted)


def test_vlmevalkit_reads_no_pair_where_there_is_none(skilled: Project) -> None:
    for file in (skilled.folder / "output/twice/release/vlmevalkit").glob("*.tsv"):
        table = pd.read_csv(file, sep="\t", usecols=["id", "pair", "altered", "skill"], dtype=str)
        paired = table["skill"] == "position"
        assert paired.any() and table["pair"].isna().eq(~paired).all()
        both = table[paired].groupby("pair").agg({"id": "count", "altered": "count"})
        # a quadrant is asked about four pictures, of which one is unaltered
        assert set(both["id"]) == {2, 4} and (both["altered"] == both["id"] - 1).all()


def test_the_desk_shows_what_a_question_takes(skilled: Project, tmp_path: Path) -> None:
    cases = CaseStore(skilled.folder / "output", "twice").cases
    times = Counter(case.skill for case in cases)
    assert set(times) == {"recognition", "presence", "comparison", "position"}
    library = open_desks.read(skilled.folder, "twice")
    where = open_desks.ReviewScope(skilled.folder, skilled.folder / "output", "twice")
    round_ = open_desks.Round("desk", ItemSelection(unplaced=True), 3, 0)
    with ExitStack() as held, closing(ActionStore(tmp_path / "acts")) as store:
        desks, _ = open_desks.desks(
            where, library, store, annotators=["me"], votes_on=round_, subset="", held=held
        )
        (atlas,) = (desk for desk in desks if isinstance(desk, Atlas))
        page = atlas.page_data("me")
        below = atlas.ask("below", {"q": "", "axis": "skill"}, "me")["below"]
        shown = atlas.ask("sheet", {"q": "skill=position", "from": "0"}, "me")
    assert page["axes"][-1] == "skill"
    assert {term["id"]: term["questions"] for term in below} == times
    assert shown["counts"]["questions"] == times["position"]
    assert {case["view"] for case in shown["cases"]} == {"Position"}
