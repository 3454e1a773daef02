"""Pictures that differ by a word in some of their names: `Im310_g_ACRIMA.jpg`, `Im001_ACRIMA.jpg`."""

from __future__ import annotations

import re
from dataclasses import replace

from benchsmith.drafting.recipes.family import regrouped
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels

FEWEST = 2
"""Pictures with the word, and without it."""
_WITH = re.compile(r"([^\W_]+)([_\- ])([^\W\d_]+)")


def divided(pictures: PictureSet) -> list[tuple[PictureSet, Labels]]:
    """Return the pictures with and without such a word, each with the label that it may be.

    Empty if there is no such word. No file states what the two groups show.
    """
    if not pictures.family.varies or pictures.last or pictures.only or pictures.texts:
        return []
    marked = {m.entry.path: f for m in pictures.members if (f := _WITH.fullmatch(m.core))}
    bare = [m for m in pictures.members if m.entry.path not in marked]
    ends = {(found[2], found[3]) for found in marked.values()}
    if len(ends) != 1 or min(len(marked), len(bare)) < FEWEST:
        return []
    if not all(m.core.isalnum() for m in bare):
        return []
    ((sign, word),) = ends
    own = f"{{{pictures.core_name}=word}}"
    groups = (
        ([m for m in pictures.members if m.entry.path in marked], f"{own}{sign}{word}", word),
        (bare, own, f"without {word}"),
    )
    found = []
    for members, text, label in groups:
        entry = Labels({"kind": "constant", "label": label, "group": "finding"}, names_stated=False)
        entry.decide["label"] = f"what do pictures {label} in their names show?"
        part = replace(
            pictures,
            family=regrouped(pictures.family, members),
            names=dict(pictures.names),
            texts={"core": text},
        )
        found.append((part, entry))
    found[0][1].decide["label"] = f"what do pictures with {word!r} in their names show?"
    return found
