"""The desks in a real browser: people vote, judge and sign, and a build obeys."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from benchsmith.documents import reviews
from benchsmith.documents.signed_stems import ACCEPTED_COLUMNS, ACCEPTED_FILE
from benchsmith.documents.votes import COLUMNS
from tests.conftest import Project
from tests.desk import Sit, copied, desk, quiet, sit, until, with_people
from tests.light_builds import exporting
from tests.review_desk_helpers import ORGANS, Start, choose, drafted, rows
from tests.unaudited import unaudited

__all__ = ["desk", "sit"]

ITEMS = ("spleen @ *", "stomach @ *")


def queues_of(queues: dict[str, list[str]], item: str) -> list[str]:
    """Return whom an item was given to."""
    return [who for who, queue in queues.items() if item in queue]


def test_three_vote_at_once_a_fourth_breaks_a_tie_and_a_build_uses_the_placements(
    project: Project, desk: Start, sit: Sit
) -> None:
    with_people(project.folder)
    placements = project.folder / "lexicon/placements.tsv"
    kept = [line for line in placements.read_text().splitlines(keepends=True)
            if not line.startswith(("spleen\t", "stomach\t"))]  # fmt: skip
    placements.write_text("".join(kept))
    at = desk(project, "--annotators", "ann,bob,eve,zoe", "--curator", "me",
              "--round", "spring", "--labels", "label=spleen|stomach")  # fmt: skip
    sat = {who: sit(at, who, "tags") for who in ("ann", "bob", "eve", "zoe")}
    queues = {who: at.as_(who).page("tags")["queue"] for who in sat}
    assert Counter(item for queue in queues.values() for item in queue) == dict.fromkeys(ITEMS, 3)  # fmt: skip
    fresh = {item: at.as_(queues_of(queues, item)[-1]).show("tags", item) for item in ITEMS}
    # everybody has the page open before anybody votes; on the spleen each says something else
    says = dict(zip((w for w in sat if "spleen @ *" in queues[w]),
                    ("gastroenterology", "pathology", "dermatology"), strict=True))  # fmt: skip
    for _ in range(2):
        for who, visit in sat.items():
            if visit.page.query_selector(".empty"):
                continue
            shown = visit.text("main h1")
            assert shown in ("spleen", "stomach")
            choose(visit, ORGANS[0], says[who] if shown == "spleen" else ORGANS[1])
            last = queues_of(queues, f"{shown} @ *")[-1]
            if who != last:
                item = at.as_(last).show("tags", f"{shown} @ *")
                assert item == fresh[f"{shown} @ *"], "what others voted is not shown"
            until(visit, "shown => document.querySelector('main h1').innerText !== shown", arg=shown)  # fmt: skip
    (fourth,) = set(sat) - set(says)
    assert at.as_(fourth).page("tags")["queue"] == ["spleen @ *"], (
        "the tie goes to who has not voted"
    )
    assert not any(at.as_(who).page("tags")["queue"] for who in says)
    sat[fourth].page.reload()
    choose(sat[fourth], *ORGANS)
    sat[fourth].page.wait_for_selector(".empty")
    curator = sit(at, "me", "results")
    assert "labels decided\t2" in curator.page.inner_text("[aria-label=Tags] table")
    curator.page.click("#write-tags")
    curator.page.wait_for_selector("#said-tags:not([hidden])")
    first = rows(project.folder / "lexicon/votes/spring.tsv", COLUMNS)
    ties = rows(project.folder / "lexicon/votes/spring-ties.tsv", COLUMNS)
    assert (len(first), [(v["label"], v["annotator"]) for v in ties]) == (6, [("spleen", fourth)])
    placed = {line.split("\t")[0]: line.rstrip("\n").split("\t") for line in placements.open()}
    assert placed["spleen"][2:4] == placed["stomach"][2:4] == list(ORGANS)
    assert fourth in placed["spleen"][4].split(" | ")
    for visit in [*sat.values(), curator]:
        quiet(visit)
    said = project.run("tag", "agree", "spring")
    assert "spring: 7 votes, 1 of them on ties" in said, "the command reads the desk's votes"
    with unaudited():
        exporting(project).run("build", "small", "--workers", "1")
    files = sorted((project.release / "data").glob("*.parquet"))
    labels = {
        label for f in files for label in pq.read_table(f, columns=["label"])["label"].to_pylist()
    }
    assert {"spleen", "stomach"} <= labels


def test_a_dropped_case_has_its_replacement_in_the_next_build(
    built: Project, tmp_path: Path, desk: Start, sit: Sit
) -> None:
    project = copied(built, tmp_path / "project")
    left = (project.folder / "output/small/left_out.tsv").read_text().splitlines()
    spare = {
        line.split("\t")[3].partition("@")[0] for line in left if "\tover-patient-share\t" in line
    }
    at = desk(project, "small", "--curator", "me", "--subset", "granularity=mask")
    visit = sit(at, "me", "cases")
    questions = targets_of(project)
    dropped, kept = "", 0
    for _ in range(12):
        case = visit.page.evaluate("queue.item.id")
        assert "#" not in visit.page.content().partition("<main")[2], "no name of a target is sent"
        assert visit.page.evaluate("queue.item.answer") is None, "no key before the answer"
        visit.page.keyboard.press("1")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector("#keep")
        target = questions[case]
        if target.partition("@")[0] in spare:
            visit.page.keyboard.press("2")
            visit.page.fill("#note", '<b>left</b>\tis "right"')
            visit.page.click("#drop")
            dropped = target
            break
        visit.page.keyboard.press("k")
        kept += 1
        until(visit, "case_ => queue.item?.id !== case_", arg=case)
    assert dropped, "the world has a target with a spare"
    until(visit, "case_ => queue.item?.id !== case_", arg=case)
    visit.page.goto(f"{at.base}/results")
    visit.page.click("#write-cases")
    visit.page.wait_for_selector("#said-cases:not([hidden])")
    quiet(visit)
    written = reviews.read(reviews.path_of(project.folder, "small"), {"me"})
    (row,) = (r for r in written if r.decision == "drop")
    assert (row.target, row.reason, row.who) == (dropped, "wrong-key", "me")
    assert row.note == '<b>left</b> is "right"', "a table's cell holds one line"
    before = set(questions.values())
    with unaudited():
        exporting(project, "validity").run("build", "small", "--workers", "1")
    after = set(targets_of(project).values())
    assert dropped in before - after
    name = dropped.partition("@")[0]
    assert {t for t in after - before if t.partition("@")[0] == name}, (
        "the next one takes its place"
    )
    told = (project.folder / "output/small/left_out.tsv").read_text()
    assert f"\tselect\treview-dropped\t{dropped}\tdropped by 1 of 1: 1 wrong-key\t" in told
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert "review-dropped" in json.dumps(manifest)
    said = project.run("review", "small", "--results")
    assert "1 x the key is wrong" in said
    assert "not counted, because the question was removed or changed: 1" in said
    told_of = json.loads((project.release / "validity.json").read_text())["validation"]["review"]
    assert [told_of[n] for n in ("decisions", "dropped", "missed", "filled", "earlier")] == [1 + kept, 1, 1, 1, 1]  # fmt: skip


def targets_of(project: Project) -> dict[str, str]:
    """Return the target of each published case."""
    latest = json.loads((project.folder / "output/small/latest.json").read_text())
    stages = project.folder / "output/small/stages"
    cases: dict[str, str] = {}
    for name in latest["render"].values():
        table = pq.read_table(stages / "render" / name / "rows.parquet", columns=["id", "question"])
        cases |= {r["id"]: r["question"].rpartition(":")[0] for r in table.to_pylist()}
    return cases


def test_a_stem_is_checked_while_it_is_edited_and_signed(
    project: Project, desk: Start, sit: Sit
) -> None:
    with_people(project.folder)
    drafted(project.folder)
    at = desk(project, "--curator", "me", "--annotators", "ann,me", "--each", "2")
    visit = sit(at, "ann", "questions")
    assert visit.text("#faults") == "follows all rules"
    visit.page.fill("#stem", "Which bone does this <modality> view show, a rib?")
    visit.page.wait_for_selector("#faults .fault")
    assert "names the label 'rib'" in visit.text("#faults")
    assert visit.page.is_disabled("#accept")
    edited = "Which bone lies within the box that was laid on this <modality> view?"
    visit.page.fill("#stem", edited)
    visit.page.wait_for_selector("#faults .fine")
    visit.page.focus("#stem")
    visit.page.keyboard.press("Enter")
    until(visit, "document.querySelector('#stem').value.startsWith('Looking')")
    visit.page.check("input[name=why][value=unclear]", force=True)
    visit.page.click("#reject")
    visit.page.wait_for_selector(".empty")
    assert "is written to question_pools/tasks/bone.yaml" in project.run("review", "--write", "--curator", "me", "--each", "2")  # fmt: skip
    assert edited in (project.folder / "question_pools/tasks/bone.yaml").read_text()
    (signed,) = rows(project.folder / ACCEPTED_FILE, ACCEPTED_COLUMNS)
    assert (signed["stem"], signed["signed_by"], signed["model"]) == (edited, "ann", "some-model")
    assert "\tann\t" in (project.folder / "question_pools/rejected.tsv").read_text()
    before = (project.folder / "question_pools/tasks/bone.yaml").read_bytes()
    project.run("review", "--write", "--curator", "me", "--each", "2")
    assert (project.folder / "question_pools/tasks/bone.yaml").read_bytes() == before, "once"
    project.run("check")
    quiet(visit)


def test_a_word_is_mapped_and_signed(project: Project, desk: Start, sit: Sit) -> None:
    with_people(project.folder)
    mapping = project.folder / "lexicon/mappings/abdomen.tsv"
    with mapping.open("a") as file:
        file.write(
            "livr\texact\t\t\tdraft\nscanner bed\texact\t\t\tdraft\nL. kidny\texact\t\t\tdraft\n"
        )
    at = desk(project, "--curator", "me", "--annotators", "ann,me", "--each", "2")
    visit = sit(at, "ann", "mappings")
    for word, label in (("L. kidny", "kidney"), ("livr", "liver")):
        assert visit.text("main h1") == word
        visit.page.keyboard.press("f")
        visit.page.fill("#find", label[:4])
        until(visit, "label => document.querySelector('#labels [data-label]')?.dataset.label === label", arg=label)  # fmt: skip
        visit.page.click(f"[data-label={label}]")
        visit.page.click("#sign")
        until(visit, "word => document.querySelector('main h1').innerText !== word", arg=word)
    visit.page.keyboard.press("x")
    assert visit.page.is_disabled("#sign"), "a drop says why"
    visit.page.fill("#why", "a thing of the room")
    visit.page.click("#sign")
    visit.page.wait_for_selector(".empty")
    visit.page.keyboard.press("z")
    visit.page.wait_for_selector("#why")
    assert visit.text("main h1") == "scanner bed", "the last one is taken back"
    project.run("review", "--write", "--curator", "me", "--each", "2")
    lines = mapping.read_text().splitlines()
    assert "livr\texact\tliver\tann\t" in lines
    assert "L. kidny\texact\tkidney\tann\t" in lines
    assert "scanner bed\texact\t\t\tdraft" in lines, "what was taken back stays unsigned"
    assert "T12\texact\tvertebra\tme\t" in lines, "what was signed stays"
    quiet(visit)
