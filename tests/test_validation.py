"""Human validation in the report, compared with counts made by hand from the documents."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import krippendorff
import pyarrow.parquet as pq
import pytest

from benchsmith.documents import lexicon, reviews, votes
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.reviews import Review
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.case_places import places
from tests.conftest import Project
from tests.desk import copied
from tests.hidden_releases import secret

__all__ = ["secret"]
PEOPLE = ("ann", "bob", "eve")
WHEN = "2026-01-31T09:00:00Z"
BONE, ORGAN = "bone", "organ-recognition-abdomen"
CAME = ("right", "right", "wrong", "unsure")


def fleiss_kappa(counts: list[list[int]]) -> float:
    """Return Fleiss' kappa of items that three people each spoke of, as his paper writes it out."""
    items, raters = len(counts), 3
    agree = sum(sum(n * (n - 1) for n in row) / (raters * (raters - 1)) for row in counts) / items
    shares = [sum(row[k] for row in counts) / (items * raters) for k in range(len(counts[0]))]
    chance = sum(share**2 for share in shares)
    return (agree - chance) / (1 - chance)


class Tables(HTMLParser):
    """The rows of a page's tables, by the table's id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._table = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a table, a row, a cell."""
        if tag == "table":
            self._table = dict(attrs).get("id") or ""
            self.rows.setdefault(self._table, [])
        elif tag == "tr":
            self.rows[self._table].append([])
        elif tag in ("td", "th"):
            self.rows[self._table][-1].append("")

    def handle_data(self, data: str) -> None:
        """Note a cell's text."""
        if self._table and self.rows[self._table] and self.rows[self._table][-1]:
            self.rows[self._table][-1][-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave a table."""
        if tag == "table":
            self._table = ""


def shelf_of(project: Project) -> CaseStore:
    return CaseStore(project.folder / "output", "small")


def decide(project: Project, cases: list[Case], drops: Callable[[int, str], bool]) -> list[Review]:
    """Let three people answer and decide; of what is dropped each gives a reason."""
    case_store, words = shelf_of(project), lexicon_of(project)
    seen = {question: place.seen for question, place in places(case_store, words).items()}
    rows = [
        Review(c.target, c.question, "drop" if (gone := drops(n, who)) else "keep",
               "wrong-key" if gone else "", CAME[(n + p) % 4], who, WHEN, seen[c.question], "")
        for n, c in enumerate(cases) for p, who in enumerate(PEOPLE)
    ]  # fmt: skip
    reviews.write(reviews.path_of(project.folder, "small"), rows)
    return rows


def lexicon_of(project: Project) -> Lexicon:
    return lexicon.read(project.folder / "lexicon")


def vote(project: Project, labels: list[str]) -> list[votes.Vote]:
    """Let three people vote on labels: two always agree, of every third label one says bone too."""
    rows = [
        votes.Vote(label, "*", who, BONE if n % 4 == 1 or (n % 3 == 0 and who == "eve") else ORGAN,
                   "pathology", "2026-03-01", "")
        for n, label in enumerate(labels) for who in PEOPLE
    ]  # fmt: skip
    votes.write(votes.path_of(project.folder, "spring"), rows)
    return rows


def told(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.release / "validity.json").read_text())[
        "validation"
    ]
    return found


def page(project: Project) -> str:
    return (project.release / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def reviewed(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Review], list[votes.Vote]]:  # fmt: skip
    """Return a project whose second build follows 40 cases' reviews and votes on labels."""
    project = copied(built, tmp_path_factory.mktemp("validated") / "project")
    case_store = shelf_of(project)
    rows = decide(project, case_store.one_each[:40], lambda n, who: n in (3, 17) or (n == 5 and who == "bob"))  # fmt: skip
    voted = vote(project, ["gallbladder", *sorted({c.label for c in case_store.cases})])
    project.run("build", "small", "--workers", "1")
    return project, rows, voted


def test_nobody_s_part_is_reported_in_one_line(built: Project) -> None:
    text = page(built)
    assert (
        "No case of this benchmark has been reviewed, and there are no votes on its labels yet."
        in text
    )
    assert told(built) == {"review": None, "rounds": [], "keys": None}
    assert not {"human-accuracy", "agreement", "weights"} & Tables(text).rows.keys()


def test_the_counts_of_decisions_are_the_table_s(
    reviewed: tuple[Project, list[Review], list[votes.Vote]],
) -> None:
    project, rows, _ = reviewed
    found = told(project)["review"]
    gone = {r.target for r in rows if r.target in reviews.dropped(rows)}
    assert len(gone) == 2
    there = {c.target for c in shelf_of(project).cases}
    assert not there & gone
    assert (found["decisions"], found["dropped"]) == (120, 2)
    assert found["reasons"] == [["wrong-key", 7]]
    assert found["targets"] == len(there & {r.target for r in rows})
    elsewhere = [r for r in rows if r.target not in there | gone]
    assert found["elsewhere"] == len(elsewhere)
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert found["missed"] == manifest["rejected"]["select"]["review-dropped"] == 2
    text = page(project)
    assert "3 people made 120 decisions" in text
    assert Tables(text).rows["dropped"][1] == ["the key is wrongwrong-key", "7"]


def test_people_are_right_as_often_as_the_answers_say(
    reviewed: tuple[Project, list[Review], list[votes.Vote]],
) -> None:
    """Of the questions as the release has them, by its own rows."""
    project, rows, _ = reviewed
    seen = {q: p.seen for q, p in places(shelf_of(project), lexicon_of(project)).items()}
    now = [r for r in rows if seen.get(r.question) == r.seen]
    assert 60 < len(now) < len(rows)
    found = told(project)["review"]
    assert found["earlier"] == len(rows) - len(now)
    (whole,) = (a for a in found["accuracy"] if a["of"] == "all")
    right = sum(r.answered == "right" for r in now)
    assert (whole["answers"], whole["right"]) == (len(now), pytest.approx(right / len(now), abs=1e-6))  # fmt: skip
    assert whole["low"] < whole["right"] < whole["high"]
    files = sorted((project.release / "data").glob("*.parquet"))
    released = {r["id"]: r for f in files for r in pq.read_table(f, columns=["id", "task", "group"]).to_pylist()}  # fmt: skip
    ids = {c.question: c.id for c in shelf_of(project).cases}
    by_task = Counter(released[ids[r.question]]["task"] for r in now)
    tasks = {a["name"]: a for a in found["accuracy"] if a["of"] == "task"}
    assert {name: a["answers"] for name, a in tasks.items()} == by_task
    for name, a in tasks.items():
        groups = {released[ids[r.question]]["group"] for r in now if released[ids[r.question]]["task"] == name}  # fmt: skip
        assert a["patients"] == len(groups)
    shown = Tables(page(project)).rows["human-accuracy"]
    assert [row[0] for row in shown[1:]] == [a["name"] for a in found["accuracy"]]
    assert shown[1][1].startswith(f"{100 * right / len(now):.1f} %")


def test_the_card_has_the_baseline_of_people(
    built: Project, reviewed: tuple[Project, list[Review], list[votes.Vote]]
) -> None:
    assert "there is no human baseline" in (built.release / "README.md").read_text()
    project, _, _ = reviewed
    text = (project.release / "README.md").read_text()
    found = told(project)["review"]
    assert f"3 people reviewed {found['targets']} of the" in text and "dropped 2" in text
    rows = dict(re.findall(r"^\| ([^|]+) \| ([\d.]+) \([\d. to]+\) \| \d+ \|$", text, re.MULTILINE))
    expected = {a["name"]: f"{100 * a['right']:.1f}" for a in found["accuracy"] if a["of"] != "person"}  # fmt: skip
    assert rows == expected and len(rows) > 1


def test_agreement_is_what_other_programs_say(
    reviewed: tuple[Project, list[Review], list[votes.Vote]],
) -> None:
    project, rows, voted = reviewed
    by_question: dict[str, Counter[str]] = {}
    for r in rows:
        by_question.setdefault(r.question, Counter())[r.decision] += 1
    there = {c.target for c in shelf_of(project).cases} | set(reviews.dropped(rows))
    counts = [[c["keep"], c["drop"]] for q, c in by_question.items() if q.rpartition(":")[0] in there]  # fmt: skip
    found = told(project)["review"]["agreement"]
    assert (found["items"], found["votes"]) == (len(counts), 3 * len(counts))
    assert found["kappa"]["value"] == pytest.approx(fleiss_kappa(counts), abs=1e-6)
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found["alpha"]["value"] == pytest.approx(alpha, abs=1e-6)
    (spring,) = told(project)["rounds"]
    # of the gallbladder no source says anything: votes on it are not of this release
    own = [v for v in voted if v.label != "gallbladder"]
    assert spring["labels"] == len({v.label for v in own}) == len({v.label for v in voted}) - 1
    labels = sorted({v.label for v in own})
    votes_of = [Counter(v.task for v in own if v.label == label) for label in labels]
    task = next(a for a in spring["agreement"] if a["name"] == "task")
    wanted = fleiss_kappa([[c[BONE], c[ORGAN]] for c in votes_of])
    assert task["kappa"]["value"] == pytest.approx(wanted, abs=1e-6)
    department = next(a for a in spring["agreement"] if a["name"] == "department")
    assert (department["raw"], department["alpha"]["value"]) == (1, None), "all said the same"
    # where two of three always agree, they are right, and the third as often as with them
    with_them = sum(len(c) == 1 for c in votes_of) / len(votes_of)
    weights = sorted(dict(p["weights"])["task"] for p in spring["people"])
    assert weights == pytest.approx([with_them, 1, 1], abs=1e-4) and with_them < 0.9


def test_nobody_is_named_and_nothing_else_is_written(
    reviewed: tuple[Project, list[Review], list[votes.Vote]],
) -> None:
    project, rows, _ = reviewed
    names = re.compile(r"\b(ann|bob|eve)\b", re.IGNORECASE)
    targets = {r.target for r in rows}
    for path in ("report.html", "validity.json", "manifest.json", "README.md"):
        if (place := project.release / path).is_file():
            text = place.read_text("utf-8")
            assert not names.search(text), path
            assert not any(target in text for target in targets), path
    people = [p["name"] for p in told(project)["review"]["people"]]
    assert people == ["person 1", "person 2", "person 3"]


def test_the_order_of_rows_and_the_time_change_no_byte(
    reviewed: tuple[Project, list[Review], list[votes.Vote]], tmp_path: Path
) -> None:
    project, *_ = reviewed
    other = copied(project, tmp_path / "project")
    path = reviews.path_of(other.folder, "small")
    header, *lines = path.read_text().splitlines()
    later = [line.replace(WHEN, "2027-02-28T10:00:00Z") for line in reversed(lines)]
    path.write_text("\n".join([header, *later]) + "\n")
    assert "nothing to do" in other.run("build", "small", "--workers", "1")
    for stage in ("select", "export"):
        shutil.rmtree(other.folder / "output/small/stages" / stage)
    other.run("build", "small", "--workers", "2")
    assert other.bytes_of_release() == project.bytes_of_release()


def test_a_hidden_split_s_people_are_counted_and_its_keys_are_not_shown(
    secret: Project, tmp_path: Path
) -> None:
    """The desk shows hidden cases as they are published, and the baseline is of them too."""
    project = secret.copy(tmp_path / "project")
    rows = "".join(f"{who}\t{who}\ttest\n" for who in PEOPLE)
    with (project.folder / "lexicon/curators.tsv").open("a") as file:
        file.write(rows)
    case_store = shelf_of(project)
    test = [c for c in case_store.one_each if c.split == "test"]
    assert len(test) > 20 and not case_store.withheld
    files = sorted((project.release / "data").glob("*.parquet"))
    released = {r["id"]: r for f in files for r in pq.read_table(f, columns=["id", "options", "image"]).to_pylist()}  # fmt: skip
    for case in test[:10]:
        assert list(case.options) == released[case.id]["options"]
        assert case_store.png(case) == released[case.id]["image"]["bytes"]
    decided = decide(project, test[:20], lambda n, who: False)
    project.run("build", "small", "--workers", "1")
    (whole,) = (a for a in told(project)["review"]["accuracy"] if a["of"] == "all")
    assert whole["answers"] == len(decided) == 60
    assert whole["right"] == sum(r.answered == "right" for r in decided) / 60
