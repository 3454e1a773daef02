"""The labels entry for a family of mask files, by the content of its masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from benchsmith.documents.labels import READER
from benchsmith.drafting.recipes import colour_labels, model_outputs, several_readers
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_codes import codes_of
from benchsmith.drafting.recipes.mask_pairs import Pairing, Part, fill
from benchsmith.drafting.recipes.mask_questions import common, shells
from benchsmith.drafting.recipes.name_words import MARK_WORDS, PICTURE_WORDS, SPLIT_WORDS, tokens
from benchsmith.drafting.recipes.proposal import Labels

MANY_OBJECTS = 20
SOME_OBJECTS = 5
"""Values that count objects, if every one of them is one piece."""
VAGUE = (
    MARK_WORDS
    | PICTURE_WORDS
    | SPLIT_WORDS
    | model_outputs.WORDS
    | {
        "human",
        "expert",
        "set",
        "all",
        "first",
        "st",
        "inst",
        "instance",
        "instances",
        "map",
        "maps",
        "index",
    }
)


def labels(
    pairing: Pairing,
    looks: Sequence[Look],
    text_of: Callable[[Part], str],
    names_file: str,
    names: dict[int, str],
) -> Labels:
    """Return the entry for masks that belong to pictures; `names` are those that a file states."""
    file = fill(pairing, text_of)
    if looks[0].variable:
        entry = _labels(file, pairing, looks, names_file, names)
        for each in (entry, *entry.otherwise):
            each.keys = {"kind": each.keys["kind"], "file": file, "variable": looks[0].variable} | {
                key: value for key, value in each.keys.items() if key not in ("kind", "file")
            }
        return entry
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
        return colour_labels.colours(file, looks)
    background = {one.background for one in looks if one.kind == "mask"} - {0}
    if background and all(one.planar for one in looks):
        return colour_labels.grey_palette(file, values, max(background), looks)
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
        entry = _objects(file, pairing, looks)
        if len(values) <= MANY_OBJECTS and not looks[0].variable:
            entry.unsure = "the values may be classes, or numbers of objects of one kind"
            entry.otherwise.append(_classes(file, looks, values))
            entry.otherwise[0].unsure = "every value is a class"
        return entry
    else:
        entry = _classes(file, looks, values)
        if len(values) > 2 and looks[0].planar:
            entry.unsure = "the values may be classes, or numbers of objects of the same kind"
            entry.otherwise.append(_objects(file, pairing, looks))
            entry.otherwise[0].unsure = "every value is one object, all of the same kind"
    if "exhaustive" not in entry.keys:
        common(entry, looks)
    known = entry.keys.get("names") or names
    shells(entry, looks, {str(v): n for v, n in known.items()})
    return entry


def _classes(file: str, looks: Sequence[Look], values: Sequence[int]) -> Labels:
    """Return the entry for masks whose values are classes that no file names."""
    entry = Labels({"kind": "volume", "file": file, "names": {v: f"value {v}" for v in values}})
    entry.decide["names"] = f"what do the values mean? seen in {len(looks)} files"
    entry.names_stated = False
    common(entry, looks)
    return entry


def _objects(file: str, pairing: Pairing, looks: Sequence[Look]) -> Labels:
    """Return the entry for masks whose values count objects."""
    entry = Labels({"kind": "instances", "file": file, "label": _word(pairing, looks, "object")})
    entry.decide["label"] = "what are these objects? every value was taken as one object"
    entry.names_stated = False
    common(entry, looks)
    return entry


def of_objects(file: str, pairing: Pairing, looks: Sequence[Look]) -> Labels:
    """Return the entry for several files of a picture, each of which marks an object."""
    whole = replace(pairing, several=True)
    entry = _masks(file, whole, [replace(one, grey_edges=False) for one in looks], named=False)
    values = sorted({v for one in looks for v in one.values})
    if len(values) > 1:
        entry.keys["threshold"] = values[0]
        entry.decide["threshold"] = "all values of a file were taken as one object"
        entry.unsure = f"each file marks one object: what do its values {values} mean?"
    return entry


def _are_objects(looks: Sequence[Look], values: Sequence[int]) -> bool:
    """Return whether values count objects: 1 to n without a gap, and n differs between files."""
    named = tokens(looks[0].variable) if looks else []
    if {"inst", "instance", "instances"} & set(named):
        return True
    counts = {len(one.values) for one in looks}
    gapless = all(one.values == tuple(range(1, len(one.values) + 1)) for one in looks if one.values)
    apart = gapless and len(counts) > 1
    whole = all(one.whole_values for one in looks)
    return bool(looks) and looks[0].planar and (
        (apart and (len(values) > MANY_OBJECTS or (whole and len(values) >= SOME_OBJECTS)))
        or len(values) > 4 * MANY_OBJECTS
    )  # fmt: skip


def _masks(file: str, pairing: Pairing, looks: Sequence[Look], *, named: bool) -> Labels:
    entry = Labels({"kind": "masks", "file": file})
    if not named:
        entry.keys["label"] = _word(pairing, looks, "region")
        entry.decide["label"] = "what do these masks mark?"
        entry.names_stated = False
    elif codes := codes_of(pairing):
        entry.keys["names"] = {code: f"code {code}" for code in codes}
        entry.decide["names"] = "what do the codes in the names mean? a file may list them"
        entry.names_stated = False
    if any(one.grey_edges or len(one.values) > 1 for one in looks):
        entry.keys["threshold"] = 128 if looks[0].planar else 1
        entry.decide["threshold"] = "the masks have grey edges"
    if sum(one.many_pieces for one in looks) > len(looks) / 2 and not pairing.several:
        entry.keys["objects"] = "components"
        entry.decide["objects"] = "the masks have many pieces: is each one an object?"
    common(entry, looks)
    if "objects" in entry.keys:
        whole = {k: v for k, v in entry.keys.items() if k != "objects"}
        decide = {k: v for k, v in entry.decide.items() if k != "objects"}
        why = "all pieces of a mask are one structure"
        entry.otherwise.append(Labels(whole, decide, why, [], entry.names_stated))
    return entry


def _word(pairing: Pairing, looks: Sequence[Look], otherwise: str) -> str:
    """Return the word of the masks' paths that says what they mark."""
    own = set(tokens(pairing.pictures.words))
    for text in (looks[0].words, looks[0].variable, pairing.marks.after, pairing.marks.before, *(
        f"{f.before} {f.after}" for f in reversed(pairing.marks.folders)
    )):  # fmt: skip
        words = [
            t
            for t in tokens(text)
            if t not in own and t not in VAGUE and (len(t) > 3 or not t.isascii()) and t.isalpha()
        ]
        if words:
            return " ".join(words)
    return otherwise
