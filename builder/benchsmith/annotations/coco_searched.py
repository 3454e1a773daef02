"""Which categories were looked for in an image of a COCO file, if it says so as LVIS does.

LVIS lists for each image the categories of which not all objects are marked, `not_exhaustive_category_ids`, and those
that somebody looked for and did not find, `neg_category_ids` (Gupta et al., 2019, section 3). Where the second list is
there, categories that have no mark and are not in it were not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchsmith.annotations.coco_boxes import are_whole
from benchsmith.core.contracts import Fault

PARTLY, ABSENT = "not_exhaustive_category_ids", "neg_category_ids"


def faults(
    image: Mapping[str, Any], categories: Mapping[int, str], marked: frozenset[str], at: str
) -> Iterator[Fault]:
    """Yield why labels are unknown in an image: `marked` are those of its annotations, `at` is the file."""
    for key in (PARTLY, ABSENT):
        if (stated := image.get(key)) is None:
            continue
        if not are_whole(stated) or not set(stated) <= set(categories):
            yield Fault("class-unknown", at, f"its {key} is no list of ids of categories: {str(stated)[:60]}")  # fmt: skip
            continue
        for raw in sorted({categories[one] for one in stated}):
            if key == PARTLY:
                what = f"{raw} is in {PARTLY}: not all of its objects are marked"
                yield Fault("not-looked-for", at, what, raw)
            elif raw in marked:
                yield Fault("marks-contradict", at, f"{raw} is marked, and in {ABSENT}", raw)


def searched(
    image: Mapping[str, Any], categories: Mapping[int, str], marked: frozenset[str]
) -> frozenset[str]:
    """Return the labels that were looked for in an image: those of all categories, if it does not say which."""
    absent = image.get(ABSENT)
    if not are_whole(absent):
        return frozenset(categories.values())
    return marked | {categories[one] for one in absent if one in categories}
