"""The labels entries for masks, DICOM objects and annotation files, made per kind of picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import Plugins
from benchsmith.drafting.recipes import (
    label_documents,
    mask_labels,
    named_arrays,
    names_files,
    reader_overlap,
    said_of_marks,
    several_readers,
)
from benchsmith.drafting.recipes.family import Family, regrouped
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_pairs import ANY, Pairing, fill, pair
from benchsmith.drafting.recipes.mask_partners import MaskPartners
from benchsmith.drafting.recipes.mask_questions import EXHAUSTIVE
from benchsmith.drafting.recipes.names_files import Stated
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels
from benchsmith.drafting.recipes.seen_files import FolderView
from benchsmith.drafting.recipes.structure_families import (
    Looked,
    by_last_word,
    by_structure,
    of_one_folder,
)

MOST_OBJECTS = 12
"""Segmentations and structure sets of one picture that are tried."""
Maker = Callable[[PictureSet], Labels]
"""Makes an entry of `labels` for pictures whose path pattern is known."""


def of_masks(
    view: FolderView, root: Path, readers: Plugins
) -> tuple[dict[int, list[Maker]], MaskPartners]:
    """Return the function that makes the labels of each family of pictures, by its identity."""
    partners = MaskPartners(view, root, readers)
    found: dict[int, list[Maker]] = defaultdict(list)
    lonely: list[Looked] = []
    masks = by_structure(view.masks, [f for f, _ in view.pictures])
    paired, masks = by_last_word(masks, partners.partners)
    for one in masks:
        pairs = partners.partners(one[0])
        if pairs:
            paired.append(((pairs[0].marks, one[1]), pairs))
        else:
            lonely.append(one)
    for one in of_one_folder(lonely):
        pairs = partners.single(*one)
        if pairs:
            paired.append((one, pairs))
        else:
            partners.alone(*one)
    taken: dict[int, list[Pairing]] = defaultdict(list)
    looks = {id(family): own for (family, own), _ in paired}
    for _, pairs in paired:
        for pairing in pairs:
            taken[id(pairing.pictures)].append(pairing)
    for pictures, pairings in taken.items():
        for pairing in partners.wanted(pairings, looks):
            make = partial(
                _masks, pairing, looks[id(pairing.marks)],
                names_files.of_values(view, root, _folders(pairing.marks)),
                partners.again.get(id(pairing.marks), []),
                partners.further.get(id(pairing.marks), []),
            )  # fmt: skip
            found[pictures].append(make)
    for family, marks in view.arrays:
        if own := named_arrays.own_pairing(family):
            stated = names_files.of_values(view, root, _folders(family))
            found[id(family)] += [partial(_masks, own, each, stated, [], []) for each in marks]
    for kind, family in view.objects:
        for pairing in partners.partners(family) or partners.single(family, [], ANY):
            for each in _one_by_one(pairing):
                found[id(pairing.pictures)].append(partial(_files, kind, each))
    return found, partners


def _one_by_one(pairing: Pairing) -> list[Pairing]:
    """Return a pairing for each of several objects of one picture: an entry reads one file."""
    if not pairing.several or pairing.marks.varying:
        return [pairing]
    return [
        replace(pairing, marks=regrouped(pairing.marks, [mark]), pairs=((picture, mark),),
                core=ANY, several=False)
        for picture, mark in pairing.pairs[:MOST_OBJECTS]
    ]  # fmt: skip


def of_documents(view: FolderView, root: Path, family: Family) -> list[Maker]:
    """Return the function that makes the labels in annotation files of one kind of picture."""
    found: list[Maker] = [
        partial(_documents, "voc", one, root) for voc in view.voc if (one := pair(family, voc))
    ]
    found += [
        partial(
            _yolo,
            one,
            names_files.of_classes(view, root, classes, _folders(yolo)),
            classes,
            lengths,
        )
        for yolo, classes, lengths in view.yolo
        if (one := pair(family, yolo))
    ]
    found += [
        partial(_documents, "labelme", one, root)
        for own in view.labelme
        if (one := pair(family, own))
    ]
    series = {tuple(m.entry.path.rstrip("/").split("/")) for m in family.members}
    found += [_lidc for own in view.lidc if any(m.entry.folders in series for m in own.members)]
    names = {m.entry.name for m in family.members}
    found += [
        partial(_via, entry.path, label_documents.via_attributes(tree))
        for entry, tree in view.via
        if names & {str(i["filename"]).rpartition("/")[2] for i in label_documents.via_images(tree)}
    ]
    return found + [
        partial(_coco, entry.path, tree)
        for entry, tree in view.coco
        if names & label_documents.coco_files(tree)
    ]


def _folders(family: Family) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(m.entry.folders for m in family.members))


def _masks(
    pairing: Pairing,
    looks: list[Look],
    stated: Stated | None,
    again: Sequence[Pairing],
    further: Sequence[Pairing],
    pictures: PictureSet,
) -> Labels:
    if further and (
        pattern := reader_overlap.one_pattern([fill(p, pictures.text) for p in (pairing, *further)])
    ):
        return mask_labels.of_objects(pattern, pairing, looks)
    file = stated.file if stated else None
    names = file.names if file and not file.path.endswith(".json") else {}
    entry = mask_labels.labels(pairing, looks, pictures.text, file.path if file else "", names)
    if looks[0].packed and pictures.look.packed and looks[0].parts == pictures.look.parts > 1:
        entry.one["part"] = "same"
        entry.ask(
            "part", "does each page of the labels belong to the picture page with the same number?"
        )
    elif entry.one["kind"] == "volume" and looks[0].packed:
        entry.one["part"] = 0
        entry.ask("part", f"which of the {looks[0].parts} components?")
    files = [str(entry.one["file"]), *(fill(one, pictures.text) for one in again)]
    if again and "of" not in entry.keys and (found := several_readers.one_pattern(files)):
        pattern, readers = found
        entry.keys["file"] = pattern
        entry = several_readers.merged(entry, "first", readers=readers)
    if stated:
        stated.ask(entry)
    return entry


def _files(kind: str, pairing: Pairing, pictures: PictureSet) -> Labels:
    keys = {"kind": kind, "file": fill(pairing, pictures.text), "exhaustive": False}
    return Labels(keys, {"exhaustive": EXHAUSTIVE})


def _documents(kind: str, pairing: Pairing, root: Path, pictures: PictureSet) -> Labels:
    entry = _files(kind, pairing, pictures)
    said_of_marks.ask(entry, root, pairing)
    return entry


def _coco(file: str, tree: dict[str, Any], _: PictureSet) -> Labels:
    entry = Labels(
        {"kind": "coco", "file": file, "exhaustive": False},
        {"exhaustive": EXHAUSTIVE},
    )
    said_of_marks.ask_coco(entry, tree)
    return entry


def _via(file: str, attributes: dict[str, set[str]], _: PictureSet) -> Labels:
    keys: dict[str, Any] = {"kind": "via", "file": file}
    entry = Labels(keys, {"exhaustive": EXHAUSTIVE})
    if attributes:
        keys["attribute"] = min(attributes, key=lambda name: (len(attributes[name]), name))
        shown = ", ".join(sorted(attributes[keys["attribute"]])[:4])
        entry.decide["attribute"] = f"is this the label: {shown}?"
    else:
        keys["label"] = "region"
        entry.decide["label"] = "what do these regions mark?"
        entry.names_stated = False
    keys["exhaustive"] = False
    return entry


def _lidc(pictures: PictureSet) -> Labels:
    return Labels(
        {"kind": "lidc", "file": f"{pictures.images}*.xml", "label": "nodule", "agree": 2},
        {
            "agree": "how many readers must outline a voxel?",
            "label": "what do the readers outline?",
        },
    )


def _yolo(
    pairing: Pairing,
    stated: Stated | None,
    classes: set[int],
    lengths: set[int],
    pictures: PictureSet,
) -> Labels:
    entry = Labels({"kind": "yolo", "file": fill(pairing, pictures.text)})
    if stated:
        entry.keys["names_file"] = stated.file.path
    else:
        entry.keys["names"] = {n: f"class {n}" for n in range(max(classes) + 1)}
        entry.decide["names"] = "what do the class numbers mean?"
        entry.names_stated = False
    entry.keys["exhaustive"] = False
    entry.decide["exhaustive"] = EXHAUSTIVE
    if not lengths <= {5} and lengths & {6, 9}:
        entry.keys["form"] = "auto"
        entry.decide["form"] = f"rows have {sorted(lengths)} numbers: box, polygon, pose or obb?"
    if stated:
        stated.ask(entry)
    return entry
