"""The placeholders of a recipe's templates and label paths: each has a value from `images`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from benchsmith.documents.labels import READER, MaskFiles, Masks, Merge, Table, one
from benchsmith.documents.labels import Path as PathLabels
from benchsmith.documents.problems import did_you_mean
from benchsmith.text import path_patterns

OF_PICTURE = ("key", "part")
"""Values that every picture has, whatever the placeholders of `images`."""
OF_CELL = ("path", "folders", "folder", "name")
"""Values that the cell of a table of mask files has."""


STEP_HINT = "a step such as {n+1} belongs to a picture's number in the path of labels, or in `row`"


class Misuse(NamedTuple):
    """A placeholder that cannot be filled, or whose shape would be ignored."""

    where: tuple[Any, ...]
    """The place in the samples entry."""
    what: str
    hint: str


class _Text(NamedTuple):
    """A text with placeholders."""

    where: tuple[Any, ...]
    key: str
    text: str
    more: tuple[str, ...] = OF_PICTURE
    """Names that it may have beside those of `images`."""
    is_path: bool = False
    """Whether a shape says what a file's name looks like."""
    is_of_labels: bool = False
    """Whether it means rows or files of labels, which may be numbered from another number."""

    @property
    def may_step(self) -> bool:
        """Whether it may have a step."""
        return self.is_path or self.is_of_labels


def misuses(entry: Any) -> Iterator[Misuse]:
    """Yield each placeholder of a samples entry that `images` does not give, each with its place.

    An unfilled placeholder in a path would match any name, as `*` does; in a template it would
    remain as text, the same for every picture. A shape has a meaning in a path. In a template it may repeat
    that of `images`; a number of characters pads digits, where `images` says that the value has
    them.
    """
    shapes = path_patterns.shapes(entry.images)
    for name in path_patterns.steps(entry.images):
        what = (
            f"`images: {entry.images}` adds to {{{name}}}: pictures have the numbers of their names"
        )
        yield Misuse(("images",), what, STEP_HINT)
    for each in _texts(entry):
        known = [*shapes, *(name for name in each.more if name not in shapes)]
        shown = f"`{each.key}: {each.text}`"
        own = path_patterns.shapes(each.text)
        for name in path_patterns.steps(each.text):
            if not each.may_step or name not in (*shapes, *OF_PICTURE):
                yield Misuse(each.where, f"{shown} adds to {{{name}}}", STEP_HINT)
        for name, shape in own.items():
            if name not in known:
                there = ", ".join(f"{{{one}}}" for one in known) or "none"
                hint = did_you_mean(name, known) or "write it into `images`"
                hint += "; `*` is any text" if each.is_path else ""
                what = f"{shown} has {{{name}}}, which no picture has; there are: {there}"
                yield Misuse(each.where, what, hint)
            elif (
                shape
                and not each.is_path
                and shape != shapes.get(name)
                and not (shape.isdigit() and shapes.get(name) == "digits")
            ):
                what = f"{shown} gives {{{name}}} a shape, {shape!r}, which would be ignored"
                yield Misuse(each.where, what, f"write {{{name}}}, and the shape into `images`")
        if not each.is_path and re.search(
            r"[{}]", path_patterns.fill(each.text, dict.fromkeys(own, ""))
        ):
            what = f"{shown} has a brace that is not part of a {{placeholder}}"
            yield Misuse(each.where, what, "a placeholder's name consists of small letters and `_`")
    for j, labels in enumerate(entry.labels):
        if isinstance(labels, PathLabels) and labels.field not in shapes:
            there = ", ".join(f"`{name}`" for name in shapes) or "none"
            yield Misuse(
                ("labels", j),
                f"`images` has no placeholder {{{labels.field}}} for the label; it has {there}",
                "name one of them in `field`, or write it into `images`",
            )


def _texts(entry: Any) -> Iterator[_Text]:
    """Yield every text of a samples entry that is filled with a picture's values."""
    if entry.key is not None:
        yield _Text(("key",), "key", entry.key, ())
    about: Mapping[str, str | None] = dict(entry.about)
    for where, key, value in [
        (("patient",), "patient", entry.patient),
        *((("about", key), key, value) for key, value in about.items()),
    ]:
        if value and not value.startswith("column:"):
            yield _Text(where, key, value)
    for j, labels in enumerate(entry.labels):
        of = one(labels)
        at: tuple[Any, ...] = ("labels", j, *(["of"] if isinstance(labels, Merge) else []))
        own = [READER] if isinstance(labels, Merge) and not isinstance(of, Table) else []
        own += ["label"] if isinstance(of, Masks) and of.label is None else []
        if file := getattr(of, "file", None):
            yield _Text((*at, "file"), "file", file, (*OF_PICTURE, *own), is_path=True)
        if file := getattr(of, "names_file", None):
            yield _Text((*at, "names_file"), "names_file", file, is_path=True)
        if isinstance(of, MaskFiles) and of.mask_at is not None:
            more = (*OF_PICTURE, *OF_CELL)
            yield _Text((*at, "mask_at"), "mask_at", of.mask_at, more, is_path=True)
        for key in ("row", "names_at"):
            if text := getattr(of, key, None):
                yield _Text((*at, key), key, text, is_of_labels=True)
