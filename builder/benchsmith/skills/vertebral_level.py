"""The vertebral level of a structure, if its source marks vertebrae by their level.

It is asked about coronal and sagittal planes that also show where to count from: the sacrum, or the first
or second cervical vertebra. Two neighbouring levels are offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import SAYS, Draft, Level, Scene, Seen, Unclear

NAMED = re.compile(r"(?:^|[^a-z0-9])([CTL])(\d{1,2})$", re.IGNORECASE)
"""A level at the end of a source's word, such as ``vertebrae_L1``."""
COUNTED_FROM = "sacrum"
UPPERMOST = frozenset({"C1", "C2"})
VERTEBRA = "vertebra"


def level_of(raw: str, label: str) -> str:
    """Return the level of a vertebra that a source's word states; empty if it states none.

    >>> level_of("vertebrae_L1", "lumbar-vertebra"), level_of("T12", "vertebra"), level_of("L1", "lung")
    ('L1', 'T12', '')
    """
    found = NAMED.search(raw) if label == VERTEBRA or label.endswith(f"-{VERTEBRA}") else None
    return f"{found[1].upper()}{int(found[2])}" if found else ""


def level(scene: Scene, one: Seen, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft the level of a structure's centre, with the one above and the one below."""
    if not scene.levels or scene.top_is != "head" or not _countable(scene):
        return
    centre = (one.box.y0 + one.box.y1) / 2
    least = margins.level
    levels = sorted(scene.levels, key=lambda each: each.top)
    at = [i for i, each in enumerate(levels) if each.holds(centre, least)]
    if len(at) != 1 or one.label == VERTEBRA or one.label.endswith(f"-{VERTEBRA}"):
        if at:
            return
        detail = "its centre is not clearly at the height of one vertebra"
        yield Unclear(subject=one.label, reason="level-unclear", detail=detail)
        return
    for a, b in pairwise(range(max(0, at[0] - 1), min(len(levels), at[0] + 2))):
        options = (f"{SAYS}{levels[a].name}", f"{SAYS}{levels[b].name}")
        fact = Fact(subject=one.label, name=f"centre at {levels[at[0]].name}, share of its height",
                    value=levels[at[0]].share(centre), unit="")  # fmt: skip
        yield Draft(
            scene=scene, kind="level", subjects=(one.label,), options=options,
            key=f"{SAYS}{levels[at[0]].name}", evidence=(fact,), about=one,
            variant=f"{levels[a].name}.{levels[b].name}", ladder=f"{levels[a].name} {levels[b].name}",
        )  # fmt: skip


def _countable(scene: Scene) -> bool:
    """Return whether the plane shows an end of the spine that levels are counted from."""
    shown = {one.label for one in scene.structures} | scene.others
    return COUNTED_FROM in shown or bool(UPPERMOST & {each.name for each in scene.levels})


def levels_of(found: dict[str, tuple[int, int]]) -> tuple[Level, ...]:
    """Return levels from their first and last row, in the order of their names."""
    return tuple(Level(name, *rows) for name, rows in sorted(found.items()))
