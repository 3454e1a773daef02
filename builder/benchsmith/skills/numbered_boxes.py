"""Number the boxes of a question; the number of the right one is dealt like a card."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from benchsmith.core.random_order import dealt, order
from benchsmith.skills.contract import Draft


def numbered(draft: Draft, times: Counter[tuple[str, str, int]], seed: int, skill: str) -> Draft:
    """Return a draft with its boxes in their places; a draft without boxes is unchanged.

    The first box of the draft is the right one. `times` counts how often a number was dealt to the
    right box of a split, kind and number of boxes.
    """
    if draft.form is None or not draft.form.boxes:
        return draft
    boxes = draft.form.boxes
    cell = (draft.scene.anchor.split, draft.kind, len(boxes))
    place = dealt(times[cell], len(boxes), seed, "box", skill, *cell[:2])
    times[cell] += 1
    name = (draft.scene.id, *draft.subjects)
    rest = order(range(1, len(boxes)), seed, "boxes", *name, name=str)
    places = [*rest[:place], 0, *rest[place:]]
    form = replace(draft.form, boxes=tuple(boxes[i] for i in places))
    return replace(draft, form=form, key=draft.options[place])
