"""How tests find and click the arcs of a tree page."""

from __future__ import annotations

import pytest

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from tests.browser import Visit
from tests.conftest import Project


@pytest.fixture(scope="module")
def own(built: Project) -> Lexicon:
    return lexicons.read(built.folder / "lexicon")


INSIDE = """name => {
  const shape = [...document.querySelectorAll('.arc')]
    .find(each => each.getAttribute('aria-label')?.includes(`: ${name}, `)).firstChild;
  shape.scrollIntoView({block: 'center'});
  const box = shape.getBBox(), to = shape.getScreenCTM();
  const inside = (x, y) => [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]]
    .every(([dx, dy]) => shape.isPointInFill(new DOMPoint(x + dx, y + dy)));
  for (let n = 1; n < 400; n++) {
    const x = box.x + box.width * (n % 20) / 20, y = box.y + box.height * n / 400;
    if (inside(x, y)) { const at = new DOMPoint(x, y).matrixTransform(to); return [at.x, at.y]; }
  }
}"""
"""Finds a point well inside an arc: its box may have another arc in the middle."""


def arc(visit: Visit, name: str) -> None:
    """Click on the arc of a name, with the mouse."""
    visit.page.mouse.click(*visit.page.evaluate(INSIDE, name))
