"""Labels of several readers merged into one statement, and how far the readers agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

import benchsmith.annotations
from benchsmith.annotations.made_labels import pixels_of
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.annotations.merged_boxes import BoxOf, merged_boxes
from benchsmith.annotations.one_spelling import alike
from benchsmith.annotations.readers_apart import of_each
from benchsmith.annotations.staple import staple
from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.contracts import (
    Annotations,
    Array,
    Fault,
    Layer,
    MarkLayer,
    Request,
    Stated,
    Structure,
)
from benchsmith.core.picture_marks import Mark
from benchsmith.core.reader_agreement import ReaderAgreement
from benchsmith.documents.labels import Merge

LISTS_WHAT_IT_HAS = frozenset({"dicom-seg", "rtstruct"})
"""Kinds whose files name what was looked for, marked or not; in other files what is not marked was
looked for and not found."""


def read(labels: Merge, request: Request) -> Annotations:
    """Read the labels of every reader of one image, and merge them label by label.

    A label that is unknown to one of the readers is unknown. A label that some reader states, but
    that is not true by the recipe's rule, is unknown too, because it may be there. Raises
    DataFault.
    """
    each = alike(of_each(labels, request, benchsmith.annotations.read))
    merger = _Merger(labels, request, each)
    return merger.merged()


@dataclass(slots=True)
class _Voted:
    """The marks of one label, by the number of its reader."""

    masks: dict[int, Array]
    boxes: list[BoxOf]


class _Merger:
    def __init__(self, labels: Merge, request: Request, each: Mapping[str, Annotations]) -> None:
        self._how, self._kind = labels.how, labels.of.kind
        self._each = list(each.values())
        self._shape = request.image.voxels.shape[:3]
        self._at = f"{labels.of.file} of {len(each)} readers"
        self._faults: list[Fault] = []
        self._notes: dict[str, None] = {a.note: None for a in self._each if a.note}

    def merged(self) -> Annotations:
        """Return what the readers state together."""
        stated = [one for group in self._groups() for one in self._stated(group)]
        looked = [a.looked_for for a in self._each if a.looked_for is not None]
        if self._how == "apart":
            layers: Sequence[Layer | MarkLayer] = [y for a in self._each for y in a.layers]
            for raw in self._marked():
                self._note(raw, self._voted(raw))
        else:
            layers = self._layers()
        return Annotations(
            layers=layers,
            stated=stated,
            faults=[*self._readers_faults(), *self._faults],
            note="; ".join(self._notes),
            not_looked_for=frozenset().union(*(a.not_looked_for for a in self._each)),
            looked_for=frozenset.intersection(*looked) if looked else None,
        )

    def _readers_faults(self) -> list[Fault]:
        """Return the faults of all readers, each once; a structure is empty only if no reader marks it."""
        marked = set(self._marked())
        found: dict[tuple[str, str, str], Fault] = {}
        for own in self._each:
            for fault in own.faults:
                if fault.reason == "empty-structure":
                    if fault.raw not in marked:
                        found.setdefault((fault.reason, fault.raw, ""), fault)
                else:
                    found.setdefault((fault.reason, fault.raw, fault.subject), fault)
        return list(found.values())

    def _layers(self) -> list[Layer | MarkLayer]:
        """Return the merged marks of every label."""
        regions = LayerStack(self._shape)
        boxes = LayerStack(self._shape)
        for raw in self._marked():
            voted = self._voted(raw)
            if any(self._is_unknown(a, raw) for a in self._each):
                self._differ(raw, f"{raw} is unknown to one of {len(self._each)} readers")
                continue
            self._note(raw, voted)
            structure = Structure(raw, f"{self._at} {raw}")
            mask = self._merged_mask(voted.masks)
            if mask is not None and mask.any():
                regions.add(mask, structure)
            merged, left_out = merged_boxes(voted.boxes, self._how, len(self._each))
            for box in merged:
                drawn = Mark(box, self._shape[2]).mask(self._shape[1])[None]
                boxes.add(drawn, replace(structure, box=True))
            if left_out or (voted.masks and (mask is None or not mask.any())):
                count = len({*voted.masks, *(b.reader for b in voted.boxes)})
                what = f"{count} of {len(self._each)} readers mark {raw}; only a part of it remains"
                self._differ(raw, what)
        return [*regions.layers(), *boxes.layers()]

    def _merged_mask(self, masks: Mapping[int, Array]) -> Array | None:
        if not masks:
            return None
        readers = len(self._each)
        every = self._every(masks)
        if self._how == "first":
            return every[0]
        if self._how == "staple":
            return staple(every)
        votes = np.sum(every, axis=0, dtype=np.uint16)
        least = {"union": 1, "intersection": readers, "majority": readers // 2 + 1}[self._how]
        return np.asarray(votes >= least)

    def _every(self, masks: Mapping[int, Array]) -> list[Array]:
        """Return the mask of each reader; readers who mark nothing share an empty one."""
        empty = np.zeros(self._shape, bool)
        return [masks.get(n, empty) for n in range(len(self._each))]

    def _marked(self) -> list[str]:
        """Return the labels that a reader marks, in their order."""
        structures = (s for a in self._each for y in a.layers for s in y.structures.values())
        return list(dict.fromkeys(s.raw for s in structures))

    def _voted(self, raw: str) -> _Voted:
        """Return the marks of a label."""
        voted = _Voted({}, [])
        for number, found in enumerate(self._each):
            for layer in found.layers:
                own = {v: s for v, s in layer.structures.items() if s.raw == raw}
                boxed = isinstance(layer, MarkLayer)
                for value in [v for v, s in own.items() if s.box and boxed]:
                    assert isinstance(layer, MarkLayer)
                    voted.boxes.append(BoxOf(number, layer.marks[value].box))
                if values := {v for v, s in own.items() if not (s.box and boxed)}:
                    mask = pixels_of(layer, values)
                    voted.masks[number] = voted.masks.get(number, mask) | mask
        return voted

    def _is_unknown(self, annotations: Annotations, raw: str) -> bool:
        """Return whether a reader may have seen a label without marking it."""
        if annotations.is_unknown(raw):
            return True
        if annotations.looked_for is not None:
            return False
        listed = _names(annotations) | {f.raw for f in annotations.faults}
        return self._kind in LISTS_WHAT_IT_HAS and raw not in listed

    def _groups(self) -> list[str]:
        return sorted({one.group for a in self._each for one in a.stated})

    def _stated(self, group: str) -> list[Stated]:
        """Return the labels of whole pictures in one list that are true by the recipe's rule."""
        own = [[one for one in a.stated if one.group == group] for a in self._each]
        found: dict[str, Stated] = {}
        votes: dict[str, int] = {}
        for one in (s for stated in own for s in {s.raw: s for s in stated}.values()):
            found.setdefault(one.raw, one)
            votes[one.raw] = votes.get(one.raw, 0) + 1
        readers = len(self._each)
        least = {"union": 1, "intersection": readers, "majority": readers // 2 + 1}
        first = {one.raw for one in own[0]}
        perhaps = tuple(sorted({p for stated in own for one in stated for p in one.perhaps}))
        unknown = [
            a.unknown_in(group).union(*(one.perhaps for one in stated))
            for a, stated in zip(self._each, own, strict=True)
        ]
        kept = []
        for raw, count in votes.items():
            true = raw in first if self._how == "first" else count >= least[self._how]
            what = f"{count} of {readers} readers state {raw}"
            if readers > 1:
                self._notes[what] = None
            if any(raw in names or ANY_LABEL in names for names in unknown):
                what = f"{raw} is unknown to one of {readers} readers"
                self._faults.append(Fault("readers-differ", self._at, what, raw, group))
            elif true:
                kept.append(replace(found[raw], perhaps=perhaps))
            else:
                self._faults.append(Fault("readers-differ", self._at, what, raw, group))
        return kept

    def _differ(self, raw: str, what: str) -> None:
        self._faults.append(Fault("readers-differ", self._at, what, raw))

    def _note(self, raw: str, voted: _Voted) -> None:
        """Return a note on how well the readers agree on the pixels of a label."""
        readers = len(self._each)
        if readers < 2:
            return
        every = self._every(voted.masks)
        for box in voted.boxes:
            own = Mark(box.box, self._shape[2]).mask(self._shape[1])[None]
            every[box.reader] = every[box.reader] | own
        dice, kappa = agreement(every)
        marking = sum(bool(mask.any()) for mask in every)
        found = ReaderAgreement(raw, self._how, readers, marking, dice, kappa)
        self._notes[found.note()] = None


def _names(annotations: Annotations) -> set[str]:
    return {s.raw for layer in annotations.layers for s in layer.structures.values()}


def agreement(masks: Sequence[Array]) -> tuple[float, float]:
    """Return the Dice coefficient and Cohen's kappa of masks, averaged over their pairs.

    Two empty masks agree fully. Sources: L. R. Dice, Ecology 26 (1945) 297-302; J. Cohen, Educational
    and Psychological Measurement 20 (1960) 37-46.
    """
    dices, kappas = [], []
    sizes = [int(np.count_nonzero(mask)) for mask in masks]
    pixels = masks[0].size
    for a, b in combinations(range(len(masks)), 2):
        both = int(np.count_nonzero(masks[a] & masks[b]))
        total = sizes[a] + sizes[b]
        same = (pixels - total + 2 * both) / pixels
        p, q = sizes[a] / pixels, sizes[b] / pixels
        chance = p * q + (1 - p) * (1 - q)
        dices.append(2 * both / total if total else 1.0)
        kappas.append((same - chance) / (1 - chance) if chance < 1 else 1.0)
    return float(np.mean(dices)), float(np.mean(kappas))
