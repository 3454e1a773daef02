"""Makes the entries of `samples` from what a folder holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchsmith.core.contracts import Plugins
from benchsmith.drafting.recipes import (
    annotation_labels,
    coco_subsets,
    group_tables,
    label_documents,
    label_paths,
    label_tables,
    model_outputs,
    optional_words,
    packed_files,
    rival_labels,
    split_tables,
    unread_words,
)
from benchsmith.drafting.recipes.annotation_labels import Maker
from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.folder_view import VIDEOS
from benchsmith.drafting.recipes.label_paths import Known
from benchsmith.drafting.recipes.merged_families import merged
from benchsmith.drafting.recipes.picture_sets import PictureSet, named
from benchsmith.drafting.recipes.proposal import Labels, Samples
from benchsmith.drafting.recipes.seen_files import FolderView
from benchsmith.drafting.recipes.separate_names import separated

FRAMES = 25
"""Every so many frames of a video are read."""
BOX_KINDS = {"voc", "coco", "yolo", "boxes"}
"""Kinds of labels that state one picture's objects."""


class EntryMaker:
    """Collects the labels of every kind of picture of a folder."""

    def __init__(self, view: FolderView, root: Path, readers: Plugins, known: Known) -> None:
        self._view, self._root, self._readers, self._known = view, root, readers, known
        self.unused: list[str] = []
        """Files of labels that belong to no picture, in words."""
        self.alternatives: list[str] = []
        self._used_tables: set[str] = set()
        self._grouped: set[str] = set()
        """Tables that are read together with others of their group."""
        self._groups = group_tables.groups(view.tables)

    def entries(self) -> list[tuple[PictureSet | None, Samples]]:
        """Return the entries with their pictures; None for files that hold many pictures."""
        coco_subsets.divide(self._view)
        found: list[tuple[PictureSet | None, Samples]] = []
        for entry in self._view.packed:
            made = (
                packed_files.npz(self._root, entry, self._readers)
                if entry.end == ".npz"
                else packed_files.parquet(self._root, entry)
            )
            if isinstance(made, str):
                self._view.unread.append(f"{entry.path}: {made}")
            else:
                found.append((None, made))
        marked, partners = annotation_labels.of_masks(self._view, self._root, self._readers)
        self.unused += partners.unused
        self.alternatives += partners.alternatives
        with_marks: list[tuple[PictureSet, list[Maker]]] = []
        bare: list[tuple[Family, Look]] = []
        for family, look in self._view.pictures:
            documents = annotation_labels.of_documents(self._view, self._root, family)
            makers = marked.get(id(family), []) + documents
            if makers or self._has_table(named(family, look)):
                with_marks.append((named(family, look), makers))
            else:
                bare.append((family, look))
        for pictures in (named(f, look) for f, look in merged(bare)):
            halves = [] if self._states_label(pictures) else optional_words.divided(pictures)
            with_marks += [(half, [partial(_given, entry)]) for half, entry in halves]
            with_marks += [(pictures, [])] if not halves else []
        every = [e.path for e in self._view.listing.pictures]
        for pictures, makers in with_marks:
            parts, other = separated(pictures, every)
            if other:
                self.alternatives.append(
                    f"{pictures.images} also matches {other}, which is another"
                )
            found += [(part, self._entry(part, makers)) for part in parts]
        for video in self._view.videos:
            part = named(video, Look("picture", planar=True, colour=True, parts=2, packed=True))
            found.append((part, self._entry(part, [])))
        self.alternatives += [
            f"names of pictures end in {words}: it is not read; `kind: path` reads it as a label"
            for words in unread_words.ends_apart([pictures for pictures, _ in with_marks])
        ]
        self.unused += [t.file for t in self._view.tables if t.file not in self._used_tables]
        return found

    def _entry(self, pictures: PictureSet, makers: Sequence[Maker]) -> Samples:
        found = label_paths.find(pictures, self._known)
        tabled = self._has_table(pictures)
        if makers or tabled:
            found = [f for f in found if f.strength >= label_paths.LIKELY or f.codes]
            found = [f for f in found if not f.doubtful]
            found = [f for f in found if not tabled or f.strength >= label_paths.SURE]
        free = iter(label_paths.NAMES)
        labels = [one.use(pictures, next(free)) for one in found[: len(label_paths.NAMES)]]
        if words := unread_words.of_names(pictures, found):
            shown = ", ".join(words[:5]) + ", ..." * (len(words) > 5)
            self.alternatives.append(f"words of the pictures' names are not read: {shown}")
        samples = Samples(pictures.images, labels=labels)
        samples.variable = pictures.look.variable
        if pictures.look.variable and not pictures.look.planar:
            samples.spacing_mm = "unknown"
            samples.decide["spacing_mm"] = "how large are voxels, as [z, y, x] in mm?"
        if pictures.look.packed:
            video = pictures.family.end.lower() in VIDEOS
            samples.parts = {"every": FRAMES} if video else "all"
            n = pictures.look.parts
            samples.decide["parts"] = f"which of the {n} pictures of a file are wanted?"
            self.alternatives.append(f"{samples.images}: {n} pictures per file; all are read")
        samples.labels += [make(pictures) for make in makers]
        for group in self._groups:
            if group_tables.add(samples, pictures, group, self._known):
                self._used_tables |= set(group.tables)
                self._grouped |= set(group.tables)
        for table in split_tables.fitting(self._view.tables, pictures):
            if table.file not in self._grouped and label_tables.add(
                samples, pictures, table, self._known
            ):
                self._used_tables.add(table.file)
                split_tables.ask(samples, pictures, table)
        self.alternatives += [each for each in samples.unread if each not in self.alternatives]
        self.unused += model_outputs.set_aside(samples)
        self._without_repeats(samples)
        self._without_rivals(samples, pictures)
        _ask_of_folders(samples, pictures)
        return samples

    def _without_repeats(self, samples: Samples) -> None:
        """Keep one of several equivalent entries: equal ones, and boxes in two forms."""
        kept: list[Labels] = []
        for entry in samples.labels:
            rival = next((k for k in kept if self._state_the_same(k, entry)), None)
            if rival is not None:
                self.alternatives.append(
                    f"{entry.keys['file']} holds boxes of the same pictures as "
                    f"{rival.keys['file']}; only the latter is read"
                )
                entry.unsure = f"{entry.keys['file']} holds the right boxes"
                rival.otherwise.append(entry)
            elif entry.keys not in [k.keys for k in kept]:
                kept.append(entry)
        coco = [str(e.keys["file"]) for e in kept if e.keys["kind"] == "coco"]
        if len(coco) > 1:
            self.alternatives.append(
                f"{' and '.join(coco)} name different pictures, and names do not tell which: "
                f"each picture of {samples.images} is a fault in the other file"
            )
        samples.labels = kept

    def _without_rivals(self, samples: Samples, pictures: PictureSet) -> None:
        """Keep one of two lists that contradict each other about whole pictures; ask which is right."""
        kept: list[Labels] = []
        for entry in samples.labels:
            for rival in kept:
                if found := rival_labels.apart(rival, entry, pictures, self._view.tables):
                    rival.unsure = f"{rival.unsure}; {found.doubt}".removeprefix("; ")
                    rival.contradictions.append(found.doubt)
                    why = f"the labels of {found.other} are right"
                    rival.otherwise.append(replace(entry, unsure=why, otherwise=[]))
                    break
            else:
                kept.append(entry)
        samples.labels = kept

    def _state_the_same(self, one: Labels, other: Labels) -> bool:
        """Return whether two entries state the objects of the same pictures, which COCO files name."""
        if not {one.keys["kind"], other.keys["kind"]} <= BOX_KINDS:
            return False
        files = {one.keys["file"], other.keys["file"]}
        named = [label_documents.coco_files(t) for e, t in self._view.coco if e.path in files]
        return len(named) < 2 or bool(named[0] & named[1])

    def _states_label(self, pictures: PictureSet) -> bool:
        """Return whether the names of pictures or of their folders contain a known label."""
        found = label_paths.find(pictures, self._known)
        return any(one.strength >= label_paths.LIKELY or one.codes for one in found)

    def _has_table(self, pictures: PictureSet) -> bool:
        return any(label_tables.belongs(t, pictures) for t in self._view.tables) or any(
            group_tables.belongs(pictures, group) for group in self._groups
        )


def _given(entry: Labels, _: PictureSet) -> Labels:
    return entry


def _ask_of_folders(samples: Samples, pictures: PictureSet) -> None:
    """Ask whether unnamed masks mark the things that name the folders of their pictures."""
    folders = set(pictures.names.values())
    named = [e for e in samples.labels if e.keys.get("field") in folders]
    for entry in samples.labels:
        if named and entry.keys["kind"] == "masks" and not entry.names_stated:
            field = named[0].keys["field"]
            entry.unsure = entry.unsure or (
                f"do the masks mark what {{{field}}} says, the name of their folder? "
                "then each folder needs an entry with that label"
            )
