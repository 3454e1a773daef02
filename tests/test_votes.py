"""Placing labels by vote: sheets handed out evenly, every vote kept, majorities signed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents import tsv, votes
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError
from benchsmith.documents.query import QueryError
from benchsmith.tagging import majority, sheets
from benchsmith.tagging.assign_voters import Item, Need, assign
from benchsmith.tagging.collect_votes import collect
from benchsmith.tagging.hand_out import ItemSelection, hand_out
from benchsmith.tagging.round_report import report
from tests import world
from tests.conftest import Project

PEOPLE = ["ann", "bob", "cid", "dot", "eve"]
ANNOTATORS = st.sets(st.sampled_from("abcdefghij"), min_size=3, max_size=10)
ITEMS = st.sets(
    st.tuples(st.text("xyz", min_size=1, max_size=4), st.sampled_from(["*", "ct"])), max_size=60
)
BONE, LIVER = ("bone", "orthopedic-surgery"), ("organ-recognition-abdomen", "gastroenterology")


def drawn(
    items: set[Item], annotators: set[str], seed: int, each: int = 3
) -> dict[Item, tuple[str, ...]]:
    return assign([Need(item, each) for item in items], annotators, seed, "spring")


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.integers(1, 3))
def test_everything_goes_to_different_people_evenly(
    items: set[Item], annotators: set[str], seed: int, each: int
) -> None:
    assigned = drawn(items, annotators, seed, each)
    assert set(assigned) == items
    assert all(len(people) == len(set(people)) == each for people in assigned.values())
    loads = Counter(dict.fromkeys(annotators, 0))
    loads.update(person for people in assigned.values() for person in people)
    assert set(loads) == annotators
    assert max(loads.values()) - min(loads.values()) <= 1


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.data())
def test_the_input_s_order_is_all_the_same(
    items: set[Item], annotators: set[str], seed: int, data: st.DataObject
) -> None:
    needs = [Need(item, 3) for item in sorted(items)]
    people = data.draw(st.permutations(sorted(annotators)))
    shuffled = data.draw(st.permutations(needs))
    assert assign(shuffled, people, seed) == assign(needs, annotators, seed)


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.data())
def test_nobody_is_asked_who_is_barred(
    items: set[Item], annotators: set[str], seed: int, data: st.DataObject
) -> None:
    some = st.sets(st.sampled_from(sorted(annotators)), max_size=len(annotators) - 1)
    needs = [Need(item, 1, frozenset(data.draw(some))) for item in sorted(items)]
    for need, people in zip(needs, assign(needs, annotators, seed).values(), strict=True):
        assert len(people) == 1 and not set(people) & need.excluded


def test_a_newcomer_moves_few_others() -> None:
    """Of 3 x 400 seats, one more label moves hardly any, one more person hardly more than theirs."""
    items = {(f"label-{i}", "*") for i in range(400)}
    people = set(PEOPLE)
    before = drawn(items, people, 7)

    def moved(after: dict[Item, tuple[str, ...]]) -> int:
        return sum(len(set(before[item]) - set(after[item])) for item in items)

    assert moved(drawn(items | {("another", "*")}, people, 7)) <= 12
    joined = drawn(items, people | {"zoe"}, 7)
    assert moved(joined) <= 1.3 * sum("zoe" in after for after in joined.values())


def test_too_few_people_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs 3 annotators, but only 2 are available"):
        drawn({("a", "*")}, {"x", "y"}, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a project's documents with five annotators, and `stomach` without a place."""
    folder = tmp_path / "project"
    world.documents(folder)
    world.table(
        folder / "lexicon/curators.tsv",
        "id;name;role",
        ["me;A Curator;test", *(f"{p};{p.title()};annotator" for p in PEOPLE)],
    )
    places = folder / "lexicon/placements.tsv"
    kept = [line for line in places.read_text().splitlines() if not line.startswith("stomach")]
    world.put(places, "\n".join(kept) + "\n")
    return folder


def lexicon_of(home: Path) -> Lexicon:
    found = lexicons.read(home / "lexicon")
    return found


def hand(
    home: Path, name: str = "spring", *, people: str = ",".join(PEOPLE), **wanted: object
) -> Path:
    wanted = wanted or {"labels": "label=abdominal-organ/**|rib"}
    folder = home / f"sheets-{name}"
    list(
        hand_out(home, name, lexicon_of(home), ItemSelection(**wanted), annotators=people, each=3, seed=1,
                 to=folder)  # type: ignore[arg-type]
    )  # fmt: skip
    return folder


Says = Callable[[str, str], tuple[str, str]]


def fill(folder: Path, says: Says, *, encoding: str = "utf-8", end: str = "\n") -> None:
    """Fill every sheet in as a spreadsheet would save it: quoted cells, its own line ends."""
    for path in sorted(folder.glob("*.*.tsv")):
        rows = list(csv.reader(path.read_text("utf-8").splitlines(), delimiter="\t"))
        for row in rows[1:]:
            row[6:8] = says(path.name.split(".")[1], row[0])
        text = io.StringIO()
        csv.writer(text, "excel-tab", quoting=csv.QUOTE_ALL, lineterminator=end).writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))


def gather(home: Path, folder: Path, name: str = "spring", **more: object) -> str:
    more = {"date": "2026-03-20"} | more
    return "\n".join(collect(home, name, folder, lexicon_of(home), **more))  # type: ignore[arg-type]


def told(home: Path, name: str = "spring", **more: object) -> str:
    return "\n".join(report(home, name, lexicon_of(home), each=3, **more))  # type: ignore[arg-type]


def votes_of(home: Path, name: str = "spring") -> list[votes.Vote]:
    found = votes.read(votes.path_of(home, name), lexicon_of(home))
    return found


def right(_: str, label: str) -> tuple[str, str]:
    return BONE if label == "rib" else LIVER


def test_a_sheet_tells_the_label_and_no_vote(home: Path) -> None:
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
    assert said.count("`--replace` keeps the later one") == len(changed) > 0
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


def test_a_remark_is_said_and_not_lost(home: Path) -> None:
    folder = home / "sheets"
    rows = ["liver;*;bone;;2026-03-20;why not skin?"]
    world.table(folder / "spring.ann.tsv", "label;modality;task;department;time;note", rows)
    assert "sheets/spring.ann.tsv:2: liver: why not skin?" in gather(home, folder)


def cast(home: Path, *rows: str, name: str = "spring") -> None:
    """Write votes: `label person task department`, a dash for none."""
    lines = []
    for row in rows:
        label, person, task, department = row.replace("-", "").split()
        tasks = {"b": BONE[0], "o": LIVER[0], "c": "counting"}
        departments = {"o": BONE[1], "g": LIVER[1], "d": "dermatology"}
        lines.append(
            f"{label};*;{person};{tasks.get(task[:1], '')};"
            f"{departments.get(department[:1], '')};2026-03-20"
        )
    world.table(
        votes.path_of(home, name), "label;modality;annotator;task;department;time", sorted(lines)
    )


UNANIMOUS = [f"stomach {p} o g" for p in ("ann", "bob", "cid")]
SPLIT = ["rib ann b o", "rib bob o g", "rib cid c d"]


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


def test_agreement_is_told_for_each_axis(home: Path) -> None:
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


def test_a_signed_placement_is_replaced_only_when_told(home: Path) -> None:
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


def test_when_everybody_has_voted_on_a_tie_it_is_said(home: Path) -> None:
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
    """Whatever is filled in, in however many goes, stands in the table at the end."""
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
