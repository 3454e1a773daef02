"""What annotation files say of their marks that a recipe must answer: other pictures' names, a model's confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchsmith.annotations import model_confidence
from benchsmith.annotations.own_picture import is_name_of
from benchsmith.annotations.strict_documents import load_json, load_xml
from benchsmith.core.contracts import DataFault
from benchsmith.drafting.recipes.mask_pairs import Pairing
from benchsmith.drafting.recipes.proposal import Labels

SOME = 40
"""Files that are opened."""


def ask(entry: Labels, root: Path, pairing: Pairing) -> None:
    """Add to an entry of VOC or LabelMe files what they say, as keys that a person decides."""
    other: list[str] = []
    own = 0
    sure = ""
    for picture, mark in pairing.pairs[:SOME]:
        name, marks = _voc(root / mark.entry.path)
        if name and is_name_of(name, picture.entry.name):
            own += 1
        elif name:
            other.append(f"{picture.entry.name} is {name!r} in its file")
        sure = sure or next(filter(None, map(model_confidence.stated, marks)), "")
    if other and not own:
        entry.keys["picture_name"] = "ignore"
        entry.decide["picture_name"] = f"were the pictures renamed? {other[0]}"
    _of_a_model(entry, sure)


def ask_coco(entry: Labels, tree: Mapping[str, Any]) -> None:
    """Add to an entry of a COCO file that its marks have a model's confidence."""
    listed = tree["annotations"] if isinstance(tree["annotations"], list) else []
    marks = (one for one in listed if isinstance(one, dict))
    _of_a_model(entry, next(filter(None, map(model_confidence.stated, marks)), ""))


def ask_table(entry: Labels, rows: Iterable[Mapping[str, str]]) -> None:
    """Add to an entry of boxes in a table that its rows have a model's confidence."""
    used = (*entry.keys["box"], entry.keys.get("label_column"))
    found = (model_confidence.stated(row, used) for row in rows)
    _of_a_model(entry, next(filter(None, found), ""))


def _of_a_model(entry: Labels, sure: str) -> None:
    if sure:
        entry.keys["confidence"] = True
        entry.decide["confidence"] = (
            f"did people accept these marks of a model? A mark has the {sure}"
        )


def _voc(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """Return the picture's name in a VOC or LabelMe file, and the fields of its marks."""
    try:
        if path.suffix.lower() == ".xml":
            root = load_xml(path)
            marks = [{e.tag: e.text or "" for e in one} for one in root.findall("object")]
            return root.findtext("filename") or "", marks
        tree = load_json(path)
        name, shapes = tree.get("imagePath"), tree.get("shapes")
        return name if isinstance(name, str) else "", list(_objects(shapes))
    except DataFault:
        return "", []


def _objects(shapes: object) -> Iterator[dict[str, Any]]:
    yield from (
        one for one in (shapes if isinstance(shapes, list) else []) if isinstance(one, dict)
    )
