"""The labels entry for a family of mask files, by the content of its masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from benchsmith.documents.labels import READER
from benchsmith.drafting.recipes import several_readers
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_pairs import LABEL, Pairing, Part, fill
from benchsmith.drafting.recipes.name_words import MARK_WORDS, PICTURE_WORDS, SPLIT_WORDS, tokens
from benchsmith.drafting.recipes.proposal import Labels

MANY_OBJECTS = 20
EXHAUSTIVE = "did the source look for every listed label in the whole picture? then true"
VAGUE = MARK_WORDS | PICTURE_WORDS | SPLIT_WORDS | {"human", "expert", "set", "all", "first", "st"}


def labels(
    pairing: Pairing,
    looks: Sequence[Look],
    text_of: Callable[[Part], str],
    names_file: str,
    names: dict[int, str],
) -> Labels:
    """Return the entry for masks that belong to pictures; `names` are those that a file states."""
    file = fill(pairing, text_of)
    if readers := several_readers.of_pairing(pairing):
        file = file.replace("{label}", f"{{{READER}}}")
        alone = replace(pairing, several=False)
        entry = _labels(file, alone, looks, names_file, names)
        return several_readers.merged(entry, "majority", readers=readers)
    return _labels(file, pairing, looks, names_file, names)


def _labels(
    file: str, pairing: Pairing, looks: Sequence[Look], names_file: str, names: dict[int, str]
) -> Labels:
    values = sorted({v for one in looks for v in one.values})
    if any(one.kind == "colours" for one in looks):
        return _colours(file, looks)
    background = {one.background for one in looks if one.kind == "mask"} - {0}
    if background and all(one.planar for one in looks):
        return _grey_palette(file, values, max(background), looks)
    named = "{label}" in file
    single = all(len(one.values) <= 1 for one in looks)
    if (single or named or pairing.several) and not (names_file and not named):
        return _masks(file, pairing, looks, named=named)
    keys: dict[str, Any] = {"kind": "volume", "file": file}
    entry = Labels(keys)
    if names_file:
        keys["names_file"] = names_file
    elif names and set(values) <= set(names):
        keys["names"] = {v: names[v] for v in sorted(names) if v}
    elif _are_objects(looks, values):
        return _objects(file, pairing, looks)
    else:
        keys["names"] = {v: f"value {v}" for v in values}
        entry.decide["names"] = f"what do the values mean? seen in {len(looks)} files"
        entry.names_stated = False
        if len(values) > 2 and looks[0].planar:
            entry.unsure = "the values may be classes, or numbers of objects of the same kind"
            entry.otherwise.append(_objects(file, pairing, looks))
            entry.otherwise[0].unsure = "every value is one object, all of the same kind"
    _common(entry, looks)
    known = entry.keys.get("names") or names
    _shells(entry, looks, {str(v): n for v, n in known.items()})
    return entry


def _objects(file: str, pairing: Pairing, looks: Sequence[Look]) -> Labels:
    """Return the entry for masks whose values count objects."""
    entry = Labels({"kind": "instances", "file": file, "label": _word(pairing, "object")})
    entry.decide["label"] = "what are these objects? every value was taken as one object"
    entry.names_stated = False
    _common(entry, looks)
    return entry


def _shells(entry: Labels, looks: Sequence[Look], names: dict[str, str]) -> None:
    """Say which values lie around others: they may be the rest of a whole that is meant."""
    pairs = {pair for one in looks for pair in one.around}
    if not pairs or entry.keys["kind"] == "instances":
        return
    outer = min(a for a, _ in pairs)
    inner = sorted(b for a, b in pairs if a == outer)
    whole = names.get(outer, f"value {outer}")
    listed = ", ".join(names.get(v, v) for v in inner)
    parts = [names.get(v, int(v) if v.isdigit() else v) for v in (outer, *inner)]
    entry.unsure = entry.unsure or f"{listed} lies within {whole}: does {whole} exclude it?"
    keys = {**entry.keys, "union": {whole: parts}}
    why = f"{whole} includes the structures inside it"
    entry.otherwise.append(Labels(keys, dict(entry.decide), why, [], entry.names_stated))


def _are_objects(looks: Sequence[Look], values: Sequence[int]) -> bool:
    """Return whether values count objects: 1 to n without a gap, and n differs between files."""
    counts = {len(one.values) for one in looks}
    gapless = all(one.values == tuple(range(1, len(one.values) + 1)) for one in looks if one.values)
    return bool(looks) and looks[0].planar and len(values) > MANY_OBJECTS and (
        (gapless and len(counts) > 1) or len(values) > 4 * MANY_OBJECTS
    )  # fmt: skip


def _masks(file: str, pairing: Pairing, looks: Sequence[Look], *, named: bool) -> Labels:
    entry = Labels({"kind": "masks", "file": file})
    if not named:
        entry.keys["label"] = _word(pairing, "region")
        entry.decide["label"] = "what do these masks mark?"
        entry.names_stated = False
    if any(one.grey_edges or len(one.values) > 1 for one in looks):
        entry.keys["threshold"] = 128 if looks[0].planar else 1
        entry.decide["threshold"] = "the masks have grey edges"
    if sum(one.many_pieces for one in looks) > len(looks) / 2 and not pairing.several:
        entry.keys["objects"] = "components"
        entry.decide["objects"] = "the masks have many pieces: is each one an object?"
    _common(entry, looks)
    if "objects" in entry.keys:
        whole = {k: v for k, v in entry.keys.items() if k != "objects"}
        decide = {k: v for k, v in entry.decide.items() if k != "objects"}
        why = "all pieces of a mask are one structure"
        entry.otherwise.append(Labels(whole, decide, why, [], entry.names_stated))
    return entry


def _common(entry: Labels, looks: Sequence[Look]) -> None:
    entry.keys["exhaustive"] = False
    entry.decide["exhaustive"] = EXHAUSTIVE
    entry.some_empty = any(
        one.kind == "mask" and one.planar and not one.values and not one.grey_edges for one in looks
    )
    if looks and looks[0].parts > 1 and not looks[0].planar and entry.keys["kind"] == "volume":
        entry.keys["part"] = 0
        entry.decide["part"] = f"which of the {looks[0].parts} components?"


def _word(pairing: Pairing, otherwise: str) -> str:
    """Return the word of the masks' paths that says what they mark."""
    own = set(tokens(pairing.pictures.words))
    for text in (pairing.marks.after, pairing.marks.before, *(
        f.before for f in reversed(pairing.marks.folders)
    )):  # fmt: skip
        words = [
            t
            for t in tokens(text)
            if t not in own and t not in VAGUE and (len(t) > 3 or not t.isascii()) and t.isalpha()
        ]
        if words:
            return " ".join(words)
    return otherwise


def _colours(file: str, looks: Sequence[Look]) -> Labels:
    pixels: dict[str, int] = {}
    for one in looks:
        for colour, n in one.palette:
            pixels[colour] = pixels.get(colour, 0) + n
    order = sorted(pixels, key=lambda c: (-pixels[c], c))
    ground = next((c for c in ("#000000", "#ffffff") if c in pixels), order[0])
    names = {c: f"colour {c}" for c in order if c != ground}
    entry = Labels({"kind": "colours", "file": file, "names": names, "background": [ground]})
    entry.decide["names"] = "what do the colours mean? the most frequent come first"
    entry.decide["background"] = "which colours mark nothing?"
    entry.names_stated = False
    if any(one.smooth_edges for one in looks):
        entry.keys["tolerance"] = 16
        entry.decide["tolerance"] = "the edges between colours are mixed"
    _common(entry, looks)
    _shells(entry, looks, names)
    return entry


def _grey(value: int) -> str:
    return f"#{value:02x}{value:02x}{value:02x}"


def _grey_palette(
    file: str, values: Sequence[int], background: int, looks: Sequence[Look]
) -> Labels:
    """Return the entry for grey masks whose background is not black."""
    entry = Labels({"kind": "colours", "file": file,
                    "names": {_grey(v): f"grey {v}" for v in values if v != background},
                    "background": [_grey(background)]})  # fmt: skip
    entry.decide["names"] = "what do these grey values mean?"
    entry.decide["background"] = "does the value along the border mark nothing?"
    entry.names_stated = False
    _common(entry, looks)
    _shells(entry, looks, {str(v): f"grey {v}" for v in values})
    return entry


def is_label_part(pairing: Pairing) -> bool:
    """Return whether a varying part of the masks' paths names the structure."""
    return pairing.begins or LABEL in (*pairing.texts, pairing.core)
