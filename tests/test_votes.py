"""Placing labels by vote: sheets handed out evenly, every vote kept, majorities signed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.documents import tsv, votes
from benchsmith.documents.problems import DocumentError
from benchsmith.documents.query import QueryError
from benchsmith.tagging import sheets
from benchsmith.tagging.hand_out import ItemSelection, hand_out
from tests import world
from tests.conftest import Project
from tests.vote_sheets import (
    BONE,
    LIVER,
    PEOPLE,
    fill,
    gather,
    hand,
    home,
    lexicon_of,
    right,
    votes_of,
)

__all__ = ["home"]


def test_a_sheet_shows_the_label_and_no_vote(home: Path) -> None:
    folder = hand(home)
    sheet = pd.read_csv(folder / "spring.ann.tsv", sep="\t", keep_default_na=False)
    assert tuple(sheet.columns) == sheets.COLUMNS
    rows = {row["label"]: row for row in sheet.to_dict("records")}
    every = [pd.read_csv(p, sep="\t") for p in folder.glob("spring.*.tsv")]
    assert sum(map(len, every)) == 3 * 7 and len(every) == 5
    for label, row in rows.items():
        assert (row["name"], row["modality"], row["task"], row["department"]) == (
            world.LABELS[label][1], "*", "", "",
        )  # fmt: skip
    shown = pd.concat(every).set_index("label")
    assert set(shown.loc["liver", "synonyms"]) == {"hepar"}
    assert set(shown.loc["liver", "parent"]) == {"abdominal organ"}
    choices = pd.read_csv(folder / sheets.CHOICES, sep="\t")
    assert set(choices[choices["axis"] == "task"]["id"]) == set(lexicon_of(home).tasks.terms)


def test_the_same_seed_gives_the_same_sheets(home: Path) -> None:
    first, again = hand(home), hand(home, people=",".join(reversed(PEOPLE)))
    assert first == again, "the sheets that are there are those that are handed out"
    other = home / "other"
    people = world.put(home / "people.txt", "# who votes\n" + "\n".join(PEOPLE))
    wanted = ItemSelection(labels="label=abdominal-organ/**|rib")
    list(hand_out(home, "spring", lexicon_of(home), wanted, annotators=str(people), each=3, seed=1, to=other))  # fmt: skip
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in other.iterdir()
    }


def test_a_filled_sheet_is_never_written_over(home: Path) -> None:
    folder = hand(home)
    fill(folder, right)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(DocumentError, match=r"spring\.ann\.tsv:1: already exists.*\n.*bob"):
        hand(home)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [
        ({"unplaced": True}, {"stomach", "abdominal-organ"}),
        ({"labels": "task=bone"}, {"rib", "vertebra"}),
        ({"labels": "label=bone/** task!=bone"}, {"bone"}),
        ({"source": "abdomen"}, {"kidney", "liver", "spleen", "stomach", "vertebra", "rib"}),
        ({"source": "cells"}, {"nucleus"}),
    ],
)
def test_what_is_put_to_the_vote(home: Path, wanted: dict[str, object], labels: set[str]) -> None:
    found = {label for label, _ in ItemSelection(**wanted).find(home, lexicon_of(home))}  # type: ignore[arg-type]
    assert found - {"bone", "count"} == labels - {"bone", "count"}
    assert ("bone" in found) == ("bone" in labels or "unplaced" in wanted)


def test_labels_can_be_asked_for_in_a_modality(home: Path) -> None:
    wanted = ItemSelection(labels="label=liver", modalities=["ct", "mri"])
    assert wanted.find(home, lexicon_of(home)) == [("liver", "ct"), ("liver", "mri")]


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        ({}, "give one of --labels"),
        ({"unplaced": True, "source": "cells"}, "give one of --labels"),
        ({"labels": "label=livver"}, "there is no label 'livver': did you mean liver"),
        ({"labels": "view=box"}, "not `axis=value`"),
        ({"labels": "granularity=box"}, "labels have no granularity"),
        ({"labels": "label=liver", "modalities": ["cta"]}, "unknown modality 'cta'"),
        ({"source": "cell"}, "did you mean cells"),
        ({"ties": True, "modalities": ["ct"]}, "--ties and --modality exclude"),
    ],
)
def test_what_cannot_be_put_to_the_vote(home: Path, wanted: dict[str, object], what: str) -> None:
    with pytest.raises((DocumentError, QueryError), match=what):
        ItemSelection(**wanted).find(home, lexicon_of(home))  # type: ignore[arg-type]


def test_unknown_and_too_few_annotators_are_named(home: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        hand(home, people="ann,bobb,ann")
    assert "unknown annotator 'bobb'; did you mean bob?" in str(caught.value)
    assert "'ann' is listed twice" in str(caught.value)
    with pytest.raises(DocumentError, match="needs 3 annotators who have not voted on it"):
        hand(home, people="ann,bob")
    (home / "people.txt").write_bytes(b"ann\nb\xf6b\n")
    with pytest.raises(DocumentError, match=r"people\.txt:1: is not UTF-8"):
        hand(home, people=str(home / "people.txt"))
    assert not (home / "sheets-spring").exists()


def test_a_votes_file_is_checked_line_by_line(home: Path) -> None:
    world.table(
        votes.path_of(home, "spring"),
        "label;modality;annotator;task;department;time",
        [
            "liver;*;ann;bone;;2026-03-20",
            "liver;*;ann;bone;;2026-03-20",
            "livver;*;anna;bon;;2026-3-20",
            "rib;xray;bob;;;2026-03-20",
        ],
    )
    with pytest.raises(DocumentError) as caught:
        votes_of(home)
    at = "lexicon/votes/spring.tsv:"
    for line in (
        f"{at}3: ann already votes on 'liver' at {at}2",
        f"{at}4: unknown label 'livver'; did you mean liver",
        f"{at}4: unknown annotator 'anna'; did you mean ann",
        f"{at}4: unknown task 'bon'; did you mean bone",
        f"{at}4: '2026-3-20' is not a date",
        f"{at}5: unknown modality 'xray'",
        f"{at}5: has no vote",
    ):
        assert line in str(caught.value)


def test_an_afternoon_at_the_command_line(home: Path) -> None:
    """Sheets out, votes in, placements signed; the project is sound at every step."""
    project = Project(home)
    said = project.run("tag", "assign", "spring", "--annotators", "ann,bob,cid", "--unplaced",
                       "--to", "sheets")  # fmt: skip
    assert "ann: 4 rows" in said
    fill(home / "sheets", lambda _, label: LIVER if label == "stomach" else BONE)
    assert "votes without a date" in project.run(
        "tag", "collect", "spring", "--from", "sheets", code=2
    )
    said = project.run("tag", "collect", "spring", "--from", "sheets", "--date", "2026-03-20")
    assert "12 votes in lexicon/votes/spring.tsv" in said
    assert "no problem" in project.run("check")
    said = project.run("tag", "agree", "spring", "--write")
    assert "4 rows of lexicon/placements.tsv are new or changed" in said
    assert "no problem" in project.run("check")
    assert "did you mean spring" in project.run("tag", "agree", "sprong", code=2)
    assert "add --write" in project.run("tag", "agree", "spring", "--replace", code=2)
    assert "not a valid name of a round" in project.run("tag", "agree", "../x", code=2)
    path = home / "lexicon/votes/spring.tsv"
    path.write_text(path.read_text().replace("stomach", "stomack", 1))
    assert "spring.tsv:11: unknown label 'stomack'" in project.run("check", code=2)


@settings(deadline=None)
@given(st.data())
def test_no_vote_is_lost_between_the_sheets_and_the_table(data: st.DataObject) -> None:
    """Every vote that is filled in, in any number of rounds, is in the table at the end."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        world.documents(home)
        lex = home / "lexicon"
        world.table(lex / "curators.tsv", "id;name;role", ["me;M;t", "ann;A;t", "bob;B;t", "cid;C;t"])  # fmt: skip
        labels = data.draw(st.sets(st.sampled_from(sorted(world.LABELS)), min_size=1, max_size=6))
        choice = st.sampled_from(["", *lexicon_of(home).tasks.terms])
        said: dict[tuple[str, str], str] = {}
        sheet = hand(home, people="ann,bob,cid", labels="label=" + "|".join(sorted(labels)))

        def says(person: str, label: str) -> tuple[str, str]:
            before = said.get((person, label), "")
            said[person, label] = before or data.draw(choice)
            return said[person, label], ""

        for _ in range(data.draw(st.integers(1, 3))):
            fill(sheet, says)
            gather(home, sheet)
        found = {(v.annotator, v.label): v.task for v in votes_of(home)}
        assert found == {key: task for key, task in said.items() if task}
        if found:
            assert tsv.read(votes.path_of(home, "spring"), votes.COLUMNS)
