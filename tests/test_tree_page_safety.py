"""The tree page with hostile names, its content policy, and a large lexicon, in a real browser."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.explore.find_build import find
from benchsmith.pages.tree_page import tree_page
from tests.browser import Open
from tests.conftest import Project
from tests.shipped_documents import shipped_lexicon
from tests.tree_pages import INSIDE, arc, own

__all__ = ["own"]
HOSTILE = {
    "kidney": "<script>alert(1)</script>",
    "liver": '"><img src=x onerror="alert(2)">',
    "spleen": "two\nlines, 'one' \"two\" </script> & <!-- and ]]>",
    "stomach": "\u202egnorw si txet\u202c",
    "nevus": "🫀 heart 👩‍⚕️",
}


def hostile(lexicon: Lexicon) -> Lexicon:
    """Return a lexicon whose labels are called what an attacker would call them."""
    terms = {
        t.id: dataclasses.replace(
            t, parent="", name=HOSTILE.get(t.id, t.name), synonyms=(HOSTILE.get(t.id, ""),))
        for t in lexicon.labels
    }  # fmt: skip
    labels = Axis(terms)
    return dataclasses.replace(lexicon, labels=labels, axes={**lexicon.axes, "label": labels})


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_a_name_and_nothing_else(
    built: Project, own: Lexicon, visit: Open, tmp_path: Path, label: str
) -> None:
    with find(built.folder / "output", "small").rows() as rows:
        text = tree_page(hostile(own), ["label"], rows, "</script><script>alert(3)</script>")
    place = tmp_path / "hostile.html"
    place.write_text(text, encoding="utf-8", newline="\n")
    seen = visit(place, address=f"#rings=label&at=label:{label}")
    shown_name = seen.page.eval_on_selector("#path b .name", "e => e.textContent")
    assert shown_name == HOSTILE[label]
    assert (
        seen.page.eval_on_selector(".pictures figcaption .name", "e => e.textContent")
        == HOSTILE[label]
    )
    assert seen.text("#query") == f"label={label}"
    assert seen.page.locator("img:not([src^='data:image/jpeg;base64,'])").count() == 0
    assert seen.page.locator("script").count() == 6
    assert (
        seen.page.eval_on_selector("#path b .name", "e => getComputedStyle(e).unicodeBidi")
        == "isolate"
    )
    assert "alert(3)" in seen.page.title()
    seen.page.fill("#search", HOSTILE[label].replace("\n", " ")[:12])
    assert seen.page.locator("#results li").count() >= 1
    seen.page.keyboard.press("Escape")
    seen.page.click("#path button")
    name = next(
        t for t in seen.page.locator(".parts .name").all_text_contents() if t == HOSTILE[label]
    )
    seen.page.mouse.move(*seen.page.evaluate(INSIDE, name))
    assert seen.page.locator("#tip b").text_content() == name
    seen.assert_quiet()


def test_a_large_lexicon_is_drawn_in_few_arcs(visit: Open, tmp_path: Path) -> None:
    """The shipped lexicon has thousands of placements; what cannot be seen is not drawn."""
    lexicon = shipped_lexicon()
    place = tmp_path / "lexicon.html"
    place.write_text(tree_page(lexicon), encoding="utf-8", newline="\n")
    seen = visit(place)
    placed = len({label for label, _ in lexicon.placements})
    assert int(re.sub(r"\D", "", seen.text(".facts li b"))) == placed
    for shape in ("Sunburst", "Icicle"):
        seen.page.click(f"text={shape}")
        assert 50 < seen.page.locator(".arc").count() < 1500
    arc(seen, "Disease Diagnosis")
    assert seen.text("#command") == "subset: task=disease-diagnosis"
    seen.page.fill("#search", "muscle strain")
    assert 0 < seen.page.locator("#results li").count() <= 40
    seen.assert_quiet()
