"""The pictures of a benchmark that skills ask about, each in windows that suit the whole picture.

A structure is asked about in the window of its anatomy, so each picture is shown in the windows of
all structures in it. The windows of the liver and of vessels depend on the structure's own values.
Their replacements are used instead, because they suit the whole picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from benchsmith.core.model import Choice, Rejection
from benchsmith.core.random_order import rank
from benchsmith.documents.lexicon import Lexicon, Window
from benchsmith.skills.measured_scenes import no_scene


def anchors(
    choices: Iterable[Choice], windows: Mapping[str, Window], seed: int
) -> tuple[list[Choice], list[Rejection]]:
    """Return one chosen target of each picture that masks describe, and why other pictures have none.

    The answers are about the whole picture, so its source must have looked for everything, and its
    window must not depend on the region in question; otherwise its replacement must be among
    `windows`.
    """
    by_picture: dict[tuple[object, ...], list[Choice]] = {}
    for one in choices:
        place = (one.sample, one.axis, one.index, str(one.crop))
        by_picture.setdefault(place, []).append(one)
    kept, rejected = [], []
    for own in by_picture.values():
        first = min(own, key=lambda c: (rank(seed, "picture", c.id), c.id))
        regions = [c for c in own if c.kind == "region" and c.crop is None]
        if not regions:
            continue
        known = [c for c in regions if c.searched.knows_absence]
        if not known:
            rejected.append(no_scene(first, "absence-unknown", first.stated_at))
            continue
        able = [c for c in known if not (w := windows.get(c.window)) or not w.of_region]
        able = able or [
            replace(c, window=id_) for c in known if (id_ := windows[c.window].for_all) in windows
        ]
        if able:
            kept.append(min(able, key=lambda c: (rank(seed, "picture", c.id), c.id)))
        else:
            rejected.append(no_scene(first, "window-of-region", first.window))
    return sorted(kept, key=lambda c: c.id), sorted(rejected, key=lambda r: r.subject)


def in_other_windows(
    pictures: Iterable[Choice], windows: Mapping[str, Window], lexicon: Lexicon
) -> list[Choice]:
    """Return the pictures again, once in each other window of a structure in them.

    A picture whose window the recipe states is left out.
    """
    found = []
    for one in pictures:
        usual = lexicon.window(one.label, one.modality)
        if usual is None or usual.for_all != one.window:
            continue
        named = (lexicon.window(n.name, one.modality) for n in one.neighbours)
        others = {w.for_all for w in named if w is not None} - {one.window}
        found += [
            replace(one, id=f"{one.id}!{id_}", window=id_)
            for id_ in sorted(others)
            if id_ in windows and not windows[id_].of_region
        ]
    return found
