"""Keys of pictures of several entries: no two pictures have one, and tables still find their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchsmith.drafting.recipes.mask_pairs import Part, value
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Samples

Entries = Sequence[tuple[PictureSet | None, Samples]]


def separate(entries: Entries) -> None:
    """Give pictures of several entries with equal keys keys of their own.

    Keys that a table asked for go first: two eyes of one row (`0_left.jpg`, `0_right.jpg`) have the names of
    their files for keys. Tables that were matched by the key then name their rows by `row`.
    """
    every = [(p, s, _keys(p, s)) for p, s in entries if p is not None]
    times = Counter(key for _, _, keys in every for key in set(keys))
    for _, samples, keys in every:
        if samples.key and any(times[key] > 1 for key in keys):
            _rows(samples, samples.key)
            samples.key = ""
    seen: dict[str, int] = {}
    for number, (pictures, samples) in enumerate(entries):
        if pictures is None:
            continue
        keys = _keys(pictures, samples)
        if not samples.key and any(seen.get(k, number) != number for k in keys):
            parts = [pictures.text(i) for i in range(len(pictures.family.varying))]
            stem = pictures.text("stem") or pictures.family.before.replace("*", "")
            if pictures.text("stem"):
                _rows(samples, "/".join([*parts, stem]))
            samples.key = "/".join([*parts, f"{stem}-{number + 1}"])
        else:
            seen.update(dict.fromkeys(keys, number))


def _keys(pictures: PictureSet, samples: Samples) -> list[str]:
    """Return the keys of pictures by the template of the entry."""
    parts: list[Part] = ["stem", "core", *range(len(pictures.family.varying))]
    for part in parts if samples.key else []:
        if (part == "stem" or part != "core" or pictures.family.varies) and (
            pictures.text(part) == samples.key
        ):
            return [value(member, part) for member in pictures.members]
    return [pictures.key(member) for member in pictures.members]


def _rows(samples: Samples, row: str) -> None:
    """Let tables that are matched by the pictures' key find their rows by `row` instead."""
    for entry in samples.labels:
        own = entry.one
        if "key" in own and not {"row", "rows_at", "key_is"} & set(own):
            rest = dict(own)
            own.clear()
            for name, what in rest.items():
                own[name] = what
                if name == "key":
                    own["row"] = row
