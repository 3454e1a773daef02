"""A project with people and labels to vote on, and sheets that are handed out, filled and gathered."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents import votes
from benchsmith.documents.lexicon import Lexicon
from benchsmith.tagging.collect_votes import collect
from benchsmith.tagging.hand_out import ItemSelection, hand_out
from benchsmith.tagging.round_report import report
from tests import world

PEOPLE = ["ann", "bob", "cid", "dot", "eve"]
ANNOTATORS = st.sets(st.sampled_from("abcdefghij"), min_size=3, max_size=10)
ITEMS = st.sets(
    st.tuples(st.text("xyz", min_size=1, max_size=4), st.sampled_from(["*", "ct"])), max_size=60
)
BONE, LIVER = ("bone", "orthopedic-surgery"), ("organ-recognition-abdomen", "gastroenterology")


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
