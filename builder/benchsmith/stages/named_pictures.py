"""Label files that name their pictures: each name must mean exactly one existing picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.documents.labels import one
from benchsmith.documents.recipe import Source
from benchsmith.stages.picture_list import Pictures
from benchsmith.stages.units import show
from benchsmith.text import path_patterns
from benchsmith.text.picture_names import by_name, of_path

NAMING = ("coco", "via")
"""Kinds of label files that name the pictures they are about."""


class NameFault(NamedTuple):
    """A name without a picture, or a picture that shares its name with another."""

    reason: str
    subject: str
    detail: str
    picture: Path | None = None
    """The picture that cannot be used."""


def name_faults(
    source: Source, roots: Mapping[str, Path], pictures: Pictures, plugins: Plugins
) -> Iterator[NameFault]:
    """Yield each name of a label file without a picture, and each picture whose name is shared.

    A bare name is found in every folder. If two folders have a picture of that name, it is unknown
    which of them the labels are of.
    """
    for (file, _), (labels, own) in _by_label_file(source, roots, pictures).items():
        try:
            names = list(plugins.named_pictures(labels, file))
        except DataFault:
            continue  # each of its pictures says why
        if not names:
            continue
        index = by_name((name, name) for name in names)
        meant: dict[str, list[Path]] = {}
        for path in own:
            name = of_path(index, path.as_posix())
            if name is not None:
                meant.setdefault(name, []).append(path)
        shown = show(roots, file)
        for name in sorted(set(index.values()) - meant.keys()):
            yield NameFault("no-picture", f"{shown}: {name}", "there is no file of this name")
        for name, paths in sorted(meant.items()):
            for path in paths if len(paths) > 1 else ():
                others = ", ".join(show(roots, p) for p in paths if p != path)
                what = f"{shown} has one image {name!r} for this and for {others}"
                yield NameFault("key-twice", show(roots, path), what, path)


def _by_label_file(
    source: Source, roots: Mapping[str, Path], pictures: Pictures
) -> dict[tuple[Path, str], tuple[Any, dict[Path, None]]]:
    """Return, by label file and kind, the labels entry and the pictures that it may be about."""
    found: dict[tuple[Path, str], tuple[Any, dict[Path, None]]] = {}
    kinds = {labels.kind for e in source.recipe.samples for labels in map(one, e.labels)}
    if kinds.isdisjoint(NAMING):
        return found
    files: dict[str, list[Path]] = {}
    for picture in pictures:
        for labels in map(one, source.recipe.samples[picture.entry].labels):
            if labels.kind not in NAMING:
                continue
            prefix, _, pattern = labels.file.rpartition(":")
            filled = path_patterns.fill(pattern, picture.fields)
            key = f"{prefix}:{filled}"
            if key not in files:
                files[key] = [m.path for m in path_patterns.find(roots[prefix], filled)]
            for file in files[key]:
                found.setdefault((file, labels.kind), (labels, {}))[1][picture.path] = None
    return found
