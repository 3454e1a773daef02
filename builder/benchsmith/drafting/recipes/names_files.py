"""Files that name the values or classes of labels: the one that is read, and those that contradict it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.annotations import value_names, yolo
from benchsmith.core.contracts import DataFault
from benchsmith.documents import yaml
from benchsmith.drafting.recipes.proposal import Labels
from benchsmith.drafting.recipes.seen_files import FolderView
from benchsmith.text.normal_form import normal

YAML = (".yaml", ".yml")
Folders = Sequence[Sequence[str]]
"""The folders of each of some labels, from the top."""


@dataclass(frozen=True, slots=True)
class NamesFile:
    """A file that names values or classes."""

    path: str
    """Relative to the folder that is drafted."""
    names: dict[int, str]

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that it is in."""
        return tuple(self.path.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Stated:
    """The statements of a folder's files about the values of one kind of labels."""

    file: NamesFile
    otherwise: tuple[tuple[NamesFile, int], ...] = ()
    """Files that give another name to a value, and the first such value."""
    in_each: bool = False
    """Whether each folder of the labels has such a file of its own, and these differ."""

    def ask(self, entry: Labels) -> None:
        """Note in an entry which other files contradict the one that it reads."""
        if entry.one.get("names_file") != self.file.path:
            return
        if self.in_each:
            *folders, name = self.file.path.split("/")
            of_labels = str(entry.one["file"]).split("/")[: len(folders)]
            entry.one["names_file"] = "/".join([*of_labels, name])
        for other, value in self.otherwise:
            doubt = (
                f"{self.file.path} names {value} {self.file.names[value]!r}, and {other.path} names it "
                f"{other.names[value]!r}: which file is right?"
            )
            entry.unsure = f"{entry.unsure}; {doubt}" if entry.unsure else doubt
            entry.contradictions.append(doubt)
            one = {**entry.one, "names_file": other.path}
            keys = {**entry.keys, "of": one} if "of" in entry.keys else one
            why = f"{other.path} has the right names"
            entry.otherwise.append(
                replace(entry, keys=keys, unsure=why, otherwise=[], contradictions=[])
            )


def of_values(view: FolderView, root: Path, folders: Folders) -> Stated | None:
    """Return the file that names the values of label volumes in some folders; None if there is none."""
    found = [
        _file(root, entry.path, tree if entry.end != ".json" else None)
        for entry, tree in view.names
        if tree is not None
    ]
    return _stated(found, found, folders)


def of_classes(
    view: FolderView, root: Path, classes: Collection[int], folders: Folders
) -> Stated | None:
    """Return the file that names the classes of YOLO files in some folders; None if there is none.

    A `data.yaml` comes before a list of classes, and of those the one with the fewest names.
    """
    stated = [f for e, tree in view.names if tree is None and (f := _classes(root, e.path))]
    lists = [
        f
        for path, _ in sorted(view.class_lists, key=lambda one: (one[1], one[0]))
        if (f := _classes(root, path)) and max(f.names) >= max(classes, default=0)
    ]
    return _stated(stated or lists, [*stated, *lists], folders)


def _file(root: Path, path: str, names: dict[int, str] | None) -> NamesFile:
    """Return a file that names values; one that cannot be read names none, as a draft's trial says."""
    try:
        return NamesFile(path, value_names.names_in(root / path) if names is None else names)
    except DataFault:
        return NamesFile(path, {})


def _classes(root: Path, path: str) -> NamesFile | None:
    try:
        return NamesFile(path, yolo.names_in(root / path))
    except DataFault:
        tree = yaml.plain(root / path) if path.lower().endswith(YAML) else None
        # the draft's trial reports what is wrong with its names; other YAML files are unrelated
        return NamesFile(path, {}) if isinstance(tree, dict) and "names" in tree else None


def _stated(
    first: Sequence[NamesFile], every: Sequence[NamesFile], folders: Folders
) -> Stated | None:
    """Return the file with the most folders in common, or that of each folder; of several, the first."""
    if not first:
        return None
    near = [max(first, key=lambda f: _shared(f.folders, own)) for own in folders]
    file = near[0]
    found = []
    for other in every:
        both = sorted(set(file.names) & set(other.names))
        apart = [v for v in both if normal(file.names[v]) != normal(other.names[v])]
        if apart and (_is_over(other, file, folders) or _of_one_set(file, other)):
            found.append((other, apart[0]))
    same_place = {(len(f.folders), f.path.rpartition("/")[2]) for f in near}
    in_each = len(same_place) == 1 and any(f.names != file.names for f in near)
    return Stated(file, tuple(found), in_each)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many folders two paths have in common, from the top."""
    same = [a == b for a, b in zip(one, other, strict=False)]
    return [*same, False].index(False)


def _is_over(other: NamesFile, file: NamesFile, folders: Folders) -> bool:
    """Return whether another file lies over labels that a file lies over too."""
    return any(
        all(_shared(f.folders, own) == len(f.folders) for f in (other, file)) for own in folders
    )


def _of_one_set(one: NamesFile, other: NamesFile) -> bool:
    """Return whether two files share a name: those of two sets in one folder need not."""
    return bool(set(map(normal, one.names.values())) & set(map(normal, other.names.values())))
