"""Pictures that models may know: what lies in the benchmark's `contamination` folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import DataFault, Plugins, Reading
from benchsmith.imaging import appearance
from benchsmith.stages.measure import BLANK


class Known(NamedTuple):
    """One known picture."""

    name: str
    """The folder's name and the file's name in it, with the number of a picture among several."""
    phash: str
    mirrors: str
    look: bytes


class Looked(NamedTuple):
    """What came of a file: its pictures, and why what of it could not be used."""

    pictures: tuple[Known, ...]
    unread: tuple[str, ...]


def files(folder: Path) -> list[Path]:
    """Return every file of a folder that is not hidden, in byte order of the names."""
    found = [
        Path(root, name)
        for root, folders, names in os.walk(folder)
        for name in names
        if not any(part.startswith(".") for part in (name, *Path(root).relative_to(folder).parts))
    ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix().encode())


def look(path: Path, folder: Path, plugins: Plugins) -> Looked:
    """Describe the pictures of a file; of a volume every axial slice. Blank ones say nothing."""
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    found: list[Known] = []
    try:
        pieces: Sequence[str] = plugins.parts(path)
    except DataFault:
        # a format without parts is one picture or volume
        pieces = [""]
    unread: list[str] = []
    for piece in pieces if len(pieces) > 1 else [""]:
        try:
            image = plugins.read_image(path, Reading(part=piece, burned_in=True))
        except DataFault as fault:
            unread.append(f"{name}: {fault.reason}")
            continue
        for number, plane in enumerate(image.voxels):
            seen = appearance.describe(plane)
            if seen.spread >= BLANK:
                where = piece if image.planar else f"z{number}"
                own = f"{name}~{where}" if where else name
                found.append(Known(own, seen.phash, seen.mirrors, seen.look))
    return Looked(tuple(found), tuple(unread))
