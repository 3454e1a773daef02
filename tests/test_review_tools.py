"""What a desk lets people do beside deciding: take marks off, see keys, let others in, map other sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import PIL.Image
import pytest

from tests.conftest import Project
from tests.desk import Client, Desk, Sit, copied, quiet, sit, until

__all__ = ["sit"]
FAINT = 4
"""Grey levels between the channels of a pixel that is not a mark's."""


@pytest.fixture(scope="module")
def at(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = copied(built, tmp_path_factory.mktemp("tools") / "project")
    header = "raw\trelation\tlabel\treviewed_by\tnote\n"
    mappings = project.folder / "lexicon/mappings"
    (mappings / "elsewhere.tsv").write_text(f"{header}hepar dextrum\texact\tliver\t\tdraft\n")
    with (mappings / "abdomen.tsv").open("a") as file:
        file.write("livr\texact\tliver\t\tdraft\n")
    words = ("small", "--curator", "me", "--annotators", "me,ann", "--each", "2")
    started = Desk(project, *words, "--labels", "label=kidney|liver").start()
    yield started
    started.stop()


def pixels(who: Client, address: str) -> np.ndarray:
    status, _, data = who.ask("GET", address)
    assert status == 200, data
    return np.asarray(PIL.Image.open(BytesIO(data)).convert("RGB"), np.int16)


def test_a_picture_without_its_mark_is_the_same_picture(at: Desk) -> None:
    me = at.as_("me")
    sheet = json.loads(me.ask("GET", "/atlas/ask/sheet?q=modality%3Dct&from=0")[2])
    seen = set()
    for each in sheet["cases"]:
        item = me.show("atlas", each["id"])
        facts = dict(item["facts"])
        view = facts["granularity"].split()[0].lower()
        if not item["unmarked"]:
            assert view == "image" or facts["skill"] != "recognition" or facts["altered"]
            status, _, _ = me.ask("GET", f"/atlas/picture?id={each['id']}&unmarked=1")
            assert status == 409
            continue
        seen.add(view)
        marked, bare = pixels(me, item["picture"]), pixels(me, item["unmarked"])
        assert marked.shape == bare.shape
        assert np.ptp(bare, axis=2).max() <= FAINT, "nothing in it is coloured"
        differs = (marked != bare).any(axis=2)
        coloured = np.ptp(marked, axis=2) > FAINT
        assert differs.any() and not (coloured & ~differs).any()
        assert differs.mean() < 0.5 and np.array_equal(marked[~differs], bare[~differs])
    assert seen == {"box", "mask", "contour"}


def test_the_mark_of_a_case_fades_once_the_key_is_shown(at: Desk, sit: Sit) -> None:
    visit = sit(at, "ann", "cases")
    page = visit.page
    page.wait_for_selector(".options")
    for _ in range(20):
        case = page.evaluate("queue.item.id")
        assert page.is_hidden("#marks"), "before the answer one sees what a model sees"
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_selector("#keep")
        if page.evaluate("queue.item.answer.unmarked"):
            break
        page.keyboard.press("k")
        until(visit, "case_ => queue.item.id !== case_", arg=case)
    until(visit, "!document.querySelector('#unmarked').hidden")
    over = "document.querySelector('.layers img:last-child').style.opacity"
    assert page.evaluate(over) == "1"
    page.keyboard.press("m")
    assert page.evaluate(over) == "0" and not page.is_checked("#view-marked")
    page.evaluate("const set = document.querySelector('#view-marks'); set.value = 0.4; set.dispatchEvent(new Event('input'))")  # fmt: skip
    assert page.evaluate(over) == "0.4" and page.is_checked("#view-marked")
    page.keyboard.press("f")
    assert page.evaluate(over) == "1"
    quiet(visit)


@pytest.mark.parametrize("page", ["tags", "mappings", "questions", "atlas"])
def test_every_desk_lists_its_keys(at: Desk, sit: Sit, page: str) -> None:
    visit = sit(at, "me", page)
    visit.page.wait_for_selector("#show-keys")
    visit.page.keyboard.press("Escape")
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.keyboard.press("?")
    assert len(visit.page.query_selector_all("dialog#keys tr")) > 4
    assert "`" not in visit.page.inner_text("body")
    quiet(visit)


def test_words_of_other_sources_come_after_the_benchmark_s(at: Desk) -> None:
    me = at.as_("me")
    queue = me.page("mappings")["queue"]
    assert queue.index("abdomen: livr") < queue.index("elsewhere: hepar dextrum")
    item = me.show("mappings", "elsewhere: hepar dextrum")
    told = me.act("mappings", item["id"], {"relation": "exact", "label": "liver", "note": ""}, "key-elsewhere", item["seen"])  # fmt: skip
    assert told[0] == 200
    assert me.post("/mappings/write", {})[0] == 200
    written = (at.project.folder / "lexicon/mappings/elsewhere.tsv").read_text().splitlines()
    assert written[1].split("\t") == ["hepar dextrum", "exact", "liver", "me", ""]


def test_the_curator_lets_somebody_in_who_can_work_at_once(at: Desk, sit: Sit) -> None:
    table = at.project.folder / "lexicon/curators.tsv"
    visit = sit(at, "me", "results")
    visit.page.fill("#person [name=id]", "zed-1")
    visit.page.fill("#person [name=name]", "Zed <b>Zola</b>")
    visit.page.fill("#person [name=role]", "radiologist")
    visit.page.click("#person button")
    visit.page.wait_for_selector("#personal-link")
    link = visit.text("#personal-link")
    assert "zed-1" in visit.text("#people")
    assert table.read_text().splitlines()[-1] == "zed-1\tZed <b>Zola</b>\tradiologist"
    at.links["zed-1"] = link
    zed = at.as_("zed-1")
    case = zed.show("cases", zed.page("cases")["queue"][0])
    assert zed.act("cases", case["id"], {"do": "answer", "chosen": [0]}, "key-zed-1", case["seen"])[0] == 200  # fmt: skip
    keep = {"do": "decide", "decision": "keep", "reason": "", "note": ""}
    assert zed.act("cases", case["id"], keep, "key-zed-2", case["seen"])[0] == 200
    label = zed.page("tags")["queue"][0]
    vote = {"task": "bone", "department": "pathology"}
    assert zed.act("tags", label, vote, "key-zed-3")[0] == 200
    me = at.as_("me")
    for _ in range(2):  # the second time the document names who was let in
        for each in ("cases", "tags"):
            assert me.post(f"/{each}/write", {})[0] == 200
    assert "zed-1" in (at.project.folder / "reviews/small.tsv").read_text()
    quiet(visit)


@pytest.mark.parametrize(
    ("id_", "name", "said"),
    [("Ann B", "Ann", "is not an id"), ("../x", "Ann", "is not an id"), ("ann", "Ann", "has a link already"),
     ("newcomer", "", "give the name"), ("newcomer", "a\0", "has a control character")],
)  # fmt: skip
def test_who_cannot_be_let_in_changes_nothing(at: Desk, id_: str, name: str, said: str) -> None:
    table = at.project.folder / "lexicon/curators.tsv"
    before = table.read_bytes()
    status, told = at.as_("me").post("/people", {"id": id_, "name": name, "role": ""})
    assert status == 409 and said in told["wrong"]
    status, told = at.as_("ann").post("/people", {"id": "mine", "name": "Mine", "role": ""})
    assert (status, told["wrong"]) == (409, "only the curator may do this")
    assert table.read_bytes() == before
