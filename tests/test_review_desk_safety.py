"""The desks in a real browser under kills, broken connections and hostile names; fit for everybody."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from benchsmith.documents.votes import COLUMNS
from tests.conftest import Project
from tests.desk import Cutting, Sit, copied, desk, quiet, sit, until, with_people
from tests.review_desk_helpers import ORGANS, Start, choose, open_desk, rows

__all__ = ["desk", "open_desk", "sit"]

TABLET = (820, 1180)

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
