"""Experts verify keys: the frame, the desk, and the effect of the verdicts on the next build."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.api.project import Project as Opened
from benchsmith.documents import verification as documents
from benchsmith.documents.verification import (
    RIGHT,
    SUSPECTS,
    UNFAIR,
    UNSURE,
    WRONG,
    Verified,
)
from benchsmith.review.act_store import ActionStore
from benchsmith.review.contract import Refused
from benchsmith.review.desks.verify import units_of
from benchsmith.review.open_verification import Verification, opened
from benchsmith.review.verification_frame import extended
from benchsmith.statistics.key_error import Stratum, upper_bound
from tests.conftest import Project
from tests.desk import Desk, Sit, copied, desk, quiet, sit, until
from tests.made_verdicts import ROW

__all__ = ["desk", "sit"]
SUSPECTED = 2


Enter = Callable[[Project], Verification]


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Return what opens the verification of the small benchmark for two experts."""
    with ExitStack() as held:

        def open_(project: Project) -> Verification:
            store = ActionStore(project.folder / "reviews/.desk/acts.sqlite")
            held.enter_context(closing(store))
            document, library = Opened(project.folder).benchmark("small")
            output = project.folder / "output"
            return opened(project.folder, output, "small", document, library, store, ["ann", "bob"])

        yield open_


@pytest.fixture
def own(built: Project, tmp_path: Path) -> Project:
    """Return a copy of the built project in whose audit two targets are suspected."""
    project = copied(built, tmp_path / "project")
    path = project.folder / "output/small/audit.json"
    audit = json.loads(path.read_text())
    assert audit["suspects"] == [], "the labels of the small project are sound"
    rows = pq.read_table(project.release / "data", columns=["id", "target"]).to_pylist()
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row["target"], []).append(row["id"])
    most = sorted(ids.values(), key=lambda own: (-len(own), own))[:SUSPECTED]
    audit["suspects"] = [["label-places", own[0]] for own in most]
    path.write_text(json.dumps(audit))
    return project


def judge(at: Verification, who: str, verdict: str, item: str, key: str, **more: str) -> None:
    shown = at.desk.show(item, who)
    at.desk.act(item, who, {"verdict": verdict, **more}, key, shown["seen"])


def test_all_variants_of_a_suspect_come_first(own: Project, enter: Enter) -> None:
    at = enter(own)
    assert at.desk.queue("ann") == [] and at.desk.check_keys().upper == 1.0, "nothing is drawn yet"
    (line,) = at.draw()
    assert f"{len(at.cases.cases)} questions drawn as wave 1" in line
    assert at.draw() == [], "the same build is drawn once"
    rows = pq.read_table(own.release / "data", columns=["id", "target"]).to_pylist()
    target = {row["id"]: row["target"] for row in rows}
    named = json.loads((own.folder / "output/small/audit.json").read_text())["suspects"]
    suspects = {id_ for id_, of in target.items() if of in {target[s] for _, s in named}}
    assert len(suspects) > SUSPECTED
    found = at.desk.check_keys()
    assert (found.suspects, found.questions, found.unknown) == (len(suspects), len(target), 0)
    for who in ("ann", "bob"):
        queue = at.desk.queue(who)
        assert set(queue[: len(suspects)]) == suspects and set(queue) == set(target)
    assert at.desk.queue("ann")[0] != at.desk.queue("bob")[0], "two experts take turns"
    at.desk.join("zed")
    turns = {at.desk.queue(who)[len(suspects)] for who in ("ann", "bob", "zed")}
    assert len(turns) == 3, "and so do three, one of whom was let in while the desk is open"


def test_the_key_is_shown_and_the_verdict_is_kept(own: Project, enter: Enter) -> None:
    at = enter(own)
    at.draw()
    first, second, third = at.desk.queue("ann")[:3]
    shown = at.desk.show(first, "ann")
    row = {r["id"]: r for r in pq.read_table(own.release / "data").to_pylist()}[first]
    assert (shown["stem"], list(shown["options"]), shown["letters"]) == (
        row["question"], row["options"], row["answer"])  # fmt: skip
    assert at.desk.picture({"id": first}).data == row["image"]["bytes"]
    judge(at, "ann", WRONG, first, "key-00001", note="a cyst")
    judge(at, "ann", UNSURE, second, "key-00002")
    for value, said in (({"verdict": "maybe"}, "is the key right"),
                        ({"verdict": "unfair"}, "why the question is unfair"),
                        ({"verdict": "unfair", "reason": "wrong-key"}, "why the question is unfair"),
                        ({"verdict": "unfair", "reason": "other"}, "describe the reason")):  # fmt: skip
        with pytest.raises(Refused, match=said):
            judge(at, "ann", item=third, key="key-00003", **value)
    with pytest.raises(Refused, match="has been rebuilt"):
        at.desk.act(third, "ann", {"verdict": RIGHT}, "key-00004", "another")
    assert not {first, second} & set(at.desk.queue("ann"))
    assert second in at.desk.queue("bob") and first not in at.desk.queue("bob")
    judge(at, "bob", RIGHT, second, "key-00005")
    assert at.desk.undo("bob", "undo-0001") == second
    assert at.desk.undo("bob", "undo-0002") == ""
    said = {row.question: row for row in at.desk.verified()}
    assert len(said) == 2 and {r.verdict for r in said.values()} == {WRONG, UNSURE}
    assert said[at.cases.by_id[first].question].note == "a cyst"
    assert (at.desk.check_keys().wrong, at.desk.check_keys().unsure) == (1, 1)


def test_nobody_is_asked_once_the_bound_is_reached(own: Project, enter: Enter) -> None:
    at = enter(own)
    at.draw()
    at.desk._most = 0.5  # noqa: SLF001  as `--max-wrong 0.5`
    count = 0
    while queue := at.desk.queue("ann"):
        judge(at, "ann", RIGHT, queue[0], f"key-{count:05}")
        count += 1
    found = at.desk.check_keys()
    sizes = [0, 0]
    for one in at.desk.frame:
        sizes[one.stratum == SUSPECTS] += 1
    assert found.reached and found.upper <= 0.5 < count
    assert found.suspects_judged == sizes[1]


def test_a_build_applies_verdicts_and_reports_them(own: Project, enter: Enter) -> None:
    """The command's figures, the card's and the JSON's are those of the tables, computed another way."""
    at = enter(own)
    at.draw()
    order = [one for one in at.desk.frame if one.stratum != SUSPECTS]
    suspects = [one for one in at.desk.frame if one.stratum == SUSPECTS]
    bad = {order[2].unit: WRONG, order[5].unit: UNFAIR}
    rows = [
        Verified(one.question, v := bad.get(one.unit, RIGHT), "two-true" * (v == UNFAIR), "ann",
                 f"2026-02-{1 + i % 9:02}T09:00:00Z", one.seen, "")
        for i, one in enumerate([*suspects, *order[:30]])
    ]  # fmt: skip
    documents.write(at.desk.path, rows)
    said = json.loads(own.run("review", "small", "--verify", "--status", "--json"))
    sizes: dict[str, int] = {}
    for one in order:
        sizes[one.stratum] = sizes.get(one.stratum, 0) + 1
    strata = [
        Stratum(size, sum(o.stratum == name for o in order[:30]), sum(o.stratum == name and o.unit in bad and bad[o.unit] == WRONG for o in order[:30]))
        for name, size in sizes.items()
    ]  # fmt: skip
    bound = upper_bound(strata)
    assert said["upper"] == pytest.approx(bound / len(at.desk.frame), abs=1e-6)
    assert (said["judged"], said["wrong"], said["unfair"], said["reached"]) == (30, 1, 1, False)
    assert "wrong keys, upper 95 % bound" in own.run("review", "small", "--verify", "--status")

    before = {case.target for case in at.cases.cases}
    gone = {unit.question.rpartition(":")[0] for unit in bad}
    own.run("build", "small", "--workers", "1")
    now = enter(own)
    assert not gone & {case.target for case in now.cases.cases} and gone <= before
    left_out = (own.folder / "output/small/left_out.tsv").read_text()
    dropped = [line.split("\t") for line in left_out.splitlines() if "\treview-dropped\t" in line]
    assert {cells[3]: cells[4] for cells in dropped} == {
        unit.question.rpartition(":")[0]: f"dropped by 1 of 1: 1 {'wrong-key' if v == WRONG else 'two-true'}"
        for unit, v in bad.items()
    }  # fmt: skip
    told = json.loads((own.release / "validity.json").read_text())["validation"]["keys"]
    units = units_of(now.cases)
    new = set(units) - {one.unit for one in order} - {one.unit for one in suspects}
    assert told["questions"] == len(units) and told["unknown"] == len(new)
    assert told["upper"] == pytest.approx(min((bound - 1 + len(new)) / len(units), 1), abs=1e-6)
    assert (told["removed"], told["first"], told["last"]) == (1, "2026-02-01", "2026-02-09")
    assert [(p["name"], p["said"]) for p in told["people"]] == [("person 1", len(rows))]
    card = (own.release / "README.md").read_text()
    assert f"At most {100 * told['upper']:.2f} % of the keys of this release are wrong" in card
    assert "1 expert verified the keys of 30 questions" in card
    assert "from 2026-02-01 to 2026-02-09" in card and "ann" not in card.split("## Validity")[1]
    assert f"<b>{100 * told['upper']:.2f} %</b>" in (own.release / "report.html").read_text()

    (line,) = now.draw()
    assert f"{len(new)} questions drawn as wave 2" in line
    after = now.desk.frame
    assert [one.unit for one in after if one.wave == 1 and one.stratum != SUSPECTS][:30] == [
        one.unit for one in order[:30]], "what counts stays where it is"  # fmt: skip
    assert now.desk.check_keys().judged == 30 and now.desk.check_keys().unknown == 0
    assert {one.unit for one in after} == {one.unit for one in at.desk.frame} | new
    assert [one.place for one in after] == list(range(1, len(after) + 1))


def test_the_release_of_an_unverified_build_says_so(built: Project) -> None:
    assert "No expert has verified the keys" in (built.release / "README.md").read_text()
    found = json.loads((built.release / "validity.json").read_text())["validation"]
    assert found["keys"] is None


def test_a_new_wave_catches_up_first(own: Project, enter: Enter) -> None:
    """After a third of a wave is judged, the questions of the next one come until a third of it is."""
    at = enter(own)
    cases = units_of(at.cases)
    some = dict(list(cases.items())[::2])
    frame = extended([], [], some, (), 1)
    count = len(frame) // 3
    rows = [replace(ROW, question=one.question, seen=one.seen) for one in frame[:count]]
    after = extended(frame, rows, cases, (), 1)
    assert after[:count] == frame[:count]
    fresh = [one.wave for one in after[count : count + (len(cases) - len(some)) // 3]]
    assert set(fresh) == {2}
    assert extended(after, rows, cases, (), 1) == after


def test_a_status_writes_nothing_and_wrong_words_are_reported(own: Project) -> None:
    frame = documents.frame_path(own.folder, "small")
    said = json.loads(own.run("review", "small", "--verify", "--status", "--json"))
    assert (said["judged"], said["upper"], frame.exists()) == (0, 1.0, False)
    text = own.run("review", "small", "--verify", "--status")
    assert "`benchsmith review small --verify` draws it" in text and "estimate: unknown" in text
    for words, what in ((("small", "--status"), "needs --verify"), (("--verify",), "needs the NAME"),
                        (("small", "--verify", "--to-label-studio", "x"), "excludes")):  # fmt: skip
        assert what in own.run("review", *words, code=2)


def test_an_expert_judges_in_the_browser(own: Project, desk: Callable[..., Desk], sit: Sit) -> None:
    started = desk(own, "small", "--verify", "--annotators", "ann,bob", "--curator", "me")
    ann = sit(started, "ann", "verify")
    ann.page.wait_for_selector("#right")
    assert "Key: " in ann.page.inner_text("#panel")
    stem = ann.page.inner_text("h1.name")
    ann.page.keyboard.press("w")
    until(ann, "document.getElementById('count').textContent.startsWith('1 done')")
    ann.page.keyboard.press("1")
    ann.page.keyboard.press("u")
    until(ann, "document.getElementById('count').textContent.startsWith('2 done')")
    ann.page.keyboard.press("r")
    until(ann, "document.getElementById('count').textContent.startsWith('3 done')")
    acts = [(who, json.loads(value)) for _, _, who, value in started.acts()]
    assert [(who, v["verdict"], v["reason"]) for who, v in acts] == [
        ("ann", "wrong", ""), ("ann", "unfair", "no-picture"), ("ann", "right", "")]  # fmt: skip
    for _ in range(3):
        ann.page.keyboard.press("z")
        ann.page.wait_for_timeout(300)
    until(ann, "document.getElementById('count').textContent.startsWith('0 done')")
    assert ann.page.inner_text("h1.name") == stem
    status, _, _ = started.as_("bob").ask("GET", "/cases")
    assert status == 404, "who sees keys answers no questions"
    quiet(ann)
