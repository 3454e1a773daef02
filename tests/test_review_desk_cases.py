"""The desks of cases and of the atlas in a real browser: keys, tools of the picture, slices."""

from __future__ import annotations

from typing import Any

from tests.browser import Visit
from tests.desk import Desk, Sit, quiet, sit, until
from tests.review_desk_helpers import open_desk

__all__ = ["open_desk", "sit"]


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
    for _ in queued:  # to the first case with a mark
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_selector("#keep")
        page.keyboard.press("o")
        page.wait_for_selector("#plane[data-at]")
        if page.query_selector("#set-mark"):
            break
        unmarked = page.evaluate("queue.item.id")
        page.click("#keep")
        until(visit, "id => queue.item.id !== id", arg=unmarked)
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
