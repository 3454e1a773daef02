"""Which pictures of a benchmark are asked about with skills: each once, under a window for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchsmith.core.model import Choice, Rejection
from benchsmith.core.random_order import rank
from benchsmith.documents.lexicon import Window
from benchsmith.skills.measured_scenes import no_scene


def anchors(
    choices: Iterable[Choice], windows: Mapping[str, Window], seed: int
) -> tuple[list[Choice], list[Rejection]]:
    """Return one chosen target of each picture that masks describe, and why other pictures have none.

    The answers are about the whole picture. So its source must have looked for everything, and its
    window must not depend on the region that is asked about.
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
        able = [c for c in known if not (w := windows.get(c.window)) or not w.otherwise]
        if able:
            kept.append(min(able, key=lambda c: (rank(seed, "picture", c.id), c.id)))
        else:
            rejected.append(no_scene(first, "window-of-region", first.window))
    return sorted(kept, key=lambda c: c.id), sorted(rejected, key=lambda r: r.subject)
