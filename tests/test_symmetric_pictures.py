"""A picture that is the same one when it is mirrored cannot show which side is which."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from benchsmith.documents.benchmark import Margins
from benchsmith.documents.query import parse
from benchsmith.skills.admissible import fault_of
from benchsmith.skills.contract import Draft, Relation, Scene
from benchsmith.skills.position import drafts
from tests.shipped_documents import shipped_lexicon
from tests.test_applied_rules import scene


@pytest.mark.parametrize(
    ("alike", "kinds"),
    [(frozenset(), set()), (frozenset({2}), {"beside", "quadrant"}), (frozenset({3}), {"above", "quadrant"})],
)  # fmt: skip
def test_no_side_is_asked_of_it(alike: frozenset[int], kinds: set[str]) -> None:
    words = shipped_lexicon()
    benchmark: Any = SimpleNamespace(
        views=("image",), picture=SimpleNamespace(intensity="percentile"),
        quality=SimpleNamespace(edgeless=()),
    )  # fmt: skip
    pool = SimpleNamespace(stems=("a stem",))
    pools: Any = {"position": dict.fromkeys(("beside", "above", "quadrant"), pool)}
    found = set()
    for draft in drafts(two(alike), Margins()):
        if isinstance(draft, Draft) and draft.turn:
            fault = fault_of(draft, "position", benchmark, words, pools, parse("", words))
            assert fault is None or fault[0] == "symmetric-picture"
            found |= {draft.kind} if fault else set()
    assert found == kinds


def two(alike: frozenset[int]) -> Scene:
    """Return a scene with a spleen in a corner, and a stomach in the opposite one."""
    plain = scene("spleen", {}, {})
    (one,) = plain.structures
    box = replace(one.box, x0=40, x1=55, y0=45, y1=55)
    other = replace(one, label="stomach", box=box)
    first = replace(one, box=replace(one.box, x0=5, x1=20, y0=5, y1=15))
    anchor: Any = SimpleNamespace(id="s", label="spleen", modality="ct", split="test", window="")
    relations = (
        Relation("spleen", "stomach", 30, 0), Relation("stomach", "spleen", 30, 0),
    )  # fmt: skip
    return replace(
        plain, structures=(first, other), alike=alike, anchor=anchor, relations=relations
    )
