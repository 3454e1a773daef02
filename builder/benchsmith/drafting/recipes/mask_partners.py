"""Finds the pictures that masks belong to, and reports which masks are not read."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchsmith.core.contracts import Plugins
from benchsmith.drafting.recipes import fields_of_view, several_readers
from benchsmith.drafting.recipes.aligned_names import aligned
from benchsmith.drafting.recipes.family import Family, Member, regrouped
from benchsmith.drafting.recipes.file_looks import Look, look
from benchsmith.drafting.recipes.mask_pairs import LABEL, Pairing, pair
from benchsmith.drafting.recipes.name_words import is_numbered, means_marks
from benchsmith.drafting.recipes.reader_overlap import mark_different_things, mark_the_same_things
from benchsmith.drafting.recipes.seen_files import FolderView

FEW_PICTURES = 12
"""Pictures of a folder that masks in a folder of their own are compared with."""
NEAR_BEST = 0.75
"""Pictures of other kinds whose pairing is weaker than the best by no more have the masks too."""
ALIKE = 0.7
RATIO = 0.01
"""Largest difference of the factors by which both sides of a mask are scaled, as a share."""


class MaskPartners:
    """Pairs kinds of masks with kinds of pictures of one folder."""

    def __init__(self, view: FolderView, root: Path, readers: Plugins) -> None:
        self._view, self._root, self._readers = view, root, readers
        self.unused: list[str] = []
        self.alternatives: list[str] = []
        self.again: dict[int, list[Pairing]] = {}
        """The masks of further observers, by the identity of the first one's."""
        self.further: dict[int, list[Pairing]] = {}
        """Masks of further objects, by the identity of the first one's."""
        self._looks: dict[str, Look] = {}
        self._paired: set[int] = set()
        """Pictures that marks were paired with, by identity."""

    def partners(self, marks: Family) -> list[Pairing]:
        """Return the kinds of pictures that marks belong to."""
        found = [p for f, _ in self._view.pictures if (p := pair(f, marks)) is not None]
        if not marks.varies:
            extended = [
                p
                for p in found
                if not p.pictures.varies
                and p.pictures.folders == marks.folders
                and marks.before.startswith(p.pictures.before + "_")
            ]
            found = extended or found
        found = found or self._aligned(marks)
        if found:
            best = max(p.strength for p in found)
            found = self._on_grid([p for p in found if p.strength >= best - NEAR_BEST])
            self._paired |= {id(p.pictures) for p in found}
        return found

    def _aligned(self, marks: Family) -> list[Pairing]:
        """Return the pictures whose names agree with those of the marks after different words.

        Such pictures are divided again, unless other marks have been paired with them already.
        """
        for number, (family, first) in enumerate(self._view.pictures):
            both = aligned(family, marks)
            if both is None or (both[0] is not family and id(family) in self._paired):
                continue
            if (one := pair(*both[:2])) is not None and not one.several:
                one = replace(one, digits=both[2])
                self._view.pictures[number] = (both[0], first)
                self._view.headers[id(both[0])] = self._view.headers.get(id(family), "")
                if not means_marks(marks.words):
                    a, b = (m.entry.path for m in one.pairs[0])
                    self.alternatives.append(f"{b} is taken for the mask of {a}, by their numbers")
                return [one]
        return []

    def _on_grid(self, found: list[Pairing]) -> list[Pairing]:
        """Return the pictures that have the size of their masks; else volumes, which can be resampled."""
        same, other = [], []
        for one in found:
            picture, mark = (self._look(m.entry.path) for m in one.pairs[0])
            if picture.shape == mark.shape or "unread" in (picture.kind, mark.kind):
                same.append(one)
            elif not picture.planar or _same_ratio(picture.shape, mark.shape):
                other.append(one)
            else:
                path = one.pairs[0][1].entry.path
                self.alternatives.append(
                    f"{path} differs in size from its picture, so it is not read"
                )
        return same or other

    def _look(self, path: str) -> Look:
        if path not in self._looks:
            self._looks[path] = look(self._root / path, self._readers)
        return self._looks[path]

    def single(self, marks: Family, looks: Sequence[Look], label: str = LABEL) -> list[Pairing]:
        """Return the only picture that masks of one folder may belong to, by grid and name."""
        if marks.varying:
            return []
        if len(marks.members) > 1 and all(m.core.isdigit() for m in marks.members):
            return []  # numbers name no structures
        shapes = {one.shape for one in looks}
        choices = [
            (number, member)
            for number, (f, _) in enumerate(self._view.pictures)
            if not f.varying and len(f.members) <= FEW_PICTURES
            for member in f.members
            if not shapes or any(_fits(self._look(member.entry.path).shape, s) for s in shapes)
        ]
        if not choices:
            return []

        def likeness(choice: tuple[int, Member]) -> float:
            one, other = choice[1].entry.path, marks.members[0].entry.path
            return difflib.SequenceMatcher(None, one, other).ratio()

        number, picture = max(choices, key=likeness)
        family, look = self._view.pictures[number]
        if len(family.members) > 1:
            self._view.pictures[number] = (
                regrouped(family, [m for m in family.members if m is not picture]), look,
            )  # fmt: skip
            header = self._view.headers.get(id(family), "")
            family = regrouped(family, [picture])
            self._view.headers[id(family)] = header
            self._view.headers[id(self._view.pictures[number][0])] = header
            self._view.pictures.append((family, look))
        several = len(marks.members) > 1
        pairs = tuple((picture, m) for m in marks.members)
        return [
            Pairing(family, marks, (), label if several else "*", False, False, pairs, several, 0.5)
        ]

    def wanted(self, pairings: list[Pairing], looks: dict[int, list[Look]]) -> list[Pairing]:
        """Return the masks that are used, where several kinds belong to the same pictures."""
        kept: list[Pairing] = []
        pairings = [p for p in pairings if not self._is_mixed(p, looks[id(p.marks)])]
        fields = fields_of_view.of(pairings, looks)
        self.unused += [fields_of_view.words(one) for one in fields]
        pairings = [p for p in pairings if p not in fields]
        for one in sorted(pairings, key=lambda p: (-p.strength, p.marks.members[0].entry.path)):
            rivals = [k for k in kept if _observers(k.marks, one.marks)] or [
                k
                for k in kept
                if several_readers.initials_apart(k.marks.words, one.marks.words)
                and mark_the_same_things(self._root, k, one, self._readers)
            ]
            if rivals and mark_different_things(self._root, rivals[0], one, self._readers):
                self.further.setdefault(id(rivals[0].marks), []).append(one)
            elif rivals:
                self.again.setdefault(id(rivals[0].marks), []).append(one)
                self.alternatives.append(
                    f"{one.marks.members[0].entry.path} marks the same pictures as "
                    f"{rivals[0].marks.members[0].entry.path}; the latter is read first"
                )
            else:
                kept.append(one)
        return kept

    def _is_mixed(self, one: Pairing, looks: Sequence[Look]) -> bool:
        """Return whether a picture has several files with several values each: not understood."""
        several = one.several and any(len(k.values) > 1 and not k.grey_edges for k in looks)
        several = several and not several_readers.of_pairing(one)
        if several:
            path = one.marks.members[0].entry.path
            self.unused.append(
                f"{path}: pictures have several label files, each with several values"
            )
        return several

    def alone(self, family: Family, looks: Sequence[Look]) -> None:
        """Treat masks without a picture as pictures, unless their name says that they are masks."""
        if means_marks(family.words) or any(one.kind == "mask" for one in looks):
            n = len(family.members)
            self.unused.append(
                f"{family.members[0].entry.path}" + f" and {n - 1} like it" * (n > 1)
            )
        elif looks:
            self._view.pictures.append((family, looks[0]))


def _fits(picture: tuple[int, ...], mask: tuple[int, ...]) -> bool:
    return picture == mask or _same_ratio(picture, mask)


def _same_ratio(picture: tuple[int, ...], mask: tuple[int, ...]) -> bool:
    """Return whether a picture and a mask of another size show the same field, by the ratio of their sides."""
    if len(picture) != 3 or len(mask) != 3 or picture[0] != 1 or mask[0] != 1:
        return False
    down, across = picture[1] / mask[1], picture[2] / mask[2]
    return abs(down - across) <= RATIO * max(down, across)


def _observers(one: Family, other: Family) -> bool:
    """Return whether two kinds of masks are those of two observers: names differ by a number."""
    a, b = one.words, other.words
    if len(one.folders) != len(other.folders):
        return False
    for ours, theirs in zip(one.folders, other.folders, strict=True):
        named = several_readers.names_reader(ours.before)
        if ours != theirs and not (named and several_readers.names_reader(theirs.before)):
            return False
    likeness = difflib.SequenceMatcher(None, a, b).ratio()
    return is_numbered([a, b]) and likeness > ALIKE and several_readers.number_apart(a, b)
