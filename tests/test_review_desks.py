"""The desks in a real browser: people vote, judge and sign, and a build obeys."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.documents import reviews
from benchsmith.documents.problems import Problems
from benchsmith.documents.signed_stems import ACCEPTED_COLUMNS, ACCEPTED_FILE
from benchsmith.documents.tsv import collect
from benchsmith.documents.votes import COLUMNS
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import NewDraft
from tests.browser import DESK, PHONE, Visit, faults
from tests.conftest import Project
from tests.desk import Cutting, Desk, Sit, copied, desk, quiet, sit, until, with_people

__all__ = ["desk", "sit"]
Start = Callable[..., Desk]
TABLET = (820, 1180)
ORGANS = ("organ-recognition-abdomen", "gastroenterology")


@pytest.fixture(scope="module")
def open_desk(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk of the small benchmark, for tests that leave its documents alone."""
    project = copied(built, tmp_path_factory.mktemp("review") / "project")
    with (project.folder / "lexicon/mappings/abdomen.tsv").open("a") as file:
        file.write("livr\texact\tliver\t\tdraft\n")
    drafted(project.folder)
    started = Desk(project, "small", "--curator", "me", "--labels", "label=kidney|liver").start()
    yield started
    started.stop()


def drafted(folder: Path) -> None:
    """Write two drafts of stems, as `draft questions` does."""
    stems = ["What osseous thing, a bone perhaps, does the box of this <modality> view surround?",
             "Looking at the box on the <modality> scan: whichever bone is that one?"]  # fmt: skip
    drafts = [NewDraft(f"d{n}", "box", False, stem) for n, stem in enumerate(stems)]
    about = {"task": "bone", "language": "en", "model": "some-model", "prompt": "p"}
    draft_document.write(
        draft_document.place(folder, "bone", "en", "some-model"), about, drafts, []
    )


def choose(visit: Visit, task: str, department: str) -> None:
    """Vote for the label that is shown."""
    visit.page.check(f"input[name=task][value={task}]", force=True)
    visit.page.check(f"input[name=department][value={department}]", force=True)
    visit.page.keyboard.press("Enter")


def rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    problems = Problems(path.parent)
    found = [dict(row.cells) for row in collect(path, columns, problems)]
    assert not problems.found
    return found


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
    project.run("build", "small", "--workers", "1")
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
    project.run("build", "small", "--workers", "1")
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
    assert "not counted, since the question is gone or was changed: 1" in said
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


VOTING = """() => {
  window.sent = [];
  const original = Queue.prototype.act;
  Queue.prototype.act = async function act(value) {
    const item = this.item.id;
    const found = await original.call(this, value);
    if (found) window.sent.push(item);
    return found;
  };
  const step = () => {
    if (document.querySelector('.empty')) { window.finished = true; return; }
    if (!queue.busy && document.querySelector('#vote')) {
      for (const axis of ['task', 'department']) document.querySelector(`input[name=${axis}]`).click();
      document.querySelector('#vote').click();
    }
    setTimeout(step, 5);
  };
  step();
}"""
"""Votes on everything, as fast as the desk acknowledges, and writes down what it acknowledged."""


def test_two_hundred_votes_survive_a_kill_none_lost_none_doubled(
    project: Project, desk: Start, sit: Sit
) -> None:
    with_people(project.folder)
    labels = project.folder / "lexicon/tree/label.tsv"
    with labels.open("a") as file:
        file.writelines(f"thing-{n:03}\t\tthing no {n:03}\t\t\t\n" for n in range(100))
    at = desk(project, "--annotators", "ann,bob", "--curator", "me", "--each", "2")
    sat = [sit(at, who, "tags") for who in ("ann", "bob")]
    waiting = at.as_("ann").page("tags")["open"]
    for visit in sat:
        visit.page.evaluate(VOTING)
    end = time.monotonic() + 300  # on a machine that others keep busy a vote may take a second
    while len(at.acts()) < 60 and time.monotonic() < end:
        sat[0].page.wait_for_timeout(20)
    at.kill()
    held = len(at.acts())
    assert 60 <= held < 2 * waiting, "it was killed in the middle"
    sat[0].page.wait_for_timeout(300)
    at.start()
    for visit in sat:
        until(visit, "window.finished", timeout=300_000)
        assert not visit.page.is_visible("#trouble")
    kept = Counter((item, who) for _, item, who, _ in at.acts())
    assert len(kept) == sum(kept.values()) == 2 * waiting >= 200, (
        "one act for each label and person"
    )
    for who, visit in zip(("ann", "bob"), sat, strict=True):
        acknowledged = visit.page.evaluate("window.sent")
        assert Counter(acknowledged) == Counter(item for item, w in kept if w == who)
    project.run("review", "--write", "--annotators", "ann,bob", "--curator", "me", "--each", "2")
    assert len(rows(project.folder / "lexicon/votes/desk.tsv", COLUMNS)) == 2 * waiting


def test_an_answer_that_breaks_off_loses_and_doubles_nothing(
    project: Project, desk: Start, sit: Sit
) -> None:
    """The vote was kept, and its page cannot know: it is sent again, and is the same vote."""
    with_people(project.folder)
    at = desk(project, "--annotators", "ann,bob", "--curator", "me", "--each", "2",
              "--labels", "label=kidney|liver")  # fmt: skip
    with closing(Cutting(at)) as between:
        visit = sit(at, "ann", "tags", through=between.base)
        for _ in range(2):
            shown = visit.text("main h1")
            choose(visit, *ORGANS)
            until(visit, "shown => document.querySelector('main h1').innerText !== shown", arg=shown)  # fmt: skip
        visit.page.wait_for_selector(".empty")
        assert between.cut == 1
        assert not visit.page.is_visible("#trouble")
    assert Counter(item for _, item, _, _ in at.acts()) == {"kidney @ *": 1, "liver @ *": 1}


HOSTILE = {
    "kidney": "<script>alert(1)</script>",
    "liver": '"><img src=x onerror="alert(2)">',
    "spleen": "'one' \"two\" </script> & <!-- and ]]>",
    "stomach": "\u202egnorw si txet\u202c",
    "nevus": "🫀 heart 👩‍⚕️ {{ 7 * 7 }}",
}


def test_hostile_names_are_text_at_every_desk(
    built: Project, tmp_path: Path, desk: Start, sit: Sit
) -> None:
    project = copied(built, tmp_path / "project")
    labels = project.folder / "lexicon/tree/label.tsv"
    lines = [line.split("\t") for line in labels.read_text("utf-8").splitlines()]
    for cells in lines:
        cells[2] = HOSTILE.get(cells[0], cells[2])
    labels.write_text("\n".join("\t".join(cells) for cells in lines) + "\n", "utf-8")
    with (project.folder / "lexicon/mappings/abdomen.tsv").open("a") as file:
        file.write("<img src=x onerror=alert(3)>\texact\t\t\t</script><script>alert(4)</script>\n")
    at = desk(project, "small", "--curator", "me", "--labels", f"label={'|'.join(HOSTILE)}")
    visit = sit(at, "me", "tags")
    seen = set()
    while not visit.page.query_selector(".empty"):
        shown = visit.text("main h1")
        seen.add(shown)
        choose(visit, "bone", "pathology")
        until(
            visit,
            "shown => document.querySelector('main h1').innerText.trim() !== shown",
            arg=shown,
        )
    assert seen and seen <= set(HOSTILE.values())
    visit.page.goto(f"{at.base}/mappings")
    assert visit.text("main h1") == "<img src=x onerror=alert(3)>"
    visit.page.goto(f"{at.base}/atlas")
    visit.page.click("[data-value=label]")
    visit.page.wait_for_selector("[data-term=liver]")
    assert visit.text("[data-term=liver]") == HOSTILE["liver"]
    visit.page.click("[data-term=liver]")
    until(visit, "document.querySelectorAll('button.picture').length < 40")
    visit.page.click("button.picture")
    visit.page.wait_for_selector("#original")
    assert HOSTILE["liver"] in visit.text("main .known")
    visit.page.goto(f"{at.base}/results")
    visit.page.wait_for_selector(".sheet")
    quiet(visit)


@pytest.mark.parametrize("page", ["", "cases", "tags", "mappings", "questions", "atlas", "results"])
def test_every_desk_is_fit_for_everybody_and_asks_for_nothing_outside(
    open_desk: Desk, sit: Sit, page: str
) -> None:
    for size, dark in ((DESK, False), (TABLET, True), (PHONE, False)):
        visit = sit(open_desk, "me", page, size=size, dark=dark)
        visit.page.wait_for_selector("main > *")
        assert not faults(visit.page)
        wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "nothing is cut off at the side"
        if page == "cases":
            visit.page.keyboard.press("1")
            visit.page.keyboard.press("Enter")
            visit.page.wait_for_selector("#keep")
            assert not faults(visit.page)
        quiet(visit)


def test_a_case_is_judged_by_keys_alone_and_taken_back(open_desk: Desk, sit: Sit) -> None:
    visit = sit(open_desk, "bob", "cases")
    visit.page.wait_for_selector(".options")
    case = visit.page.evaluate("queue.item.id")
    ahead = until(visit, "queue.images.size && [...queue.images.values()][0].complete")
    assert ahead, "the next picture is there before it is wanted"
    for pressed in ("2", "Enter"):
        visit.page.keyboard.press(pressed)
    visit.page.wait_for_selector("#keep")
    chosen = visit.page.evaluate("queue.item.answer.chosen")
    assert chosen == [1]
    visit.page.keyboard.press("k")
    until(visit, "case_ => queue.item.id !== case_", arg=case)
    assert visit.text("#count").startswith("1 done")
    visit.page.keyboard.press("z")
    until(visit, "case_ => queue.item.id === case_", arg=case)
    visit.page.wait_for_selector("#keep")
    assert visit.page.evaluate("queue.item.answer.chosen") == [1], (
        "an answer stays: the key was seen"
    )
    visit.page.reload()
    visit.page.wait_for_selector("#keep")
    assert visit.page.evaluate("queue.item.id") == case, "what was begun is gone on with"
    quiet(visit)


def test_the_picture_of_a_case_has_tools(open_desk: Desk, sit: Sit) -> None:
    visit = sit(open_desk, "ann", "cases")
    page = visit.page
    page.wait_for_selector(".options")
    case = page.evaluate("queue.item.id")
    shown = "document.querySelector('.stage .layers').style"
    page.keyboard.press("+")
    page.keyboard.press("]")
    assert "scale(1.5)" in page.evaluate(f"{shown}.transform")
    assert page.evaluate(f"{shown}.filter") == "brightness(1.15) contrast(1)"
    page.keyboard.press("?")
    assert "not sure" in page.inner_text("dialog#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    assert page.query_selector("#plane") is None, "before the answer one sees what a model sees"
    told = page.evaluate("id => fetch(`/cases/ask/original?id=${id}`).then(a => a.json())", case)
    assert "answer the question first" in told["wrong"]
    page.check("#blind")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    until(visit, "case_ => queue.item.id !== case_", arg=case)
    assert page.query_selector("#keep") is None, "no key is shown to who works blindly"
    assert "scale(1.5)" in page.evaluate(f"{shown}.transform"), "zoom is kept"
    queued = page.evaluate("fetch('/cases/queue').then(a => a.json())")["queue"]
    assert page.evaluate("queue.item.id") in queued and case not in queued[: len(queued) - 1]
    page.uncheck("#blind")
    page.check("#timer")
    assert page.inner_text("#clock").startswith("0:")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#keep")
    page.keyboard.press("o")
    page.wait_for_selector("#plane[data-at]")
    target = page.evaluate("id => fetch(`/cases/ask/original?id=${id}`).then(a => a.json())", page.evaluate("queue.item.id"))  # fmt: skip
    assert page.get_attribute("#plane", "data-at") == f"{target['axis']} {target['index']}"
    page.evaluate("const set = document.querySelector('#set-mark'); set.value = 0; set.dispatchEvent(new Event('input'))")  # fmt: skip
    assert page.evaluate("document.querySelector('#stage svg.box').style.opacity") == "0"
    page.fill("#note", "")
    page.focus("#note")
    page.keyboard.type("mo and cut")
    second = page.evaluate("queue.item.id")
    page.keyboard.press("Enter")
    until(visit, "id => queue.item.id !== id", arg=second)
    told = page.evaluate("id => fetch(`/cases/item?id=${id}`).then(a => a.json())", second)
    assert told["decided"]["note"] == "motion artefact and cut off by the border"
    visit.complaints[:] = [c for c in visit.complaints if "409" not in c]  # the refusal above
    quiet(visit)


def test_the_atlas_scrolls_through_the_original(open_desk: Desk, sit: Sit) -> None:
    visit = sit(open_desk, "me", "atlas")
    visit.page.fill("#query", "label=liver granularity=contour modality=ct")
    visit.page.keyboard.press("Enter")
    until(visit, "query !== ''")
    told = visit.page.evaluate("sheet.counts")
    assert told["questions"] == len(visit.page.query_selector_all("button.picture")) > 0
    visit.page.click("[data-value=label]")
    visit.page.wait_for_selector("[data-term=liver]")
    listed = [(row.query_selector(".name").inner_text(), row.get_attribute("class"))
              for row in visit.page.query_selector_all(".below tbody tr")]  # fmt: skip
    assert listed == [("abdominal organ", "depth-0"), ("liver", "depth-1")], (
        "below what it is part of"
    )
    visit.page.click("button.picture")
    visit.page.wait_for_selector("#original")
    visit.page.keyboard.press("o")
    visit.page.wait_for_selector("#plane[data-at]")
    first = visit.page.get_attribute("#plane", "data-at")
    box = visit.page.locator("#stage svg.box")
    assert box.is_visible()
    visit.page.focus("#stage")
    visit.page.keyboard.press("ArrowUp")
    until(visit, "first => document.querySelector('#plane').dataset.at !== first", arg=first)
    assert not box.is_visible(), "the box belongs to its own plane"
    before = shade(visit)
    visit.page.evaluate("const set = document.querySelector('#set-level'); set.value = set.min; set.dispatchEvent(new Event('input'))")  # fmt: skip
    until(visit, f"({SHADE})() > {before} + 20")
    visit.page.keyboard.press("i")
    visit.page.wait_for_selector("#more pre")
    assert "small / tag: 1 kept" in visit.text("#more pre")
    visit.page.keyboard.press("Escape")
    visit.page.fill("#query", "labl=liver")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#trouble:not([hidden])")
    assert "did you mean label?" in visit.text("#trouble")
    visit.complaints = [c for c in visit.complaints if "409" not in c]  # Chromium tells of refusals
    quiet(visit)


SHADE = """() => {
  const image = document.querySelector('#plane');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const on = canvas.getContext('2d');
  on.drawImage(image, 0, 0);
  const { data } = on.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let n = 0; n < data.length; n += 4) sum += data[n];
  return sum / (data.length / 4);
}"""


def shade(visit: Visit) -> float:
    """Return how bright the plane is on the whole."""
    found: Any = visit.page.evaluate(SHADE)
    return float(found)
