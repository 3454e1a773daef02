"""Marks of pictures with the same pixels that cannot both be right: one place with two labels, one label in two places.

Labels that one picture marks and another one, which looked for them, does not are compared as lists are
(:mod:`benchsmith.selectors.contradicting_lists`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from benchsmith.stages.normaliser import Normaliser

COLUMNS = ("entry", "axis", "index", "box", "area_px")
"""Columns of findings that are compared besides those of lists."""
Row = Mapping[str, Any]
Looked = Callable[[Row, str], bool]
"""Returns whether the source of a row looked for all marks of a label."""


class Clash(NamedTuple):
    """Marks of two pictures that contradict each other."""

    ids: tuple[str, ...]
    """The findings of both."""
    labels: frozenset[str]
    said: str


def plane_of(row: Row) -> tuple[str, int, str]:
    """Return the plane of its image that a row is about, and its crop."""
    return row["axis"], row["index"], str(row["crop"])


def clashes(
    of_sample: Mapping[str, Sequence[Row]], normaliser: Normaliser, looked: Looked
) -> Iterator[Clash]:
    """Yield the marks that contradict each other, of pictures with the same pixels, by plane.

    `of_sample` has rows of Finding by sample. A region that two pictures have with unrelated labels is wrong in
    one. So is a label whose marks in two pictures share no pixel of their boxes, if each source looked for all.
    """
    planes: dict[tuple[str, int, str], dict[str, list[Row]]] = defaultdict(dict)
    for sample, rows in of_sample.items():
        for row in rows:
            if row["kind"] != "image":
                planes[plane_of(row)].setdefault(sample, []).append(row)
    for place in sorted(planes):
        for (one, own), (other, others) in combinations(sorted(planes[place].items()), 2):
            start = f"{one} and {other} have the same pixels, and "
            for labels, ids, said in _same_place(own, others, normaliser):
                yield Clash(ids, labels, start + said)
            for labels, ids, said in _apart(own, others, normaliser, looked):
                yield Clash(ids, labels, start + said)


Found = tuple[frozenset[str], tuple[str, ...], str]


def _same_place(
    own: Sequence[Row], others: Sequence[Row], normaliser: Normaliser
) -> Iterator[Found]:
    """Yield regions with one box and area; boxes are not compared, since one lesion may have two findings."""
    regions: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in others:
        if row["kind"] == "region":
            regions[_outline(row)].append(row)
    for row in own:
        for other in regions.get(_outline(row), ()) if row["kind"] == "region" else ():
            if normaliser.excludes(row["raw"], other["raw"], row["source"], row["modality"]):
                names = frozenset(_named(each, normaliser)[0] for each in (row, other))
                said = f"one marks {row['raw']!r} where the other marks {other['raw']!r}"
                yield names, (row["id"], other["id"]), said


def _outline(row: Row) -> tuple[Any, ...]:
    return *sorted(row["box"].items()), row["area_px"]


def _apart(
    own: Sequence[Row], others: Sequence[Row], normaliser: Normaliser, looked: Looked
) -> Iterator[Found]:
    mine, theirs = (_by_label(rows, normaliser) for rows in (own, others))
    for name in sorted(mine.keys() & theirs.keys()):
        label = name[0]
        pairs = list(product(mine[name], theirs[name]))
        if any(_overlap(a["box"], b["box"]) for a, b in pairs):
            continue
        if all(looked(row, label) for row in (*mine[name], *theirs[name])):
            ids = tuple(row["id"] for row in (*mine[name], *theirs[name]))
            yield frozenset({label}), ids, f"mark {mine[name][0]['raw']!r} in different places"


def _by_label(rows: Sequence[Row], normaliser: Normaliser) -> dict[tuple[str, str], list[Row]]:
    """Return rows by label and side; words without a label are left off."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if (name := _named(row, normaliser))[0]:
            found[name].append(row)
    return found


def _named(row: Row, normaliser: Normaliser) -> tuple[str, str]:
    found = normaliser.resolve(row["raw"], row["source"], row["modality"])
    return found.label, found.laterality


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    return all(max(one[f"{n}0"], other[f"{n}0"]) < min(one[f"{n}1"], other[f"{n}1"]) for n in "xy")
